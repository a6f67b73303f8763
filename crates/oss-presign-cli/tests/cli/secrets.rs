//! Every command is run with a secret and a security token that are easy to find, and whatever it says or writes is
//! searched for them.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use oss_local::{Credential, Fault, FaultRule, Server};

use crate::support::{ID, Ran, Scene, commands, feed};

const SECRET: &str = "Zq8vKx2mWn5tRb7yLc4dHf9jPs3g";
/// A URL holds it with `%2F` and `%2B`.
const TOKEN: &str = "CAIStK7u/Xw3eVn9+Jr5bQm2xGh8zTc6yDf4k==";
const OBJECT: &str = "oss://examplebucket/a.txt";

/// What a command may print: results of signing hold the token, because requests must.
#[derive(Clone, Copy, PartialEq)]
enum Prints {
    /// A signed request, with its token.
    Signed,
    /// Neither token nor signature.
    Nothing,
}
use Prints::{Nothing, Signed};

/// A piece of a secret gives it away too: none of twelve characters may be there.
fn assert_without(hidden: &str, text: &str, place: &str) {
    for piece in hidden.as_bytes().windows(12) {
        let piece = std::str::from_utf8(piece).unwrap();
        assert!(!text.contains(piece), "{place} holds `{piece}`: {text}");
    }
}

/// The token as it is, and as a URL has it.
fn tokens() -> [String; 2] {
    [TOKEN.to_owned(), TOKEN.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D")]
}

/// For what nobody was meant to use: messages, logs, and files beside the results.
fn assert_silent(text: &str, place: &str) {
    assert_without(SECRET, text, place);
    tokens().iter().for_each(|token| assert_without(token, text, place));
    for part in ["x-oss-signature=", "Signature="] {
        assert!(!text.contains(part), "{place} holds `{part}`: {text}");
    }
}

fn scene() -> Scene {
    Scene::with(Server::new().credential(Credential::new(ID, SECRET).security_token(TOKEN)))
}

/// Runs a command that sees the secret and the token, and tells all that it can tell.
fn run(scene: &Scene, arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = scene.command(arguments);
    command.arg("--verbose").envs([("OSS_ACCESS_KEY_SECRET", SECRET), ("OSS_SESSION_TOKEN", TOKEN)]);
    // Nobody reads it; whoever adds it some day must not show more by it.
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    feed(command, input)
}

/// Runs a command and searches what it says; as JSON, too.
fn checked(scene: &Scene, arguments: &[&str], input: &[u8], prints: Prints) -> Ran {
    let told = run(scene, &[arguments, &["--json"]].concat(), input);
    let ran = run(scene, arguments, input);
    for ran in [&told, &ran] {
        let out = String::from_utf8_lossy(&ran.out);
        assert_without(SECRET, &out, &format!("the output of {arguments:?}"));
        assert_silent(&ran.err, &format!("standard error of {arguments:?}"));
        if prints == Nothing {
            assert_silent(&out, &format!("the output of {arguments:?}"));
        }
    }
    ran
}

/// Searches every file in a folder.
fn assert_silent_files(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.collect();
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        assert_silent(&String::from_utf8_lossy(&bytes), &file.display().to_string());
    }
    files.len()
}

#[test]
fn no_command_tells_a_secret() {
    let scene = scene();
    scene.write("a.txt", "hello");
    scene.write("big.bin", vec![7; 300 << 10]);
    // Results of signing, which the other commands use.
    let put = run(&scene, &["put", OBJECT, "--json"], b"").done().text();
    let get = run(&scene, &["get", OBJECT, "--url"], b"").done().text();
    assert!(get.contains(&tokens()[1]), "the token is in the URL, so its absence elsewhere means something");
    let form = run(&scene, &["post-policy", "examplebucket", "a.txt"], b"").done().text();
    let plan = ["multipart", "plan", "examplebucket", "big.bin", "--file", "big.bin", "--part-size", "100k"];
    let plan = run(&scene, &plan, b"").done().text();
    [("put.json", &put), ("form.json", &form), ("plan.json", &plan)]
        .iter()
        .for_each(|(name, text)| scene.write(name, text));
    let (get, damaged) = (get.trim(), get.trim().replace("a.txt", "b.txt"));
    let lines = format!(
        "{{\"method\":\"GET\",\"bucket\":\"examplebucket\",\"key\":\"a\"}}\n\
         {{\"method\":\"GET\",\"bucket\":\"B\",\"key\":\"a\",\"access_key_id\":\"i\",\"access_key_secret\":\"{SECRET}\"}}\n\
         {{\"method\":\"GET\",\"bucket\":\"examplebucket\",\"access_key_id\":\"i\",\"access_key_secret\":\"\\n{SECRET}\"}}\n\
         {{\"access_key_secret\":[\"{SECRET}\"],\"security_token\":{{\"{TOKEN}\":1}}}}\n\
         {{\"access_key_secret\":\"{SECRET}\n"
    );
    let bad_header = format!("x-oss-security-token: {TOKEN}");
    let bad_field = bad_header.replace(": ", "=");
    let answer =
        "HTTP/1.1 403 Forbidden\r\n\r\n<Error><Code>SignatureDoesNotMatch</Code><Message>m</Message></Error>";
    let cases: Vec<(Vec<&str>, &str, Prints)> = vec![
        (vec!["put", OBJECT], "", Signed),
        (vec!["put", OBJECT, "-H", &bad_header], "", Nothing),
        (vec!["put", "oss://B/a"], "", Nothing),
        (vec!["put", OBJECT, "--region", "oss-cn-hangzhou"], "", Nothing),
        (vec!["put", OBJECT, "--profile", "none"], "", Nothing),
        (vec!["get", OBJECT, "--curl"], "", Signed),
        (vec!["head", OBJECT], "", Signed),
        (vec!["delete", OBJECT], "", Signed),
        (vec!["upload", "a.txt", OBJECT], "", Nothing),
        (vec!["upload", "a.txt", "put.json"], "", Nothing),
        (vec!["upload", "a.txt", &damaged, "--attempts", "1"], "", Nothing),
        (vec!["upload", "none", OBJECT], "", Nothing),
        (vec!["download", OBJECT, "got.txt"], "", Nothing),
        (vec!["download", get, "got.txt"], "", Nothing),
        (vec!["download", &damaged, "got.txt"], "", Nothing),
        (vec!["download", "oss://examplebucket/none", "got.txt"], "", Nothing),
        (vec!["ls", "oss://examplebucket"], "", Nothing),
        (vec!["ls", "oss://none"], "", Nothing),
        (vec!["multipart", "plan", "examplebucket", "c", "--size", "5"], "", Signed),
        (vec!["multipart", "renew", "plan.json"], "", Signed),
        (vec!["multipart", "list", "oss://examplebucket"], "", Nothing),
        (vec!["multipart", "upload", "big.bin", "plan.json"], "", Nothing),
        (vec!["multipart", "upload", "a.txt", "plan.json"], "", Nothing),
        (vec!["multipart", "abort", "plan.json"], "", Nothing),
        (vec!["batch"], &lines, Signed),
        (vec!["post-policy", "examplebucket", "a.txt", "--html"], "", Signed),
        (vec!["post-policy", "examplebucket", "a.txt", "--eq", &bad_field], "", Nothing),
        (vec!["day-key"], "", Signed),
        (vec!["verify", get], "", Nothing),
        (vec!["verify", &damaged], "", Nothing),
        (vec!["verify", "form.json"], "", Nothing),
        (vec!["explain", "none", &damaged], "", Nothing),
        (vec!["explain", "-", &damaged], answer, Nothing),
        (vec!["explain", "none", "form.json"], "", Nothing),
        (vec!["inspect", get], "", Nothing),
        (vec!["doctor"], "", Nothing),
        (vec!["doctor", "--reach"], "", Nothing),
        (vec!["completions", "bash"], "", Nothing),
        (vec!["man"], "", Nothing),
        (vec!["serve", "--bind", "nowhere"], "", Nothing),
    ];
    for (arguments, input, prints) in &cases {
        checked(&scene, arguments, input.as_bytes(), *prints);
    }
    // A command without a line above has no test.
    let all: BTreeSet<String> = commands(&scene).into_iter().map(|(name, _)| name).collect();
    let groups = ["", "multipart"];
    for name in all.iter().filter(|name| !groups.contains(&name.as_str())) {
        let words: Vec<&str> = name.split(' ').collect();
        assert!(cases.iter().any(|(arguments, ..)| arguments.starts_with(&words)), "`{name}` is not tried");
    }
}

/// What an upload and a download leave on disk while they run, and how they look in a list of processes.
#[test]
#[cfg(target_os = "linux")]
fn no_file_and_no_argument_holds_a_secret() {
    let scene = scene();
    // Three parts: 8 MiB each is the smallest that is chosen by itself.
    scene.write("big.bin", vec![7; 20 << 20]);
    std::fs::create_dir(scene.path("kept")).unwrap();
    // Its last part is never answered.
    let never = Fault::Delay(std::time::Duration::from_secs(3600));
    scene.server.add_fault(FaultRule::new(never).method("PUT").nth(3));
    let upload = ["upload", "big.bin", "oss://examplebucket/big.bin", "--multipart-above", "1M"];
    let mut command =
        scene.command(&[&upload[..], &["--parallel", "1", "--checkpoint-dir", "kept"]].concat());
    command.envs([("OSS_ACCESS_KEY_SECRET", SECRET), ("OSS_SESSION_TOKEN", TOKEN)]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let parts = |path: &Path| {
        let checkpoint: serde_json::Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
        Some(checkpoint["parts"].as_array()?.len())
    };
    let written = || {
        let mut files = std::fs::read_dir(scene.path("kept")).unwrap();
        files.any(|file| parts(&file.unwrap().path()) == Some(2))
    };
    while !written() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before");
        std::thread::yield_now();
    }
    let arguments = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    scene.server.clear_faults();
    assert!(assert_silent_files(&scene.path("kept")) > 0);
    assert_silent(&String::from_utf8_lossy(&arguments), "the list of processes");
}

/// A server has the secret in a file, tells its address and a token of its page, and serves until it is stopped.
#[test]
#[cfg(target_os = "linux")]
fn a_server_tells_no_secret() {
    let scene = scene();
    scene.write("secret", SECRET);
    scene.write("token", TOKEN);
    let serve = ["serve", "--bind", "0", "--json", "--verbose", "--access-key-id", ID];
    let files = ["--access-key-secret-file", "secret", "--security-token-file", "token"];
    let mut command = scene.command(&[&serve[..], &files].concat());
    command.env_remove("OSS_ACCESS_KEY_SECRET").env_remove("OSS_ENDPOINT");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    let announcement: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url = announcement["listening"].as_str().unwrap();
    // One request that it takes, and one that it refuses.
    let mut log = line.clone();
    for secret in [SECRET, "another-secret"] {
        let mut list = scene.command(&["ls", "oss://examplebucket", "--endpoint", url, "--attempts", "1"]);
        list.envs([("OSS_ACCESS_KEY_SECRET", secret), ("OSS_SESSION_TOKEN", TOKEN)]);
        let ran = feed(list, b"");
        assert_eq!(ran.status == Some(0), secret == SECRET, "{}", ran.err);
        output.read_line(&mut log).unwrap();
    }
    assert!(log.contains("SignatureDoesNotMatch"), "{log}");
    let arguments = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    child.kill().unwrap();
    let said = child.wait_with_output().unwrap().stderr;
    for (text, place) in
        [(log.as_bytes(), "its log"), (&said, "standard error"), (&arguments, "its arguments")]
    {
        assert_silent(&String::from_utf8_lossy(text), place);
    }
}
