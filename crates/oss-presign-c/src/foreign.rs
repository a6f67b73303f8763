//! From C's pointers to references.
//!
//! What all of these functions rely upon is what the header says once, for all functions: a pointer that is not NULL points
//! to as many initialized, aligned values as it says, and nobody changes them during the call.

use core::ffi::c_char;

use crate::status::Status;

/// Returns a value that C points to.
///
/// # Safety
/// `pointer` is NULL, or points to a `T` that nobody changes during `'a`.
pub(crate) unsafe fn reference<'a, T>(pointer: *const T) -> Result<&'a T, Status> {
    // SAFETY: the caller's contract, and it is not NULL.
    unsafe { pointer.as_ref() }.ok_or(Status::NullPointer)
}

/// Returns the values of an array. No values are no array, whatever the pointer.
///
/// # Safety
/// `pointer` is NULL, or points to `count` values of `T` that nobody changes during `'a`.
pub(crate) unsafe fn list<'a, T>(pointer: *const T, count: usize) -> Result<&'a [T], Status> {
    if count == 0 {
        return Ok(&[]);
    }
    if pointer.is_null() {
        return Err(Status::NullPointer);
    }
    // SAFETY: the caller's contract, and it is not NULL. An object of C has at most `PTRDIFF_MAX` bytes.
    Ok(unsafe { core::slice::from_raw_parts(pointer, count) })
}

/// A result that is empty if all of its bytes are zero: absent texts, and numbers.
///
/// # Safety
/// Zeros are a value of the type, and it is aligned to four bytes or more.
pub(crate) unsafe trait ZeroIsEmpty {}

/// Returns memory for a result, which begins empty so that nothing in it is undefined after a refusal.
///
/// # Safety
/// `pointer` is NULL, or points to memory for a `T`, initialized or not, that nobody else uses during `'a`.
pub(crate) unsafe fn result<'a, T: ZeroIsEmpty>(pointer: *mut T) -> Result<&'a mut T, Status> {
    if pointer.is_null() {
        return Err(Status::NullPointer);
    }
    // In words, as everything that is erased, so that one of the compiler's functions is linked and not two.
    // SAFETY: the caller's contract, and it is not NULL. A size is a multiple of the alignment.
    unsafe { pointer.cast::<u32>().write_bytes(0, size_of::<T>() / size_of::<u32>()) };
    // SAFETY: the same, and zeros are a value.
    Ok(unsafe { &mut *pointer })
}

/// Returns memory for text, filled with NUL bytes. No capacity is no memory, whatever the pointer.
///
/// # Safety
/// `pointer` is NULL, or points to `capacity` bytes, initialized or not, that nobody else uses during `'a`.
pub(crate) unsafe fn buffer<'a>(pointer: *mut c_char, capacity: usize) -> Result<&'a mut [u8], Status> {
    if capacity == 0 {
        return Ok(&mut []);
    }
    if pointer.is_null() {
        return Err(Status::NullPointer);
    }
    let bytes = pointer.cast::<u8>();
    // SAFETY: the caller's contract, and it is not NULL.
    unsafe { bytes.write_bytes(0, capacity) };
    // SAFETY: the same, and all bytes have been initialized. An object of C has at most `PTRDIFF_MAX` bytes.
    Ok(unsafe { core::slice::from_raw_parts_mut(bytes, capacity) })
}
