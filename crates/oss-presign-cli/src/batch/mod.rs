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
use std::path::Path;

use oss_presign::{Addressing, Timestamp};
use oss_presign_std::{Credentials, DayKey, ProfileSettings};

use crate::account::Account;
use crate::arguments::Place;
use crate::day_key;
use crate::destination::Destination;
use crate::failure::Failure;

/// What a line may leave out.
pub(crate) struct Defaults {
    /// The account's or the day key, or why there are none.
    source: Result<Source, String>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// How URLs to the default endpoint carry the bucket.
    pub(crate) addressing: Addressing,
}

/// What signs a line that has no credentials of its own.
enum Source {
    Credentials(Credentials),
    DayKey(DayKey),
}

impl Defaults {
    /// Those of the day key, of the environment or of a profile. Where there are none, each line may have its own.
    pub(crate) fn find(profile: Option<&str>, day_key: Option<&Path>) -> Result<Self, Failure> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let place =
            Place { region: variable("OSS_REGION"), endpoint: variable("OSS_ENDPOINT"), ..Place::default() };
        let (source, destination) = if let Some(path) = day_key {
            let day_key = day_key::read(path)?;
            let destination = day_key::destination(&day_key, &place);
            (Ok(Source::DayKey(day_key)), destination)
        } else {
            let (source, settings) = match Account::find(profile) {
                Ok(account) => (Ok(Source::Credentials(account.credentials)), account.settings),
                // A profile that was asked for is meant.
                Err(failure) if profile.is_some() => return Err(failure),
                Err(failure) => (Err(failure.message), ProfileSettings::default()),
            };
            (source, Destination::of(&place, &settings))
        };
        Ok(match destination {
            Ok(destination) => Self {
                source,
                region: Some(destination.region.value),
                endpoint: destination.endpoint.map(|found| found.value),
                addressing: destination.style.addressing(),
            },
            Err(_) => {
                Self { source, region: None, endpoint: place.endpoint, addressing: Addressing::VirtualHosted }
            }
        })
    }
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
    Input(io::Error),
    Output(io::Error),
}

/// Signs every line of `input`, on all cores where it has many lines at once.
pub(crate) fn run(
    input: impl Read,
    output: impl Write + Send,
    defaults: &Defaults,
    detail: Detail,
    clock: impl Fn() -> Result<Timestamp, String> + Sync,
) -> Result<Outcome, Broken> {
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let signers = (0..workers).map(|_| sign::LineSigner::new(defaults, detail, &clock)).collect();
    pipeline::run(input, output, signers)
}
