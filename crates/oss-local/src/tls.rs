//! TLS: a certificate of the user's, or one that is made when the server starts.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::stream::Stream;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How the server speaks TLS.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Tls {
    /// With a certificate and its key.
    Files {
        /// A PEM file: the server's certificate, and those that lead to its root.
        certificates: PathBuf,
        /// A PEM file with the private key.
        key: PathBuf,
    },
    /// With a certificate for `localhost`, the loopback addresses, the address that the server listens on and
    /// `<bucket>.localhost` for each bucket that is there from the start, made when the server starts. It is issued
    /// by a certificate authority made for this one, which a client must be told to trust.
    SelfSigned,
}

/// Accepts TLS connections.
#[derive(Clone)]
pub(crate) struct Acceptor(TlsAcceptor);

impl Acceptor {
    pub(crate) async fn accept(&self, stream: Stream) -> io::Result<TlsStream<Stream>> {
        self.0.accept(stream).await
    }
}

/// An acceptor, and the PEM of its certificate authority where that was made for it.
pub(crate) fn acceptor(
    tls: &Tls,
    address: SocketAddr,
    buckets: &[&str],
) -> io::Result<(Acceptor, Option<String>)> {
    let (chain, key, authority) = match tls {
        Tls::Files { certificates, key } => (read_chain(certificates)?, read_key(key)?, None),
        Tls::SelfSigned => {
            let made = issue(address, buckets).map_err(io::Error::other)?;
            (vec![made.certificate], made.key, Some(made.authority))
        }
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, format!("TLS: {error}")))?;
    Ok((Acceptor(TlsAcceptor::from(Arc::new(config))), authority))
}

fn read_chain(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let unusable = |why: String| unusable(path, &why);
    let chain = CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?;
    let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(|error| unusable(error.to_string()))?;
    if chain.is_empty() { Err(unusable("no certificate in PEM format is in it".into())) } else { Ok(chain) }
}

fn read_key(path: &Path) -> io::Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| unusable(path, &error.to_string()))
}

fn unusable(path: &Path, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{}: {why}", path.display()))
}

struct Made {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    /// PEM.
    authority: String,
}

fn issue(address: SocketAddr, buckets: &[&str]) -> Result<Made, rcgen::Error> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !address.ip().is_unspecified() && !address.ip().is_loopback() {
        names.push(address.ip().to_string());
    }
    // One by one: a wildcard directly below a top-level name is refused by most clients.
    names.extend(buckets.iter().map(|bucket| format!("{bucket}.localhost")));

    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.distinguished_name.push(DnType::CommonName, "oss-local, made for one run");
    let authority_key = KeyPair::generate()?;
    let authority_certificate = authority.self_signed(&authority_key)?;
    let issuer = Issuer::new(authority, authority_key);

    let mut server = CertificateParams::new(names)?;
    server.use_authority_key_identifier_extension = true;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    server.distinguished_name.push(DnType::CommonName, "oss-local");
    let key = KeyPair::generate()?;
    let certificate = server.signed_by(&key, &issuer)?;
    Ok(Made {
        certificate: certificate.der().clone(),
        key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        authority: authority_certificate.pem(),
    })
}
