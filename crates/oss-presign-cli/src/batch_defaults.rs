//! What lines of `batch` may leave out: found in a day key, the environment or a profile.

use std::path::Path;

use oss_presign::Addressing;
use oss_presign_std::ProfileSettings;

use crate::account::Account;
use crate::arguments::Place;
use crate::batch::{Defaults, Source};
use crate::day_key;
use crate::destination::Destination;
use crate::failure::Failure;

/// Those of the day key, of the environment or of a profile. Where there are none, each line may have its own.
pub(crate) fn find(profile: Option<&str>, day_key: Option<&Path>) -> Result<Defaults, Failure> {
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
        Ok(destination) => Defaults {
            source,
            region: Some(destination.region.value),
            endpoint: destination.endpoint.map(|found| found.value),
            addressing: destination.style.addressing(),
        },
        Err(_) => {
            Defaults { source, region: None, endpoint: place.endpoint, addressing: Addressing::VirtualHosted }
        }
    })
}
