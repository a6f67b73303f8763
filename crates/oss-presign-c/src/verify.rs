//! Verification.

use core::ffi::c_void;
use core::ptr;

use oss_presign::verify::{ExpectedScope, FormError, VerificationKey, Verified as CoreVerified, VerifyError};
use oss_presign::{Scope as CoreScope, SigningKey, Timestamp};

use crate::day_key::{OSS_PRESIGN_KEY_BYTES, checked};
use crate::foreign::{ZeroIsEmpty, reference, result};
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

// SAFETY: it has texts, which are pointers with numbers, and numbers.
unsafe impl ZeroIsEmpty for Verified {}

impl Verified {
    fn accept(&mut self, verified: &CoreVerified) {
        self.signed_at = verified.signed_at().unix();
        self.expires_at = verified.expires_at().map_or(0, Timestamp::unix);
    }

    fn refuse(&mut self, refusal: &Refusal) {
        self.http_status = refusal.http_status.into();
        self.code = refusal.code;
        self.ec = refusal.ec;
    }
}

/// Why a request was not verified, and what OSS would respond to it.
struct Refusal {
    status: Status,
    http_status: u16,
    code: Text,
    ec: Text,
}

impl Refusal {
    fn of(status: Status, http_status: u16, code: &'static str, ec: Option<&'static str>) -> Self {
        Self { status, http_status, code: Text::of(code), ec: ec.map_or(Text::ABSENT, Text::of) }
    }
}

/// The caller's mistake, which is none of the request's: there is no response to it.
impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self { status, http_status: 0, code: Text::ABSENT, ec: Text::ABSENT }
    }
}

impl From<VerifyError> for Refusal {
    fn from(error: VerifyError) -> Self {
        Self::of(Status::from(&error), error.http_status(), error.code(), error.ec())
    }
}

impl From<FormError> for Refusal {
    fn from(error: FormError) -> Self {
        Self::of(Status::from(&error), error.http_status(), error.code(), error.ec())
    }
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
    let outcome = unsafe {
        verify(verified, scope, now, lookup, context, |scope, now, lookup| {
            let mut headers = [("", &[][..]); OSS_PRESIGN_MAX_RECEIVED];
            let received = reference(received)?.read(&mut headers)?;
            Ok(received.presigned()?.verify(scope, now, lookup)?)
        })
    };
    Status::of(outcome)
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
    let outcome = unsafe {
        verify(verified, scope, now, lookup, context, |scope, now, lookup| {
            let mut headers = [("", &[][..]); OSS_PRESIGN_MAX_RECEIVED];
            let received = reference(received)?.read(&mut headers)?;
            Ok(received.authorized()?.verify(scope, now, lookup)?)
        })
    };
    Status::of(outcome)
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
    let outcome = unsafe {
        verify(verified, scope, now, lookup, context, |scope, now, lookup| {
            let mut fields = [("", ""); OSS_PRESIGN_MAX_RECEIVED];
            let received = reference(received)?.read(&mut fields)?;
            Ok(oss_presign::verify::verify_form(&received, scope, now, lookup)?)
        })
    };
    Status::of(outcome)
}

/// Finds the key of a presented access key id and scope.
type FindKey<'f, 'k> = &'f mut dyn FnMut(&str, &CoreScope<'_>) -> Option<VerificationKey<'k>>;

/// Runs `check` with what the server expects, and writes its outcome for C.
///
/// # Safety
/// As [`oss_presign_verify_url`], but for `received`.
unsafe fn verify(
    verified: *mut Verified,
    scope: *const Scope,
    now: u64,
    lookup: Lookup,
    context: *mut c_void,
    check: impl FnOnce(&ExpectedScope<'_>, Timestamp, FindKey<'_, '_>) -> Result<CoreVerified, Refusal>,
) -> Result<(), Status> {
    // SAFETY: the caller's contract.
    let (verified, (region, product)) = unsafe { (result(verified)?, reference(scope)?.read()?) };
    let expected = ExpectedScope { region, product };
    let (now, lookup) = (Timestamp::from_unix(now)?, lookup.ok_or(Status::NullPointer)?);
    let mut unusable = None;
    let outcome = check(&expected, now, &mut |id, scope| {
        // SAFETY: the caller's contract.
        unsafe { known_key(lookup, context, id, scope) }.unwrap_or_else(|status| {
            unusable = Some(status);
            None
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
        Err(refusal) => {
            verified.refuse(&refusal);
            Err(refusal.status)
        }
    }
}

/// Asks the caller for a key: none if it is unknown, or an error if the answer is unusable.
///
/// # Safety
/// As [`oss_presign_verify_url`].
unsafe fn known_key<'k>(
    lookup: unsafe extern "C" fn(*mut c_void, Text, Text, *mut KnownKey) -> bool,
    context: *mut c_void,
    access_key_id: &str,
    scope: &CoreScope<'_>,
) -> Result<Option<VerificationKey<'k>>, Status> {
    let mut known = KnownKey {
        access_key_secret: Text::ABSENT,
        signing_key: ptr::null(),
        security_token: Text::ABSENT,
        expires_at: 0,
    };
    let date = core::str::from_utf8(scope.date()).unwrap_or("");
    // SAFETY: the caller's contract: a function that keeps what `Lookup` says.
    if unsafe { lookup(context, Text::of(access_key_id), Text::of(date), &mut known) } {
        // SAFETY: the caller's contract.
        unsafe { known.read(scope) }.map(Some)
    } else {
        Ok(None)
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
