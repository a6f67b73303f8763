//! Signs the vectors and writes their URLs, for the host to compare with its own.
#![no_std]
#![no_main]

use firmware::board::{exit, say, say_bytes};
use firmware::vectors::{URL_BYTES, VECTORS};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let mut url = [0; URL_BYTES];
    for vector in &VECTORS {
        let length = vector.sign(&mut url).unwrap_or_default();
        say(vector.id);
        say("=");
        say_bytes(url.get(..length).unwrap_or_default());
        say("\n");
    }
    exit(0)
}
