//! Who counts the bytes that move: one request for itself, or many for one transfer.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use crate::activity::Activity;
use crate::progress::Progress;

/// Is told how many bytes of an attempt have moved.
pub trait ProgressSink: Send + Sync {
    /// `bytes` in this attempt so far; 0 at its beginning. `activity` is that of the request, `attempt` counts from 1.
    fn moved(&self, activity: &Activity, attempt: u32, bytes: u64);
}

/// A transfer that is one request.
#[derive(Clone, Copy, Debug)]
pub struct RequestProgress {
    total: u64,
}

impl RequestProgress {
    /// A transfer of `total` bytes.
    pub fn new(total: u64) -> Self {
        Self { total }
    }
}

impl ProgressSink for RequestProgress {
    fn moved(&self, activity: &Activity, attempt: u32, bytes: u64) {
        activity.report(Progress::new(bytes, Some(self.total), attempt));
    }
}

/// A request whose bytes are not the object's.
#[derive(Clone, Copy, Debug)]
pub struct NoProgress;

impl ProgressSink for NoProgress {
    fn moved(&self, activity: &Activity, _: u32, _: u64) {
        activity.touch();
    }
}

/// The sum over the parts of a transfer.
#[derive(Debug)]
pub struct TransferProgress {
    activity: Arc<Activity>,
    total: u64,
    moved: AtomicU64,
}

impl TransferProgress {
    /// For a transfer of `total` bytes, of which `moved` are there already.
    pub fn new(activity: Arc<Activity>, total: u64, moved: u64) -> Arc<Self> {
        Arc::new(Self { activity, total, moved: AtomicU64::new(moved) })
    }
}

/// One part of a transfer.
#[derive(Debug)]
pub struct PartProgress {
    whole_progress: Arc<TransferProgress>,
    counted: AtomicU64,
}

impl PartProgress {
    /// A part that has not begun.
    pub fn new(whole_progress: &Arc<TransferProgress>) -> Arc<Self> {
        Arc::new(Self { whole_progress: whole_progress.clone(), counted: AtomicU64::new(0) })
    }
}

impl ProgressSink for PartProgress {
    fn moved(&self, activity: &Activity, _: u32, bytes: u64) {
        activity.touch();
        let before = self.counted.swap(bytes, Ordering::Relaxed);
        // Wraps around where a new attempt starts from zero, and back again in the sum.
        let change = bytes.wrapping_sub(before);
        let sum = self.whole_progress.moved.fetch_add(change, Ordering::Relaxed).wrapping_add(change);
        self.whole_progress.activity.report(Progress::new(sum, Some(self.whole_progress.total), 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;
    use std::boxed::Box;
    use std::sync::Mutex;
    use std::vec::Vec;

    #[test]
    fn a_part_that_begins_anew_is_taken_off_the_sum() {
        let activity = Arc::new(Activity::new(Duration::ZERO));
        let told = Arc::new(Mutex::new(Vec::new()));
        let noted = told.clone();
        activity.set_callback(Box::new(move |progress| noted.lock().unwrap().push(progress.transferred)));
        let whole_progress = TransferProgress::new(activity.clone(), 100, 10);
        let (first, second) = (PartProgress::new(&whole_progress), PartProgress::new(&whole_progress));
        let request = activity.fork();
        first.moved(&request, 1, 30);
        second.moved(&request, 1, 5);
        first.moved(&request, 1, 0);
        first.moved(&request, 1, 40);
        assert_eq!(*told.lock().unwrap(), [40, 45, 15, 55]);
    }
}
