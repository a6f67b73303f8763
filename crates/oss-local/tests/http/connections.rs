//! Bodies that break off, clients that wait or do not, and the end of the server.

use std::time::Duration;

use oss_presign::Method;

use crate::client::{Connection, NOW, exchange, get, presign, put, server};

#[tokio::test]
async fn nobody_beyond_this_machine_is_listened_to_unless_asked_for() {
    let server = oss_local::Server::new().start().await.unwrap();
    assert!(server.addr().ip().is_loopback(), "{}", server.addr());
}

#[tokio::test]
async fn a_body_shorter_than_announced_stores_nothing() {
    let directory = tempfile::tempdir().unwrap();
    for server in [server(), server().directory(directory.path())] {
        let server = server.start().await.unwrap();
        put(&server, "a", b"old").await.expect(200);
        for sent in [10, 1_000_000] {
            let target = presign(Method::Put, "a", &[], &[]);
            let mut connection = Connection::open(server.addr()).await;
            connection
                .send(format!("PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n"))
                .await;
            connection.send(vec![b'n'; sent]).await;
            connection.close_half().await;
            let answer = connection.answer_to("PUT").await;
            assert!(answer.is_none_or(|answer| answer.status == 400));
        }
        assert_eq!(get(&server, "a").await.expect(200).text(), "old");
    }
    assert_eq!(std::fs::read_dir(directory.path().join("staging")).unwrap().count(), 0);
}

#[tokio::test]
async fn without_length_or_chunks_a_put_is_refused() {
    let server = server().start().await.unwrap();
    let mut connection = Connection::open(server.addr()).await;
    let target = presign(Method::Put, "a", &[], &[]);
    connection.send(format!("PUT {target} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
    connection.answer_to("PUT").await.unwrap().expect_error(411, "MissingContentLength");
}

#[tokio::test]
async fn too_large_is_said_before_the_body_is_sent() {
    let server = server().start().await.unwrap();
    let mut connection = Connection::open(server.addr()).await;
    let target = presign(Method::Put, "a", &[], &[]);
    connection
        .send(format!("PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5368709121\r\n\r\n"))
        .await;
    connection.answer_to("PUT").await.unwrap().expect_error(400, "EntityTooLarge");
}

#[tokio::test]
async fn an_expecting_client_is_answered_at_once() {
    let server = server().start().await.unwrap();
    let target = presign(Method::Put, "a", &[], &[]);
    let mut connection = Connection::open(server.addr()).await;
    let head = |target: &str| {
        format!(
            "PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"
        )
    };
    connection.send(head(&target)).await;
    assert_eq!(connection.head().await.unwrap().0, 100);
    connection.send("x").await;
    connection.answer_to("PUT").await.unwrap().expect(200);
    // Refused: the final status comes instead of the 100, and the connection ends.
    connection.send(head("/examplebucket/a")).await;
    let (status, headers) = connection.head().await.unwrap();
    assert_eq!(status, 403);
    assert!(headers.contains(&("connection".to_owned(), "close".to_owned())));
}

#[tokio::test]
async fn an_early_refusal_reaches_a_client_that_sends_all_first() {
    let server = server().start().await.unwrap();
    for expect in ["", "Expect: 100-continue\r\n"] {
        let mut connection = Connection::open(server.addr()).await;
        let body = vec![0; 20_000_000];
        let head = format!(
            "PUT /examplebucket/a HTTP/1.1\r\nHost: localhost\r\n{expect}Content-Length: {}\r\n\r\n",
            body.len()
        );
        connection.send(head).await;
        connection.send(&body).await;
        connection.answer_to("PUT").await.expect("no reset").expect_error(403, "AccessDenied");
    }
}

#[tokio::test]
async fn a_connection_serves_many_requests_after_errors_too() {
    let server = server().start().await.unwrap();
    let mut connection = Connection::open(server.addr()).await;
    let (put, get) = (presign(Method::Put, "a", &[], &[]), presign(Method::Get, "a", &[], &[]));
    for _ in 0..20 {
        connection.exchange("PUT", &put, &[], &[1; 5000]).await.expect(200);
        connection.exchange("PUT", "/examplebucket/a", &[], &[2; 300_000]).await.expect(403);
        assert_eq!(connection.exchange("GET", &get, &[], b"").await.expect(200).body, [1; 5000]);
    }
}

#[tokio::test]
async fn an_upload_that_began_in_time_is_stored() {
    let clock = oss_local::Clock::fixed(NOW);
    let server = server().clock(clock.clone()).start().await.unwrap();
    let target = presign(Method::Put, "a", &[], &[]);
    let mut connection = Connection::open(server.addr()).await;
    connection
        .send(format!(
            "PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        ))
        .await;
    // The 100 shows that the head was judged.
    assert_eq!(connection.head().await.unwrap().0, 100);
    clock.advance(601);
    connection.send("ab").await;
    connection.answer_to("PUT").await.unwrap().expect(200);
    exchange(&server, "PUT", &target, &[], b"cd").await.expect_error(403, "AccessDenied");
}

#[tokio::test]
async fn a_client_that_stalls_is_let_go() {
    let patience = Duration::from_millis(50);
    let server = server().timeouts(patience, patience).start().await.unwrap();
    let mut silent = Connection::open(server.addr()).await;
    silent.send("GET / HT").await;
    let answer = silent.answer_to("GET").await;
    assert!(answer.is_none_or(|answer| answer.status == 408));
    let mut stalled = Connection::open(server.addr()).await;
    let target = presign(Method::Put, "a", &[], &[]);
    stalled.send(format!("PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc")).await;
    stalled.answer_to("PUT").await.unwrap().expect_error(400, "RequestTimeout");
    assert!(stalled.is_closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_connections_at_once() {
    let directory = tempfile::tempdir().unwrap();
    for server in [server(), server().directory(directory.path())] {
        let server = server.start().await.unwrap();
        let addr = server.addr();
        let clients = (0..64_u8).map(|client| {
            tokio::spawn(async move {
                let key = format!("client/{client}");
                let (put, get) = (presign(Method::Put, &key, &[], &[]), presign(Method::Get, &key, &[], &[]));
                let mut connection = Connection::open(addr).await;
                for round in 0..5_u8 {
                    let body = vec![client ^ round; 100 * 1024];
                    connection.exchange("PUT", &put, &[], &body).await.expect(200);
                    let found = connection.exchange("GET", &get, &[], b"").await.expect(200);
                    assert!(found.body == body, "client {client}, round {round}");
                }
            })
        });
        for client in clients.collect::<Vec<_>>() {
            client.await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_shutdown_lets_requests_finish() {
    let server = server().start().await.unwrap();
    let addr = server.addr();
    let target = presign(Method::Put, "a", &[], &[]);
    let mut idle = Connection::open(addr).await;
    idle.exchange("PUT", &target, &[], b"x").await.expect(200);
    let mut busy = Connection::open(addr).await;
    busy.send(format!(
        "PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    ))
    .await;
    assert_eq!(busy.head().await.unwrap().0, 100);
    let stopping = tokio::spawn(server.shutdown());
    assert!(idle.is_closed().await);
    busy.send("ab").await;
    busy.answer_to("PUT").await.unwrap().expect(200);
    stopping.await.unwrap();
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}

#[test]
fn a_blocking_server_stops_when_it_is_dropped() {
    let server = server().start_blocking().unwrap();
    let addr = server.addr();
    assert!(addr.ip().is_loopback());
    assert_eq!(server.url(), format!("http://{addr}"));
    drop(std::net::TcpStream::connect(addr).unwrap());
    drop(server);
    assert!(std::net::TcpStream::connect(addr).is_err());
}

/// The second client waits in the system's queue until the first has gone.
#[tokio::test]
async fn further_connections_wait() {
    let (sender, records) = std::sync::mpsc::channel();
    let server =
        server().max_connections(1).on_request(move |record| drop(sender.send(record.target.clone())));
    let server = server.start().await.unwrap();
    let mut first = Connection::open(server.addr()).await;
    first.exchange("GET", "/examplebucket/first", &[], b"").await.expect(403);
    let mut second = Connection::open(server.addr()).await;
    second.send("GET /examplebucket/second HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    for _ in 0..50 {
        first.exchange("GET", "/examplebucket/first", &[], b"").await.expect(403);
    }
    drop(first);
    second.answer_to("GET").await.unwrap().expect(403);
    let mut targets = records.iter().take(52);
    assert!(targets.by_ref().take(51).all(|target| target.ends_with("/first")));
    assert_eq!(targets.next().as_deref(), Some("/examplebucket/second"));
}
