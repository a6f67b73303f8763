//! Verification.

use core::ffi::c_void;
use core::ptr;

use oss_presign::verify::{ExpectedScope, FormError, VerificationKey, Verified as CoreVerified, VerifyError};
use oss_presign::{Scope as CoreScope, SigningKey, Timestamp};

use crate::day_key::{OSS_PRESIGN_KEY_BYTES, checked};
use crate::foreign::{reference, result};
use crate::received::{OSS_PRESIGN_MAX_RECEIVED, ReceivedForm, ReceivedRequest};
use crate::scope::Scope;
use crate::status::Status;
use crate::text::Text;

/// What a server knows of an access key. The texts must stay as they are until verification returns.
#[repr(C)]
pub struct KnownKey {
    /// The access key's secret; absent if `signing_key` is given.
    pub access_key_secret: Text,
    /// The `OSS_PRESIGN_KEY_BYTES` bytes of the day key of the date and of the scope, if the secret is absent; else NULL. They
    /// must stay as they are until verification returns.
    pub signing_key: *const u8,
    /// The security token that STS issued with the access key, which must be presented; absent for others.
    pub security_token: Text,
    /// When temporary credentials expire, in seconds since 1970; 0 for others.
    pub expires_at: u64,
}

/// Finds what is known of an access key: returns true and writes it to `key`, whose members are absent before, or returns false
/// if it is unknown. `context` is the argument of verification, `access_key_id` is the one presented, and `date` the day of the
/// signature, `YYYYMMDD`; both texts are gone when the function returns. It must return: no `longjmp`, no C++ exception.
pub type Lookup = Option<
    unsafe extern "C" fn(context: *mut c_void, access_key_id: Text, date: Text, key: *mut KnownKey) -> bool,
>;

/// The outcome of verification.
#[repr(C)]
pub struct Verified {
    /// With `OSS_PRESIGN_STATUS_OK`, the signing time in seconds since 1970.
    pub signed_at: u64,
    /// With `OSS_PRESIGN_STATUS_OK`, when the signature expires in seconds since 1970; 0 for one in a header.
    pub expires_at: u64,
    /// If the request was refused, the status of OSS's response, else 0.
    pub http_status: u32,
    /// If the request was refused, the `Code` of OSS's error response, else absent.
    pub code: Text,
    /// If the request was refused, the fine-grained code (`EC`) of OSS's error response, if it is documented.
    pub ec: Text,
}

impl Verified {
    const EMPTY: Self =
        Self { signed_at: 0, expires_at: 0, http_status: 0, code: Text::ABSENT, ec: Text::ABSENT };

    fn accept(&mut self, verified: &CoreVerified) {
        self.signed_at = verified.signed_at().unix();
        self.expires_at = verified.expires_at().map_or(0, Timestamp::unix);
    }

    fn refuse(&mut self, http_status: u16, code: &'static str, ec: Option<&'static str>) {
        self.http_status = http_status.into();
        self.code = Text::of(code);
        self.ec = ec.map_or(Text::ABSENT, Text::of);
    }
}

/// The arguments that all verifications share.
struct Expectation<'a> {
    scope: ExpectedScope<'a>,
    now: Timestamp,
    lookup: Lookup,
    context: *mut c_void,
}

/// Verifies a request with a signature in its URL: scope, access key, time, security token and signature.
///
/// `received`, `scope`, `lookup` and `verified` must not be NULL. `scope` is what the server serves; any other is refused.
/// `now` is in seconds since 1970. `context` is passed to `lookup`, and may be NULL. Only `OSS_PRESIGN_STATUS_OK` means that the
/// request is genuine; with a status of 120 or more `verified` has what OSS would respond.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_verify_url(
    received: *const ReceivedRequest,
    scope: *const Scope,
    now: u64,
    lookup: Lookup,
    context: *mut c_void,
    verified: *mut Verified,
) -> Status {
    // SAFETY: the caller's contract.
    Status::of(unsafe { verify_request(received, scope, now, lookup, context, verified, Location::Url) })
}

/// Verifies a request with a signature in its `Authorization` header. The arguments are those of `oss_presign_verify_url`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_verify_header(
    received: *const ReceivedRequest,
    scope: *const Scope,
    now: u64,
    lookup: Lookup,
    context: *mut c_void,
    verified: *mut Verified,
) -> Status {
    // SAFETY: the caller's contract.
    Status::of(unsafe { verify_request(received, scope, now, lookup, context, verified, Location::Header) })
}

enum Location {
    Url,
    Header,
}

/// # Safety
/// As [`oss_presign_verify_url`].
unsafe fn verify_request(
    received: *const ReceivedRequest,
    scope: *const Scope,
    now: u64,
    lookup: Lookup,
    context: *mut c_void,
    verified: *mut Verified,
    location: Location,
) -> Result<(), Status> {
    let mut headers = [("", &[][..]); OSS_PRESIGN_MAX_RECEIVED];
    // SAFETY: the caller's contract.
    let (verified, received, expectation) = unsafe {
        let verified = result(verified, Verified::EMPTY)?;
        let received = reference(received)?.read(&mut headers)?;
        (verified, received, expectation(scope, now, lookup, context)?)
    };
    let parsed = match location {
        Location::Url => received.presigned(),
        Location::Header => received.authorized(),
    };
    let mut unusable = None;
    let outcome = parsed.and_then(|parsed| {
        parsed.verify(&expectation.scope, expectation.now, |id, scope| {
            // SAFETY: the caller's contract.
            unsafe { known_key(&expectation, id, scope, &mut unusable) }
        })
    });
    if let Some(status) = unusable {
        return Err(status);
    }
    match outcome {
        Ok(proof) => {
            verified.accept(&proof);
            Ok(())
        }
        Err(error) => {
            verified.refuse(error.http_status(), error.code(), VerifyError::ec(&error));
            Err(Status::from(&error))
        }
    }
}

/// Verifies a form: its signature, and whether its fields and its file meet its policy. The arguments are those of
/// `oss_presign_verify_url`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_verify_form(
    received: *const ReceivedForm,
    scope: *const Scope,
    now: u64,
    lookup: Lookup,
    context: *mut c_void,
    verified: *mut Verified,
) -> Status {
    // SAFETY: the caller's contract.
    Status::of(unsafe { verify_form(received, scope, now, lookup, context, verified) })
}

/// # Safety
/// As [`oss_presign_verify_form`].
unsafe fn verify_form(
    received: *const ReceivedForm,
    scope: *const Scope,
    now: u64,
    lookup: Lookup,
    context: *mut c_void,
    verified: *mut Verified,
) -> Result<(), Status> {
    let mut fields = [("", ""); OSS_PRESIGN_MAX_RECEIVED];
    // SAFETY: the caller's contract.
    let (verified, received, expectation) = unsafe {
        let verified = result(verified, Verified::EMPTY)?;
        let received = reference(received)?.read(&mut fields)?;
        (verified, received, expectation(scope, now, lookup, context)?)
    };
    let mut unusable = None;
    let outcome =
        oss_presign::verify::verify_form(&received, &expectation.scope, expectation.now, |id, scope| {
            // SAFETY: the caller's contract.
            unsafe { known_key(&expectation, id, scope, &mut unusable) }
        });
    if let Some(status) = unusable {
        return Err(status);
    }
    match outcome {
        Ok(proof) => {
            verified.accept(&proof);
            Ok(())
        }
        Err(error) => {
            verified.refuse(error.http_status(), error.code(), FormError::ec(&error));
            Err(Status::from(&error))
        }
    }
}

/// # Safety
/// As [`oss_presign_verify_url`].
unsafe fn expectation<'a>(
    scope: *const Scope,
    now: u64,
    lookup: Lookup,
    context: *mut c_void,
) -> Result<Expectation<'a>, Status> {
    // SAFETY: the caller's contract.
    let (region, product) = unsafe { reference(scope)?.read() }?;
    if lookup.is_none() {
        return Err(Status::NullPointer);
    }
    let scope = ExpectedScope { region, product };
    Ok(Expectation { scope, now: Timestamp::from_unix(now)?, lookup, context })
}

/// Asks the caller for a key. If the answer is unusable, that is not the same as an unknown key: it is said in `unusable`.
///
/// # Safety
/// As [`oss_presign_verify_url`].
unsafe fn known_key<'k>(
    expectation: &Expectation<'_>,
    access_key_id: &str,
    scope: &CoreScope<'_>,
    unusable: &mut Option<Status>,
) -> Option<VerificationKey<'k>> {
    let lookup = expectation.lookup?;
    let mut known = KnownKey {
        access_key_secret: Text::ABSENT,
        signing_key: ptr::null(),
        security_token: Text::ABSENT,
        expires_at: 0,
    };
    let date = core::str::from_utf8(scope.date()).unwrap_or("");
    // SAFETY: the caller's contract: a function that keeps what `Lookup` says.
    let found = unsafe { lookup(expectation.context, Text::of(access_key_id), Text::of(date), &mut known) };
    if !found {
        return None;
    }
    // SAFETY: the caller's contract.
    match unsafe { known.read(scope) } {
        Ok(key) => Some(key),
        Err(status) => {
            *unusable = Some(status);
            None
        }
    }
}

impl KnownKey {
    /// Returns the core's value.
    ///
    /// # Safety
    /// The texts are as [`Text::bytes`] needs them.
    unsafe fn read<'k>(&self, scope: &CoreScope<'_>) -> Result<VerificationKey<'k>, Status> {
        // SAFETY: the caller's contract.
        let (secret, token, day_key) = unsafe {
            let day_key = self.signing_key.cast::<[u8; OSS_PRESIGN_KEY_BYTES]>().as_ref();
            (self.access_key_secret.required()?, self.security_token.optional()?, day_key)
        };
        let key = match (secret, day_key) {
            // Everybody can sign with an empty secret.
            ("", None) => return Err(Status::CredentialsEmpty),
            ("", Some(bytes)) => SigningKey::from_bytes(checked(bytes)?),
            (secret, None) => SigningKey::derive(secret, scope),
            (_, Some(_)) => return Err(Status::UnusedText),
        };
        let mut key = VerificationKey::new(key);
        if let Some(token) = token {
            key = key.with_security_token(token);
        }
        if self.expires_at != 0 {
            key = key.expiring_at(Timestamp::from_unix(self.expires_at)?);
        }
        Ok(key)
    }
}
