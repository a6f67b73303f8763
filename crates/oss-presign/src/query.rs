//! Query parameters of a request, and those that signing adds.

use crate::encode::Position;
use crate::writer::Writer;

/// One query parameter of a request. An empty value means that it has none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
}

/// The parameters that signing a URL adds, in canonical order.
pub(crate) const SIGNING_PARAMETERS: [&str; 6] = [
    "x-oss-additional-headers",
    "x-oss-credential",
    "x-oss-date",
    "x-oss-expires",
    "x-oss-security-token",
    "x-oss-signature-version",
];

/// Returns whether signing writes this parameter, so that a request may not contain it.
pub(crate) fn is_reserved_parameter(name: &str) -> bool {
    name.starts_with("x-oss-signature") || SIGNING_PARAMETERS.contains(&name)
}

/// Writes `name=value`, or the bare name of a parameter without a value.
pub(crate) fn write_parameter(query: &mut impl Writer, parameter: &Parameter<'_>) {
    query.put_encoded(parameter.name.as_bytes(), Position::Query);
    if !parameter.value.is_empty() {
        query.put(b"=");
        query.put_encoded(parameter.value.as_bytes(), Position::Query);
    }
}
