//! Lines of `batch`: as many lines out as in, each one JSON, none with the secret; the string to sign of each ends in the
//! hash of its canonical request.
//!
//! Input: lines of JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_presign::{Addressing, Timestamp};
use oss_presign_fuzz::plain;
use serde_json::Value;

use batch::{Defaults, Detail, Source, run};

/// The command is no library; this part of it depends on nothing else of it.
#[expect(dead_code, reason = "the command prints its errors")]
#[path = "../../crates/oss-presign-cli/src/batch/mod.rs"]
mod batch;

const SECRET: &str = "fake-access-key-secret";

fuzz_target!(|input: &[u8]| {
    let credentials = oss_presign_std::Credentials::new("fake-access-key-id", SECRET).expect("credentials");
    let defaults = Defaults {
        source: Ok(Source::Credentials(credentials)),
        region: Some("cn-hangzhou".into()),
        endpoint: None,
        addressing: Addressing::VirtualHosted,
    };
    let clock = || Timestamp::from_unix(1_731_400_358).map_err(|error| error.to_string());
    for detail in [Detail::Explained, Detail::Request, Detail::Url] {
        let (mut output, notes) = (Vec::new(), std::sync::Mutex::new(Vec::new()));
        let note = |text: &str| notes.lock().expect("nobody panics").push(text.to_owned());
        run(input, &mut output, note, &defaults, detail, clock).expect("memory can be read and written");
        let lines: Vec<&[u8]> = input.split(|&byte| byte == b'\n').collect();
        let lines = lines.len() - usize::from(lines.last().is_some_and(|last| last.is_empty()));
        assert_eq!(output.iter().filter(|&&byte| byte == b'\n').count(), lines);
        let output = String::from_utf8(output).expect("the output is text");
        let told = notes.into_inner().expect("nobody panics").join("\n");
        // An input that knows the secret may repeat it.
        let is_known = String::from_utf8_lossy(input).contains("secret");
        assert!(is_known || !(output.contains(SECRET) || told.contains(SECRET)));
        match detail {
            Detail::Url => assert!(output.lines().all(|line| line.is_empty() || line.starts_with("http"))),
            _ => output.lines().for_each(check),
        }
    }
});

fn check(line: &str) {
    let answer: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let (Some(canonical), Some(to_sign)) = (text("canonical_request"), text("string_to_sign")) else {
        return;
    };
    use sha2::Digest as _;
    let hash = plain::hex(&sha2::Sha256::digest(canonical));
    assert_eq!(to_sign.lines().last(), Some(hash.as_str()), "{line}");
    assert_eq!(text("signature").map(str::len), Some(64), "{line}");
}
