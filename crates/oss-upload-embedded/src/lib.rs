#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
//! ## In this crate
//!
//! What must be sent and what an answer means is decided by `oss-upload`, as for every other adapter. One state machine without
//! I/O serves two drivers: `blocking` over `embedded_io` and, with feature `async`, `asynchronous` over `embedded_io_async`. A
//! request is made of what a signer returned ([`HttpRequest::presigned`]) or of a URL ([`HttpRequest::from_url`]). [`Error`] says
//! how far a transfer came.
//!
//! Nothing panics in a program that is linked with it, with one exception: the futures of `asynchronous` have a panic of the
//! compiler's own, for being polled again after their end, which no executor does.
//!
//! ## What a stream must offer
//! * `read` gives 0 at the end of the stream and only then;
//! * both directions end in an error when nothing moves for long ([`ErrorKind::TimedOut`](embedded_io::ErrorKind));
//! * for `https` URLs: TLS 1.2 or later with server name indication, and a check of the server's certificate. Without
//!   TLS, sign for `http` and keep the URL's life short: whoever sees it can use it until it expires.
#![cfg_attr(not(test), no_std)]
// Without a driver there is nothing that drives the state machine.
#![cfg_attr(not(any(feature = "blocking", feature = "async")), allow(dead_code))]

#[cfg(test)]
extern crate std;

mod body;
mod error;
mod exchange;
mod http_request;
mod now;
mod raw_head;
mod response;
mod service_error;
mod session;

#[cfg(feature = "async")]
pub mod asynchronous;
#[cfg(feature = "blocking")]
pub mod blocking;

pub use error::{CutAt, Error, Malformed};
pub use http_request::HttpRequest;
pub use now::{ClockNotSet, Now};
/// Why a request was not even tried: what `oss-upload` refuses for every adapter.
pub use oss_upload::Refusal;
pub use response::Response;
pub use service_error::ServiceError;
