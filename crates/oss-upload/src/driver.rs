//! What carries out transfers, for adapters of HTTP clients.
//!
//! An adapter drives a [`Transfer`]; one without an allocator stands on [`UncheckedRequest`], [`ResponseHead`] and [`ErrorFields`].
//! **Not covered by the promises of semantic versioning**: this module changes with the adapters of this project.

#[cfg(feature = "std")]
pub use crate::activity::{Activity, ProgressCallback};
pub use crate::bandwidth::Pacer;
#[cfg(feature = "std")]
pub use crate::bandwidth::SharedPacer;
#[cfg(feature = "alloc")]
pub use crate::checked_request::CheckedRequest;
#[cfg(feature = "std")]
pub use crate::download::Recovery;
#[cfg(feature = "alloc")]
pub use crate::download::{Continuation, Download, DownloadError};
#[cfg(feature = "serde")]
pub use crate::multipart::MultipartUpload;
pub use crate::progress::ProgressGate;
#[cfg(feature = "std")]
pub use crate::progress_sink::{NoProgress, PartProgress, ProgressSink, RequestProgress, TransferProgress};
pub use crate::range::{ContentRange, decimal};
#[cfg(feature = "alloc")]
pub use crate::ranged_download::RangedDownload;
pub use crate::required_headers::RequiredHeaders;
pub use crate::response_head::{KnownHeader, ResponseHead, Verdict};
pub use crate::retry::{Attempt, Decision};
pub use crate::retry_state::RetryState;
#[cfg(feature = "std")]
pub use crate::retry_state::RetryStep;
pub use crate::service_error::{ERROR_BODY_LIMIT, ErrorFields};
#[cfg(feature = "std")]
pub use crate::transfer::*;
pub use crate::unchecked_request::UncheckedRequest;
#[cfg(feature = "std")]
pub use crate::upload_check::{Checksum, UploadCheck};
pub use crate::url::UrlParts;
pub use crate::xml::{XmlDocument, XmlText};
