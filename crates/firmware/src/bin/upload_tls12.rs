//! The upload over TLS 1.2, which every bucket speaks.
#![no_std]
#![no_main]

use core::ffi::CStr;

use embedded_io::{Read, Write};
use firmware::heap::Heap;
use firmware::host_random::HostRandom;
use firmware::network::{Buffers, Slots};
use firmware::roots::ROOTS;
use firmware::tls::{self, Client};
use firmware::tls12::{self, Memory, Session};
use firmware::upload::Failure;
use oss_presign::Timestamp;

/// Records, certificates and numbers of 4096 bits, in units of eight bytes.
const HEAP_WORDS: usize = 5_000;

#[global_allocator]
static HEAP: Heap = Heap::new();

#[cortex_m_rt::entry]
fn main() -> ! {
    // `entry` hands these out once, as `&'static mut`.
    static mut BUFFERS: Buffers = Buffers::new();
    static mut SLOTS: Slots = Slots::new();
    static mut ALLOCATED: [u64; HEAP_WORDS] = [0; HEAP_WORDS];
    static mut MEMORY: Memory<HostRandom> = Memory::new();
    HEAP.start(ALLOCATED);
    tls::run(BUFFERS, SLOTS, Tls12(MEMORY), || HEAP.peak())
}

struct Tls12(&'static mut Memory<HostRandom>);

impl Client for Tls12 {
    fn connect<'s, S: Read + Write + 's>(
        self,
        stream: S,
        name: &str,
        now: Timestamp,
    ) -> Result<impl Read + Write, Failure> {
        tls12::set_time(now);
        let buffer = &mut [0; NAME_BYTES];
        let name = zero_terminated(name, buffer).ok_or(Failure::Tls)?;
        let random = HostRandom::new().map_err(|_| Failure::Board)?;
        Ok(Session::connect(self.0, stream, ROOTS, name, random)?)
    }
}

/// Longest name of a server in the DNS, and a zero.
const NAME_BYTES: usize = 254;

fn zero_terminated<'b>(text: &str, buffer: &'b mut [u8; NAME_BYTES]) -> Option<&'b CStr> {
    let (name, rest) = buffer.split_at_mut_checked(text.len())?;
    name.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    *rest.first_mut()? = 0;
    CStr::from_bytes_until_nul(buffer).ok()
}
