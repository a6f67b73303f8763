//! Why a request was refused, in one sentence for the log.

use http::request::Parts;
use oss_presign::diagnose::{Attempt, Message, Refusal, diagnose};
use oss_presign::explain::Mistake;

use crate::error::OssError;

/// The proof, where there is one; or else the message of the refusal, or for a signature that does not match the likely
/// cause.
pub(crate) fn reason(error: &OssError, parts: &Parts, host: &str) -> String {
    if !error.proof.is_empty() {
        let sentences = error.proof.iter().map(Mistake::says);
        return sentences.collect::<Vec<_>>().join(" ");
    }
    if error.code != "SignatureDoesNotMatch" {
        return error.message.clone().into_owned();
    }
    let detail =
        |name| error.details.iter().find(|(element, _)| *element == name).map(|(_, text)| text.as_str());
    let url = format!("http://{host}{}", parts.uri.path_and_query().map_or("/", |target| target.as_str()));
    let headers =
        parts.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let headers: Vec<_> = headers.collect();
    let sent = Message { method: parts.method.as_str(), url: &url, headers: &headers };
    let refusal = Refusal {
        status: error.status.as_u16(),
        code: Some(&error.code),
        ec: error.ec.as_deref(),
        message: Some(&error.message),
        canonical_request: detail("CanonicalRequest"),
        string_to_sign: detail("StringToSign"),
        server_time: None,
    };
    diagnose(&Attempt { signed: None, sent, clock: None }, &refusal).to_string()
}
