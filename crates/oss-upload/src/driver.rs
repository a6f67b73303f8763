//! What carries out transfers, for adapters of HTTP clients.
//!
//! An adapter drives a [`Transfer`]; one without an allocator stands on [`Obligations`], [`Answer`] and [`ErrorFields`].
//! **Not covered by the promises of semantic versioning**: this module changes with the adapters of this project.

pub use crate::answer::{Answer, Verdict};
pub use crate::attempts::Attempts;
#[cfg(feature = "std")]
pub use crate::attempts::NextAttempt;
pub use crate::bandwidth::Pacer;
#[cfg(feature = "std")]
pub use crate::bandwidth::SharedPacer;
#[cfg(feature = "std")]
pub use crate::delivery::{Checksum, Delivery};
#[cfg(feature = "std")]
pub use crate::download::Setback;
#[cfg(feature = "alloc")]
pub use crate::download::{Continuation, Download, DownloadError};
#[cfg(feature = "std")]
pub use crate::monitor::{Monitor, ProgressCallback};
#[cfg(feature = "serde")]
pub use crate::multipart::MultipartUpload;
pub use crate::obligations::Obligations;
#[cfg(feature = "alloc")]
pub use crate::prepare::Prepared;
pub use crate::progress::ProgressGate;
pub use crate::range::{ContentRange, decimal};
#[cfg(feature = "alloc")]
pub use crate::ranged_download::RangedDownload;
pub use crate::retry::{Attempt, Decision};
pub use crate::service_error::{ERROR_BODY_LIMIT, ErrorFields};
#[cfg(feature = "std")]
pub use crate::tally::{PartTally, Silent, Single, Tally, Totals};
#[cfg(feature = "std")]
pub use crate::transfer::*;
pub use crate::url::UrlParts;
pub use crate::xml::{XmlDocument, XmlText};
