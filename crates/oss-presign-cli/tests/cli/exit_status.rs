//! Every exit status that `--help` lists.

use serde_json::json;

use crate::support::{Scene, always};

const FAR: u64 = 4_000_000_000;

fn request(method: &str, base: &str, expires_at: u64) -> String {
    let url = format!("{base}/b/a?x-oss-signature=secret-signature");
    json!({"method": method, "url": url, "headers": [], "expires_at": expires_at}).to_string()
}

#[test]
fn one_per_class() {
    let scene = Scene::new();
    scene.write("a", "1");
    let upload = |request: &str| scene.run(&["upload", "a", request, "--attempts", "1"]);
    upload("not a url").failed(2);
    upload("").failed(2);
    scene.run(&["upload"]).failed(2);
    scene.run(&["upload", "a", "b", "https://h/"]).failed(2);
    scene.run(&["upload", "-", "-"]).failed(2);
    let ran = upload(&request("PUT", "https://h", 5)).failed(3);
    assert!(ran.err.contains("expired"), "{}", ran.err);
    let ran = upload(&request("PUT", "http://example.com", FAR)).failed(3);
    assert!(ran.err.contains("http"), "{}", ran.err);
    let ran =
        upload(&request("PUT", &always("HTTP/1.1 307 T\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n"), FAR));
    assert!(ran.failed(4).err.contains("redirect"));
    // Nobody listens on a port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    upload(&request("PUT", &format!("http://{free}"), FAR)).failed(5);
    let wrong =
        always("HTTP/1.1 200 OK\r\netag: \"E\"\r\nx-oss-hash-crc64ecma: 1\r\ncontent-length: 0\r\n\r\n");
    let ran = upload(&request("PUT", &wrong, FAR)).failed(6);
    assert!(ran.err.contains("checksums differ"), "{}", ran.err);
    scene.run(&["upload", "none", &request("PUT", "https://h", FAR)]).failed(7);
    let broken = always("HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n");
    upload(&request("PUT", &broken, FAR)).failed(8);
}

#[test]
fn a_download_that_fails_leaves_nothing() {
    let scene = Scene::new();
    let download = |base: &str, file: &str| {
        scene.run(&["download", &request("GET", base, FAR), file, "--attempts", "1"])
    };
    let cut = always("HTTP/1.1 200 OK\r\netag: \"E\"\r\nconnection: close\r\ncontent-length: 9\r\n\r\nabc");
    download(&cut, "cut").failed(5);
    let wrong =
        always("HTTP/1.1 200 OK\r\netag: \"E\"\r\nx-oss-hash-crc64ecma: 1\r\ncontent-length: 3\r\n\r\nabc");
    download(&wrong, "wrong").failed(6);
    let good = always("HTTP/1.1 200 OK\r\netag: \"E\"\r\ncontent-length: 3\r\n\r\nabc");
    let ran = download(&good, "none/of/these").failed(7);
    assert!(!ran.err.contains("secret-signature"));
    assert_eq!(std::fs::read_dir(scene.path("")).unwrap().count(), 0);
}

/// Every answer is cut before its end, unless it is only the rest.
#[test]
fn a_download_to_be_resumed_leaves_what_it_has() {
    let scene = Scene::new();
    let bytes: Vec<u8> = (0..2_u32 << 20).map(|n| (n % 251) as u8).collect();
    scene.write("a", &bytes);
    scene.run(&["upload", "a", "oss://examplebucket/a"]).done();
    std::fs::remove_file(scene.path("a")).unwrap();
    scene.server.add_fault(oss_local::FaultRule::new(oss_local::Fault::CutDownload(3 << 19)));
    let download = ["download", "oss://examplebucket/a", "a", "--attempts", "1", "--resume"];
    scene.run(&download).failed(5);
    let names = || {
        let names = std::fs::read_dir(scene.path("")).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["a.oss-part", "a.oss-part.json"]);
    scene.run(&download).done();
    assert!(scene.read("a") == bytes);
    assert_eq!(names(), ["a"]);
    scene.run(&["download", "oss://examplebucket/a", "-", "--resume"]).failed(2);
    scene.run(&["download", "oss://examplebucket/a", "a", "--resume", "--ranges", "2"]).failed(2);
}

#[test]
fn help_lists_them() {
    let text = Scene::new().text(&["--help"]);
    assert!(text.contains("Exit status:") && text.contains("  6  integrity"), "{text}");
}

/// SIGINT, as Ctrl-C sends it: the transfer stops, and the temporary file of a download is gone.
#[test]
#[cfg(unix)]
fn interrupted() {
    use std::io::Read as _;
    let scene = Scene::new();
    // The rest never comes.
    let slow = slow_server();
    let mut command = scene.command(&["download", &request("GET", &slow.0, FAR), "a"]);
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    slow.1.recv().unwrap();
    // Until the handler is there a signal would simply end the process, as it does before the transfer.
    while std::fs::read_dir(scene.path("")).unwrap().count() == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before");
        std::thread::yield_now();
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    // The next chunk lets it look.
    slow.2.send(()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let mut text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("stopping") && text.contains("cancelled"), "{text}");
    assert_eq!(std::fs::read_dir(scene.path("")).unwrap().count(), 0);
}

/// Sends half a body, says so, and sends on byte by byte when told.
#[cfg(unix)]
fn slow_server() -> (String, std::sync::mpsc::Receiver<()>, std::sync::mpsc::Sender<()>) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (began, beginning) = std::sync::mpsc::channel();
    let (go_on, going_on) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
        stream.write_all(b"HTTP/1.1 200 OK\r\netag: \"E\"\r\ncontent-length: 1000000\r\n\r\nabc").unwrap();
        began.send(()).unwrap();
        going_on.recv().unwrap();
        // Ends when the other side has gone.
        while stream.write_all(b"d").is_ok() {}
    });
    (base, beginning, go_on)
}
