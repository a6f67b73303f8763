//! Which servers are trusted, and that no proxy is asked for what is on this machine.

use oss_local::{Credential, Server, Tls};

use crate::support::{ID, Ran, SECRET, Scene, commands, feed};

/// A server whose certificate is of an authority of its own, which `ca.pem` has.
fn scene() -> Scene {
    let server = Server::new().credential(Credential::new(ID, SECRET)).tls(Tls::SelfSigned);
    let scene = Scene::with(server);
    scene.write("ca.pem", scene.server.certificate_authority().unwrap());
    scene.write("file", "content");
    scene
}

/// Commands that talk to the service with nothing but credentials, in an order in which all succeed.
const REQUESTS: &[&str] = &[
    "upload file oss://examplebucket/a",
    "ls oss://examplebucket",
    "get -r oss://examplebucket --url",
    "download oss://examplebucket/a out",
    "download -r oss://examplebucket/ folder",
    "multipart plan oss://examplebucket/m --file file",
    "multipart list oss://examplebucket",
    "doctor --reach",
];

fn run(scene: &Scene, line: &str, more: &[&str], variables: &[(&str, &str)]) -> Ran {
    let words: Vec<&str> = line.split(' ').chain(more.iter().copied()).collect();
    let mut command = scene.command(&words);
    command.envs(variables.iter().copied());
    feed(command, b"")
}

#[test]
fn a_ca_file_or_ssl_cert_file_is_trusted_by_every_command() {
    let scene = scene();
    for line in REQUESTS {
        let stranger = run(&scene, line, &[], &[]);
        assert!(matches!(stranger.status, Some(1 | 5)), "{line}: {} {}", stranger.text(), stranger.err);
        let said = stranger.text() + &stranger.err;
        assert!(said.contains("--ca-file") && said.contains("SSL_CERT_FILE"), "{line}: {said}");
        run(&scene, line, &["--ca-file", "ca.pem"], &[]).done();
        run(&scene, line, &[], &[("SSL_CERT_FILE", "ca.pem")]).done();
    }
    let url = scene.text(&["get", "oss://examplebucket/a"]);
    run(&scene, "download", &[url.trim(), "-"], &[]).failed(5);
    let received = run(&scene, "download", &[url.trim(), "-", "--ca-file", "ca.pem"], &[]).done();
    assert_eq!(received.out, b"content");
}

#[test]
fn the_steps_of_an_upload_in_parts_trust_it() {
    let scene = scene();
    for last in ["multipart upload file plan.json", "multipart abort plan.json"] {
        let plan = run(&scene, "multipart plan oss://examplebucket/m --file file --ca-file ca.pem", &[], &[]);
        scene.write("plan.json", plan.done().out);
        run(&scene, last, &[], &[]).failed(5);
        run(&scene, last, &["--ca-file", "ca.pem"], &[]).done();
    }
    run(&scene, "multipart plan oss://examplebucket/m --file file --ca-file ca.pem", &[], &[]).done();
    let listed = run(&scene, "multipart list oss://examplebucket --json --ca-file ca.pem", &[], &[]).json();
    let id = listed[0]["upload_id"].as_str().unwrap();
    let abort = "multipart abort oss://examplebucket/m --upload-id";
    run(&scene, abort, &[id], &[]).failed(5);
    run(&scene, abort, &[id, "--ca-file", "ca.pem"], &[]).done();
}

/// What makes attempts talks to a server.
#[test]
fn whatever_talks_to_a_server_has_the_flag() {
    let scene = Scene::new();
    let has = |flags: &[(String, bool)], name: &str| flags.iter().any(|(flag, _)| flag == name);
    let commands = commands(&scene);
    let talking = commands.iter().filter(|(name, flags)| name == "doctor" || has(flags, "attempts"));
    let without: Vec<_> = talking.filter(|(_, flags)| !has(flags, "ca-file")).collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn a_file_without_a_certificate_is_named_with_its_flag() {
    let scene = Scene::new();
    scene.write("file", "content");
    for line in ["upload file oss://examplebucket/a", "ls oss://examplebucket", "doctor --reach"] {
        let said = run(&scene, line, &["--ca-file", "file"], &[]).failed(7).err;
        assert!(said.contains("--ca-file file: there is no certificate"), "{said}");
    }
}

#[test]
fn no_proxy_is_asked_for_this_machine() {
    let scene = Scene::new();
    scene.write("file", "content");
    // Nothing listens there.
    let proxy = "http://127.0.0.1:1";
    for variable in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        for line in REQUESTS {
            run(&scene, line, &[], &[(variable, proxy)]).done();
        }
    }
}
