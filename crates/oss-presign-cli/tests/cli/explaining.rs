//! `explain` and `verify` with the secret at hand: what is proved, what is shown, what is guessed.

use serde_json::{Value, json};

use crate::support::{ID, Ran, SECRET, Scene, feed};

const MISMATCH: &str = "<Error><Code>SignatureDoesNotMatch</Code></Error>";

/// A URL for a PUT of a text, in a region's own host.
fn text_url(scene: &Scene) -> String {
    let put = ["put", "examplebucket", "a b.txt", "--content-type", "text/plain", "--endpoint"];
    scene.text(&[&put[..], &["https://oss-cn-hangzhou.aliyuncs.com"]].concat()).trim().to_owned()
}

fn explain(scene: &Scene, url: &str, answer: &str, more: &[&str]) -> Ran {
    scene.run_with(&[&["explain", "-", url, "--json"], more].concat(), answer.as_bytes()).done()
}

fn causes(ran: &Ran) -> (Value, Vec<Value>) {
    let told = ran.json().remove(0);
    let causes = told["causes"].as_array().unwrap();
    (told["certainty"].clone(), causes.iter().map(|cause| cause["code"].clone()).collect())
}

#[test]
fn another_content_type_is_proved_by_the_bare_url() {
    let scene = Scene::new();
    let url = text_url(&scene);
    let sent = ["-X", "PUT", "-H", "Content-Type: image/png"];
    let ran = explain(&scene, &url, MISMATCH, &sent);
    let told = ran.json().remove(0);
    assert_eq!(told["certainty"], "proved");
    assert_eq!(
        told["causes"],
        json!([{
            "code": "content-type",
            "says": "The URL was signed with `content-type: text/plain`, but the request carried `image/png`.",
            "signed": "text/plain",
            "sent": "image/png",
        }])
    );
    // The XML has no status, and none is invented.
    assert_eq!((&told["status"], &told["code"]), (&Value::Null, &json!("SignatureDoesNotMatch")));
    let text =
        scene.run_with(&[&["explain", "-", &url], &sent[..]].concat(), MISMATCH.as_bytes()).done().text();
    insta::assert_snapshot!(text);
    assert!(!text.contains(SECRET));
    // Verification comes to the same.
    let ran = scene.run(&[&["verify", &url, "--json"], &sent[..]].concat()).failed(4);
    let told = ran.json().remove(0);
    assert_eq!(told["code"], "SignatureDoesNotMatch");
    assert_eq!((&told["certainty"], &told["causes"][0]["signed"]), (&json!("proved"), &json!("text/plain")));
}

#[test]
fn without_an_answer_the_signature_is_examined() {
    let scene = Scene::new();
    let url = text_url(&scene);
    let none = |url: &str| scene.run(&["explain", "none", url, "--json"]).done();
    let told = none(&url).json().remove(0);
    assert_eq!((&told["status"], &told["code"]), (&Value::Null, &json!("")));
    assert_eq!((&told["certainty"], &told["causes"][0]["signed"]), (&json!("proved"), &json!("text/plain")));
    assert_eq!(told["causes"][0]["sent"], Value::Null);
    let expected =
        |codes: &[&str]| (json!("proved"), codes.iter().map(|&code| json!(code)).collect::<Vec<_>>());
    let twice = url.replace("a%20b", "a%2520b");
    assert_eq!(causes(&none(&twice)), expected(&["content-type", "path-encoding"]));
    let escaped = url.replace('&', "&amp;");
    assert_eq!(causes(&none(&escaped)), expected(&["content-type", "url-escaped"]));
    let get = scene.text(&["get", "examplebucket", "a"]);
    let ran = none(get.trim());
    assert_eq!(causes(&ran), expected(&["unknown"]));
    assert!(ran.text().contains("The signature is right for GET of this URL"), "{}", ran.text());
    let added = format!("{}&utm_source=mail", get.trim());
    assert_eq!(causes(&none(&added)), expected(&["query-added"]));
}

#[test]
fn what_the_service_saw_is_what_was_sent() {
    let scene = Scene::new();
    let url = text_url(&scene);
    let query = url.split_once('?').unwrap().1;
    let mut pairs: Vec<&str> =
        query.split('&').filter(|pair| !pair.starts_with("x-oss-signature=")).collect();
    pairs.sort_unstable();
    let canonical = format!(
        "PUT\n/examplebucket/a%20b.txt\n{}\ncontent-type:image/png\nx-oss-meta-a:1\n\n\nUNSIGNED-PAYLOAD",
        pairs.join("&")
    );
    let answer = format!(
        "<Error><Code>SignatureDoesNotMatch</Code><CanonicalRequest>{}</CanonicalRequest></Error>",
        canonical.replace('&', "&amp;")
    );
    let ran = explain(&scene, &url, &answer, &[]);
    assert_eq!(causes(&ran), (json!("proved"), vec![json!("content-type"), json!("header-added")]));
    assert_eq!(ran.json()[0]["causes"][0]["sent"], "image/png");
}

/// A service's answer with the lines that it received, for a URL with these headers.
fn answer(url: &str, method: &str, uri: &str, headers: &str, more: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    let mut pairs: Vec<&str> =
        query.split('&').filter(|pair| !pair.starts_with("x-oss-signature=")).collect();
    pairs.sort_unstable();
    let canonical = format!("{method}\n{uri}\n{}\n{headers}\n\nUNSIGNED-PAYLOAD", pairs.join("&"));
    let canonical = canonical.replace('&', "&amp;");
    format!(
        "<Error><Code>SignatureDoesNotMatch</Code><CanonicalRequest>{canonical}</CanonicalRequest>{more}</Error>"
    )
}

#[test]
fn without_a_secret_what_the_service_received_is_compared_with_the_bare_url() {
    let scene = Scene::new();
    let url = text_url(&scene);
    let explain = |answer: &str, arguments: &[&str]| {
        let mut command = scene.command(&[&["explain", "-", &url], arguments].concat());
        command.env_remove("OSS_ACCESS_KEY_ID").env_remove("OSS_ACCESS_KEY_SECRET");
        command.env("HOME", scene.path(""));
        feed(command, answer.as_bytes()).done()
    };
    let uri = "/examplebucket/a%20b.txt";
    // What the URL shows by itself.
    let changed = answer(&url, "PUT", "/examplebucket/a%2Bb.txt", "content-type:text/plain\n", "");
    insta::assert_snapshot!("path_changed", explain(&changed, &[]).text());
    // What the caller says; every line that differs.
    let changed = answer(&url, "PUT", uri, "content-type:image/png\nx-oss-meta-proxy:1\n", "");
    let sent = ["-X", "PUT", "-H", "Content-Type: text/plain"];
    insta::assert_snapshot!("headers_changed", explain(&changed, &sent).text());
    let ran = explain(&changed, &[&sent[..], &["--json"]].concat());
    assert_eq!(causes(&ran), (json!("shown"), vec![json!("content-type"), json!("header-added")]));
    let ran = explain(&answer(&url, "GET", uri, "", ""), &["-X", "HEAD", "--json"]);
    assert_eq!(causes(&ran), (json!("shown"), vec![json!("method")]));
    // Nothing differs, and nothing is said of the headers: what arrived may be what was not signed.
    let ran = explain(&answer(&url, "PUT", uri, "content-type:image/png\n", ""), &[]);
    assert!(
        ran.text().starts_with("possibly: header `content-type` was sent as `image/png`"),
        "{}",
        ran.text()
    );
    // Nothing differs, and no header was sent.
    let ran = explain(&answer(&url, "PUT", uri, "", ""), &["-X", "PUT"]);
    insta::assert_snapshot!("arrived_as_sent", ran.text());
    // The string to sign alone.
    let scope = "20241112/cn-beijing/oss/aliyun_v4_request";
    let time = url.split("x-oss-date=").nth(1).unwrap().split('&').next().unwrap();
    let signed = format!(
        "<Error><Code>SignatureDoesNotMatch</Code><StringToSign>OSS4-HMAC-SHA256\n{time}\n{scope}\n{}</StringToSign></Error>",
        "0".repeat(64)
    );
    assert_eq!(causes(&explain(&signed, &["--json"])), (json!("shown"), vec![json!("region")]));
}

#[test]
fn an_escaped_url_is_recognized_beside_an_answer() {
    let scene = Scene::new();
    let url = text_url(&scene).replace('&', "&amp;");
    let mut command = scene.command(&["explain", "-", &url, "--json"]);
    command.env_remove("OSS_ACCESS_KEY_ID").env_remove("OSS_ACCESS_KEY_SECRET").env("HOME", scene.path(""));
    let ran = feed(command, MISMATCH.as_bytes()).done();
    assert_eq!(causes(&ran), (json!("shown"), vec![json!("url-escaped")]));
}

#[test]
fn without_a_secret_a_guess_is_worded_as_one() {
    let scene = Scene::new();
    let url = text_url(&scene);
    let alone = |arguments: &[&str]| {
        let mut command = scene.command(arguments);
        command.env_remove("OSS_ACCESS_KEY_ID").env_remove("OSS_ACCESS_KEY_SECRET");
        command.env("HOME", scene.path(""));
        feed(command, MISMATCH.as_bytes()).done()
    };
    let ran = alone(&["explain", "-", &url, "-X", "PUT", "-H", "Content-Type: image/png"]);
    assert!(
        ran.text().starts_with("possibly: header `Content-Type` was sent as `image/png`"),
        "{}",
        ran.text()
    );
    for part in ["certainty: guessed\n", "No secret is at hand", "the JSON that the signer printed"] {
        assert!(ran.text().contains(part), "{part}: {}", ran.text());
    }
    assert!(!ran.text().contains("signed without"), "{}", ran.text());
    assert!(!ran.text().contains("403"), "{}", ran.text());
    let ran = alone(&["explain", "none", &url.replace('&', "\\u0026"), "--json"]);
    assert_eq!(causes(&ran), (json!("shown"), vec![json!("url-escaped")]));
    let ran = alone(&["explain", "none", url.split('&').next().unwrap(), "--json"]);
    assert_eq!(causes(&ran), (json!("shown"), vec![json!("url-cut")]));
    let ran = alone(&["explain", "none", &url, "--json"]);
    assert_eq!(causes(&ran), (json!("guessed"), vec![json!("unknown")]));
}

#[test]
fn all_profiles_are_tried() {
    let scene = Scene::new();
    let other = [("OSS_ACCESS_KEY_ID", ID), ("OSS_ACCESS_KEY_SECRET", "fake-secret-of-b")];
    let mut command = scene.command(&["get", "examplebucket", "a"]);
    command.envs(other);
    let url = feed(command, b"").done().text();
    scene.write(
        ".alibabacloud/credentials",
        "[b]\ntype=access_key\naccess_key_id=fake-other-id\naccess_key_secret=fake-secret-of-b\n",
    );
    let explain = |arguments: &[&str]| {
        let mut command = scene.command(&[&["explain", "none", url.trim(), "--json"], arguments].concat());
        command.env("HOME", scene.path(""));
        feed(command, b"")
    };
    let ran = explain(&[]).done();
    let told = ran.json().remove(0);
    assert_eq!(told["causes"][0]["code"], "secret-of-profile");
    assert!(told["causes"][0]["says"].as_str().unwrap().contains("with the secret of profile `b`"));
    assert!(!ran.text().contains("fake-secret-of-b"));
    let ran = explain(&["--profile", "b"]).done();
    assert_eq!(ran.json()[0]["causes"][0]["code"], "access-key-id");
    assert!(explain(&["--profile", "nobody"]).failed(1).err.contains("nobody"));
}

#[test]
fn what_no_mistake_makes_is_not_proved() {
    let scene = Scene::new();
    let url = text_url(&scene);
    let (beginning, signature) = url.rsplit_once('=').unwrap();
    let changed = format!("{beginning}={}", signature.replace(['0', '1', '2'], "7"));
    let ran = scene.run(&["explain", "none", &changed]).done();
    assert!(ran.text().contains("certainty: guessed\n"), "{}", ran.text());
    assert!(ran.text().contains("No known mistake"), "{}", ran.text());
    let ran = scene.run(&["verify", &changed, "--json"]).failed(4);
    assert_eq!(ran.json()[0]["certainty"], "guessed");
}

#[test]
fn a_decorated_region_is_named() {
    let scene = Scene::new();
    // Signed by hand for `oss-cn-hangzhou`, which no signer here takes.
    let url = text_url(&scene).replace("%2Fcn-hangzhou%2F", "%2Foss-cn-hangzhou%2F");
    let ran = scene.run(&["verify", &url, "--json"]).failed(4);
    assert_eq!(ran.json()[0]["code"], "InvalidArgument");
}
