//! What the gate lets pass.
//!
//! The first five limits went up once, on purpose: 0.1 to 0.3 of the floor had been bought with five signing paths, two
//! SHA-256s and function pointers in data types. With one path, what callers really do (describe and sign) got faster.
//! Where a limit is above the goal, that much is still to be won. It holds for what a row costs alone, without what a
//! neighbour on the same core takes (`rounds.rs`). `MARGIN` is what noise may add to a median of per-round ratios: they repeat to ±1 % between runs on
//! a calm machine. A neighbour cannot be taken off to the last per cent: with one who makes everything else 1.6 times
//! slower, 12 % were left of him.

/// Noise that is forgiven, as a part of the limit, where nobody shares the core.
const MARGIN: f64 = 0.05;

/// The same at a given contention.
#[must_use]
pub fn margin(contention: f64) -> f64 {
    MARGIN * (1.0 + 3.0 * (contention - 1.0))
}

/// How often a row is measured before it counts as above its limit: a neighbour goes, a regression stays.
pub const PASSES: u32 = 3;

/// A number for each case.
#[derive(Clone, Copy)]
pub struct PerCase {
    pub simple: f64,
    pub heavy: f64,
}

const fn per_case(simple: f64, heavy: f64) -> PerCase {
    PerCase { simple, heavy }
}

impl PerCase {
    #[must_use]
    pub fn of(self, case: &str) -> f64 {
        if case == "simple" { self.simple } else { self.heavy }
    }
}

/// The most that a row may cost, in multiples of the floor.
pub struct Limit {
    pub row: &'static str,
    pub goal: PerCase,
    pub limit: PerCase,
    /// Allocations per call, exactly.
    pub allocations: u64,
}

const fn limit(row: &'static str, goal: PerCase, limit: PerCase, allocations: u64) -> Limit {
    Limit { row, goal, limit, allocations }
}

pub const LIMITS: &[Limit] = &[
    limit("into_buffer", per_case(1.35, 1.25), per_case(1.45, 1.30), 0),
    limit("at_timestamp", per_case(1.20, 1.18), per_case(1.28, 1.22), 0),
    limit("to_string", per_case(1.50, 1.33), per_case(1.60, 1.40), 1),
    limit("many_keys", per_case(1.12, 1.10), per_case(1.16, 1.12), 0),
    limit("many_keys_arena", per_case(1.12, 1.10), per_case(1.20, 1.17), 0),
    limit("header", per_case(1.30, 1.20), per_case(1.43, 1.24), 0),
    limit("described", per_case(1.60, 1.55), per_case(1.75, 1.75), 0),
    limit("presigner", per_case(1.80, 1.70), per_case(2.20, 2.00), 1),
    limit("presigner_owned", per_case(2.20, 2.00), per_case(2.20, 2.00), 2),
    limit("verify", per_case(3.00, 2.50), per_case(4.80, 3.90), 0),
];

/// How many times as fast as a peer's one call a row must be at least.
pub struct Lead {
    pub row: &'static str,
    pub peer: &'static str,
    pub goal: PerCase,
    pub limit: PerCase,
}

const fn lead(row: &'static str, peer: &'static str, least: PerCase) -> Lead {
    Lead { row, peer, goal: least, limit: least }
}

/// rusty-oss and rusty-s3 are the fastest peers; they describe and sign in one call, as `described` does.
pub const LEADS: &[Lead] = &[
    lead("into_buffer", "rusty-oss", per_case(6.0, 5.5)),
    lead("into_buffer", "reqsign-aliyun-oss", per_case(11.0, 11.0)),
    lead("described", "rusty-oss", per_case(5.0, 4.0)),
    lead("described", "rusty-s3", per_case(5.0, 4.0)),
    lead("presigner", "rusty-oss", per_case(4.0, 3.6)),
    lead("presigner", "rusty-s3", per_case(4.0, 3.6)),
];

/// Signatures of two threads over one presigner, in multiples of one thread's. The gate takes them by running
/// time, because by the clock a neighbour on the second core takes its share.
pub const TWO_THREADS: f64 = 1.9;
