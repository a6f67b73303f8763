//! What the gate lets pass.
//!
//! A limit is what was reached when it was written down; it only ever goes down. Where it is above the goal,
//! that much is still to be won. It holds for what a row costs alone, without what a neighbour on the same core takes
//! (`rounds.rs`). `MARGIN` is what noise may add to a median of per-round ratios: they repeat to ±1 % between runs on
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
    limit("into_buffer", per_case(1.25, 1.20), per_case(1.25, 1.19), 0),
    limit("at_timestamp", per_case(1.15, 1.15), per_case(1.09, 1.12), 0),
    limit("to_string", per_case(1.35, 1.28), per_case(1.35, 1.29), 1),
    limit("many_keys", per_case(1.12, 1.12), per_case(1.04, 1.07), 0),
    limit("many_keys_arena", per_case(1.12, 1.12), per_case(1.05, 1.07), 0),
];

/// How many times as fast as a peer `into_buffer` must be at least.
pub struct Lead {
    pub peer: &'static str,
    pub goal: PerCase,
    pub limit: PerCase,
}

pub const LEADS: &[Lead] = &[
    Lead { peer: "rusty-oss", goal: per_case(8.0, 6.0), limit: per_case(8.0, 6.0) },
    Lead { peer: "reqsign-aliyun-oss", goal: per_case(14.0, 11.0), limit: per_case(14.0, 11.0) },
];

/// Signatures of two threads over one presigner, in multiples of one thread's. The gate takes them by running
/// time, because by the clock a neighbour on the second core takes its share.
pub const TWO_THREADS: f64 = 1.9;
