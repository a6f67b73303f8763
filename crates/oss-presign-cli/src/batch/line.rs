//! A line as it is read, and why it may be refused.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Deref;

use oss_presign::Error;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use zeroize::Zeroize as _;

/// The number of headers, and of parameters, that a small description holds.
pub(super) const FEW: usize = 8;

/// The number of headers, and of parameters, that a line may have.
pub(super) const MANY: usize = 32;

/// All fields of all kinds; what a kind has no use for is ignored. A field that no kind has is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'a> {
    #[serde(borrow, default)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) method: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) scheme: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) endpoint: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) style: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) bucket: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) key: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) region: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) product: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) access_key_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) access_key_secret: Option<Secret<'a>>,
    #[serde(borrow, default)]
    pub(super) security_token: Option<Secret<'a>>,
    #[serde(default)]
    pub(super) timestamp: Option<i64>,
    #[serde(default)]
    pub(super) expires: Option<i64>,
    #[serde(borrow, default)]
    pub(super) headers: Option<Vec<(Text<'a>, Text<'a>)>>,
    #[serde(borrow, default)]
    pub(super) additional_headers: Option<Vec<Text<'a>>>,
    #[serde(borrow, default)]
    pub(super) query: Option<Vec<(Text<'a>, Option<Text<'a>>)>>,
    #[serde(default)]
    pub(super) allow_dot_segments: bool,
    /// Of a form: what it allows, as an object.
    #[serde(borrow, default)]
    pub(super) policy: Option<&'a RawValue>,
    /// The same as text, which is signed to the letter.
    #[serde(borrow, default)]
    pub(super) policy_json: Option<Text<'a>>,
}

/// The names of the fields of [`Line`].
const FIELDS: [&str; 21] = [
    "id",
    "kind",
    "method",
    "scheme",
    "endpoint",
    "style",
    "bucket",
    "key",
    "region",
    "product",
    "access_key_id",
    "access_key_secret",
    "security_token",
    "timestamp",
    "expires",
    "headers",
    "additional_headers",
    "query",
    "allow_dot_segments",
    "policy",
    "policy_json",
];

/// A string that is borrowed from the line where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The same, erased where it was copied. The line itself is erased with all others that were read with it.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Secret<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for Secret<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.0 {
            text.zeroize();
        }
    }
}

impl Line<'_> {
    /// Whether a small description holds everything: it is cheaper to build.
    pub(super) fn is_small(&self) -> bool {
        let headers = self.headers.as_ref().map_or(0, Vec::len);
        // One that is named and not given takes a place of its own.
        let additional = self.additional_headers.as_ref().map_or(0, Vec::len);
        headers + additional <= FEW && self.query.as_ref().map_or(0, Vec::len) <= FEW
    }
}

/// Says of the first field that no line has what to write instead; `None` where every field is known.
pub(super) fn unknown_field(text: &[u8]) -> Option<String> {
    let fields: BTreeMap<Text<'_>, IgnoredAny> = serde_json::from_slice(text).ok()?;
    let unknown = fields.keys().find(|name| !FIELDS.contains(&&***name))?;
    let shown: String = unknown.chars().take(48).collect();
    let shown = shown.escape_debug();
    Some(match &**unknown {
        "content_type" | "content-type" | "Content-Type" | "contentType" => {
            format!("there is no field `{shown}`: write \"headers\":[[\"content-type\",\"…\"]]")
        }
        name => match nearest(name) {
            Some(known) => format!("there is no field `{shown}`: write `{known}`, or leave it out"),
            None => format!("there is no field `{shown}`: `oss-presign batch --help` lists those there are"),
        },
    })
}

/// The field whose name is most like this one, if any is.
fn nearest(name: &str) -> Option<&'static str> {
    let likeness = FIELDS.map(|field| (strsim::jaro(field, name), field));
    let (score, field) = likeness.into_iter().max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (score > 0.75).then_some(field)
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Text<'_> {}

impl PartialOrd for Text<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

/// Why a line was not signed.
pub(super) enum Refusal {
    /// Signing refused it.
    Sign(Error),
    /// A field is missing, or has a value that is not among the known ones.
    Field { code: &'static str, message: String },
}

impl Refusal {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Sign(error) => error.code(),
            Self::Field { code, .. } => code,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Sign(error) => error.to_string(),
            Self::Field { message, .. } => message.clone(),
        }
    }
}

impl<E: Into<Error>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Sign(error.into())
    }
}

pub(super) fn missing(field: &str, elsewhere: &str) -> Refusal {
    Refusal::Field { code: "MissingField", message: format!("`{field}` is missing{elsewhere}") }
}

pub(super) fn unknown(field: &str, value: &str, known: &str) -> Refusal {
    let message = format!("`{field}` is `{}`: write {known}", value.escape_debug());
    Refusal::Field { code: "InvalidField", message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_those_that_are_read() {
        for field in FIELDS {
            let line = format!("{{\"{field}\":null}}");
            let refused = serde_json::from_str::<Line<'_>>(&line).err().map(|error| error.to_string());
            // `allow_dot_segments` is a boolean and no null.
            assert!(refused.is_none_or(|error| error.contains("expected a boolean")), "{field}");
        }
        let error = serde_json::from_str::<Line<'_>>("{\"x\":1}").err().unwrap().to_string();
        let named: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert_eq!(named, FIELDS, "{error}");
    }

    #[test]
    fn unknown_fields_are_named_with_what_to_write() {
        let said = |line: &str| unknown_field(line.as_bytes()).unwrap_or_default();
        assert!(said(r#"{"expire":60}"#).contains("`expire`: write `expires`"));
        assert!(said(r#"{"security-token":"fake"}"#).contains("write `security_token`"));
        assert!(said(r#"{"content_type":"a/b"}"#).contains(r#""headers":[["content-type","#));
        assert!(said(r#"{"colour":1}"#).contains("--help"));
        assert!(!said(r#"{"colour":"fake-secret"}"#).contains("fake-secret"));
        assert_eq!(unknown_field(br#"{"expires":60}"#), None);
        assert_eq!(unknown_field(b"[1]"), None);
    }

    #[test]
    fn texts_are_borrowed_where_they_can_be() {
        let line: Line<'_> = serde_json::from_str(r#"{"key":"a","bucket":"b\u0061"}"#).unwrap();
        assert!(matches!(line.key, Some(Text(Cow::Borrowed("a")))));
        assert!(matches!(&line.bucket, Some(Text(Cow::Owned(text))) if text == "ba"));
    }
}
