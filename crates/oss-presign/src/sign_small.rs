//! Signing a URL on a small machine, where flash and stack count for more than time.
//!
//! Everything that a signature takes stands in one text, [`LAYOUT`], which is followed letter by letter. A letter costs
//! a byte of flash; a call that writes it would cost ten. The URL and the canonical request share their longest part, so
//! both are written at once, and there is a single hash on the stack. [`SignerAt`](crate::SignerAt) does the same in
//! parts, for speed; the tests hold both to the same URLs.

use crate::canonical::{UNSIGNED_PAYLOAD, path_carries_bucket, write_headers};
use crate::encode::Position;
use crate::endpoint::{Endpoint, Scheme};
use crate::expiry::Expiry;
use crate::output::Output;
use crate::presign_error::PresignError;
use crate::presigned::{self, SignedUrl, Signer};
use crate::request::{Parameter, RequestView};
use crate::sha256::Sha256;
use crate::string_to_sign::ALGORITHM;
use crate::time::Timestamp;

/// URL, canonical request and string to sign. Upper-case letters are explained where they are followed; all else stands
/// for itself.
const LAYOUT: &str = concat!(
    "UhttpS://O",
    "HM\nBW/KH\nU?",
    "WQNQx-oss-credential=ICDCRCPCaliyun_v4_request&Qx-oss-date=T&Qx-oss-expires=E&",
    "QXQx-oss-signature-version=AQ",
    "H\nL\nZ\nV",
    "JA\nT\nD/R/P/aliyun_v4_request\nG",
    "YU&x-oss-signature=G",
);

/// Makes a presigned URL in `buffer`, says where it is, and gives its effective life.
///
/// The outcome is that of the checks, so that no error is copied: they are large.
#[cfg_attr(target_pointer_width = "32", inline(never))]
pub(crate) fn sign<'b>(
    signer: &Signer<'_>,
    now: Timestamp,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
    expiry: Expiry,
    buffer: &'b mut [u8],
    signed: &mut SignedUrl<'b>,
) -> Result<Expiry, PresignError> {
    let outcome = check(signer, now, request, endpoint, expiry);
    let Ok(expiry) = outcome else { return outcome };
    let date_time = now.iso8601_basic_on(*signer.scope.date());
    let mut signing = Signing {
        signer,
        request,
        endpoint,
        expiry,
        date_time: &date_time,
        own: request.query,
        rank: 0,
        url: buffer,
        length: 0,
        hash: Sha256::new(),
        digest: [0; 32],
        to_url: true,
        to_hash: false,
        path_at: 0,
        query_at: 0,
    };
    for letter in LAYOUT.bytes() {
        match letter {
            b'A'..=b'Z' => signing.follow(letter),
            _ => signing.put(&[letter]),
        }
    }
    let Signing { url, length, path_at, query_at, .. } = signing;
    if length > url.len() {
        // So that nobody takes half a URL for a whole one.
        for byte in url {
            // Left alone, a compiler would link a `memset` for any alignment.
            *byte = core::hint::black_box(0);
        }
        return Err(PresignError::BufferTooSmall { needed: length });
    }
    *signed = SignedUrl { url: url.get(..length).unwrap_or_default(), path_at, query_at };
    outcome
}

#[cfg_attr(target_pointer_width = "32", inline(never))]
fn check(
    signer: &Signer<'_>,
    now: Timestamp,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
    expiry: Expiry,
) -> Result<Expiry, PresignError> {
    signer.check_day(now)?;
    presigned::check(request, endpoint, now, expiry, signer.credentials_end)
}

/// Fills the caller's buffer, counts on when it is full, and hashes.
struct Signing<'s, 'b> {
    signer: &'s Signer<'s>,
    request: &'s RequestView<'s>,
    endpoint: &'s Endpoint<'s>,
    expiry: Expiry,
    date_time: &'s [u8; 16],
    /// The request's own parameters that are still to be written, and how many signing parameters have been.
    own: &'s [Parameter<'s>],
    rank: usize,
    url: &'b mut [u8],
    length: usize,
    hash: Sha256,
    digest: [u8; 32],
    to_url: bool,
    to_hash: bool,
    path_at: usize,
    query_at: usize,
}

impl Signing<'_, '_> {
    // Apart from the loop, out of which a compiler would move whatever it could: onto the stack.
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn follow(&mut self, letter: u8) {
        let (signer, request, endpoint) = (self.signer, self.request, self.endpoint);
        match letter {
            // What follows goes into the URL, into the hash, or into both.
            b'U' | b'H' | b'W' => {
                self.to_url = letter != b'H';
                self.to_hash = letter != b'U';
            }
            // What `https` has and `http` has not.
            b'S' if endpoint.scheme() == Scheme::Https => self.put(b"s"),
            // The host.
            b'O' => {
                endpoint.write_host(request.bucket, self);
                self.path_at = self.length;
            }
            b'M' => self.put(request.method.as_str().as_bytes()),
            // The bucket: in the canonical request always, and in the URL where its path names it.
            b'B' => {
                if let Some(bucket) = request.bucket {
                    self.to_url = path_carries_bucket(endpoint);
                    self.put(b"/");
                    self.put(bucket.as_str().as_bytes());
                }
            }
            // The object's key.
            b'K' => {
                if let Some(key) = request.key {
                    self.put_encoded(key.as_str().as_bytes(), Position::Path);
                }
            }
            // The request's own parameters that come before the signing parameter to come.
            b'Q' => {
                if self.rank == 0 {
                    self.query_at = self.length;
                }
                if let Some(write) = request.write_query {
                    let (mut own, rank) = (self.own, self.rank);
                    write(self, &mut own, rank);
                    self.own = own;
                }
                self.rank += 1;
            }
            // Names of additional headers as a parameter, and as a line.
            b'N' => {
                if let Some(additional) = request.additional() {
                    additional.write_parameter(self);
                }
            }
            b'Z' => {
                if let Some(additional) = request.additional() {
                    additional.write_names(self);
                }
            }
            // Access key id, date, region and product of the scope, algorithm.
            b'I' => self.put_encoded(signer.access_key_id.as_bytes(), Position::Query),
            b'D' => self.put(signer.scope.date()),
            b'R' => self.put(signer.scope.region().as_str().as_bytes()),
            b'P' => self.put(signer.scope.product().as_str().as_bytes()),
            b'A' => self.put(ALGORITHM.as_bytes()),
            // A slash in a query.
            b'C' => self.put(b"%2F"),
            // The signing time.
            b'T' => self.put(self.date_time),
            b'E' => self.put_decimal(self.expiry.seconds()),
            // The security token.
            b'X' => {
                if let (Some(write), Some(token)) = (signer.write_token, signer.security_token) {
                    write(self, token);
                }
            }
            // Lines of signed headers, and what stands for the body.
            b'L' => {
                let signed = request.headers.iter().filter(|header| header.signed);
                write_headers(self, request, endpoint, signed);
            }
            b'V' => self.put(request.payload.unwrap_or(UNSIGNED_PAYLOAD).as_bytes()),
            // The canonical request is complete, and the string to sign begins.
            b'J' => {
                self.hash.finish_into(&mut self.digest);
                signer.key.start_in(&mut self.hash);
            }
            // The string to sign is complete.
            b'Y' => signer.key.finish_into(&mut self.hash, &mut self.digest),
            // The digest in hex.
            b'G' => {
                let digit = |nibble| if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble };
                for at in 0..self.digest.len() {
                    let byte = self.digest[at % 32];
                    self.put(&[digit(byte >> 4), digit(byte & 15)]);
                }
            }
            _ => {}
        }
    }
}

impl Output for Signing<'_, '_> {
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn put(&mut self, bytes: &[u8]) {
        if self.to_url {
            for &byte in bytes {
                if let Some(place) = self.url.get_mut(self.length) {
                    *place = byte;
                }
                self.length += 1;
            }
        }
        if self.to_hash {
            self.hash.update(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Addressing, Bucket, Credentials, Method, ObjectKey, Product, Region, Request, Scope};
    use proptest::prelude::*;
    use std::vec;

    const NOW: u64 = 1_731_400_358;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix(seconds).unwrap()
    }

    proptest! {
        /// Whatever the request: the same URL as by parts, or the same refusal.
        #[test]
        fn signs_as_a_signer_by_parts(
            key in proptest::option::of("[a-zA-Z0-9/ +%~é中._-]{1,40}"),
            with_bucket: bool,
            token in proptest::option::of("[A-Za-z0-9+/=]{1,80}"),
            headers in proptest::collection::btree_map("[A-Ca-c-]{1,6}|X-Oss-[A-Da-d]{1,3}|host", "[ -~]{0,12}", 0..5),
            additional in proptest::collection::vec("[a-c]{1,2}|host|HOST", 0..3),
            query in proptest::collection::btree_map("[a-z.-]{1,8}|x-oss-[a-z]{1,9}|ü|~", "[ -~é]{0,9}", 0..5),
            payload: bool,
            addressing in prop_oneof![Just(Addressing::Path), Just(Addressing::VirtualHosted), Just(Addressing::Cname)],
            host in prop_oneof![Just("a.example.com"), Just("http://a.example.com:80"), Just("127.0.0.1:9000")],
            cloud_box: bool,
            life in 1u32..604_800,
            clamped: bool,
            end in proptest::option::of(NOW - 10..NOW + 700_000),
            second in NOW - 40_000..NOW + 80_000,
            room in 0usize..1200,
        ) {
            let mut credentials = Credentials::new("fake +id", "fake-secret").unwrap();
            if let Some(token) = &token {
                credentials = credentials.with_security_token(token).unwrap();
            }
            if let Some(end) = end {
                credentials = credentials.expiring_at(at(end));
            }
            let product = if cloud_box { Product::CloudBox } else { Product::Oss };
            let scope = Scope::new(at(NOW), Region::new("cn-hangzhou").unwrap(), product);
            let signer = Signer::for_scope(&credentials, scope);
            let bucket = Bucket::new("examplebucket").unwrap();
            let mut request: Request<'_> = match &key {
                Some(key) => {
                    Request::with_capacity(Method::Put, bucket, ObjectKey::allowing_dot_segments(key).unwrap())
                }
                None if with_bucket => Request::for_bucket(Method::Get, bucket),
                None => Request::for_service(Method::Get),
            };
            for (name, value) in &headers {
                request = request.clone().header(name, value).unwrap_or(request);
            }
            if payload {
                request = request.header("X-Oss-Content-Sha256", "fake-hash").unwrap();
            }
            for name in &additional {
                request = request.clone().additional_header(name).unwrap_or(request);
            }
            for (name, value) in &query {
                request = request.clone().query(name, Some(value)).unwrap_or(request);
            }
            let endpoint = Endpoint::new(host, addressing).unwrap();
            let mut expiry = Expiry::secs(life).unwrap();
            if clamped {
                expiry = expiry.clamped_to_credentials();
            }
            let now = at(second);

            let (mut buffer, mut expected) = (vec![b'x'; room], vec![b'x'; room]);
            let mut signed = SignedUrl::default();
            let outcome =
                sign(&signer, now, &request.view(), &endpoint, expiry, &mut buffer, &mut signed);
            match signer.presign(&request, &endpoint, now, expiry, &mut expected) {
                Ok(presigned) => {
                    let url = presigned.url();
                    prop_assert_eq!(core::str::from_utf8(signed.url), Ok(url));
                    prop_assert_eq!(&url[signed.path_at..], presigned.target());
                    prop_assert_eq!(&url[signed.query_at - 1..signed.query_at], "?");
                    let life = u64::from(outcome.unwrap().seconds());
                    prop_assert_eq!(presigned.expires_at().unix(), second + life);
                }
                Err(error) => {
                    let small = matches!(error, PresignError::BufferTooSmall { .. });
                    prop_assert_eq!(outcome, Err(error));
                    prop_assert!(signed.url.is_empty());
                    prop_assert_eq!(buffer, vec![if small { 0 } else { b'x' }; room]);
                }
            }
        }
    }
}
