//! `explain` and `verify` for PostObject forms.

use serde_json::{Value, json};

use crate::support::{ID, Ran, Scene, feed};

const MISMATCH: &str = "<Error><Code>SignatureDoesNotMatch</Code><EC>0002-00000705</EC></Error>";

/// The JSON of a form, in a file.
fn form(scene: &Scene) -> Value {
    let text = scene.text(&["post-policy", "oss://examplebucket/a b.txt", "--content-length-range", "1-9"]);
    scene.write("form.json", &text);
    serde_json::from_str(&text).unwrap()
}

fn field<'f>(form: &'f Value, wanted: &str) -> &'f str {
    let fields = form["fields"].as_array().unwrap();
    fields.iter().find(|field| field[0] == wanted).unwrap()[1].as_str().unwrap()
}

/// Lines of `name=value`, one of them changed.
fn lines(form: &Value, name: &str, value: &str) -> String {
    let fields = form["fields"].as_array().unwrap().iter();
    let line = |field: &Value| {
        let (found, old) = (field[0].as_str().unwrap(), field[1].as_str().unwrap());
        format!("{found}={}\n", if found == name { value } else { old })
    };
    fields.map(line).collect()
}

fn without_secret(scene: &Scene, arguments: &[&str], input: &str) -> Ran {
    let mut command = scene.command(arguments);
    command.env_remove("OSS_ACCESS_KEY_ID").env_remove("OSS_ACCESS_KEY_SECRET");
    command.env("HOME", scene.path(""));
    feed(command, input.as_bytes()).done()
}

fn told(ran: &Ran) -> (Value, Value, String) {
    let told = ran.json().remove(0);
    let says = told["causes"][0]["says"].as_str().unwrap().to_owned();
    (told["certainty"].clone(), told["causes"][0]["code"].clone(), says)
}

#[test]
fn a_right_form() {
    let scene = Scene::new();
    form(&scene);
    let ran = scene.run(&["explain", "none", "form.json", "--json"]).done();
    let (certainty, code, says) = told(&ran);
    assert_eq!((certainty, code), (json!("proved"), json!("unknown")));
    assert!(says.starts_with("The signature is right for the policy"), "{says}");
    let ran = scene.run(&["verify", "form.json", "--json"]).done();
    assert_eq!((&ran.json()[0]["valid"], &ran.json()[0]["access_key_id"]), (&json!(true), &json!(ID)));
    // As a shell's command, which names the URL too.
    let curl = scene.text(&["post-policy", "oss://examplebucket/a b.txt", "--curl", "--file", "a b.txt"]);
    scene.run(&["verify", curl.trim()]).done();
    scene.run_with(&["verify", "-"], curl.as_bytes()).done();
}

#[test]
fn what_a_policy_forbids() {
    let scene = Scene::new();
    let form = form(&scene);
    scene.write("fields.txt", lines(&form, "key", "other.txt"));
    // Lines do not name the bucket.
    let ran = scene.run(&["verify", "fields.txt"]).failed(2);
    assert!(ran.err.contains("--bucket"), "{}", ran.err);
    let ran = scene.run(&["verify", "fields.txt", "--bucket", "examplebucket", "--json"]).failed(4);
    let told = ran.json().remove(0);
    assert_eq!((&told["status"], &told["code"]), (&json!(403), &json!("AccessDenied")));
    assert_eq!(told["certainty"], "shown");
    assert!(told["message"].as_str().unwrap().contains("$key"), "{told}");
    scene.run(&["verify", "form.json", "--bucket", "otherbucket"]).failed(4);
    scene.run(&["verify", "form.json", "-X", "PUT"]).failed(2);
}

#[test]
fn a_changed_policy_is_proved() {
    let scene = Scene::new();
    let form = form(&scene);
    let policy = field(&form, "policy");
    // Mail and terminals break long lines.
    let broken = format!("{} {}", &policy[..70], &policy[70..]);
    scene.write("fields.txt", lines(&form, "policy", &broken));
    let by_itself = scene.run_with(&["explain", "-", "fields.txt", "--json"], MISMATCH.as_bytes()).done();
    assert_eq!(told(&by_itself).0, "proved");
    let ran = scene.run(&["verify", "fields.txt", "--bucket", "examplebucket", "--json"]).failed(4);
    assert_eq!(
        (ran.json()[0]["certainty"].as_str(), ran.json()[0]["ec"].as_str()),
        (Some("proved"), Some("0002-00000705"))
    );
    // Beyond recognition, so that only the signer's own form tells.
    scene.write("fields.txt", lines(&form, "policy", "eyJhIjoxfQ=="));
    let by_itself = scene.run(&["explain", "none", "fields.txt", "--json"]).done();
    assert_eq!(told(&by_itself).0, "guessed");
    let ran = scene.run(&["explain", "none", "form.json", "--sent-form", "fields.txt", "--json"]).done();
    let (certainty, code, says) = told(&ran);
    assert_eq!((certainty, code), (json!("proved"), json!("query-value")));
    assert!(says.starts_with("The policy was changed after the form was signed"), "{says}");
}

#[test]
fn another_profiles_secret_is_proved() {
    let scene = Scene::new();
    let mut command = scene.command(&["post-policy", "oss://examplebucket/a"]);
    command.env("OSS_ACCESS_KEY_SECRET", "fake-secret-of-b");
    scene.write("form.json", feed(command, b"").done().out);
    scene.write(
        ".alibabacloud/credentials",
        "[b]\ntype=access_key\naccess_key_id=fake-other-id\naccess_key_secret=fake-secret-of-b\n",
    );
    let mut command = scene.command(&["explain", "-", "form.json", "--json"]);
    command.env("HOME", scene.path(""));
    let ran = feed(command, MISMATCH.as_bytes()).done();
    let (certainty, code, says) = told(&ran);
    assert_eq!((certainty, code), (json!("proved"), json!("secret-of-profile")));
    assert!(says.contains("with the secret of profile `b`"), "{says}");
    assert!(!ran.text().contains("fake-secret-of-b"));
}

#[test]
fn without_a_secret_the_difference_is_shown() {
    let scene = Scene::new();
    let form = form(&scene);
    let policy = field(&form, "policy");
    scene.write("fields.txt", lines(&form, "policy", &policy.replace("ey", "eY")));
    let ran =
        without_secret(&scene, &["explain", "none", "form.json", "--sent-form", "fields.txt", "--json"], "");
    let (certainty, code, says) = told(&ran);
    assert_eq!((certainty, code), (json!("shown"), json!("query-value")));
    assert!(says.starts_with("Field `policy` was changed after signing"), "{says}");
    // The service's string to sign is the policy that it received.
    let answer = |received: &str| {
        MISMATCH.replace("</Error>", &format!("<StringToSign>{received}</StringToSign></Error>"))
    };
    let spoilt = policy.replacen(&policy[20..24], "    ", 1);
    let ran = without_secret(&scene, &["explain", "-", "form.json", "--json"], &answer(&spoilt));
    let (certainty, _, says) = told(&ran);
    assert_eq!(certainty, "shown");
    assert!(says.contains("they differ from character 21 on"), "{says}");
    let ran = without_secret(&scene, &["explain", "-", "form.json"], &answer(policy));
    assert!(ran.text().starts_with("Perhaps the policy was signed with another secret"), "{}", ran.text());
    assert!(ran.text().contains("certainty: guessed"), "{}", ran.text());
    // Other refusals are settled by the service's own words.
    let expired = "<Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message></Error>";
    let ran = without_secret(&scene, &["explain", "-", "form.json", "--json"], expired);
    assert_eq!(told(&ran).1, "expired");
}

#[test]
fn fields_after_the_file() {
    let scene = Scene::new();
    let curl = "curl -F key=a -F file=@a -F policy=eyJhIjoxfQ== -F x-oss-signature=0 https://h/";
    let ran = scene.run(&["explain", "none", curl, "--json"]).done();
    let (certainty, _, says) = told(&ran);
    assert_eq!(certainty, "shown");
    assert!(says.starts_with("The field `policy` comes after `file`"), "{says}");
}

#[test]
fn arguments_for_the_other_kind_are_refused() {
    let scene = Scene::new();
    form(&scene);
    scene.run(&["explain", "none", "form.json", "-X", "PUT"]).failed(2);
    scene.run(&["explain", "none", "https://h/a?b", "--sent-form", "form.json"]).failed(2);
    scene.run(&["explain", "none", "form.json", "--sent-form", "https://h/a?b"]).failed(2);
}
