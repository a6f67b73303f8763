//! `verify`, `explain`, `post-policy`, `inspect`, `completions`.

use serde_json::Value;

use crate::support::{Scene, feed};

#[test]
fn verify_tells_valid_from_not() {
    let scene = Scene::new();
    let put = ["put", "examplebucket", "a b.jpg", "--content-type", "image/jpeg"];
    let json = scene.text(&[&put[..], &["--json"]].concat());
    let ran = scene.run(&["verify", json.trim()]).done();
    assert!(ran.text().starts_with("valid: signed by fake-access-key-id at 20"), "{}", ran.text());
    let url = scene.text(&put);
    let verify = |arguments: &[&str]| scene.run(&[&["verify", url.trim()], arguments].concat());
    verify(&["-X", "PUT", "-H", "Content-Type: image/jpeg"]).done();
    for arguments in [
        &["-X", "PUT"][..],
        &["-H", "content-type: image/jpeg"],
        &["-X", "put", "-H", "content-type: image/png"],
    ] {
        let ran = verify(arguments).failed(4);
        assert!(ran.text().contains("SignatureDoesNotMatch"), "{}", ran.text());
    }
    let ran = verify(&["--region", "cn-beijing", "--json"]).failed(4);
    assert_eq!(ran.json()[0]["ec"], "0002-00000226");
    let ran = scene.run_with(&["verify", "-", "--json"], json.as_bytes()).done();
    let request: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(ran.json()[0]["expires_at"], request["expires_at"]);
    let mut other = scene.command(&["verify", json.trim()]);
    other.env("OSS_ACCESS_KEY_ID", "fake-other-id");
    assert!(feed(other, b"").failed(4).text().contains("InvalidAccessKeyId"));
}

#[test]
fn verify_knows_every_way_to_carry_a_bucket() {
    let scene = Scene::new();
    for place in [
        &["--endpoint", "https://oss-cn-hangzhou.aliyuncs.com"][..],
        &["--endpoint", "https://oss-cn-hangzhou.aliyuncs.com", "--style", "path", "--sign-host"],
        &["--internal", "--additional-header", "x-odd: 1"],
    ] {
        let json = scene.text(&[&["get", "examplebucket", "a/b", "--json"], place].concat());
        scene.run(&["verify", json.trim()]).done();
    }
    let cname =
        ["get", "examplebucket", "a", "--json", "--endpoint", "static.example.com", "--style", "cname"];
    let json = scene.text(&cname);
    scene.run(&["verify", json.trim()]).failed(4);
    scene.run(&["verify", json.trim(), "--bucket", "examplebucket"]).done();
}

#[test]
fn verify_checks_the_token() {
    let scene = Scene::new();
    let with_token = |arguments: &[&str], token: &str| {
        let mut command = scene.command(arguments);
        command.env("OSS_SESSION_TOKEN", token);
        feed(command, b"")
    };
    let json = with_token(&["get", "examplebucket", "a", "--json"], "fake/token+1").done().text();
    with_token(&["verify", json.trim()], "fake/token+1").done();
    let ran = with_token(&["verify", json.trim()], "fake-other-token").failed(4);
    assert!(
        ran.text().contains("InvalidSecurityToken") && !ran.text().contains("fake/token"),
        "{}",
        ran.text()
    );
}

#[test]
fn verify_reads_an_authorization_header() {
    let scene = Scene::new();
    let line = serde_json::json!({"kind": "header", "method": "PUT", "bucket": "examplebucket", "key": "a"});
    let answer = scene.run_with(&["batch"], format!("{line}\n").as_bytes()).done().json();
    let headers = answer[0]["headers"].as_array().unwrap();
    let headers: Vec<String> = headers
        .iter()
        .map(|pair| format!("{}: {}", pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
        .collect();
    let mut arguments = vec!["verify", answer[0]["url"].as_str().unwrap(), "-X", "PUT"];
    headers.iter().for_each(|header| arguments.extend(["-H", header]));
    scene.run(&arguments).done();
    arguments[3] = "GET";
    scene.run(&arguments).failed(4);
}

#[test]
fn explain_reads_what_there_is() {
    let scene = Scene::new();
    let url = scene.text(&["put", "examplebucket", "a"]);
    let explain = |answer: &str| scene.run_with(&["explain", "-", url.trim()], answer.as_bytes());
    let expired = "<Error><Code>AccessDenied</Code><Message>Request has expired.</Message><EC>0002-00000069</EC></Error>";
    let ran = explain(expired).done();
    assert!(ran.text().starts_with("the URL expired at 20"), "{}", ran.text());
    let ran =
        explain("HTTP/1.1 409 Conflict\r\nx-oss-ec: 0026-00000002\r\nx-oss-request-id: 42\r\n\r\n").done();
    assert!(ran.text().contains("x-oss-forbid-overwrite") && ran.text().contains("request id: 42"));
    let ran = explain("HTTP/1.1 403 Forbidden\r\n\r\n").done();
    assert!(ran.text().starts_with("Perhaps the service received another request"), "{}", ran.text());
    explain("HTTP/1.1 200 OK\r\n\r\n").failed(2);
    explain("nothing of the kind").failed(2);
    scene.run(&["explain", "none.txt", url.trim()]).failed(7);
    let signature = url.trim().rsplit('=').next().unwrap();
    assert!(!explain(expired).text().contains(signature));
}

#[test]
fn forms_as_json_and_html() {
    let scene = Scene::new();
    let form =
        ["post-policy", "examplebucket", "--prefix", "user/42/", "--in", "content-type=image/jpeg,image/png"];
    let told = scene.run(&form).done().json();
    assert_eq!(told[0]["url"], format!("{}/examplebucket/", scene.server.url()));
    assert_eq!(told[0]["fields"][0], serde_json::json!(["key", "user/42/${filename}"]));
    assert_eq!(told[0]["open_fields"], serde_json::json!(["content-type"]));
    let html = scene.text(&[&form[..], &["--html"]].concat());
    assert!(
        html.starts_with("<form action=") && html.contains("name=\"policy\"") && html.ends_with("</form>\n")
    );
    let refused = |arguments: &[&str], part: &str, status: i32| {
        let ran = scene.run(&[&["post-policy", "examplebucket"], arguments].concat()).failed(status);
        assert!(ran.err.contains(part), "{}", ran.err);
    };
    refused(&[], "--prefix", 2);
    refused(&["a", "--prefix", "b"], "--prefix", 2);
    refused(&["a", "--eq", "policy=x"], "policy", 1);
    refused(&["a", "--content-length-range", "5-1"], "5", 1);
    refused(&["a", "--success-action-status", "202"], "202", 1);
}

#[test]
fn inspect_needs_no_secret() {
    let scene = Scene::new();
    let url = scene.text(&["get", "examplebucket", "ü", "--additional-header", "range: bytes=0-9"]);
    let mut command = scene.command(&["inspect", "-", "--json"]);
    command.env_clear();
    let told = feed(command, url.as_bytes()).done().json();
    assert_eq!(told[0]["path"], "/examplebucket/ü");
    assert_eq!(told[0]["additional_headers"], serde_json::json!(["range"]));
}

#[test]
fn completions() {
    let scene = Scene::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = scene.text(&["completions", shell]);
        assert!(script.contains("multipart") && script.contains("explain"), "{shell}");
    }
    let script = scene.text(&["completions", "bash"]);
    scene.write("completions.bash", script);
    let ran = scene.shell("command -v bash > /dev/null || exit 127; bash -n completions.bash");
    assert!(matches!(ran.status, Some(0 | 127)), "{}", ran.err);
}

/// Help that clap cannot render would only be seen when it is asked for.
#[test]
fn every_command_explains_itself() {
    let scene = Scene::new();
    let help = scene.text(&["--help"]);
    let commands =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // A description that is too long goes on in lines that begin further right.
    let commands = commands.filter(|line| !line.starts_with("   "));
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    for command in
        ["put", "upload", "download", "multipart", "batch", "post-policy", "verify", "explain", "serve"]
    {
        assert!(commands.contains(&command), "{command}");
    }
    for command in commands.into_iter().filter(|&command| command != "help") {
        scene.run(&[command, "--help"]).done();
    }
}
