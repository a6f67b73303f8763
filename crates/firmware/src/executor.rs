//! Runs embassy's tasks, and stops the processor when none has anything to do.
//!
//! On a chip, take `embassy_executor::Executor` (features `executor-thread` and `platform-cortex-m`), which stops it by
//! `wfe`. QEMU does not stop at that, but keeps a processor of its host busy; it stops at `wfi`.

use core::sync::atomic::{AtomicBool, Ordering};

use embassy_executor::Spawner;
use embassy_executor::raw::Executor;

use crate::clock;

/// Some task has something to do.
static WOKEN: AtomicBool = AtomicBool::new(false);

/// Called whenever a task is woken, by another one or by an interrupt.
#[unsafe(export_name = "__pender")]
fn wake(_: *mut ()) {
    WOKEN.store(true, Ordering::Relaxed);
}

/// An executor, in memory that `cortex_m_rt::entry` hands out.
pub type Memory = Option<Executor>;

/// Starts tasks and runs them for ever.
pub fn run(memory: &'static mut Memory, start: impl FnOnce(Spawner)) -> ! {
    let executor: &'static Executor = memory.insert(Executor::new(core::ptr::null_mut()));
    start(executor.spawner());
    loop {
        // SAFETY: this is the only call for this executor, and no task reaches it.
        unsafe { executor.poll() };
        clock::sleep_unless(|| WOKEN.swap(false, Ordering::Relaxed));
    }
}
