//! The upload over TLS 1.3 in Rust alone, to servers whose chain of certificates is P-256 throughout.
//!
//! For a bucket behind a name of its own, whose owner has switched TLS 1.3 on and uploaded such a certificate. OSS's own
//! certificates are RSA: that is `upload_tls13_rsa`; and by default, its buckets do not speak TLS 1.3: that is
//! `upload_tls12`.
#![no_std]
#![no_main]

use embedded_io::{Read, Write};
use firmware::host_random::HostRandom;
use firmware::network::{Buffers, Slots};
use firmware::roots::ROOTS;
use firmware::tls::{self, Client};
use firmware::tls13::{Expected, Memory, P256, Session};
use firmware::upload::Failure;
use oss_presign::Timestamp;

#[cortex_m_rt::entry]
fn main() -> ! {
    // `entry` hands these out once, as `&'static mut`.
    static mut BUFFERS: Buffers = Buffers::new();
    static mut SLOTS: Slots = Slots::new();
    static mut MEMORY: Memory = Memory::new();
    tls::run(BUFFERS, SLOTS, Tls13(MEMORY), || 0)
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
        let expected = Expected { roots: ROOTS, name, now, algorithms: &P256 };
        let memory: &'s mut Memory = self.0;
        Ok(Session::connect(memory, stream, &expected, random)?)
    }
}
