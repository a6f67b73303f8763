//! PostObject: what official SDKs signed, what our own policies say, and what a server makes of both.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oss_presign::verify::{
    ExpectedScope, FormError, MAX_FORM_FIELDS, Operator, ReceivedForm, ScopePart, VerificationKey,
    VerifyError, verify_form,
};
use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ExpiryError, ObjectKey, PostPolicy, PostPolicyError, PresignError,
    Product, Region, Signer, SigningKey, Timestamp,
};
use serde_json::{Value, json};
use support::Vector;

const SECRET: &str = "fake-access-key-secret";
const TOKEN: &str = "fake-security-token";

fn now() -> Timestamp {
    Timestamp::from_unix(1_731_400_358).unwrap()
}

fn region() -> Region<'static> {
    Region::new("cn-hangzhou").unwrap()
}

fn signer(token: Option<&str>) -> Signer<'_> {
    let credentials = Credentials::new("fake-access-key-id", SECRET).unwrap();
    let credentials = match token {
        Some(token) => credentials.with_security_token(token).unwrap(),
        None => credentials,
    };
    Signer::new(&credentials, region(), now())
}

fn bucket() -> Bucket<'static> {
    Bucket::new("examplebucket").unwrap()
}

fn by_prefix<'a>() -> PostPolicy<'a> {
    PostPolicy::for_prefix(bucket(), "user/eric/").unwrap()
}

/// Fields, in which a test then changes something.
fn fields(policy: &PostPolicy<'_>, token: Option<&str>) -> Vec<(String, String)> {
    let (signer, mut buffer) = (signer(token), [0; 4096]);
    let expiry = Expiry::secs(600).unwrap();
    let endpoint = Endpoint::public(region());
    let form = signer.sign_form(policy, &endpoint, now(), expiry, &mut buffer).unwrap();
    form.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(other, _)| other != name);
    fields.push((name.to_owned(), value.to_owned()));
}

fn verify(
    fields: &[(String, String)],
    content_length: u64,
    now: Timestamp,
    token: Option<&str>,
) -> Result<Timestamp, FormError> {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let received = ReceivedForm { bucket: "examplebucket", fields: &fields, content_length };
    let expected = ExpectedScope { region: region(), product: Product::Oss };
    let verified = verify_form(&received, &expected, now, |id, scope| {
        let key = VerificationKey::new(SigningKey::derive(SECRET, scope));
        let key = match token {
            Some(token) => key.with_security_token(token),
            None => key,
        };
        (id == "fake-access-key-id").then_some(key)
    })?;
    Ok(verified.expires_at().unwrap())
}

#[test]
fn policies_of_official_sdks() {
    let mut count = 0;
    for vector in support::read("post-policy.jsonl") {
        let (signer, mut buffer) = (vector.signer(), [0; 4096]);
        let text = vector.text("policy_base64");
        let signed = signer.sign_policy_base64(text, vector.time(), &mut buffer).unwrap();
        assert_eq!(signed.policy(), text);
        assert_eq!(signed.signature(), vector.text("signature"), "{}", vector.id());
        let mut buffer = [0; 4096];
        let json = vector.text("policy_json").as_bytes();
        let signed = signer.sign_policy(json, vector.time(), &mut buffer).unwrap();
        assert_eq!(signed.policy(), text, "{}", vector.id());
        assert_eq!(signed.signature(), vector.text("signature"), "{}", vector.id());
        let credential = signed.fields().find(|(name, _)| *name == "x-oss-credential").unwrap().1;
        assert_eq!(credential, vector.text("credential"));
        count += 1;
    }
    assert_eq!(count, 60);
}

/// The fields that a form with the vector's policy must have.
fn form_of(vector: &Vector) -> (Vec<(String, String)>, u64) {
    let (signer, mut buffer) = (vector.signer(), [0; 4096]);
    let signed = signer.sign_policy_base64(vector.text("policy_base64"), vector.time(), &mut buffer).unwrap();
    let mut fields: Vec<(String, String)> =
        signed.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    for condition in vector.0["policy"]["conditions"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        if let Some(object) = condition.as_object() {
            for (name, value) in object.iter().filter(|(name, _)| *name != "bucket") {
                set(&mut fields, name, &text(value));
            }
        } else if let [operator, field, value] = &condition.as_array().unwrap()[..] {
            let name = field.as_str().unwrap_or_default().trim_start_matches('$');
            match operator.as_str().unwrap() {
                "eq" | "starts-with" => set(&mut fields, name, &text(value)),
                "in" => set(&mut fields, name, &text(&value[0])),
                _ => {}
            }
        }
    }
    (fields, 1000)
}

#[test]
fn forms_of_official_sdks_verify() {
    let (mut met, mut contradictory) = (0, 0);
    for vector in support::read("post-policy.jsonl") {
        let (fields, content_length) = form_of(&vector);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let received = ReceivedForm { bucket: vector.text("bucket"), fields: &fields, content_length };
        let expected =
            ExpectedScope { region: Region::new(vector.text("region")).unwrap(), product: Product::Oss };
        let verified = verify_form(&received, &expected, vector.time(), |_, scope| {
            let key = VerificationKey::new(SigningKey::derive(vector.text("access_key_secret"), scope));
            Some(match vector.optional("security_token") {
                Some(token) => key.with_security_token(token),
                None => key,
            })
        });
        // Some hold an `eq` and a `starts-with` for the key that contradict each other: no form meets them.
        let conditions = vector.0["policy"]["conditions"].as_array().unwrap();
        if conditions.iter().filter(|condition| condition[1] == "$key").count() > 1 {
            let message = verified.map_err(|error| error.to_string()).unwrap_err();
            assert!(message.contains("$key"), "{}: {message}", vector.id());
            contradictory += 1;
            continue;
        }
        let verified = verified.unwrap_or_else(|error| panic!("{}: {error}", vector.id()));
        met += 1;
        let end = vector.time().saturating_add(u64::from(vector.expiry().seconds()));
        assert_eq!(verified.expires_at(), Some(end), "{}", vector.id());
    }
    assert_eq!((met, contradictory), (55, 5));
}

#[test]
fn a_typed_policy_is_the_json_it_should_be() {
    let mut policy = by_prefix();
    policy
        .content_type("image/jpeg")
        .and_then(|policy| policy.content_length_range(1..=1024))
        .and_then(|policy| policy.starts_with("x-oss-meta-note", "中文 \"quoted\" \\ / 😀"))
        .and_then(|policy| policy.one_of("x-oss-object-acl", &["private", "default"]))
        .and_then(|policy| policy.none_of("cache-control", &["no-cache"]))
        .and_then(|policy| policy.value("x-oss-object-acl", "private"))
        .and_then(|policy| policy.success_action_status(201))
        .and_then(|policy| policy.success_action_redirect("http://example.com/?a=1&b=<2>"))
        .unwrap();
    let fields = fields(&policy, Some(TOKEN));
    let encoded = &fields.iter().find(|(name, _)| name == "policy").unwrap().1;
    let json: Value = serde_json::from_slice(&STANDARD.decode(encoded).unwrap()).unwrap();
    let credential = "fake-access-key-id/20241112/cn-hangzhou/oss/aliyun_v4_request";
    assert_eq!(
        json,
        json!({
            "expiration": "2024-11-12T08:42:38.000Z",
            "conditions": [
                {"bucket": "examplebucket"},
                {"x-oss-signature-version": "OSS4-HMAC-SHA256"},
                {"x-oss-credential": credential},
                {"x-oss-date": "20241112T083238Z"},
                {"x-oss-security-token": TOKEN},
                ["starts-with", "$key", "user/eric/"],
                ["eq", "$content-type", "image/jpeg"],
                ["content-length-range", 1, 1024],
                ["starts-with", "$x-oss-meta-note", "中文 \"quoted\" \\ / 😀"],
                ["in", "$x-oss-object-acl", ["private", "default"]],
                ["not-in", "$cache-control", ["no-cache"]],
                ["eq", "$success_action_status", "201"],
                ["eq", "$success_action_redirect", "http://example.com/?a=1&b=<2>"],
            ],
        })
    );
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "key",
            "content-type",
            "x-oss-object-acl",
            "success_action_status",
            "success_action_redirect",
            "policy",
            "x-oss-signature-version",
            "x-oss-credential",
            "x-oss-date",
            "x-oss-security-token",
            "x-oss-signature",
        ]
    );
    assert_eq!(fields[0].1, "user/eric/${filename}");
}

#[test]
fn json_and_html_carry_the_fields() {
    let key = ObjectKey::new("a\"b<c>&'d.jpg").unwrap();
    let mut policy = PostPolicy::for_key(bucket(), key).unwrap();
    policy.starts_with("content-type", "image/").unwrap();
    let (signer, mut buffer) = (signer(Some(TOKEN)), [0; 4096]);
    let endpoint = Endpoint::public(region());
    let form = signer.sign_form(&policy, &endpoint, now(), Expiry::secs(600).unwrap(), &mut buffer).unwrap();
    assert_eq!(form.url(), "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/");
    assert_eq!(form.expires_at().unix(), 1_731_400_958);
    let (mut json, mut html) = (String::new(), String::new());
    form.write_json(&mut json).unwrap();
    form.write_html(&mut html).unwrap();
    #[cfg(feature = "alloc")]
    assert_eq!((form.to_json(), form.to_html()), (json.clone(), html.clone()));
    let json: Value = serde_json::from_str(&json).unwrap();
    let pairs: Vec<Value> = form.fields().map(|(name, value)| json!([name, value])).collect();
    let expected = json!({
        "url": form.url(), "fields": pairs, "open_fields": ["content-type"], "expires_at": 1_731_400_958
    });
    assert_eq!(json, expected);
    assert!(html.contains("name=\"key\" value=\"a&quot;b&lt;c&gt;&amp;&#39;d.jpg\">"), "{html}");
    assert!(html.contains("<input type=\"text\" name=\"content-type\">"), "{html}");
    assert_eq!(html.matches("type=\"hidden\"").count(), form.fields().count());
    assert!(html.find("name=\"file\"").unwrap() > html.rfind("type=\"hidden\"").unwrap());
}

#[cfg(feature = "serde")]
#[test]
fn an_owned_form_says_what_the_borrowed_one_says() {
    let key = ObjectKey::new("a\"b<c>&'d.jpg").unwrap();
    let long = "v".repeat(10_000);
    for value in ["v", long.as_str()] {
        let mut policy = PostPolicy::for_key(bucket(), key).unwrap();
        policy.starts_with("content-type", "image/").unwrap().equals("x-oss-meta-a", value).unwrap();
        let (signer, mut buffer) = (signer(Some(TOKEN)), [0; 32_768]);
        let (endpoint, expiry) = (Endpoint::public(region()), Expiry::secs(600).unwrap());
        let form = signer.sign_form(&policy, &endpoint, now(), expiry, &mut buffer).unwrap();
        let owned = signer.sign_form_to_owned(&policy, &endpoint, now(), expiry).unwrap();
        assert_eq!(serde_json::to_string(&owned).unwrap(), form.to_json());
        assert_eq!(serde_json::from_str::<oss_presign::PresignedForm>(&form.to_json()).unwrap(), owned);
        assert_eq!(owned.to_html(), form.to_html());
        assert_eq!(owned.url(), form.url());
        let fields = owned.fields().iter().map(|(name, value)| (name.as_str(), value.as_str()));
        assert!(fields.eq(form.fields()));
        let signature = form.signed_policy().signature();
        let shown = format!("{owned:?}");
        assert!(!shown.contains(signature) && !shown.contains(TOKEN) && shown.contains("x-oss-meta-a"));
    }
}

/// OSS, "PostObject": any other status is answered as 204, so it is refused here.
#[test]
fn the_status_of_success() {
    for (status, field) in [(200, "200"), (201, "201"), (204, "204")] {
        let mut policy = by_prefix();
        policy.success_action_status(status).unwrap();
        let fields = fields(&policy, None);
        let sent = fields.iter().find(|(name, _)| name == "success_action_status");
        assert_eq!(sent.map(|(_, value)| value.as_str()), Some(field));
    }
    for status in [199, 202, 303, 404] {
        let refused = by_prefix().success_action_status(status).err();
        assert_eq!(refused, Some(PostPolicyError::Status { status }));
    }
}

/// What a form claims can be read before it is verified, to find the key.
#[test]
fn forms_are_read_before_they_are_verified() {
    for vector in support::read("post-policy.jsonl").into_iter().take(10) {
        let (fields, content_length) = form_of(&vector);
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let received = ReceivedForm { bucket: "examplebucket", fields: &fields, content_length };
        let form = received.presented().unwrap();
        assert_eq!(form.credential().access_key_id(), vector.text("access_key_id"));
        assert_eq!(form.signature(), vector.text("signature"));
        assert_eq!(form.string_to_sign(), vector.text("policy_base64"));
    }
}

#[test]
fn a_form_has_a_bounded_number_of_fields() {
    let mut fields = fields(&by_prefix(), None);
    set(&mut fields, "key", "user/eric/a.jpg");
    let more = (fields.len()..MAX_FORM_FIELDS).map(|number| (format!("x-ignore-{number}"), String::new()));
    fields.extend(more.collect::<Vec<_>>());
    assert_eq!(fields.len(), MAX_FORM_FIELDS);
    assert!(verify(&fields, 1, now(), None).is_ok());
    fields.push(("x-ignore".into(), String::new()));
    let refused = verify(&fields, 1, now(), None).unwrap_err();
    assert_eq!(refused, VerifyError::TooMany { what: "form fields", capacity: 100 }.into());
}

#[test]
fn urls_of_forms() {
    let signer = signer(None);
    for (endpoint, expected) in [
        (Endpoint::cname("static.example.com").unwrap(), "https://static.example.com/"),
        (Endpoint::path_style("http://127.0.0.1:9000").unwrap(), "http://127.0.0.1:9000/examplebucket/"),
    ] {
        let (policy, mut buffer) = (by_prefix(), [0; 4096]);
        let expiry = Expiry::secs(1).unwrap();
        assert_eq!(signer.sign_form(&policy, &endpoint, now(), expiry, &mut buffer).unwrap().url(), expected);
    }
}

#[test]
fn refusals_of_signing() {
    let (signer, policy, endpoint) = (signer(None), by_prefix(), Endpoint::public(region()));
    let expiry = Expiry::secs(600).unwrap();
    let mut buffer = [b'x'; 300];
    let Err(PresignError::BufferTooSmall { needed }) =
        signer.sign_form(&policy, &endpoint, now(), expiry, &mut buffer)
    else {
        panic!()
    };
    assert_eq!(buffer, [0; 300]);
    let mut buffer = vec![0; needed];
    assert!(signer.sign_form(&policy, &endpoint, now(), expiry, &mut buffer).is_ok());
    let tomorrow = now().saturating_add(86_400);
    assert!(matches!(
        signer.sign_form(&policy, &endpoint, tomorrow, expiry, &mut buffer),
        Err(PresignError::StaleKey { .. })
    ));
    assert!(matches!(signer.sign_policy(b"{}", tomorrow, &mut buffer), Err(PresignError::StaleKey { .. })));
    let ended = Credentials::new("fake-access-key-id", SECRET).unwrap().expiring_at(now());
    let ended = Signer::new(&ended, region(), now());
    let expected = PresignError::Expiry(ExpiryError::CredentialsExpired { at: now(), now: now() });
    assert_eq!(ended.sign_policy(b"{}", now(), &mut buffer).err(), Some(expected.clone()));
    let refused = ended.sign_form(&policy, &endpoint, now(), expiry, &mut buffer).err();
    assert_eq!(refused, Some(expected));
}

#[test]
fn our_forms_verify_and_what_breaks_them_is_named() {
    let mut policy = by_prefix();
    policy
        .content_length_range(2..=10)
        .and_then(|policy| policy.one_of("content-type", &["image/jpeg", "image/png"]))
        .and_then(|policy| policy.none_of("cache-control", &["no-cache", "no-store"]))
        .and_then(|policy| policy.equals("x-oss-object-acl", "private"))
        .and_then(|policy| policy.starts_with("x-oss-meta-note", "ü"))
        .unwrap();
    let mut fields = fields(&policy, Some(TOKEN));
    set(&mut fields, "key", "user/eric/a.jpg");
    set(&mut fields, "Content-Type", "image/png");
    set(&mut fields, "x-oss-meta-note", "über");
    let end = now().saturating_add(600);
    let check = |fields: &[(String, String)]| verify(fields, 5, now(), Some(TOKEN));
    assert_eq!(check(&fields), Ok(end));

    let changed = |name: &str, value: &str| {
        let mut fields = fields.clone();
        set(&mut fields, name, value);
        check(&fields).unwrap_err()
    };
    let refused = |error: FormError, operator, name: &str| match &error {
        FormError::ConditionNotMet { operator: found, field } => {
            assert_eq!((*found, field.as_str()), (operator, name));
            assert_eq!((error.code(), error.http_status()), ("AccessDenied", 403));
        }
        other => panic!("{other:?}"),
    };
    refused(changed("key", "user/bob/a.jpg"), Operator::StartsWith, "key");
    refused(changed("Content-Type", "text/html"), Operator::OneOf, "content-type");
    refused(changed("cache-control", "no-store"), Operator::NoneOf, "cache-control");
    refused(changed("x-oss-object-acl", "public-read"), Operator::Equals, "x-oss-object-acl");
    refused(changed("x-oss-meta-note", "uber"), Operator::StartsWith, "x-oss-meta-note");
    // Within the same day the key is the same: the policy itself holds the date.
    refused(changed("x-oss-date", "20241112T083237Z"), Operator::Equals, "x-oss-date");

    let size = |bytes| verify(&fields, bytes, now(), Some(TOKEN));
    assert_eq!((size(2), size(10)), (Ok(end), Ok(end)));
    assert_eq!(size(1), Err(FormError::TooSmall { least: 2, bytes: 1 }));
    assert_eq!(size(11), Err(FormError::TooLarge { most: 10, bytes: 11 }));
    let at = |time| verify(&fields, 5, time, Some(TOKEN));
    assert_eq!(at(now().saturating_add(599)), Ok(end));
    assert_eq!(at(end), Err(FormError::PolicyExpired { expired_at: end, now: end }));
    let early = Timestamp::from_unix(now().unix() - 901).unwrap();
    assert!(matches!(at(early), Err(FormError::Signature(VerifyError::NotYetValid { .. }))));

    let ec = |error: FormError| error.ec();
    assert_eq!(ec(changed("x-oss-signature", "")), Some("0002-00000704"));
    assert_eq!(ec(changed("x-oss-signature", &"0".repeat(64))), Some("0002-00000705"));
    assert_eq!(ec(changed("x-oss-signature-version", "OSS2")), Some("0002-00000701"));
    assert_eq!(ec(changed("x-oss-credential", "a/b")), Some("0002-00000710"));
    let moved = "fake-access-key-id/20241112/cn-beijing/oss/aliyun_v4_request";
    let error = changed("x-oss-credential", moved);
    assert!(matches!(error, FormError::Signature(VerifyError::WrongScope { part: ScopePart::Region, .. })));
    assert_eq!(error.ec(), Some("0002-00000715"));
    let mut without = fields.clone();
    without.retain(|(name, _)| name != "x-oss-signature");
    assert_eq!(check(&without).unwrap_err().ec(), Some("0002-00000703"));
    let mut twice = fields.clone();
    twice.push(("KEY".to_owned(), "user/eric/b.jpg".to_owned()));
    assert!(matches!(check(&twice), Err(FormError::DuplicateField { .. })));
    assert!(matches!(
        verify(&fields, 5, now(), None),
        Err(FormError::Signature(VerifyError::SecurityToken { missing: false }))
    ));
    let stranger = "stranger/20241112/cn-hangzhou/oss/aliyun_v4_request";
    assert!(matches!(
        changed("x-oss-credential", stranger),
        FormError::Signature(VerifyError::UnknownAccessKeyId { .. })
    ));
}

/// Policies that were signed with the right key and are no policies.
#[test]
fn malformed_policies() {
    let bound = r#"{"x-oss-signature-version":"OSS4-HMAC-SHA256"},
        {"x-oss-credential":"fake-access-key-id/20241112/cn-hangzhou/oss/aliyun_v4_request"},
        ["eq","$x-oss-date","20241112T083238Z"]"#;
    let check = |json: &str| {
        let (signer, mut buffer) = (signer(None), [0; 4096]);
        let signed = signer.sign_policy(json.as_bytes(), now(), &mut buffer).unwrap();
        let fields: Vec<(String, String)> =
            signed.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        verify(&fields, 0, now(), None)
    };
    let with = |expiration: &str, conditions: &str| {
        check(&format!(r#"{{"expiration": "{expiration}", "conditions": [{bound}{conditions}]}}"#))
    };
    let end = "2024-11-13T00:00:00.000Z";
    let ends_at = Timestamp::parse_iso8601_basic("20241113T000000Z").unwrap();
    assert_eq!(with(end, ""), Ok(ends_at));
    assert_eq!(
        with("2024-11-13T00:00:00Z", r#", ["not-in", "$a", []], {"bucket":"examplebucket"}"#),
        Ok(ends_at)
    );
    for conditions in [
        ",",
        ", {}",
        ", []",
        r#", ["eq", "a", ""]"#,
        r#", ["eq", "$a"]"#,
        r#", ["eq", "$a", "", ""]"#,
        r#", ["eq", "$a", 1]"#,
        r#", ["in", "$a", "b"]"#,
        r#", ["not-in", "$a", [1]]"#,
        r#", ["ends-with", "$a", "b"]"#,
        r#", ["content-length-range", 0]"#,
        r#", ["content-length-range", -1, 1]"#,
        r#", ["content-length-range", "0", "1"]"#,
        r#", "a""#,
        r#", {"a": 1}"#,
    ] {
        assert_eq!(with(end, conditions), Err(FormError::PolicyMalformed), "{conditions}");
    }
    for time in [
        "",
        "2024-11-13",
        "2024-11-13T00:00:00",
        "2024-11-13T00:00:00.Z",
        "2024-11-31T00:00:00Z",
        "20241113T000000Z",
    ] {
        assert_eq!(with(time, ""), Err(FormError::PolicyMalformed), "{time}");
    }
    for json in ["", "{}", "[]", r#"{"expiration":"2024-11-13T00:00:00Z"}"#, r#"{"conditions":[]}"#, "{} {}"]
    {
        assert_eq!(check(json), Err(FormError::PolicyMalformed), "{json}");
    }
    for members in [
        format!(r#""expiration":"{end}","expiration":"{end}","conditions":[{bound}]"#),
        format!(r#""expiration":"{end}","conditions":[{bound}],"conditions":[]"#),
        format!(r#""expiration":"{end}","Conditions":[{bound}]"#),
    ] {
        assert_eq!(check(&format!("{{{members}}}")), Err(FormError::PolicyMalformed), "{members}");
    }
    let lacks = check(&format!(r#"{{"conditions":[],"expiration":"{end}"}}"#));
    assert_eq!(lacks, Err(FormError::PolicyLacks { name: "x-oss-signature-version" }));
    assert_eq!(lacks.unwrap_err().code(), "InvalidPolicyDocument");
}
