//! Measures this adapter beside the bare client; `cargo xtask throughput` runs it.
#![allow(clippy::unwrap_used)]

#[allow(unreachable_pub)]
#[path = "../../oss-upload/tests/support/throughput.rs"]
mod throughput;

use std::path::Path;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use oss_presign::PresignedRequest;
use oss_upload_reqwest::{Body, Downloaded, Uploader};
use throughput::{Contest, IN_FLIGHT, MIB};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Runtime;

fn main() {
    throughput::main(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let client = oss_upload_reqwest::client().unwrap();
        Reqwest { runtime: runtime.unwrap(), uploader: Uploader::new(client.clone()), client }
    });
}

struct Reqwest {
    runtime: Runtime,
    client: reqwest::Client,
    uploader: Uploader,
}

impl Reqwest {
    /// Runs a transfer where servers run theirs: in a task of the runtime.
    fn run<T: Send + 'static>(&self, transfer: impl Future<Output = T> + Send + 'static) -> T {
        self.runtime.block_on(async { tokio::spawn(transfer).await.unwrap() })
    }
}

fn synced(done: &Downloaded) -> Duration {
    assert!(done.verified);
    done.sync_time.unwrap()
}

impl Contest for Reqwest {
    fn bare_put(&self, request: &PresignedRequest, file: &Path) {
        let (put, file) = (self.client.put(request.url()), file.to_path_buf());
        let status = self.run(async move {
            let mut file = tokio::fs::File::open(file).await.unwrap();
            file.set_max_buf_size(MIB);
            let length = file.metadata().await.unwrap().len();
            let chunks = futures_util::stream::unfold(file, |mut file| async move {
                let mut chunk = BytesMut::with_capacity(MIB);
                match file.read_buf(&mut chunk).await {
                    Ok(0) => None,
                    Ok(_) => Some((Ok(chunk.freeze()), file)),
                    Err(error) => Some((Err(error), file)),
                }
            });
            let body = reqwest::Body::wrap_stream(chunks);
            put.header("content-length", length).body(body).send().await.unwrap().status()
        });
        assert_eq!(status, 200);
    }

    fn put(&self, request: &PresignedRequest, file: &Path) {
        let (uploader, request, file) = (self.uploader.clone(), request.clone(), file.to_path_buf());
        let done =
            self.run(async move { uploader.put(&request, Body::file(file).await.unwrap()).send().await });
        assert!(done.unwrap().verified);
    }

    fn bare_get(&self, request: &PresignedRequest) {
        let get = self.client.get(request.url());
        self.run(async move {
            let mut answer = get.send().await.unwrap();
            while let Some(chunk) = answer.chunk().await.unwrap() {
                std::hint::black_box(chunk);
            }
        });
    }

    fn get(&self, request: &PresignedRequest) {
        let get = self.uploader.get(request);
        let done = self.run(async move { get.to_writer(&mut tokio::io::sink()).await });
        assert!(done.unwrap().verified);
    }

    fn bare_get_file(&self, request: &PresignedRequest, out: &Path) -> Duration {
        let (get, out) = (self.client.get(request.url()), out.to_path_buf());
        self.run(async move {
            let mut answer = get.send().await.unwrap();
            let mut file = tokio::fs::File::create(out).await.unwrap();
            file.set_max_buf_size(MIB);
            while let Some(chunk) = answer.chunk().await.unwrap() {
                file.write_all(&chunk).await.unwrap();
            }
            file.flush().await.unwrap();
            let began = Instant::now();
            file.sync_all().await.unwrap();
            began.elapsed()
        })
    }

    fn get_file(&self, request: &PresignedRequest, out: &Path) -> Duration {
        let (get, out) = (self.uploader.get(request), out.to_path_buf());
        synced(&self.run(get.to_file(out)).unwrap())
    }

    fn get_ranges(&self, request: &PresignedRequest, out: &Path) -> Duration {
        let get = self.uploader.get(request).parallel(4, 64 << 20);
        let out = out.to_path_buf();
        synced(&self.run(get.to_file(out)).unwrap())
    }

    fn bare_small(&self, requests: &[PresignedRequest], body: &[u8]) {
        let (client, requests) = (self.client.clone(), requests.to_vec());
        let body = Bytes::copy_from_slice(body);
        self.run(async move {
            let requests = futures_util::stream::iter(&requests);
            let all = requests.for_each_concurrent(IN_FLIGHT, async |request| {
                let answer = client.put(request.url()).body(body.clone()).send().await.unwrap();
                assert_eq!(answer.status(), 200);
                answer.bytes().await.unwrap();
            });
            all.await;
        });
    }

    fn small(&self, requests: &[PresignedRequest], body: &[u8]) {
        let (uploader, requests) = (self.uploader.clone(), requests.to_vec());
        let body = Bytes::copy_from_slice(body);
        self.run(async move {
            let requests = futures_util::stream::iter(&requests);
            let all = requests.for_each_concurrent(IN_FLIGHT, async |request| {
                let done = uploader.put(request, Body::bytes(body.clone())).send().await.unwrap();
                assert!(done.verified);
            });
            all.await;
        });
    }

    fn delete(&self, request: &PresignedRequest) {
        // Over a connection of its own, so that neither contestant's is warmer than the other's.
        let delete = Uploader::with_defaults().unwrap().delete(request);
        self.run(async move { delete.send().await }).unwrap();
    }
}
