//! Replacing credentials before they expire.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use arc_swap::ArcSwap;
use oss_presign::Timestamp;

use crate::Error;
use crate::clock::{self, Clock, ClockOffset};
use crate::credentials::Credentials;
use crate::day_signer::{DaySigner, Settings, SigningSource};
use crate::presigner::Shared;
use crate::provider::{ProvideCredentials, ProviderError};

const DEFAULT_AHEAD_SECONDS: u64 = 300;
/// The longest time between two readings of the clock, in seconds, so that the thread notices a clock that was set or a machine
/// that was suspended.
const LONGEST_WAIT_SECONDS: u64 = 60;

/// Settings for replacing credentials: when, and by which thread.
pub(crate) struct RefreshPolicy {
    pub(crate) ahead: u64,
    pub(crate) by_caller: bool,
    pub(crate) report: Option<Report>,
}

type Report = Box<dyn Fn(&Error) + Send + Sync>;

impl Default for RefreshPolicy {
    fn default() -> Self {
        Self { ahead: DEFAULT_AHEAD_SECONDS, by_caller: false, report: None }
    }
}

pub(crate) struct Refresh {
    provider: Box<dyn ProvideCredentials>,
    policy: RefreshPolicy,
    /// Locked by the thread that asks the provider. Threads that sign never lock it.
    flight: Mutex<()>,
    /// The time at which the credentials are to be replaced, in seconds since 1970; `u64::MAX` if they do not expire.
    due_at: AtomicU64,
    /// The number of times that credentials were replaced.
    generation: AtomicU64,
    /// The background thread ends when this is dropped.
    _stop: Sender<()>,
}

impl Shared {
    pub(crate) fn refreshing(
        provider: Box<dyn ProvideCredentials>,
        policy: RefreshPolicy,
        settings: Arc<Settings>,
        clock: Box<dyn Clock>,
    ) -> Result<Arc<Self>, Error> {
        let credentials = provider.provide()?;
        // The clock is read after the provider was asked, because that may have taken long.
        let now = clock::read(&*clock, ClockOffset::NONE)?;
        let due_at = due_at(&credentials, policy.ahead, now)?;
        let runs = !policy.by_caller && credentials.expires_at().is_some();
        let day = ArcSwap::from_pointee(DaySigner::new_on_day_of(
            now,
            SigningSource::Credentials(credentials),
            Arc::clone(&settings),
        )?);
        let (stop, stopped) = mpsc::channel();
        let refresh = Refresh {
            provider,
            policy,
            flight: Mutex::new(()),
            due_at: AtomicU64::new(due_at),
            generation: AtomicU64::new(0),
            _stop: stop,
        };
        let shared = Arc::new(Self { day, settings, clock, refresh: Some(refresh) });
        if runs {
            let weak = Arc::downgrade(&shared);
            let thread = thread::Builder::new().name("oss-presign-credentials".into());
            thread
                .spawn(move || keep_fresh(&weak, &stopped))
                .map_err(|error| ProviderError::other("the refreshing thread", error.kind()))?;
        }
        Ok(shared)
    }

    pub(crate) fn refresh_if_due(&self, now: Timestamp) -> Result<bool, Error> {
        match &self.refresh {
            Some(refresh) if refresh.is_due(now) => self.fetch_unless(refresh, || !refresh.is_due(now)),
            _ => Ok(false),
        }
    }

    pub(crate) fn refresh_now(&self, now: Timestamp) -> Result<(), Error> {
        let Some(refresh) = &self.refresh else { return Ok(()) };
        let seen = refresh.generation.load(Ordering::Acquire);
        let replaced = || refresh.generation.load(Ordering::Acquire) != seen && !refresh.is_due(now);
        self.fetch_unless(refresh, replaced).map(drop)
    }

    /// Asks the provider, unless another thread has done so while this one waited for the lock.
    fn fetch_unless(&self, refresh: &Refresh, done: impl Fn() -> bool) -> Result<bool, Error> {
        // The lock protects no data, so a panic of the provider cannot have left any in a wrong state.
        let _flight = refresh.flight.lock().unwrap_or_else(PoisonError::into_inner);
        if done() {
            return Ok(false);
        }
        let fetched = self.fetch(refresh);
        if let Err(error) = &fetched {
            tracing::warn!(code = error.code(), %error, "credentials were not renewed; those at hand stay in use until their end");
            if let Some(report) = &refresh.policy.report {
                report(error);
            }
        }
        fetched.map(|()| true)
    }

    fn fetch(&self, refresh: &Refresh) -> Result<(), Error> {
        let credentials = refresh.provider.provide()?;
        let now = clock::read(&*self.clock, ClockOffset::NONE)?;
        let due_at = due_at(&credentials, refresh.policy.ahead, now)?;
        let day = DaySigner::new_on_day_of(
            now,
            SigningSource::Credentials(credentials),
            Arc::clone(&self.settings),
        )?;
        self.day.store(Arc::new(day));
        refresh.due_at.store(due_at, Ordering::Release);
        refresh.generation.fetch_add(1, Ordering::Release);
        Ok(())
    }
}

impl Refresh {
    fn is_due(&self, now: Timestamp) -> bool {
        now.unix() >= self.due_at.load(Ordering::Acquire)
    }

    fn seconds_left(&self, now: Timestamp) -> u64 {
        self.due_at.load(Ordering::Acquire).saturating_sub(now.unix())
    }
}

/// Returns the time at which credentials fetched at `now` are to be replaced: `ahead` seconds before they expire, but not before
/// half of their lifetime has passed, so that credentials with a short lifetime are not fetched all the time.
fn due_at(credentials: &Credentials, ahead: u64, now: Timestamp) -> Result<u64, ProviderError> {
    let Some(end) = credentials.expires_at() else { return Ok(u64::MAX) };
    match end.unix().checked_sub(now.unix()) {
        None | Some(0) => Err(ProviderError::Expired { at: end, now }),
        Some(life) => Ok(end.unix().saturating_sub(ahead).max(now.unix() + life.div_ceil(2))),
    }
}

/// Runs the background thread. It ends when the last presigner that shares the credentials is dropped.
fn keep_fresh(shared: &Weak<Shared>, stopped: &Receiver<()>) {
    let mut failures = 0;
    loop {
        let Some(seconds) = shared.upgrade().and_then(|shared| shared.wait_seconds(failures)) else { return };
        match stopped.recv_timeout(Duration::from_secs(seconds)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
        }
        let Some(shared) = shared.upgrade() else { return };
        let refreshed = clock::read(&*shared.clock, ClockOffset::NONE)
            .map_err(Error::from)
            .and_then(|now| shared.refresh_if_due(now));
        failures = if refreshed.is_ok() { 0 } else { failures + 1 };
    }
}

impl Shared {
    fn wait_seconds(&self, failures: u32) -> Option<u64> {
        let refresh = self.refresh.as_ref()?;
        if failures > 0 {
            // After failures it waits 2, 4, 8, … seconds.
            return Some(1_u64.checked_shl(failures).unwrap_or(u64::MAX).clamp(1, LONGEST_WAIT_SECONDS));
        }
        let left = clock::read(&*self.clock, ClockOffset::NONE).map(|now| refresh.seconds_left(now));
        Some(left.unwrap_or(LONGEST_WAIT_SECONDS).clamp(1, LONGEST_WAIT_SECONDS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_ahead_of_the_end_and_not_before_half_of_the_life() {
        let now = Timestamp::from_unix(1_731_400_358).unwrap();
        let due_in = |life: u64| {
            let credentials = Credentials::new("fake-id", "fake-secret").unwrap();
            due_at(&credentials.expiring_at(now.saturating_add(life)), 300, now).map(|due| due - now.unix())
        };
        assert_eq!(due_in(21_600), Ok(21_300));
        assert_eq!(due_in(600), Ok(300));
        assert_eq!(due_in(599), Ok(300));
        assert_eq!(due_in(60), Ok(30));
        assert_eq!(due_in(1), Ok(1));
        assert_eq!(due_in(0), Err(ProviderError::Expired { at: now, now }));
        let lasting = Credentials::new("fake-id", "fake-secret").unwrap();
        assert_eq!(due_at(&lasting, 300, now), Ok(u64::MAX));
    }
}
