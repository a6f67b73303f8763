//! PostObject.

use std::sync::mpsc;
use std::time::Duration;

use oss_local::{Acl, Clock, Credential};
use oss_presign::explain::MistakeCode;
use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, PostPolicy, Region, Scheme, Signer, Timestamp,
};

use crate::client::{Answer, BUCKET, Connection, ID, NOW, SECRET, exchange, get, server};

const BOUNDARY: &str = "----fake-boundary";
type Fields = Vec<(String, String)>;

fn sign(policy: &PostPolicy<'_>) -> Fields {
    let credentials = Credentials::new(ID, SECRET).unwrap();
    let now = Timestamp::from_unix(NOW).unwrap();
    let signer = Signer::new(&credentials, Region::new("cn-hangzhou").unwrap(), now);
    let endpoint = Endpoint::path_style("127.0.0.1").unwrap().with_scheme(Scheme::Http);
    let form = signer.sign_form_to_owned(policy, &endpoint, now, Expiry::secs(600).unwrap()).unwrap();
    form.fields().to_vec()
}

fn policy(prefix: &'static str) -> PostPolicy<'static> {
    PostPolicy::for_prefix(Bucket::new(BUCKET).unwrap(), prefix).unwrap()
}

fn body(fields: &Fields, file: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .as_bytes(),
        );
    }
    if let Some((name, content)) = file {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn send(server: &oss_local::RunningServer, body: &[u8]) -> Answer {
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    exchange(server, "POST", "/examplebucket/", &[("Content-Type", &content_type)], body).await
}

async fn post(server: &oss_local::RunningServer, fields: &Fields, file: (&str, &[u8])) -> Answer {
    send(server, &body(fields, Some(file))).await
}

fn with(mut fields: Fields, name: &str, value: &str) -> Fields {
    fields.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

#[tokio::test]
async fn a_signed_form_uploads_a_file_of_any_size() {
    let directory = tempfile::tempdir().unwrap();
    for server in [server(), server().directory(directory.path())] {
        let server = server.start().await.unwrap();
        let fields = sign(policy("user/").equals("x-oss-meta-owner", "42").unwrap());
        for (name, size) in [("a.png", 0), ("b.png", 1), ("ü .png", 3_000_000)] {
            let content: Vec<u8> = (0..size).map(|i: u32| (i % 256) as u8).collect();
            let stored = post(&server, &fields, (name, &content)).await.expect(204);
            assert!(stored.header("etag").is_some() && stored.header("x-oss-hash-crc64ecma").is_some());
            let found = get(&server, &format!("user/{name}")).await.expect(200);
            assert_eq!(found.body, content);
            assert_eq!(found.header("content-type"), Some("image/png"));
            assert_eq!(found.header("x-oss-meta-owner"), Some("42"));
        }
    }
}

#[tokio::test]
async fn forms_choose_their_answer() {
    let server = server().start().await.unwrap();
    let one = sign(policy("user/").success_action_status(201).unwrap());
    let created = post(&server, &one, ("a&b", b"x")).await.expect(201);
    assert_eq!(created.element("Key"), Some("user/a&amp;b"));
    assert_eq!(created.element("Location"), Some("http://127.0.0.1/examplebucket/user/a%26b"));
    let two = sign(policy("user/").success_action_redirect("https://app.example.com/done?a=1").unwrap());
    let moved = post(&server, &two, ("c", b"x")).await.expect(303);
    let etag = "%229DD4E461268C8034F5C8564E155C67A6%22"; // MD5 of `x`, by md5sum
    let target = format!("https://app.example.com/done?a=1&bucket=examplebucket&key=user%2Fc&etag={etag}");
    assert_eq!(moved.header("location"), Some(target.as_str()));
}

#[tokio::test]
async fn what_the_policy_does_not_allow_is_refused() {
    let clock = Clock::fixed(NOW);
    let server = server().clock(clock.clone()).start().await.unwrap();
    let mut strict = policy("user/");
    strict
        .content_length_range(3..=5)
        .unwrap()
        .one_of("content-type", &["image/png", "image/jpeg"])
        .unwrap()
        .none_of("cache-control", &["no-cache"])
        .unwrap()
        .starts_with("x-oss-meta-owner", "user-")
        .unwrap();
    let fields = with(with(sign(&strict), "Content-Type", "image/png"), "x-oss-meta-owner", "user-42");
    post(&server, &fields, ("ok", b"1234")).await.expect(204);
    post(&server, &fields, ("s", b"12")).await.expect_error(400, "EntityTooSmall");
    post(&server, &fields, ("l", b"123456")).await.expect_error(400, "EntityTooLarge");
    for (name, value) in [
        ("key", "other/${filename}"),
        ("content-type", "image/gif"),
        ("cache-control", "no-cache"),
        ("x-oss-meta-owner", "admin"),
    ] {
        post(&server, &with(fields.clone(), name, value), ("f", b"1234"))
            .await
            .expect_error(403, "AccessDenied");
    }
    let forged = with(fields.clone(), "x-oss-signature", &"0".repeat(64));
    let refused = post(&server, &forged, ("f", b"1234")).await.expect_error(403, "SignatureDoesNotMatch");
    assert_eq!(refused.header("x-oss-ec"), Some("0002-00000705"));
    let policy_field = fields.iter().find(|(name, _)| name == "policy").unwrap().1.clone();
    assert_eq!(refused.element("StringToSign"), Some(policy_field.as_str()));
    let without: Fields = fields.iter().filter(|(name, _)| name != "x-oss-signature").cloned().collect();
    let refused = post(&server, &without, ("f", b"1234")).await.expect_error(400, "InvalidArgument");
    assert_eq!(refused.header("x-oss-ec"), Some("0002-00000703"));
    clock.advance(600);
    post(&server, &fields, ("late", b"1234")).await.expect_error(403, "AccessDenied");
    clock.set(NOW);
    for key in ["s", "l", "f", "late"] {
        get(&server, &format!("user/{key}")).await.expect_error(404, "NoSuchKey");
    }
}

#[tokio::test]
async fn forms_that_are_none() {
    let server = server().start().await.unwrap();
    let fields = sign(&policy("user/"));
    let whole = body(&fields, Some(("f", b"content")));
    send(&server, &body(&fields, None)).await.expect_error(400, "IncorrectNumberOfFilesInPOSTRequest");
    let mut two = body(&fields, Some(("f", b"content")));
    two.truncate(two.len() - BOUNDARY.len() - 6);
    two.extend_from_slice(&body(&Vec::new(), Some(("g", b"content"))));
    send(&server, &two).await.expect_error(400, "IncorrectNumberOfFilesInPOSTRequest");
    for cut in [10, whole.len() / 2, whole.len() - 20] {
        send(&server, &whole[..cut]).await.expect_error(400, "MalformedPOSTRequest");
    }
    send(&server, b"").await.expect_error(400, "MalformedPOSTRequest");
    let keyless: Fields = fields.iter().filter(|(name, _)| name != "key").cloned().collect();
    post(&server, &keyless, ("f", b"x")).await.expect_error(400, "MalformedPOSTRequest");
    let twice = [fields.clone(), vec![("KEY".to_owned(), "user/x".to_owned())]].concat();
    post(&server, &twice, ("f", b"x")).await.expect_error(400, "MalformedPOSTRequest");
    let long = with(fields.clone(), "x-oss-meta-a", &"a".repeat(300_000));
    post(&server, &long, ("f", b"x")).await.expect_error(400, "FieldItemTooLong");
    for content_type in ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"] {
        exchange(&server, "POST", "/examplebucket/", &[("Content-Type", content_type)], &whole)
            .await
            .expect_error(400, "MalformedPOSTRequest");
    }
    get(&server, "user/f").await.expect_error(404, "NoSuchKey");
}

#[tokio::test]
async fn an_unsigned_form_needs_an_open_bucket() {
    let fields = vec![("key".to_owned(), "a".to_owned())];
    let closed = server().start().await.unwrap();
    post(&closed, &fields, ("f", b"x")).await.expect_error(403, "AccessDenied");
    let open = server().default_acl(Acl::PublicReadWrite).start().await.unwrap();
    post(&open, &fields, ("f", b"x")).await.expect(204);
    assert_eq!(get(&open, "a").await.text(), "x");
}

#[tokio::test]
async fn a_form_for_one_key_over_a_slow_connection() {
    let server = server().start().await.unwrap();
    let key = ObjectKey::new("one").unwrap();
    let fields = sign(&PostPolicy::for_key(Bucket::new(BUCKET).unwrap(), key).unwrap());
    let whole = body(&fields, Some(("f", b"--not the boundary\r\n------fake-boundarx")));
    let mut connection = Connection::open(server.addr()).await;
    let head = format!(
        "POST /examplebucket HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=\"{BOUNDARY}\"\r\n\
         Content-Length: {}\r\n\r\n",
        whole.len()
    );
    connection.send(head).await;
    for byte in whole {
        connection.send([byte]).await;
    }
    connection.answer_to("POST").await.unwrap().expect(204);
    assert_eq!(get(&server, "one").await.text(), "--not the boundary\r\n------fake-boundarx");
}

/// A server whose test wants to know why a form was refused: the proof is a value in the record of the request.
#[tokio::test]
async fn the_proof_of_a_refused_form_is_recorded_and_not_answered() {
    let (sender, records) = mpsc::channel();
    let server = server()
        .credential(Credential::new("fake-other-id", "fake-other-secret"))
        .clock(Clock::fixed(NOW))
        .on_request(move |record| drop(sender.send(record.clone())));
    let server = server.start().await.unwrap();
    let right = sign(&policy("up/"));
    let field = |wanted: &str| {
        let found = right.iter().find(|(name, _)| name == wanted).unwrap();
        found.1.clone()
    };
    let named = with(right.clone(), "key", "up/a.txt");

    // Another secret than that of the access key id, which the form names.
    let other = field("x-oss-credential").replace(ID, "fake-other-id");
    // Blanks in place of plus signs, as a decoder of URL-encoded forms makes them.
    let policy = field("policy");
    let damaged = format!("{} {}", &policy[..10], &policy[10..]);
    for (name, value, code, says) in [
        ("x-oss-credential", other, MistakeCode::AccessKeyId, "does not belong to"),
        ("policy", damaged, MistakeCode::QueryValue, "blanks or line ends were put into it"),
    ] {
        let answer = post(&server, &with(named.clone(), name, &value), ("a", b"x")).await;
        let answer = answer.expect(403);
        let record = records.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!((record.method.as_str(), record.ec.as_deref()), ("POST", Some("0002-00000705")));
        let [mistake] = record.proof.as_slice() else { panic!("{name}: {:?}", record.proof) };
        assert_eq!(mistake.code(), code, "{mistake}");
        assert!(mistake.says().contains(says), "{mistake}");
        assert!(!answer.text().contains(says), "{}", answer.text());
        for secret in [SECRET, "fake-other-secret", field("x-oss-signature").as_str()] {
            assert!(!format!("{:?}", record).contains(secret), "{record:?}");
        }
    }

    // A refusal with another reason, and an acceptance, have no proof.
    post(&server, &with(named.clone(), "key", "down/a.txt"), ("a", b"x")).await.expect(403);
    assert_eq!(records.recv_timeout(Duration::from_secs(10)).unwrap().proof, []);
    post(&server, &named, ("a", b"x")).await.expect(204);
    assert_eq!(records.recv_timeout(Duration::from_secs(10)).unwrap().proof, []);
}
