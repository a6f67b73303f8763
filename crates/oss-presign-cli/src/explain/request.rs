//! Explaining a request with a signature in its URL or its `Authorization` header.

use oss_presign::diagnose::{Attempt, Message, Refusal, changes_on_the_way, diagnose};
use oss_presign::explain::{
    BucketPlace, DEFAULT_BUDGET, Evidence, Explanation, Finding, SentRequest, explain, recognize_escapes,
};
use oss_presign::verify::{MAX_SKEW_SECONDS, ParsedUrl};
use oss_presign_std::{Clock as _, SystemClock};

use super::described::Described;
use super::judgement::Judgement;
use super::seen::Seen;
use crate::causes::{Cause, Certainty};
use crate::diagnosis::pairs;
use crate::failure::Failure;
use crate::known_secrets::KnownSecrets;

/// The codes of refusals whose reason may be the signature.
const OF_SIGNATURES: [&str; 6] = [
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
    "InvalidSecurityToken",
    "InvalidArgument",
    "InvalidRequest",
    "AccessDenied",
];

/// Finds the causes: by the secret, by what the service's answer shows, or by what is likely.
pub(super) fn judge(
    described: &Described,
    refusal: Option<&Refusal<'_>>,
    seen: Option<&Seen<'_>>,
    secrets: &KnownSecrets,
) -> Result<Judgement, Failure> {
    let code = refusal.and_then(|refusal| refusal.code);
    let of_signature = code.is_none_or(|code| OF_SIGNATURES.contains(&code));
    let searched = if of_signature { search(described, refusal, seen, secrets)? } else { None };
    let right = searched.as_ref().and_then(right_method);
    let proved = searched.as_ref().and_then(Judgement::proved);
    let mut judgement = match refusal {
        Some(refusal) => {
            let shown = without_secret(described, refusal, seen);
            let first_difference = shown.first_difference.clone();
            let is_unexplained = shown.certainty == Certainty::Guessed
                && code.is_none_or(|code| code == "SignatureDoesNotMatch");
            let right = right.filter(|_| is_unexplained).map(|method| refused(method, seen));
            Judgement { first_difference, ..proved.or(right).unwrap_or(shown) }
        }
        None => match proved.or(right.map(right_signature)) {
            Some(by_secret) => by_secret,
            None => of_url(described)?,
        },
    };
    let mut wanted = Vec::new();
    if described.request.is_none() {
        wanted.push("the JSON that the signer printed, in place of the URL");
    }
    if seen.is_none() {
        wanted.push("the XML of the answer, as the service sent it");
    }
    if described.headers.is_empty() && seen.is_none() {
        wanted.push("what was sent: -X METHOD, and -H 'NAME: VALUE' for each header");
    }
    judgement.advise(searched.as_ref(), secrets, &wanted);
    let is_not_found = searched.is_some_and(|found| *found.finding() == Finding::NotFound);
    if is_not_found && described.request.is_none() && judgement.certainty == Certainty::Guessed {
        let rest = "What remains is a header or host that only the signer knows, such as x-oss-meta-*, or another secret.";
        judgement.advice.insert(1, rest.to_owned());
    }
    Ok(judgement)
}

/// The method of a request whose signature is right.
fn right_method(explanation: &Explanation) -> Option<&str> {
    match explanation.finding() {
        Finding::Right { method } => Some(method),
        _ => None,
    }
}

/// The secret makes the signature of the request as it is described, and the service refused it.
fn refused(method: &str, seen: Option<&Seen<'_>>) -> Judgement {
    if seen.is_some() {
        let says = "The secret at hand makes this signature for exactly the request that the service received, so the \
                    service has another secret for this access key. Check whether the access key was replaced, and \
                    whether its id belongs to this secret.";
        return Judgement::new(Certainty::Shown, vec![Cause::new("secret", says)]);
    }
    let says = format!(
        "Perhaps the service received another request than was described: the signature is right for {method}, with the \
         headers that were given and no other that OSS signs. Browsers and many HTTP clients add a Content-Type, and \
         proxies change requests."
    );
    Judgement::new(Certainty::Guessed, vec![Cause::new("unknown", says)])
}

fn right_signature(method: &str) -> Judgement {
    let says = format!(
        "The signature is right for {method} of this URL, with the headers that were given and no other that OSS signs \
         (content-type, content-md5, x-oss-*)."
    );
    Judgement::new(Certainty::Proved, vec![Cause::new("unknown", says)])
}

/// What the answer and the description tell without the secret.
fn without_secret(described: &Described, refusal: &Refusal<'_>, seen: Option<&Seen<'_>>) -> Judgement {
    if let Some(escaped) = recognize_escapes(described.sent_url()) {
        return Judgement::new(Certainty::Shown, vec![Cause::from(&escaped)]);
    }
    let bound = described.request.as_ref().map(|request| request.headers().collect::<Vec<_>>());
    // The service's own words, if nobody says what was sent.
    let headers = match (&bound, seen) {
        _ if !described.headers.is_empty() => pairs(&described.headers),
        (_, Some(seen)) => seen.headers.clone(),
        (Some(bound), None) => bound.clone(),
        (None, None) => Vec::new(),
    };
    let signed_method = described.request.as_ref().map(|request| request.method().as_str());
    let method = described.method.as_deref().or(seen.map(|seen| seen.method)).or(signed_method);
    // A bare URL does not say its method, and the likeliest causes are the same for all but HEAD.
    let sent = Message { method: method.unwrap_or("GET"), url: described.sent_url(), headers: &headers };
    let signed = bound.as_ref().zip(signed_method).map(|(bound, method)| Message {
        method,
        url: &described.url,
        headers: bound,
    });
    let attempt = Attempt { signed, sent, clock: None };
    let diagnosis = diagnose(&attempt, refusal);
    let mut judgement = Judgement::diagnosed(&diagnosis);
    // The first of the changes is the cause that the diagnosis names, and the user wants to read all.
    let mut changes = changes_on_the_way(&attempt, refusal);
    if changes.next().is_some_and(|first| first == *diagnosis.cause()) {
        judgement.causes.extend(changes.map(|change| Cause::from(&change)));
    }
    judgement.first_difference = diagnosis.difference().map(ToString::to_string);
    judgement
}

/// What a URL shows by itself.
fn of_url(described: &Described) -> Result<Judgement, Failure> {
    let shown = |cause| Ok(Judgement::new(Certainty::Shown, vec![cause]));
    if let Some(escaped) = recognize_escapes(described.sent_url()) {
        return shown(Cause::from(&escaped));
    }
    let query = described.sent_url().split_once('?').map_or("", |(_, query)| query);
    let url = match ParsedUrl::parse(query) {
        Ok(url) => url,
        Err(error) => return shown(Cause::from(&error)),
    };
    let now = SystemClock.timestamp()?;
    if now >= url.expires_at() {
        let says = format!("The URL expired at {}; this machine's clock says {now}.", url.expires_at());
        return shown(Cause::new("expired", says));
    }
    if url.signed_at() > now.saturating_add(MAX_SKEW_SECONDS) {
        let says = format!("The URL was signed at {}; this machine's clock says {now}.", url.signed_at());
        return shown(Cause::new("clock", says));
    }
    let says =
        "The URL is complete and has not expired; whether its signature is right, only the secret tells.";
    Ok(Judgement::new(Certainty::Guessed, vec![Cause::new("unknown", says)]))
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
    // What the service received is what was sent.
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
        // The request arrived in time: the service checks the expiry before the signature.
        Some(refusal) if refusal.code == Some("SignatureDoesNotMatch") => None,
        Some(refusal) => refusal.server_time,
        None => Some(SystemClock.timestamp()?),
    };
    let bucket = seen.map_or(BucketPlace::Unknown, |seen| seen.bucket(described.sent_url()));
    let evidence = Evidence { signed, bucket, now, ..Evidence::new(sent, &secrets) };
    Ok(Some(explain(&evidence, DEFAULT_BUDGET)))
}
