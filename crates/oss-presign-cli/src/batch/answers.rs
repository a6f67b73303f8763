//! The answers to some lines, in their order.

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::line::{Line, Refusal, unknown_field};
use super::{Detail, Outcome};

/// What is written for some lines.
pub(super) struct Answers {
    pub(super) detail: Detail,
    /// For standard output, a line for each.
    pub(super) lines: Vec<u8>,
    /// For standard error: what stands in no line of URLs.
    pub(super) notes: Vec<u8>,
    pub(super) outcome: Outcome,
}

#[derive(Serialize)]
struct Refused<'a> {
    id: Option<&'a RawValue>,
    error: Reason<'a>,
}

#[derive(Serialize)]
struct Reason<'a> {
    code: &'a str,
    message: String,
}

impl Answers {
    pub(super) fn new(detail: Detail) -> Self {
        Self { detail, lines: Vec::new(), notes: Vec::new(), outcome: Outcome::AllSigned }
    }

    pub(super) fn url(&mut self, url: &str) {
        self.lines.extend_from_slice(url.as_bytes());
        self.lines.push(b'\n');
    }

    pub(super) fn json(&mut self, answer: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.lines, answer)?;
        self.lines.push(b'\n');
        Ok(())
    }

    /// What is no URL. Where those are asked for, the line stays empty, so that lines out still are those in, and the
    /// answer goes to standard error.
    pub(super) fn no_url(&mut self, answer: &impl Serialize) -> io::Result<()> {
        if self.detail != Detail::Url {
            return self.json(answer);
        }
        self.outcome = self.outcome.max(Outcome::SomeRefused);
        serde_json::to_writer(&mut self.notes, answer)?;
        self.notes.push(b'\n');
        self.lines.push(b'\n');
        Ok(())
    }

    pub(super) fn refused(&mut self, id: Option<&RawValue>, refusal: &Refusal) -> io::Result<()> {
        self.outcome = self.outcome.max(Outcome::SomeRefused);
        self.no_url(&Refused { id, error: Reason { code: refusal.code(), message: refusal.message() } })
    }

    pub(super) fn too_long(&mut self, number: u64, most: usize) -> io::Result<()> {
        self.outcome = Outcome::UnusableInput;
        let message = format!("line {number}: it is longer than {most} bytes, which no request needs");
        self.no_url(&Refused { id: None, error: Reason { code: "LineTooLong", message } })
    }

    /// A line that is no JSON object, or one with a field that is unknown or of the wrong type.
    pub(super) fn unreadable(
        &mut self,
        text: &[u8],
        number: u64,
        error: &serde_json::Error,
    ) -> io::Result<()> {
        /// Any field beside it is passed over.
        #[derive(Deserialize)]
        struct Identity<'a> {
            #[serde(borrow, default)]
            id: Option<&'a RawValue>,
        }
        let identity = match text.trim_ascii_start() {
            [b'{', ..] => serde_json::from_slice::<Identity<'_>>(text).ok(),
            _ => None,
        };
        let (id, code, outcome) = match identity {
            Some(identity) => (identity.id, "InvalidField", Outcome::SomeRefused),
            None => (None, "InvalidJson", Outcome::UnusableInput),
        };
        let (code, message) = match unknown_field(text) {
            Some(message) => ("UnknownField", format!("line {number}: {message}")),
            None => (code, format!("line {number}: {error}")),
        };
        self.outcome = self.outcome.max(outcome);
        self.no_url(&Refused { id, error: Reason { code, message } })
    }
}

/// Reads a line; anything but an object is an error.
pub(super) fn read(text: &[u8]) -> Result<Line<'_>, serde_json::Error> {
    // A derived `Deserialize` would read an array as well, field by field.
    if !text.trim_ascii_start().starts_with(b"{") {
        return Err(serde::de::Error::custom("expected a JSON object"));
    }
    match std::str::from_utf8(text) {
        // One look at the whole line is cheaper than one at each of its strings.
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(text),
    }
}
