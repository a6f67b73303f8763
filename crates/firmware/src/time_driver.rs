//! embassy's time over SysTick: a tick is a millisecond (`tick-hz-1_000`).
//!
//! A product without a tick sets a hardware timer to `alarm` in `schedule_wake`, and calls what `tick` calls when it fires.

use core::cell::RefCell;
use core::task::Waker;

use embassy_sync::blocking_mutex::CriticalSectionMutex;
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;

struct State {
    /// Milliseconds since the clock was started; never wraps.
    now: u64,
    /// Nothing in the queue is due before.
    alarm: u64,
    queue: Queue,
}

/// Shared by the interrupt and the tasks.
struct SysTickTime(CriticalSectionMutex<RefCell<State>>);

embassy_time_driver::time_driver_impl!(static TIME: SysTickTime = SysTickTime(CriticalSectionMutex::new(
    RefCell::new(State { now: 0, alarm: u64::MAX, queue: Queue::new() })
)));

impl Driver for SysTickTime {
    fn now(&self) -> u64 {
        self.0.lock(|state| state.borrow().now)
    }

    /// A moment that has passed is due at the next tick.
    fn schedule_wake(&self, at: u64, waker: &Waker) {
        self.0.lock(|state| {
            let state = &mut *state.borrow_mut();
            if state.queue.schedule_wake(at, waker) {
                state.alarm = state.alarm.min(at);
            }
        });
    }
}

/// A millisecond has passed: wakes the tasks that waited for it. The interrupt of SysTick calls this.
pub(crate) fn tick() {
    TIME.0.lock(|state| {
        let state = &mut *state.borrow_mut();
        state.now += 1;
        if state.alarm <= state.now {
            state.alarm = state.queue.next_expiration(state.now);
        }
    });
}
