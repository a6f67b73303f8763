//! The diagnosis of an error of the service.

use oss_presign::diagnose::{Attempt, Certainty, Message, Refusal, diagnose};
use oss_presign_std::{Clock as _, SystemClock, Timestamp};
use oss_upload_ureq::ServiceError;
use serde::Serialize;

use crate::presigned_input::PresignedInput;

/// A diagnosis, for people and programs.
#[derive(Debug, Serialize)]
pub(crate) struct Diagnosis {
    /// The cause, and what to do.
    pub(crate) sentence: String,
    pub(crate) certainty: &'static str,
    /// The first line in which the service received something else than was signed or sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_difference: Option<String>,
}

impl From<&oss_presign::diagnose::Diagnosis> for Diagnosis {
    fn from(diagnosis: &oss_presign::diagnose::Diagnosis) -> Self {
        Self {
            sentence: diagnosis.to_string(),
            certainty: match diagnosis.certainty() {
                Certainty::Certain => "certain",
                Certainty::Likely => "likely",
                Certainty::Possible => "possible",
            },
            first_difference: diagnosis.difference().map(ToString::to_string),
        }
    }
}

/// Returns the diagnosis of the adapter. For a bare URL, which does not show all that was signed, the diagnosis is made anew
/// without taking what was sent for what was signed.
pub(crate) fn of(presigned: Option<&PresignedInput>, error: &ServiceError) -> Option<Diagnosis> {
    let Some(presigned) = presigned.filter(|presigned| !presigned.complete) else {
        return error.diagnosis().map(Diagnosis::from);
    };
    let headers: Vec<_> = presigned.request.headers().collect();
    let sent = Message {
        method: presigned.request.method().as_str(),
        url: presigned.request.url(),
        headers: &headers,
    };
    let (canonical_request, string_to_sign) = (error.field("CanonicalRequest"), error.field("StringToSign"));
    let refusal = Refusal {
        status: error.status(),
        code: Some(error.code()).filter(|code| !code.is_empty()),
        ec: Some(error.ec()).filter(|ec| !ec.is_empty()),
        message: Some(error.message()).filter(|message| !message.is_empty()),
        canonical_request: canonical_request.as_deref(),
        string_to_sign: string_to_sign.as_deref(),
        server_time: error.field("ServerTime").and_then(|time| server_time(&time)),
    };
    let clock = SystemClock.timestamp().ok();
    Some((&diagnose(&Attempt { signed: None, sent, clock }, &refusal)).into())
}

pub(crate) fn pairs(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Parses a time like `2024-11-12T08:32:38.000Z`, as in `<ServerTime>`.
pub(crate) fn server_time(text: &str) -> Option<Timestamp> {
    let digits: String = text.split('.').next()?.chars().filter(|c| !matches!(c, '-' | ':' | 'Z')).collect();
    Timestamp::parse_iso8601_basic(&format!("{digits}Z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_times() {
        for text in ["2024-11-12T08:32:38.000Z", "2024-11-12T08:32:38Z"] {
            assert_eq!(server_time(text).unwrap().unix(), 1_731_400_358);
        }
        assert!(server_time("yesterday").is_none());
    }
}
