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
    /// The `ETag`, with its quotes, if the service sent one.
    pub etag: Option<String>,
    /// The CRC-64/XZ of the bytes that were sent.
    pub crc64: u64,
    /// Whether the service sent its own CRC-64, and it was compared.
    pub verified: bool,
    /// The number of bytes in the object.
    pub bytes: u64,
    /// The number of attempts; for an upload in parts, of the request that completes it.
    pub attempts: u32,
    /// The request id, which Alibaba Cloud's support asks for, if the service sent one.
    pub request_id: Option<String>,
    /// The version of the object, if the bucket is versioned.
    pub version_id: Option<String>,
    /// The body of the answer. If the request has a callback, this is the answer of the callback.
    pub body: Vec<u8>,
    /// The error of a callback that failed although the object is stored (status 203).
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
    /// The `ETag`, with its quotes, if the service sent one.
    pub etag: Option<String>,
    /// The CRC-64/XZ of the bytes that were received.
    pub crc64: u64,
    /// Whether the service sent the CRC-64 of the object, and it was compared. It is not for a part of an object.
    pub verified: bool,
    /// The number of bytes received.
    pub bytes: u64,
    /// The number of attempts.
    pub attempts: u32,
    /// For a download to a file, the time until the file was on the disk.
    pub sync_time: Option<Duration>,
}

impl Downloaded {
    /// A report.
    pub fn new(etag: Option<String>, crc64: u64, verified: bool, bytes: u64, attempts: u32) -> Self {
        Self { etag, crc64, verified, bytes, attempts, sync_time: None }
    }
}

/// The information about an object in an answer to HEAD.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectInfo {
    /// The number of bytes in the object.
    pub bytes: u64,
    /// The `ETag`, with its quotes, if the service sent one.
    pub etag: Option<String>,
    /// The CRC-64/XZ of the object, if the service knows it.
    pub crc64: Option<u64>,
    /// The `Content-Type`, if the service sent one.
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
