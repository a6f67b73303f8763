//! Uploads that go on where they were interrupted, plans that are renewed, uploads that are left over.

use std::process::Stdio;

use oss_local::{Fault, FaultRule};
use serde_json::Value;

use crate::support::{Ran, Scene, always, feed};

const MIB: usize = 1 << 20;

/// Three parts: 8 MiB each is the smallest that is chosen by itself.
fn bytes() -> Vec<u8> {
    (0..20 * MIB).map(|n| (n % 251) as u8).collect()
}

/// The checkpoints in the scene's folder, by name.
fn checkpoints(scene: &Scene, folder: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(scene.path(folder)) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains(".oss-upload-") && name.ends_with(".json")).collect()
}

/// How many parts a checkpoint has, where it is there and whole.
fn parts_done(scene: &Scene, folder: &str) -> Option<usize> {
    let name = checkpoints(scene, folder).pop()?;
    let text = std::fs::read(scene.path(folder).join(name)).ok()?;
    let checkpoint: Value = serde_json::from_slice(&text).ok()?;
    Some(checkpoint["parts"].as_array()?.len())
}

fn uploads(scene: &Scene) -> Vec<Value> {
    scene.run(&["multipart", "list", "oss://examplebucket", "--json"]).done().json()
}

const UPLOAD: [&str; 7] =
    ["upload", "big.bin", "oss://examplebucket/big.bin", "--multipart-above", "1M", "--parallel", "1"];

/// Starts an upload whose third part is never answered, and ends the process when two parts are stored.
fn killed(scene: &Scene, arguments: &[&str], folder: &str) {
    scene
        .server
        .add_fault(FaultRule::new(Fault::Delay(std::time::Duration::from_secs(3600))).method("PUT").nth(3));
    let mut command = scene.command(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while parts_done(scene, folder) != Some(2) {
        assert!(child.try_wait().unwrap().is_none(), "it ended before");
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    scene.server.clear_faults();
}

#[test]
fn an_upload_goes_on_after_kill() {
    let scene = Scene::new();
    scene.write("big.bin", bytes());
    for (folder, more) in [("", &[][..]), ("kept", &["--checkpoint-dir", "kept"])] {
        let arguments = [&UPLOAD[..], more].concat();
        killed(&scene, &arguments, folder);
        assert_eq!(uploads(&scene).len(), 1);
        // One part is missing: a second one would be sent again, and is refused.
        scene.server.add_fault("status=403,code=Again,method=PUT,nth=2".parse().unwrap());
        let told = scene.run(&[&arguments[..], &["--json"]].concat()).done().json().remove(0);
        scene.server.clear_faults();
        assert_eq!((&told["bytes"], &told["verified"]), (&(20 * MIB).into(), &true.into()));
        assert!(scene.object("big.bin") == bytes());
        assert!(checkpoints(&scene, folder).is_empty() && uploads(&scene).is_empty());
    }
}

#[test]
fn a_file_that_was_changed_starts_over() {
    let scene = Scene::new();
    scene.write("big.bin", bytes());
    killed(&scene, &UPLOAD, "");
    let mut other = bytes();
    other.truncate(19 * MIB);
    other[0] = 9;
    scene.write("big.bin", &other);
    let ran = scene.run(&UPLOAD).done();
    let sentence = "big.bin: starting over: the file was changed since a part of it was uploaded\n";
    assert_eq!(ran.err, sentence);
    assert!(scene.object("big.bin") == other);
    assert!(uploads(&scene).is_empty(), "the old upload is given up");

    // The service has forgotten the upload, as a lifecycle rule makes it do.
    killed(&scene, &UPLOAD, "");
    let upload = uploads(&scene).remove(0);
    let id = upload["upload_id"].as_str().unwrap();
    scene.run(&["multipart", "abort", "oss://examplebucket/big.bin", "--upload-id", id]).done();
    let ran = scene.run(&UPLOAD).done();
    assert!(ran.err.contains("starting over: the service no longer knows"), "{}", ran.err);

    killed(&scene, &UPLOAD, "");
    scene.write(&checkpoints(&scene, "")[0], "{");
    let ran = scene.run(&UPLOAD).done();
    assert!(ran.err.contains("starting over: its checkpoint is damaged"), "{}", ran.err);
    assert!(checkpoints(&scene, "").is_empty());
}

/// What fails says how to go on and how to give up; both work.
#[test]
fn a_failed_upload_says_what_it_leaves() {
    let scene = Scene::new();
    scene.write("in/big.bin", bytes());
    let upload = ["upload", "-r", "in", "oss://examplebucket/", "--multipart-above", "1M", "--attempts", "1"];
    scene.server.add_fault("status=500,method=PUT,nth=2".parse().unwrap());
    let ran = scene.run(&[&upload[..], &["--parallel", "1"]].concat()).failed(8);
    assert!(ran.err.contains("the same command sends the rest"), "{}", ran.err);
    assert_eq!(checkpoints(&scene, "in").len(), 1);
    let give_up = ran
        .err
        .split("oss-presign multipart abort ")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .replace('\'', "");
    let give_up = [&["multipart", "abort"][..], &give_up.split_whitespace().collect::<Vec<_>>()].concat();

    // The checkpoint lies among the files and is none of them.
    scene.run(&upload).done();
    let keys = scene.text(&["ls", "-r", "oss://examplebucket"]);
    assert_eq!(keys.lines().count(), 1, "{keys}");

    let ran = scene.run(&give_up).failed(4);
    assert!(ran.err.contains("NoSuchUpload") && ran.err.contains("multipart list"), "{}", ran.err);
}

/// Standard input is not there a second time.
#[test]
fn what_cannot_go_on_leaves_nothing() {
    let scene = Scene::new();
    scene.server.add_fault("status=403,code=AccessDenied,method=PUT,nth=2".parse().unwrap());
    let upload = ["upload", "-", "oss://examplebucket/big.bin", "--multipart-above", "1M", "--parallel", "1"];
    let ran = scene.run_with(&upload, &bytes()).failed(4);
    assert!(ran.err.contains("its parts were thrown away"), "{}", ran.err);
    assert!(uploads(&scene).is_empty());
    scene.run_with(&upload, &bytes()).done();
    assert!(scene.object("big.bin") == bytes());
}

#[test]
fn a_checkpoint_folder_that_is_none() {
    let scene = Scene::new();
    scene.write("big.bin", vec![0; 2 * MIB]);
    let ran = scene.run(&[&UPLOAD[..], &["--checkpoint-dir", "big.bin"]].concat()).failed(7);
    assert!(ran.err.contains("big.bin"), "{}", ran.err);
}

/// A command without credentials.
fn holder(scene: &Scene, arguments: &[&str]) -> Ran {
    let mut command = scene.command(arguments);
    command.env_remove("OSS_ACCESS_KEY_ID").env_remove("OSS_ACCESS_KEY_SECRET").env_remove("OSS_REGION");
    feed(command, b"")
}

#[test]
fn a_renewed_plan_goes_on_with_the_holders_checkpoint() {
    let scene = Scene::new();
    let bytes = &bytes()[..MIB];
    scene.write("big.bin", bytes);
    let key = "big/ü +.bin";
    let object = format!("oss://examplebucket/{key}");
    let plan = ["multipart", "plan", &object, "--file", "big.bin", "--part-size", "100k"];
    let mut plan: Value = serde_json::from_str(&scene.text(&plan)).unwrap();
    let refusing = format!("{}/x?x-oss-signature=s", always("HTTP/1.1 403 F\r\ncontent-length: 0\r\n\r\n"));
    let last = plan["parts"][10]["url"].take();
    plan["parts"][10]["url"] = refusing.into();
    scene.write("plan.json", plan.to_string());
    let upload = ["multipart", "upload", "big.bin", "plan.json", "--checkpoint", "state", "--parallel", "1"];
    holder(&scene, &upload).failed(4);

    // All requests are over.
    plan["parts"][10]["url"] = last;
    let expire = |request: &mut Value| request["expires_at"] = 5.into();
    plan["parts"].as_array_mut().unwrap().iter_mut().for_each(expire);
    ["complete", "abort", "check"].iter().for_each(|step| expire(&mut plan[*step]));
    scene.write("plan.json", plan.to_string());
    let ran = holder(&scene, &upload).failed(3);
    assert!(ran.err.contains("multipart renew"), "{}", ran.err);

    let renewed = scene.text(&["multipart", "renew", "plan.json", "--expires", "10m"]);
    scene.write("renewed.json", &renewed);
    let mut renewed: Value = serde_json::from_str(&renewed).unwrap();
    assert_eq!(renewed["upload_id"], plan["upload_id"]);
    // Parts that are stored could not be sent again.
    for part in renewed["parts"].as_array_mut().unwrap().iter_mut().take(10) {
        part["url"] = "https://nowhere.invalid/?x-oss-signature=s".into();
    }
    scene.write("renewed.json", renewed.to_string());
    holder(&scene, &["multipart", "upload", "big.bin", "renewed.json", "--checkpoint", "state"]).done();
    assert!(scene.object(key) == bytes);
    assert!(!scene.path("state").exists());

    // For another endpoint a checkpoint would be of no use, and neither would the plan.
    let elsewhere = ["multipart", "renew", "plan.json", "--endpoint", "oss-cn-hangzhou.aliyuncs.com"];
    let ran = scene.run(&elsewhere).failed(2);
    assert!(ran.err.contains("--endpoint"), "{}", ran.err);
    let other = ["multipart", "renew", "plan.json", "--sign", "oss://examplebucket/other"];
    assert!(scene.run(&other).failed(2).err.contains("this would sign for"));
}

/// What a plan's requests have beside the step's own parameters stays.
#[test]
fn a_renewed_plan_keeps_headers_and_parameters() {
    let scene = Scene::new();
    let begin = scene.text(&[
        "multipart",
        "plan",
        "examplebucket",
        "a",
        "--size",
        "1",
        "--presigned-initiate",
        "--content-type",
        "text/x-odd",
    ]);
    scene.write("plan.json", begin);
    let renewed = scene.run(&["multipart", "renew", "plan.json"]).done().json().remove(0);
    assert_eq!(renewed["initiate"]["headers"], serde_json::json!([["content-type", "text/x-odd"]]));
    let plan = scene.text(&["multipart", "plan", "examplebucket", "a", "--size", "1"]);
    let mut plan: Value = serde_json::from_str(&plan).unwrap();
    let url = plan["complete"]["url"].as_str().unwrap().to_owned();
    plan["complete"]["url"] = format!("{url}&callback=eyJ%2B").into();
    plan["complete"]["headers"] = serde_json::json!([["x-oss-complete-all", "yes"]]);
    scene.write("plan.json", plan.to_string());
    let renewed = scene.run(&["multipart", "renew", "plan.json"]).done().json().remove(0);
    let complete = renewed["complete"]["url"].as_str().unwrap();
    assert!(complete.contains("callback=eyJ%2B") && complete.contains("uploadId="), "{complete}");
    assert_eq!(renewed["complete"]["headers"], serde_json::json!([["x-oss-complete-all", "yes"]]));
    assert_eq!(complete.matches("x-oss-signature=").count(), 1, "{complete}");
}

#[test]
fn uploads_that_were_left_are_found_and_ended() {
    let scene = Scene::new();
    let key = "left/ü\u{1}+.bin";
    for key in [key, "left/two", "other"] {
        scene.text(&["multipart", "plan", "examplebucket", key, "--size", "1M"]);
    }
    let left = ["multipart", "list", "oss://examplebucket/left/"];
    let lines = scene.text(&left);
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(lines.contains(r"oss://examplebucket/left/ü\u{1}+.bin"), "{lines}");
    let told = scene.run(&[&left[..], &["--json"]].concat()).done().json();
    assert_eq!(told.iter().map(|line| line["key"].as_str().unwrap()).collect::<Vec<_>>(), ["left/two", key]);
    for line in &told {
        let object = format!("oss://examplebucket/{}", line["key"].as_str().unwrap());
        let id = line["upload_id"].as_str().unwrap();
        let ran = scene.run(&["multipart", "abort", &object, "--upload-id", id]).done();
        assert_eq!(ran.text(), "aborted\n");
    }
    assert_eq!(uploads(&scene).len(), 1);
    // Nothing is signed: a flag that says how would be ignored.
    scene.write("plan.json", scene.text(&["multipart", "plan", "examplebucket", "a", "--size", "1"]));
    for flag in [&["--profile", "other"][..], &["--region", "cn-beijing"], &["--internal"]] {
        let ran = scene.run(&[&["multipart", "abort", "plan.json"], flag].concat()).failed(2);
        assert!(ran.err.contains(flag[0]) && ran.err.contains("--sign"), "{}", ran.err);
    }
    let ran = scene.run(&["multipart", "abort", "oss://examplebucket", "--upload-id", "1"]).failed(2);
    assert!(ran.err.contains("oss://BUCKET/KEY"), "{}", ran.err);
}

/// A person sees that the earlier run was not for nothing.
#[test]
fn what_is_stored_already_is_said() {
    let scene = Scene::new();
    scene.write("big.bin", bytes());
    killed(&scene, &UPLOAD, "");
    let ran = scene.run(&UPLOAD).done();
    let said = format!("big.bin: {} bytes are stored already, by an earlier run\n", 16 * MIB);
    assert_eq!(ran.err, said);
}
