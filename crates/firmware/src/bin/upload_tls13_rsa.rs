//! The upload over TLS 1.3 in Rust alone, with RSA and P-256: what OSS's own certificates need.
//!
//! For a bucket whose owner has switched TLS 1.3 on. By default, buckets do not speak it: that is `upload_tls12`.
#![no_std]
#![no_main]

use embedded_io::{Read, Write};
use firmware::heap::Heap;
use firmware::host_random::HostRandom;
use firmware::network::{Buffers, Slots};
use firmware::roots::ROOTS;
use firmware::tls::{self, Client};
use firmware::tls13::{Expected, Memory, P256_AND_RSA, Session};
use firmware::upload::Failure;
use oss_presign::Timestamp;

/// Numbers of 4096 bits, in units of eight bytes.
const HEAP_WORDS: usize = 2_000;

#[global_allocator]
static HEAP: Heap = Heap::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    // `entry` hands these out once, as `&'static mut`.
    static mut BUFFERS: Buffers = Buffers::new();
    static mut SLOTS: Slots = Slots::new();
    static mut ALLOCATED: [u64; HEAP_WORDS] = [0; HEAP_WORDS];
    static mut MEMORY: Memory = Memory::new();
    HEAP.start(ALLOCATED);
    tls::run(BUFFERS, SLOTS, Tls13(MEMORY), || HEAP.peak())
}

struct Tls13(&'static mut Memory);

impl Client for Tls13 {
    fn connect<'s, S: Read + Write + 's>(
        self,
        stream: S,
        name: &str,
        now: Timestamp,
    ) -> Result<impl Read + Write, Failure> {
        let random = HostRandom::new().map_err(|_| Failure::Board)?;
        let expected = Expected { roots: ROOTS, name, now, algorithms: &P256_AND_RSA };
        let memory: &'s mut Memory = self.0;
        Ok(Session::connect(memory, stream, &expected, random)?)
    }
}
