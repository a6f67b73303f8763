//! From what is known to the causes: by the secret, by what differs, or by what is likely.

use oss_presign::diagnose::{self, Attempt, Diagnosis, Message, Refusal, diagnose};
use oss_presign::explain::{
    BucketPlace, DEFAULT_BUDGET, Evidence, Explanation, Finding, SentRequest, explain, recognize_escapes,
};
use oss_presign::verify::{MAX_SKEW_SECONDS, ParsedUrl, VerifyError};
use oss_presign_std::{Clock as _, SystemClock};

use super::described::Described;
use super::seen::Seen;
use crate::causes::{Cause, Certainty};
use crate::diagnosis::pairs;
use crate::failure::Failure;
use crate::known_secrets::KnownSecrets;

/// Refusals that a signature can be the reason of.
const OF_SIGNATURES: [&str; 6] = [
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "InvalidSecurityToken",
    "InvalidArgument",
    "InvalidRequest",
    "AccessDenied",
];

/// The causes, and how sure they are.
pub(super) struct Judgement {
    pub(super) certainty: Certainty,
    pub(super) causes: Vec<Cause>,
    pub(super) first_difference: Option<String>,
    /// What would tell more, line by line.
    pub(super) advice: Vec<String>,
}

impl Judgement {
    pub(super) fn of(
        described: &Described,
        refusal: Option<&Refusal<'_>>,
        seen: Option<&Seen<'_>>,
        secrets: &KnownSecrets,
    ) -> Result<Self, Failure> {
        let diagnosis = refusal.map(|refusal| diagnosed(described, refusal, seen));
        let difference = diagnosis.as_ref().and_then(|found| found.difference().map(ToString::to_string));
        let code = refusal.and_then(|refusal| refusal.code);
        let of_signature = code.is_none_or(|code| OF_SIGNATURES.contains(&code));
        let searched = if of_signature { search(described, refusal, seen, secrets)? } else { None };
        let mut judgement = match (&searched, &diagnosis) {
            (Some(explanation), _) if !explanation.mistakes().is_empty() => Self {
                certainty: Certainty::Proved,
                causes: explanation.mistakes().iter().map(Cause::from).collect(),
                first_difference: None,
                advice: Vec::new(),
            },
            (Some(explanation), Some(diagnosis))
                if is_right(explanation) && code.is_none_or(|code| code == "SignatureDoesNotMatch") =>
            {
                Self::right(explanation, diagnosis, seen.is_some())
            }
            (Some(explanation), None) if is_right(explanation) => Self::right_without_answer(explanation),
            (_, Some(diagnosis)) => Self::diagnosed(diagnosis),
            (_, None) => Self::of_url(described)?,
        };
        judgement.first_difference = difference;
        if judgement.certainty == Certainty::Guessed {
            judgement.advice = advice(searched.as_ref(), secrets, seen.is_some(), described);
        }
        Ok(judgement)
    }

    /// All causes in one line.
    pub(super) fn sentence(&self) -> String {
        let sentences = self.causes.iter().map(|cause| cause.says.as_str());
        sentences.collect::<Vec<_>>().join(" ")
    }

    fn new(certainty: Certainty, cause: Cause) -> Self {
        Self { certainty, causes: vec![cause], first_difference: None, advice: Vec::new() }
    }

    fn diagnosed(diagnosis: &Diagnosis) -> Self {
        let certainty = match diagnosis.certainty() {
            diagnose::Certainty::Certain => Certainty::Shown,
            diagnose::Certainty::Likely | diagnose::Certainty::Possible => Certainty::Guessed,
        };
        Self::new(certainty, Cause::from(diagnosis))
    }

    /// The secret makes the signature of the request as it is described, and the service refused it.
    fn right(explanation: &Explanation, diagnosis: &Diagnosis, seen: bool) -> Self {
        if diagnosis.certainty() == diagnose::Certainty::Certain {
            return Self::diagnosed(diagnosis);
        }
        let method = method(explanation);
        if seen {
            let says = "The secret at hand makes this signature for exactly what the service saw: for the service the \
                        access key has another secret. Look whether the key was replaced, and whether its id is that of \
                        the secret.";
            return Self::new(Certainty::Shown, Cause::new("secret", says));
        }
        let says = format!(
            "Perhaps something else arrived than was described: the signature is right for {method}, with the headers \
             that were given and no other that OSS signs. Browsers and many clients add a Content-Type; proxies change \
             requests."
        );
        Self::new(Certainty::Guessed, Cause::new("unknown", says))
    }

    fn right_without_answer(explanation: &Explanation) -> Self {
        let says = format!(
            "The signature is right for {} of this URL, with the headers that were given and no other that OSS signs \
             (content-type, content-md5, x-oss-*).",
            method(explanation)
        );
        Self {
            certainty: Certainty::Proved,
            causes: vec![Cause::new("unknown", says)],
            first_difference: None,
            advice: Vec::new(),
        }
    }

    /// What a URL shows by itself.
    fn of_url(described: &Described) -> Result<Self, Failure> {
        if let Some(escaped) = recognize_escapes(described.sent_url()) {
            return Ok(Self::new(Certainty::Shown, Cause::from(&escaped)));
        }
        let (_, query) = described.sent_url().split_once('?').unwrap_or_default();
        let url = match ParsedUrl::parse(query) {
            Ok(url) => url,
            Err(error) => {
                let code = match error {
                    VerifyError::MissingParameter { .. } => "url-cut",
                    _ => "unknown",
                };
                return Ok(Self::new(Certainty::Shown, Cause::new(code, error.to_string())));
            }
        };
        let now = SystemClock.timestamp()?;
        let cause = if now >= url.expires_at() {
            let says = format!("The URL expired at {}; this machine's clock says {now}.", url.expires_at());
            Cause::new("expired", says)
        } else if url.signed_at() > now.saturating_add(MAX_SKEW_SECONDS) {
            let says = format!("The URL was signed at {}; this machine's clock says {now}.", url.signed_at());
            Cause::new("clock", says)
        } else {
            let says = "Nothing in the URL by itself looks wrong.";
            return Ok(Self::new(Certainty::Guessed, Cause::new("unknown", says)));
        };
        Ok(Self::new(Certainty::Shown, cause))
    }
}

fn is_right(explanation: &Explanation) -> bool {
    matches!(explanation.finding(), Finding::Right { .. })
}

fn method(explanation: &Explanation) -> &str {
    match explanation.finding() {
        Finding::Right { method } => method,
        _ => "",
    }
}

/// What the answer and the description say without any secret.
fn diagnosed(described: &Described, refusal: &Refusal<'_>, seen: Option<&Seen<'_>>) -> Diagnosis {
    let bound = described.request.as_ref().map(|request| request.headers().collect::<Vec<_>>());
    let headers = match (&bound, seen) {
        _ if !described.headers.is_empty() => pairs(&described.headers),
        // The service's own words, where nobody says what was sent.
        (_, Some(seen)) if described.method.is_none() => seen.headers.clone(),
        (Some(bound), _) => bound.clone(),
        (None, _) => Vec::new(),
    };
    let signed_method = described.request.as_ref().map(|request| request.method().as_str());
    let method = described.method.as_deref();
    let method = method.or(seen.map(|seen| seen.method)).or(signed_method).unwrap_or("GET");
    let sent = Message { method, url: described.sent_url(), headers: &headers };
    let signed = bound.as_ref().zip(signed_method).map(|(bound, method)| Message {
        method,
        url: &described.url,
        headers: bound,
    });
    diagnose(&Attempt { signed, sent, clock: None }, refusal)
}

/// Looks for the mistakes that make the signature; `None` without a secret.
fn search(
    described: &Described,
    refusal: Option<&Refusal<'_>>,
    seen: Option<&Seen<'_>>,
    secrets: &KnownSecrets,
) -> Result<Option<Explanation>, Failure> {
    let secrets = secrets.to_core()?;
    if secrets.is_empty() {
        return Ok(None);
    }
    let bound = described.request.as_ref().map(|request| request.headers().collect::<Vec<_>>());
    // What the service saw is what was sent.
    let said = (!described.headers.is_empty()).then(|| pairs(&described.headers));
    let headers = seen.map(|seen| seen.headers.clone()).or(said);
    let method = seen.map(|seen| seen.method).or(described.method.as_deref());
    let signed_method = described.request.as_ref().map(|request| request.method().as_str());
    let sent = SentRequest {
        method: method.or(signed_method),
        url: described.sent_url(),
        headers: headers.as_deref().or(bound.as_deref()),
    };
    let signed = bound.as_ref().zip(signed_method).map(|(headers, method)| Message {
        method,
        url: &described.url,
        headers,
    });
    let now = match refusal {
        // It was in time, or the answer would have another code.
        Some(refusal) if refusal.code == Some("SignatureDoesNotMatch") => None,
        Some(refusal) => refusal.server_time,
        None => Some(SystemClock.timestamp()?),
    };
    let bucket = seen.map_or(BucketPlace::Unknown, |seen| seen.bucket(described.sent_url()));
    let evidence = Evidence { signed, bucket, now, ..Evidence::new(sent, &secrets) };
    Ok(Some(explain(&evidence, DEFAULT_BUDGET)))
}

/// What would tell more than a guess.
fn advice(
    searched: Option<&Explanation>,
    secrets: &KnownSecrets,
    seen: bool,
    described: &Described,
) -> Vec<String> {
    let mut wanted = Vec::new();
    match searched.map(Explanation::finding) {
        None => wanted.push("the secret, in the environment or a profile, which proves the cause"),
        Some(Finding::NotFound) => wanted.push("the secret that signed, if it is another (--profile NAME)"),
        Some(_) => {}
    }
    if described.request.is_none() {
        wanted.push("the JSON that the signer printed, in place of the URL");
    }
    if !seen {
        wanted.push("the XML of the answer, as the service sent it");
    }
    if described.headers.is_empty() && !seen {
        wanted.push("what was sent (-X METHOD, -H 'NAME: VALUE')");
    }
    let mut lines = Vec::new();
    if let Some(explanation) = searched.filter(|found| *found.finding() == Finding::NotFound) {
        lines.push(format!(
            "None of the known mistakes, alone or with another, makes this signature with the secrets at hand \
             ({} signatures tried).",
            explanation.tried()
        ));
    } else if let (None, Some(reason)) = (searched, secrets.missing()) {
        lines.push(format!("No secret is at hand: {reason}."));
    }
    if !wanted.is_empty() {
        lines.push(format!("to tell more, give: {}", wanted.join("; ")));
    }
    lines
}
