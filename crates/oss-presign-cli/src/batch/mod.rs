//! `oss-presign batch`: JSON Lines in, JSON Lines out.
//!
//! One line out per line in, in order and without waiting for the next one. A line that cannot be signed
//! becomes an error line; the others are not affected.

mod answers;
mod describe;
mod key_cache;
mod line;
mod pipeline;
mod sign;

use std::io::{self, Read, Write};
use std::num::NonZero;

use oss_presign::{Addressing, Timestamp};
use oss_presign_std::{Credentials, DayKey};

/// What a line may leave out.
pub(crate) struct Defaults {
    /// The account's or the day key, or why there are none.
    pub(crate) source: Result<Source, String>,
    /// The region.
    pub(crate) region: Option<String>,
    /// The host of the endpoint.
    pub(crate) endpoint: Option<String>,
    /// How URLs to the default endpoint carry the bucket.
    pub(crate) addressing: Addressing,
}

/// What signs a line that has no credentials of its own.
pub(crate) enum Source {
    /// An access key, which signs for every region and day.
    Credentials(Credentials),
    /// The key of one day and region.
    DayKey(DayKey),
}

/// What an answer tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The URL without anything around it.
    Url,
    /// All that whoever sends the request needs.
    Request,
    /// That, and the texts that were signed.
    Explained,
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
    /// The input could not be read.
    Input(io::Error),
    /// The output could not be written.
    Output(io::Error),
}

/// Signs every line of `input`, on all cores where it has many lines at once. `note` takes what stands in no line of the
/// output.
///
/// # Errors
/// [`Broken`] where the input cannot be read or the output not be written.
pub(crate) fn run(
    input: impl Read,
    output: impl Write + Send,
    note: impl Fn(&str) + Send,
    defaults: &Defaults,
    detail: Detail,
    clock: impl Fn() -> Result<Timestamp, String> + Sync,
) -> Result<Outcome, Broken> {
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let signers = (0..workers).map(|_| sign::LineSigner::new(defaults, detail, &clock)).collect();
    pipeline::run(input, output, note, signers)
}
