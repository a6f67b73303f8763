//! Signing a URL.

use core::ffi::c_char;

use oss_presign::{Expiry, PresignError, PresignedUrl, Timestamp};

use crate::endpoint::Endpoint;
use crate::foreign::{ZeroIsEmpty, reference};
use crate::request::{Flags, OSS_PRESIGN_CLAMP_EXPIRY, OSS_PRESIGN_MAX_HEADERS, Request};
use crate::signer::Signer;
use crate::signing::{refuse, signing};
use crate::status::Status;
use crate::text::{Field, Text, fill};

/// A presigned URL, with what its holder must send.
#[repr(C)]
pub struct Url {
    /// The URL, in the caller's buffer, followed by a NUL byte. Treat it as a secret until it expires: anyone who has it can
    /// use it.
    pub url: Text,
    /// The part of the URL that is the value of the `Host` header.
    pub host: Text,
    /// Path and query of the URL: what follows the method in HTTP/1.1.
    pub target: Text,
    /// When the URL expires, in seconds since 1970.
    pub expires_at: u64,
    /// The headers that must be sent exactly so, beside `Host`. They point to what the request pointed to.
    pub headers: [Field; OSS_PRESIGN_MAX_HEADERS],
    /// The number of headers.
    pub header_count: usize,
    /// With `OSS_PRESIGN_STATUS_BUFFER_TOO_SMALL` the bytes that the buffer must have, else 0.
    pub needed: usize,
}

// SAFETY: it has texts, which are pointers with numbers, and numbers.
unsafe impl ZeroIsEmpty for Url {}

impl Url {
    pub(crate) fn accept(&mut self, presigned: &PresignedUrl<'_, '_>) -> Result<(), Status> {
        self.url = Text::of(presigned.url());
        self.host = Text::of(presigned.host());
        self.target = Text::of(presigned.target());
        self.expires_at = presigned.expires_at().unix();
        self.header_count = fill(&mut self.headers, presigned.headers())?;
        Ok(())
    }

    pub(crate) fn refuse(&mut self, error: PresignError) -> Status {
        let status = refuse(error, &mut self.needed);
        if self.needed > 0 {
            // The NUL byte.
            self.needed += 1;
        }
        status
    }
}

/// Signs a request as a URL.
///
/// `endpoint` may be NULL for the public endpoint of the signer's region. `now` is in seconds since 1970, and `expires_in` in
/// seconds: 1 to 604800. The URL is written to `buffer`, which has room for `capacity` bytes and must not overlap any argument;
/// it may be NULL if `capacity` is 0. If that is too little, nothing is signed, and `url->needed` says how much is needed.
/// `signer`, `request` and `url` must not be NULL. After a refusal `buffer` has only NUL bytes, and `url` nothing but `needed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_sign_url(
    signer: *const Signer,
    request: *const Request,
    endpoint: *const Endpoint,
    now: u64,
    expires_in: u32,
    buffer: *mut c_char,
    capacity: usize,
    url: *mut Url,
) -> Status {
    // SAFETY: the caller's contract.
    unsafe {
        signing(buffer, capacity, url, |text, url| {
            let (signer, mut public) = (Signer::read(signer)?, None);
            let endpoint = Endpoint::read(endpoint, signer.scope(), &mut public)?;
            let (now, request) = (Timestamp::from_unix(now)?, reference(request)?);
            let expiry = expiry(expires_in, request.flags)?;
            let mut place = None;
            let request = request.read(&mut place)?;
            let presigned = signer.presign(request, endpoint, now, expiry, before_nul(text));
            let presigned = presigned.map_err(|error| url.refuse(error))?;
            url.accept(&presigned)
        })
    }
}

/// Returns a buffer without its last byte, which stays the NUL byte that it is.
pub(crate) fn before_nul(text: &mut [u8]) -> &mut [u8] {
    text.split_last_mut().map_or(&mut [][..], |(_, room)| room)
}

/// Returns the core's lifetime.
pub(crate) fn expiry(seconds: u32, flags: Flags) -> Result<Expiry, Status> {
    let expiry = Expiry::secs(seconds)?;
    Ok(if flags & OSS_PRESIGN_CLAMP_EXPIRY == 0 { expiry } else { expiry.clamped_to_credentials() })
}
