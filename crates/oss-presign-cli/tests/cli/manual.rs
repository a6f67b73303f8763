//! Manual pages, and the format of `batch` that its help tells.

use serde_json::Value;

use crate::support::Scene;

/// The examples of `batch --help`, each as the one line that it is.
fn examples(help: &str) -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    let lines = help.lines().skip_while(|line| !line.starts_with("Examples")).skip(1);
    for line in lines {
        match line.strip_prefix("  {") {
            Some(rest) => examples.push(format!("{{{rest}")),
            None => {
                if let Some(last) = examples.last_mut() {
                    last.push_str(line.trim());
                }
            }
        }
    }
    examples
}

#[test]
fn every_example_of_batch_is_signed() {
    let scene = Scene::new();
    let examples = examples(&scene.text(&["batch", "--help"]));
    assert_eq!(examples.len(), 5);
    let kinds: Vec<Value> =
        examples.iter().map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].take()).collect();
    assert!(kinds.contains(&"header".into()) && kinds.contains(&"post-policy".into()));
    let answers = scene.run_with(&["batch"], examples.join("\n").as_bytes()).done().json();
    assert_eq!(answers.len(), 5);
    for (answer, field) in
        answers.iter().zip(["expires_at", "expires_at", "expires_at", "authorization", "policy_base64"])
    {
        assert!(answer.get(field).is_some(), "{answer}");
    }
    assert_eq!((&answers[0]["id"], &answers[1]["headers"][0][0]), (&1.into(), &"content-type".into()));
}

#[test]
fn urls_alone_line_by_line() {
    let scene = Scene::new();
    let good = r#"{"method":"GET","bucket":"examplebucket","key":"a"}"#;
    let bad = r#"{"id":7,"method":"GET","bucket":"Bucket","key":"a"}"#;
    let form = r#"{"kind":"post-policy","policy_json":"{}"}"#;
    let input = [good, bad, form, good].join("\n");
    let ran = scene.run_with(&["batch", "--url"], input.as_bytes()).failed(1);
    let text = ran.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[1], lines[2]), (4, "", ""));
    for url in [lines[0], lines[3]] {
        assert!(url.starts_with("http://"), "{url}");
        scene.run(&["verify", url]).done();
    }
    let error: Value = serde_json::from_str(ran.err.lines().next().unwrap()).unwrap();
    assert_eq!((&error["id"], &error["error"]["code"]), (&7.into(), &"BucketUpperCase".into()));
    scene.run_with(&["batch", "--url"], good.as_bytes()).done();
}

#[test]
fn pages_are_of_whole_commands() {
    let scene = Scene::new();
    let page = scene.text(&["man", "multipart", "plan"]);
    assert!(page.contains(".TH oss-presign-multipart-plan 1"), "{page}");
    assert!(page.contains("part\\-size"), "{page}");
    assert!(scene.text(&["man"]).contains("Exit status"));
    assert!(scene.run(&["man", "none"]).failed(2).err.contains("oss-presign help"));
    scene.run(&["man", "--directory", "man1"]).done();
    for name in ["oss-presign.1", "oss-presign-batch.1", "oss-presign-multipart-abort.1"] {
        assert!(scene.path(&format!("man1/{name}")).exists(), "{name}");
    }
}
