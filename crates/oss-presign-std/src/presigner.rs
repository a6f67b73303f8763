//! A presigner that all threads of a server share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use oss_presign::{Endpoint, Signer, Timestamp};

use crate::Error;
use crate::builder::PresignerBuilder;
use crate::clock::{self, Clock, ClockOffset};
use crate::day_signer::{DaySigner, Settings, SigningSource};
use crate::provider::ProvideCredentials;
use crate::refresh::{Refresh, RefreshPolicy};

/// The lifetime of a URL when none is given: 15 minutes.
pub const DEFAULT_EXPIRY: Duration = Duration::from_secs(900);

/// Signs requests for one region with one source of credentials. Clones are cheap and share everything.
///
/// A presigner keeps the signing key of the current UTC day, which all threads read without a lock. After midnight UTC, each
/// thread that finds the key of the day before derives the new one itself, and the first to finish stores it for the others.
/// No thread waits, and a key signs only for its own day.
///
/// If a [provider](PresignerBuilder::provider) returns credentials that expire, a background thread replaces them before they
/// do. The current credentials stay in use while the thread waits for the provider, and also if the provider fails. After they
/// have expired, signing is refused with an error that contains their expiry.
///
/// A presigner that signs by a [day key](PresignerBuilder::day_key) has no secret. After the day of its key it refuses to sign,
/// with [`PresignError::StaleKey`](oss_presign::PresignError::StaleKey): build another one with the next day's key.
#[derive(Clone)]
pub struct Presigner {
    shared: Arc<Shared>,
    offset: ClockOffset,
}

pub(crate) struct Shared {
    pub(crate) day: ArcSwap<DaySigner>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Box<dyn Clock>,
    /// The state of replacing credentials; `None` for fixed ones.
    pub(crate) refresh: Option<Refresh>,
}

impl Presigner {
    /// Returns a builder, which configures a presigner.
    pub fn builder() -> PresignerBuilder {
        PresignerBuilder::default()
    }

    /// Creates a presigner with credentials, region and endpoint from the environment: see [`PresignerBuilder::with_env`].
    ///
    /// # Errors
    /// As [`PresignerBuilder::with_env`] and [`PresignerBuilder::build`].
    #[cfg(feature = "system-clock")]
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().with_env()?.build()
    }

    pub(crate) fn new(
        source: SigningSource,
        settings: Arc<Settings>,
        clock: Box<dyn Clock>,
    ) -> Result<Self, Error> {
        let now = clock::read(&*clock, ClockOffset::NONE)?;
        let day = ArcSwap::from_pointee(DaySigner::new_on_day_of(now, source, Arc::clone(&settings))?);
        let shared = Shared { day, settings, clock, refresh: None };
        Ok(Self { shared: Arc::new(shared), offset: ClockOffset::NONE })
    }

    pub(crate) fn refreshing(
        provider: Box<dyn ProvideCredentials>,
        policy: RefreshPolicy,
        settings: Arc<Settings>,
        clock: Box<dyn Clock>,
    ) -> Result<Self, Error> {
        let shared = Shared::refreshing(provider, policy, settings, clock)?;
        Ok(Self { shared, offset: ClockOffset::NONE })
    }

    /// Asks the provider for new credentials if the current ones expire soon, and returns whether they were replaced. Fixed
    /// credentials never are. This may block: if several threads call it at once, one asks and the others wait for the result.
    ///
    /// # Errors
    /// [`Error::Provider`] if the provider returns no credentials. The current ones stay in use until they expire.
    pub fn refresh_if_due(&self) -> Result<bool, Error> {
        let now = self.now()?;
        self.shared.refresh_if_due(now)
    }

    /// Asks the provider, if there is one, for new credentials in any case: for example after OSS refused the current ones, or
    /// if credentials without expiry have been exchanged. This may block: if several threads call it at once, one asks and the
    /// others wait for the result.
    ///
    /// # Errors
    /// As [`Presigner::refresh_if_due`].
    pub fn refresh(&self) -> Result<(), Error> {
        let now = self.now()?;
        self.shared.refresh_now(now)
    }

    /// Returns a presigner with a corrected clock. It shares credentials and signing keys with this one.
    #[must_use]
    pub fn with_clock_offset(&self, offset: ClockOffset) -> Self {
        Self { shared: Arc::clone(&self.shared), offset }
    }

    /// Returns the current time of this presigner's clock, with its correction.
    ///
    /// # Errors
    /// [`Error::Clock`] if the clock shows a time before 2020.
    pub fn now(&self) -> Result<Timestamp, Error> {
        Ok(clock::read(&*self.shared.clock, self.offset)?)
    }

    /// Calls `sign` with the current `Signer` of the core, the presigner's endpoint and the current time. Use it for anything
    /// this type has no method for.
    ///
    /// # Errors
    /// [`Error::Clock`] if the clock was never set, and the errors of `sign`.
    pub fn with_signer<T, E: From<Error>>(
        &self,
        sign: impl FnOnce(&Signer<'_>, &Endpoint<'_>, Timestamp) -> Result<T, E>,
    ) -> Result<T, E> {
        let now = self.now()?;
        let day = self.day(now)?;
        let prepared = day.prepared();
        sign(&prepared.signer, &prepared.endpoint, now)
    }

    /// Returns the access key id of the current credentials, or of the day key.
    #[must_use]
    pub fn access_key_id(&self) -> String {
        self.shared.day.load().source().access_key_id().to_owned()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Returns the signer for the UTC day of `now`.
    pub(crate) fn day(&self, now: Timestamp) -> Result<Day, Error> {
        let kept = self.shared.day.load();
        if kept.prepared().signer.scope().covers(now) {
            return Ok(Day::Kept(kept));
        }
        let derived = Arc::new(kept.on_day_of(now)?);
        // Stored only if no other thread has replaced the signer since, for example with new credentials. Either way, this
        // thread signs with the one it derived, so one that still reads yesterday's date and one that reads today's both sign right.
        self.shared.day.compare_and_swap(&kept, Arc::clone(&derived));
        Ok(Day::Derived(derived))
    }
}

/// A signer for the day of the requested time.
pub(crate) enum Day {
    Kept(Guard<Arc<DaySigner>>),
    Derived(Arc<DaySigner>),
}

impl std::ops::Deref for Day {
    type Target = DaySigner;

    fn deref(&self) -> &DaySigner {
        match self {
            Self::Kept(day) => day,
            Self::Derived(day) => day,
        }
    }
}

impl fmt::Debug for Presigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigner")
            .field("source", self.shared.day.load().source())
            .field("region", &self.shared.settings.region)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
