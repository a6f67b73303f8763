//! What the measuring examples of both adapters share: a server in a process of its own, signed requests, figures.
//!
//! `throughput` measures ratios to the bare client in interleaved rounds; `throughput rss GIB` measures memory. The server
//! keeps objects in the system's temporary directory, so `TMPDIR=/dev/shm` takes the disk out of the figures.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, PresignedRequest, Region, Request, Scheme, Signer,
    Timestamp,
};

pub const MIB: usize = 1 << 20;

/// A running server; it goes with this value.
pub struct Server {
    child: Child,
    host: String,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts this program once more as the server.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([Path::new("serve"), &folder.path().join("store")])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut host = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut host).unwrap();
        Self { child, host: host.trim().to_string(), folder }
    }

    /// The server itself: prints its address and serves until it is killed.
    pub fn serve(folder: PathBuf) -> ! {
        let server = oss_local::Server::new()
            .credential(oss_local::Credential::new("fake-access-key-id", "fake-access-key-secret"))
            .storage(oss_local::Storage::Directory { path: folder, durable: false })
            .md5(false)
            .start_blocking()
            .unwrap();
        println!("{}", server.host());
        std::io::stdout().flush().unwrap();
        loop {
            std::thread::park();
        }
    }

    /// A place for files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A presigned request for a key in bucket `bench`.
    pub fn sign(&self, method: &str, key: &str) -> PresignedRequest {
        let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let now = Timestamp::from_unix(now).unwrap();
        let signer = Signer::new(&credentials, Region::new("cn-hangzhou").unwrap(), now);
        let (bucket, key) = (Bucket::new("bench").unwrap(), ObjectKey::new(key).unwrap());
        let request: Request<'_> =
            if method == "PUT" { Request::put(bucket, key) } else { Request::get(bucket, key) };
        let endpoint = Endpoint::path_style(&self.host).unwrap().with_scheme(Scheme::Http);
        let mut buffer = [0; 1024];
        let presigned =
            signer.presign(&request, &endpoint, now, Expiry::secs(86_400).unwrap(), &mut buffer).unwrap();
        PresignedRequest::from(&presigned)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file of so many MiB.
pub fn file(path: &Path, mib: usize) -> PathBuf {
    let mut file = std::fs::File::create(path).unwrap();
    let chunk = crate::pattern(MIB);
    for _ in 0..mib {
        file.write_all(&chunk).unwrap();
    }
    path.to_path_buf()
}

/// Times of two ways to do the same, in turns.
#[derive(Default)]
pub struct Rounds {
    bare: Vec<Duration>,
    ours: Vec<Duration>,
}

impl Rounds {
    /// `rounds` pairs, the order within a pair alternating; the first pair warms up.
    pub fn run(rounds: usize, mut bare: impl FnMut(), mut ours: impl FnMut()) -> Self {
        fn timed(work: &mut dyn FnMut()) -> Duration {
            let started = Instant::now();
            work();
            started.elapsed()
        }
        let mut times = Self::default();
        for round in 0..=rounds {
            let pair = if round % 2 == 0 {
                let bare = timed(&mut bare);
                (bare, timed(&mut ours))
            } else {
                let ours = timed(&mut ours);
                (timed(&mut bare), ours)
            };
            if round > 0 {
                times.bare.push(pair.0);
                times.ours.push(pair.1);
            }
        }
        times
    }

    /// Prints medians, the ratio of medians, and the median of the ratios of the pairs.
    pub fn print(&self, name: &str, amount: f64, unit: &str) {
        let median = |times: &[f64]| {
            let mut times = times.to_vec();
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        };
        let seconds = |times: &[Duration]| times.iter().map(Duration::as_secs_f64).collect::<Vec<_>>();
        let (bare, ours) = (seconds(&self.bare), seconds(&self.ours));
        let pairs: Vec<f64> = bare.iter().zip(&ours).map(|(bare, ours)| bare / ours).collect();
        println!(
            "{name:<28} bare {:>8.1} {unit}  ours {:>8.1} {unit}  ratio {:.3}  (median of {} pairs {:.3})",
            amount / median(&bare),
            amount / median(&ours),
            median(&bare) / median(&ours),
            pairs.len(),
            median(&pairs)
        );
    }
}

/// Prints the throughput of one run with the `curl` of the system, if there is one.
pub fn curl(name: &str, arguments: &[&str], mib: usize) {
    let started = Instant::now();
    let status = Command::new("curl").args(["-sS", "-o", "/dev/null"]).args(arguments).status();
    if status.is_ok_and(|status| status.success()) {
        println!("{name:<28} curl {:>8.1} MiB/s", mib as f64 / started.elapsed().as_secs_f64());
    }
}

/// A line of `/proc/self/status` in KiB: `VmRSS` now, `VmHWM` at its highest.
pub fn memory(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':')).unwrap();
    value.trim().trim_end_matches(" kB").parse().unwrap()
}
