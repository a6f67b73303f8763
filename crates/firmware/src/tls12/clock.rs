//! The time for Mbed TLS: milliseconds, and the time of day once somebody has told it.

use core::ffi::c_int;
use core::sync::atomic::{AtomicU32, Ordering};

use mbedtls_rs_sys as sys;
use oss_presign::Timestamp;
use sys::hook::timer::MbedtlsTimer;
use sys::hook::wall_clock::MbedtlsWallClock;

use crate::clock::milliseconds;

/// Tells TLS what time it is.
pub fn set_time(now: Timestamp) {
    // Certificates of 2106 and later find no time that suits them.
    let now = u32::try_from(now.unix()).unwrap_or_default();
    STARTED_AT.store(now.saturating_sub(milliseconds() / 1000), Ordering::Relaxed);
}

/// Seconds since 1970 when the milliseconds began; 0 as long as the time is unknown.
static STARTED_AT: AtomicU32 = AtomicU32::new(0);

pub(super) static CLOCK: Clock = Clock;

pub(super) struct Clock;

impl MbedtlsTimer for Clock {
    fn now(&self) -> sys::mbedtls_ms_time_t {
        milliseconds().into()
    }
}

impl MbedtlsWallClock for Clock {
    fn instant(&self) -> Option<sys::tm> {
        let started_at = STARTED_AT.load(Ordering::Relaxed);
        let now = started_at.checked_add(milliseconds() / 1000).filter(|_| started_at > 0)?;
        broken_down(Timestamp::from_unix(now.into()).ok()?)
    }
}

/// The parts of a time that Mbed TLS compares with those of a certificate.
fn broken_down(time: Timestamp) -> Option<sys::tm> {
    // `20241112T083238Z`
    let text = time.iso8601_basic();
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        Some(digits.iter().fold(0, |number, digit| number * 10 + c_int::from(digit - b'0')))
    };
    Some(sys::tm {
        tm_sec: number(13, 15)?,
        tm_min: number(11, 13)?,
        tm_hour: number(9, 11)?,
        tm_mday: number(6, 8)?,
        tm_mon: number(4, 6)? - 1,
        tm_year: number(0, 4)? - 1900,
        tm_wday: 0,
        tm_yday: 0,
        tm_isdst: 0,
    })
}
