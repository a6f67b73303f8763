#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//! ## In this crate
//!
//! [`Presigner`] has a method for each operation of OSS. It returns a [`RequestBuilder`], which takes headers, parameters and the
//! lifetime, and ends in [`presign`](RequestBuilder::presign) (a [`PresignedRequest`]), [`presign_url`](RequestBuilder::presign_url)
//! (its URL alone) or [`authorize`](RequestBuilder::authorize) (an `Authorization` header). [`Error`] says what to do instead.
//!
//! ## Where credentials come from
//! [`Credentials::from_env`] and fixed [`Credentials`] need no feature. A [`DayKey`] signs for one day, without a secret. A provider
//! ([`ProvideCredentials`]) is asked when the presigner is built. A background thread asks it again before the credentials expire;
//! signing never blocks. No async runtime is needed, and the crate works inside of one.
//!
#![cfg_attr(feature = "providers", doc = "```no_run")]
#![cfg_attr(not(feature = "providers"), doc = "```ignore")]
//! use oss_presign_std::{Presigner, ProviderChain};
//!
//! let presigner = Presigner::builder()
//!     .provider(ProviderChain::standard())
//!     .on_refresh_failure(|error| eprintln!("credentials were not renewed: {error}"))
//!     .region("cn-hangzhou")
//!     .build()?;
//! # Ok::<(), oss_presign_std::Error>(())
//! ```

mod builder;
mod clock;
mod core_requests;
mod credentials;
mod day_key;
#[cfg(feature = "serde")]
mod day_key_json;
mod day_signer;
mod endpoint;
mod environment;
mod error;
#[cfg(feature = "http")]
mod http_request;
#[cfg(feature = "http")]
mod http_result;
mod lifetime;
#[cfg(feature = "multipart")]
mod multipart;
mod operations;
mod presigner;
mod provider;
mod refresh;
mod request_builder;
mod request_options;
mod signing;
#[cfg(feature = "http")]
mod verifier;

pub use builder::PresignerBuilder;
#[cfg(feature = "system-clock")]
pub use clock::SystemClock;
pub use clock::{Clock, ClockError, ClockOffset, EARLIEST_PLAUSIBLE_SECOND, ManualClock};
pub use credentials::Credentials;
pub use day_key::DayKey;
#[cfg(feature = "serde")]
pub use day_key_json::ReadDayKeyError;
pub use environment::EnvironmentError;
pub use error::Error;
#[cfg(feature = "http")]
pub use http_request::{HttpError, HttpSigner};
#[cfg(feature = "http")]
pub use http_result::IntoHttpRequest;
pub use lifetime::Lifetime;
pub use presigner::{DEFAULT_EXPIRY, Presigner};
#[cfg(feature = "reqsign")]
pub use provider::Reqsign;
#[cfg(feature = "providers")]
pub use provider::{
    CliProfile, CredentialProcess, OssutilProfile, ProfileSettings, SharedProfile, StandardSource,
};
#[cfg(feature = "providers-http")]
pub use provider::{CredentialsUri, EcsRamRole};
pub use provider::{Environment, ProvideCredentials, ProviderChain, ProviderError};
pub use request_builder::RequestBuilder;
#[cfg(feature = "http")]
pub use verifier::Verifier;

#[cfg(feature = "multipart")]
pub use oss_upload::{MultipartPlan, PartLayout, PlanStep};

/// The core, for requests that are described or signed without a [`Presigner`].
pub use oss_presign;
pub use oss_presign::{
    Addressing, AuthorizedRequest, Endpoint, Method, PresignedRequest, Product, Scheme, Timestamp,
};
