//! A line as it is read, and why it may be refused.

use std::borrow::Cow;

use oss_presign::Error;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The number of headers, and of parameters, that a small description holds.
pub(super) const FEW: usize = 8;

/// The number of headers, and of parameters, that a line may have.
pub(super) const MANY: usize = 32;

/// All fields of all kinds; what a kind has no use for is ignored.
#[derive(Deserialize)]
pub(super) struct Line<'a> {
    #[serde(borrow, default)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) method: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) scheme: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) endpoint: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) style: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) bucket: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) key: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) region: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) product: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) access_key_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) access_key_secret: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) security_token: Option<Cow<'a, str>>,
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
    pub(super) policy_json: Option<Cow<'a, str>>,
}

/// A string that is borrowed from the line where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl Line<'_> {
    /// Whether a small description holds everything: it is cheaper to build.
    pub(super) fn is_small(&self) -> bool {
        let headers = self.headers.as_ref().map_or(0, Vec::len);
        // One that is named and not given takes a place of its own.
        let additional = self.additional_headers.as_ref().map_or(0, Vec::len);
        headers + additional <= FEW && self.query.as_ref().map_or(0, Vec::len) <= FEW
    }
}

/// Why a line was not signed.
pub(super) enum Refusal {
    /// Signing refused it.
    Sign(Error),
    /// A field is missing, or has a value that is not among the known ones.
    Field { code: &'static str, message: String },
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
