//! What a signer may have signed: the input of a canonical request, with a place for each mistake.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::spelling::Spelling;
use crate::canonical_request::{HeaderValue, SignedHeader, write_canonical_request};
use crate::encode::Position;
use crate::sha256::Sha256;
use crate::writer::Writer as _;

/// The input of a canonical request.
#[derive(Clone, Debug)]
pub(super) struct Draft<'a> {
    pub(super) method: Cow<'a, str>,
    pub(super) path: PathDraft<'a>,
    pub(super) query: QueryDraft<'a>,
    /// The headers that are signed, names in lower case.
    pub(super) headers: Vec<HeaderDraft<'a>>,
    /// The names in the line of additional headers, in lower case.
    pub(super) additional: Vec<Cow<'a, str>>,
    /// The last line, if it is not the one that the headers make.
    pub(super) payload: Option<Cow<'a, str>>,
    pub(super) layout: Layout,
}

/// The path of a canonical request.
#[derive(Clone, Debug)]
pub(super) struct PathDraft<'a> {
    /// The bucket, decoded. Empty for the list of all buckets.
    pub(super) bucket: Cow<'a, [u8]>,
    /// How often the bucket comes before the key.
    pub(super) buckets: u8,
    /// The key, decoded, with the slash before it.
    pub(super) key: Cow<'a, [u8]>,
    pub(super) spelling: Spelling,
    /// The path in the encoding in which it was sent, if the signer signed that.
    pub(super) as_sent: Option<&'a str>,
}

/// The query of a canonical request.
#[derive(Clone, Debug)]
pub(super) struct QueryDraft<'a> {
    pub(super) parameters: Vec<ParameterDraft<'a>>,
    pub(super) order: Order,
    pub(super) spelling: Spelling,
    /// Whether a name without a value is followed by `=`.
    pub(super) bare_equals: bool,
    /// Whether each parameter is in the encoding in which it was sent.
    pub(super) as_sent: bool,
}

/// A parameter, decoded and as it was sent.
#[derive(Clone, Debug)]
pub(super) struct ParameterDraft<'a> {
    pub(super) name: Cow<'a, [u8]>,
    pub(super) value: Cow<'a, [u8]>,
    /// The encoding of this value, if it is not that of the query.
    pub(super) spelling: Option<Spelling>,
    /// Name, `=` and value as they were sent. Empty for a parameter that was not sent.
    pub(super) sent: &'a str,
}

/// A signed header.
#[derive(Clone, Debug)]
pub(super) struct HeaderDraft<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
}

/// The order of the parameters of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// By the bytes of the encoded names, which is right.
    EncodedNames,
    /// By the bytes of the names.
    RawNames,
    /// By the names, ignoring letter case.
    IgnoringCase,
    /// By the bytes of `name=value`.
    Pairs,
    /// As in the URL.
    AsSent,
}

/// The layout of the lines of a canonical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// As the documentation of OSS has it.
    Right,
    /// Without the blank line after the headers.
    NoBlankLine,
    /// With a line feed after the last line.
    LastLineFeed,
    /// With a carriage return before each line feed.
    CarriageReturns,
    /// Without the line of the additional headers.
    NoAdditionalLine,
    /// Without the last line.
    NoPayloadLine,
}

impl<'a> Draft<'a> {
    /// Writes the canonical request into a buffer, in place of its content.
    pub(super) fn write(&self, text: &mut Vec<u8>) {
        text.clear();
        let mut headers: Vec<&HeaderDraft<'_>> = self.headers.iter().collect();
        headers.sort_by(|a, b| a.name.cmp(&b.name));
        let mut additional: Vec<&str> = self.additional.iter().map(AsRef::as_ref).collect();
        if self.layout != Layout::NoAdditionalLine {
            additional.sort_unstable();
            additional.dedup();
        }
        let headers = headers.iter().map(|header| SignedHeader {
            name: &header.name,
            lower_case: true,
            value: HeaderValue::Given(header.value.as_bytes()),
        });
        let resource = |text: &mut Vec<u8>| {
            text.push(b'\n');
            self.path.write(text);
            text.push(b'\n');
            self.query.write(text);
        };
        write_canonical_request(text, &self.method, resource, headers, additional.iter().copied());
        if let Some(payload) = &self.payload {
            cut_last_line(text);
            text.push(b'\n');
            text.put(payload.as_bytes());
        }
        self.layout.apply(text);
    }

    /// Returns the hash of the canonical request.
    pub(super) fn hash(&self, text: &mut Vec<u8>) -> [u8; 32] {
        self.write(text);
        let mut hash = Sha256::new();
        hash.put(text);
        hash.finish()
    }

    /// Returns the value of a signed header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name == name).map(|header| header.value.as_ref())
    }

    /// Sets the value of a signed header, or removes the header.
    pub(super) fn set_header(&mut self, name: Cow<'a, str>, value: Option<Cow<'a, str>>) {
        let at = self.headers.iter().position(|header| header.name == name);
        match (at, value) {
            (Some(at), Some(value)) => {
                if let Some(header) = self.headers.get_mut(at) {
                    header.value = value;
                }
            }
            (Some(at), None) => drop(self.headers.remove(at)),
            (None, Some(value)) => self.headers.push(HeaderDraft { name, value }),
            (None, None) => {}
        }
    }
}

impl Layout {
    fn apply(self, text: &mut Vec<u8>) {
        match self {
            Self::Right => {}
            Self::NoBlankLine => {
                // The headers end with the first blank line.
                if let Some(at) = text.windows(2).position(|pair| pair == b"\n\n") {
                    text.remove(at);
                }
            }
            Self::LastLineFeed => text.push(b'\n'),
            Self::CarriageReturns => {
                let lines = core::mem::take(text);
                for byte in lines {
                    if byte == b'\n' {
                        text.push(b'\r');
                    }
                    text.push(byte);
                }
            }
            Self::NoAdditionalLine => {
                if let Some(payload) = text.iter().rposition(|&byte| byte == b'\n') {
                    let last = text.split_off(payload);
                    cut_last_line(text);
                    text.extend(last);
                }
            }
            Self::NoPayloadLine => cut_last_line(text),
        }
    }
}

/// Removes the last line and the line feed before it.
fn cut_last_line(text: &mut Vec<u8>) {
    if let Some(end) = text.iter().rposition(|&byte| byte == b'\n') {
        text.truncate(end);
    }
}

impl PathDraft<'_> {
    pub(super) fn write(&self, text: &mut Vec<u8>) {
        for _ in 0..self.buckets {
            text.push(b'/');
            text.put_encoded(&self.bucket, Position::Path);
        }
        match self.as_sent {
            Some(sent) => text.put(sent.as_bytes()),
            None => {
                // Some spellings escape slashes, but not the one before the key.
                let (slash, key) = self.key.split_at(self.key.len().min(1));
                text.put(slash);
                self.spelling.write(text, key, Position::Path);
            }
        }
    }

    /// Returns the canonical URI as text for people.
    pub(super) fn text(&self) -> String {
        let mut text = Vec::new();
        self.write(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}

impl QueryDraft<'_> {
    fn write(&self, text: &mut Vec<u8>) {
        let mut parameters: Vec<(Vec<u8>, &ParameterDraft<'_>)> = Vec::with_capacity(self.parameters.len());
        for parameter in &self.parameters {
            let mut name = Vec::with_capacity(parameter.name.len() + 8);
            self.spelling.write(&mut name, &parameter.name, Position::Query);
            parameters.push((name, parameter));
        }
        match self.order {
            Order::EncodedNames => parameters.sort_by(|(a, _), (b, _)| a.cmp(b)),
            Order::RawNames => parameters.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name)),
            Order::IgnoringCase => {
                parameters.sort_by_key(|(_, parameter)| parameter.name.to_ascii_lowercase());
            }
            Order::Pairs => parameters.sort_by_cached_key(|(name, parameter)| {
                let mut pair = name.clone();
                self.write_value(&mut pair, parameter);
                pair
            }),
            Order::AsSent => {}
        }
        for (at, (name, parameter)) in parameters.iter().enumerate() {
            if at > 0 {
                text.push(b'&');
            }
            if self.as_sent && !parameter.sent.is_empty() {
                text.put(parameter.sent.as_bytes());
                continue;
            }
            text.put(name);
            self.write_value(text, parameter);
        }
    }

    fn write_value(&self, text: &mut Vec<u8>, parameter: &ParameterDraft<'_>) {
        if !parameter.value.is_empty() || self.bare_equals {
            text.push(b'=');
            let spelling = match parameter.spelling {
                Some(of_value) => of_value,
                None => self.spelling,
            };
            spelling.write(text, &parameter.value, Position::Query);
        }
    }
}

impl<'a> QueryDraft<'a> {
    pub(super) fn find(&self, name: &[u8]) -> Option<&ParameterDraft<'a>> {
        self.parameters.iter().find(|parameter| *parameter.name == *name)
    }

    pub(super) fn find_mut(&mut self, name: &[u8]) -> Option<&mut ParameterDraft<'a>> {
        self.parameters.iter_mut().find(|parameter| *parameter.name == *name)
    }
}
