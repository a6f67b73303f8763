//! What is left of a key on the stack. The compiler copies a key wherever one is moved, and a destructor erases only the last
//! of its places.

use core::mem::MaybeUninit;

use zeroize::Zeroize;

/// More stack than any function that handles a key takes, in words. On a Cortex-M4, where stack is short, that is hardly more
/// than signing a URL takes anyway; `board/leftovers.c` shows that it is enough.
const WORDS: usize = if size_of::<usize>() == 4 { 432 } else { 2048 };

/// Erases the stack below the caller: what functions that have returned to it left there.
#[inline(never)]
pub(crate) fn erase() {
    let mut words = [MaybeUninit::<u32>::uninit(); WORDS];
    words.as_mut_slice().zeroize();
}
