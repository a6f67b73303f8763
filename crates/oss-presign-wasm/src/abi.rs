//! What WebAssembly exports: one buffer that holds the arguments of a call, and then its result.
//!
//! ```text
//! reserve(bytes) -> address              room for the arguments, which JavaScript writes there
//! sign() | inspect() | … -> bytes        carries the call out; the buffer now holds its result, of this length
//! result() -> address                    where the result begins
//! clear()                                erases the buffer
//! ```
//! The first text of a result is empty; that of a refusal is its code, and the second its message. A module has one thread,
//! so one buffer is enough.

use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroize as _;

use crate::failure::Failure;
use crate::texts::{Reader, Writer};

static BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn buffer() -> MutexGuard<'static, Vec<u8>> {
    BUFFER.lock().unwrap_or_else(PoisonError::into_inner)
}

type Function = fn(Reader<'_>, &mut Writer) -> Result<(), Failure>;

fn carry_out(function: Function) -> usize {
    let mut buffer = buffer();
    let mut result = Writer::new();
    result.text("");
    if let Err(failure) = function(Reader::new(&buffer), &mut result) {
        result = Writer::new();
        failure.write(&mut result);
    }
    buffer.zeroize();
    *buffer = result.into_bytes();
    buffer.len()
}

/// Makes room for arguments of this many bytes, and returns their address.
#[allow(unsafe_code)] // The name that JavaScript calls.
#[unsafe(no_mangle)]
extern "C" fn reserve(bytes: usize) -> *mut u8 {
    let mut buffer = buffer();
    buffer.zeroize();
    buffer.resize(bytes, 0);
    buffer.as_mut_ptr()
}

/// Returns the address of the result.
#[allow(unsafe_code)] // The name that JavaScript calls.
#[unsafe(no_mangle)]
extern "C" fn result() -> *const u8 {
    buffer().as_ptr()
}

/// Erases the buffer.
#[allow(unsafe_code)] // The name that JavaScript calls.
#[unsafe(no_mangle)]
extern "C" fn clear() {
    buffer().zeroize();
}

macro_rules! export {
    ($($name:ident)*) => {
        $(
            #[allow(unsafe_code)] // The name that JavaScript calls.
            #[unsafe(no_mangle)]
            extern "C" fn $name() -> usize {
                carry_out(crate::$name)
            }
        )*
    };
}

export! { sign inspect verify explain }
