//! A server that records what arrives, byte by byte, and answers by a script.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Request line and headers, raw.
    pub head: String,
    /// The body, without its framing.
    pub body: Vec<u8>,
}

impl Recorded {
    /// `PUT /path?query HTTP/1.1`
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or("")
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The names of all headers, in lower case, sorted.
    pub fn names(&self) -> Vec<String> {
        let names = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let mut names: Vec<_> = names.map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort();
        names
    }
}

/// What the server does with one request.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// Sent as it is.
    pub bytes: Vec<u8>,
    /// Whether the connection is closed afterwards.
    pub close: bool,
    /// Whether the connection is kept open without a word until the client gives up.
    pub stall: bool,
    /// Answers after this many bytes of the body, if not after all of it.
    pub early: Option<usize>,
    /// Whether the connection is closed then, without reading on.
    pub hard: bool,
    /// How many interim answers come before it, every [`INTERIM`].
    pub interim: u32,
}

impl Reply {
    /// A complete answer.
    pub fn new(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut reply = Self::headless(status, headers, body.len());
        reply.bytes.extend_from_slice(body);
        reply
    }

    /// The head of an answer that announces `length` bytes.
    pub fn headless(status: u16, headers: &[(&str, &str)], length: usize) -> Self {
        let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        Self { bytes: head.into_bytes(), ..Self::default() }
    }

    /// The same, closing the connection after these bytes of the body.
    pub fn cut(mut self, sent: &[u8]) -> Self {
        self.bytes.extend_from_slice(sent);
        self.close = true;
        self
    }

    /// The same after `early` bytes of the body; then the connection is closed without reading on.
    pub fn hard_after(self, early: usize) -> Self {
        Self { early: Some(early), hard: true, ..self }
    }

    /// No answer: the connection is closed.
    pub fn hang_up() -> Self {
        Self { close: true, ..Self::default() }
    }

    /// No answer and no end.
    pub fn stall() -> Self {
        Self { stall: true, ..Self::default() }
    }
}

/// The time between two interim answers.
const INTERIM: std::time::Duration = std::time::Duration::from_millis(10);

/// How long the rest of a body that was answered early is waited for.
const REST_OF_A_BODY: std::time::Duration = std::time::Duration::from_secs(2);

/// The server. Requests are answered by the script in the order of their arrival; after its end with 500.
pub struct Recorder {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Recorded>>>,
    answered: Mutex<Option<Receiver<()>>>,
}

impl Recorder {
    pub fn start(script: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script = Arc::new(Mutex::new(script.into_iter()));
        let recorded = requests.clone();
        let (told, answered) = sync_channel(16);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (script, recorded, told) = (script.clone(), recorded.clone(), told.clone());
                let Ok(connection) = connection else { return };
                std::thread::spawn(move || serve(connection, &script, &recorded, &told));
            }
        });
        Self { address, requests, answered: Mutex::new(Some(answered)) }
    }

    /// Tells of each answer that was given before the body was there.
    pub fn answered(&self) -> Receiver<()> {
        self.answered.lock().unwrap().take().unwrap()
    }

    /// `http://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has arrived so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(
    connection: TcpStream,
    script: &Mutex<std::vec::IntoIter<Reply>>,
    recorded: &Mutex<Vec<Recorded>>,
    told: &SyncSender<()>,
) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    let mut writer = connection;
    loop {
        let mut head = String::new();
        loop {
            if reader.read_line(&mut head).ok()? == 0 {
                return None;
            }
            if head.ends_with("\r\n\r\n") {
                break;
            }
        }
        let next = || script.lock().unwrap().next().unwrap_or_else(|| Reply::new(500, &[], b"off script"));
        let mut reply = None;
        // Whoever asks for the requests after an early answer waits for the rest of this one.
        let mut held = None;
        let mut request = Recorded { head: head.trim_end().to_string(), body: Vec::new() };
        if request.header("transfer-encoding") == Some("chunked") {
            loop {
                let mut size = String::new();
                reader.read_line(&mut size).ok()?;
                let size = usize::from_str_radix(size.trim(), 16).ok()?;
                let mut chunk = vec![0; size + 2];
                reader.read_exact(&mut chunk).ok()?;
                if size == 0 {
                    break;
                }
                request.body.extend_from_slice(&chunk[..size]);
            }
        } else if let Some(length) = request.header("content-length") {
            request.body = vec![0; length.parse().ok()?];
            let early = script.lock().unwrap().as_slice().first().and_then(|reply| reply.early);
            let (before, after) = request.body.split_at_mut(early.unwrap_or(0));
            reader.read_exact(before).ok()?;
            if early.is_some() {
                held = Some(recorded.lock().unwrap());
                let answered = reply.insert(next());
                writer.write_all(&std::mem::take(&mut answered.bytes)).ok()?;
                told.send(()).ok()?;
                if answered.hard {
                    return None;
                }
                // A client that stops sending may keep its connection: then nothing more comes, and nobody may wait for it.
                reader.get_ref().set_read_timeout(Some(REST_OF_A_BODY)).ok()?;
            }
            reader.read_exact(after).ok()?;
            reader.get_ref().set_read_timeout(None).ok()?;
        }
        held.unwrap_or_else(|| recorded.lock().unwrap()).push(request);
        let reply = reply.unwrap_or_else(next);
        for _ in 0..reply.interim {
            writer.write_all(b"HTTP/1.1 103 X\r\n\r\n").ok()?;
            std::thread::sleep(INTERIM);
        }
        writer.write_all(&reply.bytes).ok()?;
        if reply.stall {
            // Ends when the client closes.
            let _ = reader.read(&mut [0]);
            return None;
        }
        if reply.close {
            return None;
        }
    }
}
