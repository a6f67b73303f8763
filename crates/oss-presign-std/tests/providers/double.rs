//! An HTTP server on a loopback port of its own, which answers as a test wants it to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request, with header names in lower case.
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    headers: Vec<(String, String)>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) struct Double {
    pub(crate) base: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Double {
    /// Answers each request with a status and a body. The thread lives as long as the test.
    pub(crate) fn start(answer: impl Fn(&Received) -> (u16, String) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        Self::serve(listener, base, |stream| stream, answer)
    }

    /// The same over TLS, as `localhost`.
    #[cfg(feature = "providers-https")]
    pub(crate) fn start_tls(
        config: Arc<rustls::ServerConfig>,
        answer: impl Fn(&Received) -> (u16, String) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let tls = move |stream: TcpStream| {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            rustls::StreamOwned::new(connection, stream)
        };
        Self::serve(listener, base, tls, answer)
    }

    /// A server of another protocol, which greets whoever connects. Returns its address.
    pub(crate) fn start_other(greeting: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                stream.write_all(greeting).unwrap();
                // What was sent is read, so that closing the connection does not reset it.
                drop(stream.read(&mut [0; 4096]));
            }
        });
        address
    }

    fn serve<S: Read + Write>(
        listener: TcpListener,
        base: String,
        accept: impl Fn(TcpStream) -> S + Send + 'static,
        answer: impl Fn(&Received) -> (u16, String) + Send + 'static,
    ) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&log);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = accept(stream.unwrap());
                let Some(received) = receive(&mut stream) else { continue };
                written.lock().unwrap().push(format!("{} {}", received.method, received.target));
                let (status, body) = answer(&received);
                let length = body.len();
                // A redirect would be followed to a port that answers nobody.
                let head = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\nLocation: http://127.0.0.1:1/\r\n\r\n"
                );
                stream.write_all(head.as_bytes()).unwrap();
                stream.write_all(body.as_bytes()).unwrap();
            }
        });
        Self { base, log }
    }

    /// What was asked since this was last looked at: method and target.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().unwrap())
    }
}

fn receive(stream: &mut impl Read) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let received = Received { method, target, headers };
    let length = received.header("content-length").map_or(0, |length| length.parse().unwrap());
    reader.read_exact(&mut vec![0; length]).ok()?;
    Some(received)
}
