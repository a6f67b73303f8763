//! What the programs for the three boards share. Start reading at `src/bin/presign.rs`, then `src/upload.rs`.
//!
//! | board | target | program |
//! |---|---|---|
//! | Arm MPS2 AN386 (Cortex-M4) | `thumbv7em-none-eabihf` | all |
//! | BBC micro:bit (Cortex-M0) | `thumbv6m-none-eabi` | all but the uploads |
//! | QEMU `virt` (RV32IMC) | `riscv32imc-unknown-none-elf` | all but the uploads |
//!
//! `cargo run --release --bin presign` runs one under QEMU, `cargo xtask firmware` all of them and measures.
//! `unsafe` is where a machine has to be touched: `measure` (stack, counters), `board` (interrupts) and `lan9118` (registers);
//! and where TLS in C is called and given memory: `tls12` and `heap`. `executor` is what embassy's own does on most chips.
#![no_std]

#[cfg(feature = "async")]
pub mod async_network;
#[cfg(feature = "async")]
pub mod async_upload;
pub mod board;
#[cfg(feature = "ethernet")]
pub mod clock;
pub mod day_key;
#[cfg(feature = "async")]
pub mod executor;
#[cfg(feature = "ethernet")]
pub mod failure;
#[cfg(any(feature = "tls12", feature = "tls13-rsa"))]
pub mod heap;
#[cfg(feature = "tls")]
pub mod host_random;
#[cfg(feature = "ethernet")]
pub mod lan9118;
pub mod measure;
#[cfg(feature = "small-memory")]
mod memory;
#[cfg(feature = "network")]
pub mod network;
#[cfg(feature = "ethernet")]
pub mod object;
pub mod opaque;
#[cfg(feature = "tls")]
pub mod roots;
#[cfg(feature = "ethernet")]
pub mod settings;
pub mod signing;
#[cfg(feature = "ethernet")]
pub mod sntp;
#[cfg(feature = "async")]
pub mod time_driver;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(feature = "tls12")]
pub mod tls12;
#[cfg(feature = "tls13")]
pub mod tls13;
#[cfg(feature = "network")]
pub mod upload;
pub mod vectors;
