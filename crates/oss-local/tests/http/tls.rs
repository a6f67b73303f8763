//! The server behind TLS.

use std::sync::Arc;

use oss_local::Tls;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use oss_presign::Method;

use crate::client::{presign, server};

/// Sends a request to a host by this name, trusting this authority only.
async fn exchange(
    address: std::net::SocketAddr,
    authority: &str,
    host: &str,
    request: &str,
) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn a_certificate_is_made_for_every_name_of_the_server() {
    let server = server().tls(Tls::SelfSigned).start().await.unwrap();
    assert!(server.url().starts_with("https://127.0.0.1:"));
    let authority = server.certificate_authority().unwrap();
    let target = presign(Method::Put, "a", &[], &[]);
    let request = format!(
        "PUT {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
    );
    for host in ["127.0.0.1", "localhost", "examplebucket.localhost"] {
        let answer = exchange(server.addr(), authority, host, &request).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{host}: {answer}");
    }
    let other = exchange(server.addr(), authority, "example.com", &request).await.unwrap_err();
    assert!(other.to_string().contains("certificate"), "{other}");
}

#[tokio::test]
async fn a_url_in_an_answer_is_https() {
    let server = server().tls(Tls::SelfSigned).create_buckets(true).start().await.unwrap();
    let target = presign(Method::Post, "a", &[], &[("uploads", None)]);
    let post = |target: &str, body: &str| {
        let request = format!(
            "POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let (address, authority) = (server.addr(), server.certificate_authority().unwrap().to_owned());
        async move { exchange(address, &authority, "localhost", &request).await.unwrap() }
    };
    let begun = post(&target, "").await;
    let id = begun.split("<UploadId>").nth(1).unwrap().split('<').next().unwrap();
    let target = presign(Method::Post, "a", &[], &[("uploadId", Some(id))]);
    let done = post(&target, "<CompleteMultipartUpload/>").await;
    assert!(done.contains("<Location>https://127.0.0.1/examplebucket/a</Location>"), "{done}");
}

#[tokio::test]
async fn files_that_are_no_certificate_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let (certificates, key) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    let start = || server().tls(Tls::Files { certificates: certificates.clone(), key: key.clone() }).start();
    let missing = start().await.unwrap_err().to_string();
    assert!(missing.contains("cert.pem"), "{missing}");
    std::fs::write(&certificates, "no certificate").unwrap();
    let empty = start().await.unwrap_err().to_string();
    assert!(empty.contains("no certificate in PEM format"), "{empty}");
}

#[tokio::test]
async fn certificates_of_files_are_served() {
    let directory = tempfile::tempdir().unwrap();
    let (certificates, key) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    let made = rcgen::generate_simple_self_signed(vec!["oss.example.com".to_owned()]).unwrap();
    std::fs::write(&certificates, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let server =
        server().base_host("oss.example.com").tls(Tls::Files { certificates, key }).start().await.unwrap();
    assert_eq!(server.certificate_authority(), None);
    let request = "GET /examplebucket/a HTTP/1.1\r\nHost: oss.example.com\r\nConnection: close\r\n\r\n";
    let answer = exchange(server.addr(), &made.cert.pem(), "oss.example.com", request).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}
