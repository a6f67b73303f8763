//! Diagnosis: from a refusal to its cause, and to what to do about it.
//!
//! [`diagnose`] compares what a signer handed out with what was really sent, reads what the server says of it,
//! and names one cause in one sentence. Whatever is missing lowers the [`Certainty`]; nothing is guessed without
//! saying so.
//!
//! ```
//! use oss_presign::diagnose::{Attempt, Refusal, Message, diagnose};
//!
//! let url = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a.jpg?x-oss-signature=…";
//! let signed = Message { method: "PUT", url, headers: &[("content-type", "image/jpeg")] };
//! let sent = Message { method: "PUT", url, headers: &[("content-type", "image/png")] };
//! let refusal = Refusal { status: 403, code: Some("SignatureDoesNotMatch"), ..Refusal::default() };
//! let diagnosis = diagnose(&Attempt { signed: Some(signed), sent, clock: None }, &refusal);
//! assert_eq!(
//!     format!("{diagnosis}"),
//!     "header `content-type` was sent as `image/png`, but the URL was signed with `image/jpeg`: send exactly that",
//! );
//! ```

mod attempt;
mod canonical_line;
mod cause;
mod cause_code;
mod cause_text;
mod compare;
mod diagnosis;
mod difference;

pub use attempt::{Attempt, Certainty, Message, Refusal};
pub use canonical_line::CanonicalLine;
pub use cause::Cause;
pub use diagnosis::{Diagnosis, diagnose};
pub use difference::Difference;
