//! What else must agree if the signature itself is right: scope and time, token and access key, clock.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::code::MistakeCode;
use super::describe::unknown_id;
use super::evidence::Evidence;
use super::explanation::{Mistake, excerpt};
use super::presented::{Location, Presented};
use super::signing_draft::SecretDraft;
use crate::scope::{Product, Region, TERMINATOR};
use crate::string_to_sign::ALGORITHM;
use crate::time::Timestamp;
use crate::verify::MAX_SKEW_SECONDS;

/// Returns the mistakes for which a server refuses a request although the secret made its signature.
pub(super) fn mistakes(
    evidence: &Evidence<'_>,
    presented: &Presented<'_>,
    secret: SecretDraft,
) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let subject = presented.location.subject();
    identity(evidence, presented, secret, subject, &mut mistakes);
    let mut add = |code, says: String, signed: &str, sent: Option<&str>| {
        mistakes.push(Mistake::new(code, says, Some(signed), sent));
    };
    let (region, expected) = (&*presented.region, evidence.region);
    let quoted = excerpt(region);
    match expected {
        Some(expected) if expected != region => add(
            MistakeCode::Region,
            format!(
                "{subject} was signed for region `{quoted}`, but the bucket's is `{}`.",
                excerpt(expected)
            ),
            region,
            Some(expected),
        ),
        None if Region::new(region).is_err() => add(
            MistakeCode::Region,
            format!("{subject} was signed for region `{quoted}`, which is no region's id."),
            region,
            None,
        ),
        _ => {}
    }
    if Product::parse(&presented.product).is_err() {
        let product = excerpt(&presented.product);
        let says = format!("{subject} was signed for product `{product}`, which OSS does not have.");
        add(MistakeCode::Product, says, &presented.product, None);
    }
    if presented.terminator != TERMINATOR {
        let says =
            format!("The credential ends in `{}` instead of `{TERMINATOR}`.", excerpt(&presented.terminator));
        add(MistakeCode::Algorithm, says, &presented.terminator, Some(TERMINATOR));
    }
    if let Some(algorithm) = presented.algorithm.as_deref().filter(|algorithm| *algorithm != ALGORITHM) {
        let says =
            format!("{subject} names the algorithm `{}` instead of `{ALGORITHM}`.", excerpt(algorithm));
        add(MistakeCode::Algorithm, says, algorithm, None);
    }
    match presented.signed_at() {
        Some(time) if time.date() == *presented.date.as_bytes() => {
            if mistakes.is_empty() {
                mistakes.extend(clock(evidence, presented, time, subject));
            }
        }
        Some(_) => add(
            MistakeCode::Date,
            format!(
                "The credential is for the day {}, but the request was signed at {}, which is another day in UTC.",
                excerpt(&presented.date),
                excerpt(&presented.date_time)
            ),
            &presented.date,
            Some(&presented.date_time),
        ),
        None => add(
            MistakeCode::Date,
            format!("The date `{}` is not of the form YYYYMMDDTHHMMSSZ.", excerpt(&presented.date_time)),
            &presented.date_time,
            None,
        ),
    }
    mistakes
}

/// Checks that access key id, secret and token belong together.
fn identity(
    evidence: &Evidence<'_>,
    presented: &Presented<'_>,
    secret: SecretDraft,
    subject: &str,
    mistakes: &mut Vec<Mistake>,
) {
    let Some(known) = evidence.secrets.get(secret.index) else { return };
    if secret.is_id && presented.access_key_id == known.access_key_secret {
        let says = format!(
            "{subject} was signed with access key id and secret swapped: it shows the secret in place of the id."
        );
        mistakes.push(Mistake::new(MistakeCode::Secret, says, None, None));
        return;
    }
    if presented.access_key_id != known.access_key_id {
        // A secret at hand for this access key id is tried elsewhere. The id is unknown only if there is none.
        if !evidence.secrets.iter().any(|other| other.access_key_id == presented.access_key_id) {
            mistakes.push(unknown_id(known, subject));
        }
        return;
    }
    if let Some(token) = known.security_token {
        let says = match presented.security_token.as_deref() {
            Some(sent) if sent == token => return,
            Some(_) => format!(
                "{subject} carries a security token that is not the one that STS issued with the access key."
            ),
            None => format!("{subject} carries no security token, and the access key works only with one."),
        };
        mistakes.push(Mistake::new(MistakeCode::SecurityToken, says, None, None));
    }
}

/// Checks that the request has not expired, and was not signed in the future.
fn clock(
    evidence: &Evidence<'_>,
    presented: &Presented<'_>,
    signed_at: Timestamp,
    subject: &str,
) -> Option<Mistake> {
    let now = evidence.now?;
    let signed = Timestamp::iso8601_basic(signed_at);
    let signed = String::from_utf8_lossy(&signed).into_owned();
    // A lifetime that is not a number has no end; the server refuses it by another check.
    let ends = presented.expires.as_deref().and_then(|expires| expires.parse::<u32>().ok());
    if let Some(end) = ends.map(|seconds| signed_at.saturating_add(u64::from(seconds)))
        && now >= end
    {
        let says = format!("{subject} expired at {end}; the time is {now}.");
        return Some(Mistake::new(MistakeCode::Expired, says, Some(&signed), None));
    }
    let ahead = signed_at > now.saturating_add(MAX_SKEW_SECONDS);
    let behind = presented.location == Location::Header && now > signed_at.saturating_add(MAX_SKEW_SECONDS);
    (ahead || behind).then(|| {
        let says = format!("{subject} was signed at {signed_at}, but the time is {now}: a clock is wrong.");
        Mistake::new(MistakeCode::Clock, says, Some(&signed), None)
    })
}
