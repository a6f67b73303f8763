//! Files of no bytes, odd names, files that cannot be read, disks that are full.
#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::support::{Scene, feed};

/// Nobody's.
const NOBODY: u32 = 65_534;

fn mode(scene: &Scene, name: &str, mode: u32) {
    std::fs::set_permissions(scene.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn no_bytes() {
    let scene = Scene::new();
    scene.write("empty", "");
    scene.run(&["upload", "empty", "oss://examplebucket/empty"]).done();
    let ran = scene.run_with(&["upload", "-", "oss://examplebucket/from-input"], b"").done();
    assert_eq!(ran.text(), "standard input: 0 bytes stored, checksums agree\n");
    for key in ["empty", "from-input"] {
        let object = format!("oss://examplebucket/{key}");
        scene.run(&["download", &object, "copy"]).done();
        assert_eq!(scene.read("copy"), b"");
        scene.run(&["download", &object, "copy", "--ranges", "3"]).done();
        scene.run(&["download", &object, "copy", "--resume"]).done();
    }
    let ran = scene.run(&["upload", "empty", "oss://examplebucket/empty", "--skip-existing"]).done();
    assert_eq!(ran.text(), "empty: 0 bytes are there already\n");
}

/// Names that a terminal would obey are keys like others, there and back.
#[test]
fn odd_names() {
    let scene = Scene::new();
    let names =
        ["new\nline", "esc\u{1b}[31m", "tab\t", "quote'\"", "per%20cent", "ü {brace}", "\u{202e}txt.exe"];
    for name in names {
        scene.write(&format!("odd/{name}"), name);
    }
    let ran = scene.run(&["upload", "-r", "odd", "oss://examplebucket/odd/"]).done();
    assert_eq!(ran.text().lines().count(), names.len(), "{}", ran.text());
    assert!(!ran.text().contains(['\u{1b}', '\t', '\u{202e}']), "{}", ran.text());
    let ran = scene.run(&["ls", "-r", "oss://examplebucket/odd/"]).done();
    assert_eq!(ran.text().lines().count(), names.len(), "{}", ran.text());
    let ran = scene.run(&["download", "-r", "oss://examplebucket/odd/", "back"]).done();
    assert!(!ran.text().contains(['\u{1b}', '\t']), "{}", ran.text());
    for name in names {
        assert_eq!(scene.read(&format!("back/{name}")), name.as_bytes());
    }
    // In what the command line has, too.
    let ran = scene.run(&["put", "oss://examplebucket/a", "--odd\u{1b}[31m"]).failed(2);
    assert!(!ran.err.contains('\u{1b}'), "{}", ran.err);
}

/// A name that is no UTF-8 cannot be a key; the other files go on.
#[test]
fn a_name_that_is_no_text() {
    let scene = Scene::new();
    scene.write("in/good", "good");
    let odd = scene.path("in").join(OsStr::from_bytes(b"odd\xff"));
    std::fs::write(&odd, "odd").unwrap();
    let ran = scene.run(&["upload", "-r", "in", "oss://examplebucket/"]).failed(7);
    assert!(ran.err.contains("not UTF-8") && ran.err.contains("rename"), "{}", ran.err);
    assert!(ran.err.contains("1 transferred, 4 bytes; 1 failed"), "{}", ran.err);
    assert_eq!(scene.object("good"), b"good");
    // With a key of its own it is a file like others.
    let mut command = scene.command(&["upload"]);
    command.arg(&odd).arg(scene.text(&["put", "examplebucket", "odd"]).trim());
    feed(command, b"").done();
    assert_eq!(scene.object("odd"), b"odd");
}

#[test]
fn what_may_not_be_read_in_the_middle_of_a_folder() {
    let scene = Scene::new();
    for file in ["in/a", "in/b", "in/closed/c", "in/d"] {
        scene.write(file, file);
    }
    mode(&scene, "", 0o755);
    mode(&scene, "in/b", 0o000);
    mode(&scene, "in/closed", 0o000);
    let mut command = scene.command(&["upload", "-r", "in", "oss://examplebucket/"]);
    if std::fs::read_dir(scene.path("in/closed")).is_ok() {
        // Root may read everything.
        command.uid(NOBODY).gid(NOBODY);
    }
    let ran = feed(command, b"").failed(7);
    mode(&scene, "in/closed", 0o755);
    for part in ["in/b: ", "in/closed: Permission denied", "2 transferred, 8 bytes; 2 failed"] {
        assert!(ran.err.contains(part), "{}", ran.err);
    }
    assert_eq!((scene.object("a"), scene.object("d")), (b"in/a".to_vec(), b"in/d".to_vec()));
}

/// Where the files are may be read only: no checkpoint is kept then, and the upload takes place.
#[test]
fn a_folder_that_may_not_be_written() {
    let scene = Scene::new();
    scene.write("in/big", vec![7; 2 << 20]);
    mode(&scene, "", 0o755);
    mode(&scene, "in", 0o555);
    let mut command =
        scene.command(&["upload", "in/big", "oss://examplebucket/big", "--multipart-above", "1M"]);
    if std::fs::File::create(scene.path("in/probe")).is_ok() {
        std::fs::remove_file(scene.path("in/probe")).unwrap();
        command.uid(NOBODY).gid(NOBODY);
    }
    let ran = feed(command, b"").done();
    mode(&scene, "in", 0o755);
    assert!(ran.err.contains("no checkpoint is kept") && ran.err.contains("--checkpoint-dir"), "{}", ran.err);
    assert_eq!(scene.object("big").len(), 2 << 20);
}

/// A file system of a megabyte.
#[test]
fn a_disk_that_is_full_in_the_middle_of_a_download() {
    let scene = Scene::new();
    scene.write("big", vec![7; 3 << 20]);
    scene.run(&["upload", "big", "oss://examplebucket/big"]).done();
    std::fs::create_dir(scene.path("small")).unwrap();
    let may_mount = ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "none", "small"];
    let may_mount = Command::new("unshare").args(may_mount).current_dir(scene.path("")).output();
    if !may_mount.is_ok_and(|output| output.status.success()) {
        println!("nothing can be mounted here: not tried on a full disk");
        return;
    }
    for more in ["", "--resume", "--ranges 3"] {
        let script = format!(
            "mount -t tmpfs -o size=1m none small && oss-presign download oss://examplebucket/big small/big {more}; \
             echo \"status $?\"; ls -A small"
        );
        let mut command = scene.program("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", &script]);
        let ran = feed(command, b"").done();
        assert!(ran.err.contains("small/big") && ran.err.contains("No space left"), "{more}: {}", ran.err);
        let left: Vec<String> = ran.text().lines().map(str::to_owned).collect();
        assert_eq!(left[0], "status 7", "{more}: {left:?}");
        // With --resume what has arrived is kept, as it says.
        assert_eq!(left.len() == 1, more != "--resume", "{more}: {left:?}");
    }
}
