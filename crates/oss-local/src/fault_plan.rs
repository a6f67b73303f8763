//! The faults that happen to one request.

use std::time::Duration;

use http::HeaderMap;

use crate::error::{OssError, Result};
use crate::faults::Fault;
use crate::request_body::RequestBody;
use crate::respond;

/// The faults that happen to one request.
#[derive(Debug, Default)]
pub(crate) struct FaultPlan {
    error: Option<(u16, String)>,
    pub(crate) delay: Option<Duration>,
    pub(crate) cut_download: Option<u64>,
    cut_upload: Option<u64>,
    wrong_crc: bool,
    skew: i64,
    slow_read: Option<u64>,
}

impl FaultPlan {
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

    pub(crate) fn throttle(&self, body: &mut RequestBody) {
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

    pub(crate) fn corrupt(&self, headers: &mut HeaderMap) {
        let crc =
            headers.get("x-oss-hash-crc64ecma").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if let Some(crc) = crc.filter(|_| self.wrong_crc) {
            respond::set(headers, "x-oss-hash-crc64ecma", &(!crc).to_string());
        }
    }
}
