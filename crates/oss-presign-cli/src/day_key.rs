//! `oss-presign day-key`: the key of one day, for machines without the secret; and signing by one.

use std::path::Path;

use oss_presign_std::{Clock as _, DayKey, Product, ProfileSettings, ReadDayKeyError, SystemClock};

use crate::account::Account;
use crate::arguments::{DayKeyArguments, Place};
use crate::destination::Destination;
use crate::failure::{Class, Failure};
use crate::output;

/// Derives the key, and prints it.
pub(crate) fn run(arguments: &DayKeyArguments) -> Result<(), Failure> {
    let account = Account::find(arguments.profile.as_deref())?;
    let place = Place { region: arguments.region.clone(), ..Place::default() };
    let destination = Destination::of(&place, &account.settings)?;
    let is_region = arguments.product == Product::Oss;
    if let Some(doubt) = destination.doubt().filter(|_| is_region) {
        output::warn("UnknownRegion", &doubt);
    }
    let time = match arguments.date {
        Some(day) => day,
        None => SystemClock.timestamp()?,
    };
    let day_key = DayKey::derive(&account.credentials, &destination.region.value, arguments.product, time)?;
    output::line(day_key.to_json().as_str())
}

/// Reads the key of a file.
pub(crate) fn read(path: &Path) -> Result<DayKey, Failure> {
    DayKey::from_file(path).map_err(|error| {
        let class = match error {
            ReadDayKeyError::Unreadable { .. } => Class::LocalFile,
            _ => Class::Failed,
        };
        Failure::new(class, format!("{}: {error}", path.display())).with_code(error.code())
    })
}

/// Where requests go that are signed by a key: in its region, unless another one is given, which signing then refuses.
pub(crate) fn destination(day_key: &DayKey, place: &Place) -> Result<Destination, Failure> {
    let mut settings = ProfileSettings::default();
    settings.region = Some(day_key.scope()?.region().to_string());
    let mut destination = Destination::of(place, &settings)?;
    if place.region.as_ref().is_none_or(String::is_empty) {
        destination.region.at = "the day key";
    }
    Ok(destination)
}
