//! What the Rust API guidelines ask of every public type (C-DEBUG, C-SEND-SYNC, C-GOOD-ERR).

use std::error::Error;
use std::fmt::Debug;

use oss_presign_std::*;

fn is_plain<T: Debug + Send + Sync + Unpin>() {}
fn is_value<T: Debug + Send + Sync + Unpin + Clone + PartialEq>() {}
fn is_error<T: Error + Clone + PartialEq + Send + Sync + Unpin + 'static>() {}

#[test]
fn errors() {
    is_error::<ClockError>();
    is_error::<EnvironmentError>();
    is_error::<oss_presign_std::Error>();
    is_error::<ProviderError>();
    #[cfg(feature = "http")]
    is_error::<HttpError>();
    #[cfg(feature = "serde")]
    is_error::<ReadDayKeyError>();
}

#[test]
fn values() {
    is_value::<ClockOffset>();
    is_value::<Lifetime>();
    #[cfg(feature = "providers")]
    is_value::<StandardSource>();
}

#[test]
fn what_holds_secrets_or_borrows() {
    is_plain::<Credentials>();
    is_plain::<DayKey>();
    is_plain::<Environment>();
    is_plain::<ManualClock>();
    is_plain::<Presigner>();
    is_plain::<PresignerBuilder>();
    is_plain::<ProviderChain>();
    is_plain::<RequestBuilder<'_>>();
    #[cfg(feature = "system-clock")]
    is_plain::<SystemClock>();
    #[cfg(feature = "http")]
    {
        is_plain::<HttpSigner<'_>>();
        is_plain::<Verifier>();
    }
    #[cfg(feature = "providers")]
    {
        is_plain::<CliProfile>();
        is_plain::<CredentialProcess>();
        is_plain::<OssutilProfile>();
        is_plain::<ProfileSettings>();
        is_plain::<SharedProfile>();
    }
    #[cfg(feature = "providers-http")]
    {
        is_plain::<CredentialsUri>();
        is_plain::<EcsRamRole>();
    }
    #[cfg(feature = "reqsign")]
    is_plain::<Reqsign<()>>();
}
