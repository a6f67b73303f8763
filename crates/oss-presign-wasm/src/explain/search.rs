//! The search for the mistakes that make a signature.

use oss_presign::explain::{
    BucketPlace, DEFAULT_BUDGET, Evidence, Finding, KnownSecret, SentRequest, explain,
};
use oss_upload::ServiceError;

use super::{Explanation, Refused, Signed};
use crate::cause::{Cause, Certainty};
use crate::verify::Received;

/// Refusals that a wrong signature may be behind.
const OF_SIGNATURES: [&str; 6] = [
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "InvalidSecurityToken",
    "InvalidArgument",
    "InvalidRequest",
    "AccessDenied",
];

impl Refused<'_> {
    /// Returns what is proved, and how many signatures were tried.
    pub(super) fn search(&self, answer: Option<&ServiceError>) -> (Option<Explanation>, u32) {
        let code = answer.map(ServiceError::code).filter(|code| !code.is_empty());
        if code.is_some_and(|code| !OF_SIGNATURES.contains(&code)) {
            return (None, 0);
        }
        let secrets: Vec<_> =
            self.secrets.iter().map(|(name, credentials)| KnownSecret::new(*name, credentials)).collect();
        let sent = SentRequest { method: self.sent_method(), url: self.url, headers: self.sent_headers() };
        let evidence = Evidence {
            signed: self.signed.as_ref().map(Signed::message),
            bucket: self.bucket.map_or(BucketPlace::Unknown, BucketPlace::Host),
            region: self.region,
            // What was refused for its signature came in time, or the answer would have another code.
            now: (code != Some("SignatureDoesNotMatch")).then_some(self.now),
            ..Evidence::new(sent, &secrets)
        };
        let found = explain(&evidence, DEFAULT_BUDGET);
        let signatures_tried = found.tried();
        let proved = |causes, right_for| Explanation {
            certainty: Certainty::Proved,
            causes,
            right_for,
            signatures_tried,
        };
        let proved = match found.finding() {
            Finding::Proved(mistakes) => Some(proved(mistakes.iter().map(Cause::from).collect(), None)),
            // With an answer, what the service says is the better explanation.
            Finding::Right { method } if answer.is_none() => Some(proved(Vec::new(), Some(method.clone()))),
            _ => None,
        };
        (proved, signatures_tried)
    }
}

/// The mistakes that make the signature of a request that was received; none where none was found.
pub(crate) fn mistakes(received: &Received<'_>) -> Vec<Cause> {
    let secrets = [KnownSecret::new(None, &received.credentials)];
    let sent =
        SentRequest { method: Some(received.method), url: received.url, headers: Some(&received.headers) };
    let evidence = Evidence {
        bucket: received.bucket.map_or(BucketPlace::Unknown, BucketPlace::Host),
        region: received.region,
        now: Some(received.now),
        ..Evidence::new(sent, &secrets)
    };
    explain(&evidence, DEFAULT_BUDGET).mistakes().iter().map(Cause::from).collect()
}
