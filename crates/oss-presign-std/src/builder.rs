//! Configuration of a presigner.

use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use oss_presign::{Addressing, Product, Scheme};

use crate::Error;
use crate::clock::Clock;
#[cfg(feature = "system-clock")]
use crate::clock::SystemClock;
use crate::credentials::Credentials;
use crate::day_key::DayKey;
use crate::day_signer::{Settings, SigningSource};
use crate::endpoint::{EndpointSetting, OwnedEndpoint};
use crate::environment::{self, EnvironmentError, variable};
use crate::presigner::{DEFAULT_EXPIRY, Presigner};
use crate::provider::ProvideCredentials;
use crate::refresh::RefreshPolicy;

/// Configures a [`Presigner`]. Credentials and region, or a day key, are required; everything else has defaults.
#[derive(Default)]
#[must_use]
pub struct PresignerBuilder {
    credentials: Option<Credentials>,
    day_key: Option<DayKey>,
    provider: Option<Box<dyn ProvideCredentials>>,
    refresh: RefreshPolicy,
    region: Option<String>,
    product: Option<Product>,
    endpoint: Option<OwnedEndpoint>,
    scheme: Option<Scheme>,
    clock: Option<Box<dyn Clock>>,
    default_expiry: Option<Duration>,
    clamp: bool,
}

impl PresignerBuilder {
    /// Reads the settings that were not set before from the environment: credentials ([`Credentials::from_env`]), the region
    /// from `OSS_REGION` and the endpoint from `OSS_ENDPOINT`.
    ///
    /// # Errors
    /// [`Error::Environment`] if credentials or region were not set before and are not in the environment.
    pub fn with_env(self) -> Result<Self, Error> {
        self.with_variables(|name| std::env::var_os(name))
    }

    /// Reads the same variables as [`PresignerBuilder::with_env`] through `lookup` instead of the environment.
    ///
    /// # Errors
    /// As [`PresignerBuilder::with_env`].
    pub fn with_variables(mut self, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        if self.credentials.is_none() && self.provider.is_none() && self.day_key.is_none() {
            self.credentials = Some(Credentials::from_variables(&lookup)?);
        }
        if self.region.is_none() {
            self.region = variable(&lookup, environment::REGION)?;
            if self.region.is_none() && self.day_key.is_none() {
                return Err(EnvironmentError::NoRegion.into());
            }
        }
        if self.endpoint.is_none()
            && let Some(host) = variable(&lookup, environment::ENDPOINT)?
        {
            self = self.endpoint(host);
        }
        Ok(self)
    }

    /// Signs with these fixed credentials.
    pub fn credentials(self, credentials: Credentials) -> Self {
        Self { credentials: Some(credentials), provider: None, day_key: None, ..self }
    }

    /// Signs by the key of one day, without a secret. Region and product are those of the key; [`build`](Self::build) refuses
    /// a region or a product that was set and is another one. From the next UTC day on, signing is refused.
    pub fn day_key(self, day_key: DayKey) -> Self {
        Self { day_key: Some(day_key), credentials: None, provider: None, ..self }
    }

    /// Signs with the credentials of this provider. [`build`](Self::build) asks it for the first time, and may therefore block.
    /// Later a background thread asks it again, before the credentials expire. Signing never blocks.
    pub fn provider(self, provider: impl ProvideCredentials + 'static) -> Self {
        Self { provider: Some(Box::new(provider)), credentials: None, day_key: None, ..self }
    }

    /// Sets how long before their expiry credentials are replaced. The default is 5 minutes. Credentials that are valid for
    /// less than twice this time are replaced after half of their lifetime.
    pub fn refresh_before(mut self, ahead: Duration) -> Self {
        self.refresh.ahead = ahead.as_secs();
        self
    }

    /// Starts no background thread. Instead the caller must call [`Presigner::refresh_if_due`] about once a minute, from a
    /// thread that may block, such as one of `spawn_blocking`.
    pub fn refresh_by_caller(mut self) -> Self {
        self.refresh.by_caller = true;
        self
    }

    /// Calls `report` each time replacing credentials fails, in addition to the `tracing` event of level WARN. The current
    /// credentials stay in use until they expire.
    pub fn on_refresh_failure(mut self, report: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        self.refresh.report = Some(Box::new(report));
        self
    }

    /// Sets the region of the buckets, such as `cn-hangzhou`, or the id of a cloud box.
    pub fn region(self, region: impl Into<String>) -> Self {
        Self { region: Some(region.into()), ..self }
    }

    /// Sets the product that is signed for. The default is that of the day key, or OSS in a region.
    pub fn product(self, product: Product) -> Self {
        Self { product: Some(product), ..self }
    }

    /// Uses an endpoint whose URLs have the bucket as the first label of the host. `host` may be preceded by a scheme and
    /// followed by a port. For an IP address, the bucket becomes the first segment of the path.
    pub fn endpoint(self, host: impl Into<String>) -> Self {
        self.host(host.into(), Addressing::VirtualHosted)
    }

    /// Uses an endpoint whose URLs have the bucket as the first segment of the path, such as a local server.
    pub fn path_style(self, host: impl Into<String>) -> Self {
        self.host(host.into(), Addressing::Path)
    }

    /// Uses a custom host name that is mapped to one bucket.
    pub fn cname(self, host: impl Into<String>) -> Self {
        self.host(host.into(), Addressing::Cname)
    }

    /// Uses the internal endpoint of the region, for machines inside it.
    pub fn internal(self) -> Self {
        Self { endpoint: Some(OwnedEndpoint::Internal), ..self }
    }

    /// Uses the endpoint of the region that has IPv6 and IPv4 addresses.
    pub fn dual_stack(self) -> Self {
        Self { endpoint: Some(OwnedEndpoint::DualStack), ..self }
    }

    /// Uses the endpoint for transfer acceleration worldwide.
    pub fn accelerate(self) -> Self {
        Self { endpoint: Some(OwnedEndpoint::Accelerate), ..self }
    }

    /// Uses the endpoint for transfer acceleration outside mainland China.
    pub fn accelerate_overseas(self) -> Self {
        Self { endpoint: Some(OwnedEndpoint::AccelerateOverseas), ..self }
    }

    fn host(self, host: String, addressing: Addressing) -> Self {
        Self { endpoint: Some(OwnedEndpoint::Host { host, addressing }), ..self }
    }

    /// Uses this scheme instead of the one of the endpoint.
    pub fn scheme(self, scheme: Scheme) -> Self {
        Self { scheme: Some(scheme), ..self }
    }

    /// Reads this clock instead of the one of the operating system. It is required without the feature `system-clock`.
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        Self { clock: Some(Box::new(clock)), ..self }
    }

    /// Sets the lifetime of URLs for which none is given. The default is [`DEFAULT_EXPIRY`]. Fractions of a second are dropped.
    pub fn default_expiry(self, life: Duration) -> Self {
        Self { default_expiry: Some(life), ..self }
    }

    /// Shortens the lifetime of URLs that would outlive the credentials, instead of refusing them.
    pub fn clamp_to_credentials(self) -> Self {
        Self { clamp: true, ..self }
    }

    /// Creates the presigner: checks all settings, asks the provider for credentials, and derives the signing key of the day.
    ///
    /// # Errors
    /// [`Error::NoCredentials`], [`Error::NoRegion`] or [`Error::NoClock`] if one of these is missing, [`Error::Core`] if region or
    /// endpoint are not valid or a day key is that of another day, region or product, [`Error::Clock`] if the clock was never set, [`Error::Provider`] if the provider returns no
    /// credentials.
    pub fn build(self) -> Result<Presigner, Error> {
        let of_key = match &self.day_key {
            Some(day_key) => Some(day_key.scope()?),
            None => None,
        };
        let region_of_key = || of_key.map(|scope| scope.region().to_string());
        let settings = Settings {
            region: self.region.or_else(region_of_key).ok_or(Error::NoRegion)?,
            product: self.product.unwrap_or_else(|| of_key.map(|scope| scope.product()).unwrap_or_default()),
            endpoint: EndpointSetting { endpoint: self.endpoint.unwrap_or_default(), scheme: self.scheme },
            default_expiry: self.default_expiry.unwrap_or(DEFAULT_EXPIRY),
            clamp: self.clamp,
        };
        let settings = Arc::new(settings);
        #[cfg(feature = "system-clock")]
        let clock = self.clock.unwrap_or_else(|| Box::new(SystemClock));
        #[cfg(not(feature = "system-clock"))]
        let clock = self.clock.ok_or(Error::NoClock)?;
        // Each setter removes what the others have set.
        let source = match (self.day_key, self.credentials) {
            (Some(day_key), _) => Some(SigningSource::DayKey(day_key)),
            (None, credentials) => credentials.map(SigningSource::Credentials),
        };
        match (source, self.provider) {
            (Some(source), _) => Presigner::new(source, settings, clock),
            (None, Some(provider)) => Presigner::refreshing(provider, self.refresh, settings, clock),
            (None, None) => Err(Error::NoCredentials),
        }
    }
}

impl fmt::Debug for PresignerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresignerBuilder")
            .field("credentials", &self.credentials)
            .field("day_key", &self.day_key)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
