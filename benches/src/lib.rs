//! What a signature costs: in multiples of the compressions that no signer can avoid, and in allocations.

#![allow(clippy::missing_panics_doc)] // The inputs are constants: a panic is a mistake here, not at a caller's.

pub mod cases;
pub mod limits;
pub mod ours;
#[cfg(feature = "peers")]
pub mod peers;
pub mod plot;
pub mod rounds;
pub mod scaling;
