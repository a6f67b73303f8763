//! The negative control: an index that may be out of range. With `no-panics` this must not link.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::exit;

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let bytes = black_box([1u8, 2, 3]);
    let index: usize = black_box(1);
    exit(i32::from(bytes[index]))
}
