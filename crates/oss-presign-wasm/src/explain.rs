//! `explain`: why a request was refused.

#[cfg(feature = "explain")]
mod search;

use oss_presign::diagnose::{Attempt, Diagnosis, Message, Refusal, diagnose};
use oss_presign::verify::{MAX_SKEW_SECONDS, ParsedUrl, VerifyError};
use oss_presign::{Credentials, Timestamp};
use oss_upload::ServiceError;
use oss_upload::driver::ResponseHead;

use crate::cause::{self, Cause, Certainty};
use crate::credentials;
use crate::failure::Failure;
use crate::texts::{Reader, Writer};

#[cfg(feature = "explain")]
pub(crate) use search::mistakes;

/// What is known of a request that was refused.
struct Refused<'a> {
    /// As it was sent, damaged or not.
    url: &'a str,
    method: Option<&'a str>,
    /// All headers that were sent, where they are known.
    headers: Option<Vec<(&'a str, &'a str)>>,
    /// What the signer handed out, where that is known.
    signed: Option<Signed<'a>>,
    /// The secrets that may have signed, the likeliest first, each with the name that an explanation gives it.
    #[cfg_attr(not(feature = "explain"), allow(dead_code))]
    secrets: Vec<(Option<&'a str>, Credentials<'a>)>,
    /// The bucket, where the host has it or belongs to it.
    #[cfg_attr(not(feature = "explain"), allow(dead_code))]
    bucket: Option<&'a str>,
    #[cfg_attr(not(feature = "explain"), allow(dead_code))]
    region: Option<&'a str>,
    now: Timestamp,
}

/// A presigned request.
struct Signed<'a> {
    method: &'a str,
    url: &'a str,
    headers: Vec<(&'a str, &'a str)>,
}

/// What was found.
struct Explanation {
    certainty: Certainty,
    causes: Vec<Cause>,
    /// The method for which the signature is right.
    right_for: Option<String>,
    signatures_tried: u32,
}

/// Explains. Without the feature `explain` no secret is used.
///
/// Arguments: URL, method or absent, headers or absent; method and URL of what was signed or absent twice, its headers;
/// list of names, each with credentials; bucket or absent, region or absent; time; status of the answer or absent, its body.
///
/// Result: certainty and causes, the first line that differs or absent, the method for which the signature is right or
/// absent, number of signatures tried.
///
/// # Errors
/// Arguments that the core refuses.
pub fn explain(mut arguments: Reader<'_>, result: &mut Writer) -> Result<(), Failure> {
    let (url, method, headers) = (arguments.text()?, arguments.optional()?, arguments.optional_pairs()?);
    let (signed_method, signed_url) = (arguments.optional()?, arguments.optional()?);
    let signed_headers = arguments.pairs()?;
    let signed = signed_method.zip(signed_url);
    let secrets = arguments.optional_list(|texts| Ok((texts.optional()?, credentials::read(texts)?)))?;
    let refused = Refused {
        url,
        method,
        headers,
        signed: signed.map(|(method, url)| Signed { method, url, headers: signed_headers }),
        secrets: secrets.unwrap_or_default(),
        bucket: arguments.optional()?,
        region: arguments.optional()?,
        now: Timestamp::from_unix(arguments.number()?)?,
    };
    let status = arguments.optional_number()?;
    let xml = arguments.optional()?.unwrap_or_default();
    let is_answered = status.is_some() || !xml.is_empty();
    let answer = is_answered
        .then(|| ServiceError::read(&ResponseHead::new(status.unwrap_or_default()), xml.as_bytes()));
    let diagnosis = answer.as_ref().map(|answer| refused.diagnose(answer));
    let found = refused.explanation(answer.as_ref(), diagnosis.as_ref());
    cause::write(found.certainty, &found.causes, result);
    let difference = diagnosis.as_ref().and_then(|found| found.difference().map(ToString::to_string));
    result.optional(difference.as_deref());
    result.optional(found.right_for.as_deref());
    result.number(found.signatures_tried);
    Ok(())
}

impl Refused<'_> {
    fn explanation(&self, answer: Option<&ServiceError>, diagnosis: Option<&Diagnosis>) -> Explanation {
        #[cfg(feature = "explain")]
        let (proved, signatures_tried) = self.search(answer);
        #[cfg(not(feature = "explain"))]
        let (proved, signatures_tried) = (None, 0);
        if let Some(proved) = proved {
            return proved;
        }
        // Used by the search only.
        let _ = answer;
        let (certainty, cause) = match diagnosis {
            Some(diagnosis) => (Certainty::of_diagnosis(diagnosis), Cause::from(diagnosis)),
            None => self.shown_by_url(),
        };
        Explanation { certainty, causes: vec![cause], right_for: None, signatures_tried }
    }

    /// What the answer and the description say without any secret.
    fn diagnose(&self, answer: &ServiceError) -> Diagnosis {
        let given = |text| Some(text).filter(|text: &&str| !text.is_empty());
        let (canonical_request, string_to_sign) =
            (answer.field("CanonicalRequest"), answer.field("StringToSign"));
        let refusal = Refusal {
            status: answer.status(),
            code: given(answer.code()),
            ec: given(answer.ec()),
            message: given(answer.message()),
            canonical_request: canonical_request.as_deref(),
            string_to_sign: string_to_sign.as_deref(),
            server_time: answer.field("ServerTime").and_then(|time| time.parse().ok()),
        };
        let sent = Message {
            method: self.sent_method().unwrap_or("GET"),
            url: self.url,
            headers: self.sent_headers().unwrap_or_default(),
        };
        let signed = self.signed.as_ref().map(Signed::message);
        diagnose(&Attempt { signed, sent, clock: None }, &refusal)
    }

    fn sent_method(&self) -> Option<&str> {
        self.method.or(self.signed.as_ref().map(|signed| signed.method))
    }

    /// What was signed is what was sent, unless somebody says otherwise.
    fn sent_headers(&self) -> Option<&[(&str, &str)]> {
        self.headers.as_deref().or(self.signed.as_ref().map(|signed| &*signed.headers))
    }

    /// What a URL shows by itself.
    fn shown_by_url(&self) -> (Certainty, Cause) {
        #[cfg(feature = "explain")]
        if let Some(escaped) = oss_presign::explain::recognize_escapes(self.url) {
            return (Certainty::Shown, Cause::from(&escaped));
        }
        let (_, query) = self.url.split_once('?').unwrap_or_default();
        let url = match ParsedUrl::parse(query) {
            Ok(url) => url,
            Err(error) => return (Certainty::Shown, Cause::from(&error)),
        };
        let error = if self.now >= url.expires_at() {
            VerifyError::Expired { expired_at: url.expires_at(), now: self.now }
        } else if url.signed_at() > self.now.saturating_add(MAX_SKEW_SECONDS) {
            VerifyError::NotYetValid { signed_at: url.signed_at(), now: self.now }
        } else {
            return (Certainty::Guessed, Cause::new("unknown", "Nothing in the URL by itself looks wrong."));
        };
        (Certainty::Shown, Cause::from(&error))
    }
}

impl Signed<'_> {
    fn message(&self) -> Message<'_> {
        Message { method: self.method, url: self.url, headers: &self.headers }
    }
}
