//! Where credentials, region and endpoint come from, and what `doctor` says of them.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use serde_json::Value;

use crate::support::{ID, Ran, SECRET, Scene, always, feed};

/// A command whose home is the scene's folder, and that sees no other variable.
fn at_home(scene: &Scene, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = scene.command(arguments);
    command.env_clear().env("HOME", scene.path("")).envs(variables.iter().copied());
    feed(command, b"")
}

/// The access key id that a URL was signed with, and its host.
fn signed_by(scene: &Scene, variables: &[(&str, &str)], flags: &[&str]) -> (String, String) {
    let arguments = [&["get", "examplebucket", "a"], flags].concat();
    let url = at_home(scene, variables, &arguments).done().text();
    let told = scene.run(&["inspect", url.trim(), "--json"]).done().json().remove(0);
    let text = |name: &str| told[name].as_str().unwrap().to_owned();
    (format!("{}/{}", text("access_key_id"), text("region")), text("host"))
}

const CLI: &str = r#"{"current":"main","profiles":[
    {"name":"main","mode":"AK","access_key_id":"fake-cli","access_key_secret":"fake-secret","region_id":"cn-shanghai"},
    {"name":"printed","mode":"External","region_id":"cn-beijing",
     "process_command":"printf '{\"access_key_id\":\"fake-printed\",\"access_key_secret\":\"s\"}'"},
    {"name":"role","mode":"RamRoleArn","access_key_id":"i","access_key_secret":"fake-secret"}]}"#;
const SHARED: &str = "[default]\ntype=access_key\naccess_key_id=fake-shared\naccess_key_secret=fake-secret\n\
    [only-here]\ntype=access_key\naccess_key_id=fake-only\naccess_key_secret=fake-secret\n";
const OSSUTIL: &str = "[default]\naccessKeyID=fake-ossutil\naccessKeySecret=fake-secret\n\
    region=cn-beijing\nendpoint=oss-cn-beijing-internal.aliyuncs.com\n\
    [profile own-host]\naccessKeyID=fake-own\naccessKeySecret=fake-secret\nregion=cn-beijing\n\
    endpoint=static.example.com\naddressingStyle=cname\n";

#[test]
fn every_source_in_its_order() {
    let scene = Scene::new();
    let region = ("OSS_REGION", "cn-hangzhou");
    let ran = at_home(&scene, &[region], &["get", "examplebucket", "a"]).failed(1);
    assert!(ran.err.contains("no credentials") && ran.err.contains("OSS_ACCESS_KEY_ID"), "{}", ran.err);

    let uri = always(
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"Code\":\"Success\",\"AccessKeyId\":\"fake-uri\",\
         \"AccessKeySecret\":\"s\",\"SecurityToken\":\"t\",\"Expiration\":\"2099-01-01T00:00:00Z\"}",
    );
    let uri = [region, ("ALIBABA_CLOUD_CREDENTIALS_URI", uri.as_str())];
    assert_eq!(signed_by(&scene, &uri, &[]).0, "fake-uri/cn-hangzhou");

    scene.write(".ossutilconfig", OSSUTIL);
    let (id, host) = signed_by(&scene, &[], &[]);
    assert_eq!(id, "fake-ossutil/cn-beijing");
    assert_eq!(host, "examplebucket.oss-cn-beijing-internal.aliyuncs.com");
    let (id, host) = signed_by(&scene, &[region], &[]);
    assert_eq!(id, "fake-ossutil/cn-hangzhou");
    assert_eq!(host, "examplebucket.oss-cn-hangzhou.aliyuncs.com", "a profile's endpoint is of its region");

    scene.write(".alibabacloud/credentials", SHARED);
    assert_eq!(signed_by(&scene, &[region], &[]).0, "fake-shared/cn-hangzhou");
    scene.write(".aliyun/config.json", CLI);
    assert_eq!(signed_by(&scene, &[], &[]).0, "fake-cli/cn-shanghai");
    let cloud = [
        region,
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "fake-cloud"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "fake-secret"),
    ];
    assert_eq!(signed_by(&scene, &cloud, &[]).0, "fake-cloud/cn-hangzhou");
    let oss = [&cloud[..], &[("OSS_ACCESS_KEY_ID", ID), ("OSS_ACCESS_KEY_SECRET", SECRET)]].concat();
    assert_eq!(signed_by(&scene, &oss, &[]).0, format!("{ID}/cn-hangzhou"));
}

#[test]
fn a_profile_by_its_name() {
    let scene = Scene::new();
    scene.write(".ossutilconfig", OSSUTIL);
    scene.write(".alibabacloud/credentials", SHARED);
    scene.write(".aliyun/config.json", CLI);
    // It comes before the environment.
    let variables = [("OSS_ACCESS_KEY_ID", ID), ("OSS_ACCESS_KEY_SECRET", SECRET)];
    let region = ["--region", "cn-hangzhou"];
    let by_name = |name: &str| signed_by(&scene, &variables, &["--profile", name]);
    assert_eq!(by_name("printed").0, "fake-printed/cn-beijing");
    let only_here = [&["--profile", "only-here"], &region[..]].concat();
    assert_eq!(signed_by(&scene, &variables, &only_here).0, "fake-only/cn-hangzhou");
    assert_eq!(by_name("own-host"), ("fake-own/cn-beijing".into(), "static.example.com".into()));

    let ran = at_home(&scene, &variables, &["get", "examplebucket", "a", "--profile", "mian"]).failed(1);
    for part in ["no profile `mian`", "main, printed", "only-here", "own-host"] {
        assert!(ran.err.contains(part), "{}", ran.err);
    }
    let ran = at_home(&scene, &[], &["get", "examplebucket", "a", "--profile", "role"]).failed(1);
    assert!(ran.err.contains("RamRoleArn") && !ran.err.contains("fake-secret"), "{}", ran.err);
}

#[test]
fn every_command_that_signs_takes_a_profile() {
    let scene = Scene::new();
    scene.write(
        ".ossutilconfig",
        format!(
            "[profile here]\naccessKeyID={ID}\naccessKeySecret={SECRET}\nregion=cn-hangzhou\nendpoint={}\n",
            scene.server.url()
        ),
    );
    scene.write("a", "content");
    let run = |arguments: &[&str]| at_home(&scene, &[], &[arguments, &["--profile", "here"]].concat()).done();
    run(&["upload", "a", "oss://examplebucket/a"]);
    run(&["download", "oss://examplebucket/a", "copy"]);
    assert_eq!(scene.read("copy"), b"content");
    let plan = run(&["multipart", "plan", "examplebucket", "b", "--file", "a"]).text();
    scene.write("plan.json", plan);
    run(&["multipart", "upload", "a", "plan.json", "--sign", "oss://examplebucket/b"]);
    run(&["post-policy", "examplebucket", "a"]);
    let url = run(&["get", "examplebucket", "a"]).text();
    run(&["verify", url.trim()]);
    let mut batch = scene.command(&["batch", "--profile", "here"]);
    batch.env_clear().env("HOME", scene.path(""));
    let line = br#"{"method":"GET","bucket":"examplebucket","key":"a"}"#;
    let url =
        feed(batch, &[line.as_slice(), b"\n"].concat()).done().json()[0]["url"].as_str().unwrap().to_owned();
    scene.run(&["download", &url, "copy"]).done();
    let mut batch = scene.command(&["batch", "--profile", "elsewhere"]);
    batch.env_clear().env("HOME", scene.path(""));
    feed(batch, b"").failed(1);
}

#[test]
fn what_is_broken_is_not_passed_over() {
    let scene = Scene::new();
    scene.write(".alibabacloud/credentials", SHARED);
    scene.write(".aliyun/config.json", "{\"current\":");
    let ran =
        at_home(&scene, &[("OSS_REGION", "cn-hangzhou")], &["get", "examplebucket", "a", "--json"]).failed(1);
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(error["error"]["code"], "ProviderMalformed");
    let half = [("OSS_REGION", "cn-hangzhou"), ("OSS_ACCESS_KEY_ID", ID)];
    let ran = at_home(&scene, &half, &["get", "examplebucket", "a"]).failed(1);
    assert!(ran.err.contains("OSS_ACCESS_KEY_SECRET is not set"), "{}", ran.err);
    let mut command = scene.command(&["get", "examplebucket", "a"]);
    command.env("OSS_ACCESS_KEY_SECRET", OsString::from_vec(vec![0xff]));
    assert!(feed(command, b"").failed(1).err.contains("not UTF-8"));
    let pod = [half[0], ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/nonexistent/token")];
    let ran = at_home(&scene, &pod, &["get", "examplebucket", "a"]).failed(1);
    assert!(ran.err.contains("ALIBABA_CLOUD_ROLE_ARN is not set"), "{}", ran.err);
}

#[test]
fn doctor_says_what_is_used_and_what_is_wrong() {
    let scene = Scene::new();
    let ran = scene.run(&["doctor", "--reach"]).done();
    for part in [
        "environment variables: access key id fake-access-key-id",
        "cn-hangzhou, from OSS_REGION",
        "from OSS_ENDPOINT",
        "the same as the server's",
    ] {
        assert!(ran.text().contains(part), "{}", ran.text());
    }
    assert!(!ran.text().contains(SECRET), "{}", ran.text());

    let ran = at_home(&scene, &[], &["doctor", "--json"]).failed(1);
    let told = &ran.json()[0];
    assert_eq!(told["good"], false);
    let problems: Vec<&str> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["state"] == "problem")
        .map(|finding| finding["subject"].as_str().unwrap())
        .collect();
    assert_eq!(problems, ["credentials", "region"]);

    scene.server.add_fault("skew=3600".parse().unwrap());
    let ran = scene.run(&["doctor", "--reach"]).failed(1);
    assert!(ran.text().contains("behind the server's") && ran.text().contains("NTP"), "{}", ran.text());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = scene.run(&["doctor", "--reach", "--endpoint", &format!("http://{free}")]).failed(1);
    assert!(ran.text().contains("was not reached"), "{}", ran.text());
}
