//! Signing by the key of one day, where no secret is.

use serde_json::Value;

use crate::support::{ID, Ran, SECRET, Scene, feed};

/// The command on a machine that has no secret.
fn without_secret(scene: &Scene, arguments: &[&str], input: &[u8]) -> Ran {
    let mut command = scene.command(arguments);
    command.env_remove("OSS_ACCESS_KEY_ID").env_remove("OSS_ACCESS_KEY_SECRET").env_remove("OSS_REGION");
    feed(command, input)
}

fn seconds_of(url: &str) -> &str {
    url.split("x-oss-date=").nth(1).unwrap().split('&').next().unwrap()
}

#[test]
fn a_machine_without_the_secret_signs_for_the_day() {
    let scene = Scene::new();
    let json = scene.text(&["day-key"]);
    assert!(!json.contains(SECRET), "{json}");
    let members: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(members["access_key_id"], ID);
    assert_eq!(members["signing_key"].as_str().unwrap().len(), 64);
    assert!(members["scope"].as_str().unwrap().ends_with("/cn-hangzhou/oss/aliyun_v4_request"));
    assert_eq!(members["signs_until"].as_u64().unwrap() % 86_400, 0);
    scene.write("key.json", &json);
    scene.write("a.txt", "hello");

    // The region is that of the key, and the local server knows the secret.
    let file = ["--day-key", "key.json"];
    let url = without_secret(&scene, &[&["put", "examplebucket", "a"], &file[..], &["--url"]].concat(), b"");
    scene.run(&["verify", "-X", "PUT", url.done().text().trim()]).done();
    without_secret(&scene, &[&["upload", "a.txt", "oss://examplebucket/b.txt"], &file[..]].concat(), b"")
        .done();
    assert_eq!(scene.object("b.txt"), b"hello");
    let mut by_variable = scene.command(&["ls", "oss://examplebucket"]);
    by_variable.env_remove("OSS_ACCESS_KEY_ID").env_remove("OSS_ACCESS_KEY_SECRET");
    let listed = feed(
        {
            by_variable.env("OSS_DAY_KEY_FILE", "key.json");
            by_variable
        },
        b"",
    );
    assert!(listed.done().text().contains("b.txt"));
    let form = without_secret(&scene, &[&["post-policy", "examplebucket", "c"], &file[..]].concat(), b"");
    assert!(form.done().json()[0]["fields"].to_string().contains("x-oss-signature"));
    let doctor = without_secret(&scene, &[&["doctor"], &file[..]].concat(), b"").done().text();
    assert!(doctor.contains("ok       day key"), "{doctor}");
    assert!(doctor.contains("cn-hangzhou, from the day key"), "{doctor}");
}

#[test]
fn batch_signs_by_a_day_key_and_its_lines_are_refused_elsewhere() {
    let scene = Scene::new();
    scene.write("key.json", scene.text(&["day-key"]));
    let lines = [
        r#"{"method":"GET","bucket":"examplebucket","key":"a"}"#.to_owned(),
        r#"{"method":"GET","bucket":"examplebucket","key":"a","region":"cn-beijing","endpoint":"a.cn"}"#
            .to_owned(),
        r#"{"method":"GET","bucket":"examplebucket","key":"a","product":"oss-cloudbox"}"#.to_owned(),
        r#"{"method":"GET","bucket":"examplebucket","key":"a","timestamp":1731400358}"#.to_owned(),
        r#"{"method":"GET","bucket":"examplebucket","key":"a","security_token":"t"}"#.to_owned(),
        format!(
            r#"{{"method":"GET","bucket":"examplebucket","key":"a","access_key_id":"{ID}","access_key_secret":"{SECRET}"}}"#
        ),
    ];
    let ran = without_secret(&scene, &["batch", "--day-key", "key.json"], lines.join("\n").as_bytes());
    let answers = ran.failed(1).json();
    let code = |answer: &Value| answer["error"]["code"].as_str().map(str::to_owned);
    let codes: Vec<Option<String>> = answers.iter().map(code).collect();
    let expected = [
        None,
        Some("DayKeyOtherRegion"),
        Some("DayKeyOtherProduct"),
        Some("StaleKey"),
        Some("MissingField"),
        None,
    ];
    assert_eq!(codes, expected.map(|code| code.map(str::to_owned)));
    let urls = [0, 5].map(|line: usize| answers[line]["url"].as_str().unwrap());
    if seconds_of(urls[0]) == seconds_of(urls[1]) {
        assert_eq!(urls[0], urls[1]);
    }
    for url in urls {
        scene.run(&["verify", url]).done();
    }
}

#[test]
fn a_key_of_another_day_or_region_is_refused_in_a_sentence() {
    let scene = Scene::new();
    scene.write("old.json", scene.text(&["day-key", "--date", "2024-11-12"]));
    scene.write("key.json", scene.text(&["day-key"]));
    let put = |more: &[&str]| without_secret(&scene, &[&["put", "examplebucket", "a"], more].concat(), b"");
    let old = put(&["--day-key", "old.json"]).failed(1);
    assert!(old.err.contains("the signing key is that of 20241112"), "{}", old.err);
    assert!(old.err.contains("ask for today's day key"), "{}", old.err);
    let elsewhere = put(&["--day-key", "key.json", "--region", "cn-beijing"]).failed(1);
    let sentence = "the day key is for region `cn-hangzhou`, not for `cn-beijing`";
    assert!(elsewhere.err.contains(sentence), "{}", elsewhere.err);
    let doctor = without_secret(&scene, &["doctor", "--day-key", "old.json"], b"").failed(1).text();
    assert!(
        doctor.contains("PROBLEM  day key") && doctor.contains("ended at 2024-11-13T00:00:00Z"),
        "{doctor}"
    );
    // The file is named, and nothing of it is shown.
    let key: Value = serde_json::from_slice(&scene.read("key.json")).unwrap();
    let key = key["signing_key"].as_str().unwrap();
    scene.write("broken.json", format!("{{\"signing_key\":\"{key}\""));
    for (file, status) in [("broken.json", 1), ("missing.json", 7)] {
        let ran = put(&["--day-key", file]).failed(status);
        assert!(ran.err.contains(file) && !ran.err.contains(&key[..12]), "{}", ran.err);
    }
    // Two who could sign are one too many.
    put(&["--day-key", "key.json", "--profile", "default"]).failed(2);
    // A URL is used as it is: there is nothing that a key could sign.
    let url = scene.text(&["get", "examplebucket", "a", "--url"]);
    without_secret(&scene, &["download", url.trim(), "--day-key", "key.json"], b"").failed(2);
    scene.run(&["day-key", "--date", "tomorrow"]).failed(2);
}

/// The day that is asked for, in another region, for a cloud box.
#[test]
fn keys_of_other_scopes() {
    let scene = Scene::new();
    let scope = |arguments: &[&str]| {
        let json = scene.text(&[&["day-key"], arguments].concat());
        let members: Value = serde_json::from_str(&json).unwrap();
        (members["scope"].as_str().unwrap().to_owned(), members["signs_until"].as_u64().unwrap())
    };
    // date -u -d 2027-02-01 +%s
    let expected = ("20270131/eu-central-1/oss/aliyun_v4_request".to_owned(), 1_801_440_000);
    assert_eq!(scope(&["--date", "2027-01-31", "--region", "eu-central-1"]), expected);
    let expected = ("20270131/cb-123/oss-cloudbox/aliyun_v4_request".to_owned(), 1_801_440_000);
    assert_eq!(scope(&["--date", "2027-01-31", "--region", "cb-123", "--product", "oss-cloudbox"]), expected);
}
