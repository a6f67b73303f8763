//! One plan whose parts are uploaded by several processes, each with its own copy of the file.

use serde_json::Value;

use crate::support::{Ran, Scene, feed};

fn bytes() -> Vec<u8> {
    (0..1_000_000_u32).map(|n| (n % 251) as u8).collect()
}

/// A scene with two copies of a file and a plan of ten parts.
fn planned() -> Scene {
    let scene = Scene::new();
    scene.write("one/big.bin", bytes());
    scene.write("two/big.bin", bytes());
    let plan =
        ["multipart", "plan", "oss://examplebucket/big", "--file", "one/big.bin", "--part-size", "100k"];
    scene.write("plan.json", scene.text(&plan));
    scene
}

/// A command of the holder, who has no credentials.
fn holder(scene: &Scene, copy: &str, more: &[&str]) -> Ran {
    let checkpoint = format!("{copy}.json");
    let file = format!("{copy}/big.bin");
    let upload = ["multipart", "upload", &file, "plan.json", "--checkpoint", &checkpoint];
    let mut command = scene.command(&[&upload[..], more].concat());
    command.env_remove("OSS_ACCESS_KEY_ID").env_remove("OSS_ACCESS_KEY_SECRET").env_remove("OSS_REGION");
    feed(command, b"")
}

#[test]
fn two_processes_with_two_copies_make_one_object() {
    let scene = planned();
    let (one, two) = std::thread::scope(|scope| {
        let one = scope.spawn(|| holder(&scene, "one", &["--parts", "1-6", "--json"]));
        let two = scope.spawn(|| holder(&scene, "two", &["--parts", "7-9"]));
        (one.join().unwrap(), two.join().unwrap())
    });
    assert_eq!(one.done().json().len(), 6);
    let two = two.done();
    assert!(
        two.text().contains("two/big.bin, part 9: 102400 bytes stored, checksums agree"),
        "{}",
        two.text()
    );
    assert!(two.err.contains("3 transferred, 307200 bytes"), "{}", two.err);
    // What is done is not done again.
    assert_eq!(holder(&scene, "two", &["--parts", "7-9"]).done().text(), "");

    // Part 10 is missing; the others are not sent again, because they could not be.
    let mut plan: Value = serde_json::from_slice(&scene.read("plan.json")).unwrap();
    for part in plan["parts"].as_array_mut().unwrap().iter_mut().take(9) {
        part["url"] = "https://nowhere.invalid/?x-oss-signature=s".into();
    }
    scene.write("plan.json", plan.to_string());
    holder(&scene, "one", &["--with", "two.json"]).done();
    assert!(scene.object("big") == bytes());
    assert!(!scene.path("one.json").exists());
}

/// The checksum of such an object would be right.
#[test]
fn copies_that_differ_make_no_object() {
    let scene = planned();
    let mut other = bytes();
    other[900_000] ^= 1;
    scene.write("two/big.bin", &other);
    holder(&scene, "one", &["--parts", "1-5"]).done();
    holder(&scene, "two", &["--parts", "6-10"]).done();
    let ran = holder(&scene, "one", &["--with", "two.json"]).failed(6);
    assert!(ran.err.contains("two.json: part 9 was uploaded from another content"), "{}", ran.err);
    scene.run(&["download", "oss://examplebucket/big", "-"]).failed(4);
    holder(&scene, "one", &[]).done();
    assert!(scene.object("big") == bytes());
}

#[test]
fn what_is_no_part_of_the_plan_is_refused() {
    let scene = planned();
    assert!(holder(&scene, "one", &["--parts", "10-11"]).failed(2).err.contains("10 parts"));
    let plan =
        ["multipart", "plan", "oss://examplebucket/big", "--file", "one/big.bin", "--part-size", "100k"];
    let other = scene.text(&plan);
    holder(&scene, "two", &["--parts", "1"]).done();
    scene.write("plan.json", other);
    let ran = holder(&scene, "one", &["--with", "two.json"]).failed(3);
    assert!(ran.err.contains("two.json") && ran.err.contains("another upload"), "{}", ran.err);
    scene.write("two.json", "{}");
    assert!(holder(&scene, "one", &["--with", "two.json"]).failed(3).err.contains("not a checkpoint"));
}
