//! The page, and who may have it sign.

use oss_local::RunningServer;
use oss_presign::Method;

use crate::client::{Answer, exchange, get, presign, put, server};

const BROWSER: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

async fn with_page() -> (RunningServer, String) {
    let server = server().page(true).start().await.unwrap();
    let token = server.page_url().unwrap().rsplit_once("/#token=").unwrap().1.to_owned();
    (server, token)
}

fn json(answer: Answer) -> serde_json::Value {
    serde_json::from_slice(&answer.expect(200).body).unwrap()
}

#[tokio::test]
async fn the_page_is_off_unless_asked_for() {
    let server = server().start().await.unwrap();
    assert_eq!(server.page_url(), None);
    exchange(&server, "GET", "/", &[BROWSER], b"").await.expect_error(403, "AccessDenied");
    exchange(&server, "GET", "/-/presign?bucket=abc&key=a", &[], b"")
        .await
        .expect_error(400, "InvalidBucketName");
    // An object is answered as OSS does.
    put(&server, "a", b"x").await.expect(200);
    assert_eq!(get(&server, "a").await.header("content-security-policy"), None);
}

#[tokio::test]
async fn the_page_itself_tells_nothing() {
    let (server, token) = with_page().await;
    put(&server, "secret-key", b"12345").await.expect(200);
    let page = exchange(&server, "GET", "/", &[BROWSER], b"").await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(!page.text().contains(&token) && !page.text().contains("secret-key"));
    let javascript = "text/javascript; charset=utf-8";
    for (path, kind) in [
        ("/-/page.js", javascript),
        ("/-/signature.js", javascript),
        ("/-/presign.js", javascript),
        ("/-/upload.js", javascript),
        ("/-/page.css", "text/css; charset=utf-8"),
        ("/-/page.wasm", "application/wasm"),
    ] {
        let part = exchange(&server, "GET", path, &[], b"").await.expect(200);
        assert_eq!(part.header("content-type"), Some(kind), "{path}");
    }
    for path in ["/-/page.js", "/-/signature.js", "/-/page.css"] {
        assert!(page.text().contains(path));
    }
    // A signed URL that the page opens, or that an object links from, is told to nobody as a referrer.
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    let script = exchange(&server, "GET", "/-/page.js", &[], b"").await.expect(200).text().to_owned();
    let opens = || script.lines().filter(|line| line.contains("_blank"));
    assert!(opens().count() > 0 && opens().all(|line| line.contains("noreferrer")), "{script}");
    // A client without a browser's Accept lists buckets, and may not.
    exchange(&server, "GET", "/", &[("Accept", "*/*")], b"").await.expect_error(403, "AccessDenied");
}

#[tokio::test]
async fn only_the_holder_of_the_token_learns_and_gets_signed() {
    let (server, token) = with_page().await;
    let wrong = "0".repeat(token.len());
    let asked = [
        "/-/presign?bucket=examplebucket&key=a",
        "/-/plan?bucket=examplebucket&key=a&size=1",
        "/-/state",
        "/-/objects?bucket=examplebucket",
        "/-/log",
    ];
    for ask in asked {
        for headers in [&[][..], &[("x-page-token", "")], &[("x-page-token", wrong.as_str())]] {
            exchange(&server, "GET", ask, headers, b"").await.expect_error(403, "AccessDenied");
        }
        let token = ("x-page-token", token.as_str());
        exchange(&server, "GET", ask, &[token], b"").await.expect(200);
        // Nor the holder from elsewhere; `null` is the origin of a sandboxed object.
        for elsewhere in
            [("Origin", "http://evil.example.com"), ("Origin", "null"), ("Host", "evil.example.com")]
        {
            exchange(&server, "GET", ask, &[token, elsewhere], b"").await.expect(403);
        }
        exchange(&server, "POST", ask, &[token], b"").await.expect(405);
    }
    let other = with_page().await.1;
    assert!(token.len() == 32 && token != other);
}

/// A stored HTML file has the page's origin; its scripts must not.
#[tokio::test]
async fn whatever_is_not_the_page_is_sandboxed() {
    let (server, _) = with_page().await;
    put(&server, "a.html", b"<script></script>").await.expect(200);
    for target in [presign(Method::Get, "a.html", &[], &[]), "/examplebucket/missing".into()] {
        let answer = exchange(&server, "GET", &target, &[], b"").await;
        assert_eq!(answer.header("content-security-policy"), Some("sandbox"), "{target}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{target}");
    }
}

#[tokio::test]
async fn what_the_page_gets_signed_works() {
    let (server, token) = with_page().await;
    let (host, token) = (server.host(), ("x-page-token", token.as_str()));
    let origin = format!("http://{host}");
    let ask = "/-/presign?bucket=examplebucket&key=b%20c&type=text%2Fplain";
    let signed = json(exchange(&server, "GET", ask, &[("Host", &host), token], b"").await);
    assert_eq!(signed["headers"], serde_json::json!([["content-type", "text/plain"]]));
    assert_eq!(signed["expires_at"], crate::client::NOW + 600);
    let put = signed["put"].as_str().unwrap().strip_prefix(&origin).unwrap();
    let headers = [("Host", host.as_str()), ("Content-Type", "text/plain"), ("Origin", &origin)];
    exchange(&server, "PUT", put, &headers, b"by page").await.expect(200);
    let get = signed["get"].as_str().unwrap().strip_prefix(&origin).unwrap();
    assert_eq!(exchange(&server, "GET", get, &[("Host", &host)], b"").await.expect(200).text(), "by page");
    assert_eq!(signed["form"]["fields"][0][0], "key");

    let state = json(exchange(&server, "GET", "/-/state", &[token], b"").await);
    let bucket = serde_json::json!({"name": "examplebucket", "versioned": false, "objects": 1, "bytes": 7});
    assert_eq!(state["buckets"], serde_json::json!([bucket]));
    let list = json(exchange(&server, "GET", "/-/objects?bucket=examplebucket", &[token], b"").await);
    assert_eq!((&list["objects"][0]["key"], &list["more"]), (&"b c".into(), &false.into()));
    let log = json(exchange(&server, "GET", "/-/log?since=0", &[token], b"").await);
    assert_eq!(log["records"][0]["target"], "/examplebucket/b%20c");
    // The page's own requests are not in it.
    assert_eq!(log["next"], 2);

    for bad in ["/-/presign?bucket=X&key=a", "/-/presign?bucket=abc&key="] {
        exchange(&server, "GET", bad, &[token], b"").await.expect_error(400, "InvalidArgument");
    }
    exchange(&server, "GET", "/-/other", &[token], b"").await.expect(404);
}

#[tokio::test]
async fn the_page_gets_plans_of_uploads_in_parts() {
    let (server, token) = with_page().await;
    let (host, token) = (server.host(), ("x-page-token", token.as_str()));
    let ask = async |query: &str| {
        let path = format!("/-/plan?bucket=examplebucket&key=a&type=text%2Fplain&{query}");
        exchange(&server, "GET", &path, &[("Host", &host), token], b"").await
    };
    // A file of one part is a single PUT.
    let single = json(ask("size=8388608").await);
    assert_eq!((&single["method"], &single["headers"][0][1]), (&"PUT".into(), &"text/plain".into()));
    let begin = json(ask("size=8388609").await);
    assert_eq!((&begin["part_size"], &begin["parts"]), (&8_388_608.into(), &serde_json::Value::Null));
    let origin = format!("http://{host}");
    let initiate = begin["initiate"]["url"].as_str().unwrap().strip_prefix(&origin).unwrap();
    let headers = [("Host", host.as_str()), ("Content-Type", "text/plain")];
    let answer = exchange(&server, "POST", initiate, &headers, b"").await.expect(200);
    let id = answer.text().split("<UploadId>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let plan = json(ask(&format!("size=8388609&upload_id={id}")).await);
    assert_eq!((&plan["upload_id"], plan["parts"].as_array().unwrap().len()), (&id.into(), 2));
    let part = plan["parts"][1]["url"].as_str().unwrap().strip_prefix(&origin).unwrap();
    exchange(&server, "PUT", part, &[("Host", &host)], b"x").await.expect(200);
    for bad in ["", "size=-1", "size=99999999999999"] {
        ask(bad).await.expect_error(400, "InvalidArgument");
    }
}

#[tokio::test]
async fn usage_tells_what_a_person_needs_and_no_secret() {
    let (server, token) = with_page().await;
    let usage = server.usage();
    for part in [
        server.url().as_str(),
        "cn-hangzhou",
        "in memory",
        "fake-access-key-id",
        "oss-presign put",
        &format!("/#token={token}"),
    ] {
        assert!(usage.contains(part), "{part}: {usage}");
    }
    assert!(!usage.contains("fake-access-key-secret"));
}
