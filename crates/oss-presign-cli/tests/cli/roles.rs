//! Credentials of roles: a pod's, a machine's. The other sources are in `accounts`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;

use crate::support::{Scene, always, feed};

const REGION: (&str, &str) = ("OSS_REGION", "cn-hangzhou");

/// Set where this test binary has been started again, in a network of its own.
const INSIDE: &str = "OSS_PRESIGN_TEST_INSIDE";

/// A source that is not in this list has no test.
#[test]
fn all_sources_are_known_to_the_tests() {
    let scene = Scene::new();
    let mut command = scene.command(&["doctor", "--json"]);
    command.env_clear().env("HOME", scene.path("")).env(REGION.0, REGION.1);
    let told = feed(command, b"").failed(1).json().remove(0);
    let passed: Vec<&str> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["state"] == "absent")
        .map(|finding| finding["text"].as_str().unwrap().split(": ").next().unwrap())
        .collect();
    let sources = [
        "environment variables",
        "the pod's role",
        "the profile of the Alibaba Cloud CLI",
        "the profile of the SDKs",
        "the profile of ossutil",
        "a credentials URI",
        "the machine's role",
    ];
    assert_eq!(passed, sources.map(|source| format!("not from {source}")));
}

#[test]
fn a_pods_role() {
    let scene = Scene::new();
    scene.write("token", "fake-oidc-token");
    let sts = always(
        "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"Credentials\":{\"AccessKeyId\":\"fake-pod\",\
         \"AccessKeySecret\":\"s\",\"SecurityToken\":\"t\",\"Expiration\":\"2099-01-01T00:00:00Z\"}}",
    );
    let token = scene.path("token");
    let mut command = scene.command(&["get", "examplebucket", "a"]);
    command.env_clear().env("HOME", scene.path("")).envs([
        REGION,
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", token.to_str().unwrap()),
        ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/fake"),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/fake"),
        ("ALIBABA_CLOUD_STS_ENDPOINT", &sts),
    ]);
    let url = feed(command, b"").done().text();
    assert!(url.contains("x-oss-credential=fake-pod%2F") && url.contains("x-oss-security-token=t"), "{url}");
}

/// The metadata service has an address of its own, which only a network of its own can have here.
#[test]
#[cfg(target_os = "linux")]
fn a_machines_role() {
    if std::env::var_os(INSIDE).is_some() {
        return with_metadata_service();
    }
    let network = |then: &str| {
        let script = format!("ip link set lo up && ip address add 100.100.100.200/32 dev lo && {then}");
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net", "sh", "-c", &script]);
        command
    };
    if !network("true").output().is_ok_and(|output| output.status.success()) {
        println!("no network can be made here: the machine's role is not tried");
        return;
    }
    let mut again = network("exec \"$0\" --exact roles::a_machines_role --nocapture");
    let output = again.arg(std::env::current_exe().unwrap()).env(INSIDE, "1").output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

#[cfg(target_os = "linux")]
fn with_metadata_service() {
    let listener = TcpListener::bind("100.100.100.200:80").unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut request) = (stream.unwrap(), [0; 4096]);
            let length = stream.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..length]).to_ascii_lowercase();
            let body = match request.lines().next().unwrap() {
                "put /latest/api/token http/1.1" => "fake-token",
                _ if !request.contains("x-aliyun-ecs-metadata-token: fake-token") => "",
                line if line.contains("/security-credentials/ ") => "fake-role",
                line if line.contains("/security-credentials/fake-role ") => {
                    r#"{"Code":"Success","AccessKeyId":"fake-machine","AccessKeySecret":"s","SecurityToken":"t","Expiration":"2099-01-01T00:00:00Z"}"#
                }
                _ => "",
            };
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all((head + body).as_bytes()).unwrap();
        }
    });
    let scene = Scene::new();
    let run = |variables: &[(&str, &str)]| {
        let mut command = scene.command(&["get", "examplebucket", "a"]);
        command.env_clear().env("HOME", scene.path("")).envs([REGION]).envs(variables.iter().copied());
        feed(command, b"")
    };
    let url = run(&[("ALIBABA_CLOUD_ECS_METADATA", "fake-role")]).done().text();
    assert!(url.contains("x-oss-credential=fake-machine%2F"), "{url}");
    // A machine is asked only where that was configured: elsewhere each command would wait for it.
    assert!(run(&[]).failed(1).err.contains("no credentials"));
}
