//! What people read when something is refused: every sentence, with the codes that programs read.

#![cfg(feature = "explain")]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use oss_presign::diagnose::{CanonicalLine, Cause};
use oss_presign::explain::MistakeCode;
use oss_presign::verify::{FormError, Operator, ScopePart, SignatureLocation, VerifyError};
use oss_presign::{Excerpt, PresignedRequestError, Timestamp};

fn at(unix: u64) -> Timestamp {
    Timestamp::from_unix(unix).unwrap()
}

fn text(text: &str) -> Excerpt {
    Excerpt::of(text)
}

/// Every reason to refuse a signature.
fn verify_errors() -> Vec<VerifyError> {
    let (earlier, now) = (at(1_731_400_358), at(1_731_404_000));
    let scope = |location, part| VerifyError::WrongScope {
        location,
        part,
        presented: text("given"),
        expected: text("wanted"),
    };
    let url = SignatureLocation::Url { expires: 600 };
    vec![
        VerifyError::MissingParameter { name: "x-oss-signature" },
        VerifyError::MissingParameter { name: "x-oss-date" },
        VerifyError::DuplicateParameter { name: text("a") },
        VerifyError::DuplicateHeader { name: text("x-oss-meta-a") },
        VerifyError::HeaderNotText { name: text("x-oss-meta-a") },
        VerifyError::TooMany { what: "query parameters", capacity: 64 },
        VerifyError::PathMalformed,
        VerifyError::SignatureVersion,
        VerifyError::CredentialMalformed,
        VerifyError::CredentialDate,
        VerifyError::AuthorizationMalformed,
        VerifyError::Date,
        VerifyError::DateHeaderMissing,
        VerifyError::DateHeaderMalformed { name: "x-oss-date" },
        VerifyError::DateHeaderMalformed { name: "Date" },
        VerifyError::Expires,
        VerifyError::ContentSha256,
        VerifyError::AdditionalHeadersEmpty,
        VerifyError::AdditionalHeadersEmptyName,
        VerifyError::AdditionalHeadersTooLong,
        VerifyError::HeaderMissing { name: text("range") },
        scope(url, ScopePart::Date),
        scope(url, ScopePart::Region),
        scope(SignatureLocation::AuthorizationHeader, ScopePart::Region),
        scope(SignatureLocation::Form, ScopePart::Region),
        scope(url, ScopePart::Product),
        VerifyError::UnknownAccessKeyId { id: text("fake-id") },
        VerifyError::Expired { expired_at: earlier, now },
        VerifyError::NotYetValid { signed_at: now, now: earlier },
        VerifyError::TimeTooSkewed { signed_at: earlier, now },
        VerifyError::CredentialsExpired { expired_at: earlier, now },
        VerifyError::SecurityToken { missing: true },
        VerifyError::SecurityToken { missing: false },
        VerifyError::SignatureEmpty,
        VerifyError::SignatureMismatch,
    ]
}

#[test]
fn refused_signatures() {
    let mut told = String::new();
    for error in verify_errors() {
        let (status, code, ec) = (error.http_status(), error.code(), error.ec().unwrap_or("-"));
        writeln!(told, "{status} {code} {ec} {}: {error}", error.cause_code()).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn refused_forms() {
    let (earlier, now) = (at(1_731_400_358), at(1_731_404_000));
    let condition = |operator| FormError::ConditionNotMet { operator, field: text("key") };
    let mut errors: Vec<FormError> = verify_errors().into_iter().map(FormError::from).collect();
    errors.retain(|error| error.ec().is_some());
    errors.extend([
        FormError::from(VerifyError::SignatureEmpty),
        FormError::DuplicateField { name: text("policy") },
        FormError::PolicyMalformed,
        FormError::PolicyLacks { name: "x-oss-date" },
        FormError::PolicyExpired { expired_at: earlier, now },
        condition(Operator::Equals),
        condition(Operator::StartsWith),
        condition(Operator::OneOf),
        condition(Operator::NoneOf),
        FormError::TooSmall { least: 2, bytes: 1 },
        FormError::TooLarge { most: 1, bytes: 2 },
    ]);
    let mut told = String::new();
    for error in errors {
        let (status, code, ec) = (error.http_status(), error.code(), error.ec().unwrap_or("-"));
        writeln!(told, "{status} {code} {ec} {}: {error}", error.cause_code()).unwrap();
    }
    insta::assert_snapshot!(told);
}

/// Every cause of a refusal.
fn causes() -> Vec<Cause> {
    let (name, signed, sent) = (text("x-oss-meta-a"), text("this-value"), text("that-value"));
    let content_type = text("Content-Type");
    let content_md5 = text("content-md5");
    let line = |line| Cause::Canonical { line, signed: text("this-value"), received: text("that-value") };
    let mut causes = vec![
        Cause::HeaderMissing { name: name.clone(), signed: Some(signed.clone()) },
        Cause::HeaderMissing { name: content_md5.clone(), signed: None },
        Cause::HeaderDiffers { name: name.clone(), signed: signed.clone(), sent: sent.clone() },
        Cause::HeaderDiffers { name: content_md5, signed: signed.clone(), sent: sent.clone() },
        Cause::HeaderUnexpected { name: name.clone(), sent: sent.clone() },
        Cause::HeaderUnexpected { name: content_type.clone(), sent: sent.clone() },
        Cause::HeaderDoubtful { name: content_type, sent: sent.clone() },
        Cause::HeaderChanged { name: name.clone(), sent: Some(signed.clone()), received: Some(sent.clone()) },
        Cause::HeaderChanged { name: name.clone(), sent: None, received: Some(sent.clone()) },
        Cause::HeaderChanged { name: name.clone(), sent: Some(sent.clone()), received: None },
        Cause::AdditionalHeaderMissing,
        Cause::FormBody,
        Cause::Method { signed: text("PUT"), sent: text("POST") },
        Cause::MethodChanged { sent: text("PUT"), received: text("POST") },
        Cause::HeadWithGetUrl,
        Cause::Host { signed: signed.clone(), sent: sent.clone() },
        Cause::HostDoubtful { sent: sent.clone() },
        Cause::Path { signed: signed.clone(), sent: sent.clone() },
        Cause::DoubleEncoding,
        Cause::PlusInPath,
        Cause::ParameterAdded { name: name.clone() },
        Cause::ParameterLost { name: name.clone() },
        Cause::ParameterChanged { name: name.clone() },
        Cause::UrlCut,
        Cause::AuthorizationBeside,
    ];
    causes.extend(
        [
            CanonicalLine::Method,
            CanonicalLine::Uri,
            CanonicalLine::Query,
            CanonicalLine::Header,
            CanonicalLine::Tail,
        ]
        .map(line),
    );
    let (earlier, now) = (Some(at(1_731_400_358)), Some(at(1_731_404_000)));
    causes.extend([
        Cause::SigningTime { signed: signed.clone(), server: sent.clone() },
        Cause::Scope { signed: signed.clone(), server: sent },
        Cause::Expired { at: earlier, server: now },
        Cause::Expired { at: None, server: None },
        Cause::ClockSkew { signed_at: earlier, server: now },
        Cause::ClockSkew { signed_at: None, server: now },
        Cause::SecurityTokenExpired,
        Cause::SecurityToken,
        Cause::UnknownAccessKey { id: Some(text("fake-id")) },
        Cause::UnknownAccessKey { id: None },
        Cause::SignedOtherwise { header: Some(name) },
        Cause::SignedOtherwise { header: None },
        Cause::SignedForOther { method: text("PUT") },
        Cause::SignedUnknown,
        Cause::WrongRegion { signed: Some(signed) },
        Cause::WrongRegion { signed: None },
        Cause::CredentialMalformed,
        Cause::ExpiresRange,
        Cause::SignatureVersion,
        Cause::SignatureMissing,
        Cause::AdditionalHeadersEmpty,
        Cause::ContentSha256,
        Cause::IpOrParameterCondition,
        Cause::NoPermission,
        Cause::ObjectExists,
        Cause::ForbidOverwriteValue,
        Cause::ContentMd5,
        Cause::LengthMissing,
        Cause::BodyTooLarge,
        Cause::BodyTooSmall,
        Cause::NoSuchKey,
        Cause::NoSuchBucket,
        Cause::NoSuchUpload,
        Cause::InvalidPart,
        Cause::InvalidPartOrder,
        Cause::MethodNotAllowed,
        Cause::InvalidRange,
        Cause::PolicyDocument,
        Cause::PolicyCondition,
        Cause::FormSignature,
        Cause::FormMalformed,
        Cause::FormFiles,
        Cause::Redirect { status: 307 },
        Cause::ServerFailure { status: 503 },
        Cause::NoAnswer,
        Cause::Opaque,
        Cause::Unknown { code: Some(text("Odd")), status: 0 },
        Cause::Unknown { code: Some(text("Odd")), status: 418 },
        Cause::Unknown { code: None, status: 502 },
    ]);
    causes
}

const MISTAKES: [MistakeCode; 28] = [
    MistakeCode::Method,
    MistakeCode::ContentType,
    MistakeCode::ContentMd5,
    MistakeCode::HeaderMissing,
    MistakeCode::HeaderAdded,
    MistakeCode::HeaderValue,
    MistakeCode::Host,
    MistakeCode::AdditionalHeaders,
    MistakeCode::Path,
    MistakeCode::PathEncoding,
    MistakeCode::QueryAdded,
    MistakeCode::QueryLost,
    MistakeCode::QueryValue,
    MistakeCode::QueryEncoding,
    MistakeCode::UrlCut,
    MistakeCode::UrlEscaped,
    MistakeCode::SecurityToken,
    MistakeCode::Region,
    MistakeCode::Product,
    MistakeCode::Date,
    MistakeCode::Secret,
    MistakeCode::SecretOfProfile,
    MistakeCode::AccessKeyId,
    MistakeCode::Algorithm,
    MistakeCode::PayloadHash,
    MistakeCode::SignatureDamaged,
    MistakeCode::Expired,
    MistakeCode::Clock,
];

/// A cause says what happened, then, after a colon, what to do; and shows what was signed and sent as it says it.
#[test]
fn causes_of_refusals() {
    let mut told = String::new();
    for cause in causes() {
        let sentence = cause.to_string();
        assert!(sentence.contains(": ") || matches!(cause, Cause::Unknown { .. }), "{sentence}");
        for (kind, shown) in [("this-value", cause.signed()), ("that-value", cause.sent())] {
            let said = sentence.contains(kind) && !matches!(cause, Cause::HeaderChanged { .. });
            assert!(!said || shown == Some(kind), "{kind} is said and not shown: {sentence}");
        }
        writeln!(told, "{}: {sentence}", cause.code()).unwrap();
    }
    insta::assert_snapshot!(told);
}

/// Programs find the same code whoever found the mistake: verification, diagnosis or the search.
#[test]
fn one_vocabulary_of_codes() {
    let codes: BTreeSet<&str> = MISTAKES.iter().map(|code| code.as_str()).chain(["unknown"]).collect();
    assert_eq!(codes.len(), MISTAKES.len() + 1, "two mistakes have one code");
    let remedies: BTreeSet<&str> = MISTAKES.iter().map(|code| code.remedy()).collect();
    assert!(remedies.iter().all(|remedy| remedy.ends_with('.') && remedy.len() > 20), "{remedies:#?}");
    // A URL that lost its end and one that lost a parameter are mended alike.
    assert_eq!(remedies.len(), MISTAKES.len() - 1);
    for code in MISTAKES {
        assert_eq!(code.to_string(), code.as_str());
    }
    for cause in causes() {
        assert!(codes.contains(cause.code()), "{cause}");
    }
    for error in verify_errors() {
        assert!(codes.contains(error.cause_code()), "{error}");
    }
}

#[test]
fn refused_presigned_requests() {
    let errors = [
        PresignedRequestError::Method,
        PresignedRequestError::NotAnHttpUrl,
        PresignedRequestError::NotEncoded,
        PresignedRequestError::MissingParameter { name: "x-oss-signature", cut: true },
        PresignedRequestError::MissingParameter { name: "x-oss-signature-version", cut: false },
        PresignedRequestError::Malformed(VerifyError::Date),
        PresignedRequestError::Expiry,
        PresignedRequestError::HeaderName { name: "a\u{1b}b".into() },
        PresignedRequestError::HeaderValue { name: "x-oss-meta-a".into() },
        PresignedRequestError::DuplicateHeader { name: "x-oss-meta-a".into() },
    ];
    let told: String = errors.iter().map(|error| format!("{}: {error}\n", error.code())).collect();
    insta::assert_snapshot!(told);
}
