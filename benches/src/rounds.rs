//! Time, as a ratio to the floor measured a moment before.
//!
//! Nanoseconds change with the machine's clock and neighbours from second to second; the ratio of two
//! batches of some 30 µs, one right after the other, does not. A round is one such pair for every row; the
//! figure of a row is the median over the rounds. A batch that was interrupted spoils one ratio of one round.
//!
//! One thing does change the ratio: a neighbour on the other thread of the same core, whom a virtual machine cannot
//! see. The instructions of a hash wait for each other and do not mind him; everything else runs at half the speed.
//! So each round has a yardstick of such other work as well. What a row costs beyond its floor, divided by how much
//! slower than alone the yardstick was, is what it would cost alone.

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

/// What the yardstick costs where no neighbour shares the core, in compressions: measured beside the limits.
const YARDSTICK_ALONE: f64 = 1.75;

/// Short copies and arithmetic that do not wait for each other.
fn yardstick<'r>() -> Row<'r> {
    let text: [u8; 1024] = std::array::from_fn(|n| b'a' + (n % 26) as u8);
    let mut room = [0u8; 2048];
    Row::new("yardstick", move || {
        let (text, mut at, mut sum) = (black_box(&text), 0, 0u64);
        for (number, chunk) in (0u32..).zip(text.as_chunks::<16>().0) {
            if let Some(place) = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
                *place = *chunk;
            }
            let both = u128::from_le_bytes(*chunk);
            let (first, second) = (both as u64, (both >> 64) as u64);
            sum = sum.wrapping_add(first ^ second.rotate_left(number)) ^ (first >> 7);
            at += 16 + (second & 7) as usize;
        }
        black_box(&mut room);
        sum
    })
}

/// What a row costs.
#[derive(Clone, Debug)]
pub struct Cost {
    pub name: String,
    /// Median over the rounds, in multiples of the floor.
    pub ratio: f64,
    /// The same, without what a neighbour on the same core took.
    pub alone: f64,
    /// How much slower than alone the yardstick was meanwhile; 1 without a neighbour.
    pub contention: f64,
    /// Half the distance of the quartiles of `ratio`, as a part of the median.
    pub spread: f64,
}

/// The floor in nanoseconds, and what each row costs.
pub struct Costs {
    pub floor_ns: f64,
    /// How much slower than alone the yardstick was; 1 without a neighbour.
    pub contention: f64,
    pub rows: Vec<Cost>,
}

impl Costs {
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&Cost> {
        self.rows.iter().find(|row| row.name == name)
    }

    /// Keeps of each row the calmer measurement.
    pub fn keep_calmer(&mut self, other: Self) {
        for (row, other) in self.rows.iter_mut().zip(other.rows) {
            if other.alone < row.alone {
                *row = other;
            }
        }
    }
}

/// Times every row against the floor, of that many compressions, for that many rounds.
pub fn measure(compressions: u32, rows: &mut [Row<'_>], rounds: usize) -> Costs {
    const BATCH: Duration = Duration::from_micros(30);
    let (mut floor, mut yardstick) = (floor(compressions), yardstick());
    let floor_times = times_within(BATCH, &mut floor);
    let yardstick_times = times_within(BATCH, &mut yardstick);
    let times: Vec<u32> = rows.iter_mut().map(|row| times_within(BATCH, row)).collect();
    let mut ratios = vec![Vec::with_capacity(rounds); rows.len()];
    let mut alone = ratios.clone();
    let mut floors = Vec::with_capacity(rounds * rows.len());
    let mut contentions = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let floor_ns = time(&mut floor, floor_times);
        let yardstick = time(&mut yardstick, yardstick_times) / floor_ns * f64::from(compressions);
        let contention = (yardstick / YARDSTICK_ALONE).max(1.0);
        contentions.push(contention);
        let of_rows = rows.iter_mut().zip(&times).zip(ratios.iter_mut().zip(&mut alone));
        for ((row, &times), (ratios, alone)) in of_rows {
            let floor_ns = time(&mut floor, floor_times);
            let ratio = time(row, times) / floor_ns;
            floors.push(floor_ns);
            ratios.push(ratio);
            // A row of less than its floor hashes nothing.
            let floor = if ratio < 1.0 { 0.0 } else { 1.0 };
            alone.push(floor + (ratio - floor) / contention);
        }
    }
    let contention = quantile(&mut contentions, 2);
    let rows = rows.iter().zip(ratios.iter_mut().zip(&mut alone)).map(|(row, (ratios, alone))| {
        let [lower, ratio, upper] = [1, 2, 3].map(|quarter| quantile(ratios, quarter));
        Cost {
            name: row.name.clone(),
            ratio,
            alone: quantile(alone, 2),
            contention,
            spread: (upper - lower) / 2.0 / ratio,
        }
    });
    let rows = rows.collect();
    Costs { floor_ns: quantile(&mut floors, 2), contention, rows }
}

/// The quartile of that number: 2 is the median.
fn quantile(figures: &mut [f64], quarter: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() * quarter / 4).copied().unwrap_or_default()
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
