//! `upload` and `download` with credentials: folders, patterns, key templates.

use std::collections::BTreeSet;

use crate::support::Scene;

fn site() -> Scene {
    let scene = Scene::new();
    for file in ["site/index.html", "site/css/a.css", "site/css/a.css.map", "site/ü b.txt", "top.txt"] {
        scene.write(file, file);
    }
    scene
}

#[test]
fn a_folder_keeps_its_shape() {
    let scene = site();
    let told =
        scene.run(&["upload", "-r", "site", "oss://examplebucket/www/", "--exclude", "*.map", "--json"]);
    let told = told.done().json();
    let objects: BTreeSet<&str> = told.iter().map(|line| line["object"].as_str().unwrap()).collect();
    let expected =
        ["css/a.css", "index.html", "ü b.txt"].map(|path| format!("oss://examplebucket/www/{path}"));
    assert_eq!(objects, expected.iter().map(String::as_str).collect());
    for (key, file) in [("www/css/a.css", "site/css/a.css"), ("www/ü b.txt", "site/ü b.txt")] {
        assert_eq!(scene.object(key), file.as_bytes());
    }
}

#[test]
fn patterns_and_templates() {
    let scene = site();
    let ran =
        scene.run(&["upload", "site/**/*.css", "top.txt", "oss://examplebucket/x/{stem}-1{ext}"]).done();
    assert_eq!(ran.text().lines().count(), 2);
    assert_eq!(scene.object("x/a-1.css"), b"site/css/a.css");
    assert_eq!(scene.object("x/top-1.txt"), b"top.txt");
    let ran = scene.run(&["upload", "site/*.jpg", "oss://examplebucket/"]).failed(7);
    assert!(ran.err.contains("no file fits"), "{}", ran.err);
}

#[test]
fn the_same_key_twice_is_refused_before_anything_is_sent() {
    let scene = site();
    let ran = scene.run(&["upload", "-r", "site", "oss://examplebucket/all"]).failed(2);
    assert!(ran.err.contains("would both become `all`"), "{}", ran.err);
    scene.run(&["download", "oss://examplebucket/all", "-"]).failed(4);
    let ran = scene.run(&["upload", "site", "oss://examplebucket/"]).failed(2);
    assert!(ran.err.contains("give -r"), "{}", ran.err);
}

#[test]
fn headers_are_signed_and_sent() {
    let scene = site();
    let to = "oss://examplebucket/a.txt";
    scene
        .run(&["upload", "top.txt", to, "--content-type", "text/x-odd", "-H", "x-oss-forbid-overwrite: true"])
        .done();
    let head = scene.text(&["head", "examplebucket", "a.txt", "--curl"]);
    let ran = scene.shell(&head);
    if ran.status == Some(127) {
        println!("curl is not installed: not looked at the headers");
    } else {
        assert!(ran.done().text().to_ascii_lowercase().contains("content-type: text/x-odd"));
    }
    let ran = scene.run(&["upload", "top.txt", to, "-H", "x-oss-forbid-overwrite: true"]).failed(4);
    assert!(ran.err.contains("FileAlreadyExists") && ran.err.contains("forbid-overwrite"), "{}", ran.err);
}

#[test]
fn one_failure_does_not_stop_the_others() {
    let scene = site();
    scene.write("bad/\\odd.txt", "x");
    let ran = scene.run(&["upload", "-r", "bad", "site", "oss://examplebucket/"]).failed(1);
    assert!(ran.err.contains("odd.txt"), "{}", ran.err);
    assert_eq!(ran.text().lines().count(), 4);
}

#[test]
fn many_at_once() {
    let scene = Scene::new();
    for n in 0..200 {
        scene.write(&format!("in/{:02}/{n}.txt", n % 7), format!("content {n}"));
    }
    let ran = scene.run(&["upload", "-r", "in", "oss://examplebucket/many/", "--parallel", "16"]).done();
    assert_eq!(ran.text().lines().count(), 200);
    assert_eq!(ran.err, "200 transferred, 2090 bytes\n", "no progress without a terminal");
    assert_eq!(scene.object("many/03/101.txt"), b"content 101");
    let from: Vec<String> =
        (0..20).map(|n| format!("oss://examplebucket/many/{:02}/{n}.txt", n % 7)).collect();
    let mut arguments = vec!["download"];
    arguments.extend(from.iter().map(String::as_str));
    arguments.push("out/");
    scene.run(&arguments).done();
    assert_eq!(std::fs::read_dir(scene.path("out")).unwrap().count(), 20);
    assert_eq!(scene.read("out/13.txt"), b"content 13");
}

#[test]
fn downloads_that_cannot_be_named() {
    let scene = Scene::new();
    for arguments in [
        &["download", "oss://examplebucket/a", "oss://examplebucket/b", "-"][..],
        &["download", "oss://examplebucket/a", "oss://examplebucket/b", "file"],
        &["download", "oss://examplebucket/x/a", "oss://examplebucket/y/a", "out/"],
        &["download", "oss://examplebucket/x/..", "out/"],
        &["download", "oss://examplebucket", "out/"],
    ] {
        scene.run(arguments).failed(2);
    }
}

#[test]
fn without_credentials_it_says_what_to_set() {
    let scene = site();
    let mut command = scene.command(&["upload", "top.txt", "oss://examplebucket/"]);
    command.env_remove("OSS_ACCESS_KEY_ID");
    let ran = crate::support::feed(command, b"").failed(1);
    assert!(ran.err.contains("OSS_ACCESS_KEY_ID"), "{}", ran.err);
}

/// A browser shows pages, and saves what has no type.
#[test]
fn pages_are_stored_as_pages() {
    let scene = site();
    let media_type = |key: &str| {
        let head = scene.text(&["head", "examplebucket", key, "--curl"]);
        let answer = scene.shell(&head).done().text().to_ascii_lowercase();
        let line = answer.lines().find_map(|line| line.strip_prefix("content-type: ").map(str::to_owned));
        line.unwrap_or_default()
    };
    scene.run(&["upload", "-r", "site", "oss://examplebucket/www/"]).done();
    assert_eq!(media_type("www/index.html"), "text/html");
    assert_eq!(media_type("www/css/a.css"), "text/css");
    scene.run(&["upload", "site/index.html", "oss://examplebucket/b.html", "--no-guess"]).done();
    assert_eq!(media_type("b.html"), "application/octet-stream");
    scene
        .run(&["upload", "site/index.html", "oss://examplebucket/c.html", "--content-type", "text/x-odd"])
        .done();
    assert_eq!(media_type("c.html"), "text/x-odd");
    let parts = ["upload", "site/index.html", "oss://examplebucket/d.html", "--multipart-above", "1"];
    scene.run(&parts).done();
    assert_eq!(media_type("d.html"), "text/html");
}
