//! The signed request beside the request that was sent.

use super::arrival::{is_encoded_again, same};
use super::attempt::{Attempt, Certainty, Message, Refusal, authorization_beside, sent_as_form};
use super::cause::Cause;
use crate::excerpt::Excerpt;
use crate::header::is_signed_by_default;
use crate::hex::hex_value;
use crate::verify::{ParsedUrl, parameters};

/// Finds the first difference between the two requests that changes the signature.
pub(super) fn requests(attempt: &Attempt<'_>) -> Option<(Cause, Certainty)> {
    if authorization_beside(attempt) {
        return Some((Cause::AuthorizationBeside, Certainty::Certain));
    }
    let signed = attempt.signed.as_ref()?;
    let sent = &attempt.sent;
    let cause = None
        .or_else(|| url(signed, sent))
        .or_else(|| method(signed, sent))
        .or_else(|| form(attempt, signed))
        .or_else(|| headers(signed, sent))?;
    Some((cause, Certainty::Certain))
}

fn method(signed: &Message<'_>, sent: &Message<'_>) -> Option<Cause> {
    let differs = !signed.method.eq_ignore_ascii_case(sent.method);
    differs.then(|| Cause::Method { signed: Excerpt::of(signed.method), sent: Excerpt::of(sent.method) })
}

fn form(attempt: &Attempt<'_>, signed: &Message<'_>) -> Option<Cause> {
    let wanted = signed.header("content-type") == attempt.sent.header("content-type");
    (sent_as_form(attempt) && !wanted).then_some(Cause::FormBody)
}

fn headers(signed: &Message<'_>, sent: &Message<'_>) -> Option<Cause> {
    for (name, value) in signed.headers {
        let value = value.trim_matches([' ', '\t']);
        match sent.header(name) {
            None => {
                return Some(Cause::HeaderMissing {
                    name: Excerpt::of(name),
                    signed: Some(Excerpt::of(value)),
                });
            }
            Some(other) if other != value => {
                return Some(Cause::HeaderDiffers {
                    name: Excerpt::of(name),
                    signed: Excerpt::of(value),
                    sent: Excerpt::of(other),
                });
            }
            Some(_) => {}
        }
    }
    let unexpected =
        sent.headers.iter().find(|(name, _)| is_signed_by_default(name) && signed.header(name).is_none());
    unexpected
        .map(|(name, value)| Cause::HeaderUnexpected { name: Excerpt::of(name), sent: Excerpt::of(value) })
}

fn url(signed: &Message<'_>, sent: &Message<'_>) -> Option<Cause> {
    let ((signed_host, signed_path, signed_query), (host, path, query)) = (signed.parts(), sent.parts());
    for (name, value) in parameters(signed_query) {
        match parameters(query).find(|(other, _)| same(name, other)) {
            None => return Some(Cause::ParameterLost { name: Excerpt::of(name) }),
            Some((_, other)) if !same(value, other) => {
                return Some(Cause::ParameterChanged { name: Excerpt::of(name) });
            }
            Some(_) => {}
        }
    }
    let added =
        parameters(query).find(|(name, _)| !parameters(signed_query).any(|(other, _)| same(name, other)));
    if let Some((name, _)) = added {
        return Some(Cause::ParameterAdded { name: Excerpt::of(name) });
    }
    if !same(signed_path, path) {
        return Some(if is_encoded_again(signed_path, path) {
            Cause::DoubleEncoding
        } else {
            Cause::Path { signed: Excerpt::of(signed_path), sent: Excerpt::of(path) }
        });
    }
    let differs = !signed_host.eq_ignore_ascii_case(host);
    differs.then(|| Cause::Host { signed: Excerpt::of(signed_host), sent: Excerpt::of(host) })
}

/// Finds what looks wrong in the request that was sent, without knowing what was signed.
pub(super) fn suspicious(attempt: &Attempt<'_>, refusal: &Refusal<'_>) -> Option<(Cause, Certainty)> {
    // A refusal without a code may be a mismatch: the answer to a HEAD has no body.
    let code = refusal.code.unwrap_or("SignatureDoesNotMatch");
    let of_signature =
        ["SignatureDoesNotMatch", "InvalidArgument", "InvalidRequest", "AccessDenied"].contains(&code);
    if !of_signature {
        return None;
    }
    let (host, path, query) = attempt.sent.parts();
    let signature = parameters(query).find(|(name, _)| *name == "x-oss-signature").map(|(_, value)| value);
    let cut = match signature {
        None => !query.is_empty() && query.contains("x-oss-"),
        Some(signature) => signature.len() != 64 || signature.bytes().any(|digit| hex_value(digit).is_none()),
    };
    if cut {
        return Some((Cause::UrlCut, Certainty::Certain));
    }
    if code != "SignatureDoesNotMatch" {
        return None;
    }
    if let Ok(url) = ParsedUrl::parse(query) {
        let now = refusal.server_time.or(attempt.clock);
        if let (None, Some(now)) = (refusal.code, now)
            && now >= url.expires_at()
        {
            let cause = Cause::Expired { at: Some(url.expires_at()), server: refusal.server_time };
            return Some((cause, Certainty::Likely));
        }
        let missing = url
            .additional_headers()
            .find(|name| !name.eq_ignore_ascii_case("host") && attempt.sent.header(name).is_none());
        if let Some(name) = missing {
            let cause = Cause::HeaderMissing { name: Excerpt::of(name), signed: None };
            return Some((cause, Certainty::Certain));
        }
    }
    // The remaining checks are guesses, which the comparison with the signed request makes needless.
    if attempt.signed.is_some() {
        return None;
    }
    if sent_as_form(attempt) {
        return Some((Cause::FormBody, Certainty::Likely));
    }
    if path.contains("%25") {
        return Some((Cause::DoubleEncoding, Certainty::Likely));
    }
    if path.contains('+') {
        return Some((Cause::PlusInPath, Certainty::Likely));
    }
    // Signers write the signature last.
    let mut after_signature = parameters(query).skip_while(|(name, _)| *name != "x-oss-signature").skip(1);
    if let Some((name, _)) = after_signature.find(|(name, _)| !name.starts_with("x-oss-")) {
        return Some((Cause::ParameterAdded { name: Excerpt::of(name) }, Certainty::Likely));
    }
    if attempt.sent.method.eq_ignore_ascii_case("HEAD") {
        return Some((Cause::HeadWithGetUrl, Certainty::Possible));
    }
    let mut headers = attempt.sent.headers.iter();
    let given = |name: &str| is_signed_by_default(name) && !is_added_by_signing(name);
    if let Some((name, value)) = headers.find(|(name, _)| given(name)) {
        let cause = Cause::HeaderDoubtful { name: Excerpt::of(name), sent: Excerpt::of(value) };
        return Some((cause, Certainty::Possible));
    }
    let url = ParsedUrl::parse(query).ok()?;
    let signs_host = url.additional_headers().any(|name| name.eq_ignore_ascii_case("host"));
    signs_host.then(|| (Cause::HostDoubtful { sent: Excerpt::of(host) }, Certainty::Possible))
}

/// Returns whether a header is one that signing by `Authorization` header adds itself.
fn is_added_by_signing(name: &str) -> bool {
    ["x-oss-date", "x-oss-content-sha256", "x-oss-security-token"]
        .iter()
        .any(|added| name.eq_ignore_ascii_case(added))
}
