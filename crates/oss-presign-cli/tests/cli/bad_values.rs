//! A bad value of every flag of every command is refused, and the sentence says what to write.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::support::{Ran, Scene, commands, feed};

/// A flag, a bad value of it, the exit status, and what the sentence must say.
type Case = (&'static str, &'static str, i32, &'static str);

/// A flag means the same in all commands, unless it is in [`OWN_CASES`].
const CASES: &[Case] = &[
    ("access-key-id", "", 2, "--access-key-id"),
    ("access-key-secret-file", "none", 7, "none: "),
    ("additional-header", "x", 2, "'NAME: VALUE'"),
    ("attempts", "0", 2, "1.."),
    ("bind", "example.com", 2, "write 9001"),
    ("bucket", "My-bucket", 2, "lower-case"),
    ("ca-file", "none/of/these", 7, "none/of/these"),
    ("checkpoint", "folder", 7, "checkpoint"),
    ("checkpoint-dir", "a", 7, "a: "),
    ("connect-timeout", "x", 2, "10m"),
    ("content-length-range", "5", 2, "1-10M"),
    ("content-type", "a\nb", 1, "control character"),
    ("date", "tomorrow", 2, "2027-01-31"),
    ("day-key", "none", 7, "none: "),
    ("deadline", "x", 2, "10m"),
    ("directory", "a/b", 7, "a/b"),
    ("endpoint", "https://h/path", 1, "without path"),
    ("eq", "x", 2, "FIELD=VALUE"),
    ("exclude", "[", 2, "--exclude"),
    ("expires", "soon", 2, "1h30m"),
    ("expires-at", "tomorrow", 2, "2027-01-31T18:00:00Z"),
    ("fault", "x", 2, "--fault"),
    ("file", "", 2, "--file"),
    ("grace", "x", 2, "--grace"),
    ("header", "x", 2, "'NAME: VALUE'"),
    ("idle-timeout", "x", 2, "10m"),
    ("in", "x", 2, "FIELD=VALUE"),
    ("include", "[", 2, "--include"),
    ("limit-rate", "0", 2, "more than 0"),
    ("memory-limit", "1kb", 2, "10M"),
    ("method", "G T", 2, "GET or PUT"),
    ("multipart-above", "1kb", 2, "10M"),
    ("not-in", "x", 2, "FIELD=VALUE"),
    ("parallel", "0", 2, "from 1 to 1000"),
    ("part-size", "x", 2, "10M"),
    ("parts", "5-2", 2, "1-50"),
    ("prefix", "/x", 1, "leading `/`"),
    ("product", "s3", 2, "oss-cloudbox"),
    ("profile", "none", 1, "no profile `none`"),
    ("query", "x-oss-date=1", 1, "leave it out"),
    ("ranges", "many", 2, "from 1 to 1000"),
    ("region", "oss-cn-beijing", 1, "`cn-beijing`"),
    ("security-token-file", "none", 7, "none: "),
    ("sent-form", "x", 2, "--sent-form is for a form"),
    ("sent-url", "x", 2, "https://"),
    ("sign", "x", 2, "oss://BUCKET/KEY"),
    ("size", "1 M", 2, "10M"),
    ("starts-with", "x", 2, "FIELD=VALUE"),
    ("status", "forbidden", 2, "forbidden"),
    ("style", "host", 2, "cname"),
    ("success-action-redirect", "x", 1, "https://"),
    ("success-action-status", "999", 1, "200, 201 or 204"),
    ("tls", "x", 2, "self-signed"),
    ("upload-id", "", 2, "--upload-id"),
    ("value", "x", 2, "FIELD=VALUE"),
    ("version-id", "", 2, "--version-id"),
    ("with", "none", 7, "none: "),
];

/// The cases of one command's own.
const OWN_CASES: &[(&str, Case)] = &[
    ("doctor", ("day-key", "none", 1, "none: ")),
    ("man", ("directory", "a", 7, "a: ")),
    ("multipart plan", ("file", "none", 7, "none: ")),
];

/// What stands before the flag, so that nothing else is wrong.
fn line<'a>(command: &'a str, flag: &str, url: &'a str) -> Vec<&'a str> {
    let signs = matches!(flag, "profile" | "day-key" | "region" | "endpoint");
    let mut line: Vec<&str> = command.split(' ').collect();
    line.extend_from_slice(match command {
        "upload" => &["a", "oss://examplebucket/b"][..],
        "download" if matches!(flag, "include" | "exclude") => &["-r", "oss://examplebucket/", "out"],
        "download" => &["oss://examplebucket/a", "out"],
        "get" if matches!(flag, "include" | "exclude" | "ca-file") => &["-r", "oss://examplebucket/"],
        "ls" | "multipart list" => &["oss://examplebucket"],
        "multipart plan" if matches!(flag, "size" | "file") => &["oss://examplebucket/m"],
        "multipart plan" => &["oss://examplebucket/m", "--size", "1M"],
        "multipart upload" if signs => &["a", "plan.json", "--sign", "oss://examplebucket/m"],
        "multipart upload" if flag == "with" => &["a", "plan.json", "--checkpoint", "state"],
        "multipart upload" => &["a", "plan.json"],
        "multipart renew" => &["plan.json"],
        "multipart abort" if flag == "upload-id" => &["oss://examplebucket/a"],
        "multipart abort" if signs => &["plan.json", "--sign", "oss://examplebucket/m"],
        "multipart abort" => &["plan.json"],
        "post-policy" if flag == "prefix" => &["oss://examplebucket"],
        "post-policy" => &["oss://examplebucket", "--prefix", "p/"],
        "explain" => &["answer.xml"],
        "serve" if flag == "ca-file" => &["--tls", "self-signed", "--bind", "0"],
        "serve" if flag != "bind" => &["--bind", "0"],
        "put" | "get" | "head" | "delete" => &["oss://examplebucket/a"],
        _ => &[],
    });
    if matches!(command, "verify" | "explain" | "inspect") {
        line.push(url);
    }
    if flag == "file" && command != "multipart plan" {
        line.push("--curl");
    }
    line
}

/// Runs a command that should end. A server that starts instead is stopped.
fn run(scene: &Scene, arguments: &[&str]) -> Ran {
    let mut command = scene.command(arguments);
    if arguments[0] != "serve" {
        return feed(command, b"");
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    if !first.is_empty() {
        child.kill().unwrap();
    }
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    Ran { status: child.wait().unwrap().code(), out: first.into_bytes(), err }
}

#[test]
fn every_flag_of_every_command() {
    let scene = Scene::new();
    scene.write("a", "content");
    scene.write("folder/b", "content");
    scene.write("answer.xml", "<Error><Code>AccessDenied</Code></Error>");
    scene.write("plan.json", scene.text(&["multipart", "plan", "examplebucket", "m", "--file", "a"]));
    let url = scene.text(&["get", "examplebucket", "a"]).trim().to_owned();
    let (mut tested, mut switches) = (0, 0);
    let mut wrong = Vec::new();
    for (command, flags) in commands(&scene) {
        for (flag, takes_value) in flags {
            if matches!(flag.as_str(), "help" | "version") {
                continue;
            }
            if command.is_empty() || matches!(command.as_str(), "multipart") {
                // What all commands take is tested with each.
                assert!(matches!(flag.as_str(), "json" | "verbose"), "--{flag} of {command}");
                continue;
            }
            let line = line(&command, &flag, &url);
            if !takes_value {
                let given = format!("--{flag}=x");
                let ran = run(&scene, &[&line[..], &[&given]].concat());
                if ran.status != Some(2) || !ran.err.contains(&format!("--{flag}")) {
                    wrong.push(format!("{command} {given}: {:?} {}", ran.status, ran.err));
                }
                switches += 1;
                continue;
            }
            let own = OWN_CASES.iter().find(|(name, case)| *name == command && case.0 == flag);
            let case = own.map(|(_, case)| case).or_else(|| CASES.iter().find(|case| case.0 == flag));
            let Some((_, value, status, part)) = case else {
                panic!("no bad value of --{flag} of {command}")
            };
            let ran = run(&scene, &[&line[..], &[&format!("--{flag}"), value]].concat());
            let told = format!("{}{}", ran.text(), ran.err);
            if ran.status != Some(*status) || !told.contains(part) || told.contains("panicked") {
                wrong.push(format!("{command} --{flag} {value}: {:?} {told}", ran.status));
            }
            tested += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // So many there are at least: a help that is read wrongly has none.
    assert!(tested > 200 && switches > 60, "{tested} {switches}");
}
