//! What goes on in an operation: when it began, when something last moved, and who is told.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::boxed::Box;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::progress::{Progress, ProgressGate};

/// Receives reports.
pub type ProgressCallback = Box<dyn FnMut(Progress) + Send>;

/// Watches over one operation, or over one of several requests of it.
pub struct Activity {
    started: Instant,
    interval: Duration,
    /// Milliseconds after `started` at which something last moved.
    moved: AtomicU64,
    reports: Mutex<(ProgressGate, Option<ProgressCallback>)>,
}

impl Activity {
    /// An operation that begins now and reports at most once per `interval`.
    pub fn new(interval: Duration) -> Self {
        Self::since(Instant::now(), interval)
    }

    fn since(started: Instant, interval: Duration) -> Self {
        let reports = Mutex::new((ProgressGate::new(interval), None));
        Self { started, interval, moved: AtomicU64::new(0), reports }
    }

    /// For one of several requests of the same operation: it began when the whole did, moves for itself, and tells
    /// nobody.
    pub fn fork(&self) -> Self {
        Self::since(self.started, self.interval)
    }

    /// Reports to this from now on.
    pub fn set_callback(&self, callback: ProgressCallback) {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(callback);
    }

    /// When the operation began.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Time since the operation began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The time after the beginning at which something last moved, to the millisecond.
    pub fn moved(&self) -> Duration {
        Duration::from_millis(self.moved.load(Ordering::Relaxed))
    }

    /// Notes that something moved.
    pub fn touch(&self) {
        self.note(self.elapsed());
    }

    /// Notes that something moved, and reports it.
    pub fn report(&self, progress: Progress) {
        let now = self.elapsed();
        self.note(now);
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        let (gate, callback) = &mut *reports;
        if let Some(callback) = callback
            && gate.admits(now, progress)
        {
            callback(progress);
        }
    }

    fn note(&self, now: Duration) {
        self.moved.store(u64::try_from(now.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl core::fmt::Debug for Activity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Activity").field("started", &self.started).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::vec::Vec;

    #[test]
    fn a_fork_shares_the_beginning_and_nothing_else() {
        let whole = Activity::new(Duration::ZERO);
        let told = Arc::new(Mutex::new(Vec::new()));
        let noted = told.clone();
        whole.set_callback(Box::new(move |progress| noted.lock().unwrap().push(progress.transferred)));
        let part = whole.fork();
        assert_eq!(part.started(), whole.started());
        part.report(Progress::new(1, None, 1));
        whole.report(Progress::new(2, None, 1));
        whole.report(Progress::new(2, None, 1));
        assert_eq!(*told.lock().unwrap(), [2]);
    }
}
