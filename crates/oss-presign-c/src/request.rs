//! The description of a request.

use oss_presign::{Bucket, Method, ObjectKey, Request as CoreRequest};

use crate::foreign::list;
use crate::status::Status;
use crate::text::{Field, Text};

/// One of the constants from `OSS_PRESIGN_GET` to `OSS_PRESIGN_OPTIONS`.
pub type MethodNumber = u32;
/// GET
pub const OSS_PRESIGN_GET: MethodNumber = 1;
/// PUT
pub const OSS_PRESIGN_PUT: MethodNumber = 2;
/// POST
pub const OSS_PRESIGN_POST: MethodNumber = 3;
/// HEAD
pub const OSS_PRESIGN_HEAD: MethodNumber = 4;
/// DELETE
pub const OSS_PRESIGN_DELETE: MethodNumber = 5;
/// OPTIONS
pub const OSS_PRESIGN_OPTIONS: MethodNumber = 6;

/// One of `OSS_PRESIGN_OBJECT`, `OSS_PRESIGN_BUCKET` and `OSS_PRESIGN_SERVICE`. It is said apart, so that a key that was
/// forgotten never turns a request for an object into one for its bucket.
pub type Target = u32;
/// An object: bucket and key are required; what an initializer gives that leaves it out.
pub const OSS_PRESIGN_OBJECT: Target = 0;
/// A bucket, such as a list of its objects: the key is absent.
pub const OSS_PRESIGN_BUCKET: Target = 1;
/// The service, such as a list of buckets: bucket and key are absent.
pub const OSS_PRESIGN_SERVICE: Target = 2;

/// The sum of `OSS_PRESIGN_ALLOW_DOT_SEGMENTS`, `OSS_PRESIGN_CLAMP_EXPIRY` and `OSS_PRESIGN_KEY_IS_PREFIX`, or 0.
pub type Flags = u32;
/// In a request: accepts a key with a segment `.` or `..`, or with a leading slash. Most HTTP clients change these; use it
/// only for one that is known to send the path untouched.
pub const OSS_PRESIGN_ALLOW_DOT_SEGMENTS: Flags = 1;
/// In a request or a policy: shortens the lifetime to that of the credentials, instead of refusing a longer one.
pub const OSS_PRESIGN_CLAMP_EXPIRY: Flags = 2;
/// In a policy: the key is a prefix, and the form's user chooses what follows it.
pub const OSS_PRESIGN_KEY_IS_PREFIX: Flags = 4;

/// The number of headers, with additional headers that have no value, that a request can have.
pub const OSS_PRESIGN_MAX_HEADERS: usize = 8;
/// The number of query parameters that a request can have.
pub const OSS_PRESIGN_MAX_QUERY: usize = 8;

const _: () = assert!(OSS_PRESIGN_MAX_HEADERS == oss_presign::DEFAULT_CAPACITY);
const _: () = assert!(OSS_PRESIGN_MAX_QUERY == oss_presign::DEFAULT_CAPACITY);

/// The description of a request. Members that an initializer leaves out are absent.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Request {
    /// One of the constants from `OSS_PRESIGN_GET` to `OSS_PRESIGN_OPTIONS`. Required: 0 is refused.
    pub method: MethodNumber,
    /// What the request is for; 0 is `OSS_PRESIGN_OBJECT`.
    pub target: Target,
    /// The sum of `OSS_PRESIGN_ALLOW_DOT_SEGMENTS` and `OSS_PRESIGN_CLAMP_EXPIRY`, or 0.
    pub flags: Flags,
    /// The bucket's name, without a host.
    pub bucket: Text,
    /// The object's key, not encoded.
    pub key: Text,
    /// Headers: `content-type`, `content-md5` and every `x-oss-*` are signed, and the sender must send them exactly so. May be
    /// NULL if `header_count` is 0.
    pub headers: *const Field,
    /// The number of headers.
    pub header_count: usize,
    /// The names of other headers that are signed too, such as `content-length`. Each has its value in `headers`, but for
    /// `host`, which has that of the endpoint. May be NULL if `additional_header_count` is 0.
    pub additional_headers: *const Text,
    /// The number of additional headers.
    pub additional_header_count: usize,
    /// Query parameters, not encoded. May be NULL if `query_count` is 0.
    pub query: *const Field,
    /// The number of query parameters.
    pub query_count: usize,
}

impl Request {
    /// Returns the core's value, which is put into `place`: it is large, and would be on the stack once more wherever it moved.
    ///
    /// # Safety
    /// Each text is as [`Text::bytes`] needs it, and each array as [`list`] does.
    pub(crate) unsafe fn read<'r, 'a>(
        &self,
        place: &'r mut Option<CoreRequest<'a>>,
    ) -> Result<&'r CoreRequest<'a>, Status> {
        if self.flags & !(OSS_PRESIGN_ALLOW_DOT_SEGMENTS | OSS_PRESIGN_CLAMP_EXPIRY) != 0 {
            return Err(Status::UnknownConstant);
        }
        let method = self.method()?;
        // SAFETY: the caller's contract.
        let request = place.insert(match unsafe { self.target() }? {
            None => CoreRequest::for_service(method),
            Some((bucket, None)) => CoreRequest::for_bucket(method, bucket),
            Some((bucket, Some(key))) => CoreRequest::new(method, bucket, key),
        });
        // SAFETY: the caller's contract.
        let (headers, additional_headers, query) = unsafe {
            (
                list(self.headers, self.header_count)?,
                list(self.additional_headers, self.additional_header_count)?,
                list(self.query, self.query_count)?,
            )
        };
        for header in headers {
            // SAFETY: the caller's contract.
            let (name, value) = unsafe { header.read() }?;
            request.header(name, value)?;
        }
        for name in additional_headers {
            // SAFETY: the caller's contract.
            request.additional_header(unsafe { name.required() }?)?;
        }
        for parameter in query {
            // SAFETY: the caller's contract.
            let (name, value) = unsafe { parameter.read() }?;
            request.query(name, Some(value))?;
        }
        Ok(request)
    }

    fn method(&self) -> Result<Method, Status> {
        Ok(match self.method {
            OSS_PRESIGN_GET => Method::Get,
            OSS_PRESIGN_PUT => Method::Put,
            OSS_PRESIGN_POST => Method::Post,
            OSS_PRESIGN_HEAD => Method::Head,
            OSS_PRESIGN_DELETE => Method::Delete,
            OSS_PRESIGN_OPTIONS => Method::Options,
            _ => return Err(Status::UnknownConstant),
        })
    }

    /// Returns the bucket and the key, as far as the request is for such.
    ///
    /// # Safety
    /// The texts are as [`Text::bytes`] needs them.
    unsafe fn target<'a>(&self) -> Result<Option<(Bucket<'a>, Option<ObjectKey<'a>>)>, Status> {
        match self.target {
            OSS_PRESIGN_OBJECT => {}
            OSS_PRESIGN_BUCKET if self.key.is_absent() => {}
            OSS_PRESIGN_SERVICE if self.key.is_absent() && self.bucket.is_absent() => return Ok(None),
            OSS_PRESIGN_BUCKET | OSS_PRESIGN_SERVICE => return Err(Status::UnusedText),
            _ => return Err(Status::UnknownConstant),
        }
        // SAFETY: the caller's contract.
        let bucket = Bucket::new(unsafe { self.bucket.required() }?)?;
        if self.target == OSS_PRESIGN_BUCKET {
            return Ok(Some((bucket, None)));
        }
        // SAFETY: the caller's contract.
        let text = unsafe { self.key.required() }?;
        let mut key = ObjectKey::allowing_dot_segments(text)?;
        if self.flags & OSS_PRESIGN_ALLOW_DOT_SEGMENTS == 0 {
            key = ObjectKey::new(text)?;
        }
        Ok(Some((bucket, Some(key))))
    }
}
