//! The text of an XML answer's fields, without an allocator and without trust in the sender.

use core::fmt;

use crate::range::after_prefix;

/// An answer's XML document: an `<Error>`, or the result of a multipart request.
///
/// Only what the protocol needs: the text of the root's children. Comments, processing instructions, CDATA
/// and attributes are understood; anything malformed ends the search, it never panics.
#[derive(Clone, Copy)]
pub struct XmlDocument<'a> {
    bytes: &'a [u8],
}

/// One step of the scanner.
enum Token<'a> {
    Open { name: &'a [u8], self_closing: bool },
    Close,
    Text,
}

impl<'a> XmlDocument<'a> {
    /// A document as it was received; it may be truncated or not XML at all.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The name of the root element, if there is one.
    pub fn root(&self) -> Option<&'a str> {
        let mut rest = self.bytes;
        loop {
            match next_token(&mut rest)? {
                Token::Open { name, .. } => return core::str::from_utf8(name).ok(),
                Token::Close => return None,
                Token::Text => {}
            }
        }
    }

    /// The text of the root's first child called `name`; `None` where it is missing or never closed.
    pub fn field(&self, name: &str) -> Option<XmlText<'a>> {
        let mut rest = self.bytes;
        let mut depth = 0_u32;
        let mut found: Option<&'a [u8]> = None;
        loop {
            let before = rest;
            match next_token(&mut rest)? {
                Token::Open { name: open, self_closing } => {
                    let wanted = depth == 1 && found.is_none() && open == name.as_bytes();
                    if self_closing {
                        if wanted {
                            return Some(XmlText { raw: &[], escaped: true });
                        }
                    } else {
                        if wanted {
                            found = Some(rest);
                        }
                        depth = depth.saturating_add(1);
                    }
                }
                Token::Close => {
                    depth = depth.checked_sub(1)?;
                    if depth == 1
                        && let Some(start) = found
                    {
                        let length = start.len().saturating_sub(before.len());
                        return Some(XmlText { raw: start.get(..length)?, escaped: true });
                    }
                }
                Token::Text => {}
            }
        }
    }
}

/// Takes the next token off `rest`; `None` at the end or at something malformed.
fn next_token<'a>(rest: &mut &'a [u8]) -> Option<Token<'a>> {
    let bytes = *rest;
    if bytes.first()? != &b'<' {
        let end = bytes.iter().position(|&b| b == b'<').unwrap_or(bytes.len());
        *rest = bytes.get(end..)?;
        return Some(Token::Text);
    }
    for (opening, closing) in
        [(&b"<!--"[..], &b"-->"[..]), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"), (b"<!", b">")]
    {
        if let Some(inside) = after_prefix(bytes, opening) {
            *rest = after(inside, closing)?;
            return Some(Token::Text);
        }
    }
    if let Some(inside) = after_prefix(bytes, b"</") {
        *rest = after(inside, b">")?;
        return Some(Token::Close);
    }
    let inside = bytes.get(1..)?;
    let name_end = inside.iter().position(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>'))?;
    let name = inside.get(..name_end)?;
    if name.is_empty() {
        return None;
    }
    let mut quote = None;
    let mut last = 0;
    let mut tail = inside.get(name_end..)?;
    while let Some((&byte, next)) = tail.split_first() {
        tail = next;
        match (quote, byte) {
            (None, b'>') => {
                *rest = tail;
                return Some(Token::Open { name, self_closing: last == b'/' });
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        last = byte;
    }
    None
}

/// What follows the first `needle`.
fn after<'a>(hay: &'a [u8], needle: &[u8]) -> Option<&'a [u8]> {
    // By hand: a window could be empty as far as the compiler knows, which panics.
    let mut rest = hay;
    loop {
        if let Some(tail) = after_prefix(rest, needle) {
            return Some(tail);
        }
        rest = rest.get(1..)?;
    }
}

/// Text of a field: displays with entities resolved, CDATA unwrapped and control characters as blanks.
///
/// Compares with a `str` after the same treatment.
#[derive(Clone, Copy)]
pub struct XmlText<'a> {
    raw: &'a [u8],
    escaped: bool,
}

impl<'a> XmlText<'a> {
    /// Text that did not come from XML, a header's value for instance: nothing is resolved in it.
    pub fn plain(text: &'a str) -> Self {
        Self { raw: text.as_bytes(), escaped: false }
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The bytes between the tags, as they were received.
    pub fn as_raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Writes the text, keeping line ends and tabs where `keep_lines`.
    fn write_to(&self, out: &mut dyn fmt::Write, keep_lines: bool) -> fmt::Result {
        let mut rest = self.raw;
        if !self.escaped {
            return write_clean(out, rest, keep_lines);
        }
        while !rest.is_empty() {
            let end = rest.iter().position(|b| matches!(b, b'&' | b'<')).unwrap_or(rest.len());
            let (text, tail) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            write_clean(out, text, keep_lines)?;
            if let Some(inside) = tail.strip_prefix(b"<![CDATA[") {
                let end = inside.windows(3).position(|w| w == b"]]>").unwrap_or(inside.len());
                write_clean(out, inside.get(..end).unwrap_or(inside), keep_lines)?;
                rest = inside.get(end.saturating_add(3)..).unwrap_or(&[]);
            } else if tail.first() == Some(&b'<') {
                // A nested element or comment: its tags are not text.
                let mut next = tail;
                rest = if next_token(&mut next).is_some() { next } else { &[] };
            } else if let Some(inside) = tail.strip_prefix(b"&") {
                match entity(inside) {
                    Some((c, after)) => {
                        write_char(out, c, keep_lines)?;
                        rest = after;
                    }
                    None => {
                        out.write_char('&')?;
                        rest = inside;
                    }
                }
            } else {
                rest = tail;
            }
        }
        Ok(())
    }

    /// The text as it is meant, line ends and tabs kept: for a string to sign or a canonical request.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_lines(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        self.write_to(out, true)
    }
}

/// The character of the entity whose name starts `bytes`, and what follows its `;`.
fn entity(bytes: &[u8]) -> Option<(char, &[u8])> {
    // The longest sensible one is `#x10FFFF`.
    let end = bytes.iter().take(10).position(|&b| b == b';')?;
    let (name, tail) = bytes.split_at_checked(end)?;
    let rest = tail.get(1..)?;
    let c = match name {
        b"lt" => '<',
        b"gt" => '>',
        b"amp" => '&',
        b"quot" => '"',
        b"apos" => '\'',
        _ => {
            let number = name.strip_prefix(b"#")?;
            let (digits, radix) = match number.strip_prefix(b"x") {
                Some(hex) => (hex, 16),
                None => (number, 10),
            };
            char::from_u32(u32::from_str_radix(core::str::from_utf8(digits).ok()?, radix).ok()?)?
        }
    };
    Some((c, rest))
}

fn write_clean(out: &mut dyn fmt::Write, bytes: &[u8], keep_lines: bool) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            write_char(out, c, keep_lines)?;
        }
        if !chunk.invalid().is_empty() {
            out.write_char(char::REPLACEMENT_CHARACTER)?;
        }
    }
    Ok(())
}

fn write_char(out: &mut dyn fmt::Write, c: char, keep_lines: bool) -> fmt::Result {
    // A server's text ends up in logs and terminals: no escape sequences through it.
    let kept = !c.is_control() || (keep_lines && matches!(c, '\n' | '\r' | '\t'));
    out.write_char(if kept { c } else { ' ' })
}

/// Shows no more than the root: an error's document may repeat a signed request.
impl fmt::Debug for XmlDocument<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XmlDocument").field("root", &self.root()).finish_non_exhaustive()
    }
}

impl fmt::Display for XmlText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f, false)
    }
}

impl fmt::Debug for XmlText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl PartialEq<str> for XmlText<'_> {
    fn eq(&self, other: &str) -> bool {
        /// Eats the expected text as it is written.
        struct Expect<'e>(&'e str);
        impl fmt::Write for Expect<'_> {
            fn write_str(&mut self, s: &str) -> fmt::Result {
                self.0 = self.0.strip_prefix(s).ok_or(fmt::Error)?;
                Ok(())
            }
        }
        let mut expect = Expect(other);
        self.write_to(&mut expect, false).is_ok() && expect.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn fields_of_a_real_looking_error() {
        let xml = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n  <Code>SignatureDoesNotMatch</Code>\n  <!-- <Code>No</Code> -->\
            <Message>a &lt;b&gt; &amp;amp; &#x4E2D;&#20013; &bogus; &</Message><Empty/><Details><EC>no</EC></Details><EC a='>'>0002-00000201</EC></Error>";
        let document = XmlDocument::new(xml);
        assert_eq!(document.root(), Some("Error"));
        assert!(document.field("Code").unwrap() == *"SignatureDoesNotMatch");
        assert_eq!(document.field("Message").unwrap().to_string(), "a <b> &amp; 中中 &bogus; &");
        assert_eq!(document.field("EC").unwrap().to_string(), "0002-00000201");
        assert!(document.field("Empty").unwrap().is_empty());
        assert!(document.field("RequestId").is_none());
    }

    #[test]
    fn cdata_control_characters_and_bad_utf8() {
        let xml = b"<E><M>x<![CDATA[<&]]>y\x1b[31m\xff\n</M></E>";
        assert_eq!(XmlDocument::new(xml).field("M").unwrap().to_string(), "x<&y [31m\u{FFFD} ");
    }

    #[test]
    fn truncated_and_foreign_documents_have_no_field() {
        for bytes in [
            &b"<Error><Code>Abc"[..],
            b"<Error><Code",
            b"{\"Code\":1}",
            b"",
            b"</Error>",
            b"<>",
            b"<Error><Code>A</",
        ] {
            assert!(XmlDocument::new(bytes).field("Code").is_none());
        }
        assert!(XmlDocument::new(b"<Error><Code>A</Code><Mess").field("Code").unwrap() == *"A");
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            if let Some(text) = XmlDocument::new(&bytes).field("Code") { let _ = text.to_string(); }
        }

        #[test]
        fn markup_soup_never_panics(parts in proptest::collection::vec(prop::sample::select(std::vec!["<", ">", "/", "&", ";", "<!--", "-->", "<![CDATA[", "]]>", "<Error>", "<Code>", "</Code>", "a", "\"", "#x", "<?"]), 0..40)) {
            let soup = parts.concat();
            if let Some(text) = XmlDocument::new(soup.as_bytes()).field("Code") { let _ = text.to_string(); }
        }

        #[test]
        fn escaped_text_comes_back(text in "[^\u{0}-\u{1f}\u{7f}-\u{9f}]{0,60}") {
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let xml = std::format!("<Error><Message>{escaped}</Message></Error>");
            prop_assert_eq!(XmlDocument::new(xml.as_bytes()).field("Message").unwrap().to_string(), text);
        }
    }
}
