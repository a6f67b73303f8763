//! Signing by `Authorization` header.

use core::ffi::c_char;

use oss_presign::{Authorized, Timestamp};

use crate::endpoint::Endpoint;
use crate::foreign::{ZeroIsEmpty, reference};
use crate::request::Request;
use crate::signer::Signer;
use crate::signing::{refuse, signing};
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

// SAFETY: it has texts, which are pointers with numbers, and numbers.
unsafe impl ZeroIsEmpty for SignedRequest {}

impl SignedRequest {
    pub(crate) fn accept(&mut self, authorized: &Authorized<'_>) -> Result<(), Status> {
        self.url = Text::of(authorized.url());
        self.host = Text::of(authorized.host());
        self.target = Text::of(authorized.target());
        self.header_count = fill(&mut self.headers, authorized.headers())?;
        Ok(())
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
    unsafe {
        signing(buffer, capacity, signed_request, |text, signed| {
            let (signer, mut public) = (Signer::read(signer)?, None);
            let endpoint = Endpoint::read(endpoint, signer.scope(), &mut public)?;
            let (now, mut place) = (Timestamp::from_unix(now)?, None);
            let request = reference(request)?.read(&mut place)?;
            let authorized = signer.sign_header(request, endpoint, now, text);
            let authorized = authorized.map_err(|error| refuse(error, &mut signed.needed))?;
            signed.accept(&authorized)
        })
    }
}
