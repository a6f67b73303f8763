//! Who counts the bytes that move: one request for itself, or many for one transfer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use oss_upload::Progress;

use crate::context::Monitor;

/// Is told how many bytes of an attempt have moved.
pub(crate) trait Tally: Send + Sync {
    /// `bytes` in this attempt so far; 0 at its beginning. `monitor` is that of the request.
    fn moved(&self, monitor: &Monitor, bytes: u64);
}

/// A transfer that is one request.
pub(crate) struct Single {
    pub(crate) total: u64,
    pub(crate) attempt: u32,
}

impl Tally for Single {
    fn moved(&self, monitor: &Monitor, bytes: u64) {
        monitor.report(Progress::new(bytes, Some(self.total), self.attempt));
    }
}

/// A request whose bytes are not the object's.
pub(crate) struct Silent;

impl Tally for Silent {
    fn moved(&self, _: &Monitor, _: u64) {}
}

/// The sum over the parts of a transfer.
pub(crate) struct Totals {
    monitor: Arc<Monitor>,
    total: u64,
    moved: AtomicU64,
}

impl Totals {
    /// `moved` bytes are there already.
    pub(crate) fn new(monitor: Arc<Monitor>, total: u64, moved: u64) -> Arc<Self> {
        Arc::new(Self { monitor, total, moved: AtomicU64::new(moved) })
    }
}

/// One part of a transfer.
pub(crate) struct PartTally {
    totals: Arc<Totals>,
    counted: AtomicU64,
}

impl PartTally {
    pub(crate) fn new(totals: &Arc<Totals>) -> Arc<Self> {
        Arc::new(Self { totals: totals.clone(), counted: AtomicU64::new(0) })
    }
}

impl Tally for PartTally {
    fn moved(&self, _: &Monitor, bytes: u64) {
        let before = self.counted.swap(bytes, Ordering::Relaxed);
        // Wraps around where a new attempt starts from zero, and back again in the sum.
        let change = bytes.wrapping_sub(before);
        let sum = self.totals.moved.fetch_add(change, Ordering::Relaxed).wrapping_add(change);
        self.totals.monitor.report(Progress::new(sum, Some(self.totals.total), 1));
    }
}
