//! What the measuring programs of both adapters share: a server in a process of its own, signed requests, the rounds.
//!
//! A program measures one thing and prints one line of tab-separated fields; `cargo xtask throughput` runs them all
//! and makes the table. The files are in the system's temporary directory, and so are the server's unless it keeps its
//! objects in memory: `TMPDIR=/dev/shm` takes the disk out of the figures.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, ObjectKey, PresignedRequest, Region, Request, Scheme, Signer,
    Timestamp,
};
use oss_upload::Crc64;

pub const MIB: usize = 1 << 20;

/// Many small objects are in flight at once.
pub const IN_FLIGHT: usize = 32;

/// An adapter and the HTTP client that it stands on. Both go through the same client, the bare one in chunks of 1 MiB,
/// without a checksum.
pub trait Contest {
    fn bare_put(&self, request: &PresignedRequest, file: &Path);
    fn put(&self, request: &PresignedRequest, file: &Path);
    fn bare_get(&self, request: &PresignedRequest);
    fn get(&self, request: &PresignedRequest);
    /// Says how long it took until the disk had the file, as the next two do.
    fn bare_get_file(&self, request: &PresignedRequest, out: &Path) -> Duration;
    fn get_file(&self, request: &PresignedRequest, out: &Path) -> Duration;
    fn get_ranges(&self, request: &PresignedRequest, out: &Path) -> Duration;
    fn bare_small(&self, requests: &[PresignedRequest], body: &[u8]);
    fn small(&self, requests: &[PresignedRequest], body: &[u8]);
    fn delete(&self, request: &PresignedRequest);
}

/// `serve FOLDER`, or a measurement and two numbers: `put|get|get-file|get-ranges MIB ROUNDS`, `small OBJECTS ROUNDS`,
/// `rss MIB 1`, `checksum MIB ROUNDS`. A last word `memory` makes the server keep its objects there.
pub fn main<C: Contest>(contest: impl FnOnce() -> C) {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok()).expect("a number");
    match arguments.first().map(String::as_str) {
        Some("serve") => Server::serve(arguments.get(1)),
        Some("rss") => rss(&contest(), number(1)),
        Some("checksum") => checksum(number(1), number(2)),
        Some("small") => small(&contest(), number(1), number(2)),
        Some(what) => {
            let in_memory = arguments.get(3).is_some_and(|word| word == "memory");
            large(&contest(), what, number(1), number(2), in_memory);
        }
        None => panic!("put, get, get-file, get-ranges, small, rss or checksum, and two numbers"),
    }
}

fn large(contest: &impl Contest, what: &str, mib: usize, rounds: usize, in_memory: bool) {
    let server = Server::start(in_memory);
    let (file, out) = (server.folder().join("file"), server.folder().join("out"));
    let (put, get) = (server.sign("PUT", "big"), server.sign("GET", "big"));
    write_file(&file, mib);
    // Also where uploads are measured: it makes the bucket, and touches the memory that all rounds then find touched.
    contest.put(&put, &file);
    if what != "put" {
        std::fs::remove_file(&file).unwrap();
    }
    let [source, sink] = [&file, &out].map(|path| path.to_str().unwrap());
    let get_file = ["-o", sink, get.url()];
    let delete = server.sign("DELETE", "big");
    // Nobody's file or object is replaced: making room would count for the one and not for the other.
    let before = || {
        drop(std::fs::remove_file(&out));
        if what == "put" {
            contest.delete(&delete);
        }
    };
    let rounds = match what {
        "put" => Rounds::run(
            rounds,
            before,
            without_file(|| contest.bare_put(&put, &file)),
            without_file(|| contest.put(&put, &file)),
            Some(&["-H", "Expect:", "-o", "/dev/null", "-T", source, put.url()]),
        ),
        "get" => Rounds::run(
            rounds,
            before,
            without_file(|| contest.bare_get(&get)),
            without_file(|| contest.get(&get)),
            Some(&["-o", "/dev/null", get.url()]),
        ),
        "get-file" => Rounds::run(
            rounds,
            before,
            || contest.bare_get_file(&get, &out),
            || contest.get_file(&get, &out),
            Some(&get_file),
        ),
        "get-ranges" => Rounds::run(
            rounds,
            before,
            || contest.bare_get_file(&get, &out),
            || contest.get_ranges(&get, &out),
            Some(&get_file),
        ),
        other => panic!("there is no measurement `{other}`"),
    };
    rounds.print(what, mib as f64, checksum_seconds(mib, 3));
}

/// Work that makes no file: the disk takes no time for it.
fn without_file(work: impl Fn()) -> impl Fn() -> Duration {
    move || {
        work();
        Duration::ZERO
    }
}

fn small(contest: &impl Contest, objects: usize, rounds: usize) {
    let server = Server::start(false);
    let requests: Vec<_> = (0..objects).map(|n| server.sign("PUT", &format!("small/{n}"))).collect();
    let body = pattern(4096);
    let bare = without_file(|| contest.bare_small(&requests, &body));
    let ours = without_file(|| contest.small(&requests, &body));
    // The checksum of all of them together takes a few milliseconds.
    Rounds::run(rounds, || {}, bare, ours, None).print("small", objects as f64, 0.0);
}

/// How much the process grows over what it is when idle, at its highest, for a file up and down.
fn rss(contest: &impl Contest, mib: usize) {
    let server = Server::start(false);
    let (file, out) = (server.folder().join("file"), server.folder().join("out"));
    let (put, get) = (server.sign("PUT", "big"), server.sign("GET", "big"));
    write_file(&file, mib);
    let idle = highest_memory();
    contest.put(&put, &file);
    let up = highest_memory();
    std::fs::remove_file(&file).unwrap();
    contest.get_file(&get, &out);
    println!("rss\t{mib}\t{idle}\t{}\t{}", up - idle, highest_memory() - idle);
}

/// How fast this machine computes the checksum.
fn checksum(mib: usize, rounds: usize) {
    let best = checksum_seconds(mib, rounds);
    println!("checksum\t{:.0}\t{:.0}", mib as f64 / best, best * 1e3 * 1024.0 / mib as f64);
}

/// The time that the checksum of so many MiB takes, over what is in the processor's cache, in the best of the rounds.
fn checksum_seconds(mib: usize, rounds: usize) -> f64 {
    let piece = pattern(1 << 16);
    let round = |_| {
        let started = Instant::now();
        let mut crc = Crc64::new();
        for _ in 0..mib * MIB / piece.len() {
            crc.update(std::hint::black_box(&piece));
        }
        std::hint::black_box(crc.value());
        started.elapsed().as_secs_f64()
    };
    (0..rounds).map(round).fold(f64::INFINITY, f64::min)
}

/// A running server; it goes with this value.
struct Server {
    child: Child,
    host: String,
    folder: tempfile::TempDir,
}

impl Server {
    /// Starts this program once more as the server.
    fn start(in_memory: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("serve");
        if in_memory {
            // What one object leaves is there for the next: giving memory back to the system and getting it again takes
            // longer than the transfer, on a virtual machine above all. Other allocators than glibc's do not read it.
            let keep = "glibc.malloc.trim_threshold=17179869184:glibc.malloc.mmap_threshold=33554432";
            command.env("GLIBC_TUNABLES", format!("glibc.malloc.arena_max=1:{keep}"));
        } else {
            command.arg(folder.path().join("store"));
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut host = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut host).unwrap();
        Self { child, host: host.trim().to_string(), folder }
    }

    /// The server itself: prints its address and serves until it is killed.
    fn serve(folder: Option<&String>) -> ! {
        let storage = match folder {
            Some(folder) => oss_local::Storage::Directory { path: folder.into(), durable: false },
            None => oss_local::Storage::Memory,
        };
        let server = oss_local::Server::new()
            .bucket("bench")
            .credential(oss_local::Credential::new("fake-access-key-id", "fake-access-key-secret"))
            .storage(storage)
            // An object of 1 GiB, and the one that replaces it.
            .memory_limit(4 << 30)
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
    fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A presigned request for a key in bucket `bench`.
    fn sign(&self, method: &str, key: &str) -> PresignedRequest {
        let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let now = Timestamp::from_unix(now).unwrap();
        let signer = Signer::new(&credentials, Region::new("cn-hangzhou").unwrap(), now);
        let (bucket, key) = (Bucket::new("bench").unwrap(), ObjectKey::new(key).unwrap());
        let request: Request<'_> = match method {
            "PUT" => Request::put(bucket, key),
            "DELETE" => Request::delete(bucket, key),
            _ => Request::get(bucket, key),
        };
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

fn pattern(length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    std::iter::repeat_with(|| random.u8(..)).take(length).collect()
}

fn write_file(path: &Path, mib: usize) {
    let mut file = std::fs::File::create(path).unwrap();
    let chunk = pattern(MIB);
    for _ in 0..mib {
        file.write_all(&chunk).unwrap();
    }
}

/// What one way to do something took, round by round.
#[derive(Default)]
struct Times {
    /// Without the time that the disk took.
    seconds: Vec<f64>,
    /// That time.
    disk: Vec<f64>,
    /// Of this process alone, the server's not included.
    processor: f64,
}

impl Times {
    fn time(&mut self, counts: bool, before: &dyn Fn(), work: &dyn Fn() -> Duration) {
        before();
        let (started, used) = (Instant::now(), processor_seconds());
        let disk = work();
        if counts {
            self.seconds.push(started.elapsed().saturating_sub(disk).as_secs_f64());
            self.disk.push(disk.as_secs_f64());
            self.processor += processor_seconds() - used;
        }
    }
}

/// Two or three ways to do the same, in turns.
struct Rounds {
    bare: Times,
    ours: Times,
    curl: Times,
}

impl Rounds {
    /// `rounds` of each, one after the other, in an order that changes from round to round; the first one warms up.
    /// The system's `curl`, if there is one, is a third.
    fn run(
        rounds: usize,
        before: impl Fn(),
        bare: impl Fn() -> Duration,
        ours: impl Fn() -> Duration,
        curl: Option<&[&str]>,
    ) -> Self {
        let there = Command::new("curl").arg("--version").stdout(Stdio::null()).status();
        let curl = curl.filter(|_| there.is_ok_and(|status| status.success()));
        let mut times = Self { bare: Times::default(), ours: Times::default(), curl: Times::default() };
        for round in 0..=rounds {
            let counts = round > 0;
            if round % 2 == 0 {
                times.bare.time(counts, &before, &bare);
                times.ours.time(counts, &before, &ours);
            } else {
                times.ours.time(counts, &before, &ours);
                times.bare.time(counts, &before, &bare);
            }
            if let Some(arguments) = curl {
                times.curl.time(counts, &before, &|| {
                    let status = Command::new("curl").arg("-sS").args(arguments).status();
                    assert!(status.is_ok_and(|status| status.success()), "curl failed");
                    Duration::ZERO
                });
            }
        }
        times
    }

    /// The medians of what the bare client took, of what the disk took for it, of the same of ours and of curl, in
    /// milliseconds, after the time of the checksum; then the quartiles of (bare + checksum) / ours round by round,
    /// the medians of bare / ours and curl / ours, the rate of ours, and its processor time to that of the bare client.
    fn print(&self, name: &str, amount: f64, checksum: f64) {
        let milliseconds = |seconds: &[f64]| match seconds.len() {
            0 => "-".to_string(),
            _ => format!("{:.0}", quartiles(seconds)[1] * 1e3),
        };
        let ratios = |other: &Times, more: f64| {
            let pairs = other.seconds.iter().zip(&self.ours.seconds);
            let ratios: Vec<f64> = pairs.map(|(other, ours)| (other + more) / ours).collect();
            match ratios.len() {
                0 => ["-", "-", "-"].map(str::to_string),
                _ => quartiles(&ratios).map(|ratio| format!("{ratio:.3}")),
            }
        };
        let fields = [
            format!("{:.0}", checksum * 1e3),
            milliseconds(&self.bare.seconds),
            milliseconds(&self.bare.disk),
            milliseconds(&self.ours.seconds),
            milliseconds(&self.ours.disk),
            milliseconds(&self.curl.seconds),
        ];
        let rate = format!("{:.0}", amount / quartiles(&self.ours.seconds)[1]);
        let [bare, curl] = [&self.bare, &self.curl].map(|other| ratios(other, 0.0)[1].clone());
        let processor = format!("{:.2}", self.ours.processor / self.bare.processor);
        let within = ratios(&self.bare, checksum);
        let all = fields.iter().chain(&within).chain([&bare, &curl, &rate, &processor]);
        let all: Vec<&str> = all.map(String::as_str).collect();
        println!("{name}\t{}", all.join("\t"));
    }
}

/// The first quartile, the median and the third quartile.
fn quartiles(values: &[f64]) -> [f64; 3] {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| {
        let at = (values.len() - 1) as f64 * f64::from(quarter) / 4.0;
        let (below, above) = (values[at.floor() as usize], values[at.ceil() as usize]);
        below + (above - below) * at.fract()
    })
}

/// User and system time of this process so far, from Linux's `/proc`, in its ticks of 10 ms.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    fields.skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

/// The most that this process ever had in memory, in KiB.
fn highest_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let value = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    value.trim().trim_end_matches(" kB").parse().unwrap()
}
