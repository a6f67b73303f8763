//! `upload` and `download` of one file.

use serde_json::{Value, json};

use crate::support::{Scene, always};

#[test]
fn a_pipe_in_a_shell() {
    let scene = Scene::new();
    scene.write("a.jpg", "pixels");
    scene
        .shell("oss-presign put examplebucket a.jpg --content-type image/jpeg --json | oss-presign upload a.jpg -")
        .done();
    scene.shell("oss-presign get examplebucket a.jpg --json | oss-presign download - b.jpg").done();
    assert_eq!(scene.read("b.jpg"), b"pixels");
}

#[test]
fn a_bare_url_and_what_it_does_not_show() {
    let scene = Scene::new();
    scene.write("a b.jpg", "pixels");
    let key = "photos/ü +1 it's.jpg";
    let url = scene.text(&[
        "put",
        "examplebucket",
        key,
        "--content-type",
        "image/jpeg",
        "-H",
        "x-oss-meta-a: it's",
    ]);
    let headers = ["-H", "Content-Type: image/jpeg", "-H", "x-oss-meta-a: it's"];
    let ran = scene.run(&[&["upload", "a b.jpg", url.trim()], &headers[..]].concat()).done();
    assert_eq!(ran.text(), "a b.jpg: 6 bytes stored, checksums agree\n");
    let url = scene.text(&["get", "examplebucket", key]);
    let ran = scene.run(&["download", &url, "copies/"]).done();
    assert_eq!(ran.text(), "copies/ü +1 it's.jpg: 6 bytes received, checksums agree\n");
    assert_eq!(scene.read("copies/ü +1 it's.jpg"), b"pixels");
}

#[test]
fn standard_input_and_output() {
    let scene = Scene::new();
    let put = scene.text(&["put", "examplebucket", "a", "--json"]);
    let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    scene.run_with(&["upload", "-", put.trim()], &bytes).done();
    let get = scene.text(&["get", "examplebucket", "a"]);
    let ran = scene.run_with(&["download", "-", "-"], get.as_bytes()).done();
    assert!(ran.out == bytes);
    // Not in the way of the object.
    assert_eq!(ran.err, "standard output: 3000000 bytes received, checksums agree\n");
    scene.run(&["download", &get, "in-ranges", "--ranges", "3"]).done();
    assert!(scene.read("in-ranges") == bytes);
}

#[test]
fn json_tells_everything() {
    let scene = Scene::new();
    scene.write("a", "123456789");
    let put = scene.text(&["put", "examplebucket", "a", "--json"]);
    let told = scene.run(&["upload", "a", put.trim(), "--json"]).done().json();
    assert_eq!(told[0]["file"], "a");
    assert_eq!(told[0]["bytes"], 9);
    // The check value of CRC-64/XZ.
    assert_eq!(told[0]["crc64"], 0x995D_C9BB_DF19_39FA_u64.to_string());
    assert_eq!(told[0]["verified"], true);
    assert_eq!(told[0]["etag"], "\"25F9E794323B453885F5181F1B624D0B\"");
    let get = scene.text(&["get", "examplebucket", "none", "--json"]);
    let told = scene.run(&["download", get.trim(), "b", "--json"]).failed(4).json();
    assert_eq!(told[0]["error"]["code"], "NoSuchKey");
    assert_eq!(told[0]["error"]["class"], "denied");
    assert_eq!(told[0]["error"]["status"], 404);
    assert_eq!(told[0]["error"]["diagnosis"]["certainty"], "certain");
    assert!(told[0]["error"]["request_id"].as_str().unwrap().len() > 8);
    assert!(!scene.path("b").exists());
}

/// The holder of a bare URL does not know that a header was signed; the server's words show it.
#[test]
fn a_refusal_comes_with_its_diagnosis() {
    let scene = Scene::new();
    scene.write("a.jpg", "pixels");
    let url = scene.text(&["put", "examplebucket", "a.jpg"]);
    let ran = scene.run(&["upload", "a.jpg", url.trim(), "--content-type", "image/jpeg"]).failed(4);
    for part in ["SignatureDoesNotMatch", "0002-00000201", "request id"] {
        assert!(ran.err.contains(part), "{}", ran.err);
    }
    let json = scene.text(&["put", "examplebucket", "a.jpg", "--json"]);
    let mut request: Value = serde_json::from_str(&json).unwrap();
    request["url"] = request["url"].as_str().unwrap().replace("/a.jpg?", "/b.jpg?").into();
    let ran = scene.run(&["upload", "a.jpg", &request.to_string()]).failed(4);
    let signature = request["url"].as_str().unwrap().rsplit('=').next().unwrap();
    assert!(!ran.err.contains(signature), "{}", ran.err);
    insta::assert_snapshot!(
        ran.err.lines().nth(1).unwrap().trim(),
        @"probably: the request was sent as the signer described it, so the signer's secret is the likely cause: check that it belongs to the access key id"
    );
}

#[test]
fn what_json_binds_is_not_overridden() {
    let scene = Scene::new();
    scene.write("a", "1");
    let put = scene.text(&["put", "examplebucket", "a", "--content-type", "text/plain", "--json"]);
    let ran = scene.run(&["upload", "a", put.trim(), "-H", "Content-Type: text/html"]).failed(3);
    assert!(ran.err.contains("`Content-Type`"), "{}", ran.err);
    let ran = scene.run(&["download", put.trim(), "b"]).failed(3);
    assert!(ran.err.contains("PUT"), "{}", ran.err);
}

#[test]
fn a_callback_that_failed() {
    let scene = Scene::new();
    scene.write("a", "1");
    let body = "<Error><Code>CallbackFailed</Code><Message>no</Message></Error>";
    let answer = format!(
        "HTTP/1.1 203 Non-Authoritative\r\netag: \"E\"\r\nconnection: close\r\nx-oss-request-id: 42\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let url = format!("{}/b/a?x-oss-signature=s", always(answer.leak()));
    let request = json!({"method": "PUT", "url": url, "headers": [], "expires_at": 4_000_000_000_u32});
    let told = scene.run(&["upload", "a", &request.to_string(), "--json"]).failed(9).json();
    assert_eq!(told[0]["error"]["code"], "CallbackFailed");
    assert_eq!(told[0]["error"]["request_id"], "42");
}
