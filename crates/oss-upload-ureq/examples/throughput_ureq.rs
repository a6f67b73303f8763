//! Measures this adapter beside the bare client; `cargo xtask throughput` runs it.
#![allow(clippy::unwrap_used)]

#[allow(unreachable_pub)]
#[path = "../../oss-upload/tests/support/throughput.rs"]
mod throughput;

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use oss_presign::PresignedRequest;
use oss_upload_ureq::{Body, Downloaded, Uploader};
use throughput::{Contest, IN_FLIGHT, MIB};

fn main() {
    throughput::main(|| {
        // Both with their own best settings: the bare one's chunks are its buffers.
        let bare = oss_upload_ureq::client_builder().input_buffer_size(MIB).output_buffer_size(MIB);
        Ureq { bare: bare.build().new_agent(), uploader: Uploader::with_defaults() }
    });
}

struct Ureq {
    bare: ureq::Agent,
    uploader: Uploader,
}

impl Ureq {
    fn copy(&self, request: &PresignedRequest, out: &mut impl Write) {
        let mut reader = self.bare.get(request.url()).call().unwrap().into_body().into_reader();
        let mut buffer = vec![0; MIB];
        loop {
            match reader.read(&mut buffer).unwrap() {
                0 => return,
                n => out.write_all(&buffer[..n]).unwrap(),
            }
        }
    }
}

impl Contest for Ureq {
    fn bare_put(&self, request: &PresignedRequest, file: &Path) {
        let answer = self.bare.put(request.url()).send(File::open(file).unwrap()).unwrap();
        assert_eq!(answer.status(), 200);
    }

    fn put(&self, request: &PresignedRequest, file: &Path) {
        assert!(self.uploader.put(request, Body::file(file).unwrap()).send().unwrap().verified);
    }

    fn bare_get(&self, request: &PresignedRequest) {
        self.copy(request, &mut std::io::sink());
    }

    fn get(&self, request: &PresignedRequest) {
        assert!(self.uploader.get(request).to_writer(&mut std::io::sink()).unwrap().verified);
    }

    fn bare_get_file(&self, request: &PresignedRequest, out: &Path) -> Duration {
        let mut file = File::create(out).unwrap();
        self.copy(request, &mut file);
        let began = Instant::now();
        file.sync_all().unwrap();
        began.elapsed()
    }

    fn get_file(&self, request: &PresignedRequest, out: &Path) -> Duration {
        synced(&self.uploader.get(request).to_file(out).unwrap())
    }

    fn get_ranges(&self, request: &PresignedRequest, out: &Path) -> Duration {
        synced(&self.uploader.get(request).parallel(4, 64 << 20).to_file(out).unwrap())
    }

    fn bare_small(&self, requests: &[PresignedRequest], body: &[u8]) {
        in_flight(requests, |request| {
            let answer = self.bare.put(request.url()).send(body).unwrap();
            assert_eq!(answer.status(), 200);
            answer.into_body().read_to_vec().unwrap();
        });
    }

    fn small(&self, requests: &[PresignedRequest], body: &[u8]) {
        let body: Arc<[u8]> = body.into();
        in_flight(requests, |request| {
            assert!(self.uploader.put(request, Body::bytes(body.clone())).send().unwrap().verified);
        });
    }

    fn delete(&self, request: &PresignedRequest) {
        // Over a connection of its own, so that neither contestant's is warmer than the other's.
        Uploader::with_defaults().delete(request).send().unwrap();
    }
}

fn synced(done: &Downloaded) -> Duration {
    assert!(done.verified);
    done.sync_time.unwrap()
}

/// Works through the requests in threads.
fn in_flight(requests: &[PresignedRequest], work: impl Fn(&PresignedRequest) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..IN_FLIGHT {
            scope.spawn(|| {
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(request);
                }
            });
        }
    });
}
