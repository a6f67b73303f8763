//! Every answer of OSS's error table has a cause, and no answer makes the diagnosis fail.

use oss_presign::diagnose::{Attempt, Cause, Certainty, Message, Refusal, diagnose};
use oss_presign::{Excerpt, Timestamp};
use proptest::prelude::*;

const URL: &str = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a.jpg?x-oss-credential=fake-id%2F20241112%2Fcn-hangzhou%2Foss%2Faliyun_v4_request\
    &x-oss-date=20241112T083238Z&x-oss-expires=600&x-oss-signature-version=OSS4-HMAC-SHA256\
    &x-oss-signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn attempt() -> Attempt<'static> {
    let message = Message { method: "PUT", url: URL, headers: &[] };
    Attempt { signed: Some(message), sent: message, clock: None }
}

fn told(status: u16, code: &str, ec: &str, message: &str) -> oss_presign::diagnose::Diagnosis {
    let given = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let (code, ec, message) = (given(code), given(ec), given(message));
    let refusal = Refusal {
        status,
        code: code.as_deref(),
        ec: ec.as_deref(),
        message: message.as_deref(),
        ..Refusal::default()
    };
    diagnose(&attempt(), &refusal)
}

/// The table of error answers, row by row: status, code, fine-grained code.
#[test]
fn the_table() {
    type Fits = fn(&Cause) -> bool;
    let rows: [(u16, &str, &str, Fits); 42] = [
        (403, "SignatureDoesNotMatch", "0002-00000705", |c| matches!(c, Cause::FormSignature)),
        (403, "AccessDenied", "0002-00000069", |c| matches!(c, Cause::Expired { at: Some(_), .. })),
        (403, "SignatureDoesNotMatch", "0002-00000602", |c| matches!(c, Cause::IpOrParameterCondition)),
        (400, "InvalidArgument", "0002-00000232", |c| matches!(c, Cause::ExpiresRange)),
        (400, "InvalidArgument", "0002-00000223", |c| matches!(c, Cause::CredentialMalformed)),
        (400, "InvalidArgument", "0002-00000224", |c| matches!(c, Cause::CredentialMalformed)),
        (400, "InvalidArgument", "0002-00000213", |c| matches!(c, Cause::CredentialMalformed)),
        (400, "InvalidArgument", "0002-00000710", |c| matches!(c, Cause::CredentialMalformed)),
        (400, "InvalidArgument", "0002-00000226", |c| matches!(c, Cause::WrongRegion { signed: Some(_) })),
        (400, "InvalidArgument", "0002-00000228", |c| matches!(c, Cause::WrongRegion { .. })),
        (400, "InvalidArgument", "0002-00000715", |c| matches!(c, Cause::WrongRegion { .. })),
        (400, "InvalidArgument", "0002-00000066", |c| matches!(c, Cause::SignatureVersion)),
        (400, "InvalidArgument", "0002-00000701", |c| matches!(c, Cause::SignatureVersion)),
        (400, "InvalidArgument", "0002-00000219", |c| matches!(c, Cause::SignatureMissing)),
        (400, "InvalidArgument", "0002-00000117", |c| matches!(c, Cause::SignatureMissing)),
        (400, "InvalidArgument", "0002-00000118", |c| matches!(c, Cause::SignatureMissing)),
        (400, "InvalidArgument", "0002-00000703", |c| matches!(c, Cause::SignatureMissing)),
        (400, "InvalidArgument", "0002-00000704", |c| matches!(c, Cause::SignatureMissing)),
        (400, "InvalidArgument", "0002-00000076", |c| matches!(c, Cause::AdditionalHeadersEmpty)),
        (400, "InvalidArgument", "0002-00000210", |c| matches!(c, Cause::AdditionalHeadersEmpty)),
        (400, "InvalidArgument", "0002-00000112", |c| matches!(c, Cause::AdditionalHeaderMissing)),
        (400, "InvalidArgument", "0002-00000214", |c| matches!(c, Cause::ContentSha256)),
        (403, "RequestTimeTooSkewed", "0002-00000504", |c| matches!(c, Cause::ClockSkew { .. })),
        (403, "InvalidAccessKeyId", "", |c| matches!(c, Cause::UnknownAccessKey { id: Some(_) })),
        (403, "SecurityTokenExpired", "", |c| matches!(c, Cause::SecurityTokenExpired)),
        (403, "InvalidSecurityToken", "", |c| matches!(c, Cause::SecurityToken)),
        (409, "FileAlreadyExists", "0026-00000002", |c| matches!(c, Cause::ObjectExists)),
        (400, "InvalidArgument", "0017-00000279", |c| matches!(c, Cause::ForbidOverwriteValue)),
        (400, "InvalidDigest", "", |c| matches!(c, Cause::ContentMd5)),
        (411, "MissingContentLength", "", |c| matches!(c, Cause::LengthMissing)),
        (400, "EntityTooLarge", "", |c| matches!(c, Cause::BodyTooLarge)),
        (400, "EntityTooSmall", "", |c| matches!(c, Cause::BodyTooSmall)),
        (404, "NoSuchKey", "", |c| matches!(c, Cause::NoSuchKey)),
        (404, "NoSuchBucket", "", |c| matches!(c, Cause::NoSuchBucket)),
        (404, "NoSuchUpload", "", |c| matches!(c, Cause::NoSuchUpload)),
        (400, "InvalidPart", "", |c| matches!(c, Cause::InvalidPart)),
        (400, "InvalidPartOrder", "", |c| matches!(c, Cause::InvalidPartOrder)),
        (405, "MethodNotAllowed", "", |c| matches!(c, Cause::MethodNotAllowed)),
        (416, "InvalidRange", "", |c| matches!(c, Cause::InvalidRange)),
        (400, "MalformedPOSTRequest", "", |c| matches!(c, Cause::FormMalformed)),
        (400, "InvalidPolicyDocument", "", |c| matches!(c, Cause::PolicyDocument)),
        (400, "IncorrectNumberOfFilesInPOSTRequest", "", |c| matches!(c, Cause::FormFiles)),
    ];
    for (status, code, ec, fits) in rows {
        let diagnosis = told(status, code, ec, "");
        assert!(fits(diagnosis.cause()), "{code} {ec}: {diagnosis:?}");
        assert_eq!(diagnosis.certainty(), Certainty::Certain, "{code} {ec}");
        // Every sentence goes on to what to do.
        assert!(diagnosis.to_string().contains(':'), "{diagnosis}");
    }
}

#[test]
fn access_denied_is_told_apart_by_its_message() {
    let cause = |message| told(403, "AccessDenied", "", message).cause().clone();
    assert!(matches!(cause("Request has expired."), Cause::Expired { .. }));
    assert!(matches!(cause("Invalid according to Policy: Policy expired."), Cause::Expired { .. }));
    assert!(matches!(cause("Invalid according to Policy: Policy Condition failed"), Cause::PolicyCondition));
    assert!(matches!(cause("You have no right to access this object."), Cause::NoPermission));
}

#[test]
fn a_signature_mismatch_of_a_url_is_never_settled_by_its_code() {
    for ec in ["0002-00000201", "0002-00000040"] {
        let diagnosis = told(403, "SignatureDoesNotMatch", ec, "");
        assert!(matches!(diagnosis.cause(), Cause::SignedOtherwise { header: None }), "{diagnosis:?}");
        assert_eq!(diagnosis.certainty(), Certainty::Likely);
    }
}

#[test]
fn clocks_that_disagree_are_told_from_a_url_that_is_old() {
    let time = |seconds| Timestamp::from_unix(seconds).ok();
    let (signed_at, expires_at) = (1_731_400_358, 1_731_400_958);
    let cause = |clock, server| {
        let refusal = Refusal {
            status: 403,
            code: Some("AccessDenied"),
            ec: Some("0002-00000069"),
            server_time: time(server),
            ..Refusal::default()
        };
        diagnose(&Attempt { clock: time(clock), ..attempt() }, &refusal).cause().clone()
    };
    assert!(matches!(cause(expires_at + 5, expires_at + 5), Cause::Expired { .. }));
    // A second apart is no skew.
    assert!(matches!(cause(expires_at - 1, expires_at), Cause::Expired { .. }));
    assert!(matches!(cause(signed_at, signed_at + 3600), Cause::ClockSkew { .. }));
}

/// The code differs by what the cut took away; what the URL shows is the same.
#[test]
fn a_cut_url_is_recognized_by_itself() {
    let cut = Message { method: "PUT", url: &URL[..URL.find('&').unwrap()], headers: &[] };
    let attempt = Attempt { signed: None, sent: cut, clock: None };
    for code in ["SignatureDoesNotMatch", "InvalidArgument"] {
        let diagnosis = diagnose(&attempt, &Refusal { code: Some(code), ..Refusal::default() });
        assert_eq!((diagnosis.cause(), diagnosis.certainty()), (&Cause::UrlCut, Certainty::Certain));
    }
    let other = diagnose(&attempt, &Refusal { code: Some("NoSuchBucket"), ..Refusal::default() });
    assert_eq!(other.cause(), &Cause::NoSuchBucket);
}

#[test]
fn what_a_bare_url_makes_likely() {
    let refusal = Refusal { code: Some("SignatureDoesNotMatch"), ..Refusal::default() };
    let diagnosed = |url: &str| {
        let sent = Message { method: "PUT", url, headers: &[] };
        diagnose(&Attempt { signed: None, sent, clock: None }, &refusal)
    };
    let added = diagnosed(&format!("{URL}&download=1"));
    assert!(matches!(added.cause(), Cause::ParameterAdded { name } if name.as_str() == "download"));
    assert_eq!(added.certainty(), Certainty::Likely);
    // Some signers sort the signature among the other parameters.
    let sorted = diagnosed(&format!("{URL}&x-oss-traffic-limit=819200"));
    assert_eq!(sorted.cause(), &Cause::SignedUnknown);
    let host = diagnosed(&URL.replacen('?', "?x-oss-additional-headers=host&", 1));
    assert!(matches!(host.cause(), Cause::HostDoubtful { .. }), "{host}");
    assert_eq!(host.certainty(), Certainty::Possible);
}

/// A request with an `Authorization` header and no signature in its URL.
#[test]
fn a_signed_header() {
    const SIGNED: &str = "OSS4-HMAC-SHA256 Credential=STS.fake/20241112/cn-beijing/oss/aliyun_v4_request,\
        Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let diagnosed = |code, ec, more: &[(&str, &str)]| {
        let headers =
            [&[("authorization", SIGNED), ("x-oss-content-sha256", "UNSIGNED-PAYLOAD")], more].concat();
        let url = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a";
        let sent = Message { method: "PUT", url, headers: &headers };
        let refusal = Refusal { code: Some(code), ec, ..Refusal::default() };
        diagnose(&Attempt { signed: None, sent, clock: None }, &refusal).cause().clone()
    };
    // The header is the signature, and what signing adds to it is no suspect.
    assert_eq!(diagnosed("SignatureDoesNotMatch", None, &[]), Cause::SignedUnknown);
    let content_type = diagnosed("SignatureDoesNotMatch", None, &[("content-type", "image/png")]);
    assert!(matches!(content_type, Cause::HeaderDoubtful { .. }), "{content_type}");
    let region = diagnosed("InvalidArgument", Some("0002-00000228"), &[]);
    assert!(
        matches!(&region, Cause::WrongRegion { signed: Some(region) } if region.as_str() == "cn-beijing")
    );
    assert_eq!(diagnosed("InvalidAccessKeyId", None, &[]), Cause::SecurityToken);
    let known = diagnosed("InvalidAccessKeyId", None, &[("x-oss-security-token", "fake-token")]);
    assert!(
        matches!(&known, Cause::UnknownAccessKey { id: Some(id) } if id.as_str() == "STS.fake"),
        "{known}"
    );
}

#[test]
fn what_is_missing_lowers_the_certainty() {
    let nothing = diagnose(&attempt(), &Refusal { status: 403, ..Refusal::default() });
    assert_eq!(nothing.certainty(), Certainty::Possible);
    let bare = Attempt { signed: None, ..attempt() };
    let refusal = Refusal { status: 403, code: Some("SignatureDoesNotMatch"), ..Refusal::default() };
    let unknown = diagnose(&bare, &refusal);
    assert_eq!((unknown.cause(), unknown.certainty()), (&Cause::SignedUnknown, Certainty::Possible));
    let odd = diagnose(&attempt(), &Refusal { status: 418, code: Some("Teapot"), ..Refusal::default() });
    assert!(
        matches!(odd.cause(), Cause::Unknown { code: Some(code), status: 418 } if code.as_str() == "Teapot")
    );
    const { assert!(Excerpt::BYTES >= 48) };
}

proptest! {
    #[test]
    fn nothing_makes_it_fail(
        url in ".{0,80}", query in "(x-oss-[a-z-]{1,20}=[%a-zA-Z0-9+]{0,12}&?){0,6}", path in ".{0,30}",
        header in "(content-type|x-oss-meta-a|host|range)", value in ".{0,60}", canonical in "(?s).{0,300}",
        status in 0u16..700, code in proptest::option::of("[A-Za-z]{0,20}"), ec in proptest::option::of("[0-9-]{0,13}"),
    ) {
        let whole = format!("https://examplebucket.oss-cn-hangzhou.aliyuncs.com/{path}?{query}");
        let headers = [(header.as_str(), value.as_str())];
        let none = [];
        for (signed, sent) in
            [(Some(&whole), &url), (Some(&url), &whole), (Some(&whole), &whole), (None, &whole), (None, &url)]
        {
            let attempt = Attempt {
                signed: signed.map(|url| Message { method: "PUT", url, headers: &headers }),
                sent: Message { method: "GET", url: sent, headers: &none },
                clock: None,
            };
            let refusal = Refusal {
                status,
                code: code.as_deref(),
                ec: ec.as_deref(),
                canonical_request: Some(&canonical),
                string_to_sign: Some(&canonical),
                ..Refusal::default()
            };
            prop_assert!(!diagnose(&attempt, &refusal).to_string().is_empty());
        }
    }
}
