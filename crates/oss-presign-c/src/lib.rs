//! The C interface of `oss-presign`.
//!
//! `include/oss_presign.h`, which cbindgen makes from this crate, is its documentation for users; README.md is where they
//! begin. This page is for people who change the crate.
//!
//! It has no rules of its own: each function turns what C gives into the core's values, calls the core, and writes what the
//! core returns into the caller's memory. It does not allocate, and no panic is reachable, as in the core.
//!
//! | file | what it has |
//! |---|---|
//! | `status` | what every function returns, with texts |
//! | `refusal` | from the core's errors to a status |
//! | `foreign` | from C's pointers to references: the contracts that all functions share |
//! | `text` | texts with their lengths |
//! | `scope`, `credentials`, `endpoint`, `request`, `policy` | what C describes, and the core's values made of it |
//! | `signer`, `day_key` | the opaque signer, of a secret or of the key of a day |
//! | `signing` | what all functions that sign have in common |
//! | `stack` | what is left of a key on the stack |
//! | `sign_url`, `sign_header`, `sign_form` | signing |
//! | `sign_externally` | the same, by a key that is somewhere else |
//! | `received`, `verify` | verification |
//!
//! # Unsafe code
//! Only this crate of the project has any. A function that C calls is `unsafe`, and its contract is its documentation, which
//! the header gives to the caller, with what the head of the header says of all functions (`cbindgen.toml`). Texts and arrays
//! behind a pointer are read by `read`, which is `unsafe` for the same reason; `foreign` has what makes references of
//! pointers. The memory of a signer is `signer`'s alone.
#![cfg_attr(not(test), no_std)]
// What C calls `oss_presign_url` is documented there; Rust knows no user of these types.
#![allow(private_interfaces)]
// Statuses and flags are the same in every library.
#![cfg_attr(not(feature = "complete"), allow(dead_code))]

mod credentials;
mod day_key;
mod endpoint;
mod foreign;
#[cfg(feature = "complete")]
mod policy;
#[cfg(feature = "complete")]
mod received;
mod refusal;
mod request;
mod scope;
#[cfg(feature = "complete")]
mod sign_externally;
#[cfg(feature = "complete")]
mod sign_form;
#[cfg(feature = "complete")]
mod sign_header;
mod sign_url;
mod signer;
mod signing;
mod stack;
mod status;
mod text;
#[cfg(feature = "complete")]
mod verify;

#[cfg(test)]
#[cfg(feature = "complete")]
mod tests;

#[cfg(not(test))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    #[cfg(feature = "no-panics")]
    {
        unsafe extern "C" {
            /// Defined nowhere: the linker asks for it exactly when a panic is reachable.
            fn a_panic_is_reachable() -> !;
        }
        // SAFETY: a program that contains this call does not link.
        unsafe { a_panic_is_reachable() }
    }
    // Not reachable, as the feature above shows; but a compiler without optimization does not see it.
    #[cfg(not(feature = "no-panics"))]
    loop {
        core::hint::spin_loop();
    }
}

/// The negative control of the proof that nothing panics: a program that calls it must not link.
///
/// # Safety
/// `bytes` points to three bytes.
#[cfg(feature = "no-panics")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn oss_presign_control(bytes: *const [u8; 3], index: usize) -> u8 {
    // SAFETY: the caller's contract.
    let bytes = unsafe { &*bytes };
    bytes[index]
}

// `memcpy` and its like are the C library's.
#[cfg(all(unix, not(test)))]
#[link(name = "c")]
unsafe extern "C" {}
