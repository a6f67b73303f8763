//! A strict JSON reader (RFC 8259) for policies.
//!
//! It reads bytes while they are decoded from base64 and stores none, so that a policy of any length is checked without an
//! allocator. Existing `no_std` readers need one buffer for the decoded text and another for its unescaped strings.

use crate::base64::Decoded;

/// The text is not JSON, or contains another value than the expected one.
pub(super) struct NotJson;

/// A position in a JSON text.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    bytes: Decoded<'a>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: Decoded<'a>) -> Self {
        Self { bytes }
    }

    /// Reads white space and this byte, which must be next.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), NotJson> {
        if self.takes(byte) { Ok(()) } else { Err(NotJson) }
    }

    /// Reads white space and, if it is next, this byte. Returns whether it was.
    pub(super) fn takes(&mut self, byte: u8) -> bool {
        self.skip_blanks();
        self.next_if(|next| next == byte).is_some()
    }

    /// Checks that only white space remains.
    pub(super) fn expect_end(&mut self) -> Result<(), NotJson> {
        self.skip_blanks();
        if self.bytes.clone().next().is_none() { Ok(()) } else { Err(NotJson) }
    }

    /// Reads a whole number without sign, fraction or exponent.
    pub(super) fn number(&mut self) -> Result<u64, NotJson> {
        self.skip_blanks();
        let mut number = self.digit().ok_or(NotJson)?;
        let leading_zero = number == 0;
        while let Some(digit) = self.digit() {
            if leading_zero {
                return Err(NotJson);
            }
            number = number.checked_mul(10).and_then(|tens| tens.checked_add(digit)).ok_or(NotJson)?;
        }
        Ok(number)
    }

    fn digit(&mut self) -> Option<u64> {
        self.next_if(|next| next.is_ascii_digit()).map(|digit| u64::from(digit - b'0'))
    }

    /// Reads a string up to its closing quote, checks it, and returns its text.
    pub(super) fn string(&mut self) -> Result<Text<'a>, NotJson> {
        self.expect(b'"')?;
        let text = Text { reader: self.clone() };
        while self.character()?.is_some() {}
        Ok(text)
    }

    /// Reads the next character of a string; `None` at its closing quote.
    fn character(&mut self) -> Result<Option<char>, NotJson> {
        match self.bytes.next().ok_or(NotJson)? {
            b'"' => Ok(None),
            b'\\' => self.escaped().map(Some),
            0..=31 => Err(NotJson),
            first => self.utf8(first).map(Some),
        }
    }

    fn escaped(&mut self) -> Result<char, NotJson> {
        Ok(match self.bytes.next().ok_or(NotJson)? {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.code_unit()?;
                let code_point = match first {
                    0xd800..=0xdbff => {
                        let (backslash, u) = (self.bytes.next(), self.bytes.next());
                        let second = self.code_unit()?;
                        if backslash != Some(b'\\') || u != Some(b'u') || !(0xdc00..=0xdfff).contains(&second)
                        {
                            return Err(NotJson);
                        }
                        0x10000 + ((first & 0x3ff) << 10 | (second & 0x3ff))
                    }
                    other => other,
                };
                char::from_u32(code_point).ok_or(NotJson)?
            }
            _ => return Err(NotJson),
        })
    }

    fn code_unit(&mut self) -> Result<u32, NotJson> {
        (0..4).try_fold(0, |unit, _| {
            let digit = self.bytes.next().and_then(crate::hex::hex_value).ok_or(NotJson)?;
            Ok(unit << 4 | u32::from(digit))
        })
    }

    fn utf8(&mut self, first: u8) -> Result<char, NotJson> {
        let mut bytes = [first, 0, 0, 0];
        let length = match first {
            0..=0x7f => 1,
            0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            _ => 4,
        };
        for place in bytes.iter_mut().take(length).skip(1) {
            *place = self.bytes.next().ok_or(NotJson)?;
        }
        let text = core::str::from_utf8(bytes.get(..length).ok_or(NotJson)?).map_err(|_| NotJson)?;
        text.chars().next().ok_or(NotJson)
    }

    fn skip_blanks(&mut self) {
        while self.next_if(|next| matches!(next, b' ' | b'\t' | b'\n' | b'\r')).is_some() {}
    }

    /// Does the same as `Peekable::next_if`, which leaves a panic in firmware.
    fn next_if(&mut self, wanted: impl FnOnce(u8) -> bool) -> Option<u8> {
        let mut ahead = self.bytes.clone();
        let byte = ahead.next().filter(|&byte| wanted(byte))?;
        self.bytes = ahead;
        Some(byte)
    }
}

/// A string in the JSON text, which is unescaped while it is read.
#[derive(Clone)]
pub(super) struct Text<'a> {
    reader: Reader<'a>,
}

impl Text<'_> {
    pub(super) fn is(&self, text: &str) -> bool {
        self.clone().eq(text.chars())
    }

    /// Returns whether `text` begins with this string.
    pub(super) fn begins(&self, text: &str) -> bool {
        let mut rest = text.chars();
        self.clone().all(|character| rest.next() == Some(character))
    }
}

impl Iterator for Text<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        // The string was checked up to its end before, so there is no error here.
        self.reader.character().ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64::Base64;
    use crate::writer::Writer;
    use std::string::String;
    use std::vec::Vec;

    fn base64(json: &[u8]) -> String {
        let mut text = Vec::new();
        let mut base64 = Base64::new(&mut text);
        base64.put(json);
        base64.finish();
        String::from_utf8(text).unwrap()
    }

    fn string(json: &[u8]) -> Option<String> {
        let text = base64(json);
        let mut reader = Reader::new(Decoded::new(&text));
        let string = reader.string().ok()?;
        reader.expect_end().ok()?;
        Some(string.collect())
    }

    #[test]
    fn strings_are_those_of_serde_json() {
        for json in [
            r#""""#,
            r#" "a" "#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u4e2d\u6587 \ud83d\ude00 \u00fC""#,
            "\"中文 😀 ü\"",
            r#""\ud83d""#,
            r#""\ude00\ud83d""#,
            r#""\ud83dx""#,
            r#""\ud83d\u0041""#,
            r#""\ud83dxude00""#,
            r#""\ud83d\xde00""#,
            r#""\ud83d\ud83d""#,
            r#""\u12g4""#,
            r#""\x""#,
            r#""a"#,
            r#""a\"#,
            "\"a\nb\"",
            r#""a"b"#,
            "",
            "a",
        ] {
            let expected: Option<String> = serde_json::from_str(json).ok();
            assert_eq!(string(json.as_bytes()), expected, "{json}");
        }
        for bytes in [
            &b"\"\x80\""[..],
            b"\"\xff\"",
            b"\"\xc3\"",
            b"\"\xe4\xb8\"",
            b"\"\xf0\x9f\x98\"",
            b"\"\xed\xa0\x80\"",
        ] {
            assert_eq!(string(bytes), None);
            assert!(serde_json::from_slice::<String>(bytes).is_err());
        }
    }

    #[test]
    fn numbers() {
        let number = |json: &str| {
            let text = base64(json.as_bytes());
            let mut reader = Reader::new(Decoded::new(&text));
            let number = reader.number().ok()?;
            reader.expect_end().ok().map(|()| number)
        };
        for (json, expected) in [
            ("0", Some(0)),
            (" 1024 ", Some(1024)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("01", None),
            ("-1", None),
            ("+1", None),
            ("1.0", None),
            ("1e3", None),
            ("\"1\"", None),
            ("", None),
        ] {
            assert_eq!(number(json), expected, "{json}");
        }
    }

    #[test]
    fn comparisons() {
        let text = base64(br#""\u0061b""#);
        let Ok(string) = Reader::new(Decoded::new(&text)).string() else { panic!() };
        assert!(string.is("ab") && !string.is("a") && !string.is("abc"));
        assert!(string.begins("ab") && string.begins("abc") && !string.begins("a") && !string.begins("xab"));
    }
}
