//! A server of TLS 1.3 that says as little as it is told to: who it is, and that it is that, are two messages of its own.
//!
//! No library of TLS would leave one of them out. This is the least of RFC 8446 that gets as far: one key exchange over
//! P-256, AES-128-GCM, and the server's side of one handshake.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use rcgen::{KeyPair, SigningKey as _};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::rand::SystemRandom;
use ring::{digest, hmac};

/// What the server shows.
#[derive(Clone, Copy)]
pub(super) enum Shown {
    /// Its certificate, and a signature by its key. Nothing is wrong with it, so the others fail by what they leave out.
    Everything,
    /// Neither.
    Nothing,
    /// Its certificate, and no signature.
    CertificateAlone,
    /// A signature, and no certificate.
    SignatureAlone,
    /// A certificate that anybody can have a copy of, and a signature by another key.
    OthersCertificate,
}

/// A certificate in DER format and its key.
pub(super) struct Identity {
    pub(super) certificate: Vec<u8>,
    pub(super) key: KeyPair,
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Answers one client, in the background. Gives the port.
pub(super) fn start(shown: Shown, identity: Identity) -> Result<u16, String> {
    let failed = |error: std::io::Error| format!("the impostor: {error}");
    let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    std::thread::spawn(move || {
        let answered =
            listener.accept().map_err(Into::into).and_then(|(stream, _)| answer(stream, shown, &identity));
        if let Err(error) = answered {
            eprintln!("firmware: the impostor: {error}");
        }
    });
    Ok(port)
}

/// Types of messages: RFC 8446, section 4.
const SERVER_HELLO: u8 = 2;
const ENCRYPTED_EXTENSIONS: u8 = 8;
const CERTIFICATE: u8 = 11;
const CERTIFICATE_VERIFY: u8 = 15;
const FINISHED: u8 = 20;

/// Types of records: section 5.1.
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

fn answer(mut stream: TcpStream, shown: Shown, identity: &Identity) -> Outcome<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let hello = record(&mut stream)?;
    let client_key = key_share(&hello).ok_or("no key share for P-256")?;

    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new())?;
    let server_hello = server_hello(own.compute_public_key()?.as_ref());
    write_record(&mut stream, HANDSHAKE, &server_hello)?;

    let mut transcript = [&hello[..], &server_hello].concat();
    let secret = agree_ephemeral(own, &UnparsedPublicKey::new(&ECDH_P256, client_key), |shared| {
        server_secret(shared, &sha256(&transcript))
    })??;
    let mut sealer = Sealer::new(&secret)?;
    let mut send = |kind: u8, content: &[u8], transcript: &mut Vec<u8>| -> Outcome<()> {
        let message = message(kind, content);
        transcript.extend_from_slice(&message);
        Ok(write_record(&mut stream, APPLICATION_DATA, &sealer.seal(message)?)?)
    };

    send(ENCRYPTED_EXTENSIONS, &[0, 0], &mut transcript)?;
    if let Shown::Everything | Shown::CertificateAlone | Shown::OthersCertificate = shown {
        send(CERTIFICATE, &certificate(&identity.certificate), &mut transcript)?;
    }
    if let Shown::Everything | Shown::SignatureAlone | Shown::OthersCertificate = shown {
        let other = KeyPair::generate()?;
        let key = if let Shown::OthersCertificate = shown { &other } else { &identity.key };
        send(CERTIFICATE_VERIFY, &signature(key, &transcript)?, &mut transcript)?;
    }
    let finished = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, &expand(&prk(&secret), "finished", &[], 32)?),
        &sha256(&transcript),
    );
    send(FINISHED, finished.as_ref(), &mut transcript)?;
    // Whatever the client says, until it has said it.
    let _ = stream.read(&mut [0; 1024]);
    Ok(())
}

/// The content of the next record.
fn record(stream: &mut TcpStream) -> Outcome<Vec<u8>> {
    let mut header = [0; 5];
    stream.read_exact(&mut header)?;
    let mut content = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    stream.read_exact(&mut content)?;
    Ok(content)
}

fn write_record(stream: &mut TcpStream, kind: u8, content: &[u8]) -> std::io::Result<()> {
    stream.write_all(&[&record_header(kind, content.len())[..], content].concat())
}

fn record_header(kind: u8, length: usize) -> [u8; 5] {
    let [high, low] = (length as u16).to_be_bytes();
    [kind, 3, 3, high, low]
}

/// The client's public key for P-256 in its hello: sections 4.1.2 and 4.2.8.
fn key_share(hello: &[u8]) -> Option<&[u8]> {
    const KEY_SHARE: u16 = 51;
    const P256: u16 = 23;
    // Type, length, version, random; then session, ciphers, compression.
    let rest = hello.get(4 + 2 + 32..)?;
    let (_, rest) = prefixed(rest, 1)?;
    let (_, rest) = prefixed(rest, 2)?;
    let (_, rest) = prefixed(rest, 1)?;
    let (mut extensions, _) = prefixed(rest, 2)?;
    while let Some((kind, rest)) = extensions.split_first_chunk() {
        let (extension, rest) = prefixed(rest, 2)?;
        extensions = rest;
        if u16::from_be_bytes(*kind) == KEY_SHARE {
            let (group, share) = prefixed(extension, 2)?.0.split_first_chunk()?;
            return (u16::from_be_bytes(*group) == P256).then_some(prefixed(share, 2)?.0);
        }
    }
    None
}

/// Splits off what a length of some bytes goes before.
fn prefixed(bytes: &[u8], length_bytes: usize) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(length_bytes)?;
    rest.split_at_checked(length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
}

fn with_length(length_bytes: usize, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    [&length[length.len() - length_bytes..], content].concat()
}

fn message(kind: u8, content: &[u8]) -> Vec<u8> {
    [&[kind][..], &with_length(3, content)].concat()
}

fn server_hello(key: &[u8]) -> Vec<u8> {
    // No session, AES-128-GCM with SHA-256, no compression.
    let head = [&[3, 3][..], &[7; 32], &[0, 0x13, 0x01, 0]].concat();
    // `supported_versions`: 1.3; `key_share`: P-256.
    let version = [0, 43, 0, 2, 3, 4];
    let share = [&[0, 51][..], &with_length(2, &[&[0, 23][..], &with_length(2, key)].concat())].concat();
    message(SERVER_HELLO, &[head, with_length(2, &[&version[..], &share].concat())].concat())
}

/// One certificate without extensions: section 4.4.2.
fn certificate(der: &[u8]) -> Vec<u8> {
    let entry = [with_length(3, der), vec![0, 0]].concat();
    [vec![0], with_length(3, &entry)].concat()
}

/// Section 4.4.3.
fn signature(key: &KeyPair, transcript: &[u8]) -> Outcome<Vec<u8>> {
    const ECDSA_SECP256R1_SHA256: [u8; 2] = [4, 3];
    let signed = [&[b' '; 64][..], b"TLS 1.3, server CertificateVerify\0", &sha256(transcript)].concat();
    Ok([&ECDSA_SECP256R1_SHA256[..], &with_length(2, &key.sign(&signed)?)].concat())
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// `server_handshake_traffic_secret`: section 7.1.
fn server_secret(shared: &[u8], transcript: &[u8]) -> Result<Vec<u8>, ring::error::Unspecified> {
    let early = Salt::new(HKDF_SHA256, &[0; 32]).extract(&[0; 32]);
    let derived = expand(&early, "derived", &sha256(&[]), 32)?;
    expand(&Salt::new(HKDF_SHA256, &derived).extract(shared), "s hs traffic", transcript, 32)
}

fn prk(secret: &[u8]) -> Prk {
    Prk::new_less_safe(HKDF_SHA256, secret)
}

/// `HKDF-Expand-Label`: section 7.1.
fn expand(
    key: &Prk,
    label: &str,
    context: &[u8],
    length: usize,
) -> Result<Vec<u8>, ring::error::Unspecified> {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let info = [
        (length as u16).to_be_bytes().to_vec(),
        with_length(1, format!("tls13 {label}").as_bytes()),
        with_length(1, context),
    ]
    .concat();
    let mut bytes = vec![0; length];
    key.expand(&[&info], Length(length))?.fill(&mut bytes)?;
    Ok(bytes)
}

/// Encrypts records: section 5.2.
struct Sealer {
    key: LessSafeKey,
    nonce: [u8; 12],
    /// Number of the next record.
    next: u8,
}

impl Sealer {
    fn new(secret: &[u8]) -> Outcome<Self> {
        let secret = prk(secret);
        let key = UnboundKey::new(&AES_128_GCM, &expand(&secret, "key", &[], 16)?)?;
        let nonce = expand(&secret, "iv", &[], 12)?.try_into().map_err(|_| "no 12 bytes")?;
        Ok(Self { key: LessSafeKey::new(key), nonce, next: 0 })
    }

    /// Encrypts a message of the handshake.
    fn seal(&mut self, mut message: Vec<u8>) -> Result<Vec<u8>, ring::error::Unspecified> {
        message.push(HANDSHAKE);
        let mut nonce = self.nonce;
        // The number of a record is 64 bits; here are five records.
        nonce[11] ^= self.next;
        self.next += 1;
        let header = record_header(APPLICATION_DATA, message.len() + AES_128_GCM.tag_len());
        self.key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(header),
            &mut message,
        )?;
        Ok(message)
    }
}
