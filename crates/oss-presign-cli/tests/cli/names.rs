//! Objects, requests and where they are: each is named in the same ways everywhere.

use crate::support::Scene;

#[test]
fn an_object_by_its_url_or_by_bucket_and_key() {
    let scene = Scene::new();
    scene.write("a.txt", "content");
    for name in [&["oss://examplebucket/ü a.txt"][..], &["examplebucket", "ü a.txt"]] {
        let run = |before: &[&str], after: &[&str]| scene.run(&[before, name, after].concat()).done();
        for method in ["put", "get", "head", "delete"] {
            let request = run(&[method], &["--json"]).json().remove(0);
            let url = request["url"].as_str().unwrap();
            assert!(url.contains("/examplebucket/%C3%BC%20a.txt?"), "{method}: {url}");
        }
        run(&["upload", "a.txt"], &[]);
        run(&["download"], &["copy.txt"]);
        assert_eq!(scene.read("copy.txt"), b"content");
        std::fs::remove_file(scene.path("copy.txt")).unwrap();
        let plan = run(&["multipart", "plan"], &["--size", "1"]).text();
        assert!(plan.contains("%C3%BC%20a.txt"), "{plan}");
        let form = run(&["post-policy"], &[]).json().remove(0);
        assert_eq!(form["fields"][0], serde_json::json!(["key", "ü a.txt"]));
    }
}

#[test]
fn what_names_no_object_says_how_to_name_one() {
    let scene = Scene::new();
    for (arguments, part) in [
        (&["get", "examplebucket/a.txt"][..], "did you mean oss://examplebucket/a.txt?"),
        (&["put", "examplebucket"], "oss://examplebucket/KEY"),
        (&["get", "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a"], "URL already"),
        (&["put", "oss://examplebucket/my", "file.txt"], "quote a key with blanks"),
        (&["multipart", "plan", "examplebucket", "--size", "1"], "a key is missing"),
        (&["post-policy", "oss://examplebucket"], "--prefix"),
    ] {
        let ran = scene.run(arguments).failed(2);
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
    }
}

/// A URL, the JSON of a request, a file with either, standard input with either.
#[test]
fn a_request_wherever_it_is() {
    let scene = Scene::new();
    scene.write("a.txt", "content");
    scene.run(&["upload", "a.txt", "oss://examplebucket/a.txt"]).done();
    scene.write("put.json", scene.text(&["put", "examplebucket", "b.txt", "--json"]));
    scene.run(&["upload", "a.txt", "put.json"]).done();
    let json = scene.text(&["get", "examplebucket", "b.txt", "--json"]);
    let url = scene.text(&["get", "examplebucket", "b.txt"]);
    scene.write("get.json", &json);
    scene.write("url.txt", &url);
    for request in [json.trim(), url.trim(), "get.json", "url.txt"] {
        assert_eq!(scene.run(&["download", request, "-"]).done().out, b"content");
        let ran = scene.run(&["inspect", request]).done();
        assert!(ran.text().contains("/examplebucket/b.txt"), "{}", ran.text());
        scene.run(&["verify", request]).done();
        scene.write("answer.txt", "HTTP/1.1 403 Forbidden\r\n\r\n");
        scene.run(&["explain", "answer.txt", request]).done();
    }
    for input in [&json, &url] {
        for command in [
            &["download", "-", "-"][..],
            &["inspect", "-"],
            &["verify", "-"],
            &["explain", "answer.txt", "-"],
        ] {
            scene.run_with(command, input.as_bytes()).done();
        }
    }
    for command in
        [&["download", "nowhere.json", "-"][..], &["inspect", "nowhere.json"], &["verify", "nowhere.json"]]
    {
        let ran = scene.run(command).failed(2);
        assert!(
            ran.err.contains("no file that is there") && ran.err.contains("single quotes"),
            "{}",
            ran.err
        );
    }
}
