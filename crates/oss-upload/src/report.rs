//! What a finished transfer tells.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use crate::response_head::ResponseHead;
use crate::service_error::ServiceError;

/// An object that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uploaded {
    /// `ETag`, with its quotes, where the service sent one.
    pub etag: Option<String>,
    /// CRC-64/XZ of what was sent.
    pub crc64: u64,
    /// Whether the service gave its own CRC-64 and it was compared.
    pub verified: bool,
    /// Bytes in the object.
    pub bytes: u64,
    /// Attempts it took (of a multipart upload: of the completing request).
    pub attempts: u32,
    /// What Alibaba Cloud's support asks for, where the service sent one.
    pub request_id: Option<String>,
    /// The version, in a versioned bucket.
    pub version_id: Option<String>,
    /// The body of the answer: what the callback answered, where there is one.
    pub body: Vec<u8>,
    /// Status 203: the object is stored, but its callback failed with this.
    pub callback_error: Option<ServiceError>,
}

impl Uploaded {
    /// The report of an answer with status 2xx and its body.
    pub fn read(
        answer: &ResponseHead<'_>,
        body: Vec<u8>,
        crc64: u64,
        verified: bool,
        bytes: u64,
        attempts: u32,
    ) -> Self {
        let callback_failed = answer.verdict() == crate::response_head::Verdict::DoneCallbackFailed;
        Self {
            etag: answer.etag.map(ToString::to_string),
            crc64,
            verified,
            bytes,
            attempts,
            request_id: answer.request_id.map(ToString::to_string),
            version_id: answer.version_id.map(ToString::to_string),
            callback_error: callback_failed.then(|| ServiceError::read(answer, &body)),
            body,
        }
    }
}

/// An object, or a part of one, that was received.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// `ETag`, with its quotes, where the service sent one.
    pub etag: Option<String>,
    /// CRC-64/XZ of what was received.
    pub crc64: u64,
    /// Whether the service gave the object's CRC-64 and it was compared (not for a part of an object).
    pub verified: bool,
    /// Bytes received.
    pub bytes: u64,
    /// Attempts it took.
    pub attempts: u32,
    /// How long it took until the disk had all of it, for a download to a file.
    pub sync_time: Option<Duration>,
}

impl Downloaded {
    /// A report.
    pub fn new(etag: Option<String>, crc64: u64, verified: bool, bytes: u64, attempts: u32) -> Self {
        Self { etag, crc64, verified, bytes, attempts, sync_time: None }
    }
}

/// What a HEAD request tells about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectInfo {
    /// Bytes in the object.
    pub bytes: u64,
    /// `ETag`, with its quotes, where the service sent one.
    pub etag: Option<String>,
    /// CRC-64/XZ of the object, where the service knows it.
    pub crc64: Option<u64>,
    /// `Content-Type`, where the service sent one.
    pub content_type: Option<String>,
}

impl ObjectInfo {
    /// The report of an answer to HEAD.
    ///
    /// # Errors
    /// [`TransferError::UnexpectedAnswer`](crate::TransferError::UnexpectedAnswer) where it lacks a length,
    /// [`IntegrityError`](crate::IntegrityError) where it has a checksum that is none.
    #[cfg(feature = "std")]
    pub fn of(head: &crate::transfer::OwnedHead) -> Result<Self, crate::TransferError> {
        head.parsed().crc64()?;
        let missing = crate::TransferError::UnexpectedAnswer { what: "no Content-Length" };
        Self::read(&head.parsed()).ok_or(missing)
    }

    /// The report of an answer to HEAD; `None` where it lacks a length, or has a checksum that is none.
    pub fn read(answer: &ResponseHead<'_>) -> Option<Self> {
        Some(Self {
            bytes: answer.content_length?,
            etag: answer.etag.map(ToString::to_string),
            crc64: answer.crc64().ok()?,
            content_type: answer.content_type.map(ToString::to_string),
        })
    }
}
