//! `oss-presign batch` from outside.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// A command that sees no credentials, region or endpoint of whoever runs the tests.
fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oss-presign"));
    command.arg("batch").env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(command: &mut Command, input: &str) -> (Option<i32>, Vec<Value>) {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let feeder = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn vectors(file: &str) -> Vec<Value> {
    let path = format!("{}/../oss-presign/tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A vector without what it expects and where it is from, which are no fields of a line.
fn request(vector: &Value) -> Value {
    const EXPECTED: [&str; 16] = [
        "agree",
        "authorization",
        "canonical_request",
        "cite",
        "credential",
        "disputed",
        "edge",
        "host",
        "others",
        "policy_base64",
        "ref_signature",
        "signature",
        "signing_key_hex",
        "source",
        "string_to_sign",
        "url",
    ];
    let mut line = vector.clone();
    line.as_object_mut().unwrap().retain(|name, _| !EXPECTED.contains(&name.as_str()));
    line
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

/// A line that can be signed.
fn good() -> Value {
    json!({
        "id": 1, "kind": "presign", "method": "PUT", "scheme": "https", "endpoint": "oss-cn-hangzhou.aliyuncs.com",
        "style": "virtual", "bucket": "examplebucket", "key": "a.txt", "region": "cn-hangzhou", "product": "oss",
        "access_key_id": "fake-access-key-id", "access_key_secret": "fake-access-key-secret", "security_token": null,
        "timestamp": 1_731_400_358, "expires": 600, "headers": [["Content-Type", "text/plain"]],
        "additional_headers": [], "query": []
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut line = good();
    line[field] = value;
    line
}

/// Which disputes are refused is stated, and asserted against the library, in the core's `tests/vectors.rs`.
const REFUSED: [(&str, &str); 4] = [
    ("duplicate-query", "DuplicateQuery"),
    ("duplicate-header", "DuplicateHeader"),
    ("additional-empty", "AdditionalHeaderEmpty"),
    ("additional-missing", "AdditionalHeaderMissing"),
];

/// Signs vectors; asserts each answer, and how many were signed and refused.
fn compare(mut vectors: Vec<Value>, signed_and_refused: (usize, usize)) {
    for vector in &mut vectors {
        vector["allow_dot_segments"] = true.into();
    }
    let input: Vec<Value> = vectors.iter().map(request).collect();
    let (status, answers) = run(command().arg("--explain"), &lines(&input));
    assert_eq!(answers.len(), vectors.len());
    let (mut signed, mut refused) = (0, 0);
    for (vector, answer) in vectors.iter().zip(&answers) {
        assert_eq!(vector["id"], answer["id"]);
        let disputes: Vec<&str> = vector["disputed"].as_str().unwrap_or_default().split(',').collect();
        if let Some((_, code)) = REFUSED.iter().find(|(dispute, _)| disputes.contains(dispute)) {
            assert_eq!(answer["error"]["code"], *code, "{}", vector["id"]);
            refused += 1;
            continue;
        }
        let expected = vector.get("ref_signature").unwrap_or(&vector["signature"]);
        assert_eq!(answer["signature"], *expected, "{}", vector["id"]);
        for field in ["canonical_request", "string_to_sign", "authorization"] {
            if vector.get("disputed").is_none() && vector.get(field).is_some() {
                assert_eq!(answer[field], vector[field], "{}", vector["id"]);
            }
        }
        if let Some(expires) = vector["expires"].as_u64() {
            assert_eq!(answer["expires_at"], vector["timestamp"].as_u64().unwrap() + expires);
        }
        signed += 1;
    }
    println!("signed {signed}, refused {refused}");
    assert_eq!((signed, refused), signed_and_refused);
    assert_eq!(status, Some(i32::from(refused > 0)));
}

#[test]
fn every_presigned_url() {
    compare(vectors("presign.jsonl"), (283, 17));
}

#[test]
fn every_authorization_header() {
    compare(vectors("header.jsonl"), (97, 5));
}

#[test]
fn every_known_case() {
    compare(vectors("known.jsonl"), (14, 0));
}

#[test]
fn every_policy() {
    let vectors = vectors("post-policy.jsonl");
    let input: Vec<Value> = vectors.iter().map(request).collect();
    let (status, answers) = run(&mut command(), &lines(&input));
    assert_eq!((status, answers.len()), (Some(0), 60));
    // Without the text, the object is written as short as Node's `JSON.stringify` writes it.
    let objects: Vec<Value> = input
        .iter()
        .map(|vector| {
            let mut vector = vector.clone();
            vector.as_object_mut().unwrap().remove("policy_json");
            vector
        })
        .collect();
    let (_, from_objects) = run(&mut command(), &lines(&objects));
    let mut from_object_equal = 0;
    for ((vector, answer), from_object) in vectors.iter().zip(&answers).zip(&from_objects) {
        assert_eq!(answer["id"], vector["id"]);
        assert_eq!(answer["policy_base64"], vector["policy_base64"], "{}", vector["id"]);
        assert_eq!(answer["signature"], vector["signature"], "{}", vector["id"]);
        let fields: Vec<(&str, &str)> = answer["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
            .collect();
        assert_eq!(fields[0], ("policy", vector["policy_base64"].as_str().unwrap()));
        assert!(fields.contains(&("x-oss-credential", vector["credential"].as_str().unwrap())));
        assert_eq!(fields.last().unwrap(), &("x-oss-signature", vector["signature"].as_str().unwrap()));
        assert_eq!(fields.len(), if vector["security_token"].is_null() { 5 } else { 6 });
        from_object_equal += usize::from(from_object["signature"] == vector["signature"]);
        let decoded = base64(from_object["policy_base64"].as_str().unwrap());
        assert_eq!(serde_json::from_slice::<Value>(&decoded).unwrap(), vector["policy"]);
    }
    println!("signed 60, of them {from_object_equal} the same from the object alone");
}

fn base64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| {
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".iter().position(|&d| d == byte)
    };
    let bits: Vec<usize> = text.bytes().filter_map(digit).collect();
    let groups = bits.chunks(4).map(|group| {
        let word = group.iter().fold(0, |word, digit| word << 6 | digit) << (6 * (4 - group.len()));
        [(word >> 16) as u8, (word >> 8) as u8, word as u8].into_iter().take(group.len() - 1)
    });
    groups.flatten().collect()
}

#[test]
fn answer_has_the_promised_fields() {
    let (status, answers) = run(&mut command(), &lines(&[good()]));
    assert_eq!(status, Some(0));
    let fields: Vec<&String> = answers[0].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["expires_at", "headers", "id", "method", "signature", "url"]);
    let (_, explained) = run(command().arg("--explain"), &lines(&[good()]));
    let mut explained = explained[0].as_object().unwrap().clone();
    let texts = ["canonical_request", "string_to_sign"].map(|name| explained.remove(name).unwrap());
    assert!(texts[0].as_str().unwrap().starts_with("PUT\n/examplebucket/a.txt\n"));
    assert!(texts[1].as_str().unwrap().starts_with("OSS4-HMAC-SHA256\n20241112T083238Z\n"));
    assert_eq!(answers[0].as_object(), Some(&explained), "nothing else is another");
    assert_eq!(answers[0]["headers"], json!([["content-type", "text/plain"]]));
    assert_eq!(answers[0]["expires_at"], 1_731_400_958);
}

fn policy(field: &str, value: Value) -> Value {
    let mut line = with("kind", json!("post-policy"));
    line[field] = value;
    line
}

#[test]
fn more_than_a_small_description_holds() {
    let headers: Vec<Value> = (0..20).map(|n| json!([format!("x-oss-meta-{n}"), "v"])).collect();
    let (status, answers) = run(&mut command(), &lines(&[with("headers", headers.into())]));
    assert_eq!((status, answers[0]["headers"].as_array().unwrap().len()), (Some(0), 20));
}

#[test]
fn refusals_name_the_rule_and_spare_the_others() {
    let cases = [
        (with("query", json!([["a", "1"], ["a", "2"]])), "DuplicateQuery"),
        (with("headers", json!([["A", "1"], ["a", "2"]])), "DuplicateHeader"),
        (with("query", json!([["x-oss-expires", "1"]])), "ReservedQuery"),
        (with("additional_headers", json!(["range"])), "AdditionalHeaderMissing"),
        (with("region", json!("oss-cn-hangzhou")), "RegionDecorated"),
        (with("region", json!("cn-hangzhou-internal")), "RegionDecorated"),
        (with("region", json!("cn hangzhou")), "RegionCharacter"),
        (with("expires", json!(0)), "ExpiryZero"),
        (with("expires", json!(604_801)), "ExpiryTooLong"),
        (with("expires", json!(-1)), "ExpiryZero"),
        (with("expires", json!(i64::MAX)), "ExpiryTooLong"),
        (with("key", json!("a/../b")), "KeyDotSegment"),
        (with("key", json!("/a")), "KeyLeadingSlash"),
        (with("key", json!("")), "KeyEmpty"),
        (with("key", json!("k".repeat(1024))), "KeyTooLong"),
        (with("headers", json!([["x-oss-meta-a", "1\r\n2"]])), "HeaderValueControlCharacter"),
        (with("headers", json!([["x oss", "1"]])), "HeaderName"),
        (with("access_key_id", json!("")), "CredentialsEmpty"),
        (with("access_key_secret", json!(" fake")), "CredentialsOuterBlank"),
        (with("access_key_secret", Value::Null), "MissingField"),
        (with("bucket", json!("Example")), "BucketUpperCase"),
        (with("endpoint", json!("https://host/path")), "EndpointNotAHost"),
        (with("method", json!("BREW")), "MethodUnknown"),
        (with("kind", json!("posted")), "InvalidField"),
        (with("kind", json!("post-policy")), "MissingField"),
        (policy("policy", json!([1])), "InvalidField"),
        (policy("policy_json", json!("{\"expiration\":")), "InvalidField"),
        (with("style", json!("virtuel")), "InvalidField"),
        (with("timestamp", json!(-1)), "InvalidField"),
        (with("timestamp", json!(1_731_400_358_000_u64)), "TimeAfterYear9999"),
        (with("expires", json!("600")), "InvalidField"),
        (with("method", Value::Null), "MissingField"),
        (with("expire", json!(60)), "UnknownField"),
        (with("content_type", json!("text/plain")), "UnknownField"),
        (with("region", json!("hangzhou")), "RegionShape"),
        (with("endpoint", json!("oss-cn-beijing.aliyuncs.com")), "EndpointOtherRegion"),
        (with("endpoint", json!("examplebucket.oss-cn-hangzhou.aliyuncs.com")), "EndpointBeginsWithBucket"),
    ];
    let mut input = Vec::new();
    for (line, _) in &cases {
        input.extend([line.clone(), good()]);
    }
    let (status, answers) = run(&mut command(), &lines(&input));
    assert_eq!(status, Some(1));
    assert_eq!(answers.len(), input.len());
    for ((_, code), pair) in cases.iter().zip(answers.chunks(2)) {
        assert_eq!(pair[0]["error"]["code"], *code);
        assert_eq!(pair[0]["id"], 1);
        assert!(!pair[0]["error"]["message"].as_str().unwrap().contains("fake-access-key-secret"));
        assert!(pair[1]["signature"].is_string());
    }
}

#[test]
fn unusable_input_is_answered_line_by_line() {
    let input = format!("not json\n{}\n[1]\n\n\"text\"\n{{\"id\":7,\n{}", good(), good());
    let (status, answers) = run(&mut command(), &input);
    assert_eq!(status, Some(2));
    let codes: Vec<&str> = answers.iter().map(|a| a["error"]["code"].as_str().unwrap_or("signed")).collect();
    let bad = "InvalidJson";
    assert_eq!(codes, [bad, "signed", bad, bad, bad, bad, "signed"]);
}

#[test]
fn defaults_come_from_the_environment_and_the_clock() {
    let line = json!({"id": "x", "method": "GET", "bucket": "examplebucket", "key": "a"});
    let (status, answers) = run(&mut command(), &lines(std::slice::from_ref(&line)));
    assert_eq!((status, &answers[0]["error"]["code"]), (Some(1), &json!("MissingField")));
    let mut with_environment = command();
    with_environment
        .env("OSS_ACCESS_KEY_ID", "fake-access-key-id")
        .env("OSS_ACCESS_KEY_SECRET", "fake-access-key-secret")
        .env("OSS_SESSION_TOKEN", "fake-token")
        .env("OSS_REGION", "cn-hangzhou")
        .env("OSS_ENDPOINT", "http://127.0.0.1:9000");
    let (status, answers) = run(&mut with_environment, &lines(&[line]));
    assert_eq!(status, Some(0), "{answers:?}");
    let url = answers[0]["url"].as_str().unwrap();
    assert!(
        url.starts_with("http://127.0.0.1:9000/examplebucket/a?x-oss-credential=fake-access-key-id%2F"),
        "{url}"
    );
    assert!(url.contains("&x-oss-security-token=fake-token&"), "{url}");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let end = answers[0]["expires_at"].as_u64().unwrap();
    assert!((now + 3590..=now + 3600).contains(&end), "{end} at {now}");
}

/// Whoever writes one line and waits gets its answer before the next.
#[test]
fn answers_stream() {
    let mut child = command().spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    for id in 0..3 {
        stdin.write_all(lines(&[with("id", json!(id))]).as_bytes()).unwrap();
        let mut answer = String::new();
        stdout.read_line(&mut answer).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&answer).unwrap()["id"], id);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

/// More chunks than are under way at once, of lines that cost differently: the order stays, and each is answered once.
#[test]
fn many_lines_keep_their_order() {
    const LINES: usize = 20_000;
    let line = |number: usize| match number % 7 {
        0 => json!({"id": number, "expire": 1}).to_string(),
        1 => format!("{number}"),
        _ => {
            let mut line = with("id", number.into());
            line["key"] = "k".repeat(1 + number % 1000).into();
            line.to_string()
        }
    };
    let input: String = (0..LINES).map(|number| line(number) + "\n").collect();
    // Without its last line feed: the last line counts all the same.
    let (status, answers) = run(&mut command(), input.strip_suffix('\n').unwrap());
    assert_eq!((status, answers.len()), (Some(2), LINES));
    for (number, answer) in answers.iter().enumerate() {
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        let in_place = match number % 7 {
            0 => answer["id"] == number && message.starts_with(&format!("line {}: ", number + 1)),
            1 => message.starts_with(&format!("line {}: ", number + 1)),
            _ => {
                answer["id"] == number
                    && answer["url"].as_str().unwrap().contains(&"k".repeat(1 + number % 1000))
            }
        };
        assert!(in_place, "{number}: {answer}");
    }
}

#[test]
fn a_line_without_end_is_refused_and_the_next_one_signed() {
    let long = format!("{{\"id\":1,\"key\":\"{}\"}}", "k".repeat(3 << 20));
    let input = format!("{}\n{long}\n{}\n{long}", good(), with("id", json!(3)));
    let (status, answers) = run(&mut command(), &input);
    let codes: Vec<&str> = answers.iter().map(|a| a["error"]["code"].as_str().unwrap_or("signed")).collect();
    assert_eq!((status, codes), (Some(2), vec!["signed", "LineTooLong", "signed", "LineTooLong"]));
    assert_eq!(answers[2]["id"], 3);
    assert!(answers[1]["error"]["message"].as_str().unwrap().starts_with("line 2: "));
    // The longest line that any request needs is no problem.
    let most = with("headers", json!([["x-oss-meta-a", "v".repeat(500_000)]]));
    let (status, answers) = run(&mut command(), &lines(&[most, good()]));
    assert_eq!((status, answers.len()), (Some(0), 2), "{:?}", answers[0]["error"]);
}
