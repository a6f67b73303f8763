//! A presigner that all threads of a server share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use oss_presign::{Endpoint, Signer, Timestamp};

use crate::Error;
use crate::builder::PresignerBuilder;
use crate::clock::{self, Clock, ClockOffset};
use crate::credentials::Credentials;
use crate::day_signer::{DaySigner, Settings};
use crate::provider::ProvideCredentials;
use crate::refresh::{Refresh, RefreshPolicy};

/// The lifetime of a URL when none is given: 15 minutes.
pub const DEFAULT_EXPIRY: Duration = Duration::from_secs(900);

/// Signs for one region with one source of credentials. Clones are cheap and share everything.
///
/// It keeps the signing key of the day, which all threads read without a lock. After midnight UTC each thread
/// that finds yesterday's key derives today's for itself and the first one leaves it to the others: nobody
/// waits, and a key never signs for another day than its own.
///
/// With a [provider](PresignerBuilder::provider) whose credentials end, a thread of its own replaces them ahead of
/// their end. While it waits for the provider, and where that fails, those at hand stay in use; once they have
/// ended, signing is refused with the time at which they did.
#[derive(Clone)]
pub struct Presigner {
    shared: Arc<Shared>,
    offset: ClockOffset,
}

pub(crate) struct Shared {
    pub(crate) day: ArcSwap<DaySigner>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) clock: Box<dyn Clock>,
    /// Where the credentials are replaced.
    pub(crate) refresh: Option<Refresh>,
}

impl Presigner {
    /// Configures one.
    pub fn builder() -> PresignerBuilder {
        PresignerBuilder::default()
    }

    /// Takes credentials, region and endpoint from the environment: see [`PresignerBuilder::with_env`].
    ///
    /// # Errors
    /// As [`PresignerBuilder::with_env`] and [`PresignerBuilder::build`].
    #[cfg(feature = "system-clock")]
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().with_env()?.build()
    }

    pub(crate) fn new(
        credentials: Credentials,
        settings: Arc<Settings>,
        clock: Box<dyn Clock>,
    ) -> Result<Self, Error> {
        let now = clock::read(&*clock, ClockOffset::NONE)?;
        let day = ArcSwap::from_pointee(DaySigner::derive(credentials, Arc::clone(&settings), now)?);
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

    /// Asks the provider for new credentials if those at hand are near their end, and says whether they were
    /// replaced; fixed credentials never are. May block. Of several threads that call it at once one asks, and the
    /// others wait for its answer.
    ///
    /// # Errors
    /// [`Error::Provider`] where it gives none; those at hand stay in use until their end.
    pub fn refresh_if_due(&self) -> Result<bool, Error> {
        let now = self.now()?;
        self.shared.refresh_if_due(now)
    }

    /// Asks the provider, if there is one, for new credentials whether they are due or not: after OSS refused those
    /// at hand, or where they have no end and were exchanged behind the provider. May block. Of several threads that call it at once one asks, and the others wait for its answer.
    ///
    /// # Errors
    /// As [`Presigner::refresh_if_due`].
    pub fn refresh(&self) -> Result<(), Error> {
        let now = self.now()?;
        self.shared.refresh_now(now)
    }

    /// The same presigner with a corrected clock; credentials and keys stay shared.
    #[must_use]
    pub fn with_clock_offset(&self, offset: ClockOffset) -> Self {
        Self { shared: Arc::clone(&self.shared), offset }
    }

    /// Returns the current time by this presigner's corrected clock.
    ///
    /// # Errors
    /// [`Error::Clock`] for a clock that shows a time before 2020.
    pub fn now(&self) -> Result<Timestamp, Error> {
        Ok(clock::read(&*self.shared.clock, self.offset)?)
    }

    /// Calls `sign` with the core's signer of the current day, the presigner's endpoint and the current time; use it for
    /// anything this type has no method for.
    ///
    /// # Errors
    /// [`Error::Clock`], and what `sign` itself refuses.
    pub fn with_signer<T, E: From<Error>>(
        &self,
        sign: impl FnOnce(&Signer<'_>, &Endpoint<'_>, Timestamp) -> Result<T, E>,
    ) -> Result<T, E> {
        let now = self.now()?;
        let day = self.day(now)?;
        let prepared = day.prepared();
        sign(&prepared.signer, &prepared.endpoint, now)
    }

    /// Returns the access key id that signs at present.
    #[must_use]
    pub fn access_key_id(&self) -> String {
        self.shared.day.load().credentials().access_key_id().to_owned()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Returns the signer of the day that `now` lies in.
    pub(crate) fn day(&self, now: Timestamp) -> Result<Day, Error> {
        let kept = self.shared.day.load();
        if kept.prepared().signer.scope().covers(now) {
            return Ok(Day::Kept(kept));
        }
        let derived = Arc::new(kept.on_day_of(now)?);
        // Where someone else has replaced it meanwhile, be it with new credentials, theirs stays. This
        // signature uses its own either way, so threads that disagree on the day cannot spoil each other's.
        self.shared.day.compare_and_swap(&kept, Arc::clone(&derived));
        Ok(Day::Derived(derived))
    }
}

/// A signer that is right for the time it was asked for.
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
            .field("credentials", self.shared.day.load().credentials())
            .field("region", &self.shared.settings.region)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
