//! Standard output that nobody reads, or that is full.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Output, Stdio};

use crate::support::Scene;

/// A request of each command that prints something, and what it is fed.
fn commands(scene: &Scene) -> Vec<(Vec<String>, Vec<u8>)> {
    scene.write("a", "content");
    scene.run(&["upload", "a", "oss://examplebucket/a"]).done();
    let url = scene.text(&["get", "examplebucket", "a"]).trim().to_owned();
    let put = scene.text(&["put", "examplebucket", "b"]).trim().to_owned();
    let begun = || scene.text(&["multipart", "plan", "examplebucket", "m", "--file", "a"]);
    scene.write("upload.json", begun());
    scene.write("abort.json", begun());
    scene.write("renew.json", begun());
    scene.write("answer.xml", "<Error><Code>AccessDenied</Code><EC>0002-00000069</EC></Error>");
    let quiet = |words: &[&str]| (words.iter().map(|&word| word.to_owned()).collect(), Vec::new());
    let line = br#"{"method":"GET","bucket":"examplebucket","key":"a"}"#;
    vec![
        quiet(&["put", "examplebucket", "a"]),
        quiet(&["get", "examplebucket", "a", "--json"]),
        quiet(&["head", "examplebucket", "a", "--curl"]),
        quiet(&["delete", "examplebucket", "a"]),
        quiet(&["upload", "a", &put]),
        quiet(&["upload", "a", "oss://examplebucket/c", "--json"]),
        quiet(&["download", &url, "-"]),
        quiet(&["download", &url, "copy"]),
        quiet(&["multipart", "plan", "examplebucket", "p", "--file", "a"]),
        quiet(&["multipart", "upload", "a", "upload.json"]),
        quiet(&["multipart", "abort", "abort.json"]),
        (vec!["batch".to_owned()], [line.as_slice(), b"\n"].concat()),
        quiet(&["post-policy", "examplebucket", "a"]),
        quiet(&["verify", &url]),
        quiet(&["explain", "answer.xml", &url]),
        quiet(&["inspect", &url]),
        quiet(&["inspect", &url, "--json"]),
        quiet(&["completions", "bash"]),
        quiet(&["man", "batch"]),
        quiet(&["doctor"]),
        quiet(&["ls", "oss://examplebucket/"]),
        quiet(&["upload", "-n", "a", "oss://examplebucket/n"]),
        quiet(&["download", "-r", "oss://examplebucket/a", "folder"]),
        quiet(&["get", "-r", "oss://examplebucket/"]),
        quiet(&["multipart", "renew", "renew.json"]),
        quiet(&["multipart", "list", "oss://examplebucket"]),
        quiet(&["serve", "--bind", "127.0.0.1:0"]),
        quiet(&["serve", "--bind", "127.0.0.1:0", "--json"]),
        quiet(&["--help"]),
        quiet(&["--version"]),
        quiet(&["help", "put"]),
    ]
}

fn run_into(scene: &Scene, arguments: &[String], input: &[u8], stdout: impl Into<Stdio>) -> Output {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    scene.write("input", input);
    let input = File::open(scene.path("input")).unwrap();
    scene.command(&arguments).stdin(input).stdout(stdout).output().unwrap()
}

fn assert_told(arguments: &[String], output: &Output, sentence: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(7), "{arguments:?}: {told}");
    assert!(told.contains(sentence) && !told.contains("panicked"), "{arguments:?}: {told}");
}

#[test]
fn nobody_reads() {
    let scene = Scene::new();
    for (arguments, input) in commands(&scene) {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = run_into(&scene, &arguments, &input, writer);
        // What an object is written to is a file of the download, and told as one.
        let sentence =
            if arguments[0] == "download" && arguments[2] == "-" { "writing" } else { "standard output" };
        assert_told(&arguments, &output, sentence);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn full() {
    let scene = Scene::new();
    for (arguments, input) in commands(&scene) {
        let output =
            run_into(&scene, &arguments, &input, File::options().write(true).open("/dev/full").unwrap());
        let sentence = if arguments[0] == "download" && arguments[2] == "-" { "writing" } else { "is full" };
        assert_told(&arguments, &output, sentence);
    }
}

/// Standard error that is gone takes nothing with it.
#[test]
#[cfg(target_os = "linux")]
fn nobody_reads_the_hints() {
    let scene = Scene::new();
    for (arguments, status) in
        [(&["put", "examplebucket", "a"][..], 0), (&["put"], 2), (&["get", "B", "a"], 1)]
    {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ran = scene.command(arguments).stderr(full).output().unwrap();
        assert_eq!(ran.status.code(), Some(status), "{arguments:?}");
    }
}

/// A plan that nobody has cannot be ended by anybody: the parts would be left, and charged for.
#[test]
fn a_plan_that_is_not_printed_is_given_up() {
    let scene = Scene::new();
    let listed = || {
        let line = r#"{"method":"GET","bucket":"examplebucket","query":[["uploads",null]]}"#;
        let answer = scene.run_with(&["batch"], format!("{line}\n").as_bytes()).done().json();
        fetched(answer[0]["url"].as_str().unwrap())
    };
    scene.text(&["multipart", "plan", "examplebucket", "kept", "--size", "1M"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let plan = ["multipart", "plan", "examplebucket", "given-up", "--size", "1M"];
    let output = run_into(&scene, &plan.map(str::to_owned), b"", writer);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("is aborted"), "{told}");
    let listed = listed();
    assert!(listed.contains("<Key>kept</Key>") && !listed.contains("given-up"), "{listed}");
}

/// What a URL of the local server answers: lists are no objects, which is all that `download` takes.
fn fetched(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn help_goes_to_standard_output_and_usage_to_standard_error() {
    let scene = Scene::new();
    assert!(scene.text(&["help", "get"]).contains("Usage:"));
    let ran = scene.run(&["get"]).failed(2);
    assert!(ran.text().is_empty() && ran.err.contains("Usage:"), "{}", ran.err);
}

#[test]
fn failures_are_json_where_results_are() {
    let scene = Scene::new();
    let failure = |arguments: &[&str], status: i32| -> serde_json::Value {
        let ran = scene.run(arguments).failed(status);
        assert!(ran.text().is_empty(), "{}", ran.text());
        serde_json::from_str::<serde_json::Value>(&ran.err).unwrap()["error"].take()
    };
    let error = failure(&["get", "Bucket", "a", "--json"], 1);
    assert_eq!((&error["code"], &error["class"]), (&"BucketUpperCase".into(), &"failed".into()));
    assert!(error["message"].as_str().unwrap().contains("lower-case"));
    assert_eq!(failure(&["get", "--json"], 2)["code"], "Arguments");
    assert_eq!(failure(&["--json", "inspect", "nonsense"], 2)["class"], "unusable");
    assert_eq!(failure(&["explain", "none.txt", "https://h/", "--json"], 7)["code"], "LocalFile");
}
