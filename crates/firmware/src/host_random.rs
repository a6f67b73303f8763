//! Random bytes from the emulator's host.
//!
//! The emulated board has no source of randomness. A product takes the generator of its chip: TLS is as safe as that is.

use core::ffi::CStr;

use rand_core::{TryCryptoRng, TryRng};
use semihosting::fd::{AsFd as _, OwnedFd};
use semihosting::io;
use semihosting::sys::arm_compat::{OpenMode, sys_open, sys_read_orig};

const SOURCE: &CStr = c"/dev/urandom";

/// The host's generator.
pub struct HostRandom(OwnedFd);

impl HostRandom {
    /// Opens it.
    ///
    /// # Errors
    /// If the host has no such file.
    pub fn new() -> io::Result<Self> {
        sys_open(SOURCE, OpenMode::RDONLY_BINARY).map(Self)
    }
}

impl TryRng for HostRandom {
    type Error = io::Error;

    fn try_next_u32(&mut self) -> Result<u32, io::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_ne_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, io::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), io::Error> {
        match sys_read_orig(self.0.as_fd(), bytes)? {
            0 => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl TryCryptoRng for HostRandom {}
