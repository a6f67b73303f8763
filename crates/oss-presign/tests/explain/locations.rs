//! `Authorization` headers and PostObject forms.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use oss_presign::Timestamp;
use oss_presign::explain::{
    DEFAULT_BUDGET, Evidence, Explanation, Finding, FormEvidence, KnownSecret, SentRequest, explain,
    explain_form,
};

use crate::kinds::{BUCKET, ID, OTHER_ID, OTHER_SECRET, SECRET, TOKEN, right};
use crate::plain::{Sheet, base64_hmac_sha1, encode, hex, hmac};
use crate::random::Random;

/// With a plus, a slash and padding in its base64.
const POLICY: &str =
    r#"{"expiration":"2024-11-12T09:32:38.000Z","conditions":[["starts-with","$key","用户/?>~"]]}"#;

const SECRETS: [KnownSecret<'_>; 2] = [
    KnownSecret { name: None, access_key_id: ID, access_key_secret: SECRET, security_token: None },
    KnownSecret {
        name: Some("b"),
        access_key_id: OTHER_ID,
        access_key_secret: OTHER_SECRET,
        security_token: None,
    },
];

fn codes(explanation: &Explanation) -> Vec<&'static str> {
    explanation.mistakes().iter().map(|mistake| mistake.code().as_str()).collect()
}

/// Signs a text with the key of a sheet.
fn signed(sheet: &Sheet, text: &str) -> String {
    hex(&hmac(&sheet.key(), text))
}

fn form(sheet: &Sheet, policy: &str, signature: &str, handed_out: Option<&str>) -> Explanation {
    let credential = format!("{}/{}/{}/oss/aliyun_v4_request", sheet.access_key_id, sheet.day, sheet.region);
    let fields = [
        ("key", "用户/a"),
        ("policy", policy),
        ("x-oss-signature-version", "OSS4-HMAC-SHA256"),
        ("X-Oss-Credential", credential.as_str()),
        ("x-oss-date", sheet.date_time.as_str()),
        ("x-oss-signature", signature),
    ];
    let evidence = FormEvidence {
        fields: &fields,
        signed_policy: handed_out,
        secrets: &SECRETS,
        region: None,
        now: None,
    };
    explain_form(&evidence, DEFAULT_BUDGET)
}

#[test]
fn forms() {
    let date = ("20241112T083238Z".to_owned(), "20241112".to_owned());
    let sheet = Sheet { date_time: date.0, day: date.1, ..right(&mut Random(0), true).signed };
    let policy = STANDARD.encode(POLICY);
    assert!(policy.contains('+') || policy.contains('/'), "{policy}");
    let other = Sheet { secret: OTHER_SECRET.into(), ..sheet.clone() };
    let line_feed = Sheet { secret: format!("{SECRET}\n"), ..sheet.clone() };
    let region = Sheet { region: format!("oss-{}", sheet.region), ..sheet.clone() };
    let day = Sheet { day: "20241111".into(), ..sheet.clone() };
    assert_eq!(
        form(&sheet, &policy, &signed(&sheet, &policy), None).finding(),
        &Finding::Right { method: "POST".into() }
    );
    let cases = [
        ("another secret", "secret-of-profile", signed(&other, &policy)),
        ("a line feed behind the secret", "secret", signed(&line_feed, &policy)),
        ("another region", "region", signed(&region, &policy)),
        ("another day", "date", signed(&day, &policy)),
        ("base64 for URLs", "algorithm", signed(&sheet, &URL_SAFE.encode(POLICY))),
        ("without padding", "algorithm", signed(&sheet, &URL_SAFE_NO_PAD.encode(POLICY))),
        ("the JSON itself", "algorithm", signed(&sheet, POLICY)),
        ("V1", "algorithm", base64_hmac_sha1(SECRET, &policy)),
        ("cut", "signature-damaged", signed(&sheet, &policy)[..50].to_owned()),
    ];
    for (name, code, signature) in cases {
        assert_eq!(codes(&form(&sheet, &policy, &signature, None)), [code], "{name}");
    }
    let changed = STANDARD.encode(POLICY.replace("用户", "user"));
    let signature = signed(&sheet, &policy);
    assert_eq!(codes(&form(&sheet, &changed, &signature, Some(&policy))), ["query-value"]);
    assert_eq!(form(&sheet, &changed, &signature, None).finding(), &Finding::NotFound);
    let spaced = STANDARD.encode(POLICY.replace(",\"conditions\":", ", \"conditions\": "));
    assert_eq!(codes(&form(&sheet, &spaced, &signature, None)), ["query-value"]);
    let both = signed(&other, &URL_SAFE.encode(POLICY));
    assert_eq!(codes(&form(&sheet, &policy, &both, None)), ["secret-of-profile", "algorithm"]);
}

/// Base64 in lines of 76 characters, as MIME has it (RFC 2045).
fn in_lines(base64: &str, end: &str) -> String {
    let lines: Vec<_> =
        base64.as_bytes().chunks(76).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    lines.join(end)
}

#[test]
fn damaged_policies() {
    let sheet = right(&mut Random(0), true).signed;
    let policy = STANDARD.encode(POLICY);
    let signature = signed(&sheet, &policy);
    assert!(policy.len() > 76 && policy.contains('+'), "{policy}");
    let text_of = |explanation: Explanation| {
        let [mistake] = explanation.mistakes() else { panic!("{explanation:?}") };
        format!("{}: {mistake}\n", mistake.code())
    };
    let mut told = String::new();
    for end in ["\n", "\r\n"] {
        told += &text_of(form(&sheet, &in_lines(&policy, end), &signature, None));
        told += &text_of(form(&sheet, &policy, &signed(&sheet, &in_lines(&policy, end)), None));
        let ended = in_lines(&policy, end) + end;
        told += &text_of(form(&sheet, &policy, &signed(&sheet, &ended), None));
    }
    told += &text_of(form(&sheet, &policy.replace('+', " "), &signature, None));
    // The blanks and quotes in a string of the JSON are its own.
    let compact = r#"{"conditions":[["eq","$key","a \" : b"]]}"#;
    let spaced = r#"{ "conditions" : [ ["eq", "$key", "a \" : b"] ] }"#;
    let signature = signed(&sheet, &STANDARD.encode(compact));
    told += &text_of(form(&sheet, &STANDARD.encode(spaced), &signature, None));
    told += &text_of(form(&sheet, &STANDARD.encode(spaced), &signed(&sheet, compact), None));
    insta::assert_snapshot!(told);
}

#[test]
fn forms_with_nothing_to_explain() {
    let sheet = right(&mut Random(0), true).signed;
    let policy = STANDARD.encode(POLICY);
    let signature = signed(&sheet, &policy);
    let credential = format!("{ID}/{}/{}/oss/aliyun_v4_request", sheet.day, sheet.region);
    let whole = [
        ("policy", policy.as_str()),
        ("x-oss-credential", credential.as_str()),
        ("x-oss-date", sheet.date_time.as_str()),
        ("x-oss-signature", signature.as_str()),
        ("x-oss-signature-version", "OSS4-HMAC-SHA256"),
    ];
    let explained = |fields: &[(&str, &str)], secrets: &[KnownSecret<'_>]| {
        let evidence = FormEvidence { fields, signed_policy: None, secrets, region: None, now: None };
        explain_form(&evidence, DEFAULT_BUDGET)
    };
    assert_eq!(explained(&whole, &SECRETS).finding(), &Finding::Right { method: "POST".into() });
    for at in 0..4 {
        let mut fields = whole.to_vec();
        let (name, _) = fields.remove(at);
        let explanation = explained(&fields, &SECRETS);
        assert_eq!((explanation.finding(), explanation.tried()), (&Finding::Unreadable, 0), "no {name}");
    }
    assert_eq!(explained(&whole, &[]).finding(), &Finding::Unreadable);
    let unsigned = [&whole[..3], &[("x-oss-signature", "none")]].concat();
    assert_eq!(explained(&unsigned, &SECRETS).finding(), &Finding::Unreadable);
}

#[test]
fn forms_of_an_unknown_id() {
    let sheet = Sheet { access_key_id: "LTAI5tDeletedLongAgo".into(), ..right(&mut Random(0), true).signed };
    let policy = STANDARD.encode(POLICY);
    let explanation = form(&sheet, &policy, &signed(&sheet, &policy), None);
    assert_eq!(codes(&explanation), ["access-key-id"]);
    assert_eq!(
        explanation.mistakes()[0].says(),
        "The form was signed with the secret at hand, but names an access key id that does not belong to it."
    );
    assert_eq!(explanation.mistakes()[0].signed(), Some(ID));
}

/// A request that is signed in its header, and what was sent of it.
fn header(sheet: &Sheet, sent: &Sheet) -> Explanation {
    header_with(sheet, sent, "x-oss-date", None)
}

/// Likewise, with the date in a header of this name, at this time of the server.
fn header_with(sheet: &Sheet, sent: &Sheet, date: &str, now: Option<u64>) -> Explanation {
    // OSS, "Include a V4 signature in the Authorization header".
    let mut sheet = sheet.clone();
    sheet.query_text = Some(String::new());
    sheet.header("x-oss-content-sha256", "UNSIGNED-PAYLOAD");
    sheet.header(date, &sheet.date_time.clone());
    let credential = format!("{ID}/{}/{}/oss/aliyun_v4_request", sent.day, sent.region);
    let authorization = format!("OSS4-HMAC-SHA256 Credential={credential},Signature={}", sheet.signature());
    let mut sent = sent.clone();
    sent.header("x-oss-content-sha256", "UNSIGNED-PAYLOAD");
    sent.header(date, &sent.date_time.clone());
    sent.header("authorization", &authorization);
    let headers: Vec<_> = sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let url = format!("https://{}{}", sent.host, sent.path);
    let sent = SentRequest { method: Some(&sent.method), url: &url, headers: Some(&headers) };
    let now = now.map(|seconds| Timestamp::from_unix(seconds).unwrap());
    explain(&Evidence { now, ..Evidence::new(sent, &SECRETS) }, DEFAULT_BUDGET)
}

#[test]
fn authorization_headers() {
    let mut sheet = right(&mut Random(0), true).signed;
    (sheet.security_token, sheet.query) = (None, Vec::new());
    sheet.method = "PUT".into();
    sheet.header("content-type", "text/plain");
    assert_eq!(header(&sheet, &sheet).finding(), &Finding::Right { method: "PUT".into() });
    let mut sent = sheet.clone();
    sent.header("content-type", "image/png");
    let explanation = header(&sheet, &sent);
    assert_eq!(codes(&explanation), ["content-type"]);
    assert_eq!(
        explanation.mistakes()[0].says(),
        "The request was signed with `content-type: text/plain`, but the request carried `image/png`."
    );
    let other = Sheet { method: "POST".into(), ..sheet.clone() };
    assert_eq!(codes(&header(&sheet, &other)), ["method"]);
    let other = Sheet { uri: sheet.uri.replace(&format!("/{BUCKET}"), ""), ..sheet.clone() };
    assert_eq!(codes(&header(&other, &sheet)), ["path"]);
    let other = Sheet { region: format!("oss-{}", sheet.region), ..sheet.clone() };
    assert_eq!(codes(&header(&other, &sheet)), ["region"]);
    let other = Sheet { secret: OTHER_SECRET.into(), ..sheet.clone() };
    assert_eq!(codes(&header(&other, &sheet)), ["secret-of-profile"]);
}

#[test]
fn tokens_and_times_of_authorization_headers() {
    let mut sheet = right(&mut Random(0), true).signed;
    (sheet.security_token, sheet.query) = (None, Vec::new());
    (sheet.date_time, sheet.day) = ("20241112T083238Z".into(), "20241112".into());
    let right = Finding::Right { method: sheet.method.clone() };
    let mut sent = sheet.clone();
    sent.header("x-oss-security-token", TOKEN);
    assert_eq!(header(&sent, &sent).finding(), &right);
    let says = |explanation: &Explanation| {
        let [mistake] = explanation.mistakes() else { panic!("{explanation:?}") };
        let hidden = format!("{explanation:?}");
        assert!(!hidden.contains(TOKEN) && !hidden.contains(&encode(TOKEN, "")), "{hidden}");
        format!("{}: {mistake}", mistake.code())
    };
    assert_eq!(
        says(&header(&sheet, &sent)),
        "security-token: Header `x-oss-security-token` was sent, but not signed."
    );
    let mut encoded = sheet.clone();
    encoded.header("x-oss-security-token", &encode(TOKEN, ""));
    assert_eq!(
        says(&header(&encoded, &sent)),
        "security-token: Header `x-oss-security-token` was signed with another value."
    );

    // 2024-11-12T08:32:38Z is 1731400358. OSS refuses a header that was signed more than 15 minutes ago.
    let now = |seconds| header_with(&sheet, &sheet, "x-oss-date", Some(seconds));
    assert_eq!(now(1_731_400_358 + 900).finding(), &right);
    assert_eq!(
        says(&now(1_731_400_358 + 901)),
        "clock: The request was signed at 2024-11-12T08:32:38Z, but the time is 2024-11-12T08:47:39Z: a clock is wrong."
    );
    // `Date` may stand in place of `x-oss-date`, and is then in the string to sign as it was sent.
    let dated = Sheet { date_time: "Tue, 12 Nov 2024 08:32:38 GMT".into(), ..sheet.clone() };
    assert_eq!(header_with(&dated, &dated, "date", Some(1_731_400_358)).finding(), &right);
}
