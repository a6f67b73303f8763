//! Faults on demand, and the page.

use oss_local::{Clock, Fault, FaultRule};
use oss_presign::Method;

use crate::client::{Connection, NOW, exchange, get, presign, put, server};

#[tokio::test]
async fn errors_crcs_and_clocks_go_wrong_on_demand() {
    let server = server().start().await.unwrap();
    put(&server, "a", b"x").await.expect(200);
    server.add_fault("status=503,code=ServiceUnavailable,method=PUT,key=a*,times=2".parse().unwrap());
    for _ in 0..2 {
        put(&server, "ab", b"y").await.expect_error(503, "ServiceUnavailable");
        get(&server, "a").await.expect(200);
    }
    put(&server, "ab", b"y").await.expect(200);

    let right = get(&server, "a").await.header("x-oss-hash-crc64ecma").unwrap().to_owned();
    server.add_fault(FaultRule::new(Fault::WrongCrc).nth(1));
    let wrong = get(&server, "a").await.expect(200);
    assert_ne!(wrong.header("x-oss-hash-crc64ecma"), Some(right.as_str()));
    assert_eq!(get(&server, "a").await.header("x-oss-hash-crc64ecma"), Some(right.as_str()));

    server.add_fault(FaultRule::new(Fault::Skew(600)).method("GET"));
    let late = get(&server, "a").await.expect_error(403, "AccessDenied");
    assert_eq!(late.header("date"), Some("Tue, 12 Nov 2024 08:42:38 GMT"));
    server.clear_faults();
    get(&server, "a").await.expect(200);
}

#[tokio::test]
async fn connections_are_cut_on_demand() {
    let server = server()
        .fault("cut-upload=1000,method=PUT,key=up".parse().unwrap())
        .fault("cut-download=1000,method=GET,key=down".parse().unwrap())
        .start()
        .await
        .unwrap();
    let mut connection = Connection::open(server.addr()).await;
    let target = presign(Method::Put, "up", &[], &[]);
    connection
        .send(format!("PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"))
        .await;
    connection.send(vec![0; 100_000]).await;
    assert!(connection.answer_to("PUT").await.is_none());
    get(&server, "up").await.expect(404);

    put(&server, "down", &[7; 100_000]).await.expect(200);
    let cut = get(&server, "down").await.expect(200);
    assert_eq!(cut.header("content-length"), Some("100000"));
    assert_eq!(cut.body, [7; 1000]);
}

#[tokio::test]
async fn delays_and_slow_reading_only_delay() {
    let server = server()
        .fault("delay=20".parse().unwrap())
        .fault("slow-read=1000000,method=PUT".parse().unwrap())
        .start()
        .await
        .unwrap();
    let before = tokio::time::Instant::now();
    put(&server, "a", &[1; 50_000]).await.expect(200);
    // 50 000 bytes at a million a second, after 20 ms.
    assert!(before.elapsed() >= std::time::Duration::from_millis(70));
    assert_eq!(get(&server, "a").await.expect(200).body, [1; 50_000]);
}

#[tokio::test]
async fn clients_may_limit_their_own_traffic() {
    let server = server().start().await.unwrap();
    let limit = [("x-oss-traffic-limit", Some("819200"))];
    let before = tokio::time::Instant::now();
    let target = presign(Method::Put, "a", &[], &limit);
    exchange(&server, "PUT", &target, &[], &[1; 20_000]).await.expect(200);
    let found = exchange(&server, "GET", &presign(Method::Get, "a", &[], &limit), &[], b"").await.expect(200);
    assert_eq!(found.body, [1; 20_000]);
    // 20 000 bytes at 102 400 bytes a second up; down, all but the last tenth of a second's worth.
    assert!(before.elapsed() >= std::time::Duration::from_millis(195 + 97));
}

const BROWSER: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

#[tokio::test]
async fn the_page_is_off_unless_asked_for() {
    let server = server().start().await.unwrap();
    exchange(&server, "GET", "/", &[BROWSER], b"").await.expect_error(403, "AccessDenied");
    exchange(&server, "GET", "/-/presign?bucket=abc&key=a", &[], b"")
        .await
        .expect_error(400, "InvalidBucketName");
}

#[tokio::test]
async fn the_page_signs_for_this_machine_alone() {
    let server = server().clock(Clock::fixed(NOW)).page(true).start().await.unwrap();
    put(&server, "a", b"12345").await.expect(200);
    let page = exchange(&server, "GET", "/", &[BROWSER], b"").await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text().contains("<tr><td>examplebucket</td><td>1</td><td>5</td></tr>"));
    for (path, kind) in
        [("/-/page.js", "text/javascript; charset=utf-8"), ("/-/page.css", "text/css; charset=utf-8")]
    {
        let part = exchange(&server, "GET", path, &[], b"").await.expect(200);
        assert_eq!(part.header("content-type"), Some(kind));
        assert!(page.text().contains(path));
    }
    // A client without a browser's Accept lists buckets, and may not.
    exchange(&server, "GET", "/", &[("Accept", "*/*")], b"").await.expect_error(403, "AccessDenied");

    let host = server.host();
    let ask = "/-/presign?bucket=examplebucket&key=b%20c&type=text%2Fplain";
    let signed = exchange(&server, "GET", ask, &[("Host", &host)], b"").await.expect(200);
    let signed: serde_json::Value = serde_json::from_slice(&signed.body).unwrap();
    let origin = format!("http://{host}");
    let put = signed["put"].as_str().unwrap().strip_prefix(&origin).unwrap();
    let headers = [("Host", host.as_str()), ("Content-Type", "text/plain"), ("Origin", &origin)];
    exchange(&server, "PUT", put, &headers, b"by page").await.expect(200);
    let get = signed["get"].as_str().unwrap().strip_prefix(&origin).unwrap();
    assert_eq!(exchange(&server, "GET", get, &[("Host", &host)], b"").await.expect(200).text(), "by page");
    assert_eq!(signed["form"]["fields"][0][0], "key");

    exchange(&server, "GET", ask, &[("Origin", "http://evil.example.com")], b"").await.expect(403);
    exchange(&server, "GET", ask, &[("Host", "evil.example.com")], b"").await.expect(403);
    exchange(&server, "POST", ask, &[], b"").await.expect(405);
    exchange(&server, "GET", "/-/presign?bucket=X&key=a", &[], b"")
        .await
        .expect_error(400, "InvalidArgument");
    exchange(&server, "GET", "/-/presign?bucket=abc&key=", &[], b"")
        .await
        .expect_error(400, "InvalidArgument");
    exchange(&server, "GET", "/-/other", &[], b"").await.expect(404);
}

#[tokio::test]
async fn usage_tells_what_a_person_needs_and_no_secret() {
    let server = server().page(true).start().await.unwrap();
    let usage = server.usage();
    for part in [server.url().as_str(), "cn-hangzhou", "in memory", "fake-access-key-id", "oss-presign put"] {
        assert!(usage.contains(part), "{part}: {usage}");
    }
    assert!(!usage.contains("fake-access-key-secret"));
}
