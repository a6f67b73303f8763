//! Load on a server that runs elsewhere: connections that each store an object, fetch it and compare, until time is up.
//!
//! `load PORT CONNECTIONS SECONDS`; `cargo xtask load` calls it. Objects are overwritten, so the server keeps no more
//! than one per connection.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;

#[path = "load/signed.rs"]
mod signed;

/// The size of an object, in bytes.
const SIZE: usize = 100 * 1024;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What one connection did.
#[derive(Default)]
struct Done {
    /// How long each request took.
    took: Vec<Duration>,
    error: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let arguments: Vec<u64> = std::env::args().skip(1).map(|text| text.parse()).collect::<Result<_, _>>()?;
    let &[port, connections, seconds] = arguments.as_slice() else {
        return Err("give PORT CONNECTIONS SECONDS".into());
    };
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, u16::try_from(port)?));
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds);
    let tasks: Vec<_> =
        (0..connections).map(|number| tokio::spawn(connection(server, number, end))).collect();
    let (mut took, mut errors) = (Vec::new(), Vec::new());
    for task in tasks {
        let done = task.await?;
        took.extend(done.took);
        errors.extend(done.error);
    }
    let elapsed = start.elapsed().as_secs_f64();
    took.sort_unstable();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    let per_second = took.len() as f64 / elapsed;
    println!("requests={} seconds={elapsed:.1} per_second={per_second:.0}", took.len());
    println!("mib_per_second={:.0}", per_second * SIZE as f64 / f64::from(1 << 20));
    println!("p50={:?} p99={:?} max={:?}", at(50), at(99), took.last().copied().unwrap_or_default());
    println!("errors={}", errors.len());
    match errors.first() {
        None => Ok(()),
        Some(first) => Err(format!("{} connections failed; the first: {first}", errors.len()).into()),
    }
}

async fn connection(server: SocketAddr, number: u64, end: Instant) -> Done {
    let mut done = Done::default();
    done.error = work(server, number, end, &mut done.took).await.err().map(|error| error.to_string());
    done
}

async fn work(server: SocketAddr, number: u64, end: Instant, took: &mut Vec<Duration>) -> Outcome<()> {
    let socket = tokio::net::TcpStream::connect(server).await?;
    socket.set_nodelay(true)?;
    let (mut sender, driver) = handshake(TokioIo::new(socket)).await?;
    tokio::spawn(driver);
    let host = server.to_string();
    let (put, get) = signed::targets(&host, &format!("load/{number}"))?;
    let mut object = vec![number.to_le_bytes()[0]; SIZE];
    let mut round = 0_u64;
    while Instant::now() < end {
        // An answer from an earlier round must not pass.
        round += 1;
        object[..8].copy_from_slice(&round.to_le_bytes());
        let body = Bytes::copy_from_slice(&object);
        exchange(&mut sender, Method::PUT, &host, &put, body.clone(), took).await?;
        let stored = exchange(&mut sender, Method::GET, &host, &get, Bytes::new(), took).await?;
        if stored != body {
            return Err(format!("object {number}: other bytes came back").into());
        }
    }
    Ok(())
}

async fn exchange(
    sender: &mut SendRequest<Full<Bytes>>,
    method: Method,
    host: &str,
    target: &str,
    body: Bytes,
    took: &mut Vec<Duration>,
) -> Outcome<Bytes> {
    let request = Request::builder().method(method).uri(target).header(header::HOST, host);
    let request = request.body(Full::new(body))?;
    let start = Instant::now();
    sender.ready().await?;
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    took.push(start.elapsed());
    if status != StatusCode::OK {
        return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
    }
    Ok(body)
}
