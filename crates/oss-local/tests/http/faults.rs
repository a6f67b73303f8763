//! Faults on demand, and the page.

use oss_local::{Fault, FaultRule};
use oss_presign::Method;

use crate::client::{Connection, exchange, get, presign, put, server};

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
