//! The program that the others are measured against: start-up, output, measurement, and no work.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::{exit, say_bytes, say_number};
use firmware::measure::{measure, static_bytes};
use firmware::signing::{NOW, URL_BYTES};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let mut url = [0; URL_BYTES];
    let (length, cost) = measure(|| {
        black_box(NOW);
        black_box(&mut url[..]).len()
    });
    say_bytes(url.get(..length).unwrap_or_default());
    cost.say();
    say_number("static", static_bytes());
    exit(0)
}
