//! Signing a form.

use core::ffi::c_char;

use oss_presign::{PostForm, Timestamp};

use crate::endpoint::Endpoint;
use crate::foreign::{ZeroIsEmpty, reference};
use crate::policy::{OSS_PRESIGN_MAX_CONDITIONS, OSS_PRESIGN_MAX_VALUES, Policy};
use crate::sign_url::expiry;
use crate::signer::Signer;
use crate::signing::{refuse, signing};
use crate::status::Status;
use crate::text::{Field, Text, fill};

/// The number of fields that a form can have: its key, those of its conditions, and six of the signature.
pub const OSS_PRESIGN_MAX_FIELDS: usize = 15;

const _: () = assert!(OSS_PRESIGN_MAX_FIELDS == OSS_PRESIGN_MAX_CONDITIONS + 7);

/// A signed form. It is sent by POST as `multipart/form-data`, with the field `file` behind all others.
#[repr(C)]
pub struct Form {
    /// Where the form is sent to, in the caller's buffer.
    pub url: Text,
    /// When the form expires, in seconds since 1970.
    pub expires_at: u64,
    /// The fields that have a value. They point into the buffer, to what the policy and the credentials pointed to, and to
    /// static memory.
    pub fields: [Field; OSS_PRESIGN_MAX_FIELDS],
    /// The number of fields.
    pub field_count: usize,
    /// The names of fields that have conditions but no value: the form's user fills them in.
    pub open_fields: [Text; OSS_PRESIGN_MAX_CONDITIONS],
    /// The number of open fields.
    pub open_field_count: usize,
    /// With `OSS_PRESIGN_STATUS_BUFFER_TOO_SMALL` the bytes that the buffer must have, else 0.
    pub needed: usize,
}

// SAFETY: it has texts, which are pointers with numbers, and numbers.
unsafe impl ZeroIsEmpty for Form {}

impl Form {
    pub(crate) fn accept(&mut self, signed: &PostForm<'_>) -> Result<(), Status> {
        self.url = Text::of(signed.url());
        self.expires_at = signed.expires_at().unix();
        self.field_count = fill(&mut self.fields, signed.fields())?;
        for (place, name) in self.open_fields.iter_mut().zip(signed.open_fields()) {
            *place = Text::of(name);
            self.open_field_count += 1;
        }
        Ok(())
    }
}

/// Signs a form (PostObject), which a browser sends by itself.
///
/// The arguments are those of `oss_presign_sign_url`, with a policy in place of a request. After a refusal `buffer` has only
/// NUL bytes, and `form` nothing but `needed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_sign_form(
    signer: *const Signer,
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
            let (signer, mut public) = (Signer::read(signer)?, None);
            let endpoint = Endpoint::read(endpoint, signer.scope(), &mut public)?;
            let (now, policy) = (Timestamp::from_unix(now)?, reference(policy)?);
            let expiry = expiry(expires_in, policy.flags)?;
            let mut pool = [""; OSS_PRESIGN_MAX_VALUES];
            let policy = policy.read(&mut pool)?;
            let signed = signer.sign_form(&policy, endpoint, now, expiry, text);
            let signed = signed.map_err(|error| refuse(error, &mut form.needed))?;
            form.accept(&signed)
        })
    }
}
