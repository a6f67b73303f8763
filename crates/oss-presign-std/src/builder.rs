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
use crate::day_signer::Settings;
use crate::endpoint::{EndpointSetting, OwnedEndpoint};
use crate::environment::{self, EnvironmentError, variable};
use crate::presigner::{DEFAULT_EXPIRY, Presigner};
use crate::provider::ProvideCredentials;
use crate::refresh::RefreshPolicy;

/// Configures a [`Presigner`]. Credentials and region are required; the rest has defaults.
#[derive(Default)]
#[must_use]
pub struct PresignerBuilder {
    credentials: Option<Credentials>,
    provider: Option<Box<dyn ProvideCredentials>>,
    refresh: RefreshPolicy,
    region: Option<String>,
    product: Product,
    endpoint: Option<OwnedEndpoint>,
    scheme: Option<Scheme>,
    clock: Option<Box<dyn Clock>>,
    default_expiry: Option<Duration>,
    clamp: bool,
}

impl PresignerBuilder {
    /// Takes from the environment what was not given yet: credentials ([`Credentials::from_env`]), the region
    /// from `OSS_REGION` and the endpoint from `OSS_ENDPOINT`.
    ///
    /// # Errors
    /// [`Error::Environment`] for credentials or a region that are neither given nor in the environment.
    pub fn with_env(self) -> Result<Self, Error> {
        self.with_variables(|name| std::env::var_os(name))
    }

    /// The same from any source of variables.
    ///
    /// # Errors
    /// As [`PresignerBuilder::with_env`].
    pub fn with_variables(mut self, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        if self.credentials.is_none() && self.provider.is_none() {
            self.credentials = Some(Credentials::from_variables(&lookup)?);
        }
        if self.region.is_none() {
            let region = variable(&lookup, environment::REGION)?.ok_or(EnvironmentError::NoRegion)?;
            self.region = Some(region);
        }
        if self.endpoint.is_none()
            && let Some(host) = variable(&lookup, environment::ENDPOINT)?
        {
            self = self.endpoint(host);
        }
        Ok(self)
    }

    /// Signs with these credentials, as long as they last.
    pub fn credentials(self, credentials: Credentials) -> Self {
        Self { credentials: Some(credentials), provider: None, ..self }
    }

    /// Signs with what this provider gives. It is asked by [`build`](Self::build), which therefore may block, and
    /// then by a thread of the presigner's own, ahead of the end of what it gave last.
    pub fn provider(self, provider: impl ProvideCredentials + 'static) -> Self {
        Self { provider: Some(Box::new(provider)), credentials: None, ..self }
    }

    /// Sets how long before their end credentials are replaced: 5 minutes unless set. Credentials that live less than
    /// twice as long are replaced halfway.
    pub fn refresh_before(mut self, ahead: Duration) -> Self {
        self.refresh.ahead = ahead.as_secs();
        self
    }

    /// Starts no thread: the caller calls [`Presigner::refresh_if_due`] from one that may wait, such as a task of
    /// `spawn_blocking`, about once a minute.
    pub fn refresh_by_caller(mut self) -> Self {
        self.refresh.by_caller = true;
        self
    }

    /// Calls `report` at each failure to replace credentials, beside the `tracing` event of level WARN that every failure
    /// is. The credentials at hand stay in use until their end.
    pub fn on_refresh_failure(mut self, report: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        self.refresh.report = Some(Box::new(report));
        self
    }

    /// Sets the region of the buckets, such as `cn-hangzhou`; for a cloud box, the box's id.
    pub fn region(self, region: impl Into<String>) -> Self {
        Self { region: Some(region.into()), ..self }
    }

    /// The product that is signed for; OSS in a region unless told otherwise.
    pub fn product(self, product: Product) -> Self {
        Self { product, ..self }
    }

    /// Uses a host that takes the bucket as its first label, with a scheme before it and a port behind it where
    /// they are not the usual ones. An IP address becomes path-style.
    pub fn endpoint(self, host: impl Into<String>) -> Self {
        self.host(host.into(), Addressing::VirtualHosted)
    }

    /// Uses a host that takes the bucket as the first segment of the path; a local server, mostly.
    pub fn path_style(self, host: impl Into<String>) -> Self {
        self.host(host.into(), Addressing::Path)
    }

    /// Uses a host name of one's own that is mapped to one bucket.
    pub fn cname(self, host: impl Into<String>) -> Self {
        self.host(host.into(), Addressing::Cname)
    }

    /// Uses the endpoint that a region's own machines reach.
    pub fn internal(self) -> Self {
        Self { endpoint: Some(OwnedEndpoint::Internal), ..self }
    }

    /// Uses the endpoint with IPv6 and IPv4.
    pub fn dual_stack(self) -> Self {
        Self { endpoint: Some(OwnedEndpoint::DualStack), ..self }
    }

    /// Uses transfer acceleration from anywhere.
    pub fn accelerate(self) -> Self {
        Self { endpoint: Some(OwnedEndpoint::Accelerate), ..self }
    }

    /// Uses transfer acceleration outside mainland China.
    pub fn accelerate_overseas(self) -> Self {
        Self { endpoint: Some(OwnedEndpoint::AccelerateOverseas), ..self }
    }

    fn host(self, host: String, addressing: Addressing) -> Self {
        Self { endpoint: Some(OwnedEndpoint::Host { host, addressing }), ..self }
    }

    /// Uses this scheme, whatever the endpoint says.
    pub fn scheme(self, scheme: Scheme) -> Self {
        Self { scheme: Some(scheme), ..self }
    }

    /// Reads this clock instead of the operating system's; required without the feature `system-clock`.
    pub fn clock(self, clock: impl Clock + 'static) -> Self {
        Self { clock: Some(Box::new(clock)), ..self }
    }

    /// Sets the lifetime of a URL when none is given; [`DEFAULT_EXPIRY`] unless set. Fractions of a second are dropped.
    pub fn default_expiry(self, life: Duration) -> Self {
        Self { default_expiry: Some(life), ..self }
    }

    /// Shortens every URL's life to what is left of the credentials, instead of refusing it.
    pub fn clamp_to_credentials(self) -> Self {
        Self { clamp: true, ..self }
    }

    /// Checks all of it and derives the day's key.
    ///
    /// # Errors
    /// [`Error::NoCredentials`], [`Error::NoRegion`] and [`Error::NoClock`] for what is missing, [`Error::Core`] for a region or an
    /// endpoint that is none, [`Error::Clock`] for a clock that was never set, [`Error::Provider`] for a provider
    /// that gives nothing.
    pub fn build(self) -> Result<Presigner, Error> {
        let settings = Settings {
            region: self.region.ok_or(Error::NoRegion)?,
            product: self.product,
            endpoint: EndpointSetting { endpoint: self.endpoint.unwrap_or_default(), scheme: self.scheme },
            default_expiry: self.default_expiry.unwrap_or(DEFAULT_EXPIRY),
            clamp: self.clamp,
        };
        let settings = Arc::new(settings);
        #[cfg(feature = "system-clock")]
        let clock = self.clock.unwrap_or_else(|| Box::new(SystemClock));
        #[cfg(not(feature = "system-clock"))]
        let clock = self.clock.ok_or(Error::NoClock)?;
        match (self.credentials, self.provider) {
            (Some(credentials), _) => Presigner::new(credentials, settings, clock),
            (None, Some(provider)) => Presigner::refreshing(provider, self.refresh, settings, clock),
            (None, None) => Err(Error::NoCredentials),
        }
    }
}

impl fmt::Debug for PresignerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresignerBuilder")
            .field("credentials", &self.credentials)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
