//! Requests that are wrong in every way: each gets its status, and the server answers on.

use oss_local::Acl;
use oss_presign::Method;

use crate::client::{BUCKET, Connection, exchange, get, presign, put, server};

/// What is sent, and the status that it must get.
struct Case {
    bytes: Vec<u8>,
    status: u16,
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    fn raw(&mut self, status: u16, bytes: impl AsRef<[u8]>) {
        self.0.push(Case { bytes: bytes.as_ref().to_vec(), status });
    }

    /// A request line and further headers; the body has its Content-Length unless the headers frame it.
    fn request(&mut self, status: u16, line: &str, headers: &[&str], body: &str) {
        let mut head = format!("{line} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        let framed = headers.iter().any(|header| {
            let name = header.split(':').next().unwrap().to_ascii_lowercase();
            name == "content-length" || name == "transfer-encoding"
        });
        if !framed && (line.starts_with("PUT") || line.starts_with("POST")) {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        for header in headers {
            head += &format!("{header}\r\n");
        }
        self.raw(status, head + "\r\n" + body);
    }
}

fn request_lines(cases: &mut Cases) {
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

fn headers(cases: &mut Cases) {
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

fn targets(cases: &mut Cases) {
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

/// A presigned GET with one of its parameters replaced, or left out.
fn url_with(name: &str, value: Option<&str>) -> String {
    let target = presign(Method::Get, "a", &[], &[]);
    let (path, query) = target.split_once('?').unwrap();
    let mut pairs: Vec<String> =
        query.split('&').filter(|pair| pair.split('=').next() != Some(name)).map(str::to_owned).collect();
    if let Some(value) = value {
        pairs.push(format!("{name}={value}"));
    }
    format!("{path}?{}", pairs.join("&"))
}

fn signatures(cases: &mut Cases) {
    for name in
        ["x-oss-signature-version", "x-oss-credential", "x-oss-date", "x-oss-expires", "x-oss-signature"]
    {
        cases.request(400, &format!("GET {}", url_with(name, None)), &[], "");
        // An empty signature is a wrong one.
        let status = if name == "x-oss-signature" { 403 } else { 400 };
        cases.request(status, &format!("GET {}", url_with(name, Some(""))), &[], "");
        let twice = format!("{}&{name}=1", presign(Method::Get, "a", &[], &[]));
        cases.request(400, &format!("GET {twice}"), &[], "");
    }
    for (name, values) in [
        ("x-oss-expires", &["0", "604801", "-1", "abc", "1.5", "99999999999", "+600", "%20600"][..]),
        (
            "x-oss-date",
            &[
                "20241112",
                "20241112T083238",
                "2024-11-12T08:32:38Z",
                "20241312T083238Z",
                "20240230T083238Z",
                "x",
            ],
        ),
        (
            "x-oss-credential",
            &[
                "fake",
                "a/b",
                "a/b/c/d/e",
                "a%2F20241112%2Fcn-hangzhou%2Foss",
                "a%2F2024111%2Fcn-hangzhou%2Foss%2Faliyun_v4_request",
                "a%2F20241112%2Fcn-hangzhou%2Foss%2Faws4_request",
                "fake-access-key-id%2F20241112%2Fcn-beijing%2Foss%2Faliyun_v4_request",
                "fake-access-key-id%2F20241112%2Fcn-hangzhou%2Fs3%2Faliyun_v4_request",
                "fake-access-key-id%2F20241113%2Fcn-hangzhou%2Foss%2Faliyun_v4_request",
            ],
        ),
        ("x-oss-signature-version", &["OSS2", "OSS4-HMAC-SHA1", "AWS4-HMAC-SHA256", "oss4-hmac-sha256"]),
        ("x-oss-additional-headers", &["", "a%3B%3Bb", "missing"]),
    ] {
        for value in values {
            cases.request(400, &format!("GET {}", url_with(name, Some(value))), &[], "");
        }
    }
    for signature in
        ["abc", &"0".repeat(64), &"g".repeat(64), &"0".repeat(63), &"A".repeat(64), &"0".repeat(10_000)]
    {
        cases.request(403, &format!("GET {}", url_with("x-oss-signature", Some(signature))), &[], "");
    }
    for (name, value) in [
        ("x-oss-expires", "601"),
        ("x-oss-date", "20241112T083239Z"),
        ("x-oss-security-token", "a"),
        ("extra", "1"),
    ] {
        cases.request(403, &format!("GET {}", url_with(name, Some(value))), &[], "");
    }
    let date = "x-oss-date: 20241112T083238Z";
    let payload = "x-oss-content-sha256: UNSIGNED-PAYLOAD";
    let credential = "Credential=fake-access-key-id/20241112/cn-hangzhou/oss/aliyun_v4_request";
    let signature = format!("Signature={}", "0".repeat(64));
    for (authorization, status) in [
        (String::new(), 400),
        ("Basic dTpw".into(), 400),
        ("OSS id:signature".into(), 400),
        ("OSS4-HMAC-SHA256".into(), 400),
        ("OSS4-HMAC-SHA256 ".into(), 400),
        ("OSS4-HMAC-SHA256 x".into(), 400),
        (format!("OSS4-HMAC-SHA256 {credential}"), 400),
        (format!("OSS4-HMAC-SHA256 {signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {credential},{credential},{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {credential},Other=1,{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {credential},AdditionalHeaders=,{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {credential},AdditionalHeaders=a;;b,{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {credential},AdditionalHeaders=missing,{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 Credential=a/b,{signature}"), 400),
        (format!("OSS4-HMAC-SHA256 {},{signature}", credential.replace("hangzhou", "beijing")), 400),
        (format!("OSS4-HMAC-SHA256 {},{signature}", credential.replace("fake-", "other-")), 403),
        (format!("OSS4-HMAC-SHA256 {credential},{signature}"), 403),
    ] {
        let header = format!("Authorization: {authorization}");
        cases.request(status, "GET /examplebucket/a", &[&header, date, payload], "");
    }
    let good = format!("Authorization: OSS4-HMAC-SHA256 {credential},{signature}");
    for (lines, status) in [
        (vec![good.as_str()], 403),
        (vec![&good, date], 400),
        (vec![&good, payload], 403),
        (vec![&good, payload, "x-oss-date: yesterday"], 403),
        (vec![&good, payload, "Date: yesterday"], 403),
        (vec![&good, payload, "Date: Tue, 12 Nov 2024 08:32:38 GMT"], 403),
        (vec![&good, payload, "Date: Tue, 12 Nov 2024 08:32:38 GMT", "Date: yesterday"], 400),
        (vec![&good, date, "x-oss-content-sha256: abc"], 400),
        (vec![&good, date, date, payload], 400),
        (vec![&good, payload, "x-oss-date: 20241112T080000Z"], 403),
        (vec![&good, &good, date, payload], 400),
    ] {
        cases.request(status, "GET /examplebucket/a", &lines, "");
    }
    cases.request(400, &format!("GET {}", presign(Method::Get, "a", &[], &[])), &[&good, date, payload], "");
    cases.request(400, "GET /examplebucket/a?OSSAccessKeyId=a&Expires=1&Signature=b", &[], "");
}

fn uploads(cases: &mut Cases) {
    let meta = format!("x-oss-meta-a: {}", "a".repeat(9000));
    for header in [
        "Content-MD5: abc",
        "Content-MD5: ",
        "Content-MD5: AAAA",
        "Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==",
        "x-oss-forbid-overwrite: 1",
        "x-oss-forbid-overwrite: ",
        "x-oss-storage-class: Cold",
        "x-oss-object-acl: all",
        "x-oss-tagging: a=1&a=2",
        "x-oss-tagging: =1",
        "x-oss-tagging: %zz=1",
        "x-oss-traffic-limit: 1",
        "x-oss-traffic-limit: 838860801",
        "x-oss-traffic-limit: fast",
        "x-oss-callback: x",
        "x-oss-callback: e30=",
        "x-oss-copy-source: a",
        "x-oss-copy-source: /examplebucket/%zz",
        "x-oss-copy-source: /examplebucket/",
        meta.as_str(),
        "x-oss-tagging: a&b&c&d&e&f&g&h&i&j&k",
    ] {
        cases.request(400, "PUT /examplebucket/new", &[header], "x");
    }
    for (line, status, body) in [
        ("PUT /examplebucket/a?partNumber=1&uploadId=none", 404, "x"),
        ("PUT /examplebucket/a?partNumber=0&uploadId=none", 400, "x"),
        ("PUT /examplebucket/a?partNumber=10001&uploadId=none", 400, "x"),
        ("PUT /examplebucket/a?partNumber=one&uploadId=none", 400, "x"),
        ("PUT /examplebucket/a?partNumber=1", 400, "x"),
        ("PUT /examplebucket/a?uploadId=none", 501, "x"),
        ("POST /examplebucket/a?uploadId=none", 404, "<CompleteMultipartUpload/>"),
        ("POST /examplebucket/a?uploadId=", 400, ""),
        ("DELETE /examplebucket/a?uploadId=none", 404, ""),
        ("GET /examplebucket/a?uploadId=none", 404, ""),
        ("POST /examplebucket/a?append", 400, "x"),
        ("POST /examplebucket/a?append&position=-1", 400, "x"),
        ("POST /examplebucket/a?append&position=x", 400, "x"),
        ("POST /examplebucket/fresh?append&position=1", 409, "x"),
        ("POST /examplebucket/a?append&position=1", 409, "x"),
        ("PUT /examplebucket/a?symlink", 400, ""),
        ("PUT /examplebucket/a?x-oss-traffic-limit=0", 400, "x"),
        ("PUT /examplebucket/a?callback=x", 400, "x"),
        ("POST /examplebucket?delete", 400, ""),
        ("POST /examplebucket?delete", 400, "<Delete>"),
        ("POST /examplebucket?delete", 400, "<Delete><Object><Key>/rooted</Key></Object></Delete>"),
        ("POST /examplebucket?delete", 400, "<Delete><Object/></Delete>"),
        ("POST /examplebucket?delete", 400, "<!DOCTYPE a><Delete/>"),
        ("POST /examplebucket", 400, "no form"),
        // What belongs to the owner alone.
        ("PUT /examplebucket?versioning", 403, "<a"),
        ("PUT /examplebucket?acl", 403, ""),
        ("PUT /examplebucket/a?acl", 403, ""),
        ("PUT /examplebucket/a?tagging", 403, "<a"),
        ("PUT /examplebucket", 403, "<a"),
        ("DELETE /examplebucket", 403, ""),
        ("GET /", 403, ""),
    ] {
        cases.request(status, line, &[], body);
    }
    let form = "Content-Type: multipart/form-data; boundary=b";
    for body in [
        "",
        "--b",
        "--b--",
        "--b\r\n\r\n",
        "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n/k\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx",
        "--b\r\nContent-Disposition: form-data; name=\"policy\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n\
         --b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--",
    ] {
        cases.request(400, "POST /examplebucket", &[form], body);
    }
}

fn reads(cases: &mut Cases) {
    for query in [
        "max-keys=0",
        "max-keys=1001",
        "max-keys=x",
        "max-keys=-1",
        "list-type=1",
        "list-type=x",
        "encoding-type=gzip",
        "list-type=2&continuation-token=%25",
        "versions&max-keys=0",
        "list-type=2&continuation-token=%2Fw%3D%3D",
    ] {
        cases.request(400, &format!("GET /examplebucket?{query}"), &[], "");
    }
    for process in [
        "image/resize",
        "image/resize,w_x",
        "image/resize,w_0",
        "image/",
        "image/resize,m_none,w_1",
        "image/info",
    ] {
        cases.request(400, &format!("GET /examplebucket/a?x-oss-process={process}"), &[], "");
    }
    for process in ["video/snapshot", "image/rotate,90", "style/s", "x"] {
        cases.request(501, &format!("GET /examplebucket/a?x-oss-process={process}"), &[], "");
    }
    cases.request(400, "GET /examplebucket/a?response-content-type=text%2Fplain", &[], "");
    cases.request(404, "GET /examplebucket/a?versionId=none", &[], "");
    cases.request(404, "GET /nosuchbucket/a", &[], "");
    cases.request(404, "GET /examplebucket/none", &[], "");
    cases.request(412, "GET /examplebucket/a", &["If-Match: \"other\""], "");
    cases.request(416, "GET /examplebucket/a", &["x-oss-range-behavior: standard", "Range: bytes=99-"], "");
}

#[tokio::test]
async fn each_gets_its_status_and_the_server_answers_on() {
    let server = server().default_acl(Acl::PublicReadWrite).start().await.unwrap();
    put(&server, "a", b"content").await.expect(200);
    put(&server, "witness", b"content").await.expect(200);
    let mut cases = Cases::default();
    request_lines(&mut cases);
    headers(&mut cases);
    targets(&mut cases);
    signatures(&mut cases);
    uploads(&mut cases);
    reads(&mut cases);
    assert!(cases.0.len() >= 200, "{}", cases.0.len());
    let mut wrong = Vec::new();
    for case in &cases.0 {
        let mut connection = Connection::open(server.addr()).await;
        connection.send(&case.bytes).await;
        // Nothing more comes: a server that waits for more would wait for its timeout.
        connection.close_half().await;
        let answer = connection.answer_to("GET").await;
        let status = answer.as_ref().map(|answer| answer.status);
        if status != Some(case.status) {
            let start = String::from_utf8_lossy(&case.bytes[..case.bytes.len().min(300)]).into_owned();
            let body = answer.map(|answer| String::from_utf8_lossy(&answer.body).into_owned());
            wrong.push(format!("{status:?}, not {}: {start:?}\n    {body:?}", case.status));
        }
        assert_eq!(get(&server, "witness").await.expect(200).text(), "content");
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.0.len(), wrong.join("\n"));
    // Nothing of it was stored.
    assert_eq!(get(&server, "a").await.expect(200).text(), "content");
    for key in ["new", "k", "fresh"] {
        exchange(&server, "GET", &format!("/{BUCKET}/{key}"), &[], b"").await.expect(404);
    }
}
