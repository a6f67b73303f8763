//! What arrived is not what was sent.

use core::fmt;

/// How a transfer that seemed to succeed did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntegrityError {
    /// The CRC-64 of what passed here is not the one that the service states: transfer the object again.
    Crc {
        /// CRC-64/XZ of the bytes that passed here.
        local: u64,
        /// CRC-64/XZ according to the service.
        remote: u64,
    },
    /// The checksum that the service states is no 64-bit number: look for a proxy that changes headers.
    Unreadable,
    /// More or fewer bytes than announced: transfer the object again.
    Length {
        /// Bytes announced.
        expected: u64,
        /// Bytes that passed.
        found: u64,
    },
    /// The MD5 of the downloaded bytes is not the `Content-MD5` of the answer: download the object again.
    Md5,
    /// The service reported success before everything was sent: look for a proxy that answers in its place.
    AnsweredEarly {
        /// Bytes that had been sent.
        sent: u64,
        /// Bytes to send.
        expected: u64,
    },
}

impl fmt::Display for IntegrityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crc { local, remote } => write!(
                f,
                "the checksums differ: CRC-64 {local} here, {remote} at the service; the data changed on its way"
            ),
            Self::Unreadable => f.write_str(
                "the checksum that the service states is no 64-bit number, so nothing says that the data arrived unchanged",
            ),
            Self::Length { expected, found } => write!(f, "{expected} bytes were announced, {found} passed"),
            Self::Md5 => f.write_str(
                "the MD5 of the received bytes is not the announced one; the data changed on its way",
            ),
            Self::AnsweredEarly { sent, expected } => {
                write!(f, "success was reported after {sent} of {expected} bytes")
            }
        }
    }
}

impl core::error::Error for IntegrityError {}
