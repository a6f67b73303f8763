//! Diagnosis: why the service refused a request, and what to do about it.
//!
//! [`diagnose`] compares the request that was signed with the one that was sent, and both with what the service received as far
//! as its answer shows that. It names one cause in one sentence, and its [`Certainty`]: a cause that nothing shows is only
//! likely or possible, and its sentence says so. It needs no secret. With the secret, the module `explain` proves the cause.
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
//!     "header `content-type` was sent as `image/png`, but the URL was signed with `image/jpeg`: send the signed value",
//! );
//! ```

mod arrival;
mod attempt;
mod canonical_line;
mod cause;
mod cause_code;
mod cause_text;
mod compare;
mod diagnosis;
mod difference;

pub use arrival::changes_on_the_way;
#[cfg(feature = "explain")]
pub(crate) use attempt::url_parts;
pub use attempt::{Attempt, Certainty, Message, Refusal};
pub use canonical_line::CanonicalLine;
pub use cause::Cause;
pub use diagnosis::{Diagnosis, diagnose};
pub use difference::Difference;
