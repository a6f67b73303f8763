//! The speed that a request sets itself.

use crate::call::Call;
use crate::error::{OssError, Result};

/// OSS's limits, in bits per second: 100 KiB/s to 100 MiB/s.
const TRAFFIC: std::ops::RangeInclusive<u64> = 819_200..=838_860_800;

/// The traffic limit that a request sets itself, in bytes per second.
pub(crate) fn traffic_limit(call: &Call) -> Result<Option<u64>> {
    let named = call.header("x-oss-traffic-limit").or_else(|| call.query.value("x-oss-traffic-limit"));
    let Some(text) = named else {
        return Ok(None);
    };
    match text.parse().ok().filter(|limit| TRAFFIC.contains(limit)) {
        Some(limit) => Ok(Some(limit / 8)),
        None => Err(OssError::invalid_argument(
            "x-oss-traffic-limit is a number of bits per second from 819200 to 838860800.",
            "x-oss-traffic-limit",
            text,
        )),
    }
}
