//! `oss-presign batch`: JSON Lines in, JSON Lines out.
//!
//! One line out per line in, in order and without waiting for the next one. A line that cannot be signed
//! becomes an error line; the others are not affected.

mod describe;
mod key_cache;
mod line;
mod sign;

use std::borrow::Cow;
use std::io::{self, BufRead as _, BufReader, Read, Write};

use oss_presign::{Addressing, Timestamp};
use oss_presign_std::ProfileSettings;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::account::Account;
use crate::arguments::Place;
use crate::destination::Destination;
use crate::failure::Failure;
use crate::output;
use line::{Line, Refusal};
use sign::Batch;

/// The bytes of answers that are written at once while more lines wait.
const OUTPUT_BYTES: usize = 64 * 1024;

/// What a line may leave out.
pub(crate) struct Defaults {
    /// The account's, or why there are none.
    pub(crate) credentials: Result<oss_presign_std::Credentials, String>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// How URLs to the default endpoint carry the bucket.
    pub(crate) addressing: Addressing,
}

impl Defaults {
    /// Those of the environment or of a profile. Where there are none, each line may have its own.
    pub(crate) fn find(profile: Option<&str>) -> Result<Self, Failure> {
        let (credentials, settings) = match Account::find(profile) {
            Ok(account) => (Ok(account.credentials), account.settings),
            // A profile that was asked for is meant.
            Err(failure) if profile.is_some() => return Err(failure),
            Err(failure) => (Err(failure.message), ProfileSettings::default()),
        };
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let place =
            Place { region: variable("OSS_REGION"), endpoint: variable("OSS_ENDPOINT"), ..Place::default() };
        Ok(match Destination::of(&place, &settings) {
            Ok(destination) => Self {
                credentials,
                region: Some(destination.region.value),
                endpoint: destination.endpoint.map(|found| found.value),
                addressing: destination.style.addressing(),
            },
            Err(_) => Self {
                credentials,
                region: None,
                endpoint: place.endpoint,
                addressing: Addressing::VirtualHosted,
            },
        })
    }
}

/// How it went, as an exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Every line was signed.
    AllSigned = 0,
    /// Some line was refused.
    SomeRefused = 1,
    /// Some line was no JSON object.
    UnusableInput = 2,
}

/// Why the lines after some line were not answered.
#[derive(Debug)]
pub(crate) enum Broken {
    Input(io::Error),
    Output(io::Error),
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

/// Signs every line of `input`.
pub(crate) fn run(
    mut input: BufReader<impl Read>,
    mut output: impl Write,
    defaults: &Defaults,
    url_alone: bool,
    clock: impl Fn() -> Result<Timestamp, String>,
) -> Result<Outcome, Broken> {
    let mut outcome = Outcome::AllSigned;
    let mut batch = Batch::new(defaults, clock);
    let (mut line, mut answers) = (Vec::new(), Vec::new());
    let mut number = 0u64;
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if !matches!(read, Ok(1..)) {
            output.write_all(&answers).and_then(|()| output.flush()).map_err(Broken::Output)?;
            return read.map(|_| outcome).map_err(Broken::Input);
        }
        number += 1;
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let start = answers.len();
        outcome = outcome.max(answer(&mut batch, text, number, &mut answers).map_err(Broken::Output)?);
        if url_alone && !reduce_to_url(&mut answers, start) {
            outcome = outcome.max(Outcome::SomeRefused);
        }
        // Whoever feeds this line by line waits for the answer; whoever feeds a file does not.
        let nobody_waits = input.buffer().contains(&b'\n');
        if !nobody_waits || answers.len() >= OUTPUT_BYTES {
            output.write_all(&answers).map_err(Broken::Output)?;
            answers.clear();
        }
        if !nobody_waits {
            output.flush().map_err(Broken::Output)?;
        }
    }
}

/// Answers one line.
fn answer(
    batch: &mut Batch<'_, impl Fn() -> Result<Timestamp, String>>,
    text: &[u8],
    number: u64,
    output: &mut Vec<u8>,
) -> io::Result<Outcome> {
    // A derived `Deserialize` would read an array as well, field by field.
    let is_object = text.trim_ascii_start().starts_with(b"{");
    let line = match std::str::from_utf8(text) {
        _ if !is_object => Err(serde::de::Error::custom("expected a JSON object")),
        // One look at the whole line is cheaper than one at each of its strings.
        Ok(text) => serde_json::from_str::<Line<'_>>(text),
        Err(_) => serde_json::from_slice(text),
    };
    let line = match line {
        Ok(line) => line,
        Err(error) => return unreadable(text, number, &error, output),
    };
    let Err(refusal) = batch.sign(&line, text.len(), output)? else { return Ok(Outcome::AllSigned) };
    let (code, message) = match refusal {
        Refusal::Sign(error) => (error.code(), error.to_string()),
        Refusal::Field { code, message } => (code, message),
    };
    write_line(output, &Refused { id: line.id, error: Reason { code, message } })?;
    Ok(Outcome::SomeRefused)
}

/// Leaves the URL of the answer that begins at `start`, and says whether it had one. Where it had none, the line stays
/// empty, so that lines out still are those in, and the answer goes to standard error.
fn reduce_to_url(answers: &mut Vec<u8>, start: usize) -> bool {
    #[derive(Deserialize)]
    struct Location<'a> {
        #[serde(borrow)]
        url: Option<Cow<'a, str>>,
    }
    let answer = answers.split_off(start);
    let location = serde_json::from_slice::<Location<'_>>(&answer).ok();
    let url = location.and_then(|location| location.url);
    match &url {
        Some(url) => answers.extend_from_slice(url.as_bytes()),
        None => output::note(String::from_utf8_lossy(&answer).trim_end()),
    }
    answers.push(b'\n');
    url.is_some()
}

/// A line that is no JSON object, or one with a field of the wrong type.
fn unreadable(
    text: &[u8],
    number: u64,
    error: &serde_json::Error,
    output: &mut Vec<u8>,
) -> io::Result<Outcome> {
    #[derive(Deserialize)]
    struct Identity<'a> {
        #[serde(borrow, default)]
        id: Option<&'a RawValue>,
    }
    let identity = serde_json::from_slice::<Identity<'_>>(text).ok();
    let (id, code, outcome) = match identity {
        Some(identity) if text.trim_ascii_start().starts_with(b"{") => {
            (identity.id, "InvalidField", Outcome::SomeRefused)
        }
        _ => (None, "InvalidJson", Outcome::UnusableInput),
    };
    let message = format!("line {number}: {error}");
    write_line(output, &Refused { id, error: Reason { code, message } })?;
    Ok(outcome)
}

fn write_line(output: &mut Vec<u8>, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, line)?;
    output.push(b'\n');
    Ok(())
}
