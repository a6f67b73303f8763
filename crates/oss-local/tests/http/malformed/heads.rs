//! Request lines, headers and targets.

use super::Cases;

pub(super) fn request_lines(cases: &mut Cases) {
    let host = "\r\nHost: 127.0.0.1\r\n\r\n";
    for line in [
        "GET",
        "GET /",
        "GET / HTTP",
        "GET / HTTP/9.9",
        "GET / HTTP/1.2",
        "GET / http/1.1",
        " / HTTP/1.1",
        "G@T / HTTP/1.1",
        "GET\t/\tHTTP/1.1",
        "GET  / HTTP/1.1",
        "GET / HTTP/1.1 ",
        "GET /a b HTTP/1.1",
        "GET /\u{1} HTTP/1.1",
        "GET /<a> HTTP/1.1",
        "GET \\ HTTP/1.1",
        "GET http:// HTTP/1.1",
        "GET /\u{7f} HTTP/1.1",
        "{\"json\":1}",
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
        "<xml/>",
        "SSH-2.0-OpenSSH_9.0",
        "\0\0\0\0",
    ] {
        cases.raw(400, format!("{line}{host}"));
    }
    cases.raw(400, [b"GET /\xff\xfe HTTP/1.1".as_slice(), host.as_bytes()].concat());
    let long = "a".repeat(70_000);
    cases.raw(431, format!("GET /{long} HTTP/1.1{host}"));
    for (method, target, status) in [
        ("PATCH", "/examplebucket/a", 405),
        ("TRACE", "/examplebucket/a", 405),
        ("FOO", "/examplebucket/a", 405),
        ("get", "/examplebucket/a", 405),
        ("PROPFIND", "/examplebucket/", 405),
        ("PATCH", "/", 405),
        ("DELETE", "/", 405),
        ("PUT", "/", 405),
        ("POST", "/", 405),
        ("POST", "/examplebucket/a", 405),
        ("GET", "*", 400),
        ("GET", "examplebucket", 400),
        ("CONNECT", "127.0.0.1:80", 400),
        ("OPTIONS", "*", 400),
        ("OPTIONS", "/examplebucket/a", 400),
    ] {
        cases.request(status, &format!("{method} {target}"), &[], "");
    }
}

pub(super) fn headers(cases: &mut Cases) {
    let line = "GET /examplebucket/a HTTP/1.1\r\n";
    for host in [
        "",
        "Host:\r\n",
        "Host: \r\n",
        "Host: a b\r\n",
        "Host: a/b\r\n",
        "Host: a\r\nHost: b\r\n",
        "Host: a,b\r\n",
        "Host: user@host\r\n",
        "Host: <script>\r\n",
        "Host: \u{e9}\r\n",
    ] {
        cases.raw(400, format!("{line}{host}\r\n"));
    }
    for header in [
        "no colon",
        "na me: x",
        ": x",
        "x : y",
        "x\0: y",
        "x: \0",
        "x: \u{1}",
        "x: a\rb",
        "(x): y",
        "x: \u{7f}",
    ] {
        cases.raw(400, format!("{line}Host: 127.0.0.1\r\n{header}\r\n\r\n"));
    }
    // A line that begins with a blank continued the header before it, once (RFC 9112 §5.2).
    cases.raw(400, format!("{line}Host: 127.0.0.1\r\nx: y\r\n  folded\r\n\r\n"));
    cases.raw(431, format!("{line}Host: 127.0.0.1\r\nx: {}\r\n\r\n", "a".repeat(70_000)));
    let many: String = (0..200).map(|i| format!("x-{i}: y\r\n")).collect();
    cases.raw(431, format!("{line}Host: 127.0.0.1\r\n{many}\r\n"));
    for framing in [
        vec!["Content-Length: abc"],
        vec!["Content-Length: -1"],
        vec!["Content-Length: +1"],
        vec!["Content-Length: 1.5"],
        vec!["Content-Length: 0x10"],
        vec!["Content-Length: 1, 2"],
        vec!["Content-Length: 99999999999999999999"],
        vec!["Content-Length: 1", "Content-Length: 2"],
        vec!["Transfer-Encoding: gzip"],
        vec!["Transfer-Encoding: chunked, gzip"],
        vec!["Transfer-Encoding: identity"],
        vec!["Content-Length: "],
    ] {
        cases.request(400, "PUT /examplebucket/a", &framing, "1\r\nx\r\n0\r\n\r\n");
    }
    for chunks in [
        "xyz\r\n",
        "-1\r\nx\r\n",
        "\r\n",
        "5\r\nabc\r\n0\r\n\r\n",
        "1\r\nxy\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n",
    ] {
        cases.request(400, "PUT /examplebucket/a", &["Transfer-Encoding: chunked"], chunks);
    }
    cases.request(400, "PUT /examplebucket/a", &["Content-Length: 5368709121"], "");
    cases.raw(411, "PUT /examplebucket/a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    cases.raw(411, "POST /examplebucket/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
}

pub(super) fn targets(cases: &mut Cases) {
    for path in [
        "/examplebucket/%",
        "/examplebucket/%2",
        "/examplebucket/%zz",
        "/examplebucket/%ff",
        "/examplebucket/%C3%28",
        "/examplebucket/%ED%A0%80",
        "/examplebucket/%C0%AF",
        "/examplebucket//a",
        "/examplebucket/%2Fa",
        "/examplebucket/\\a",
        "/examplebucket/%5Ca",
        "/ab/a",
        "/ABC/a",
        "/-abc/a",
        "/abc-/a",
        "/a_b/a",
        "/a.b/a",
        "/../a",
        "/%2e%2e/a",
        "//a",
        "/a%00b/a",
        "/%00/a",
        "/examplebucket/a?%",
        "/examplebucket/a?a=%zz",
        "/examplebucket/a?%ff=1",
    ] {
        cases.request(400, &format!("GET {path}"), &[], "");
    }
    cases.request(400, &format!("GET /examplebucket/{}", "k".repeat(1024)), &[], "");
    cases.request(400, &format!("GET /examplebucket/{}", "%F0%9F%98%80".repeat(256)), &[], "");
    cases.request(400, &format!("GET /{}/a", "b".repeat(64)), &[], "");
    for sub in ["cors", "policy", "lifecycle", "restore", "website", "metaQuery", "x-oss-async-process=a"] {
        cases.request(501, &format!("GET /examplebucket/a?{sub}"), &[], "");
        cases.request(501, &format!("PUT /examplebucket/a?{sub}"), &[], "");
    }
}
