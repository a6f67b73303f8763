//! A small store that speaks just enough OSS to be uploaded to, and that fails on purpose.
//!
//! What stands in for the signature is a checksum over method and target: a request that was damaged on its way is
//! refused, as OSS would.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use oss_presign::PresignedRequest;
use oss_upload::driver::XmlDocument;
use oss_upload::{Crc64, PlanStep};

/// How the server fails a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerFault {
    InternalError,
    Unavailable,
    Skewed,
    Expired,
    WrongCrc,
    Garbage,
    Endless,
    /// Unavailable, and to be asked again in 31 years.
    LongWait,
    /// A checksum that is no number.
    UnreadableCrc,
    /// An object without a length and a checksum that ends with the connection.
    OpenEnded,
}

const FAULTS: [ServerFault; 10] = [
    ServerFault::InternalError,
    ServerFault::Unavailable,
    ServerFault::Skewed,
    ServerFault::Expired,
    ServerFault::WrongCrc,
    ServerFault::Garbage,
    ServerFault::Endless,
    ServerFault::LongWait,
    ServerFault::UnreadableCrc,
    ServerFault::OpenEnded,
];

#[derive(Default)]
struct Contents {
    objects: HashMap<String, Vec<u8>>,
    uploads: HashMap<String, HashMap<u32, Vec<u8>>>,
    /// Target of every request whose signature was right, in the order of their arrival.
    seen: Vec<String>,
    /// `Range` of every GET among them.
    ranges: Vec<Option<String>>,
}

struct Shared {
    contents: Mutex<Contents>,
    injected: Mutex<Vec<ServerFault>>,
    seed: u64,
    /// Of how many requests one fails; 0 for none.
    one_in: u64,
    count: AtomicUsize,
    /// How many more parts are answered before the others have to wait, and how many wait.
    gate: Mutex<(Option<usize>, usize)>,
    gate_moved: Condvar,
    /// Seconds since 1970, and how many each part takes.
    now: Arc<AtomicU64>,
    seconds_per_part: AtomicU64,
    /// After how many bytes of an object nothing more comes.
    silent_after: Mutex<Option<usize>>,
}

pub struct Store {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

impl Store {
    /// A store of which one request in `one_in` fails (0: none), which ones and how by `seed`.
    pub fn start(seed: u64, one_in: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            contents: Mutex::default(),
            injected: Mutex::default(),
            seed,
            one_in,
            count: AtomicUsize::new(0),
            gate: Mutex::default(),
            gate_moved: Condvar::new(),
            now: Arc::default(),
            seconds_per_part: AtomicU64::new(0),
            silent_after: Mutex::default(),
        });
        let serving = shared.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let shared = serving.clone();
                std::thread::spawn(move || serve(connection, &shared));
            }
        });
        Self { address, shared }
    }

    pub fn put(&self, key: &str, bytes: Vec<u8>) {
        self.shared.contents.lock().unwrap().objects.insert(key.into(), bytes);
    }

    /// Initiates the upload `ID0`.
    pub fn begin_upload(&self) {
        self.shared.contents.lock().unwrap().uploads.insert("ID0".into(), HashMap::new());
    }

    pub fn object(&self, key: &str) -> Option<Vec<u8>> {
        self.shared.contents.lock().unwrap().objects.get(key).cloned()
    }

    /// Answers `parts` parts and lets the next ones wait.
    pub fn hold_after(&self, parts: usize) {
        *self.shared.gate.lock().unwrap() = (Some(parts), 0);
    }

    /// Returns when so many requests wait.
    pub fn wait_until_held(&self, requests: usize) {
        let gate = self.shared.gate.lock().unwrap();
        drop(self.shared.gate_moved.wait_while(gate, |(_, waiting)| *waiting < requests).unwrap());
    }

    /// Lets everybody go on.
    pub fn release(&self) {
        self.shared.gate.lock().unwrap().0 = None;
        self.shared.gate_moved.notify_all();
    }

    /// Sends so many bytes of each object that is fetched, and then nothing more until the client closes.
    pub fn fall_silent_after(&self, bytes: Option<usize>) {
        *self.shared.silent_after.lock().unwrap() = bytes;
    }

    /// `Range` of every GET that arrived unharmed.
    pub fn ranges(&self) -> Vec<Option<String>> {
        self.shared.contents.lock().unwrap().ranges.clone()
    }

    /// Makes each part take this long on the store's own clock, which begins at `now`.
    pub fn run_clock(&self, now: u64, seconds_per_part: u64) -> Arc<AtomicU64> {
        self.shared.now.store(now, Ordering::Relaxed);
        self.shared.seconds_per_part.store(seconds_per_part, Ordering::Relaxed);
        self.shared.now.clone()
    }

    pub fn injected(&self) -> Vec<ServerFault> {
        self.shared.injected.lock().unwrap().clone()
    }

    /// Targets of the requests that arrived unharmed.
    pub fn seen(&self) -> Vec<String> {
        self.shared.contents.lock().unwrap().seen.clone()
    }
}

/// A request that the store accepts.
pub fn signed(base: &str, method: &str, target: &str) -> PresignedRequest {
    let mark = if target.contains('?') { '&' } else { '?' };
    let sum = signature(method, target);
    super::presigned(method, format!("{base}{target}{mark}sig={sum}"), &[])
}

/// A request for a step of a multipart upload of `/k`.
pub fn sign_step(base: &str, step: PlanStep, id: &str) -> PresignedRequest {
    let query: Vec<_> = step.query(id).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let target = if query.is_empty() { "/k".to_string() } else { format!("/k?{}", query.join("&")) };
    signed(base, step.method().as_str(), &target)
}

/// The same, valid until `end`, with a token that ends at `token`.
pub fn sign_step_until(base: &str, step: PlanStep, id: &str, end: u64, token: u64) -> PresignedRequest {
    let query: String = step.query(id).into_iter().map(|(name, value)| format!("{name}={value}&")).collect();
    let target = format!("/k?{query}expires={end}&token={token}");
    let sum = signature(step.method().as_str(), &target);
    let end = oss_presign::Timestamp::from_unix(end).unwrap();
    PresignedRequest::new(step.method().as_str(), format!("{base}{target}&sig={sum}"), Vec::new(), end)
        .unwrap()
}

fn signature(method: &str, target: &str) -> String {
    format!("{:016x}", Crc64::of(format!("{method} {target}").as_bytes()))
}

fn serve(connection: TcpStream, shared: &Shared) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    let mut writer = connection;
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            // A damaged head may have no end.
            if head.len() > 16 << 10 || reader.read_until(b'\n', &mut head).ok()? == 0 {
                return None;
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let header = |name: &str| {
            head.lines().skip(1).find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.eq_ignore_ascii_case(name).then(|| value.trim().to_string())
            })
        };
        let mut words = head.lines().next()?.split(' ');
        let (method, target) = (words.next()?.to_string(), words.next()?.to_string());
        let length = header("content-length").map_or(Some(0), |text| text.parse().ok())?;
        if length > 64 << 20 {
            return None;
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let number = shared.count.fetch_add(1, Ordering::Relaxed) as u64;
        let mut random = fastrand::Rng::with_seed(shared.seed.wrapping_mul(0x9E37_79B9).wrapping_add(number));
        let fault = (shared.one_in > 0 && random.u64(..shared.one_in) == 0)
            .then(|| FAULTS[random.usize(..FAULTS.len())]);
        if let Some(fault) = fault {
            shared.injected.lock().unwrap().push(fault);
        }
        let answer = answer(shared, &method, &target, &body, &header, fault);
        let silent = *shared.silent_after.lock().unwrap();
        if let (Some(bytes), "GET") = (silent, method.as_str()) {
            let head = answer.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
            writer.write_all(answer.get(..head + bytes)?).ok()?;
            // Ends when the client does.
            let _ = reader.read(&mut [0]);
            return None;
        }
        if fault == Some(ServerFault::OpenEnded) && method == "GET" {
            let head = answer.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
            let lines = std::str::from_utf8(answer.get(..head)?).ok()?.split_inclusive("\r\n");
            let told = |line: &&str| !line.starts_with("content-length") && !line.starts_with("x-oss-hash");
            let open_ended: String = lines.filter(told).collect();
            writer.write_all(&[open_ended.as_bytes(), answer.get(head..)?].concat()).ok()?;
            return None;
        }
        writer.write_all(&answer).ok()?;
        if fault == Some(ServerFault::Endless) && method != "HEAD" {
            while writer.write_all(&[b' '; 4096]).is_ok() {}
            return None;
        }
    }
}

fn answer(
    shared: &Shared,
    method: &str,
    target: &str,
    body: &[u8],
    header: &dyn Fn(&str) -> Option<String>,
    fault: Option<ServerFault>,
) -> Vec<u8> {
    let (plain, sum) = match target.find("sig=") {
        Some(at) => (target[..at].trim_end_matches(['?', '&']), &target[at + 4..]),
        None => (target, ""),
    };
    if sum != signature(method, plain) {
        return error(method, 403, "SignatureDoesNotMatch");
    }
    let (path, query) = plain.split_once('?').unwrap_or((plain, ""));
    let parameter = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let now = shared.now.load(Ordering::Relaxed);
    if parameter("expires").is_some_and(|end| now >= end.parse().unwrap()) {
        let xml = "<Error><Code>AccessDenied</Code><Message>Request has expired.</Message><EC>0002-00000069</EC></Error>";
        return format!("HTTP/1.1 403 X\r\ncontent-length: {}\r\n\r\n{xml}", xml.len()).into_bytes();
    }
    if parameter("token").is_some_and(|end| now >= end.parse().unwrap()) {
        return error(method, 403, "SecurityTokenExpired");
    }
    if parameter("partNumber").is_some() {
        shared.now.fetch_add(shared.seconds_per_part.load(Ordering::Relaxed), Ordering::Relaxed);
        let mut gate = shared.gate.lock().unwrap();
        if gate.0 == Some(0) {
            gate.1 += 1;
            shared.gate_moved.notify_all();
            gate = shared.gate_moved.wait_while(gate, |(left, _)| left.is_some()).unwrap();
        }
        gate.0 = gate.0.map(|left| left - 1);
    }
    let mut contents = shared.contents.lock().unwrap();
    contents.seen.push(format!("{method} {plain}"));
    if method == "GET" {
        contents.ranges.push(header("range"));
    }
    match fault {
        Some(ServerFault::InternalError) => return error(method, 500, "InternalError"),
        Some(ServerFault::Unavailable) => return error(method, 503, "ServiceUnavailable"),
        Some(ServerFault::Skewed) => return error(method, 403, "RequestTimeTooSkewed"),
        Some(ServerFault::Expired) => return error(method, 403, "SecurityTokenExpired"),
        Some(ServerFault::Garbage) => {
            return b"HTTP/1.1 500 X\r\ncontent-length: 12\r\n\r\n<\xff<&</Co><!--".to_vec();
        }
        Some(ServerFault::Endless) => {
            return b"HTTP/1.1 500 X\r\ncontent-length: 99999999999\r\n\r\n".to_vec();
        }
        Some(ServerFault::LongWait) => {
            return b"HTTP/1.1 503 X\r\nretry-after: 999999999\r\ncontent-length: 0\r\n\r\n".to_vec();
        }
        Some(ServerFault::WrongCrc | ServerFault::UnreadableCrc | ServerFault::OpenEnded) | None => {}
    }
    let wrong = u64::from(fault == Some(ServerFault::WrongCrc));
    let checked = |status: u16, bytes: &[u8], more: &str, body: &[u8]| {
        let crc = match fault {
            Some(ServerFault::UnreadableCrc) => "seven".to_string(),
            _ => Crc64::of(bytes).wrapping_add(wrong).to_string(),
        };
        let etag = Crc64::of(bytes);
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\netag: \"{etag:016X}\"\r\nx-oss-hash-crc64ecma: {crc}\r\n{more}\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    };
    match (method, parameter("partNumber"), parameter("uploadId")) {
        ("PUT", None, _) => {
            contents.objects.insert(path.into(), body.to_vec());
            checked(200, body, "", b"")
        }
        ("PUT", Some(number), Some(id)) => match (contents.uploads.get_mut(id), number.parse()) {
            (Some(parts), Ok(number)) => {
                parts.insert(number, body.to_vec());
                checked(200, body, "", b"")
            }
            _ => error(method, 404, "NoSuchUpload"),
        },
        ("POST", _, None) => {
            let id = format!("ID{}", contents.uploads.len());
            contents.uploads.insert(id.clone(), HashMap::new());
            let xml = format!(
                "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
            );
            format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n{xml}", xml.len()).into_bytes()
        }
        ("POST", _, Some(id)) => {
            let Some(parts) = contents.uploads.get(id) else { return error(method, 404, "NoSuchUpload") };
            let mut object = Vec::new();
            let list = String::from_utf8_lossy(body).into_owned();
            for part in list.split("<Part>").skip(1) {
                let part = format!("<Part>{part}");
                let part = part.split_inclusive("</Part>").next().unwrap_or("").as_bytes();
                let field = |name| XmlDocument::new(part).field(name).map(|text| text.to_string());
                let number = field("PartNumber").and_then(|number| number.parse::<u32>().ok());
                let Some(bytes) = number.and_then(|number| parts.get(&number)) else {
                    return error(method, 400, "InvalidPart");
                };
                if field("ETag") != Some(format!("\"{:016X}\"", Crc64::of(bytes))) {
                    return error(method, 400, "InvalidPart");
                }
                object.extend_from_slice(bytes);
            }
            if object.is_empty() {
                return error(method, 400, "MalformedXML");
            }
            contents.uploads.remove(id);
            contents.objects.insert(path.into(), object.clone());
            checked(200, &object, "", b"<CompleteMultipartUploadResult/>")
        }
        ("HEAD", ..) => match contents.objects.get(path) {
            None => error(method, 404, "NoSuchKey"),
            Some(bytes) => {
                let answer = checked(200, bytes, "", bytes);
                answer[..answer.len() - bytes.len()].to_vec()
            }
        },
        ("GET", ..) => {
            let Some(bytes) = contents.objects.get(path) else { return error(method, 404, "NoSuchKey") };
            if header("if-match").is_some_and(|etag| etag != format!("\"{:016X}\"", Crc64::of(bytes))) {
                return error(method, 412, "PreconditionFailed");
            }
            let Some(range) = header("range") else { return checked(200, bytes, "", bytes) };
            let range = range.strip_prefix("bytes=").and_then(|range| {
                let (first, last) = range.split_once('-')?;
                let last = if last.is_empty() { bytes.len() - 1 } else { last.parse().ok()? };
                Some((first.parse::<usize>().ok()?, last.min(bytes.len() - 1)))
            });
            match range {
                Some((first, last)) if first <= last => {
                    let more = format!("content-range: bytes {first}-{last}/{}\r\n", bytes.len());
                    checked(206, bytes, &more, &bytes[first..=last])
                }
                _ => error(method, 416, "InvalidRange"),
            }
        }
        _ => error(method, 405, "MethodNotAllowed"),
    }
}

fn error(method: &str, status: u16, code: &str) -> Vec<u8> {
    let xml = format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
    let body = if method == "HEAD" { "" } else { &xml };
    format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", xml.len()).into_bytes()
}
