//! Which servers an adapter trusts, and which proxies it uses.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use oss_presign::PresignedRequest;
use oss_upload::{TransferError, Untrusted};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::presigned;
use super::recorder::{Recorder, Reply};

/// Fetches an object, with this CA file trusted beside the platform's.
pub type Fetch = fn(&PresignedRequest, Option<&Path>) -> Result<Vec<u8>, TransferError>;

const OBJECT: &[u8] = b"hello";

/// An authority of nobody's, and what it issues.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(params, key), folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Starts a server with a certificate for `name` that is valid up to the end of `year`.
    fn serve(&self, name: &str, year: i32) -> SocketAddr {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .unwrap();
        serve(Arc::new(config))
    }
}

fn serve(config: Arc<ServerConfig>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let config = config.clone();
            std::thread::spawn(move || {
                let tls = ServerConnection::new(config).unwrap();
                let mut stream = StreamOwned::new(tls, connection);
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    // A client that does not trust this server goes.
                    let Ok(1) = stream.read(&mut byte) else { return };
                    head.push(byte[0]);
                }
                let crc = oss_upload::Crc64::of(OBJECT);
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\netag: \"E\"\r\nx-oss-hash-crc64ecma: {crc}\r\n\r\nhello"
                );
                let _ = stream.write_all(answer.as_bytes());
            });
        }
    });
    address
}

fn request(address: SocketAddr) -> PresignedRequest {
    presigned("GET", format!("https://localhost:{}/b/k?x-oss-signature=fake", address.port()), &[])
}

#[track_caller]
fn untrusted(ending: Result<Vec<u8>, TransferError>) -> Untrusted {
    match ending {
        Err(TransferError::Untrusted(untrusted)) => untrusted,
        other => panic!("{other:?}"),
    }
}

/// A private authority is trusted where it is named, and only for what it says.
pub fn certificates(fetch: Fetch) {
    let authority = Authority::new();
    let file = Some(authority.file());
    let good = request(authority.serve("localhost", 2100));
    assert_eq!(fetch(&good, file.as_deref()).unwrap(), OBJECT);
    let stranger = untrusted(fetch(&good, None));
    assert_eq!(stranger, Untrusted::UnknownAuthority);
    assert!(stranger.to_string().contains("SSL_CERT_FILE"), "{stranger}");
    assert_eq!(untrusted(fetch(&good, Some(&Authority::new().file()))), Untrusted::UnknownAuthority);
    let other = request(authority.serve("other.example.com", 2100));
    assert_eq!(untrusted(fetch(&other, file.as_deref())), Untrusted::WrongName);
    let old = request(authority.serve("localhost", 2021));
    assert_eq!(untrusted(fetch(&old, file.as_deref())), Untrusted::Expired);
}

/// A server that speaks nothing later than TLS 1.1.
pub fn an_old_protocol(fetch: Fetch) {
    let folder = tempfile::tempdir().unwrap();
    let openssl = |arguments: &[&str]| {
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(folder.path()).stdin(Stdio::null()).stderr(Stdio::null());
        command
    };
    if openssl(&["version"]).stdout(Stdio::null()).status().is_err() {
        eprintln!("an old protocol: not tried, there is no `openssl`");
        return;
    }
    let made = openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-days",
        "2",
    ])
    .status()
    .unwrap();
    assert!(made.success());
    // Port 0 is one that is free; the first line says which.
    let server = openssl(&[
        "s_server",
        "-accept",
        "127.0.0.1:0",
        "-key",
        "key.pem",
        "-cert",
        "cert.pem",
        "-tls1_1",
        "-cipher",
        "ALL:@SECLEVEL=0",
        "-www",
    ])
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    let mut server = Ended(server);
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let port = lines.find_map(|line| line.unwrap().rsplit_once("127.0.0.1:")?.1.parse().ok()).unwrap();
    let ending = fetch(&request(([127, 0, 0, 1], port).into()), Some(&folder.path().join("cert.pem")));
    assert!(matches!(untrusted(ending), Untrusted::NothingInCommon { .. }));
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Tells a child what to fetch, and from whom.
const CHILD: &str = "OSS_UPLOAD_TRUST_CHILD";

/// Runs the test `name` of this program again, with these variables; says what it says.
fn child(name: &str, url: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([name, "--exact", "--nocapture"]).env(CHILD, url);
    for name in ["NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

/// Fetches what the parent says, and says what came of it.
fn play_child(fetch: Fetch) -> bool {
    let Ok(url) = std::env::var(CHILD) else { return false };
    match fetch(&presigned("GET", url, &[]), None) {
        Ok(bytes) => println!("fetched: {}", String::from_utf8_lossy(&bytes)),
        Err(error) => println!("failed: {error}"),
    }
    true
}

/// `SSL_CERT_FILE` names an authority; where there is none at all, the error says what to do.
pub fn roots_of_the_environment(name: &str, fetch: Fetch) {
    if play_child(fetch) {
        return;
    }
    let authority = Authority::new();
    let good = request(authority.serve("localhost", 2100));
    let (file, nowhere) = (authority.file(), authority.folder.path().join("none"));
    let said = child(name, good.url(), &[("SSL_CERT_FILE", file.to_str().unwrap())]);
    assert!(said.contains("fetched: hello"), "{said}");
    // Elsewhere the system has its roots, whatever the variables say.
    if cfg!(target_os = "linux") {
        let nowhere = nowhere.to_str().unwrap();
        let said = child(name, good.url(), &[("SSL_CERT_FILE", nowhere), ("SSL_CERT_DIR", nowhere)]);
        assert!(said.contains("failed: this system has no root certificates"), "{said}");
        assert!(said.contains("ca-certificates") && said.contains("Trust::ca_file"), "{said}");
    }
}

/// What goes to this machine goes through no proxy; what goes elsewhere does.
pub fn proxies_of_the_environment(name: &str, fetch: Fetch) {
    if play_child(fetch) {
        return;
    }
    let crc = oss_upload::Crc64::of(OBJECT).to_string();
    let object = Reply::new(200, &[("etag", "\"E\""), ("x-oss-hash-crc64ecma", &crc)], OBJECT);
    let proxy = Recorder::start(vec![Reply::new(502, &[], b"")]);
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        let server = Recorder::start(vec![object.clone(), object.clone()]);
        let port = server.url().rsplit_once(':').unwrap().1.to_owned();
        for host in ["127.0.0.1", "localhost"] {
            let url = format!("http://{host}:{port}/b/k?x-oss-signature=fake");
            let said = child(name, &url, &[(variable, &proxy.url())]);
            assert!(said.contains("fetched: hello"), "{variable}, {host}: {said}");
        }
    }
    assert!(proxy.requests().is_empty(), "{:?}", proxy.requests());
    let elsewhere = "https://bucket.example.invalid/k?x-oss-signature=fake";
    let said = child(name, elsewhere, &[("HTTPS_PROXY", &proxy.url())]);
    assert!(said.contains("failed: "), "{said}");
    let seen = proxy.requests();
    assert_eq!(
        seen.first().map(|request| request.line()),
        Some("CONNECT bucket.example.invalid:443 HTTP/1.1")
    );
}
