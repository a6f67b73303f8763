//! What holds a request or its answer back: faults on demand, and the client's own traffic limit.

use std::time::Duration;

use http::HeaderMap;

use crate::call::Call;
use crate::error::{OssError, Result};
use crate::faults::Fault;
use crate::inbound::Inbound;
use crate::respond;

/// OSS's limits, in bits per second: 100 KiB/s to 100 MiB/s.
const TRAFFIC: std::ops::RangeInclusive<u64> = 819_200..=838_860_800;

/// The faults that happen to one request.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    error: Option<(u16, String)>,
    pub(crate) delay: Option<Duration>,
    pub(crate) cut_download: Option<u64>,
    cut_upload: Option<u64>,
    wrong_crc: bool,
    skew: i64,
    slow_read: Option<u64>,
}

impl Plan {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        let mut plan = Self::default();
        for fault in faults {
            match fault {
                Fault::Status { status, code } => plan.error = Some((status, code)),
                Fault::Delay(delay) => plan.delay = Some(delay),
                Fault::CutUpload(bytes) => plan.cut_upload = Some(bytes),
                Fault::CutDownload(bytes) => plan.cut_download = Some(bytes),
                Fault::WrongCrc => plan.wrong_crc = true,
                Fault::Skew(seconds) => plan.skew = seconds,
                Fault::SlowRead(bytes_per_second) => plan.slow_read = Some(bytes_per_second),
            }
        }
        plan
    }

    /// The time by a clock that may be off.
    pub(crate) fn shift(&self, now: u64) -> u64 {
        now.saturating_add_signed(self.skew).min(253_402_300_799)
    }

    pub(crate) fn hold_back(&self, body: &mut Inbound) {
        if let Some(rate) = self.slow_read {
            body.slow_down(rate);
        }
        if let Some(bytes) = self.cut_upload {
            body.cut_after(bytes);
        }
    }

    /// The error that is answered in any case.
    pub(crate) fn error(&self) -> Result<()> {
        match &self.error {
            None => Ok(()),
            Some((status, code)) => Err(OssError::new(
                *status,
                code.clone(),
                "A fault rule of the local server asked for this error.",
            )),
        }
    }

    pub(crate) fn spoil(&self, headers: &mut HeaderMap) {
        let crc =
            headers.get("x-oss-hash-crc64ecma").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if let Some(crc) = crc.filter(|_| self.wrong_crc) {
            respond::set(headers, "x-oss-hash-crc64ecma", &(!crc).to_string());
        }
    }
}

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
