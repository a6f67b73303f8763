//! What a product would read from its configuration memory: here it comes from the emulator's command line.

use core::mem::MaybeUninit;
use core::net::{Ipv4Addr, SocketAddrV4};

use semihosting::sys::arm_compat::sys_get_cmdline_uninit;

/// Room for a URL. With the longest bucket, a key of 64 bytes and no token, 512 are plenty.
pub const URL_BYTES: usize = 512;
/// Room for the head of an answer, and for most of a refusal's XML.
pub const HEAD_BYTES: usize = 1024;

/// Longest command line.
pub const BYTES: usize = 512;

/// The words of the command line, each `name=value`.
pub struct Settings<'b>(&'b str);

impl<'b> Settings<'b> {
    /// Asks the emulator for the command line.
    pub fn read(buffer: &'b mut [MaybeUninit<u8>; BYTES]) -> Self {
        let line = sys_get_cmdline_uninit(buffer).unwrap_or_default();
        Self(core::str::from_utf8(line).unwrap_or_default())
    }

    /// The value of a setting, or a default.
    pub fn text(&self, name: &str, default: &'b str) -> &'b str {
        let mut words = self.0.split_ascii_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix("=")).unwrap_or(default)
    }

    /// Likewise, a number.
    pub fn number(&self, name: &str, default: u32) -> u32 {
        self.text(name, "").parse().unwrap_or(default)
    }

    /// A port of the host that QEMU runs on.
    pub fn host_port(&self, name: &str) -> SocketAddrV4 {
        SocketAddrV4::new(Ipv4Addr::new(10, 0, 2, 2), self.number(name, 0) as u16)
    }
}
