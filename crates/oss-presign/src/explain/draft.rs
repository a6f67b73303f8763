//! What a signer may have signed: the input of the canonical request, each part of it open to a mistake.

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
    /// The last line, where it is not what the headers say.
    pub(super) payload: Option<Cow<'a, str>>,
    pub(super) layout: Layout,
}

/// The path of a canonical request.
#[derive(Clone, Debug)]
pub(super) struct PathDraft<'a> {
    /// The bucket, decoded; empty for the list of all buckets.
    pub(super) bucket: Cow<'a, [u8]>,
    /// How often the bucket stands before the key.
    pub(super) buckets: u8,
    /// The key, decoded, with the slash before it.
    pub(super) key: Cow<'a, [u8]>,
    pub(super) spelling: Spelling,
    /// The path as it came, where the signer took it so.
    pub(super) as_sent: Option<&'a str>,
}

/// The query of a canonical request.
#[derive(Clone, Debug)]
pub(super) struct QueryDraft<'a> {
    pub(super) parameters: Vec<ParameterDraft<'a>>,
    pub(super) order: Order,
    pub(super) spelling: Spelling,
    /// Whether `=` stands behind a name without value.
    pub(super) bare_equals: bool,
    /// Whether each parameter stands as it came.
    pub(super) as_sent: bool,
}

/// A parameter, decoded, and as it came.
#[derive(Clone, Debug)]
pub(super) struct ParameterDraft<'a> {
    pub(super) name: Cow<'a, [u8]>,
    pub(super) value: Cow<'a, [u8]>,
    /// The encoding of this value alone.
    pub(super) spelling: Option<Spelling>,
    /// Name, `=` and value, as they came.
    pub(super) sent: &'a str,
}

/// A signed header.
#[derive(Clone, Debug)]
pub(super) struct HeaderDraft<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
}

/// How the parameters of a query are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// By the bytes of the encoded names: the right one.
    EncodedNames,
    /// By the bytes of the names.
    RawNames,
    /// By the names, whatever the case of their letters.
    IgnoringCase,
    /// By the bytes of `name=value`.
    Pairs,
    /// As they stand in the URL.
    AsSent,
}

/// How the lines of the canonical request are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// As OSS wants it.
    Right,
    /// Without the blank line behind the headers.
    NoBlankLine,
    /// With a line feed at its end.
    LastLineFeed,
    /// Lines end in a carriage return and a line feed.
    CarriageReturns,
    /// Without the line of the additional headers.
    NoAdditionalLine,
    /// Without the last line.
    NoPayloadLine,
}

impl<'a> Draft<'a> {
    /// Writes the canonical request over what the buffer holds.
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

    /// The hash of the canonical request.
    pub(super) fn hash(&self, text: &mut Vec<u8>) -> [u8; 32] {
        self.write(text);
        let mut hash = Sha256::new();
        hash.put(text);
        hash.finish()
    }

    /// The value of a signed header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name == name).map(|header| header.value.as_ref())
    }

    /// Signs a header with this value, or without it.
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
                // Headers end in the first empty line.
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

/// Cuts the last line and the line feed before it.
fn cut_last_line(text: &mut Vec<u8>) {
    let end = text.iter().rposition(|&byte| byte == b'\n').unwrap_or_default();
    text.truncate(end);
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
                // The slash before the key is no part of its name.
                let (slash, key) = self.key.split_at(self.key.len().min(1));
                text.put(slash);
                self.spelling.write(text, key, Position::Path);
            }
        }
    }

    /// The canonical URI, for people.
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
            let spelling = parameter.spelling.unwrap_or(self.spelling);
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
