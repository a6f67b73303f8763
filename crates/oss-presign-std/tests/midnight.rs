//! The day's key under threads while midnight UTC passes.
#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use oss_presign_std::{Clock, ManualClock, Presigner};
use support::{BUCKET, at, builder, verify};

/// 2024-11-13T00:00:00Z.
const MIDNIGHT: u64 = 1_731_456_000;
const THREADS: u64 = 8;

#[test]
fn eight_threads_cross_midnight_and_every_url_is_right() {
    const URLS: u64 = 400;
    /// Each reading is a second later, so the threads cross midnight together and never agree on the time.
    struct Ticking(AtomicU64);
    impl Clock for Ticking {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.fetch_add(1, Ordering::SeqCst))
        }
    }
    let start = MIDNIGHT - THREADS * URLS / 2;
    let presigner = builder().clock(Ticking(AtomicU64::new(start))).build().unwrap();
    let (before, after) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (presigner, before, after) = (&presigner, &before, &after);
            scope.spawn(move || {
                for number in 0..URLS {
                    let key = format!("{thread}/{number}");
                    let url = presigner.put(BUCKET, &key).content_type("image/jpeg");
                    let url = url.expires_in(Duration::from_secs(60)).presign().unwrap();
                    let signed_at = url.expires_at().unix() - 60;
                    verify(&url, at(signed_at)).unwrap();
                    let side = if signed_at < MIDNIGHT { before } else { after };
                    side.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    // The clock ticks once when the presigner is built and once for each URL.
    assert_eq!(before.into_inner(), MIDNIGHT - start - 1);
    assert_eq!(after.into_inner(), THREADS * URLS - (MIDNIGHT - start - 1));
}

#[test]
fn threads_whose_clocks_disagree_on_the_day_do_not_spoil_each_other() {
    let shared = builder().clock(ManualClock::new(at(MIDNIGHT))).build().unwrap();
    thread::scope(|scope| {
        for offset in [-1, 0, 86_400, -86_401] {
            let presigner = shared.with_clock_offset(oss_presign_std::ClockOffset::from_seconds(offset));
            scope.spawn(move || {
                for _ in 0..200 {
                    let url = presigner.get(BUCKET, "a").presign().unwrap();
                    verify(&url, presigner.now().unwrap()).unwrap();
                }
            });
        }
    });
}

#[test]
fn a_clock_that_is_set_back_and_forth() {
    let clock = Arc::new(ManualClock::new(at(MIDNIGHT - 1)));
    let presigner = builder().clock(Arc::clone(&clock)).build().unwrap();
    for now in [MIDNIGHT - 1, MIDNIGHT, MIDNIGHT - 1, MIDNIGHT + 86_400 * 400, MIDNIGHT] {
        clock.set(at(now));
        verify(&presigner.get(BUCKET, "a").presign().unwrap(), at(now)).unwrap();
    }
}

#[test]
fn a_thread_that_stalls_in_the_midst_of_a_signature_holds_nobody_up() {
    /// The first reading after midnight waits in the clock, in the midst of a signature.
    struct Stalling {
        stalled: AtomicBool,
        others_done: AtomicBool,
        now: AtomicU64,
    }
    impl Clock for Stalling {
        fn now(&self) -> SystemTime {
            let now = self.now.load(Ordering::SeqCst);
            if now >= MIDNIGHT && !self.stalled.swap(true, Ordering::SeqCst) {
                while !self.others_done.load(Ordering::SeqCst) {
                    thread::yield_now();
                }
            }
            SystemTime::UNIX_EPOCH + Duration::from_secs(now)
        }
    }
    let clock = Arc::new(Stalling {
        stalled: AtomicBool::new(false),
        others_done: AtomicBool::new(false),
        now: AtomicU64::new(MIDNIGHT - 1),
    });
    let presigner = builder().clock(Arc::clone(&clock)).build().unwrap();
    clock.now.store(MIDNIGHT, Ordering::SeqCst);
    thread::scope(|scope| {
        let slow = scope.spawn(|| presigner.get(BUCKET, "slow").presign().unwrap());
        while !clock.stalled.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        let others: Vec<_> = (1..THREADS)
            .map(|_| scope.spawn(|| presigner.get(BUCKET, "fast").presign().unwrap()))
            .map(|other| other.join().unwrap())
            .collect();
        clock.others_done.store(true, Ordering::SeqCst);
        for url in others.into_iter().chain([slow.join().unwrap()]) {
            verify(&url, at(MIDNIGHT)).unwrap();
        }
    });
}

#[test]
fn it_is_shared_by_threads() {
    fn shareable<T: Send + Sync + Clone + 'static>() {}
    shareable::<Presigner>();
}
