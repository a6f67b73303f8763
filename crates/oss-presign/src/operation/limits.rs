//! Limits of OSS that more than one file uses.

/// The greatest part number. The least is 1.
pub(super) const PART_NUMBER: u32 = 10_000;
/// The largest body of one request, in bytes: 5 GiB (OSS, "PutObject").
pub(super) const CONTENT_LENGTH: u64 = 5 << 30;
/// The lowest traffic limit, in bit/s.
pub(super) const TRAFFIC_LIMIT_MIN: u32 = 819_200;
/// The highest traffic limit, in bit/s.
pub(super) const TRAFFIC_LIMIT: u32 = 838_860_800;
/// The greatest number of entries in one page of a listing.
pub(super) const PAGE_SIZE: u32 = 1000;
/// The longest name of user metadata, in bytes without the prefix. A limit of this crate, which keeps the type small.
pub(super) const META_NAME: usize = 64;
