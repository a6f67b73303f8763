//! Measures this adapter against the bare client, in one interleaved run: `throughput [MIB [ROUNDS]]`; `throughput rss GIB`
//! measures memory; `throughput small` many small objects.
#![allow(clippy::unwrap_used)]

#[allow(dead_code, unreachable_pub)]
#[path = "../../oss-upload/tests/support/throughput.rs"]
mod throughput;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use oss_presign::PresignedRequest;
use oss_upload_ureq::{Body, Uploader};
use throughput::{MIB, Rounds, Server, curl, memory};

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

fn ratios(mib: usize, rounds: usize) {
    let server = Server::start();
    let file = throughput::file(&server.folder().join("file"), mib);
    let out = server.folder().join("out");
    let agent = oss_upload_ureq::client();
    let uploader = Uploader::new(agent.clone());
    let (put, get) = (server.sign("PUT", "big"), server.sign("GET", "big"));
    Rounds::run(
        rounds,
        || assert_eq!(agent.put(put.url()).send(File::open(&file).unwrap()).unwrap().status(), 200),
        || assert!(uploader.put(&put, Body::file(&file).unwrap()).send().unwrap().verified),
    )
    .print("PUT of a file", mib as f64, "MiB/s");
    curl("PUT of a file", &["-T", file.to_str().unwrap(), put.url()], mib);
    Rounds::run(
        rounds,
        || bare_get(&agent, &get, &mut std::io::sink()),
        || assert!(uploader.get(&get).to_writer(&mut std::io::sink()).unwrap().verified),
    )
    .print("GET to nowhere", mib as f64, "MiB/s");
    curl("GET to nowhere", &[get.url()], mib);
    Rounds::run(
        rounds,
        || bare_get_file(&agent, &get, &out),
        || assert!(uploader.get(&get).to_file(&out).unwrap().verified),
    )
    .print("GET to a file", mib as f64, "MiB/s");
    Rounds::run(
        rounds,
        || bare_get_file(&agent, &get, &out),
        || assert!(uploader.get(&get).parallel(4, 64 << 20).to_file(&out).unwrap().verified),
    )
    .print("GET to a file, 4 ranges", mib as f64, "MiB/s");
}

/// Straight through the client, in chunks of 1 MiB, without a checksum.
fn bare_get(agent: &ureq::Agent, get: &PresignedRequest, out: &mut impl Write) {
    let mut reader = agent.get(get.url()).call().unwrap().into_body().into_reader();
    let mut buffer = vec![0; MIB];
    loop {
        match reader.read(&mut buffer).unwrap() {
            0 => return,
            n => out.write_all(&buffer[..n]).unwrap(),
        }
    }
}

fn bare_get_file(agent: &ureq::Agent, get: &PresignedRequest, out: &Path) {
    bare_get(agent, get, &mut File::create(out).unwrap());
}

/// 10 000 objects of 4 KiB, 32 in flight.
fn small() {
    const OBJECTS: usize = 10_000;
    let server = Server::start();
    let agent = oss_upload_ureq::client();
    let uploader = Uploader::new(agent.clone());
    let requests: Vec<_> = (0..OBJECTS).map(|n| server.sign("PUT", &format!("small/{n}"))).collect();
    let body: std::sync::Arc<[u8]> = pattern(4096).into();
    let all = |work: &(dyn Fn(&PresignedRequest) + Sync)| {
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..32 {
                scope.spawn(|| {
                    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                        work(request);
                    }
                });
            }
        });
    };
    Rounds::run(
        3,
        || {
            all(&|request| {
                let answer = agent.put(request.url()).send(&body[..]).unwrap();
                assert_eq!(answer.status(), 200);
                answer.into_body().read_to_vec().unwrap();
            });
        },
        || all(&|request| assert!(uploader.put(request, Body::bytes(body.clone())).send().unwrap().verified)),
    )
    .print("10 000 x 4 KiB, 32 in flight", OBJECTS as f64, "/s");
}

fn rss(gib: usize) {
    let server = Server::start();
    let file = throughput::file(&server.folder().join("file"), gib * 1024);
    let out = server.folder().join("out");
    let uploader = Uploader::with_defaults();
    let idle = memory("VmHWM");
    let (put, get) = (server.sign("PUT", "big"), server.sign("GET", "big"));
    uploader.put(&put, Body::file(&file).unwrap()).send().unwrap();
    let up = memory("VmHWM");
    std::fs::remove_file(&file).unwrap();
    uploader.get(&get).to_file(&out).unwrap();
    let down = memory("VmHWM");
    println!(
        "{gib} GiB: idle {idle} KiB, peak after the upload +{} KiB, after the download +{} KiB",
        up - idle,
        down - idle
    );
}
