//! The signed form: its fields, and its JSON and HTML.

use core::fmt;

use super::condition::{Condition, PolicyRef, rules};
use super::json::write_string;
use crate::decimal::Decimal;
use crate::string_to_sign::ALGORITHM;
use crate::time::Timestamp;
use crate::writer::{TextWriter, Writer};

/// A signed policy: the policy, its signature, and the form fields that contain them.
#[derive(Clone, Copy)]
pub struct SignedPolicy<'r> {
    pub(super) policy: &'r str,
    pub(super) credential: &'r str,
    pub(super) date: &'r str,
    pub(super) security_token: Option<&'r str>,
    pub(super) signature: &'r str,
}

impl<'r> SignedPolicy<'r> {
    /// Returns the policy in base64. This is the string to sign.
    #[must_use]
    pub const fn policy(&self) -> &'r str {
        self.policy
    }

    /// Returns the signature: 64 lower-case hex digits.
    #[must_use]
    pub const fn signature(&self) -> &'r str {
        self.signature
    }

    /// Iterates over the form fields: `policy`, `x-oss-signature-version`, `x-oss-credential`, `x-oss-date`,
    /// `x-oss-security-token` if the credentials have a token, and `x-oss-signature`.
    pub fn fields(&self) -> impl Iterator<Item = (&'r str, &'r str)> + use<'r> {
        let fields = [
            Some(("policy", self.policy)),
            Some(("x-oss-signature-version", ALGORITHM)),
            Some(("x-oss-credential", self.credential)),
            Some(("x-oss-date", self.date)),
            self.security_token.map(|token| ("x-oss-security-token", token)),
            Some(("x-oss-signature", self.signature)),
        ];
        fields.into_iter().flatten()
    }
}

impl fmt::Debug for SignedPolicy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedPolicy").field("date", &self.date).finish_non_exhaustive()
    }
}

/// A signed form that uploads one file: its URL and its fields. The field `file` is not one of them. Send it as the last
/// field, because OSS ignores fields after it.
#[derive(Clone, Copy)]
pub struct PostForm<'r> {
    pub(super) url: &'r str,
    pub(super) key: &'r str,
    pub(super) policy: PolicyRef<'r>,
    pub(super) signed: SignedPolicy<'r>,
    pub(super) expires_at: Timestamp,
}

impl<'r> PostForm<'r> {
    /// Returns the URL of the bucket, which the form is sent to by `POST` as `multipart/form-data`.
    #[must_use]
    pub const fn url(&self) -> &'r str {
        self.url
    }

    /// Returns the policy with its signature.
    #[must_use]
    pub const fn signed_policy(&self) -> SignedPolicy<'r> {
        self.signed
    }

    /// Returns the time at which the form expires. From this second on it no longer works.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Iterates over all fields of the form that have a value: `key`, the fields of the policy, the fields of the signature.
    pub fn fields(&self) -> impl Iterator<Item = (&'r str, &'r str)> + use<'r> {
        let conditions = self.policy.conditions;
        let fixed = conditions.iter().enumerate().filter_map(move |(at, condition)| match *condition {
            Condition::Field { field, rule } => {
                let before = conditions.iter().take(at);
                let is_first = rules(before, field).all(|rule| rule.form_value().is_none());
                rule.form_value().filter(|_| is_first).map(|value| (field, value))
            }
            Condition::ContentLength { .. } => None,
        });
        [("key", self.key)].into_iter().chain(fixed).chain(self.signed.fields())
    }

    /// Iterates over the names of fields that have conditions but no value. The user of the form fills them in.
    pub fn open_fields(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let conditions = self.policy.conditions;
        conditions.iter().enumerate().filter_map(move |(at, condition)| match *condition {
            Condition::Field { field, .. } => {
                let before = conditions.iter().take(at);
                let is_first = rules(before, field).next().is_none();
                let is_open = rules(conditions, field).all(|rule| rule.form_value().is_none());
                (is_first && is_open).then_some(field)
            }
            Condition::ContentLength { .. } => None,
        })
    }

    /// Writes `{"url":"…","fields":[["key","…"],…],"open_fields":["…"],"expires_at":…}`. `expires_at` is in seconds since
    /// 1970.
    ///
    /// # Errors
    /// Only if `writer` fails.
    pub fn write_json(&self, writer: &mut dyn fmt::Write) -> fmt::Result {
        let mut json = TextWriter::new(writer);
        json.put(b"{\"url\":");
        write_string(&mut json, self.url);
        json.put(b",\"fields\":[");
        let mut before: &[u8] = b"[";
        for (name, value) in self.fields() {
            json.put(before);
            write_string(&mut json, name);
            json.put(b",");
            write_string(&mut json, value);
            before = b"],[";
        }
        json.put(b"]],\"open_fields\":[");
        let mut before: &[u8] = b"";
        for name in self.open_fields() {
            json.put(before);
            write_string(&mut json, name);
            before = b",";
        }
        json.put(b"],\"expires_at\":");
        json.put(Decimal::new(self.expires_at.unix()).as_str().as_bytes());
        json.put(b"}");
        json.result
    }

    /// Writes an HTML form with hidden fields, a text input for each open field, a file input and a button.
    ///
    /// # Errors
    /// Only if `writer` fails.
    pub fn write_html(&self, writer: &mut dyn fmt::Write) -> fmt::Result {
        write_html(writer, self.url, self.fields(), self.open_fields())
    }

    /// Returns the JSON of [`PostForm::write_json`].
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_json(&self) -> alloc::string::String {
        let mut json = alloc::string::String::new();
        // Writing to a `String` cannot fail.
        let _ = self.write_json(&mut json);
        json
    }

    /// Returns the HTML of [`PostForm::write_html`].
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_html(&self) -> alloc::string::String {
        let mut html = alloc::string::String::new();
        let _ = self.write_html(&mut html);
        html
    }
}

impl fmt::Debug for PostForm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostForm")
            .field("url", &self.url)
            .field("key", &self.key)
            .field("expires_at", &format_args!("{}", self.expires_at))
            .finish_non_exhaustive()
    }
}

/// Writes the HTML of [`PostForm::write_html`].
pub(super) fn write_html<'f>(
    writer: &mut dyn fmt::Write,
    url: &str,
    fields: impl Iterator<Item = (&'f str, &'f str)>,
    open_fields: impl Iterator<Item = &'f str>,
) -> fmt::Result {
    let mut html = TextWriter::new(writer);
    html.put(b"<form action=\"");
    write_attribute(&mut html, url);
    html.put(b"\" method=\"post\" enctype=\"multipart/form-data\" accept-charset=\"utf-8\">\n");
    for (name, value) in fields {
        html.put(b"  <input type=\"hidden\" name=\"");
        write_attribute(&mut html, name);
        html.put(b"\" value=\"");
        write_attribute(&mut html, value);
        html.put(b"\">\n");
    }
    for name in open_fields {
        html.put(b"  <label>");
        write_attribute(&mut html, name);
        html.put(b" <input type=\"text\" name=\"");
        write_attribute(&mut html, name);
        html.put(b"\"></label>\n");
    }
    html.put(b"  <input type=\"file\" name=\"file\">\n  <input type=\"submit\" value=\"Upload\">\n</form>\n");
    html.result
}

/// Writes the value of an HTML attribute, and escapes the characters that would end it or begin markup.
fn write_attribute(writer: &mut impl Writer, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| b"&<>\"'".contains(byte))
        && let Some((plain, [special, after @ ..])) = rest.split_at_checked(at)
    {
        writer.put(plain);
        writer.put(match special {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            _ => b"&#39;",
        });
        rest = after;
    }
    writer.put(rest);
}
