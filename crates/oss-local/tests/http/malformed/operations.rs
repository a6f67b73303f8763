//! What a plain upload, a form, a list or a download may say wrongly.

use super::Cases;

pub(super) fn uploads(cases: &mut Cases) {
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

pub(super) fn reads(cases: &mut Cases) {
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
        // Without the feature nothing of it is read.
        let status = if cfg!(feature = "image") { 400 } else { 501 };
        cases.request(status, &format!("GET /examplebucket/a?x-oss-process={process}"), &[], "");
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
