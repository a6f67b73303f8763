//! What people read: hints, colours, escapes, what to type instead.

use crate::support::{Scene, always, commands, feed};

#[test]
fn refusals_speak_of_flags() {
    let scene = Scene::new();
    let url = |host: &str| {
        format!(
            r#"{{"method":"PUT","url":"{host}/b/a?x-oss-signature=s","headers":[],"expires_at":4000000000}}"#
        )
    };
    scene.write("a", "1");
    let plain = url("http://example.com");
    for (arguments, status, part) in [
        (&["put", "examplebucket", "/a"][..], 1, "--allow-dot-segments"),
        (&["put", "examplebucket", "a/../b"], 1, "--allow-dot-segments"),
        (&["put", "examplebucket", "a", "--expires", "8d"], 1, "--expires from 1s to 7d"),
        (&["put", "examplebucket", "a", "--style", "cname", "--endpoint", ""], 2, "--endpoint"),
        (&["upload", "a", &plain], 3, "--allow-http"),
        (&["put", "examplebucket", "a", "-H", "range: bytes=0-9"], 2, "--additional-header"),
        (&["put", "examplebucket", "a", "--contenttype", "a/b"], 2, "--content-type"),
        (&["putt", "examplebucket", "a"], 2, "'put'"),
    ] {
        let ran = scene.run(arguments).failed(status);
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
        // Functions of the libraries are of no use here.
        for word in ["builder", "allow_", "::", "`sign_with`", "clock offset"] {
            assert!(!ran.err.contains(word), "{arguments:?}: {}", ran.err);
        }
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let ran = scene.run(&["upload", "a", &url(&format!("http://{free}")), "--attempts", "1"]).failed(5);
    assert!(ran.err.contains(&free), "a misspelt region is seen in the host: {}", ran.err);
    let expired = plain.replace("4000000000", "5");
    let ran = scene.run(&["upload", "a", &expired.replace("http:", "https:")]).failed(3);
    assert!(ran.err.contains("doctor --reach"), "{}", ran.err);
}

/// Variables give these flags: the usage must not ask for them.
#[test]
fn usage_asks_only_for_what_is_missing() {
    let scene = Scene::new();
    for (arguments, usage) in [
        (&["put"][..], "Usage: oss-presign put [OPTIONS] <OBJECT> [KEY]"),
        (&["upload", "a"], "Usage: oss-presign upload [OPTIONS] <FILE>... <TO>"),
        (&["multipart", "plan", "b", "k"], "Usage: oss-presign multipart plan [OPTIONS]"),
        (&["put", "b", "k", "--nonsense"], "Usage: oss-presign put [OPTIONS] <OBJECT> [KEY]"),
    ] {
        let ran = scene.run(arguments).failed(2);
        assert!(ran.err.contains(usage), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn files_that_are_not_what_they_should_be() {
    let scene = Scene::new();
    scene.write("a", "text");
    for (arguments, status, part) in [
        (&["upload", "none", "oss://examplebucket/"][..], 7, "check the spelling"),
        (&["upload", ".", "oss://examplebucket/"], 2, "give -r"),
        (&["upload", "a", "a"], 2, "oss://BUCKET/KEY"),
        (&["upload", "a", "https://example.com/a"], 2, "`oss-presign put`"),
        (&["download", "oss://examplebucket/a", "oss://examplebucket/b", "one"], 2, "one/"),
    ] {
        let ran = scene.run(arguments).failed(status);
        assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
    }
}

/// A pipe is read by a program, or by somebody later.
#[test]
fn hints_and_colours_are_for_terminals() {
    let scene = Scene::new();
    let put = ["put", "examplebucket", "a", "--content-type", "a/b"];
    let ran = scene.run(&put).done();
    assert_eq!(ran.err, "");
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = scene.command(arguments);
        command.envs(variables.iter().copied());
        let ran = feed(command, b"");
        ran.text().contains('\u{1b}') || ran.err.contains('\u{1b}')
    };
    let force = ("CLICOLOR_FORCE", "1");
    for arguments in [&["put", "B", "a"][..], &["putt"], &["--help"]] {
        assert!(!coloured(arguments, &[]), "{arguments:?}");
        assert!(coloured(arguments, &[force]), "{arguments:?}");
        assert!(!coloured(arguments, &[force, ("NO_COLOR", "1")]), "{arguments:?}");
    }
    assert!(!coloured(&put, &[force]), "results have no colours");
    assert!(!coloured(&["put", "B", "a", "--json"], &[force]));
}

/// A terminal obeys what a server or a key has in it.
#[test]
fn control_characters_are_escaped() {
    let scene = Scene::new();
    let key = "a\u{1b}]0;title\u{7}b";
    scene.write("a", "1");
    let ran = scene.run(&["upload", "a", &format!("oss://examplebucket/{key}")]).done();
    assert!(!ran.text().contains('\u{1b}'));
    let url = scene.text(&["get", "examplebucket", key]);
    for arguments in [&["inspect", url.trim()][..], &["download", url.trim(), "none/of/these"], &["get", key]]
    {
        let ran = scene.run(arguments);
        assert!(!ran.text().contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{arguments:?}: {}", ran.err);
    }
    let named = scene.path("odd\u{1b}[31m.txt");
    let ran = scene.run(&["upload", named.to_str().unwrap(), url.trim()]).failed(7);
    assert!(ran.err.contains(r"odd\u{1b}[31m.txt"), "{}", ran.err);
    let answer = "HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n\
        <Error><Code>Odd\u{1b}[2J</Code><Message>m\u{1b}[31m\u{9b}2J</Message><RequestId>r\u{1b}c</RequestId></Error>";
    let request = format!(
        r#"{{"method":"PUT","url":"{}/a?x=1","headers":[],"expires_at":4000000000}}"#,
        always(answer)
    );
    let ran = scene.run(&["upload", "a", &request, "--attempts", "1"]).failed(4);
    assert!(!ran.err.contains(['\u{1b}', '\u{9b}']), "{}", ran.err);
    scene.write("answer.txt", answer);
    let ran = scene.run(&["explain", "answer.txt", url.trim()]).done();
    assert!(!ran.text().contains(['\u{1b}', '\u{9b}']), "{}", ran.text());
}

#[test]
fn verbose_shows_requests_and_retries_and_no_signature() {
    let scene = Scene::new();
    scene.write("a", "1");
    scene.server.add_fault("status=503,times=1".parse().unwrap());
    let ran = scene.run(&["-v", "upload", "a", "oss://examplebucket/a"]).done();
    for part in ["PUT http://127.0.0.1", "/examplebucket/a", "trying again", "attempts=2", "request_id="] {
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    assert!(!ran.err.contains("x-oss-signature"), "{}", ran.err);
    assert_eq!(scene.run(&["upload", "a", "oss://examplebucket/a"]).done().err, "");
}

#[test]
fn a_failed_file_has_code_and_hint_in_json() {
    let scene = Scene::new();
    scene.write("a", "1");
    let request = r#"{"method":"PUT","url":"http://example.com/a?x=1","headers":[],"expires_at":4000000000}"#;
    let told = scene.run(&["upload", "a", request, "--json"]).failed(3).json().remove(0);
    assert_eq!(told["error"]["code"], "Refused");
    assert!(told["error"]["hint"].as_str().unwrap().contains("--allow-http"), "{told}");
}

/// Examples keep their lines on a terminal of 80 columns.
#[test]
fn help_fits_80_columns() {
    let scene = Scene::new();
    for (command, _) in commands(&scene) {
        let command: Vec<&str> = command.split_whitespace().collect();
        let mut help = scene.command(&[&command[..], &["--help"]].concat());
        help.env("COLUMNS", "80");
        let text = feed(help, b"").done().text();
        let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(long.is_empty(), "{command:?}: {long:#?}");
        let examples = text.lines().filter(|line| line.trim_start().starts_with("oss-presign "));
        assert!(examples.clone().all(|line| line.starts_with("  oss-presign ")), "{command:?}: {text}");
    }
}

/// What cannot be a region is refused; what may be one, because regions come, is only doubted.
#[test]
fn regions_that_are_misspelt() {
    let scene = Scene::new();
    for (region, meant) in [
        ("oss-cn-hangzhou", "cn-hangzhou"),
        ("cn-beijing-internal", "cn-beijing"),
        ("https://oss-cn-shanghai.aliyuncs.com", "cn-shanghai"),
    ] {
        let ran = scene.run(&["put", "examplebucket", "a", "--region", region]).failed(1);
        let sentence = format!("`{region}`, from --region, is not a region: write `{meant}`");
        assert!(ran.err.contains(&sentence) && ran.text().is_empty(), "{}", ran.err);
    }
    let misspelt = ["put", "examplebucket", "a", "--region", "cn-hangzou", "--endpoint", ""];
    let ran = scene.run(&misspelt).done();
    let sentence = "oss-presign: warning: the region `cn-hangzou`, from --region, is not one of those known here: did you \
        mean `cn-hangzhou`?\n";
    assert_eq!(ran.err, sentence);
    assert_eq!(ran.text().lines().count(), 1);
    let ran = scene.run(&[&misspelt[..], &["--json"]].concat()).done();
    let told: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(told["warning"]["code"], "UnknownRegion");
    // Somebody's own service has regions of its own.
    let own = ["put", "examplebucket", "a", "--region", "cn-hangzou", "--endpoint", "oss.example.com"];
    assert_eq!(scene.run(&own).done().err, "");
    let ran = scene.run(&["doctor", "--region", "cn-hangzou", "--endpoint", ""]).done();
    assert!(ran.text().contains("did you mean `cn-hangzhou`?"), "{}", ran.text());
}
