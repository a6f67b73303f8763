//! What the programs for the three boards share. Start reading at `src/bin/presign.rs`, then `src/bin/upload/main.rs`.
//!
//! | board | target | program |
//! |---|---|---|
//! | Arm MPS2 AN386 (Cortex-M4) | `thumbv7em-none-eabihf` | all |
//! | BBC micro:bit (Cortex-M0) | `thumbv6m-none-eabi` | all but `upload` |
//! | QEMU `virt` (RV32IMC) | `riscv32imc-unknown-none-elf` | all but `upload` |
//!
//! `cargo run --release --bin presign` runs one under QEMU, `cargo xtask firmware` all of them and measures.
//! `unsafe` is where a machine has to be touched: `measure` (stack, counters) and the Ethernet driver.
#![no_std]

pub mod board;
pub mod day_key;
pub mod measure;
#[cfg(feature = "small-memory")]
mod memory;
pub mod opaque;
pub mod signing;
pub mod vectors;
