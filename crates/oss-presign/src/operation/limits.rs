//! The greatest values that OSS takes, where more than one file names them.

/// Parts are numbered from 1.
pub(super) const PART_NUMBER: u32 = 10_000;
/// In bytes: the greatest body of one request, 5 GiB (OSS, "PutObject").
pub(super) const CONTENT_LENGTH: u64 = 5 << 30;
/// In bit/s.
pub(super) const TRAFFIC_LIMIT_MIN: u32 = 819_200;
/// In bit/s.
pub(super) const TRAFFIC_LIMIT: u32 = 838_860_800;
/// Entries of a listing.
pub(super) const PAGE_SIZE: u32 = 1000;
/// In bytes, without the prefix. A limit of this crate, for the sake of small machines.
pub(super) const META_NAME: usize = 64;
