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

#[path = "../../crates/oss-presign/src/decimal.rs"]
#[allow(dead_code, reason = "each user needs a part")]
pub(crate) mod decimal;
/// The core's encoder, which nobody but the core calls, compiled in from where it lies.
#[path = "../../crates/oss-presign/src/encode.rs"]
#[allow(dead_code, reason = "each user needs a part")]
pub(crate) mod encode;
#[path = "../../crates/oss-presign/src/output.rs"]
#[allow(dead_code, unexpected_cfgs, reason = "features are the core's")]
pub(crate) mod output;
#[path = "../../crates/oss-presign/src/sha256.rs"]
#[allow(dead_code, unexpected_cfgs, reason = "each user needs a part; features are the core's")]
pub(crate) mod sha256;
