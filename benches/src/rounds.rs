//! Time, as a ratio to the floor measured a moment before.
//!
//! Nanoseconds change with the machine's clock and neighbours from second to second; the ratio of two
//! batches of some 30 µs, one right after the other, does not. A round is one such pair for every row; the
//! figure of a row is the median over the rounds. A batch that was interrupted spoils one ratio of one round.

use std::hint::black_box;
use std::time::{Duration, Instant};

use sha2::block_api::compress256;

/// One thing to be timed.
pub struct Row<'r> {
    pub name: String,
    /// Does the work that many times.
    pub run: Box<dyn FnMut(u32) + 'r>,
    /// What one run makes: URLs, where it makes many.
    pub per_run: u32,
}

impl<'r> Row<'r> {
    /// `work` is done once per run; its result is kept from the optimizer.
    pub fn new<T>(name: impl Into<String>, mut work: impl FnMut() -> T + 'r) -> Self {
        let run = move |times| {
            for _ in 0..times {
                black_box(work());
            }
        };
        Self { name: name.into(), run: Box::new(run), per_run: 1 }
    }

    /// The same for work that makes `per_run` results at once.
    #[must_use]
    pub fn making(self, per_run: u32) -> Self {
        Self { per_run, ..self }
    }
}

/// That many compressions, each one waiting for the last, as in a hash.
#[must_use]
pub fn floor<'r>(compressions: u32) -> Row<'r> {
    let block = [[0x5a; 64]];
    let mut state = [0u32; 8];
    Row::new("floor", move || {
        for _ in 0..compressions {
            compress256(black_box(&mut state), black_box(&block));
        }
    })
}

/// What a row costs.
#[derive(Clone, Debug)]
pub struct Cost {
    pub name: String,
    /// Median over the rounds, in multiples of the floor.
    pub ratio: f64,
    /// Half the distance of the quartiles, as a part of the median.
    pub spread: f64,
}

/// The floor in nanoseconds, and what each row costs.
pub struct Costs {
    pub floor_ns: f64,
    pub rows: Vec<Cost>,
}

impl Costs {
    #[must_use]
    pub fn ratio(&self, name: &str) -> Option<f64> {
        self.rows.iter().find(|row| row.name == name).map(|row| row.ratio)
    }
}

/// Times every row against the floor, for that many rounds.
pub fn measure(floor: &mut Row<'_>, rows: &mut [Row<'_>], rounds: usize) -> Costs {
    const BATCH: Duration = Duration::from_micros(30);
    let floor_times = times_within(BATCH, floor);
    let times: Vec<u32> = rows.iter_mut().map(|row| times_within(BATCH, row)).collect();
    let mut ratios = vec![Vec::with_capacity(rounds); rows.len()];
    let mut floors = Vec::with_capacity(rounds * rows.len());
    for _ in 0..rounds {
        for ((row, &times), ratios) in rows.iter_mut().zip(&times).zip(&mut ratios) {
            let floor_ns = time(floor, floor_times);
            let row_ns = time(row, times);
            floors.push(floor_ns);
            ratios.push(row_ns / floor_ns);
        }
    }
    let rows = rows.iter().zip(&mut ratios).map(|(row, ratios)| {
        ratios.sort_by(f64::total_cmp);
        let [lower, ratio, upper] = [1, 2, 3].map(|quarter| ratios[ratios.len() * quarter / 4]);
        Cost { name: row.name.clone(), ratio, spread: (upper - lower) / 2.0 / ratio }
    });
    let rows = rows.collect();
    floors.sort_by(f64::total_cmp);
    Costs { floor_ns: floors.get(floors.len() / 2).copied().unwrap_or_default(), rows }
}

/// Nanoseconds per result.
fn time(row: &mut Row<'_>, times: u32) -> f64 {
    let start = Instant::now();
    (row.run)(times);
    start.elapsed().as_nanos() as f64 / f64::from(times) / f64::from(row.per_run)
}

/// How many runs fill a batch; the row is warm afterwards.
fn times_within(batch: Duration, row: &mut Row<'_>) -> u32 {
    let mut times = 1;
    loop {
        let best = (0..8).map(|_| time(row, times)).fold(f64::INFINITY, f64::min);
        let whole = best * f64::from(times) * f64::from(row.per_run);
        if whole * 2.0 > batch.as_nanos() as f64 {
            return times;
        }
        times *= 2;
    }
}
