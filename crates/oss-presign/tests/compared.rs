//! What a diagnosis finds by itself, where the service says only that the signature does not match: by the request as it was
//! signed, by a look at the request as it was sent, and by the clock.
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use oss_presign::diagnose::{Attempt, Cause, Certainty, Diagnosis, Message, Refusal, diagnose};
use oss_presign::{Excerpt, Timestamp};

/// Signed at 2024-11-12T08:32:38Z, for ten minutes.
const SIGNED_AT: u64 = 1_731_400_358;
const SIGNATURE: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn url(path: &str, more: &str) -> String {
    format!(
        "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/{path}?x-oss-credential=fake-id%2F20241112%2Fcn-hangzhou%2Foss\
         %2Faliyun_v4_request&x-oss-date=20241112T083238Z&x-oss-expires=600{more}\
         &x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-signature={SIGNATURE}"
    )
}

fn text(text: &str) -> Excerpt {
    Excerpt::of(text)
}

fn time(seconds: u64) -> Option<Timestamp> {
    Some(Timestamp::from_unix(seconds).unwrap())
}

type Headers<'a> = &'a [(&'a str, &'a str)];

const MISMATCH: Refusal<'_> = Refusal {
    status: 403,
    code: Some("SignatureDoesNotMatch"),
    ec: None,
    message: None,
    canonical_request: None,
    string_to_sign: None,
    server_time: None,
};

fn put<'a>(url: &'a str, headers: Headers<'a>) -> Message<'a> {
    Message { method: "PUT", url, headers }
}

#[test]
fn the_signed_request_beside_the_one_that_was_sent() {
    let compared = |signed: (&str, Headers<'_>), sent: (&str, Headers<'_>)| {
        let (signed_url, sent_url) = (url(signed.0, ""), url(sent.0, ""));
        let attempt = Attempt {
            signed: Some(put(&signed_url, signed.1)),
            sent: put(&sent_url, sent.1),
            clock: time(SIGNED_AT),
        };
        let found = diagnose(&attempt, &MISMATCH);
        assert_eq!(found.certainty(), Certainty::Certain);
        found.cause().clone()
    };
    let png = &[("Content-Type", " image/png ")][..];
    let content_type = || text("Content-Type");
    assert_eq!(
        compared(("a", png), ("a", &[])),
        Cause::HeaderMissing { name: content_type(), signed: Some(text("image/png")) }
    );
    assert_eq!(
        compared(("a", png), ("a", &[("content-type", "image/jpeg")])),
        Cause::HeaderDiffers { name: content_type(), signed: text("image/png"), sent: text("image/jpeg") }
    );
    // A body that was wrapped into a form is named, and not its content type.
    let form = &[("content-type", "multipart/form-data; boundary=x")][..];
    assert_eq!(compared(("a", png), ("a", form)), Cause::FormBody);
    assert_eq!(
        compared(("a", form), ("a", png)),
        Cause::HeaderDiffers { name: text("content-type"), signed: text(form[0].1), sent: text("image/png") }
    );
    assert_eq!(compared(("a%20b", &[]), ("a%2520b", &[])), Cause::DoubleEncoding);
    assert_eq!(
        compared(("a%20b", &[]), ("a+b", &[])),
        Cause::Path { signed: text("/a%20b"), sent: text("/a+b") }
    );
}

/// Nothing is known of what was signed.
fn looked_at(sent: Message<'_>, refusal: &Refusal<'_>, clock: Option<Timestamp>) -> Diagnosis {
    diagnose(&Attempt { signed: None, sent, clock }, refusal)
}

#[test]
fn what_looks_wrong_in_the_request_that_was_sent() {
    let look = |url: &str, method: &str, headers: Headers<'_>| {
        let found = looked_at(Message { method, url, headers }, &MISMATCH, time(SIGNED_AT));
        (found.cause().clone(), found.certainty())
    };
    let form = &[("content-type", "multipart/form-data; boundary=x")][..];
    assert_eq!(look(&url("a", ""), "PUT", form), (Cause::FormBody, Certainty::Likely));
    assert_eq!(look(&url("a%2520b", ""), "PUT", &[]), (Cause::DoubleEncoding, Certainty::Likely));
    assert_eq!(look(&url("a+b", ""), "PUT", &[]), (Cause::PlusInPath, Certainty::Likely));
    assert_eq!(look(&url("a", ""), "HEAD", &[]), (Cause::HeadWithGetUrl, Certainty::Possible));
    // The URL names a header that the request does not have: nobody needs to guess.
    let bound = url("a", "&x-oss-additional-headers=content-length%3Bhost");
    let missing = |name| Cause::HeaderMissing { name: text(name), signed: None };
    assert_eq!(look(&bound, "PUT", &[]), (missing("content-length"), Certainty::Certain));
    let sent = look(&bound, "PUT", &[("Content-Length", "5")]);
    let host = text("examplebucket.oss-cn-hangzhou.aliyuncs.com");
    assert_eq!(sent, (Cause::HostDoubtful { sent: host }, Certainty::Possible));
    let cut = url("a", "").replace(&SIGNATURE[1..], "");
    assert_eq!(look(&cut, "PUT", &[]), (Cause::UrlCut, Certainty::Certain));
}

#[test]
fn what_the_service_does_not_say_in_its_own_words() {
    let url = url("a", "&x-oss-additional-headers=content-length");
    let look = |refusal: Refusal<'_>, clock| {
        let headers = [("content-length", "5")];
        let found = looked_at(put(&url, &headers), &refusal, clock);
        (found.cause().clone(), found.certainty())
    };
    let (in_time, late) = (time(SIGNED_AT + 599), time(SIGNED_AT + 600));
    let none = Refusal::default();
    assert_eq!(look(none, in_time), (Cause::NoAnswer, Certainty::Likely));
    // The answer to a HEAD has no body, so the clock has to tell.
    let bare = Refusal { status: 403, ..none };
    let expired = |server| Cause::Expired { at: late, server };
    assert_eq!(look(bare, late), (expired(None), Certainty::Likely));
    assert_eq!(look(Refusal { server_time: late, ..bare }, in_time), (expired(late), Certainty::Likely));
    assert!(!matches!(look(bare, in_time).0, Cause::Expired { .. }));
    let denied = Refusal { code: Some("AccessDenied"), ..bare };
    assert_eq!(look(denied, late), (expired(None), Certainty::Likely));
    assert_eq!(look(denied, in_time), (Cause::NoPermission, Certainty::Likely));
    let early =
        Refusal { message: Some("Request is not valid yet."), server_time: time(SIGNED_AT - 901), ..denied };
    let skew = Cause::ClockSkew { signed_at: time(SIGNED_AT), server: early.server_time };
    assert_eq!(look(early, in_time), (skew, Certainty::Certain));
    let broken = Refusal { status: 500, code: Some("InternalError"), ..none };
    assert_eq!(look(broken, late), (Cause::ServerFailure { status: 500 }, Certainty::Likely));
}

#[test]
fn the_request_says_what_a_code_leaves_open() {
    let whole = url("a", "&x-oss-additional-headers=content-length");
    let look = |url: &str, headers: Headers<'_>, code, ec| {
        let refusal = Refusal { status: 400, code: Some(code), ec, ..Refusal::default() };
        let found = looked_at(put(url, headers), &refusal, None);
        assert_eq!(found.certainty(), Certainty::Certain);
        found.cause().clone()
    };
    let form = &[("Content-Type", "Multipart/Form-Data; boundary=x")][..];
    assert_eq!(look(&whole, form, "InvalidArgument", None), Cause::FormBody);
    let two = &[("authorization", "OSS4-HMAC-SHA256 Credential=x")][..];
    assert_eq!(look(&whole, two, "InvalidArgument", None), Cause::AuthorizationBeside);
    let missing = Cause::HeaderMissing { name: text("content-length"), signed: None };
    assert_eq!(look(&whole, &[], "InvalidArgument", Some("0002-00000112")), missing);
    let unknown = |id: Option<&str>| Cause::UnknownAccessKey { id: id.map(text) };
    assert_eq!(look(&whole, &[], "InvalidAccessKeyId", None), unknown(Some("fake-id")));
    // OSS does not know an STS key without its token, and a URL without a credential names none.
    let sts = whole.replace("fake-id", "STS.fake");
    assert_eq!(look(&sts, &[], "InvalidAccessKeyId", None), Cause::SecurityToken);
    assert_eq!(
        look("https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a", &[], "InvalidAccessKeyId", None),
        unknown(None)
    );
}
