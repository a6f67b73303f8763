//! How the cost grows with the input, and with threads.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use oss_presign::{Bucket, Credentials, Method, ObjectKey, RequestWithCapacity, Signer};

use crate::cases::{self, BUCKET, Case, endpoint, expiry, now, region, token};
use crate::plot::{Plot, Series};
use crate::rounds::{Row, measure};

/// One block.
const UNIT: u32 = 1;

/// Cost in compressions, of describing and signing, at growing sizes of one part of the input.
#[must_use]
pub fn growth(rounds: usize) -> Vec<Plot> {
    let lengths: Vec<usize> = (0..=8).map(|n| (n * 128).clamp(1, 1023)).collect();
    let counts: Vec<usize> = (0..=8).map(|n| n * 4).collect();
    let along = |sizes: &[usize], cost: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
        sizes.iter().map(|&size| (size as f64, cost(size))).collect()
    };
    let ascii = along(&lengths, &|length| sign(&"k".repeat(length), None, 0, 0, rounds));
    let escaped = along(&lengths, &|length| sign(&"+".repeat(length), None, 0, 0, rounds));
    let tokens = along(&lengths, &|length| sign("key", Some(&token(length)), 0, 0, rounds));
    let headers = along(&counts, &|count| sign("key", None, count, 0, rounds));
    let parameters = along(&counts, &|count| sign("key", None, 0, count, rounds));
    vec![
        Plot {
            name: "length",
            title: "Cost of one URL by the length of its key and token",
            x: "bytes",
            y: "SHA-256 compressions",
            series: vec![
                Series { name: "key, nothing to escape", points: ascii },
                Series { name: "key, all escaped", points: escaped },
                Series { name: "security token", points: tokens },
            ],
        },
        Plot {
            name: "count",
            title: "Cost of one URL by the number of headers and parameters",
            x: "how many, given in reverse order",
            y: "SHA-256 compressions",
            series: vec![
                Series { name: "headers of 30 bytes", points: headers },
                Series { name: "query parameters of 30 bytes", points: parameters },
            ],
        },
    ]
}

/// Compressions' worth of time for describing and signing one request.
fn sign(key: &str, token: Option<&str>, headers: usize, parameters: usize, rounds: usize) -> f64 {
    let mut credentials =
        Credentials::new(cases::ACCESS_KEY_ID, cases::ACCESS_KEY_SECRET).expect("credentials");
    if let Some(token) = token {
        credentials = credentials.with_security_token(token).expect("a token");
    }
    let signer = Signer::new(&credentials, region(), now()).with_cached_parameters();
    // The worst order for a list that is kept sorted.
    let names = |prefix: &str, count: usize| -> Vec<String> {
        (0..count).rev().map(|n| format!("{prefix}-{n:02}")).collect()
    };
    let (headers, parameters) = (names("x-oss-meta-name", headers), names("response-parameter", parameters));
    let (at, endpoint) = (signer.at(now()).expect("the signer's day"), endpoint());
    let mut buffer = vec![0; 16_384];
    let row = Row::new("sign", || {
        let (bucket, key) =
            (Bucket::new(BUCKET).expect("a bucket"), ObjectKey::new(black_box(key)).expect("a key"));
        let mut request = RequestWithCapacity::<32>::new(Method::Put, bucket, key);
        for name in &headers {
            request.header(name, "a value").expect("a header");
        }
        for name in &parameters {
            request.query(name, Some("a value")).expect("a parameter");
        }
        let url = at.presign(&request, &endpoint, expiry(), &mut buffer);
        url.map(|url| url.url().len()).expect("a URL")
    });
    measure(UNIT, &mut [row], rounds).of("sign").map_or(0.0, |cost| cost.alone)
}

/// How many signatures two threads make over one presigner, in multiples of what one thread makes: medians over
/// rounds in which one and two threads take turns.
#[derive(Clone, Copy)]
pub struct TwoThreads {
    /// By the clock: what is gained. A neighbour on the second core takes its share of it.
    pub by_clock: f64,
    /// By the time that the threads were running: what sharing costs, whoever else is there. It is blind to
    /// waiting for locks, of which a presigner has none on its way. 0 where the system does not tell.
    pub by_running_time: f64,
}

impl TwoThreads {
    /// The better of two measurements: a neighbour can only take something away.
    #[must_use]
    pub fn or_better(self, other: Self) -> Self {
        Self {
            by_clock: self.by_clock.max(other.by_clock),
            by_running_time: self.by_running_time.max(other.by_running_time),
        }
    }
}

#[must_use]
pub fn two_threads(case: &Case, rounds: usize) -> TwoThreads {
    let presigner = crate::ours::presigner(case);
    let rates = |threads: usize| -> [f64; 2] {
        let barrier = Barrier::new(threads);
        let count = || {
            barrier.wait();
            let (start, ran_before, mut made) = (Instant::now(), running_time(), 0u32);
            while start.elapsed() < Duration::from_millis(20) {
                for _ in 0..64 {
                    black_box(
                        crate::ours::described(case, black_box(&presigner)).presign_url().expect("a URL"),
                    );
                }
                made += 64;
            }
            [start.elapsed().as_secs_f64(), running_time() - ran_before]
                .map(|seconds| f64::from(made) / seconds)
        };
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(count)).collect();
            let rates = workers.into_iter().map(|worker| worker.join().expect("rates"));
            rates.fold([0.0; 2], |sum, rates| [sum[0] + rates[0], sum[1] + rates[1]])
        })
    };
    let rounds: Vec<[f64; 2]> = (0..rounds)
        .map(|_| {
            let (one, two) = (rates(1), rates(2));
            [two[0] / one[0], two[1] / one[1]]
        })
        .collect();
    let [by_clock, by_running_time] = [0, 1].map(|measure| {
        let mut ratios: Vec<f64> =
            rounds.iter().map(|round| round[measure]).filter(|ratio| ratio.is_finite()).collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied().unwrap_or_default()
    });
    TwoThreads { by_clock, by_running_time }
}

/// Seconds that this thread was running, where the system tells (Linux).
fn running_time() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|number| number.parse::<f64>().ok())
        .map_or(f64::NAN, |nanoseconds| nanoseconds / 1e9)
}
