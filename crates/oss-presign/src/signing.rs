//! Signing: from the description of a request to a URL with its signature.

use core::fmt;

use crate::canonical_request::{
    check_additional_headers, check_region, hash_canonical_request, signed_headers, write_additional_headers,
    write_path, write_resource,
};
use crate::encode::compare_encoded;
use crate::endpoint::Endpoint;
use crate::expiry::Expiry;
use crate::presign_error::PresignError;
use crate::presigned_url::{Places, PresignedUrl};
use crate::query::{Parameter, write_parameter};
use crate::request::{RequestRef, RequestWithCapacity};
use crate::sha256::Mac;
use crate::signatory::Signatory;
use crate::signer::Signer;
use crate::string_to_sign::{self, write_before_hash};
use crate::time::Timestamp;
use crate::writer::{Buffer, Escaping, Writer};

/// The last parameter of a presigned URL. The 64 hex digits of the signature replace the zeros.
pub(crate) const SIGNATURE_PARAMETER: &[u8] =
    b"&x-oss-signature=0000000000000000000000000000000000000000000000000000000000000000";

impl<'a> Signer<'a> {
    /// Fixes the signing time. Signing several requests of one second this way does their common work only once.
    ///
    /// # Errors
    /// [`PresignError::StaleKey`] if `now` is not on the UTC day of the signing key.
    pub fn at(&self, now: Timestamp) -> Result<SignerAt<'_, 'a>, PresignError> {
        let second = Second::new(&self.signatory, now)?;
        let mut string_to_sign = self.key.start();
        second.write_before_hash(&mut string_to_sign);
        Ok(SignerAt { second, string_to_sign })
    }

    /// Writes a presigned URL to `buffer`.
    ///
    /// # Errors
    /// [`PresignError`]. After an error the buffer contains no part of a URL that could be mistaken for a whole one.
    pub fn presign<'r, 'b, const CAPACITY: usize>(
        &'r self,
        request: &'r RequestWithCapacity<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        now: Timestamp,
        expiry: Expiry,
        buffer: &'b mut [u8],
    ) -> Result<PresignedUrl<'r, 'b>, PresignError> {
        let second = Second::new(&self.signatory, now)?;
        let mut string_to_sign = self.key.start();
        second.write_before_hash(&mut string_to_sign);
        second.presign(&mut string_to_sign, request.as_request_ref(), endpoint, expiry, buffer)
    }
}

/// A [`Signer`] at a fixed second. The part of the string to sign that all signatures of this second share is already hashed.
#[derive(Clone)]
pub struct SignerAt<'s, 'a> {
    second: Second<'s, 'a>,
    /// The string to sign up to the hash.
    string_to_sign: Mac,
}

impl<'s, 'a> SignerAt<'s, 'a> {
    /// Writes a presigned URL to `buffer`.
    ///
    /// # Errors
    /// [`PresignError`]. After an error the buffer contains no part of a URL that could be mistaken for a whole one.
    pub fn presign<'r, 'b, const CAPACITY: usize>(
        &self,
        request: &'r RequestWithCapacity<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        expiry: Expiry,
        buffer: &'b mut [u8],
    ) -> Result<PresignedUrl<'r, 'b>, PresignError>
    where
        's: 'r,
    {
        self.second.presign(&mut self.string_to_sign(), request.as_request_ref(), endpoint, expiry, buffer)
    }

    pub(crate) const fn second(&self) -> Second<'s, 'a> {
        self.second
    }

    /// Returns the string to sign up to the hash.
    pub(crate) fn string_to_sign(&self) -> Mac {
        self.string_to_sign.clone()
    }
}

impl fmt::Debug for SignerAt<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerAt")
            .field("access_key_id", &self.second.signatory.access_key_id())
            .field("scope", &format_args!("{}", self.second.signatory.scope()))
            .field("now", &self.second.now)
            .finish_non_exhaustive()
    }
}

/// A signatory, and a second of its UTC day.
#[derive(Clone, Copy)]
pub(crate) struct Second<'s, 'a> {
    pub(crate) signatory: &'s Signatory<'a>,
    pub(crate) now: Timestamp,
    pub(crate) date_time: [u8; 16],
}

impl<'s, 'a> Second<'s, 'a> {
    pub(crate) fn new(signatory: &'s Signatory<'a>, now: Timestamp) -> Result<Self, PresignError> {
        let scope = signatory.scope();
        if !scope.covers(now) {
            return Err(PresignError::StaleKey { key_date: *scope.date(), now });
        }
        Ok(Self { signatory, now, date_time: now.iso8601_basic_on(*scope.date()) })
    }

    /// Writes the string to sign up to the hash. It takes the HMAC by reference, because moving it would leave a copy of the
    /// key on the stack.
    pub(crate) fn write_before_hash(&self, string_to_sign: &mut Mac) {
        write_before_hash(string_to_sign, &self.date_time, self.signatory.scope());
    }

    fn presign<'r, 'b>(
        self,
        string_to_sign: &mut Mac,
        request: RequestRef<'r>,
        endpoint: &'r Endpoint<'r>,
        expiry: Expiry,
        buffer: &'b mut [u8],
    ) -> Result<PresignedUrl<'r, 'b>, PresignError>
    where
        's: 'r,
    {
        let expiry = self.check(&request, endpoint, expiry)?;
        let places = self.write_url(string_to_sign, &request, endpoint, expiry, buffer)?;
        PresignedUrl::new(buffer, places, request, endpoint, self.signatory.scope(), self.now, expiry)
    }

    /// Checks what depends on request, endpoint and time together, and returns the effective lifetime.
    pub(crate) fn check(
        &self,
        request: &RequestRef<'_>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
    ) -> Result<Expiry, PresignError> {
        check_region(endpoint, self.signatory.scope().region())?;
        check_additional_headers(request, endpoint)?;
        Ok(expiry.effective(self.now, self.signatory.credentials_expire_at())?)
    }

    /// Writes the URL with its signature, and returns the positions of its parts.
    pub(crate) fn write_url(
        &self,
        string_to_sign: &mut Mac,
        request: &RequestRef<'_>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
        buffer: &mut [u8],
    ) -> Result<Places, PresignError> {
        let (places, canonical_hash) = self.write_unsigned_url(request, endpoint, expiry, buffer)?;
        complete_url(buffer, places, string_to_sign::finish(string_to_sign, &canonical_hash))?;
        Ok(places)
    }

    /// Writes the URL with zeros in place of the signature and with a line feed in place of its question mark. Returns the
    /// positions of its parts, and the hash of the canonical request.
    #[inline]
    pub(crate) fn write_unsigned_url(
        &self,
        request: &RequestRef<'_>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
        buffer: &mut [u8],
    ) -> Result<(Places, [u8; 32]), PresignError> {
        let mut url = Buffer::new(buffer);
        endpoint.write_origin(request.bucket, &mut url);
        let path_at = url.length();
        write_path(&mut url, request, endpoint);
        // The canonical request has a line feed where the URL has its question mark.
        url.put(b"\n");
        let query_at = url.length();
        self.write_query(&mut url, request, expiry);
        let query_end = url.length();
        url.put(SIGNATURE_PARAMETER);
        let places = Places { path_at, query_at, query_end, length: url.length() };
        let path_and_query = places.path_and_query(url.finish()?)?;
        let canonical_hash = hash_canonical_request(
            request.method.as_str(),
            |canonical| write_resource(canonical, request, endpoint, path_and_query),
            signed_headers(request, endpoint),
            request.additional_headers(),
        );
        Ok((places, canonical_hash))
    }

    /// Writes all query parameters except the signature in canonical order, so that this part of the URL is the canonical
    /// query.
    pub(crate) fn write_query(&self, url: &mut impl Writer, request: &RequestRef<'_>, expiry: Expiry) {
        let own = &mut { request.query };
        if request.has_additional_headers() {
            write_before(url, own, "x-oss-additional-headers");
            url.put(b"x-oss-additional-headers=");
            write_additional_headers(&mut Escaping(url), request.additional_headers());
            url.put(b"&");
        }
        write_before(url, own, "x-oss-credential");
        self.signatory.write_credential(url);
        write_after(url, own, "x-oss-date");
        url.put(b"&x-oss-date=");
        url.put(&self.date_time);
        write_after(url, own, "x-oss-expires");
        url.put(b"&x-oss-expires=");
        url.put_decimal(expiry.seconds());
        write_after(url, own, "x-oss-security-token");
        self.signatory.write_security_token(url);
        write_after(url, own, "x-oss-signature-version");
        url.put(b"&x-oss-signature-version=OSS4-HMAC-SHA256");
        for parameter in *own {
            url.put(b"&");
            write_parameter(url, parameter);
        }
    }
}

/// Completes a URL that was written without its signature: replaces the zeros by the signature, and the line feed by a
/// question mark.
#[inline]
pub(crate) fn complete_url(
    buffer: &mut [u8],
    Places { query_at, length, .. }: Places,
    signature: [u8; 64],
) -> Result<(), PresignError> {
    let url = buffer.get_mut(..length).ok_or(PresignError::Internal)?;
    let (url, place) = url.split_last_chunk_mut().ok_or(PresignError::Internal)?;
    *place = signature;
    *url.get_mut(query_at - 1).ok_or(PresignError::Internal)? = b'?';
    Ok(())
}

/// Writes the request's own parameters that are sorted before the signing parameter `next`, each followed by `&`.
fn write_before(url: &mut impl Writer, own: &mut &[Parameter<'_>], next: &str) {
    while let Some(parameter) = take_before(own, next) {
        write_parameter(url, parameter);
        url.put(b"&");
    }
}

/// Writes the request's own parameters that are sorted before the signing parameter `next`, each preceded by `&`.
fn write_after(url: &mut impl Writer, own: &mut &[Parameter<'_>], next: &str) {
    while let Some(parameter) = take_before(own, next) {
        url.put(b"&");
        write_parameter(url, parameter);
    }
}

fn take_before<'p, 'a>(own: &mut &'p [Parameter<'a>], next: &str) -> Option<&'p Parameter<'a>> {
    let (parameter, rest) = own.split_first()?;
    if compare_encoded(parameter.name.as_bytes(), next.as_bytes()).is_gt() {
        return None;
    }
    *own = rest;
    Some(parameter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket::Bucket;
    use crate::credentials::Credentials;
    use crate::hex::lower_hex;
    use crate::object_key::ObjectKey;
    use crate::request::Request;
    use crate::scope::Region;
    use std::string::String;

    /// Regions of every length, so that the string to sign takes one block and more.
    #[cfg(feature = "alloc")]
    #[test]
    fn what_is_cached_is_what_is_encoded_each_time() {
        let credentials = Credentials::new("fake-access-key+id", "fake-access-key-secret").unwrap();
        let now = Timestamp::from_unix(1_731_400_358).unwrap();
        let key = ObjectKey::new("a b.txt").unwrap();
        let plain = Request::put(Bucket::new("examplebucket").unwrap(), key);
        let mut special = plain.clone();
        special.sign_host().unwrap().query("x-oss-process", Some("a")).unwrap();
        let region = ["cn-", &"1".repeat(61)].concat();
        // Miri takes a second for a few signatures: the shortest region and the longest one, each with one lifetime.
        let (step, lifetimes) = if cfg!(miri) { (60, 1) } else { (1, 3) };
        for length in (4..=region.len()).step_by(step) {
            let region = Region::new(&region[..length]).unwrap();
            let endpoint = Endpoint::public(region);
            for credentials in [credentials, credentials.with_security_token("fake/token").unwrap()] {
                for signer in
                    [Signer::new(&credentials, region, now), Signer::for_cloud_box(&credentials, region, now)]
                {
                    let cached = signer.clone().with_cached_parameters();
                    for request in [&plain, &special] {
                        for &seconds in &[1, 600, crate::MAX_EXPIRY_SECONDS][..lifetimes] {
                            let expiry = Expiry::secs(seconds).unwrap();
                            let mut buffer = [0; 1024];
                            let url = signer.presign(request, &endpoint, now, expiry, &mut buffer).unwrap();
                            let owned = cached.presign_to_string(request, &endpoint, now, expiry).unwrap();
                            assert_eq!(url.url(), owned);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_is_written_after_the_url_and_a_short_buffer_is_cleared() {
        let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        let (now, region) =
            (Timestamp::from_unix(1_731_400_358).unwrap(), Region::new("cn-hangzhou").unwrap());
        let signer = Signer::new(&credentials, region, now);
        let bucket = Bucket::new("a-bucket-of-sixty-three-bytes-which-is-the-longest-name-we-have").unwrap();
        let value = "v".repeat(200);
        let mut request = Request::put(bucket, ObjectKey::new("a").unwrap());
        request.header("x-oss-meta-a", &value).unwrap();
        let expiry = Expiry::secs(600).unwrap();
        for endpoint in [Endpoint::cname("a.cn").unwrap(), Endpoint::public(region)] {
            let mut buffer = [b'x'; 2048];
            let url = signer.presign(&request, &endpoint, now, expiry, &mut buffer).unwrap();
            let mut string_to_sign = String::new();
            url.write_string_to_sign(&mut string_to_sign).unwrap();
            let mut message = signer.key.start();
            message.put(string_to_sign.as_bytes());
            assert_eq!(url.signature().as_bytes(), lower_hex(&message.finish()));
            let expected = String::from(url.into_url());
            let length = expected.len();
            // Miri takes a second for a few signatures: no byte to spare, and many.
            for room in (length..length + 300).step_by(if cfg!(miri) { 299 } else { 1 }) {
                buffer.fill(b'x');
                let url = signer.presign(&request, &endpoint, now, expiry, &mut buffer[..room]).unwrap();
                assert_eq!(url.url(), expected, "{room}");
                assert!(buffer[length..].iter().all(|&byte| byte == b'x'), "{room}");
            }
            for room in (0..length).rev().step_by(if cfg!(miri) { 150 } else { 1 }) {
                let result = signer.presign(&request, &endpoint, now, expiry, &mut buffer[..room]);
                assert_eq!(result.unwrap_err(), PresignError::BufferTooSmall { needed: length });
                assert!(buffer[..room].iter().all(|&byte| byte == 0));
            }
        }
    }
}
