//! Signing by `Authorization` header.

use core::ffi::c_char;

use oss_presign::{Authorized, Endpoint as CoreEndpoint, PresignError, Signer as CoreSigner, Timestamp};

use crate::endpoint::Endpoint;
use crate::foreign::{buffer, reference, result};
use crate::request::Request;
use crate::signer::Signer;
use crate::status::Status;
use crate::text::{Field, Text, fill};

/// The number of headers that a request signed by header can have: its own, and those that signing adds.
pub const OSS_PRESIGN_MAX_SIGNED_HEADERS: usize = 12;

const _: () = assert!(OSS_PRESIGN_MAX_SIGNED_HEADERS == crate::request::OSS_PRESIGN_MAX_HEADERS + 4);

/// A request that is signed by header.
#[repr(C)]
pub struct SignedRequest {
    /// The URL, in the caller's buffer. It is no secret: without the headers it gives no access.
    pub url: Text,
    /// The part of the URL that is the value of the `Host` header.
    pub host: Text,
    /// Path and query of the URL: what follows the method in HTTP/1.1.
    pub target: Text,
    /// All headers that must be sent exactly so, beside `Host`; the first is `authorization`. They point into the buffer, to
    /// what the request and the credentials pointed to, and to static memory.
    pub headers: [Field; OSS_PRESIGN_MAX_SIGNED_HEADERS],
    /// The number of headers.
    pub header_count: usize,
    /// With `OSS_PRESIGN_STATUS_BUFFER_TOO_SMALL` the bytes that the buffer must have, else 0.
    pub needed: usize,
}

impl SignedRequest {
    pub(crate) const EMPTY: Self = Self {
        url: Text::ABSENT,
        host: Text::ABSENT,
        target: Text::ABSENT,
        headers: [Field::EMPTY; OSS_PRESIGN_MAX_SIGNED_HEADERS],
        header_count: 0,
        needed: 0,
    };

    pub(crate) fn accept(&mut self, authorized: &Authorized<'_>) -> Result<(), Status> {
        self.url = Text::of(authorized.url());
        self.host = Text::of(authorized.host());
        self.target = Text::of(authorized.target());
        self.header_count = fill(&mut self.headers, authorized.headers())?;
        Ok(())
    }

    pub(crate) fn refuse(&mut self, error: PresignError) -> Status {
        if let PresignError::BufferTooSmall { needed } = error {
            self.needed = needed;
        }
        error.into()
    }
}

/// Signs a request by its `Authorization` header, for whoever has the signer and sends the request at once: OSS accepts it for
/// 15 minutes.
///
/// The arguments are those of `oss_presign_sign_url`, without a lifetime. After a refusal `buffer` has only NUL bytes, and
/// `signed_request` nothing but `needed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_sign_header(
    signer: *const Signer,
    request: *const Request,
    endpoint: *const Endpoint,
    now: u64,
    buffer: *mut c_char,
    capacity: usize,
    signed_request: *mut SignedRequest,
) -> Status {
    // SAFETY: the caller's contract.
    let arguments = unsafe {
        (|| {
            let signed = result(signed_request, SignedRequest::EMPTY)?;
            let text = self::buffer(buffer, capacity)?;
            let signer = Signer::read(signer)?;
            Ok((signer, reference(request)?, Endpoint::read(endpoint, signer.scope())?, text, signed))
        })()
    };
    let (signer, request, endpoint, text, signed) = match arguments {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    // SAFETY: the caller's contract.
    Status::of(unsafe { sign(signer, request, &endpoint, now, text, signed) })
}

/// # Safety
/// The texts and arrays of `request` are as [`Request::read`] needs them.
unsafe fn sign(
    signer: &CoreSigner<'_>,
    request: &Request,
    endpoint: &CoreEndpoint<'_>,
    now: u64,
    text: &mut [u8],
    signed: &mut SignedRequest,
) -> Result<(), Status> {
    let now = Timestamp::from_unix(now)?;
    // SAFETY: the caller's contract.
    let request = unsafe { request.read() }?;
    let refused = match signer.sign_header(&request, endpoint, now, text) {
        Ok(authorized) => return signed.accept(&authorized),
        Err(error) => signed.refuse(error),
    };
    text.fill(0);
    Err(refused)
}
