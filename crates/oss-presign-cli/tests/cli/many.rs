//! Many files and objects: lists, whole prefixes down, what is there already, what only would be done.

use crate::support::Scene;

fn site() -> Scene {
    let scene = Scene::new();
    for file in ["site/index.html", "site/css/a.css", "site/ü b.txt", "site/css/deep/c.css"] {
        scene.write(file, file);
    }
    scene.run(&["upload", "-r", "site", "oss://examplebucket/www/", "--quiet"]).done();
    scene
}

/// The path below `folder` of every file in it.
fn files(scene: &Scene, folder: &str) -> Vec<String> {
    let root = scene.path(folder);
    let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files.map(|entry| entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn lists() {
    let scene = site();
    let text = scene.text(&["ls", "oss://examplebucket/www/"]);
    let last_words = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split("  ").last().unwrap().to_owned()).collect()
    };
    assert_eq!(
        last_words(&text),
        [
            "oss://examplebucket/www/css/",
            "oss://examplebucket/www/index.html",
            "oss://examplebucket/www/ü b.txt"
        ]
    );
    let all = scene.text(&["list", "-r", "examplebucket", "www/css"]);
    assert_eq!(
        last_words(&all),
        ["oss://examplebucket/www/css/a.css", "oss://examplebucket/www/css/deep/c.css"]
    );
    let json = scene.run(&["ls", "oss://examplebucket/www/", "--json"]).done().json();
    assert_eq!(json[0]["folder"], "www/css/");
    assert_eq!((&json[1]["key"], &json[1]["size"]), (&"www/index.html".into(), &15.into()));
    assert!(json[1]["last_modified"].as_str().unwrap().starts_with("20"));
}

#[test]
fn a_prefix_comes_down_as_a_folder() {
    let scene = site();
    let ran = scene.run(&["download", "-r", "oss://examplebucket/www/", "copy"]).done();
    assert_eq!(files(&scene, "copy"), files(&scene, "site"));
    for file in files(&scene, "site") {
        assert_eq!(scene.read(&format!("copy/{file}")), scene.read(&format!("site/{file}")));
    }
    assert!(ran.err.contains("4 transferred, "), "{}", ran.err);
    let some = [
        "download",
        "-r",
        "oss://examplebucket/www/",
        "some",
        "--include",
        "*.css",
        "--exclude",
        "css/deep/**",
    ];
    scene.run(&some).done();
    assert_eq!(files(&scene, "some"), ["css/a.css"]);
    scene.run(&["download", "-r", "oss://examplebucket/www/", "-"]).failed(2);
    scene.run(&["download", "-r", "oss://examplebucket/www/", "site/index.html"]).failed(2);
}

/// Whoever may write into a bucket must not write beside the folder.
#[test]
fn keys_that_leave_the_folder_are_refused() {
    let scene = Scene::new();
    scene.write("a", "evil");
    scene.write("empty", "");
    // The last one is an empty folder as the console makes it.
    for (key, file) in [("p/../escaped", "a"), ("p//etc", "a"), ("p/ok", "a"), ("p/marker/", "empty")] {
        let url = scene.text(&["put", "examplebucket", key, "--allow-dot-segments", "--url"]);
        scene.run(&["upload", file, url.trim()]).done();
    }
    let ran = scene.run(&["download", "-r", "oss://examplebucket/p/", "inside/folder"]).failed(3);
    assert!(ran.err.contains("no path below the folder"), "{}", ran.err);
    assert!(ran.err.contains("2 failed"), "{}", ran.err);
    assert!(!scene.path("inside/escaped").exists() && !scene.path("escaped").exists());
    assert_eq!(files(&scene, "inside"), ["folder/ok"]);
}

#[test]
fn what_is_there_is_left_out() {
    let scene = site();
    scene.write("site/index.html", "site/index.htm!");
    let again = ["upload", "-r", "site", "oss://examplebucket/www/", "--skip-existing", "--json"];
    let actions = |arguments: &[&str]| {
        let lines = scene.run(arguments).done().json();
        let mut actions: Vec<(String, String)> = lines
            .iter()
            .map(|line| {
                (line["file"].as_str().unwrap().to_owned(), line["action"].as_str().unwrap().to_owned())
            })
            .collect();
        actions.sort();
        actions.into_iter().map(|(_, action)| action).collect::<Vec<_>>()
    };
    // The size is the same; the checksum is not.
    assert_eq!(actions(&again), ["same", "same", "stored", "same"]);
    assert_eq!(scene.object("www/index.html"), b"site/index.htm!");
    let down = ["download", "-r", "oss://examplebucket/www/", "copy", "--skip-existing", "--json"];
    assert_eq!(actions(&down), ["received"; 4]);
    scene.write("copy/css/a.css", "other");
    assert_eq!(actions(&down), ["received", "same", "same", "same"]);
    let text = scene.run(&["download", "-r", "oss://examplebucket/www/", "copy", "--skip-existing"]).done();
    assert!(text.err.contains("0 transferred, 0 bytes; 4 there already"), "{}", text.err);
}

#[test]
fn a_dry_run_does_nothing() {
    let scene = site();
    scene.write("site/new.txt", "new");
    let up = ["upload", "-r", "site", "oss://examplebucket/www/", "--dry-run", "--skip-existing"];
    let ran = scene.run(&up).done();
    let planned: Vec<String> =
        ran.text().lines().filter(|line| line.contains("would be")).map(str::to_owned).collect();
    assert_eq!(planned.len(), 1, "{}", ran.text());
    assert!(planned[0].contains("oss://examplebucket/www/new.txt"), "{planned:?}");
    scene.run(&["download", "oss://examplebucket/www/new.txt", "-"]).failed(4);
    let ran = scene.run(&["download", "-n", "-r", "oss://examplebucket/www/", "copy"]).done();
    assert!(ran.err.contains("4 would be transferred"), "{}", ran.err);
    scene.run(&["download", "-n", "oss://examplebucket/www/index.html", "copy/"]).done();
    assert!(!scene.path("copy").exists());
    let url = scene.text(&["get", "examplebucket", "www/index.html", "--url"]);
    scene.run(&["download", "-n", url.trim(), "a"]).failed(2);
}

#[test]
#[cfg(unix)]
fn links_that_lead_nowhere_are_left_out() {
    let scene = site();
    std::os::unix::fs::symlink("nowhere", scene.path("site/dangling")).unwrap();
    let ran = scene.run(&["upload", "-r", "site", "oss://examplebucket/www/"]).done();
    assert!(ran.err.contains("site/dangling: the link leads nowhere"), "{}", ran.err);
    assert!(ran.err.contains("4 transferred"), "{}", ran.err);
}
