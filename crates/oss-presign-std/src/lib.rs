#![cfg_attr(docsrs, feature(doc_cfg))]
//! Presigned URLs for Alibaba Cloud OSS (V4) on servers.
//!
//! This crate adds to the core `oss-presign` what a server needs: a clock, credentials that are owned and erased, and a
//! [`Presigner`] that keeps the signing key of the day and is shared by all threads. It sends no requests to OSS, and signing
//! uses no network at all.
//!
//! ```
//! use std::time::Duration;
//! use oss_presign_std::{Credentials, Presigner};
//!
//! // or, from OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_REGION: Presigner::from_env()?
//! let presigner = Presigner::builder()
//!     .credentials(Credentials::new("fake-access-key-id", "fake-access-key-secret")?)
//!     .region("cn-hangzhou")
//!     .build()?;
//! let put = presigner
//!     .put("examplebucket", "photos/ü +1.jpg")
//!     .content_type("image/jpeg")
//!     .meta("owner", "42")
//!     .expires_in(Duration::from_secs(600))
//!     .presign()?;
//! assert!(put.url().starts_with("https://examplebucket.oss-cn-hangzhou.aliyuncs.com/photos/%C3%BC%20%2B1.jpg?"));
//! assert!(put.headers().eq([("content-type", "image/jpeg"), ("x-oss-meta-owner", "42")]));
//! # Ok::<(), oss_presign_std::Error>(())
//! ```
//!
//! # Where credentials come from
//! [`Credentials::from_env`] and fixed [`Credentials`] need no feature. A [`DayKey`] signs for one day, without a secret. A provider ([`ProvideCredentials`]) is asked when the
//! presigner is built. A background thread asks it again before the credentials expire; signing never blocks. No async
//! runtime is needed, and the crate works inside of one.
//!
//! | feature | what it adds |
//! |---|---|
//! | `serde` (default) | JSON of the owned [`PresignedRequest`] and [`PresignedForm`](oss_presign::PresignedForm), of a [`DayKey`], and of values in configurations: [`Lifetime`], [`ClockOffset`] |
//! | `system-clock` (default) | the clock of the operating system; without this feature, [`PresignerBuilder::clock`] is required |
//! | `http` | signing of `http::Request` and `http::request::Parts` in place; results as `http::Request`; a `Verifier` of received ones |
//! | `multipart` | plans of multipart uploads, which the crates `oss-upload-…` carry out |
//! | `providers` | profiles of the CLI, of the SDKs and of ossutil, a credential process, the standard chain |
//! | `providers-http` | the role of an ECS instance, a credentials URI |
//! | `providers-https` | a credentials URI over TLS |
//! | `reqsign` | roles assumed through STS (AssumeRole, OIDC), by the providers of `reqsign-aliyun-oss` |
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
