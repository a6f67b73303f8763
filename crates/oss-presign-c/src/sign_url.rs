//! Signing a URL.

use core::ffi::c_char;

use oss_presign::{
    Endpoint as CoreEndpoint, Expiry, PresignError, PresignedUrl, Signer as CoreSigner, Timestamp,
};

use crate::endpoint::Endpoint;
use crate::foreign::{buffer, reference, result};
use crate::request::{Flags, OSS_PRESIGN_CLAMP_EXPIRY, OSS_PRESIGN_MAX_HEADERS, Request};
use crate::signer::Signer;
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

impl Url {
    pub(crate) const EMPTY: Self = Self {
        url: Text::ABSENT,
        host: Text::ABSENT,
        target: Text::ABSENT,
        expires_at: 0,
        headers: [Field::EMPTY; OSS_PRESIGN_MAX_HEADERS],
        header_count: 0,
        needed: 0,
    };

    pub(crate) fn accept(&mut self, presigned: &PresignedUrl<'_, '_>) -> Result<(), Status> {
        self.url = Text::of(presigned.url());
        self.host = Text::of(presigned.host());
        self.target = Text::of(presigned.target());
        self.expires_at = presigned.expires_at().unix();
        self.header_count = fill(&mut self.headers, presigned.headers())?;
        Ok(())
    }

    pub(crate) fn refuse(&mut self, error: PresignError) -> Status {
        if let PresignError::BufferTooSmall { needed } = error {
            self.needed = needed + 1;
        }
        error.into()
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
    let arguments = unsafe {
        (|| {
            let url = result(url, Url::EMPTY)?;
            let text = self::buffer(buffer, capacity)?;
            let signer = Signer::read(signer)?;
            Ok((signer, reference(request)?, Endpoint::read(endpoint, signer.scope())?, text, url))
        })()
    };
    let (signer, request, endpoint, text, url) = match arguments {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    // SAFETY: the caller's contract.
    let outcome = unsafe { sign(signer, request, &endpoint, now, expires_in, text, url) };
    Status::of(outcome)
}

/// # Safety
/// The texts and arrays of `request` are as [`Request::read`] needs them.
unsafe fn sign(
    signer: &CoreSigner<'_>,
    request: &Request,
    endpoint: &CoreEndpoint<'_>,
    now: u64,
    expires_in: u32,
    text: &mut [u8],
    url: &mut Url,
) -> Result<(), Status> {
    let now = Timestamp::from_unix(now)?;
    let expiry = expiry(expires_in, request.flags)?;
    // SAFETY: the caller's contract.
    let request = unsafe { request.read() }?;
    match signer.presign(&request, endpoint, now, expiry, before_nul(text)) {
        Ok(presigned) => url.accept(&presigned),
        Err(error) => {
            text.fill(0);
            Err(url.refuse(error))
        }
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
