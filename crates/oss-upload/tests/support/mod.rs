//! What the tests of both adapters share. They take it in by path, so that each adapter stays a crate of its own and
//! both run the same table.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::large_enum_variant)]

pub mod counterpart;
pub mod faults;
pub mod interruptions;
pub mod proxy;
pub mod recorder;
pub mod scenarios;
pub mod spans;
pub mod store;
pub mod trust;

use oss_presign::{PresignedRequest, Timestamp};

/// A presigned request without a signature that means anything: the recorder does not look.
pub fn presigned(method: &str, url: String, headers: &[(&str, &str)]) -> PresignedRequest {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    // 2100-01-01
    PresignedRequest::new(method, url, headers, Timestamp::from_unix(4_102_444_800).unwrap()).unwrap()
}

/// Bytes that differ everywhere.
pub fn pattern(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
