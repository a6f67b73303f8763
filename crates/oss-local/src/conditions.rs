//! `If-Match` and its relatives, of a read or of the source of a copy.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;

use crate::error::OssError;
use crate::store::Meta;

/// The conditions of a request.
#[derive(Debug)]
pub(crate) struct Conditions<'h> {
    matching: Option<&'h str>,
    not_matching: Option<&'h str>,
    modified_since: Option<SystemTime>,
    unmodified_since: Option<SystemTime>,
}

/// What they come to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Go,
    NotModified,
    /// The header that is not met.
    Failed(&'static str),
}

impl<'h> Conditions<'h> {
    /// Those of a read. A date that is none is no condition.
    pub(crate) fn of_read(headers: &'h HeaderMap) -> Self {
        Self::read(headers, ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"])
    }

    /// Those of the source of a copy.
    pub(crate) fn of_copy(headers: &'h HeaderMap) -> Self {
        Self::read(
            headers,
            [
                "x-oss-copy-source-if-match",
                "x-oss-copy-source-if-none-match",
                "x-oss-copy-source-if-modified-since",
                "x-oss-copy-source-if-unmodified-since",
            ],
        )
    }

    fn read(headers: &'h HeaderMap, names: [&'static str; 4]) -> Self {
        let [matching, not_matching, modified, unmodified] =
            names.map(|name| headers.get(name).and_then(|value| value.to_str().ok()));
        let date = |text: Option<&str>| text.and_then(|text| httpdate::parse_http_date(text).ok());
        Self { matching, not_matching, modified_since: date(modified), unmodified_since: date(unmodified) }
    }

    /// In the order of RFC 9110 §13.2.2: a condition on the tag makes that on the date void.
    pub(crate) fn judge(&self, meta: &Meta) -> Verdict {
        let modified = UNIX_EPOCH + Duration::from_secs(meta.modified);
        match (self.matching, self.unmodified_since) {
            (Some(list), _) if !names(list, &meta.etag) => return Verdict::Failed("If-Match"),
            (None, Some(date)) if modified > date => return Verdict::Failed("If-Unmodified-Since"),
            _ => {}
        }
        match (self.not_matching, self.modified_since) {
            (Some(list), _) if names(list, &meta.etag) => Verdict::NotModified,
            (None, Some(date)) if modified <= date => Verdict::NotModified,
            _ => Verdict::Go,
        }
    }
}

/// Whether a list of tags holds this one.
fn names(list: &str, etag: &str) -> bool {
    list.split(',').map(str::trim).any(|one| {
        one == "*" || one.strip_prefix("W/").unwrap_or(one).trim_matches('"').eq_ignore_ascii_case(etag)
    })
}

/// 412.
pub(crate) fn failed(header: &'static str) -> OssError {
    OssError::new(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
        .detail("Condition", header)
}
