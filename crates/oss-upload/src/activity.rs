//! What goes on in an operation: when it began, when something last moved, and who is told.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::boxed::Box;
use std::sync::{Arc, Mutex, PoisonError};
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
    reports: Mutex<Reports>,
    /// The whole that this is one request of.
    whole: Option<Arc<Activity>>,
}

struct Reports {
    gate: ProgressGate,
    callback: Option<ProgressCallback>,
    /// The last position that was told of.
    last: Progress,
}

impl Activity {
    /// An operation that begins now and reports at most once per `interval`.
    pub fn new(interval: Duration) -> Self {
        Self::since(Instant::now(), interval, None)
    }

    fn since(started: Instant, interval: Duration, whole: Option<Arc<Self>>) -> Self {
        let last = Progress::new(0, None, 1);
        let reports = Mutex::new(Reports { gate: ProgressGate::new(interval), callback: None, last });
        Self { started, interval, moved: AtomicU64::new(0), reports, whole }
    }

    /// For one of several requests of the same operation: it began when the whole did, moves for itself, and tells
    /// nobody but of its waits.
    pub fn fork(self: &Arc<Self>) -> Self {
        Self::since(self.started, self.interval, Some(self.clone()))
    }

    /// Reports to this from now on.
    pub fn set_callback(&self, callback: ProgressCallback) {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).callback = Some(callback);
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
        reports.last = progress;
        reports.tell(now, progress);
    }

    /// Reports that the request waits before its next attempt. What other requests of the operation move shows that
    /// the whole does not wait.
    pub fn report_wait(&self, time: Duration, next_attempt: u32) {
        if time.is_zero() {
            return;
        }
        if let Some(whole) = &self.whole {
            return whole.report_wait(time, next_attempt);
        }
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = reports.last.waiting(time, next_attempt);
        reports.tell(self.elapsed(), waiting);
    }

    fn note(&self, now: Duration) {
        self.moved.store(u64::try_from(now.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl Reports {
    fn tell(&mut self, now: Duration, progress: Progress) {
        if let Some(callback) = &mut self.callback
            && self.gate.admits(now, progress)
        {
            callback(progress);
        }
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
    use std::vec::Vec;

    #[test]
    fn a_fork_shares_the_beginning_and_nothing_else() {
        let whole = Arc::new(Activity::new(Duration::ZERO));
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

    #[test]
    fn a_wait_is_told_with_the_position_it_comes_at() {
        let whole = Arc::new(Activity::new(Duration::from_secs(3600)));
        let told = Arc::new(Mutex::new(Vec::new()));
        let noted = told.clone();
        whole.set_callback(Box::new(move |progress| noted.lock().unwrap().push(progress)));
        let moved = Progress::new(7, Some(9), 1);
        whole.report(moved);
        whole.fork().report_wait(Duration::from_secs(5), 2);
        let waiting = moved.waiting(Duration::from_secs(5), 2);
        assert_eq!((waiting.transferred, waiting.waits), (7, Some(Duration::from_secs(5))));
        whole.report(Progress::new(0, Some(9), 2));
        assert_eq!(*told.lock().unwrap(), [moved, waiting, Progress::new(0, Some(9), 2)]);
    }
}
