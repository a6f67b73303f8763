//! What can be signed: versions, buckets, ends, endpoints, whole prefixes.

use serde_json::Value;

use crate::support::{Scene, always};

fn url(scene: &Scene, arguments: &[&str]) -> String {
    scene.text(&[arguments, &["--url"]].concat()).trim().to_owned()
}

#[test]
fn versions_and_buckets() {
    let scene = Scene::new();
    let get = url(&scene, &["get", "oss://examplebucket/a", "--version-id", "CAEQ+/1"]);
    assert!(get.contains("versionId=CAEQ%2B%2F1&"), "{get}");
    scene.run(&["verify", &get]).done();
    let list = url(&scene, &["get", "oss://examplebucket", "-q", "list-type=2", "-q", "prefix=a/"]);
    assert!(list.contains("/examplebucket/?list-type=2&prefix=a%2F&"), "{list}");
    scene.run(&["verify", &list]).done();
    let cors = url(&scene, &["put", "examplebucket", "-q", "cors"]);
    assert!(cors.contains("/examplebucket/?cors&"), "{cors}");
    // A key that was forgotten creates and deletes no bucket.
    for method in ["put", "delete"] {
        let ran = scene.run(&[method, "oss://examplebucket/"]).failed(2);
        assert!(ran.err.contains("oss://examplebucket/KEY"), "{}", ran.err);
    }
}

#[test]
fn ends_by_time_and_by_span() {
    let scene = Scene::new();
    let request = |arguments: &[&str]| {
        scene.run(&[&["get", "examplebucket", "a", "--json"], arguments].concat()).done().json().remove(0)
    };
    let expires = |request: &Value| {
        let url = request["url"].as_str().unwrap();
        let after = url.split("x-oss-expires=").nth(1).unwrap();
        after.split('&').next().unwrap().parse::<u64>().unwrap()
    };
    assert_eq!(expires(&request(&["--expires", "1h30m"])), 5_400);
    let now = request(&["--expires", "1"])["expires_at"].as_u64().unwrap();
    let in_an_hour = rfc3339(now + 3_600);
    let until = request(&["--expires-at", &in_an_hour]);
    assert_eq!(until["expires_at"], now + 3_600);
    let form = ["post-policy", "examplebucket", "a", "--expires-at", &in_an_hour];
    assert_eq!(scene.run(&form).done().json()[0]["expires_at"], now + 3_600);
    let ran = scene.run(&["get", "examplebucket", "a", "--expires-at", "2020-01-01T00:00:00Z"]).failed(1);
    assert!(ran.err.contains("date -u"), "{}", ran.err);
    scene.run(&["get", "examplebucket", "a", "--expires-at", &in_an_hour, "--expires", "1h"]).failed(2);
}

/// Seconds since 1970 as `date` writes them for `--expires-at`.
fn rfc3339(seconds: u64) -> String {
    let output = std::process::Command::new("date")
        .args(["-u", "-d", &format!("@{seconds}"), "+%Y-%m-%dT%H:%M:%SZ"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn endpoints() {
    let scene = Scene::new();
    for (flag, host) in [
        ("--internal", "examplebucket.oss-cn-hangzhou-internal.aliyuncs.com"),
        ("--dual-stack", "examplebucket.cn-hangzhou.oss.aliyuncs.com"),
        ("--accelerate", "examplebucket.oss-accelerate.aliyuncs.com"),
        ("--accelerate-overseas", "examplebucket.oss-accelerate-overseas.aliyuncs.com"),
    ] {
        let url = url(&scene, &["get", "examplebucket", "a", flag]);
        assert!(url.starts_with(&format!("https://{host}/a?")), "{url}");
        scene.run(&["doctor", flag]).done();
    }
    scene.run(&["get", "examplebucket", "a", "--internal", "--dual-stack"]).failed(2);
}

/// More than a page, keys that XML cannot carry, filters.
#[test]
fn whole_prefixes() {
    let scene = Scene::new();
    for number in 0..3 {
        scene.write(&format!("site/{number}.html"), "page");
        scene.write(&format!("site/deep/ü +{number}.jpg"), "photo");
    }
    scene.run(&["upload", "-r", "site", "oss://examplebucket/www/"]).done();
    scene.run(&["upload", "site/0.html", "oss://examplebucket/www-other"]).done();
    scene.run(&["upload", "site/0.html", "oss://examplebucket/www/odd\u{1}key"]).done();
    let ran = scene.run(&["presign", "-r", "oss://examplebucket/www/", "--expires", "10m"]).done();
    let lines = ran.json();
    let keys: Vec<&str> = lines.iter().map(|line| line["key"].as_str().unwrap()).collect();
    assert_eq!(
        keys,
        [
            "www/0.html",
            "www/1.html",
            "www/2.html",
            "www/deep/ü +0.jpg",
            "www/deep/ü +1.jpg",
            "www/deep/ü +2.jpg",
            "www/odd\u{1}key"
        ]
    );
    assert_eq!(lines[3]["size"], 5);
    for line in &lines {
        // A line is a request as `--json` prints it.
        scene.run(&["download", &line.to_string(), "-"]).done();
    }
    let filtered =
        ["get", "-r", "oss://examplebucket/www/", "--include", "*.jpg", "--exclude", "deep/*1*", "--url"];
    let urls = scene.text(&filtered);
    assert_eq!(urls.lines().count(), 2, "{urls}");
    assert!(urls.lines().all(|line| line.starts_with("http://") && !line.contains("%2B1.jpg")), "{urls}");
    assert_eq!(scene.text(&["get", "-r", "oss://examplebucket/nothing/"]), "");
    assert!(scene.run(&["get", "-r", "oss://Examplebucket/"]).failed(1).err.contains("lower-case"));
    assert!(
        scene.run(&["get", "oss://examplebucket/a", "--include", "x"]).failed(2).err.contains("--recursive")
    );

    scene.server.add_fault("status=503,times=1".parse().unwrap());
    scene.run(&["get", "-r", "oss://examplebucket/www/"]).done();
    scene.server.add_fault("status=403,code=AccessDenied,times=1".parse().unwrap());
    let ran = scene.run(&["get", "-r", "oss://examplebucket/www/"]).failed(4);
    assert!(ran.err.contains("AccessDenied"), "{}", ran.err);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{free}");
    scene.run(&["get", "-r", "oss://examplebucket/", "--endpoint", &nowhere, "--attempts", "1"]).failed(5);
    scene.run(&["get", "-r", "oss://examplebucket/", "--endpoint", "http://example.com"]).failed(3);
}

/// A server that never comes to an end.
#[test]
fn a_list_without_end_is_given_up() {
    let scene = Scene::new();
    let endless = always(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 119\r\nx-oss-request-id: R\r\n\r\n\
         <ListBucketResult><IsTruncated>true</IsTruncated>\
         <NextContinuationToken>same</NextContinuationToken></ListBucketResult>",
    );
    let ran = scene
        .run(&["get", "-r", "oss://examplebucket/", "--endpoint", &endless, "--attempts", "1"])
        .failed(8);
    assert!(ran.err.contains("continuation token"), "{}", ran.err);
}

/// A page has 1000 keys.
#[test]
fn more_than_a_page() {
    let scene = Scene::new();
    let upload = scene.text(&["put", "examplebucket", "many/0000", "--url"]);
    scene.write("empty", "");
    scene.run(&["upload", "empty", upload.trim()]).done();
    for number in 1..1_002 {
        scene.write(&format!("many/{number:04}"), "");
    }
    scene.run(&["upload", "-r", "many", "oss://examplebucket/many/", "--parallel", "8"]).done();
    let urls = scene.text(&["get", "-r", "oss://examplebucket/many/", "--url"]);
    assert_eq!(urls.lines().count(), 1_002);
}
