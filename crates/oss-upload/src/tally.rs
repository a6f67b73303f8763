//! Who counts the bytes that move: one request for itself, or many for one transfer.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use crate::monitor::Monitor;
use crate::progress::Progress;

/// Is told how many bytes of an attempt have moved.
pub trait Tally: Send + Sync {
    /// `bytes` in this attempt so far; 0 at its beginning. `monitor` is that of the request, `attempt` counts from 1.
    fn moved(&self, monitor: &Monitor, attempt: u32, bytes: u64);
}

/// A transfer that is one request.
#[derive(Clone, Copy, Debug)]
pub struct Single {
    total: u64,
}

impl Single {
    /// A transfer of `total` bytes.
    pub fn new(total: u64) -> Self {
        Self { total }
    }
}

impl Tally for Single {
    fn moved(&self, monitor: &Monitor, attempt: u32, bytes: u64) {
        monitor.report(Progress::new(bytes, Some(self.total), attempt));
    }
}

/// A request whose bytes are not the object's.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Tally for Silent {
    fn moved(&self, monitor: &Monitor, _: u32, _: u64) {
        monitor.touch();
    }
}

/// The sum over the parts of a transfer.
#[derive(Debug)]
pub struct Totals {
    monitor: Arc<Monitor>,
    total: u64,
    moved: AtomicU64,
}

impl Totals {
    /// For a transfer of `total` bytes, of which `moved` are there already.
    pub fn new(monitor: Arc<Monitor>, total: u64, moved: u64) -> Arc<Self> {
        Arc::new(Self { monitor, total, moved: AtomicU64::new(moved) })
    }
}

/// One part of a transfer.
#[derive(Debug)]
pub struct PartTally {
    totals: Arc<Totals>,
    counted: AtomicU64,
}

impl PartTally {
    /// A part that has not begun.
    pub fn new(totals: &Arc<Totals>) -> Arc<Self> {
        Arc::new(Self { totals: totals.clone(), counted: AtomicU64::new(0) })
    }
}

impl Tally for PartTally {
    fn moved(&self, monitor: &Monitor, _: u32, bytes: u64) {
        monitor.touch();
        let before = self.counted.swap(bytes, Ordering::Relaxed);
        // Wraps around where a new attempt starts from zero, and back again in the sum.
        let change = bytes.wrapping_sub(before);
        let sum = self.totals.moved.fetch_add(change, Ordering::Relaxed).wrapping_add(change);
        self.totals.monitor.report(Progress::new(sum, Some(self.totals.total), 1));
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
        let monitor = Arc::new(Monitor::new(Duration::ZERO));
        let told = Arc::new(Mutex::new(Vec::new()));
        let noted = told.clone();
        monitor.set_callback(Box::new(move |progress| noted.lock().unwrap().push(progress.transferred)));
        let totals = Totals::new(monitor.clone(), 100, 10);
        let (first, second) = (PartTally::new(&totals), PartTally::new(&totals));
        let request = monitor.fork();
        first.moved(&request, 1, 30);
        second.moved(&request, 1, 5);
        first.moved(&request, 1, 0);
        first.moved(&request, 1, 40);
        assert_eq!(*told.lock().unwrap(), [40, 45, 15, 55]);
    }
}
