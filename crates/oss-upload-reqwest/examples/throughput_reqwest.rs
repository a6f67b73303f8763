//! Measures this adapter against the bare client, in one interleaved run: `throughput [MIB [ROUNDS]]`; `throughput rss GIB`
//! measures memory; `throughput small` many small objects.
#![allow(clippy::unwrap_used)]

#[allow(dead_code, unreachable_pub)]
#[path = "../../oss-upload/tests/support/throughput.rs"]
mod throughput;

use std::path::Path;

use futures_util::StreamExt;
use oss_presign::PresignedRequest;
use oss_upload_reqwest::{Body, Uploader};
use throughput::{MIB, Rounds, Server, curl, memory};
use tokio::io::AsyncReadExt;

/// What [`throughput`] makes files of.
fn pattern(length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    std::iter::repeat_with(|| random.u8(..)).take(length).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default| arguments.get(at).map_or(default, |text| text.parse().unwrap());
    match arguments.first().map(String::as_str) {
        Some("serve") => Server::serve(arguments[1].clone().into()),
        Some("rss") => rss(number(1, 4)),
        Some("small") => small(),
        _ => ratios(number(0, 1024), number(1, 7)),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn ratios(mib: usize, rounds: usize) {
    let server = Server::start();
    let runtime = runtime();
    let file = throughput::file(&server.folder().join("file"), mib);
    let out = server.folder().join("out");
    let client = oss_upload_reqwest::client().unwrap();
    let uploader = Uploader::new(client.clone());
    let (put, get) = (server.sign("PUT", "big"), server.sign("GET", "big"));
    Rounds::run(
        rounds,
        || runtime.block_on(bare_put(&client, &put, &file)),
        || {
            let done =
                runtime.block_on(async { uploader.put(&put, Body::file(&file).await.unwrap()).send().await });
            assert!(done.unwrap().verified);
        },
    )
    .print("PUT of a file", mib as f64, "MiB/s");
    curl("PUT of a file", &["-T", file.to_str().unwrap(), put.url()], mib);
    Rounds::run(
        rounds,
        || runtime.block_on(bare_get(&client, &get)),
        || assert!(runtime.block_on(uploader.get(&get).to_writer(&mut tokio::io::sink())).unwrap().verified),
    )
    .print("GET to nowhere", mib as f64, "MiB/s");
    curl("GET to nowhere", &[get.url()], mib);
    Rounds::run(
        rounds,
        || runtime.block_on(bare_get_file(&client, &get, &out)),
        || assert!(runtime.block_on(uploader.get(&get).to_file(&out)).unwrap().verified),
    )
    .print("GET to a file", mib as f64, "MiB/s");
    Rounds::run(
        rounds,
        || runtime.block_on(bare_get_file(&client, &get, &out)),
        || {
            assert!(
                runtime.block_on(uploader.get(&get).parallel(4, 64 << 20).to_file(&out)).unwrap().verified
            )
        },
    )
    .print("GET to a file, 4 ranges", mib as f64, "MiB/s");
}

/// Straight through the client, in chunks of 1 MiB, with a length and without a checksum.
async fn bare_put(client: &reqwest::Client, put: &PresignedRequest, file: &Path) {
    let mut file = tokio::fs::File::open(file).await.unwrap();
    file.set_max_buf_size(MIB);
    let length = file.metadata().await.unwrap().len();
    let chunks = futures_util::stream::unfold(file, |mut file| async move {
        let mut chunk = bytes::BytesMut::with_capacity(MIB);
        match file.read_buf(&mut chunk).await {
            Ok(0) => None,
            Ok(_) => Some((Ok(chunk.freeze()), file)),
            Err(error) => Some((Err(error), file)),
        }
    });
    let body = reqwest::Body::wrap_stream(chunks);
    let answer = client.put(put.url()).header("content-length", length).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

async fn bare_get(client: &reqwest::Client, get: &PresignedRequest) {
    let mut answer = client.get(get.url()).send().await.unwrap();
    while let Some(chunk) = answer.chunk().await.unwrap() {
        std::hint::black_box(chunk);
    }
}

async fn bare_get_file(client: &reqwest::Client, get: &PresignedRequest, out: &Path) {
    let mut answer = client.get(get.url()).send().await.unwrap();
    let mut file = tokio::fs::File::create(out).await.unwrap();
    file.set_max_buf_size(MIB);
    while let Some(chunk) = answer.chunk().await.unwrap() {
        tokio::io::AsyncWriteExt::write_all(&mut file, &chunk).await.unwrap();
    }
    tokio::io::AsyncWriteExt::flush(&mut file).await.unwrap();
}

/// 10 000 objects of 4 KiB, 32 in flight.
fn small() {
    const OBJECTS: usize = 10_000;
    let server = Server::start();
    let runtime = runtime();
    let client = oss_upload_reqwest::client().unwrap();
    let uploader = Uploader::new(client.clone());
    let requests: Vec<_> = (0..OBJECTS).map(|n| server.sign("PUT", &format!("small/{n}"))).collect();
    let body = bytes::Bytes::from(pattern(4096));
    Rounds::run(
        3,
        || {
            let all = futures_util::stream::iter(&requests).for_each_concurrent(32, async |request| {
                let answer = client.put(request.url()).body(body.clone()).send().await.unwrap();
                assert_eq!(answer.status(), 200);
                answer.bytes().await.unwrap();
            });
            runtime.block_on(all);
        },
        || {
            let all = futures_util::stream::iter(&requests).for_each_concurrent(32, async |request| {
                let done = uploader.put(request, Body::bytes(body.clone())).send().await.unwrap();
                assert!(done.verified);
            });
            runtime.block_on(all);
        },
    )
    .print("10 000 x 4 KiB, 32 in flight", OBJECTS as f64, "/s");
}

fn rss(gib: usize) {
    let server = Server::start();
    let file = throughput::file(&server.folder().join("file"), gib * 1024);
    let out = server.folder().join("out");
    let runtime = runtime();
    let uploader = Uploader::with_defaults().unwrap();
    let idle = memory("VmHWM");
    let (put, get) = (server.sign("PUT", "big"), server.sign("GET", "big"));
    runtime.block_on(async { uploader.put(&put, Body::file(&file).await.unwrap()).send().await.unwrap() });
    let up = memory("VmHWM");
    std::fs::remove_file(&file).unwrap();
    runtime.block_on(uploader.get(&get).to_file(&out)).unwrap();
    let down = memory("VmHWM");
    println!(
        "{gib} GiB: idle {idle} KiB, peak after the upload +{} KiB, after the download +{} KiB",
        up - idle,
        down - idle
    );
}
