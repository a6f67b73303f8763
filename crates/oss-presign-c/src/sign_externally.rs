//! Signing where the key is somewhere else.

use core::ffi::{c_char, c_void};

use oss_presign::{ExternalSigner as CoreSigner, Scope as CoreScope, Timestamp};

use crate::credentials::Identity;
use crate::day_key::OSS_PRESIGN_KEY_BYTES;
use crate::endpoint::Endpoint;
use crate::foreign::reference;
use crate::policy::{OSS_PRESIGN_MAX_VALUES, Policy};
use crate::request::Request;
use crate::scope::Scope;
use crate::sign_form::Form;
use crate::sign_header::SignedRequest;
use crate::sign_url::{Url, before_nul, expiry};
use crate::signing::{refuse, signing};
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
    unsafe {
        signing(buffer, capacity, url, |text, url| {
            let (external, now) = (reference(signer)?, Timestamp::from_unix(now)?);
            let (signer, mut public) = (external.read(now)?, None);
            let endpoint = Endpoint::read(endpoint, signer.scope(), &mut public)?;
            let request = reference(request)?;
            let expiry = expiry(expires_in, request.flags)?;
            let mut place = None;
            let request = request.read(&mut place)?;
            let unsigned = signer.prepare(request, endpoint, now, expiry, before_nul(text));
            let unsigned = unsigned.map_err(|error| url.refuse(error))?;
            let signature = external.sign(unsigned.string_to_sign())?;
            url.accept(&unsigned.finish(&signature)?)
        })
    }
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
    unsafe {
        signing(buffer, capacity, signed_request, |text, signed| {
            let (external, now) = (reference(signer)?, Timestamp::from_unix(now)?);
            let (signer, mut public) = (external.read(now)?, None);
            let endpoint = Endpoint::read(endpoint, signer.scope(), &mut public)?;
            let mut place = None;
            let request = reference(request)?.read(&mut place)?;
            let unsigned = signer.prepare_header(request, endpoint, now, text);
            let unsigned = unsigned.map_err(|error| refuse(error, &mut signed.needed))?;
            let signature = external.sign(unsigned.string_to_sign())?;
            signed.accept(&unsigned.finish(&signature)?)
        })
    }
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
    unsafe {
        signing(buffer, capacity, form, |text, form| {
            let (external, now) = (reference(signer)?, Timestamp::from_unix(now)?);
            let (signer, mut public) = (external.read(now)?, None);
            let endpoint = Endpoint::read(endpoint, signer.scope(), &mut public)?;
            let policy = reference(policy)?;
            let expiry = expiry(expires_in, policy.flags)?;
            let mut pool = [""; OSS_PRESIGN_MAX_VALUES];
            let policy = policy.read(&mut pool)?;
            let unsigned = signer.prepare_form(&policy, endpoint, now, expiry, text);
            let unsigned = unsigned.map_err(|error| refuse(error, &mut form.needed))?;
            let signature = external.sign(unsigned.string_to_sign())?;
            form.accept(&unsigned.finish(&signature)?)
        })
    }
}
