//! The key of one day, all that a program needs for signing on that day. The build script takes it from `day-key.json`, which
//! `oss-presign day-key` prints: the secret is neither in the program nor on the machine that builds it.

use oss_presign::{DayKey, Error, Identity, Scope};

include!(concat!(env!("OUT_DIR"), "/day_key.rs"));

/// The key, as the core signs by it.
pub fn day_key() -> Result<DayKey<'static>, Error> {
    Ok(DayKey::from_bytes(Identity::new(ACCESS_KEY_ID)?, Scope::parse(SCOPE)?, &SIGNING_KEY))
}
