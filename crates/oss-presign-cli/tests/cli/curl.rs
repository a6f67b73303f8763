//! `--curl` commands, run as they stand by `sh` with the real curl.

use crate::support::Scene;

/// A scene, where curl is installed.
fn scene() -> Option<Scene> {
    let found = std::process::Command::new("curl").arg("--version").output().is_ok();
    if !found {
        println!("curl is not installed: skipped");
    }
    found.then(Scene::new)
}

/// Keys that shells, curl or HTTP clients like to change.
const KEYS: [&str; 12] = [
    "plain.txt",
    "with blank.txt",
    "it's.txt",
    "\"quoted\".txt",
    "a/b//c.txt",
    "folder/",
    "ü +1%.jpg",
    "$HOME `id` !.txt",
    "q?a=b&c#d.txt",
    "{a,b}[1-3]*.txt",
    "back\\slash",
    "~;|<>()",
];

#[test]
fn any_key_goes_up_and_down_and_away() {
    let Some(scene) = scene() else { return };
    for (number, key) in KEYS.iter().enumerate() {
        let content = format!("content {number} of {key}");
        let file = format!("it's \"{number}\".txt");
        scene.write(&file, &content);
        let curl = |method: &str, more: &[&str]| {
            let command = scene.text(&[&[method, "examplebucket", key, "--curl"], more].concat());
            scene.shell(&command)
        };
        curl("put", &["--file", &file]).done();
        assert_eq!(curl("get", &[]).done().text(), content, "{key}");
        let copy = format!("copy {number}'s");
        curl("get", &["--file", &copy]).done();
        assert_eq!(scene.read(&copy), content.as_bytes(), "{key}");
        let head = curl("head", &[]).done().text().to_ascii_lowercase();
        assert!(head.contains(&format!("content-length: {}", content.len())), "{key}: {head}");
        curl("delete", &[]).done();
        // curl's own status for an answer of 400 and more.
        assert!(curl("get", &[]).failed(22).text().contains("NoSuchKey"), "{key}");
    }
}

#[test]
fn header_values_arrive_as_they_were_bound() {
    let Some(scene) = scene() else { return };
    scene.write("a", "1");
    let values = ["it's", "\"a\" $b `c` \\d", "ü", "a,  b;c", "@a", "-x"];
    for value in values {
        let header = format!("x-oss-meta-a: {value}");
        let additional = format!("x-odd: {value}");
        let put = [
            "put",
            "examplebucket",
            "a",
            "--curl",
            "--file",
            "a",
            "-H",
            &header,
            "--additional-header",
            &additional,
        ];
        scene.shell(&scene.text(&put)).done();
        let head = scene.shell(&scene.text(&["head", "examplebucket", "a", "--curl"])).done();
        assert!(head.text().contains(&header), "{value}: {}", head.text());
    }
    // An empty value must be sent all the same.
    scene
        .shell(&scene.text(&["put", "examplebucket", "a", "--curl", "--file", "a", "-H", "x-oss-meta-a:"]))
        .done();
    // A folder's marker takes curl's other way to send a body.
    let put = ["put", "examplebucket", "f/", "--curl", "--file", "a", "--content-type", "text/x-odd"];
    scene.shell(&scene.text(&put)).done();
    let head = scene.shell(&scene.text(&["head", "examplebucket", "f/", "--curl"])).done();
    assert!(head.text().to_ascii_lowercase().contains("content-type: text/x-odd"));
}

#[test]
fn standard_input() {
    let Some(scene) = scene() else { return };
    let put = scene.text(&["put", "examplebucket", "a", "--curl"]);
    scene.shell(&format!("printf piped | {put}")).done();
    assert_eq!(scene.shell(&scene.text(&["get", "examplebucket", "a", "--curl"])).done().text(), "piped");
}

#[test]
fn forms() {
    let Some(scene) = scene() else { return };
    let file = "it's; \"a\", b.txt";
    scene.write(file, "pixels");
    let form = |more: &[&str]| {
        let command =
            scene.text(&[&["post-policy", "examplebucket", "--curl", "--file", file], more].concat());
        scene.shell(&command)
    };
    form(&["a 'b'.jpg", "--content-type", "image/jpeg", "--content-length-range", "1-1k"]).done();
    assert_eq!(scene.object("a 'b'.jpg"), b"pixels");
    form(&[
        "--prefix",
        "user/",
        "--in",
        "content-type=image/png,image/gif",
        "--value",
        "content-type=image/gif",
    ])
    .done();
    form(&["a.jpg", "--success-action-status", "201"]).done();
    let ran = form(&["b.jpg", "--content-length-range", "100-200"]).failed(22);
    assert!(ran.text().contains("EntityTooSmall"), "{}", ran.text());
    let open = ["post-policy", "examplebucket", "a", "--curl", "--starts-with", "x-oss-meta-a=b"];
    assert!(scene.run(&open).failed(2).err.contains("--value x-oss-meta-a=…"));
}

#[test]
fn what_curl_saved_is_explained() {
    let Some(scene) = scene() else { return };
    scene.write("a.jpg", "pixels");
    let put = ["put", "examplebucket", "a.jpg", "--content-type", "image/jpeg"];
    let json = scene.text(&[&put[..], &["--json"]].concat());
    scene.write("put.json", &json);
    let request: serde_json::Value = serde_json::from_str(&json).unwrap();
    let url = request["url"].as_str().unwrap();
    let answer =
        scene.shell(&format!("curl -s -i -T a.jpg -H 'Content-Type: image/png' '{url}' -H Expect:")).done();
    scene.write("answer.txt", &answer.out);
    let ran = scene.run(&["explain", "answer.txt", "put.json", "-H", "Content-Type: image/png"]).done();
    insta::assert_snapshot!(
        ran.text().lines().next().unwrap(),
        @"The URL was signed with `content-type: image/jpeg`, but the request carried `image/png`."
    );
    assert!(ran.text().contains("First difference, headers: "), "{}", ran.text());
    assert!(ran.text().contains("certainty: proved\nrequest id: "), "{}", ran.text());
    // Without a word of what was sent, the server's own canonical request tells.
    let told = scene.run(&["explain", "answer.txt", "put.json", "--json"]).done().json();
    assert_eq!(told[0]["code"], "SignatureDoesNotMatch");
    assert!(told[0]["first_difference"].as_str().unwrap().contains("image/png"));
}
