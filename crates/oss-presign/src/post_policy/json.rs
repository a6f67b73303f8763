//! The policy as JSON (RFC 8259), written piece by piece.

use super::condition::{Condition, KeyRule, PolicyRef, Rule};
use crate::decimal::Decimal;
use crate::expiry::check_credentials_alive;
use crate::presign_error::PresignError;
use crate::scope::Scope;
use crate::signatory::Signatory;
use crate::signing::Second;
use crate::string_to_sign::{ALGORITHM, write_scope};
use crate::time::Timestamp;
use crate::writer::Writer;

/// The values that signing writes into every policy.
pub(crate) struct Signing<'s> {
    pub(crate) access_key_id: &'s str,
    pub(crate) security_token: Option<&'s str>,
    pub(crate) scope: &'s Scope<'s>,
    pub(crate) date_time: [u8; 16],
    pub(crate) expiration: Timestamp,
}

impl<'s> Signing<'s> {
    /// Returns the values for a policy that is signed at `now`.
    pub(super) fn new(
        signatory: &'s Signatory<'_>,
        now: Timestamp,
        expiration: Timestamp,
    ) -> Result<Self, PresignError> {
        check_credentials_alive(now, signatory.credentials_expire_at())?;
        Ok(Self {
            access_key_id: signatory.access_key_id(),
            security_token: signatory.security_token(),
            scope: signatory.scope(),
            date_time: Second::new(signatory, now)?.date_time,
            expiration,
        })
    }

    pub(crate) fn write_credential(&self, writer: &mut impl Writer) {
        writer.put(self.access_key_id.as_bytes());
        writer.put(b"/");
        write_scope(writer, self.scope, b"/");
    }
}

pub(crate) fn write_policy(writer: &mut impl Writer, policy: &PolicyRef<'_>, signing: &Signing<'_>) {
    writer.put(b"{\"expiration\":\"");
    write_expiration(writer, signing.expiration);
    writer.put(b"\",\"conditions\":[{\"bucket\":");
    write_string(writer, policy.bucket.as_str());
    writer.put(b"},{\"x-oss-signature-version\":");
    write_string(writer, ALGORITHM);
    writer.put(b"},{\"x-oss-credential\":\"");
    signing.write_credential(&mut Escaped(writer));
    writer.put(b"\"},{\"x-oss-date\":\"");
    writer.put(&signing.date_time);
    writer.put(b"\"}");
    if let Some(token) = signing.security_token {
        writer.put(b",{\"x-oss-security-token\":");
        write_string(writer, token);
        writer.put(b"}");
    }
    match policy.key {
        KeyRule::Exactly(key) => write_comparison(writer, "eq", "key", key.as_str()),
        KeyRule::Prefix(prefix) => write_comparison(writer, "starts-with", "key", prefix),
    }
    for condition in policy.conditions {
        match *condition {
            Condition::ContentLength { least, most } => {
                writer.put(b",[\"content-length-range\",");
                writer.put(Decimal::new(least).as_str().as_bytes());
                writer.put(b",");
                writer.put(Decimal::new(most).as_str().as_bytes());
                writer.put(b"]");
            }
            Condition::Field { field, rule } => match rule {
                Rule::Equals(value) => write_comparison(writer, "eq", field, value),
                Rule::StartsWith(prefix) => write_comparison(writer, "starts-with", field, prefix),
                Rule::OneOf(values) => write_list(writer, "in", field, values),
                Rule::NoneOf(values) => write_list(writer, "not-in", field, values),
                Rule::Suggested(_) => {}
            },
        }
    }
    writer.put(b"]}");
}

fn write_comparison(writer: &mut impl Writer, operator: &str, field: &str, value: &str) {
    write_operator(writer, operator, field);
    write_string(writer, value);
    writer.put(b"]");
}

fn write_list(writer: &mut impl Writer, operator: &str, field: &str, values: &[&str]) {
    write_operator(writer, operator, field);
    let mut before: &[u8] = b"[";
    for value in values {
        writer.put(before);
        write_string(writer, value);
        before = b",";
    }
    writer.put(b"]]");
}

fn write_operator(writer: &mut impl Writer, operator: &str, field: &str) {
    writer.put(b",[\"");
    writer.put(operator.as_bytes());
    writer.put(b"\",\"$");
    writer.put(field.as_bytes());
    writer.put(b"\",");
}

/// Writes a time as `YYYY-MM-DDTHH:MM:SS.000Z`, the form in OSS's examples.
fn write_expiration(writer: &mut impl Writer, time: Timestamp) {
    let [y1, y2, y3, y4, m1, m2, d1, d2, t, h1, h2, n1, n2, s1, s2, _] = time.iso8601_basic();
    writer.put(&[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, t, h1, h2, b':', n1, n2, b':', s1, s2]);
    writer.put(b".000Z");
}

/// Writes a JSON string with its quotes.
pub(crate) fn write_string(writer: &mut impl Writer, text: &str) {
    writer.put(b"\"");
    Escaped(writer).put(text.as_bytes());
    writer.put(b"\"");
}

/// Escapes the characters that a JSON string must not contain: quotes, backslashes and control characters.
struct Escaped<'w, W>(&'w mut W);

impl<W: Writer> Writer for Escaped<'_, W> {
    fn put(&mut self, bytes: &[u8]) {
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=31);
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(special)
            && let Some((plain, [byte, after @ ..])) = rest.split_at_checked(at)
        {
            self.0.put(plain);
            match *byte {
                b'"' | b'\\' => self.0.put(&[b'\\', *byte]),
                control => {
                    let [_, high, low] = crate::encode::escape(control);
                    self.0.put(&[b'\\', b'u', b'0', b'0', high, low]);
                }
            }
            rest = after;
        }
        self.0.put(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    #[test]
    fn strings_are_those_of_serde_json() {
        for text in ["", "plain", "\"", "\\", "a\"b\\c", "\u{0}\n\r\t\u{1f}\u{7f}", "中文 😀 ü/</script>"]
        {
            let mut json = Vec::new();
            write_string(&mut json, text);
            let read: String = serde_json::from_slice(&json).unwrap();
            assert_eq!(read, text);
        }
    }

    #[test]
    fn expiration() {
        let mut text = Vec::new();
        write_expiration(&mut text, Timestamp::from_unix(1_731_400_358).unwrap());
        assert_eq!(text, b"2024-11-12T08:32:38.000Z");
    }
}
