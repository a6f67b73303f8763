//! Credentials that are replaced while threads sign with them.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use oss_presign_std::{Credentials, ManualClock, Presigner, PresignerBuilder, ProviderError};

use crate::support::{BUCKET, REGION, SECRET, at};

const NOW: u64 = 1_731_400_358;

fn key(number: u64, end: u64) -> Result<Credentials, ProviderError> {
    let credentials = Credentials::with_security_token(format!("STS.fake{number}"), SECRET, "fake-token");
    Ok(credentials.unwrap().expiring_at(at(end)))
}

fn builder(clock: &Arc<ManualClock>) -> PresignerBuilder {
    Presigner::builder().region(REGION).clock(Arc::clone(clock))
}

#[test]
fn of_eight_threads_one_asks_and_all_see_the_answer() {
    const THREADS: usize = 8;
    let clock = Arc::new(ManualClock::new(at(NOW)));
    let (asked, entered) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicUsize::new(0)));
    let (count, waiting) = (Arc::clone(&asked), Arc::clone(&entered));
    let provider = move || {
        let number = count.fetch_add(1, Ordering::SeqCst);
        // The answer is held back until all threads are on their way to ask.
        while number > 0 && waiting.load(Ordering::SeqCst) < THREADS {
            thread::yield_now();
        }
        key(number, NOW + 3600 * (number + 1))
    };
    let presigner = builder(&clock).provider(provider).refresh_by_caller().build().unwrap();
    clock.advance(3400);
    let replaced = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                entered.fetch_add(1, Ordering::SeqCst);
                replaced.fetch_add(usize::from(presigner.refresh_if_due().unwrap()), Ordering::SeqCst);
                assert_eq!(presigner.access_key_id(), "STS.fake1");
            });
        }
    });
    assert_eq!((asked.load(Ordering::SeqCst), replaced.into_inner()), (2, 1));
}

#[test]
fn the_caller_chooses_how_long_before_their_end_credentials_are_replaced() {
    let clock = Arc::new(ManualClock::new(at(NOW)));
    let number = AtomicU64::new(0);
    let provider = move || key(number.fetch_add(1, Ordering::SeqCst), NOW + 36_000);
    let ahead = Duration::from_secs(60);
    let presigner = builder(&clock)
        .provider(Arc::new(provider))
        .refresh_before(ahead)
        .refresh_by_caller()
        .build()
        .unwrap();
    clock.set(at(NOW + 36_000 - 61));
    assert_eq!(presigner.refresh_if_due(), Ok(false));
    clock.advance(1);
    assert_eq!(presigner.refresh_if_due(), Ok(true));
    assert_eq!(presigner.access_key_id(), "STS.fake1");
}

#[test]
fn who_signs_does_not_wait_for_the_provider() {
    let clock = Arc::new(ManualClock::new(at(NOW)));
    let (asked_sender, asked) = mpsc::channel();
    let (answer, answer_receiver) = mpsc::channel::<Result<Credentials, ProviderError>>();
    let channels = Mutex::new((asked_sender, answer_receiver));
    let provider = move || {
        let (asked, answer) = &*channels.lock().unwrap();
        asked.send(()).unwrap();
        answer.recv().unwrap()
    };
    answer.send(key(0, NOW + 60_000)).unwrap();
    let presigner = builder(&clock).provider(provider).refresh_by_caller().build().unwrap();
    asked.recv().unwrap();
    // The credentials are due, and since midnight UTC nobody has derived the key of the new day.
    clock.advance(59_700);
    thread::scope(|scope| {
        let refreshing = scope.spawn(|| presigner.refresh_if_due());
        asked.recv().unwrap();
        // The provider hangs. Signing goes on, and derives the key of the new day.
        let sign = || presigner.get(BUCKET, "a").clamp_to_credentials().presign().unwrap();
        assert!(sign().url().contains("STS.fake0%2F20241113%2F"));
        answer.send(key(1, NOW + 200_000)).unwrap();
        assert_eq!(refreshing.join().unwrap(), Ok(true));
        assert!(sign().url().contains("STS.fake1%2F20241113%2F"));
        clock.advance(86_400);
        assert!(sign().url().contains("STS.fake1%2F20241114%2F"), "the new credentials outlast midnight");
    });
}

#[test]
fn its_own_thread_replaces_credentials_and_ends_with_it() {
    let clock = Arc::new(ManualClock::new(at(NOW)));
    let (sender, asked) = mpsc::channel();
    let provider = {
        let (sender, clock, number) = (Mutex::new(sender), Arc::clone(&clock), AtomicU64::new(0));
        move || {
            let number = number.fetch_add(1, Ordering::SeqCst);
            sender.lock().unwrap().send(number).unwrap();
            if number == 0 {
                // Due by the time the thread first looks, a second from now.
                clock.advance(1);
                return key(number, NOW + 2);
            }
            key(number, NOW + 100_000)
        }
    };
    let presigner = builder(&clock).provider(provider).build().unwrap();
    clock.advance(1);
    assert_eq!((asked.recv(), asked.recv()), (Ok(0), Ok(1)));
    // Taken up once the thread is done with it: whoever insists waits for that, and needs not ask again.
    presigner.refresh().unwrap();
    assert_ne!(presigner.access_key_id(), "STS.fake0");
    let clone = presigner.clone();
    drop(presigner);
    clone.get(BUCKET, "a").presign().unwrap();
    drop(clone);
    // The provider, and its sender with it, is gone once the thread has let go.
    while asked.recv().is_ok() {}
}

#[test]
fn a_provider_that_fails_at_first_builds_nothing() {
    let clock = Arc::new(ManualClock::new(at(NOW)));
    let failing = || Err(ProviderError::other("fake", "no luck"));
    let error = builder(&clock).provider(failing).build().unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), ("ProviderOther", "fake: no luck"));
    let ended = builder(&clock).provider(|| key(0, NOW)).build().unwrap_err();
    assert_eq!(ended.code(), "ProviderExpired");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_failure_is_an_event_and_a_call() {
    let clock = Arc::new(ManualClock::new(at(NOW)));
    let asked = AtomicU64::new(0);
    let provider = move || match asked.fetch_add(1, Ordering::SeqCst) {
        0 => key(0, NOW + 3600),
        _ => Err(ProviderError::Refused { address: "192.0.2.1".into(), status: 503 }),
    };
    let (sender, reported) = mpsc::channel();
    let builder = builder(&clock).provider(provider).refresh_by_caller();
    let presigner =
        builder.on_refresh_failure(move |error| sender.send(error.code()).unwrap()).build().unwrap();
    clock.advance(3400);
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    tracing::subscriber::with_default(subscriber, || presigner.refresh_if_due()).unwrap_err();
    assert_eq!(reported.try_recv(), Ok("ProviderRefused"));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for part in ["WARN oss_presign_std", "not renewed", "code=\"ProviderRefused\"", "HTTP status 503"] {
        assert!(log.contains(part), "{log}");
    }
    assert!(presigner.get(BUCKET, "a").clamp_to_credentials().presign().is_ok(), "those at hand stay in use");
}
