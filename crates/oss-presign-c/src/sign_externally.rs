//! Signing where the key is somewhere else.

use core::ffi::{c_char, c_void};

use oss_presign::{Endpoint as CoreEndpoint, ExternalSigner as CoreSigner, Scope as CoreScope, Timestamp};

use crate::credentials::Identity;
use crate::day_key::OSS_PRESIGN_KEY_BYTES;
use crate::endpoint::Endpoint;
use crate::foreign::{buffer, reference, result};
use crate::policy::{OSS_PRESIGN_MAX_VALUES, Policy};
use crate::request::Request;
use crate::scope::Scope;
use crate::sign_form::Form;
use crate::sign_header::SignedRequest;
use crate::sign_url::{Url, before_nul, expiry};
use crate::status::Status;
use crate::text::Text;

/// Signs a string: writes its HMAC-SHA256 under the signing key of the day, the region and the product that the string names to
/// `signature` (`OSS_PRESIGN_KEY_BYTES` bytes) and returns true, or returns false if it cannot. `context` is that of the signer. The string is gone
/// when the function returns. It must return: no `longjmp`, no C++ exception.
pub type Sign =
    Option<unsafe extern "C" fn(context: *mut c_void, string_to_sign: Text, signature: *mut u8) -> bool>;

/// A signer whose key is somewhere else: in an HSM, a secure element or a key management service.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ExternalSigner {
    /// What the key signs for.
    pub identity: Identity,
    /// The region and the product of the key.
    pub scope: Scope,
    /// Signs a string. Must not be NULL.
    pub sign: Sign,
    /// The first argument of `sign`. May be NULL.
    pub context: *mut c_void,
}

impl ExternalSigner {
    /// Returns the core's value, for the UTC day of `now`.
    ///
    /// # Safety
    /// The texts are as [`Text::bytes`] needs them.
    unsafe fn read<'a>(&self, now: Timestamp) -> Result<CoreSigner<'a>, Status> {
        // SAFETY: the caller's contract.
        let (identity, (region, product)) = unsafe { (self.identity.read()?, self.scope.read()?) };
        Ok(CoreSigner::new(identity, CoreScope::new(now, region, product)))
    }

    /// Returns the signature of a string.
    ///
    /// # Safety
    /// `sign` keeps what [`Sign`] says.
    unsafe fn sign(&self, string_to_sign: &str) -> Result<[u8; OSS_PRESIGN_KEY_BYTES], Status> {
        let sign = self.sign.ok_or(Status::NullPointer)?;
        let mut signature = [0; OSS_PRESIGN_KEY_BYTES];
        // SAFETY: the caller's contract.
        let signed = unsafe { sign(self.context, Text::of(string_to_sign), signature.as_mut_ptr()) };
        if signed && signature != [0; OSS_PRESIGN_KEY_BYTES] {
            Ok(signature)
        } else {
            Err(Status::ExternalSigner)
        }
    }
}

/// What all three functions need.
struct Arguments<'a> {
    external: &'a ExternalSigner,
    signer: CoreSigner<'a>,
    endpoint: CoreEndpoint<'a>,
    now: Timestamp,
    text: &'a mut [u8],
}

/// # Safety
/// As [`oss_presign_sign_url_externally`].
unsafe fn arguments<'a>(
    signer: *const ExternalSigner,
    endpoint: *const Endpoint,
    now: u64,
    buffer: *mut c_char,
    capacity: usize,
) -> Result<Arguments<'a>, Status> {
    // SAFETY: the caller's contract.
    unsafe {
        let text = self::buffer(buffer, capacity)?;
        let external = reference(signer)?;
        let now = Timestamp::from_unix(now)?;
        let signer = external.read(now)?;
        let endpoint = Endpoint::read(endpoint, signer.scope())?;
        Ok(Arguments { external, signer, endpoint, now, text })
    }
}

/// Signs a request as a URL, by a key that is somewhere else. The arguments are otherwise those of `oss_presign_sign_url`; the
/// signature is that of the UTC day of `now`. The function calls `sign` once, and returns when that returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_sign_url_externally(
    signer: *const ExternalSigner,
    request: *const Request,
    endpoint: *const Endpoint,
    now: u64,
    expires_in: u32,
    buffer: *mut c_char,
    capacity: usize,
    url: *mut Url,
) -> Status {
    // SAFETY: the caller's contract.
    let outcome = unsafe {
        result(url, Url::EMPTY).and_then(|url| {
            let arguments = arguments(signer, endpoint, now, buffer, capacity)?;
            sign_url(arguments, reference(request)?, expires_in, url)
        })
    };
    Status::of(outcome)
}

/// # Safety
/// The texts and arrays of `request` are as [`Request::read`] needs them, and the signer's function is as [`Sign`] says.
unsafe fn sign_url(
    arguments: Arguments<'_>,
    request: &Request,
    expires_in: u32,
    url: &mut Url,
) -> Result<(), Status> {
    let Arguments { external, signer, endpoint, now, text } = arguments;
    let expiry = expiry(expires_in, request.flags)?;
    // SAFETY: the caller's contract.
    let request = unsafe { request.read() }?;
    let refused = match signer.prepare(&request, &endpoint, now, expiry, before_nul(text)) {
        // SAFETY: the caller's contract.
        Ok(unsigned) => match unsafe { external.sign(unsigned.string_to_sign()) } {
            Ok(signature) => match unsigned.finish(&signature) {
                Ok(presigned) => return url.accept(&presigned),
                Err(error) => error.into(),
            },
            Err(status) => status,
        },
        Err(error) => url.refuse(error),
    };
    text.fill(0);
    Err(refused)
}

/// Signs a request by its `Authorization` header, by a key that is somewhere else. The arguments are otherwise those of
/// `oss_presign_sign_header`; the signature is that of the UTC day of `now`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_sign_header_externally(
    signer: *const ExternalSigner,
    request: *const Request,
    endpoint: *const Endpoint,
    now: u64,
    buffer: *mut c_char,
    capacity: usize,
    signed_request: *mut SignedRequest,
) -> Status {
    // SAFETY: the caller's contract.
    let outcome = unsafe {
        result(signed_request, SignedRequest::EMPTY).and_then(|signed| {
            let arguments = arguments(signer, endpoint, now, buffer, capacity)?;
            sign_header(arguments, reference(request)?, signed)
        })
    };
    Status::of(outcome)
}

/// # Safety
/// As [`sign_url`].
unsafe fn sign_header(
    arguments: Arguments<'_>,
    request: &Request,
    signed: &mut SignedRequest,
) -> Result<(), Status> {
    let Arguments { external, signer, endpoint, now, text } = arguments;
    // SAFETY: the caller's contract.
    let request = unsafe { request.read() }?;
    let refused = match signer.prepare_header(&request, &endpoint, now, text) {
        // SAFETY: the caller's contract.
        Ok(unsigned) => match unsafe { external.sign(unsigned.string_to_sign()) } {
            Ok(signature) => match unsigned.finish(&signature) {
                Ok(authorized) => return signed.accept(&authorized),
                Err(error) => error.into(),
            },
            Err(status) => status,
        },
        Err(error) => signed.refuse(error),
    };
    text.fill(0);
    Err(refused)
}

/// Signs a form, by a key that is somewhere else. The arguments are otherwise those of `oss_presign_sign_form`; the signature is
/// that of the UTC day of `now`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_sign_form_externally(
    signer: *const ExternalSigner,
    policy: *const Policy,
    endpoint: *const Endpoint,
    now: u64,
    expires_in: u32,
    buffer: *mut c_char,
    capacity: usize,
    form: *mut Form,
) -> Status {
    // SAFETY: the caller's contract.
    let outcome = unsafe {
        result(form, Form::EMPTY).and_then(|form| {
            let arguments = arguments(signer, endpoint, now, buffer, capacity)?;
            sign_form(arguments, reference(policy)?, expires_in, form)
        })
    };
    Status::of(outcome)
}

/// # Safety
/// The texts and arrays of `policy` are as [`Policy::read`] needs them, and the signer's function is as [`Sign`] says.
unsafe fn sign_form(
    arguments: Arguments<'_>,
    policy: &Policy,
    expires_in: u32,
    form: &mut Form,
) -> Result<(), Status> {
    let Arguments { external, signer, endpoint, now, text } = arguments;
    let expiry = expiry(expires_in, policy.flags)?;
    let mut pool = [""; OSS_PRESIGN_MAX_VALUES];
    // SAFETY: the caller's contract.
    let policy = unsafe { policy.read(&mut pool) }?;
    let refused = match signer.prepare_form(&policy, &endpoint, now, expiry, text) {
        // SAFETY: the caller's contract.
        Ok(unsigned) => match unsafe { external.sign(unsigned.string_to_sign()) } {
            Ok(signature) => match unsigned.finish(&signature) {
                Ok(signed) => return form.accept(&signed),
                Err(error) => error.into(),
            },
            Err(status) => status,
        },
        Err(error) => form.refuse(error),
    };
    text.fill(0);
    Err(refused)
}
