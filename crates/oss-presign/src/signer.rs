//! Signing: from a description to a URL that carries its signature.

use core::fmt;

use crate::canonical_request::{
    SignedHeader, check_additional_headers, signed_headers, write_additional_headers,
    write_canonical_request, write_path, write_resource,
};
use crate::credentials::Credentials;
use crate::encode::{Position, compare_encoded};
use crate::endpoint::Endpoint;
use crate::expiry::Expiry;
use crate::presign_error::PresignError;
use crate::presigned_url::{Places, PresignedUrl};
use crate::query::{Parameter, write_parameter};
use crate::request::{RequestRef, RequestWithCapacity};
use crate::scope::{Product, Region, Scope};
use crate::sha256::{Mac, Sha256};
use crate::signing_key::SigningKey;
use crate::string_to_sign::{self, write_before_hash, write_scope};
use crate::time::Timestamp;
use crate::writer::{Buffer, Escaping, Writer};

/// Ends the query of a presigned URL. The signature's 64 hex digits take the place of the zeros.
pub(crate) const SIGNATURE_PARAMETER: &[u8] =
    b"&x-oss-signature=0000000000000000000000000000000000000000000000000000000000000000";

/// Signs requests of one UTC day with one access key.
///
/// It holds the day's [`SigningKey`], so that a signature costs no derivation. On another day it refuses
/// with [`PresignError::StaleKey`]: make a new one.
#[derive(Clone)]
pub struct Signer<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) security_token: Option<&'a str>,
    pub(crate) credentials_expire_at: Option<Timestamp>,
    pub(crate) scope: Scope<'a>,
    pub(crate) key: SigningKey,
    #[cfg(feature = "alloc")]
    cached: Option<CachedParameters>,
}

/// Parameters that are the same in every URL of a signer, encoded. The token is erased on drop.
#[cfg(feature = "alloc")]
#[derive(Clone)]
struct CachedParameters {
    credential: alloc::vec::Vec<u8>,
    security_token: zeroize::Zeroizing<alloc::vec::Vec<u8>>,
}

impl<'a> Signer<'a> {
    /// Derives the signing key for the UTC day of `now`, for OSS in a region.
    #[must_use]
    pub fn new(credentials: &Credentials<'a>, region: Region<'a>, now: Timestamp) -> Self {
        Self::for_scope(credentials, Scope::new(now, region, Product::Oss))
    }

    /// Derives the signing key for the UTC day of `now`, for OSS on a cloud box: its id takes the place of the
    /// region.
    #[must_use]
    pub fn for_cloud_box(credentials: &Credentials<'a>, id: Region<'a>, now: Timestamp) -> Self {
        Self::for_scope(credentials, Scope::new(now, id, Product::CloudBox))
    }

    /// Derives the signing key of a scope.
    #[must_use]
    pub fn for_scope(credentials: &Credentials<'a>, scope: Scope<'a>) -> Self {
        Self::with_key(credentials, scope, credentials.signing_key(&scope))
    }

    /// Uses a key that was derived before, for the same secret and scope.
    #[must_use]
    pub const fn with_key(credentials: &Credentials<'a>, scope: Scope<'a>, key: SigningKey) -> Self {
        Self {
            access_key_id: credentials.access_key_id(),
            security_token: credentials.security_token(),
            credentials_expire_at: credentials.expires_at(),
            scope,
            key,
            #[cfg(feature = "alloc")]
            cached: None,
        }
    }

    /// Encodes once what all URLs of the signer share: access key id, scope and security token. Worth it for a signer
    /// that is kept; most of all, with a token.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn with_cached_parameters(self) -> Self {
        let mut credential = alloc::vec::Vec::new();
        self.write_credential(&mut credential);
        // Room for the whole, so that no copy of the token is left behind by growing.
        let room = 32 + 3 * self.security_token.map_or(0, str::len);
        let mut security_token = zeroize::Zeroizing::new(alloc::vec::Vec::with_capacity(room));
        self.write_security_token(&mut *security_token);
        Self { cached: Some(CachedParameters { credential, security_token }), ..self }
    }

    /// The scope that the key is good for.
    #[must_use]
    pub const fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// Fixes the signing time, which saves part of each signature where several are made in one second.
    ///
    /// # Errors
    /// [`PresignError::StaleKey`] where `now` lies on another UTC day than the key.
    pub fn at(&self, now: Timestamp) -> Result<SignerAt<'_, 'a>, PresignError> {
        if !self.scope.covers(now) {
            return Err(PresignError::StaleKey { key_date: *self.scope.date(), now });
        }
        let date_time = now.iso8601_basic_on(*self.scope.date());
        let mut string_to_sign = self.key.start();
        write_before_hash(&mut string_to_sign, &date_time, &self.scope);
        Ok(SignerAt { signer: self, now, date_time, string_to_sign })
    }

    /// Makes a presigned URL in `buffer`.
    ///
    /// # Errors
    /// [`PresignError`]; on every error the buffer holds no part of a URL that could be taken for one.
    pub fn presign<'r, 'b, const CAPACITY: usize>(
        &self,
        request: &'r RequestWithCapacity<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        now: Timestamp,
        expiry: Expiry,
        buffer: &'b mut [u8],
    ) -> Result<PresignedUrl<'r, 'b>, PresignError>
    where
        'a: 'r,
    {
        self.at(now)?.presign(request, endpoint, expiry, buffer)
    }

    fn write_credential(&self, query: &mut impl Writer) {
        query.put(b"x-oss-credential=");
        query.put_encoded(self.access_key_id.as_bytes(), Position::Query);
        query.put(b"%2F");
        write_scope(query, &self.scope, b"%2F");
        query.put(b"&");
    }

    fn write_security_token(&self, query: &mut impl Writer) {
        if let Some(token) = self.security_token {
            query.put(b"x-oss-security-token=");
            query.put_encoded(token.as_bytes(), Position::Query);
            query.put(b"&");
        }
    }
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("access_key_id", &self.access_key_id)
            .field("scope", &format_args!("{}", self.scope))
            .finish_non_exhaustive()
    }
}

/// A [`Signer`] at a fixed second: what every signature of that second has in common is hashed already.
#[derive(Clone)]
pub struct SignerAt<'s, 'a> {
    pub(crate) signer: &'s Signer<'a>,
    pub(crate) now: Timestamp,
    pub(crate) date_time: [u8; 16],
    /// The string to sign up to the hash.
    string_to_sign: Mac,
}

impl<'s, 'a> SignerAt<'s, 'a> {
    /// Makes a presigned URL in `buffer`.
    ///
    /// # Errors
    /// [`PresignError`]; on every error the buffer holds no part of a URL that could be taken for one.
    pub fn presign<'r, 'b, const CAPACITY: usize>(
        &self,
        request: &'r RequestWithCapacity<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        expiry: Expiry,
        buffer: &'b mut [u8],
    ) -> Result<PresignedUrl<'r, 'b>, PresignError>
    where
        'a: 'r,
    {
        let request = request.as_request_ref();
        let (expiry, places) = self.write_url(&request, endpoint, expiry, buffer)?;
        PresignedUrl::new(buffer, places, request, endpoint, self.signer.scope, self.now, expiry)
    }

    /// Writes the URL with its signature, and returns its effective lifetime and where its parts are.
    pub(crate) fn write_url(
        &self,
        request: &RequestRef<'_>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
        buffer: &mut [u8],
    ) -> Result<(Expiry, Places), PresignError> {
        let expiry = self.check(request, endpoint, expiry)?;
        let mut url = Buffer::new(buffer);
        endpoint.write_origin(request.bucket, &mut url);
        let path_at = url.length();
        write_path(&mut url, request, endpoint);
        // The canonical text has a line feed where the URL has its question mark.
        url.put(b"\n");
        let query_at = url.length();
        self.write_query(&mut url, request, expiry);
        let query_end = url.length();
        url.put(SIGNATURE_PARAMETER);
        let places = Places { path_at, query_at, query_end, length: url.length() };
        self.sign_in_place(url.finish()?, places, request, endpoint)?;
        Ok((expiry, places))
    }

    /// Hashes the path and query of a written URL where they lie, fills in the signature, and sets the question mark.
    pub(crate) fn sign_in_place(
        &self,
        url: &mut [u8],
        Places { path_at, query_at, query_end, .. }: Places,
        request: &RequestRef<'_>,
        endpoint: &Endpoint<'_>,
    ) -> Result<(), PresignError> {
        let (url, signature) = url.split_last_chunk_mut().ok_or(PresignError::Internal)?;
        let path_and_query = url.get(path_at..query_end).ok_or(PresignError::Internal)?;
        *signature = self.signature(
            request.method.as_str(),
            |canonical| write_resource(canonical, request, endpoint, path_and_query),
            signed_headers(request, endpoint),
            request.additional_headers(),
        );
        *url.get_mut(query_at - 1).ok_or(PresignError::Internal)? = b'?';
        Ok(())
    }

    /// Refuses what only request, endpoint and time together can show, and returns the effective lifetime.
    pub(crate) fn check(
        &self,
        request: &RequestRef<'_>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
    ) -> Result<Expiry, PresignError> {
        check_additional_headers(request, endpoint)?;
        Ok(expiry.effective(self.now, self.signer.credentials_expire_at)?)
    }

    /// Hashes the canonical request and signs the hash.
    pub(crate) fn signature<'h>(
        &self,
        method: &str,
        write_resource: impl FnOnce(&mut Sha256),
        headers: impl Iterator<Item = SignedHeader<'h>>,
        additional: impl Iterator<Item = &'h str>,
    ) -> [u8; 64] {
        let mut canonical = Sha256::new();
        write_canonical_request(&mut canonical, method, write_resource, headers, additional);
        string_to_sign::finish(self.string_to_sign.clone(), &canonical.finish())
    }

    /// Writes the parameters in canonical order: the URL's query, without the signature, is the canonical query.
    pub(crate) fn write_query(&self, url: &mut impl Writer, request: &RequestRef<'_>, expiry: Expiry) {
        let own = &mut { request.query };
        if request.has_additional_headers() {
            write_before(url, own, "x-oss-additional-headers");
            url.put(b"x-oss-additional-headers=");
            write_additional_headers(&mut Escaping(url), request.additional_headers());
            url.put(b"&");
        }
        write_before(url, own, "x-oss-credential");
        self.put_credential(url);
        write_before(url, own, "x-oss-date");
        url.put(b"x-oss-date=");
        url.put(&self.date_time);
        url.put(b"&");
        write_before(url, own, "x-oss-expires");
        url.put(b"x-oss-expires=");
        url.put_decimal(expiry.seconds());
        url.put(b"&");
        write_before(url, own, "x-oss-security-token");
        self.put_security_token(url);
        write_before(url, own, "x-oss-signature-version");
        url.put(b"x-oss-signature-version=OSS4-HMAC-SHA256");
        for parameter in *own {
            url.put(b"&");
            write_parameter(url, parameter);
        }
    }

    fn put_credential(&self, url: &mut impl Writer) {
        #[cfg(feature = "alloc")]
        if let Some(cached) = &self.signer.cached {
            return url.put(&cached.credential);
        }
        self.signer.write_credential(url);
    }

    fn put_security_token(&self, url: &mut impl Writer) {
        #[cfg(feature = "alloc")]
        if let Some(cached) = &self.signer.cached {
            return url.put(&cached.security_token);
        }
        self.signer.write_security_token(url);
    }
}

/// Writes the request's own parameters that come before a signing parameter, each with the `&` after it: another
/// signing parameter always follows.
fn write_before(url: &mut impl Writer, own: &mut &[Parameter<'_>], next: &str) {
    while let [parameter, rest @ ..] = *own
        && compare_encoded(parameter.name.as_bytes(), next.as_bytes()).is_lt()
    {
        write_parameter(url, parameter);
        url.put(b"&");
        *own = rest;
    }
}

impl fmt::Debug for SignerAt<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerAt")
            .field("signer", self.signer)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket::Bucket;
    use crate::hex::lower_hex;
    use crate::object_key::ObjectKey;
    use crate::request::Request;
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
        let region = "x".repeat(64);
        for length in 1..=region.len() {
            let region = Region::new(&region[..length]).unwrap();
            let endpoint = Endpoint::public(region);
            for credentials in [credentials, credentials.with_security_token("fake/token").unwrap()] {
                for signer in
                    [Signer::new(&credentials, region, now), Signer::for_cloud_box(&credentials, region, now)]
                {
                    let cached = signer.clone().with_cached_parameters();
                    for request in [&plain, &special] {
                        for seconds in [1, 600, crate::MAX_EXPIRY_SECONDS] {
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
            for room in length..length + 300 {
                buffer.fill(b'x');
                let url = signer.presign(&request, &endpoint, now, expiry, &mut buffer[..room]).unwrap();
                assert_eq!(url.url(), expected, "{room}");
                assert!(buffer[length..].iter().all(|&byte| byte == b'x'), "{room}");
            }
            for room in 0..length {
                let result = signer.presign(&request, &endpoint, now, expiry, &mut buffer[..room]);
                assert_eq!(result.unwrap_err(), PresignError::BufferTooSmall { needed: length });
                assert!(buffer[..room].iter().all(|&byte| byte == 0));
            }
        }
    }
}
