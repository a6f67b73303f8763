//! Signs one URL, and says what that cost.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::{exit, say, say_bytes, say_number};
use firmware::measure::{measure, static_bytes};
use firmware::signing::{NOW, URL_BYTES, sign};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let mut url = [0; URL_BYTES];
    let (length, cost) = measure(|| sign(black_box(NOW), black_box(&mut url[..])).unwrap_or_default());
    say("url=");
    say_bytes(url.get(..length).unwrap_or_default());
    say("\n");
    cost.say();
    say_number("static", static_bytes());
    exit(if length > 0 { 0 } else { 1 })
}
