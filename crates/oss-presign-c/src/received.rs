//! What a server received.

use oss_presign::verify::{MAX_SIGNED_HEADERS, ReceivedForm as CoreForm, ReceivedRequest as CoreRequest};

use crate::foreign::list;
use crate::status::Status;
use crate::text::{Field, Text};

/// The number of headers of a request, and of fields of a form, that can be verified.
pub const OSS_PRESIGN_MAX_RECEIVED: usize = 64;

const _: () = assert!(OSS_PRESIGN_MAX_RECEIVED <= MAX_SIGNED_HEADERS);

/// A request as a server received it. Nothing is decoded or left out.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ReceivedRequest {
    /// The method's name.
    pub method: Text,
    /// The bucket, if the host has it or belongs to it; absent if the path has it.
    pub bucket: Text,
    /// The path, percent-encoded as it was received.
    pub path: Text,
    /// The query, percent-encoded as it was received, without its `?`.
    pub query: Text,
    /// All headers, `host` included. The letter case of names does not count, and values need not be UTF-8. May be NULL if
    /// `header_count` is 0.
    pub headers: *const Field,
    /// The number of headers.
    pub header_count: usize,
}

/// Places for the headers of a request.
pub(crate) type Headers<'a> = [(&'a str, &'a [u8]); OSS_PRESIGN_MAX_RECEIVED];

impl ReceivedRequest {
    /// Returns the core's value.
    ///
    /// # Safety
    /// Each text is as [`Text::bytes`] needs it, and the array as [`list`] does.
    pub(crate) unsafe fn read<'a>(&self, places: &'a mut Headers<'a>) -> Result<CoreRequest<'a>, Status> {
        // SAFETY: the caller's contract.
        let headers = unsafe { list(self.headers, self.header_count) }?;
        let places = places.get_mut(..headers.len()).ok_or(Status::ReceivedTooMany)?;
        for (place, header) in places.iter_mut().zip(headers) {
            // SAFETY: the caller's contract.
            *place = unsafe { (header.name.required()?, header.value.bytes()?.unwrap_or(b"")) };
        }
        // SAFETY: the caller's contract.
        unsafe {
            Ok(CoreRequest {
                method: self.method.required()?,
                bucket: self.bucket.optional()?,
                path: self.path.required()?,
                query: self.query.required()?,
                headers: places,
            })
        }
    }
}

/// A form as a server received it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ReceivedForm {
    /// The bucket that the form was sent to.
    pub bucket: Text,
    /// The fields before `file`. The letter case of names does not count. In the value of `key`, `${filename}` must already be
    /// replaced by the name of the file. May be NULL if `field_count` is 0.
    pub fields: *const Field,
    /// The number of fields.
    pub field_count: usize,
    /// The size of the file in bytes.
    pub file_bytes: u64,
}

/// Places for the fields of a form.
pub(crate) type Fields<'a> = [(&'a str, &'a str); OSS_PRESIGN_MAX_RECEIVED];

impl ReceivedForm {
    /// Returns the core's value.
    ///
    /// # Safety
    /// Each text is as [`Text::bytes`] needs it, and the array as [`list`] does.
    pub(crate) unsafe fn read<'a>(&self, places: &'a mut Fields<'a>) -> Result<CoreForm<'a>, Status> {
        // SAFETY: the caller's contract.
        let fields = unsafe { list(self.fields, self.field_count) }?;
        let places = places.get_mut(..fields.len()).ok_or(Status::ReceivedTooMany)?;
        for (place, field) in places.iter_mut().zip(fields) {
            // SAFETY: the caller's contract.
            *place = unsafe { field.read() }?;
        }
        // SAFETY: the caller's contract.
        let bucket = unsafe { self.bucket.required() }?;
        Ok(CoreForm { bucket, fields: places, content_length: self.file_bytes })
    }
}
