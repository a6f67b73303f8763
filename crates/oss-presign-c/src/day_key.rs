//! The signing key of one day, in other hands than the secret.

use oss_presign::{DayKey as CoreDayKey, Scope as CoreScope, Signer as CoreSigner, SigningKey, Timestamp};

use crate::credentials::Identity;
use crate::foreign::reference;
use crate::scope::Scope;
use crate::signer::{Signer, make};
use crate::stack;
use crate::status::Status;
use crate::text::Text;

/// The number of bytes of a signing key.
pub const OSS_PRESIGN_KEY_BYTES: usize = 32;

/// A day key: what a device needs that must not have the access key's secret. A server that has the secret derives the bytes,
/// by `oss_presign_derive_day_key` or by `oss-presign day-key`, and sends them.
///
/// Whoever has a day key can sign everything that its access key may do in the region, for a whole UTC day: any method, bucket
/// and object. It signs URLs that work for up to seven days, also after the day is over, with a time of that day. Bound it from
/// outside: derive it from the STS credentials of a role for each device, whose policy allows one prefix of one bucket.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct DayKey {
    /// What the key signs for. With the STS credentials' token and expiry, if it was derived from such.
    pub identity: Identity,
    /// The region and the product that the key was derived for.
    pub scope: Scope,
    /// Any second of the UTC day that the key was derived for, in seconds since 1970.
    pub day: u64,
    /// The signing key. All zeros are refused.
    pub signing_key: [u8; OSS_PRESIGN_KEY_BYTES],
}

/// Derives the bytes of a day key from an access key's secret, for the UTC day of `now`.
///
/// `scope` must not be NULL. `signing_key` must point to memory for `OSS_PRESIGN_KEY_BYTES` bytes; they are zero after a refusal.
/// Treat them as a secret.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_derive_day_key(
    access_key_secret: Text,
    scope: *const Scope,
    now: u64,
    signing_key: *mut u8,
) -> Status {
    // SAFETY: the caller's contract.
    let outcome = unsafe { derive(access_key_secret, scope, now, signing_key) };
    stack::erase();
    Status::of(outcome)
}

/// In a function of its own, so that all that it leaves is on the stack below its caller.
///
/// # Safety
/// As [`oss_presign_derive_day_key`].
#[inline(never)]
unsafe fn derive(
    access_key_secret: Text,
    scope: *const Scope,
    now: u64,
    signing_key: *mut u8,
) -> Result<(), Status> {
    // SAFETY: the caller's contract.
    let place = unsafe { crate::foreign::buffer(signing_key.cast(), OSS_PRESIGN_KEY_BYTES) }?;
    // SAFETY: the caller's contract.
    let (secret, (region, product)) = unsafe { (access_key_secret.required()?, reference(scope)?.read()?) };
    if secret.is_empty() {
        return Err(Status::CredentialsEmpty);
    }
    let scope = CoreScope::new(Timestamp::from_unix(now)?, region, product);
    let bytes = SigningKey::derive_bytes(secret, &scope);
    place.iter_mut().zip(bytes.as_bytes()).for_each(|(place, byte)| *place = *byte);
    Ok(())
}

/// Makes a signer of a day key, for its day, region and product; `oss_presign_signer_init` with the secret makes the same.
///
/// `signer` must not be NULL, and may have anything in it. `day_key` must not be NULL; it may go afterwards and should be erased,
/// but not the texts of the access key id, the security token and the region.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_signer_init_day_key(
    signer: *mut Signer,
    day_key: *const DayKey,
) -> Status {
    // SAFETY: the caller's contract.
    unsafe {
        make(signer, || {
            let day_key = reference(day_key)?;
            let (region, product) = day_key.scope.read()?;
            let scope = CoreScope::new(Timestamp::from_unix(day_key.day)?, region, product);
            let identity = day_key.identity.read()?;
            let bytes = checked(&day_key.signing_key)?;
            Ok(CoreSigner::from_day_key(&CoreDayKey::from_bytes(identity, scope, bytes)))
        })
    }
}

/// Returns the bytes of a key, unless nobody has filled them in.
pub(crate) fn checked(bytes: &[u8; OSS_PRESIGN_KEY_BYTES]) -> Result<&[u8; OSS_PRESIGN_KEY_BYTES], Status> {
    if bytes.iter().all(|byte| *byte == 0) { Err(Status::DayKeyZero) } else { Ok(bytes) }
}
