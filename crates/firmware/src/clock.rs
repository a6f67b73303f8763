//! Milliseconds since the start, from SysTick, and the time of day once somebody has told it.

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use oss_upload_embedded::{ClockNotSet, Now};

/// The AN386's processor clock.
const HERTZ: u32 = 25_000_000;

static MILLISECONDS: AtomicU32 = AtomicU32::new(0);

/// Starts the tick. It also ends each wait for an interrupt, within a millisecond.
pub fn start(mut syst: SYST) {
    syst.set_clock_source(SystClkSource::Core);
    syst.set_reload(HERTZ / 1000 - 1);
    syst.clear_current();
    syst.enable_interrupt();
    syst.enable_counter();
}

#[cortex_m_rt::exception]
fn SysTick() {
    MILLISECONDS.fetch_add(1, Ordering::Relaxed);
    #[cfg(feature = "async")]
    crate::time_driver::tick();
}

/// Milliseconds since [`start`]; wraps after 49 days, so compare differences.
pub fn milliseconds() -> u32 {
    MILLISECONDS.load(Ordering::Relaxed)
}

/// Waits for the next tick.
pub fn sleep() {
    #[cfg(feature = "instructions")]
    let start = ticks();
    cortex_m::asm::wfi();
    #[cfg(feature = "instructions")]
    ASLEEP.fetch_add(ticks().wrapping_sub(start), Ordering::Relaxed);
}

/// Likewise, for an interrupt, unless there is a reason to stay awake. None is missed: an interrupt in between ends the sleep.
#[cfg(feature = "async")]
pub fn sleep_unless(awake: impl FnOnce() -> bool) {
    #[cfg(feature = "instructions")]
    let start = ticks();
    cortex_m::interrupt::free(|_| {
        if !awake() {
            cortex_m::asm::wfi();
        }
    });
    #[cfg(feature = "instructions")]
    ASLEEP.fetch_add(ticks().wrapping_sub(start), Ordering::Relaxed);
}

/// Ticks of the processor's clock that were slept through.
#[cfg(feature = "instructions")]
static ASLEEP: AtomicU32 = AtomicU32::new(0);

/// Ticks of the processor's clock since [`start`]; wraps after 171 seconds.
#[cfg(feature = "instructions")]
pub(crate) fn ticks() -> u32 {
    loop {
        let before = milliseconds();
        let passed = HERTZ / 1000 - 1 - SYST::get_current();
        // Otherwise a millisecond has begun in between.
        if milliseconds() == before {
            return before.wrapping_mul(HERTZ / 1000).wrapping_add(passed);
        }
    }
}

/// What so many ticks are in instructions, if QEMU runs with `-icount shift=0`: a nanosecond each. Anything otherwise.
#[cfg(feature = "instructions")]
pub(crate) fn instructions_of(ticks: u32) -> u32 {
    ticks.wrapping_mul(1_000_000_000 / HERTZ)
}

/// Instructions since [`start`], without those that were slept through.
#[cfg(feature = "instructions")]
pub fn instructions() -> u32 {
    instructions_of(ticks().wrapping_sub(ASLEEP.load(Ordering::Relaxed)))
}

/// The time of day: unset until SNTP or a server's `Date` sets it.
#[derive(Default)]
pub struct Clock {
    unix_at_start: u64,
}

impl Clock {
    /// Takes the current time, seconds since 1970.
    pub fn set(&mut self, unix: u64) {
        self.unix_at_start = unix.saturating_sub(u64::from(milliseconds() / 1000));
    }

    /// The current time, refused as long as nobody has set it.
    pub fn now(&self) -> Result<Now, ClockNotSet> {
        Now::from_unix(self.unix_at_start + u64::from(milliseconds() / 1000))
    }
}
