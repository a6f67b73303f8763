//! Other crates on the same inputs. What a crate cannot be asked for is left out of its input and said in
//! [`Peer::lacks`]; whether its URL would be accepted is checked, not assumed.

mod oss;
mod sigv4;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use oss_presign::verify::{ExpectedScope, ReceivedRequest, VerificationKey, verify_presigned};
use oss_presign::{Product, SigningKey, Timestamp};

use crate::cases::{self, BUCKET, Case, region};
use crate::rounds::Row;

/// Another crate, ready to sign the case.
struct Peer<'p> {
    name: &'static str,
    method: &'static str,
    /// Whether it signs by OSS's rules; SigV4 is another algorithm on the same inputs.
    oss: bool,
    /// What of the case it has no place for.
    lacks: Option<&'static str>,
    /// Whether it signs the headers of the case.
    signs_headers: bool,
    sign: Box<dyn FnMut() -> String + 'p>,
}

/// Lends the peers' rows of a case, named by crate.
pub fn with_rows(case: &Case, mut take: impl FnMut(Vec<Row<'_>>)) {
    oss::with(case, |peers| take(rows(peers)));
    sigv4::with(case, |peers| take(rows(peers)));
}

fn rows(peers: Vec<Peer<'_>>) -> Vec<Row<'_>> {
    peers.into_iter().map(|peer| Row::new(peer.name, peer.sign)).collect()
}

/// What is wrong with each peer's URL, or missing from it: name, finding.
#[must_use]
pub fn findings(case: &Case) -> Vec<(&'static str, String)> {
    let mut findings = Vec::new();
    let mut judge = |mut peer: Peer<'_>| {
        let url = (peer.sign)();
        let verdict = if peer.oss { verdict(case, &peer, &url) } else { "SigV4: not for OSS".to_owned() };
        let lacks = peer.lacks.map_or(String::new(), |lacks| format!("; {lacks}"));
        findings.push((peer.name, verdict + &lacks));
    };
    oss::with(case, |peers| peers.into_iter().for_each(&mut judge));
    sigv4::with(case, |peers| peers.into_iter().for_each(&mut judge));
    findings
}

/// Whether a server would accept the URL, by this workspace's verification.
fn verdict(case: &Case, peer: &Peer<'_>, url: &str) -> String {
    let Some((_, rest)) = url.split_once("://") else { return "no URL".to_owned() };
    let (path, query) = rest[rest.find('/').unwrap_or(0)..].split_once('?').unwrap_or_default();
    let sent = case.headers.iter().filter(|_| peer.signs_headers);
    // Every client sends a host; some of the peers sign it.
    let host: &[u8] = b"examplebucket.oss-cn-hangzhou.aliyuncs.com";
    let headers = sent.map(|(name, value)| (*name, value.as_bytes())).chain([("host", host)]);
    let headers: Vec<_> = headers.collect();
    let received =
        ReceivedRequest { method: peer.method, bucket: Some(BUCKET), path, query, headers: &headers };
    let expected = ExpectedScope { region: region(), product: Product::Oss };
    let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs());
    let verified =
        verify_presigned(&received, &expected, Timestamp::from_unix(now).expect("a time"), |_, scope| {
            let known = VerificationKey::new(SigningKey::derive(cases::ACCESS_KEY_SECRET, scope));
            Some(match &case.security_token {
                Some(token) => known.with_security_token(token),
                None => known,
            })
        });
    match verified {
        Ok(_) => "verified".to_owned(),
        Err(error) => format!("REFUSED: {error}"),
    }
}

/// The result of a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("signing waits for nothing"),
    }
}
