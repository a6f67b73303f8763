//! The opaque signer.

use core::mem::MaybeUninit;
use core::ptr;

use oss_presign::{Scope as CoreScope, Signer as CoreSigner, Timestamp};
use zeroize::Zeroize;

use crate::credentials::Credentials;
use crate::foreign::reference;
use crate::scope::Scope;
use crate::stack;
use crate::status::Status;

/// A signer: an access key's signing key for one UTC day, one region and one product. What is in it is the library's.
///
/// Give it zeros first (`OSS_PRESIGN_SIGNER_INIT`), make it with `oss_presign_signer_init`, use it from any number of threads
/// at a time, and erase it with `oss_presign_signer_clear`. Do not copy it: a copy leaves a key behind. It points to the
/// texts of the credentials and to the region, which must stay where they are and as they are until it is cleared; the secret
/// itself is not needed any more.
#[repr(C)]
pub struct Signer {
    /// The library's: 256 bytes on all machines, with room to grow.
    opaque: [MaybeUninit<u64>; 32],
}

/// What is in the memory of a [`Signer`].
struct State {
    /// [`READY`] if `signer` is initialized.
    ready: u32,
    signer: MaybeUninit<CoreSigner<'static>>,
}

/// Neither zeros nor a pattern that memory is likely to be filled with.
const READY: u32 = 0x7e51_6e72;

const _: () = assert!(size_of::<Signer>() == size_of::<[u32; 64]>());
const _: () =
    assert!(size_of::<State>() <= size_of::<Signer>() && align_of::<State>() <= align_of::<Signer>());

impl Signer {
    /// Returns the signer that is in this memory.
    ///
    /// # Safety
    /// `signer` is NULL, or points to a signer that is zero, or was made by [`make`], and that nobody changes during `'a`. What
    /// it points to is as it was when the signer was made.
    pub(crate) unsafe fn read<'a>(signer: *const Self) -> Result<&'a CoreSigner<'a>, Status> {
        // SAFETY: the caller's contract. A `State` fits there, and zeros are one.
        let state = unsafe { reference(signer.cast::<State>()) }?;
        if state.ready == READY {
            // SAFETY: `make` has set `ready` after it had initialized the signer.
            Ok(unsafe { state.signer.assume_init_ref() })
        } else {
            Err(Status::SignerNotReady)
        }
    }
}

/// Makes a signer for the UTC day of `now`, which takes about twice as long as a signature: keep it for the day. On another
/// day signing is refused with `OSS_PRESIGN_STATUS_STALE_KEY`: make it again then.
///
/// `signer` must not be NULL, and may have anything in it. `credentials` and `scope` must not be NULL; they may go afterwards,
/// but not the texts of the access key id, the security token and the region. `now` is in seconds since 1970.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_signer_init(
    signer: *mut Signer,
    credentials: *const Credentials,
    scope: *const Scope,
    now: u64,
) -> Status {
    // SAFETY: the caller's contract.
    unsafe {
        make(signer, || {
            let (credentials, (region, product)) =
                (reference(credentials)?.read()?, reference(scope)?.read()?);
            let scope = CoreScope::new(Timestamp::from_unix(now)?, region, product);
            Ok(CoreSigner::for_scope(&credentials, scope))
        })
    }
}

/// Makes a signer where C wants it, or leaves zeros.
///
/// # Safety
/// `signer` is NULL, or points to memory for a signer that nobody else uses, and what the signer borrows lives until it is
/// cleared.
#[inline(always)]
pub(crate) unsafe fn make<'a>(
    signer: *mut Signer,
    of: impl FnOnce() -> Result<CoreSigner<'a>, Status>,
) -> Status {
    if signer.is_null() {
        return Status::NullPointer;
    }
    // SAFETY: it is not NULL, and the caller's contract.
    unsafe { erase(signer) };
    let made = of();
    // By reference: what is moved leaves a key where it was, and only one of the two places is erased at the end of this
    // function.
    let source = match &made {
        Ok(made) => made,
        Err(status) => return *status,
    };
    let state = signer.cast::<State>();
    // SAFETY: it is not NULL, and the caller's contract; the signer that was made has another address. What the bytes at both
    // places borrow is alive, and dropping a signer does nothing but erase its own bytes: neither owns anything that the other
    // would free.
    unsafe {
        ptr::copy_nonoverlapping(ptr::from_ref(source), (&raw mut (*state).signer).cast(), 1);
        (&raw mut (*state).ready).write(READY);
    }
    Status::Ok
}

/// Erases a signer and the key in it, and what making it and signing have left on the stack below the caller: call it in the
/// function that called them, or in one that called that. NULL and zeros are left alone. Signing with it is refused with
/// `OSS_PRESIGN_STATUS_SIGNER_NOT_READY` afterwards, until it is made again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_signer_clear(signer: *mut Signer) {
    if !signer.is_null() {
        // SAFETY: it is not NULL, and the caller's contract.
        unsafe { erase(signer) };
        stack::erase();
    }
}

/// Writes zeros. What was there needs no destructor: a signer owns nothing but its bytes.
///
/// # Safety
/// `signer` points to memory for a signer, initialized or not, that nobody else uses.
unsafe fn erase(signer: *mut Signer) {
    // SAFETY: the caller's contract. The words may be uninitialized, and two of them are as large as one of the signer's.
    let words = unsafe { &mut *signer.cast::<[MaybeUninit<u32>; 64]>() };
    words.as_mut_slice().zeroize();
}
