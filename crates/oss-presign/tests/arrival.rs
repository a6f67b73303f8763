//! Without the secret: what the service shows of the request that it received, beside the URL and what is said of the request.
//! The service's texts are written out by hand, by the documented rules of V4.

use oss_presign::Timestamp;
use oss_presign::diagnose::{
    Attempt, CanonicalLine, Cause, Certainty, Message, Refusal, changes_on_the_way, diagnose,
};
use sha2::{Digest as _, Sha256};

const URL: &str = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/photos/a%20b.jpg?x-oss-additional-headers=range\
    &x-oss-credential=fake-id%2F20241112%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&x-oss-date=20241112T083238Z\
    &x-oss-expires=600&x-oss-process=image%2Finfo&x-oss-signature-version=OSS4-HMAC-SHA256\
    &x-oss-signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// What the service makes of a GET of this URL with a type, a range and a proxy's header.
const CANONICAL: &str = "GET\n/examplebucket/photos/a%20b.jpg\nx-oss-additional-headers=range\
    &x-oss-credential=fake-id%2F20241112%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&x-oss-date=20241112T083238Z\
    &x-oss-expires=600&x-oss-process=image%2Finfo&x-oss-signature-version=OSS4-HMAC-SHA256\n\
    content-type:text/plain; charset=utf-8\nrange:bytes=0-1\nx-oss-meta-a:1\n\nrange\nUNSIGNED-PAYLOAD";

const HEADERS: [(&str, &str); 3] =
    [("Content-Type", "text/plain; charset=utf-8"), ("Range", "bytes=0-1"), ("x-oss-meta-a", "1")];

fn attempt<'a>(method: &'a str, headers: &'a [(&'a str, &'a str)]) -> Attempt<'a> {
    Attempt { signed: None, sent: Message { method, url: URL, headers }, clock: None }
}

fn mismatch(canonical_request: &str) -> Refusal<'_> {
    Refusal {
        code: Some("SignatureDoesNotMatch"),
        canonical_request: Some(canonical_request),
        ..Refusal::default()
    }
}

fn sentences(attempt: &Attempt<'_>, canonical_request: &str) -> Vec<String> {
    changes_on_the_way(attempt, &mismatch(canonical_request)).map(|cause| cause.to_string()).collect()
}

/// The codes, and what they show as received.
fn changes(canonical_request: &str) -> Vec<(&'static str, Option<String>)> {
    let changes = changes_on_the_way(&attempt("GET", &HEADERS), &mismatch(canonical_request));
    changes.map(|cause| (cause.code(), cause.sent().map(str::to_owned))).collect()
}

#[test]
fn every_line_is_compared() {
    let received = |text: &str| Some(text.to_owned());
    assert_eq!(changes(CANONICAL), []);
    for (from, to, code, shown) in [
        ("GET\n", "HEAD\n", "method", received("HEAD")),
        // Of a host of Alibaba Cloud, the path is shown without the bucket.
        ("photos/a%20b", "photos/a%2Bb", "path", received("/photos/a%2Bb.jpg")),
        ("photos/a%20b", "photos/a%2520b", "path-encoding", None),
        ("/examplebucket/", "/otherbucket/other/", "path", received("/otherbucket/other/photos/a%20b.jpg")),
        ("x-oss-expires=600&", "", "query-lost", None),
        ("image%2Finfo", "image%2Fresize", "query-value", None),
        ("\ncontent-type", "&z=1\ncontent-type", "query-added", None),
        ("text/plain; charset=utf-8", "image/png", "content-type", received("image/png")),
        ("x-oss-meta-a:1", "x-oss-meta-a:2", "header-value", received("2")),
        ("x-oss-meta-a:1\n", "", "header-missing", None),
        ("\nrange:", "\ncontent-md5:AA==\nrange:", "content-md5", received("AA==")),
        ("x-oss-meta-a:1\n", "x-oss-meta-a:1\nx-oss-proxy:p\n", "header-added", received("p")),
    ] {
        assert!(CANONICAL.contains(from), "{from}");
        assert_eq!(changes(&CANONICAL.replacen(from, to, 1)), [(code, shown)], "{from} {to}");
    }
    // Several at once, in the order of the lines.
    let several = CANONICAL.replace("GET", "PUT").replace("info", "x").replace(":1", ":2");
    let codes: Vec<_> = changes(&several).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["method", "query-value", "header-value"]);
}

#[test]
fn a_request_without_signed_headers_is_read_too() {
    let canonical = "GET\n/examplebucket/a\nx-oss-date=1\n\n\nUNSIGNED-PAYLOAD";
    let sent = |headers| Attempt {
        signed: None,
        sent: Message { method: "GET", url: "https://h/a?x-oss-date=1&x-oss-signature=0", headers },
        clock: None,
    };
    assert_eq!(sentences(&sent(&[]), canonical), [""; 0]);
    let lost = sentences(&sent(&[("x-oss-meta-a", "1")]), canonical);
    assert!(
        lost[0].starts_with("header `x-oss-meta-a` was sent, but the service did not receive it"),
        "{lost:?}"
    );
}

#[test]
fn what_is_shown_is_the_cause_and_is_certain() {
    let canonical = CANONICAL.replace("text/plain; charset=utf-8", "image/png");
    let diagnosis = diagnose(&attempt("GET", &HEADERS), &mismatch(&canonical));
    assert_eq!(diagnosis.certainty(), Certainty::Certain);
    assert_eq!(
        diagnosis.to_string(),
        "header `Content-Type` was sent as `text/plain; charset=utf-8`, but the service received `image/png`: look for a \
         proxy or an HTTP client that changes it"
    );
    let difference = diagnosis.difference().unwrap();
    assert_eq!(difference.received(), "content-type:image/png");
    assert_eq!(difference.expected(), "content-type:text/plain; charset=utf-8");
    assert!(difference.to_string().starts_with("headers: sent as "), "{difference}");
}

/// Each header has a line, a blank one ends them, and the names of additional headers and the body's hash follow.
#[test]
fn a_difference_is_in_a_line() {
    for (from, to, line) in [
        ("GET\n", "HEAD\n", CanonicalLine::Method),
        ("/a%20b.jpg", "/a.jpg", CanonicalLine::Uri),
        ("x-oss-expires=600", "x-oss-expires=900", CanonicalLine::Query),
        ("content-type:text", "content-type:image", CanonicalLine::Header),
        ("x-oss-meta-a:1", "x-oss-meta-a:2", CanonicalLine::Header),
        ("x-oss-meta-a:1\n", "x-oss-meta-a:1\nx-oss-proxy:p\n", CanonicalLine::Header),
        ("\n\nrange\n", "\n\nhost;range\n", CanonicalLine::Tail),
        ("UNSIGNED-PAYLOAD", "0123456789abcdef", CanonicalLine::Tail),
    ] {
        assert!(CANONICAL.contains(from), "{from}");
        let changed = CANONICAL.replacen(from, to, 1);
        let diagnosis = diagnose(&attempt("GET", &HEADERS), &mismatch(&changed));
        assert_eq!(diagnosis.difference().map(|difference| difference.line()), Some(&line), "{from} {to}");
    }
}

/// Logs and pages make blanks of line feeds. Then headers cannot be told apart, and the first three lines still can.
#[test]
fn lines_that_became_blanks() {
    let flat = |text: &str| text.replace('\n', " ");
    assert_eq!(changes(&flat(CANONICAL)), []);
    assert_eq!(changes(&flat(&CANONICAL.replace("GET", "HEAD"))), [("method", Some("HEAD".to_owned()))]);
    let changed = flat(&CANONICAL.replace("meta-a:1", "meta-a:2"));
    assert_eq!(changes(&changed), []);
    // The first difference is shown, but whether it is the cause is not.
    let diagnosis = diagnose(&attempt("GET", &HEADERS), &mismatch(&changed));
    assert!(diagnosis.certainty() < Certainty::Certain, "{diagnosis:?}");
    assert!(diagnosis.difference().unwrap().received().starts_with("x-oss-meta-a:2"));
    for text in ["", " ", "GET", "GET\n/a", "a b c d", "\n\n\n\n", "GET\n/a\nq\nno end"] {
        assert_eq!(changes(text), [], "{text:?}");
    }
}

#[test]
fn a_token_is_not_quoted() {
    let with_token =
        |token: &str| CANONICAL.replace("x-oss-meta-a:1", &format!("x-oss-security-token:{token}"));
    let headers = [HEADERS[0], HEADERS[1], ("x-oss-security-token", "fake-token")];
    let sent = attempt("GET", &headers);
    let [sentence] = sentences(&sent, &with_token("fake-other")).try_into().unwrap();
    assert!(sentence.contains("[redacted]") && !sentence.contains("fake"), "{sentence}");
}

fn string_to_sign(time: &str, scope: &str, canonical_request: &str) -> String {
    let digits: String = Sha256::digest(canonical_request).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("OSS4-HMAC-SHA256\n{time}\n{scope}\n{digits}")
}

const TIME: &str = "20241112T083238Z";
const SCOPE: &str = "20241112/cn-hangzhou/oss/aliyun_v4_request";

#[test]
fn the_string_to_sign_is_compared_with_the_url() {
    let cause = |text: &str| {
        let refusal =
            Refusal { code: Some("SignatureDoesNotMatch"), string_to_sign: Some(text), ..Refusal::default() };
        // Nothing else is known, and nothing looks wrong.
        let diagnosis = diagnose(&attempt("GET", &HEADERS[1..2]), &refusal);
        (diagnosis.cause().code(), diagnosis.certainty(), diagnosis.to_string())
    };
    let other_hash = "text of another request";
    for flat in [false, true] {
        let told = |time, scope, canonical: &str| {
            let text = string_to_sign(time, scope, canonical);
            cause(&if flat { text.replace('\n', " ") } else { text })
        };
        let (code, certainty, says) = told("20241112T163238Z", SCOPE, other_hash);
        assert_eq!((code, certainty), ("date", Certainty::Certain), "{says}");
        let (code, certainty, says) = told(TIME, "20241112/cn-beijing/oss/aliyun_v4_request", other_hash);
        assert_eq!((code, certainty), ("region", Certainty::Certain), "{says}");
        assert!(says.contains(SCOPE) && says.contains("cn-beijing"), "{says}");
        let (code, certainty, _) = told(TIME, SCOPE, other_hash);
        assert_eq!((code, certainty), ("unknown", Certainty::Possible));
    }
    // An older version's text is not compared.
    assert_eq!(cause("GET\n\n\n1731400958\n/examplebucket/photos/a b.jpg").1, Certainty::Possible);
}

/// The hash shows that nothing changed on the way, so that what the URL does not show is the cause.
#[test]
fn a_request_that_arrived_as_it_was_sent_was_signed_otherwise() {
    let sent = attempt("GET", &HEADERS[1..2]);
    let canonical =
        CANONICAL.replace("content-type:text/plain; charset=utf-8\n", "").replace("x-oss-meta-a:1\n", "");
    let text = string_to_sign(TIME, SCOPE, &canonical);
    let by_hash =
        Refusal { code: Some("SignatureDoesNotMatch"), string_to_sign: Some(&text), ..Refusal::default() };
    for refusal in [by_hash, mismatch(&canonical)] {
        let diagnosis = diagnose(&sent, &refusal);
        assert!(matches!(diagnosis.cause(), Cause::SignedForOther { .. }), "{diagnosis:?}");
        assert!(diagnosis.to_string().starts_with("probably: the service received"), "{diagnosis}");
    }
}

/// The service reads `Date` in place of a missing `x-oss-date`.
#[test]
fn the_date_of_a_signed_header() {
    let diagnosed = |headers: &[(&str, &str)]| {
        let sent =
            Message { method: "GET", url: "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a", headers };
        let refusal = Refusal {
            code: Some("RequestTimeTooSkewed"),
            server_time: Timestamp::from_unix(1_731_403_958).ok(),
            ..Refusal::default()
        };
        diagnose(&Attempt { signed: None, sent, clock: None }, &refusal).to_string()
    };
    let (date, x_oss_date) = (("Date", "Tue, 12 Nov 2024 08:32:38 GMT"), ("x-oss-date", "20241112T073238Z"));
    assert!(diagnosed(&[date]).contains("signed at 2024-11-12T08:32:38Z"), "{}", diagnosed(&[date]));
    assert!(diagnosed(&[date, x_oss_date]).contains("signed at 2024-11-12T07:32:38Z"));
    // A date that cannot be read is not replaced by another.
    assert!(!diagnosed(&[date, ("x-oss-date", "yesterday")]).contains("signed at"));
}
