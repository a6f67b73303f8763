//! The policy as JSON (RFC 8259), written piece by piece.

use super::condition::{Condition, Rule};
use super::{KeyRule, PolicyView};
use crate::decimal::Decimal;
use crate::output::Output;
use crate::scope::Scope;
use crate::string_to_sign::{ALGORITHM, write_scope};
use crate::time::Timestamp;

/// What signing puts into every policy.
pub(crate) struct Signing<'s> {
    pub(crate) access_key_id: &'s str,
    pub(crate) security_token: Option<&'s str>,
    pub(crate) scope: &'s Scope<'s>,
    pub(crate) date_time: [u8; 16],
    pub(crate) expiration: Timestamp,
}

impl Signing<'_> {
    pub(crate) fn write_credential(&self, output: &mut impl Output) {
        output.put(self.access_key_id.as_bytes());
        output.put(b"/");
        write_scope(output, self.scope, b"/");
    }
}

pub(crate) fn write_policy(output: &mut impl Output, policy: &PolicyView<'_>, signing: &Signing<'_>) {
    output.put(b"{\"expiration\":\"");
    write_expiration(output, signing.expiration);
    output.put(b"\",\"conditions\":[{\"bucket\":");
    write_string(output, policy.bucket.as_str());
    output.put(b"},{\"x-oss-signature-version\":");
    write_string(output, ALGORITHM);
    output.put(b"},{\"x-oss-credential\":\"");
    signing.write_credential(&mut Escaped(output));
    output.put(b"\"},{\"x-oss-date\":\"");
    output.put(&signing.date_time);
    output.put(b"\"}");
    if let Some(token) = signing.security_token {
        output.put(b",{\"x-oss-security-token\":");
        write_string(output, token);
        output.put(b"}");
    }
    match policy.key {
        KeyRule::Exactly(key) => write_comparison(output, "eq", "key", key.as_str()),
        KeyRule::Prefix(prefix) => write_comparison(output, "starts-with", "key", prefix),
    }
    for condition in policy.conditions {
        match *condition {
            Condition::ContentLength { least, most } => {
                output.put(b",[\"content-length-range\",");
                output.put(Decimal::new(least).as_str().as_bytes());
                output.put(b",");
                output.put(Decimal::new(most).as_str().as_bytes());
                output.put(b"]");
            }
            Condition::Field { field, rule } => match rule {
                Rule::Equals(value) => write_comparison(output, "eq", field, value),
                Rule::StartsWith(prefix) => write_comparison(output, "starts-with", field, prefix),
                Rule::OneOf(values) => write_list(output, "in", field, values),
                Rule::NoneOf(values) => write_list(output, "not-in", field, values),
                Rule::Suggested(_) => {}
            },
        }
    }
    output.put(b"]}");
}

fn write_comparison(output: &mut impl Output, operator: &str, field: &str, value: &str) {
    write_operator(output, operator, field);
    write_string(output, value);
    output.put(b"]");
}

fn write_list(output: &mut impl Output, operator: &str, field: &str, values: &[&str]) {
    write_operator(output, operator, field);
    let mut before: &[u8] = b"[";
    for value in values {
        output.put(before);
        write_string(output, value);
        before = b",";
    }
    output.put(b"]]");
}

fn write_operator(output: &mut impl Output, operator: &str, field: &str) {
    output.put(b",[\"");
    output.put(operator.as_bytes());
    output.put(b"\",\"$");
    output.put(field.as_bytes());
    output.put(b"\",");
}

/// `YYYY-MM-DDTHH:MM:SS.000Z`, the form that OSS's own examples have.
fn write_expiration(output: &mut impl Output, time: Timestamp) {
    let [y1, y2, y3, y4, m1, m2, d1, d2, t, h1, h2, n1, n2, s1, s2, _] = time.iso8601_basic();
    output.put(&[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, t, h1, h2, b':', n1, n2, b':', s1, s2]);
    output.put(b".000Z");
}

/// A string with its quotes.
pub(crate) fn write_string(output: &mut impl Output, text: &str) {
    output.put(b"\"");
    Escaped(output).put(text.as_bytes());
    output.put(b"\"");
}

/// Escapes what may not stand in a JSON string: the quote, the backslash and control characters.
struct Escaped<'o, O>(&'o mut O);

impl<O: Output> Output for Escaped<'_, O> {
    fn put(&mut self, bytes: &[u8]) {
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=31);
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(special) {
            let (plain, after) = rest.split_at_checked(at).unwrap_or((rest, &[]));
            self.0.put(plain);
            let Some((&byte, after)) = after.split_first() else { return };
            match byte {
                b'"' | b'\\' => self.0.put(&[b'\\', byte]),
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
