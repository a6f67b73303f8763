//! Transfers as state machines without I/O: a driver asks one for its next [`Action`], does it, and tells it what became
//! of it as an [`Event`].
//!
//! Nothing here has a socket, a clock, randomness or a file: the time and random numbers come in through
//! [`Surroundings`], so that a test plays a twelve-hour upload in microseconds. Which header is sent, what an answer
//! means, whether to try again and when: all of that is decided here, once for every driver. A driver owns the HTTP
//! client, the body's source, the destination, sleeping, cancellation and progress reports.
//!
//! * [`Put`] sends a body and compares checksums; [`Ask`] sends HEAD and DELETE.
//! * [`Get`] fetches an object over as many attempts as it takes.
//! * [`Ranges`] and [`Multipart`] hand out machines of the kinds above to any number of lanes; [`Abort`] throws an
//!   upload away.

#[cfg(feature = "serde")]
mod abort;
mod answer_text;
mod ask;
mod course;
mod get;
#[cfg(feature = "serde")]
mod multipart;
mod owned_head;
mod put;
mod ranges;
#[cfg(test)]
mod scenario;

use core::time::Duration;

use oss_presign::PresignedRequest;

use crate::error::TransferError;
use crate::progress::Progress;
use crate::retry_state::RefreshReason;

#[cfg(feature = "serde")]
pub use abort::Abort;
pub use ask::Ask;
pub use course::{RequestToSend, Setup};
pub use get::Get;
#[cfg(feature = "serde")]
pub use multipart::{Multipart, MultipartAction, StepBody, StepRequest, upload_id};
pub use owned_head::OwnedHead;
pub use put::Put;
pub use ranges::{Lanes, Ranges};

/// A transfer that a driver carries out.
pub trait Transfer {
    /// What a successful transfer results in.
    type Output;

    /// Returns what the driver does next.
    ///
    /// # Errors
    /// The error that the transfer ends with.
    fn next(&mut self, surroundings: &dyn Surroundings) -> Result<Action<Self::Output>, TransferError>;

    /// Takes in what became of the last action.
    fn handle(&mut self, event: Event<'_>);

    /// How far a transfer that delivers is.
    fn progress(&self) -> Option<Progress> {
        None
    }
}

/// The time and randomness of the world outside.
pub trait Surroundings {
    /// Time since the whole operation began.
    fn elapsed(&self) -> Duration;

    /// This machine's clock, in seconds since 1970.
    fn unix(&self) -> u64;

    /// Any random number.
    fn random(&self) -> u64;
}

/// What a driver does next.
#[derive(Debug)]
pub enum Action<T> {
    /// Compute the MD5 of the body to send, then tell [`Event::Md5`].
    ComputeMd5,
    /// Send this request, with the body from its beginning where it has one. Where a body went out, tell
    /// [`Event::Sent`]; then [`Event::Answered`] or [`Event::Failed`].
    Send(RequestToSend),
    /// Receive more of the answer's body: [`Event::Received`], [`Event::Ended`] or [`Event::Failed`].
    Receive {
        /// How long to wait for it.
        within: Duration,
    },
    /// Append the bytes just received to what was delivered.
    Deliver,
    /// Throw away all that was delivered: the object comes from its beginning.
    Restart,
    /// Wait.
    Wait {
        /// For how long.
        after: Duration,
        /// Which attempt comes then, from 2.
        attempt: u32,
        /// Why the last attempt failed.
        cause: TransferError,
    },
    /// Get a freshly signed request, then tell [`Event::Signed`].
    Sign(RefreshReason),
    /// The transfer is done.
    Done(T),
}

/// What became of an action.
#[derive(Debug)]
pub enum Event<'a> {
    /// The base64 of the body's MD5.
    Md5(&'a str),
    /// How much of the body went out before the answer came, or the connection failed.
    Sent(SentBody),
    /// The head of the answer, of whatever status.
    Answered(OwnedHead),
    /// These bytes of the answer's body.
    Received(&'a [u8]),
    /// The answer's body is over, and the connection says that it is complete.
    Ended,
    /// The exchange failed.
    Failed(TransferError),
    /// The freshly signed request.
    Signed(PresignedRequest),
}

/// How much of a body went out.
#[derive(Debug, Default)]
pub struct SentBody {
    /// Bytes that the HTTP client has taken.
    pub bytes: u64,
    /// Their CRC-64/XZ.
    pub crc64: u64,
    /// Why the source could not deliver the body that was announced, if it could not.
    pub failure: Option<TransferError>,
}

/// What a driver hands on of a transfer that delivers, bytes as its HTTP client has them.
#[derive(Debug)]
pub enum Piece<D, T> {
    /// These bytes follow.
    Data(D),
    /// Everything so far is void; the object comes from its beginning.
    Restart,
    /// That was all, and it was right.
    End(T),
}

/// A span of crate `tracing` for a driver to fill in: host, status, request id and number of attempts of a transfer, and
/// nothing of a URL's query.
#[doc(hidden)]
#[macro_export]
macro_rules! transfer_span {
    ($name:literal $(, $($fields:tt)*)?) => {
        tracing::info_span!(
            $name,
            host = tracing::field::Empty,
            status = tracing::field::Empty,
            request_id = tracing::field::Empty,
            attempts = tracing::field::Empty
            $(, $($fields)*)?
        )
    };
}

/// The error of a driver that asks on without telling what became of the last action.
fn out_of_step() -> TransferError {
    TransferError::UnexpectedAnswer { what: "none: the transfer was driven on without waiting for it" }
}
