//! Conditions, overrides, images, header signatures, callbacks.

use oss_presign::{
    Bucket, Credentials, Endpoint, Method, ObjectKey, Region, Request, Scheme, Signer, Timestamp,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::client::{Answer, BUCKET, ID, NOW, SECRET, exchange, get, presign, put, server, signed};

#[tokio::test]
async fn conditions() {
    let server = server().start().await.unwrap();
    let etag = put(&server, "a", b"x").await.header("etag").unwrap().to_owned();
    let target = presign(Method::Get, "a", &[], &[]);
    let (before, at) = ("Tue, 12 Nov 2024 08:32:37 GMT", "Tue, 12 Nov 2024 08:32:38 GMT");
    for (headers, status) in [
        (vec![("If-Match", etag.as_str())], 200),
        (vec![("If-Match", "\"other\"")], 412),
        (vec![("If-Match", "*")], 200),
        (vec![("If-None-Match", etag.as_str())], 304),
        (vec![("If-None-Match", "\"other\"")], 200),
        (vec![("If-Modified-Since", at)], 304),
        (vec![("If-Modified-Since", before)], 200),
        (vec![("If-Unmodified-Since", at)], 200),
        (vec![("If-Unmodified-Since", before)], 412),
        (vec![("If-Modified-Since", "yesterday")], 200),
        (vec![("If-None-Match", "\"other\""), ("If-Modified-Since", at)], 200),
        (vec![("If-Match", &etag), ("If-Unmodified-Since", before)], 200),
    ] {
        let answer = exchange(&server, "GET", &target, &headers, b"").await;
        assert_eq!(answer.status, status, "{headers:?}");
        if status == 304 {
            assert!(answer.body.is_empty());
            assert_eq!(answer.header("etag"), Some(etag.as_str()));
        }
    }
}

#[tokio::test]
async fn headers_of_the_answer_can_be_replaced() {
    let server = server().start().await.unwrap();
    put(&server, "a", b"x").await.expect(200);
    let query = [
        ("response-content-type", Some("text/plain; charset=utf-8")),
        ("response-content-disposition", Some("attachment; filename=\"ü.txt\"")),
        ("response-cache-control", Some("no-store")),
    ];
    let found = signed(&server, Method::Get, "a", &[], &query, b"").await.expect(200);
    for (name, value) in query {
        assert_eq!(found.header(name.strip_prefix("response-").unwrap()), value);
    }
    let query = [("response-expires", Some("a\r\nx: y"))];
    signed(&server, Method::Get, "a", &[], &query, b"").await.expect_error(400, "InvalidArgument");
}

/// A PNG of 4 by 2 pixels.
#[cfg(feature = "image")]
fn png() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(4, 2).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

#[cfg(feature = "image")]
#[tokio::test]
async fn images_are_resized_and_described() {
    let server = server().start().await.unwrap();
    let png = png();
    put(&server, "a.png", &png).await.expect(200);
    let process = |value: &'static str| {
        let server = &server;
        async move { signed(server, Method::Get, "a.png", &[], &[("x-oss-process", Some(value))], b"").await }
    };
    let info = process("image/info").await.expect(200);
    let info: serde_json::Value = serde_json::from_slice(&info.body).unwrap();
    assert_eq!(info["ImageWidth"]["value"], "4");
    assert_eq!(info["FileSize"]["value"], png.len().to_string());
    assert_eq!(info["Format"]["value"], "png");
    let small = process("image/resize,w_2").await.expect(200);
    assert_eq!(small.header("content-type"), Some("image/png"));
    let small = image::load_from_memory(&small.body).unwrap();
    assert_eq!((small.width(), small.height()), (2, 1));
    process("image/watermark,text_a").await.expect_error(501, "NotImplemented");
    put(&server, "a.png", b"no image").await.expect(200);
    process("image/info").await.expect_error(400, "BadRequest");
}

#[cfg(not(feature = "image"))]
#[tokio::test]
async fn images_are_not_processed_without_the_feature() {
    let server = server().start().await.unwrap();
    put(&server, "a.png", b"x").await.expect(200);
    let process = [("x-oss-process", Some("image/info"))];
    signed(&server, Method::Get, "a.png", &[], &process, b"").await.expect_error(501, "NotImplemented");
}

/// A request that is signed by its Authorization header, at `signed_at`.
async fn authorized(
    server: &oss_local::RunningServer,
    method: Method,
    signed_at: u64,
    body: &[u8],
) -> Answer {
    let credentials = Credentials::new(ID, SECRET).unwrap();
    let now = Timestamp::from_unix(signed_at).unwrap();
    let signer = Signer::new(&credentials, Region::new("cn-hangzhou").unwrap(), now);
    let endpoint = Endpoint::path_style("127.0.0.1").unwrap().with_scheme(Scheme::Http);
    let request = Request::new(method, Bucket::new(BUCKET).unwrap(), ObjectKey::new("a b").unwrap());
    let mut buffer = vec![0; 4096];
    let signed = signer.sign_header(&request, &endpoint, now, &mut buffer).unwrap();
    let headers: Vec<_> = signed.headers().filter(|(name, _)| !name.eq_ignore_ascii_case("host")).collect();
    exchange(server, method.as_str(), signed.target(), &headers, body).await
}

#[tokio::test]
async fn requests_may_be_signed_by_their_header() {
    let server = server().start().await.unwrap();
    authorized(&server, Method::Put, NOW, b"content").await.expect(200);
    assert_eq!(authorized(&server, Method::Get, NOW - 900, b"").await.expect(200).text(), "content");
    let skewed =
        authorized(&server, Method::Get, NOW + 901, b"").await.expect_error(403, "RequestTimeTooSkewed");
    assert_eq!(skewed.element("ServerTime"), Some("2024-11-12T08:32:38.000Z"));
    assert_eq!(skewed.element("MaxAllowedSkewMilliseconds"), Some("900000"));
}

/// An application that gets one callback: its URL, and what it got.
async fn application(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/done?a=1", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut got = Vec::new();
        let mut chunk = [0; 4096];
        // The callbacks of this test end in a full stop.
        while !got.ends_with(b".") {
            let count = stream.read(&mut chunk).await.unwrap();
            assert!(count > 0);
            got.extend_from_slice(&chunk[..count]);
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(got).unwrap()
    });
    (url, task)
}

fn callback(url: &str, body: &str, json: bool) -> String {
    use base64::Engine as _;
    let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
    let text =
        serde_json::json!({"callbackUrl": url, "callbackBody": body, "callbackBodyType": kind}).to_string();
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[tokio::test]
async fn the_application_is_called_back_and_answers_for_the_server() {
    let server = server().start().await.unwrap();
    let (url, got) = application("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\": 1}").await;
    let parameters = callback(&url, "bucket=${bucket}&key=${object}&size=${size}&x=${x:var}&end=.", false);
    use base64::Engine as _;
    let variables = base64::engine::general_purpose::STANDARD.encode(r#"{"x:var":"ü&"}"#);
    let headers = [("x-oss-callback", parameters.as_str()), ("x-oss-callback-var", &variables)];
    let stored = signed(&server, Method::Put, "a b", &headers, &[], b"content").await.expect(200);
    assert_eq!(stored.text(), "{\"a\": 1}");
    let got = got.await.unwrap();
    assert!(got.starts_with("POST /done?a=1 HTTP/1.1\r\n"));
    assert!(got.ends_with("bucket=examplebucket&key=a%20b&size=7&x=%C3%BC%26&end=."), "{got}");

    let (url, got) = application("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").await;
    let parameters = callback(&url, "{\"key\":${object},\"size\":${size}}.", true);
    let query = [("callback", Some(parameters.as_str()))];
    signed(&server, Method::Put, "a\"b", &[], &query, b"content").await.expect(200);
    assert!(got.await.unwrap().ends_with("{\"key\":\"a\\\"b\",\"size\":7}."));
}

#[tokio::test]
async fn a_failed_callback_is_203_and_the_object_is_there() {
    let server = server().start().await.unwrap();
    let (refusing, _got) = application("HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\n{}").await;
    let (rambling, _got) = application("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntext").await;
    for url in [
        refusing.as_str(),
        &rambling,
        "http://example.com/",
        "https://127.0.0.1/",
        "file:///etc/passwd",
        "nonsense",
    ] {
        let parameters = callback(url, "${object}.", false);
        let headers = [("x-oss-callback", parameters.as_str())];
        let failed = signed(&server, Method::Put, url, &headers, &[], b"x").await;
        let failed = failed.expect_error(203, "CallbackFailed");
        assert_eq!(failed.header("etag"), Some("\"9DD4E461268C8034F5C8564E155C67A6\"")); // MD5 of `x`, by md5sum
        get(&server, url).await.expect(200);
    }
}
