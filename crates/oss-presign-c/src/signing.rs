//! What all functions that sign have in common: the memory that they write to.

use core::ffi::c_char;

use oss_presign::PresignError;

use crate::foreign::{self, ZeroIsEmpty};
use crate::status::Status;

/// Runs `sign` with the caller's memory for text and for a result. If it refuses, the text has only NUL bytes.
///
/// # Safety
/// `buffer` is as [`foreign::buffer`] needs it, and `result` as [`foreign::result`] does.
pub(crate) unsafe fn signing<R: ZeroIsEmpty>(
    buffer: *mut c_char,
    capacity: usize,
    result: *mut R,
    sign: impl FnOnce(&mut [u8], &mut R) -> Result<(), Status>,
) -> Status {
    // SAFETY: the caller's contract.
    let memory = unsafe {
        foreign::result(result).and_then(|result| Ok((foreign::buffer(buffer, capacity)?, result)))
    };
    let (text, result) = match memory {
        Ok(memory) => memory,
        Err(status) => return status,
    };
    let outcome = sign(text, result);
    if outcome.is_err() {
        text.fill(0);
    }
    Status::of(outcome)
}

/// Returns the status of an error. If the buffer is too small, `needed` is set to what it must have.
pub(crate) fn refuse(error: PresignError, needed: &mut usize) -> Status {
    if let PresignError::BufferTooSmall { needed: bytes } = error {
        *needed = bytes;
    }
    error.into()
}
