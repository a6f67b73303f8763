//! `multipart`, and large files of `upload`.

use serde_json::Value;

use crate::support::{Scene, always};

const OBJECT: &str = "oss://examplebucket/big/ü.bin";

fn bytes() -> Vec<u8> {
    (0..1_000_000_u32).map(|n| (n % 251) as u8).collect()
}

/// A scene with `big.bin`, and a plan for it with parts of 100 KiB.
fn planned() -> (Scene, Value) {
    let scene = Scene::new();
    scene.write("big.bin", bytes());
    let plan = scene.text(&[
        "multipart",
        "plan",
        "examplebucket",
        "big/ü.bin",
        "--file",
        "big.bin",
        "--part-size",
        "100k",
    ]);
    scene.write("plan.json", &plan);
    (scene, serde_json::from_str(&plan).unwrap())
}

/// A command without credentials.
fn holder(scene: &Scene, arguments: &[&str]) -> crate::support::Ran {
    let mut command = scene.command(arguments);
    command.env_remove("OSS_ACCESS_KEY_ID").env_remove("OSS_ACCESS_KEY_SECRET").env_remove("OSS_REGION");
    crate::support::feed(command, b"")
}

#[test]
fn from_plan_to_object() {
    let (scene, plan) = planned();
    assert_eq!((&plan["size"], &plan["part_size"]), (&1_000_000.into(), &102_400.into()));
    assert_eq!(plan["parts"].as_array().unwrap().len(), 10);
    let told = holder(&scene, &["multipart", "upload", "big.bin", "plan.json", "--json"]).done().json();
    assert_eq!((&told[0]["bytes"], &told[0]["verified"]), (&1_000_000.into(), &true.into()));
    assert!(told[0].get("answer").is_none());
    assert!(scene.object("big/ü.bin") == bytes());
}

#[test]
fn headers_are_the_objects() {
    let scene = Scene::new();
    scene.write("a", "abc");
    let plan = scene.text(&[
        "multipart",
        "plan",
        "examplebucket",
        "a",
        "--size",
        "3",
        "--content-type",
        "text/x-odd",
    ]);
    let mut command = scene.command(&["multipart", "upload", "a", "-"]);
    command.env_remove("OSS_ACCESS_KEY_ID");
    crate::support::feed(command, plan.as_bytes()).done();
    let ran = scene.shell(&scene.text(&["head", "examplebucket", "a", "--curl"]));
    if ran.status == Some(127) {
        println!("curl is not installed: not looked at the headers");
    } else {
        assert!(ran.done().text().to_ascii_lowercase().contains("content-type: text/x-odd"));
    }
}

#[test]
fn a_second_run_sends_only_the_rest() {
    let (scene, mut plan) = planned();
    // The last part cannot be sent, the others can.
    let good = plan["parts"][9]["url"].take();
    plan["parts"][9]["url"] =
        format!("{}/x?x-oss-signature=s", always("HTTP/1.1 403 F\r\ncontent-length: 0\r\n\r\n")).into();
    scene.write("plan.json", plan.to_string());
    let upload =
        ["multipart", "upload", "big.bin", "plan.json", "--checkpoint", "big.checkpoint", "--parallel", "1"];
    holder(&scene, &upload).failed(4);
    let checkpoint: Value = serde_json::from_slice(&scene.read("big.checkpoint")).unwrap();
    assert_eq!(checkpoint["parts"].as_array().unwrap().len(), 9);
    plan["parts"][9]["url"] = good;
    // What is done is not sent again: it could not be.
    for part in plan["parts"].as_array_mut().unwrap().iter_mut().take(9) {
        part["url"] = "https://nowhere.invalid/?x-oss-signature=s".into();
    }
    scene.write("plan.json", plan.to_string());
    holder(&scene, &upload).done();
    assert!(scene.object("big/ü.bin") == bytes());
    assert!(!scene.path("big.checkpoint").exists());
}

#[test]
fn an_aborted_upload_is_gone() {
    let (scene, _) = planned();
    assert_eq!(holder(&scene, &["multipart", "abort", "plan.json"]).done().text(), "aborted\n");
    let ran = holder(&scene, &["multipart", "upload", "big.bin", "plan.json"]).failed(4);
    assert!(ran.err.contains("NoSuchUpload") && ran.err.contains("begin a new one"), "{}", ran.err);
    // Twice does no harm.
    holder(&scene, &["multipart", "abort", "plan.json"]).done();
}

#[test]
fn a_plan_that_its_holder_begins() {
    let scene = Scene::new();
    scene.write("big.bin", bytes());
    let plan =
        ["multipart", "plan", "examplebucket", "big/ü.bin", "--file", "big.bin", "--presigned-initiate"];
    scene.write("plan.json", scene.text(&plan));
    let upload = ["multipart", "upload", "big.bin", "plan.json", "--sign", OBJECT];
    let ran = scene.run(&upload[..4]).failed(2);
    assert!(ran.err.contains("--sign"), "{}", ran.err);
    scene.run(&["multipart", "abort", "plan.json", "--sign", OBJECT]).failed(2);
    scene.run(&upload).done();
    assert!(scene.object("big/ü.bin") == bytes());
}

#[test]
fn what_does_not_fit_is_refused() {
    let (scene, plan) = planned();
    scene.write("small.bin", "abc");
    let ran = holder(&scene, &["multipart", "upload", "small.bin", "plan.json"]).failed(3);
    assert!(ran.err.contains("ask for a plan of this file"), "{}", ran.err);
    scene.write("cut.json", &plan.to_string()[..300]);
    let ran = holder(&scene, &["multipart", "upload", "big.bin", "cut.json"]).failed(2);
    assert!(ran.err.contains("breaks off"), "{}", ran.err);
    holder(&scene, &["multipart", "upload", "big.bin", "none.json"]).failed(7);
    let plan = |size: &str, part: &str| {
        scene.run(&["multipart", "plan", "examplebucket", "a", "--size", size, "--part-size", part])
    };
    assert!(plan("1G", "1k").failed(2).err.contains("100 KiB"));
    assert!(plan("5T", "100k").failed(2).err.contains("10000 parts"));
    scene.run(&["multipart", "plan", "examplebucket", "a"]).failed(2);
    let mut wrong = scene.command(&["multipart", "plan", "examplebucket", "a", "--size", "1"]);
    wrong.env("OSS_ACCESS_KEY_SECRET", "fake-other-secret");
    let ran = crate::support::feed(wrong, b"").failed(4);
    assert!(ran.err.contains("SignatureDoesNotMatch"), "{}", ran.err);
}

#[test]
fn large_files_of_an_upload_go_in_parts() {
    let scene = Scene::new();
    scene.write("in/big.bin", bytes());
    scene.write("in/small.bin", "abc");
    let arguments = ["upload", "-r", "in", "oss://examplebucket/in/", "--multipart-above", "100k", "--json"];
    let told = scene.run(&arguments).done().json();
    // The ETag of an object that was made of parts is no MD5.
    let of_parts = |name: &str| {
        let line = told.iter().find(|line| line["file"].as_str().unwrap().ends_with(name)).unwrap();
        line["etag"].as_str().unwrap().contains('-')
    };
    assert_eq!((of_parts("big.bin"), of_parts("small.bin")), (true, false));
    assert!(scene.object("in/big.bin") == bytes());
}
