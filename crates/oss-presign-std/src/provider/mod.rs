//! Sources of credentials.
//!
//! A provider is asked rarely, and may block while it reads a file, runs a process or calls a metadata service. Signing never
//! waits for a provider: a [`Presigner`](crate::Presigner) keeps the last credentials, and replaces them before they expire.

mod chain;
#[cfg(feature = "providers-http")]
mod credentials_uri;
#[cfg(feature = "providers-http")]
mod ecs_ram_role;
mod environment;
mod error;
#[cfg(feature = "providers-http")]
mod http_get;
#[cfg(feature = "providers")]
mod issued;
#[cfg(feature = "providers")]
mod pod_role;
#[cfg(feature = "providers")]
mod process;
#[cfg(feature = "providers")]
mod profile;
#[cfg(feature = "reqsign")]
mod reqsign;
#[cfg(feature = "providers")]
mod source;
#[cfg(feature = "providers-https")]
mod tls;

pub use chain::ProviderChain;
#[cfg(feature = "providers-http")]
pub use credentials_uri::CredentialsUri;
#[cfg(feature = "providers-http")]
pub use ecs_ram_role::EcsRamRole;
pub use environment::Environment;
pub use error::ProviderError;
#[cfg(feature = "providers")]
pub use process::CredentialProcess;
#[cfg(feature = "providers")]
pub use profile::{CliProfile, OssutilProfile, ProfileSettings, SharedProfile};
#[cfg(feature = "reqsign")]
pub use reqsign::Reqsign;
#[cfg(feature = "providers")]
pub use source::StandardSource;

use crate::credentials::Credentials;

/// A source of credentials. It may block and do I/O, so call it from a thread that may wait (in an async program, with
/// `spawn_blocking`), or give it to a [`Presigner`](crate::Presigner), which has its own thread for it.
///
/// A closure is a provider. This one assumes a role with the caller's own client:
///
/// ```
/// use oss_presign_std::{Credentials, ProviderError, Timestamp};
///
/// let assumed = || {
///     let (id, secret, token, ends) = ("fake-id", "fake-secret", "fake-token", 1_731_400_358); // from STS
///     let end = Timestamp::from_unix(ends).map_err(|error| ProviderError::other("my STS client", error))?;
///     Ok(Credentials::with_security_token(id, secret, token)?.expiring_at(end))
/// };
/// # fn takes(_: impl oss_presign_std::ProvideCredentials) {}
/// # takes(assumed);
/// ```
pub trait ProvideCredentials: Send + Sync {
    /// Fetches new credentials.
    ///
    /// # Errors
    /// [`ProviderError`]. If it is [absent](ProviderError::is_absent), a chain asks its next provider.
    fn provide(&self) -> Result<Credentials, ProviderError>;
}

/// Returns the credentials themselves, which are fixed.
impl ProvideCredentials for Credentials {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        Ok(self.clone())
    }
}

impl<F> ProvideCredentials for F
where
    F: Fn() -> Result<Credentials, ProviderError> + Send + Sync,
{
    fn provide(&self) -> Result<Credentials, ProviderError> {
        self()
    }
}

impl<P: ProvideCredentials + ?Sized> ProvideCredentials for std::sync::Arc<P> {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        (**self).provide()
    }
}
