//! The instructions of embassy's tasks, which its executor reports here (feature `trace`).
//!
//! An executor that waits is not told from one that works by a clock: under QEMU, `wfe` does not stop the processor.

use core::sync::atomic::{AtomicU32, Ordering};

use crate::clock::{instructions_of, ticks};

/// When the task that runs was begun.
static BEGUN: AtomicU32 = AtomicU32::new(0);
/// Ticks of all tasks, without the one that runs.
static WORKED: AtomicU32 = AtomicU32::new(0);

/// Instructions of all tasks so far; called by one of them.
pub fn instructions() -> u32 {
    let running = ticks().wrapping_sub(BEGUN.load(Ordering::Relaxed));
    instructions_of(WORKED.load(Ordering::Relaxed).wrapping_add(running))
}

// Each name is the one that the executor calls, and nobody else defines it.

#[unsafe(no_mangle)]
fn _embassy_trace_task_exec_begin(_executor: u32, _task: u32) {
    BEGUN.store(ticks(), Ordering::Relaxed);
}

#[unsafe(no_mangle)]
fn _embassy_trace_task_exec_end(_executor: u32, _task: u32) {
    WORKED.fetch_add(ticks().wrapping_sub(BEGUN.load(Ordering::Relaxed)), Ordering::Relaxed);
}

#[unsafe(no_mangle)]
fn _embassy_trace_poll_start(_executor: u32) {}

#[unsafe(no_mangle)]
fn _embassy_trace_task_new(_executor: u32, _task: u32) {}

#[unsafe(no_mangle)]
fn _embassy_trace_task_end(_executor: u32, _task: u32) {}

#[unsafe(no_mangle)]
fn _embassy_trace_task_ready_begin(_executor: u32, _task: u32) {}

#[unsafe(no_mangle)]
fn _embassy_trace_executor_idle(_executor: u32) {}
