//! Why the service refused, in a sentence.

use alloc::vec::Vec;

use oss_presign::Timestamp;
use oss_presign::diagnose::{Attempt, Diagnosis, Message, Refusal, diagnose};

use crate::checked_request::CheckedRequest;
use crate::http_date::parse_http_date;
use crate::response_head::ResponseHead;
use crate::service_error::ServiceError;

impl CheckedRequest {
    /// Diagnoses a refusal of this request. `clock` is the sender's time in seconds since 1970.
    pub fn diagnose(&self, answer: &ResponseHead<'_>, error: &ServiceError, clock: u64) -> Diagnosis {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        // An adapter sends exactly what it was handed; a bare URL was not all that was signed, perhaps.
        let message = Message { method: self.method, url: &self.url, headers: &headers };
        let time = |seconds| Timestamp::from_unix(seconds).ok();
        let (canonical_request, string_to_sign) =
            (error.field("CanonicalRequest"), error.field("StringToSign"));
        let refusal = Refusal {
            status: error.status(),
            code: given(error.code()),
            ec: given(error.ec()),
            message: given(error.message()),
            canonical_request: canonical_request.as_deref(),
            string_to_sign: string_to_sign.as_deref(),
            server_time: answer.date.and_then(parse_http_date).and_then(time),
        };
        diagnose(
            &Attempt { signed: (!self.bare).then_some(message), sent: message, clock: time(clock) },
            &refusal,
        )
    }
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
