//! Clients that upload a byte now and then, by the thousand, to a server that runs elsewhere.
//!
//! `slow_uploads PORT CONNECTIONS SECONDS`; `cargo xtask load slow` calls it. While they hold their connections, another
//! client stores and fetches an object again and again: how long it waits is printed.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

#[path = "load/signed.rs"]
mod signed;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Between two bytes of a slow client.
const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let arguments: Vec<u64> = std::env::args().skip(1).map(|text| text.parse()).collect::<Result<_, _>>()?;
    let &[port, connections, seconds] = arguments.as_slice() else {
        return Err("give PORT CONNECTIONS SECONDS".into());
    };
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(port)?));
    let (put, get) = signed::targets(&server.to_string(), "load/slow")?;
    let mut open = Vec::new();
    for _ in 0..connections {
        let mut stream = TcpStream::connect(server).await?;
        let head = format!("PUT {put} HTTP/1.1\r\nHost: {server}\r\nContent-Length: 1000000\r\n\r\n");
        stream.write_all(head.as_bytes()).await?;
        open.push(stream);
    }
    println!("open={}", open.len());
    let end = Instant::now() + Duration::from_secs(seconds);
    let trickling = tokio::spawn(async move {
        let mut alive = open;
        while Instant::now() < end {
            let mut next = Vec::with_capacity(alive.len());
            for mut stream in alive {
                if stream.write_all(b"x").await.is_ok() {
                    next.push(stream);
                }
            }
            alive = next;
            sleep(PAUSE).await;
        }
        alive.len()
    });
    let mut took = Vec::new();
    while Instant::now() < end {
        let start = Instant::now();
        let stored = exchange(
            server,
            &format!("PUT {put} HTTP/1.1\r\nHost: {server}\r\nContent-Length: 300000\r\n"),
            &vec![7; 300_000],
        )
        .await?;
        let fetched = exchange(server, &format!("GET {get} HTTP/1.1\r\nHost: {server}\r\n"), &[]).await?;
        took.push(start.elapsed());
        if !stored.starts_with(b"HTTP/1.1 200") || !fetched.starts_with(b"HTTP/1.1 200") {
            return Err("a request beside the slow ones was not answered".into());
        }
        sleep(Duration::from_millis(100)).await;
    }
    took.sort_unstable();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    println!(
        "other requests={} p50={:?} p99={:?} still_open={}",
        took.len(),
        at(50),
        at(99),
        trickling.await?
    );
    Ok(())
}

/// A request on a connection of its own.
async fn exchange(server: SocketAddr, head: &str, body: &[u8]) -> Outcome<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}
