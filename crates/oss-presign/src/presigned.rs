//! Presigning: from a description to a URL that carries its signature.

use core::fmt;
use core::ops::Range;

use ascii::{AsAsciiStr, AsciiStr};

use crate::canonical::{
    path_carries_bucket, write_after_resource, write_before_resource, write_canonical_request,
};
use crate::credentials::{Credentials, WriteToken};
use crate::encode::{Position, lower_hex, write_lower_hex};
use crate::endpoint::{Endpoint, Scheme};
use crate::expiry::{CredentialsEnd, Expiry};
use crate::key::SigningKey;
use crate::method::Method;
use crate::output::{Buffer, Length, Output, Text};
use crate::presign_error::PresignError;
use crate::request::{Parameter, Request, RequestView, SIGNING_PARAMETERS, bound_headers};
use crate::scope::{Product, Region, Scope};
use crate::sha256::Sha256;
use crate::sign_small::sign as sign_small;
#[cfg(feature = "alloc")]
use crate::string_to_sign::DATE_TIME_AT;
use crate::string_to_sign::{write_prefix, write_scope};
use crate::time::Timestamp;

const VERSION_PARAMETER: &[u8] = b"x-oss-signature-version=OSS4-HMAC-SHA256";
pub(crate) const SIGNATURE_PARAMETER: &[u8] = b"&x-oss-signature=";
pub(crate) const SIGNATURE_BYTES: usize = SIGNATURE_PARAMETER.len() + 64;

/// Signs requests of one UTC day with one access key.
///
/// It holds the day's [`SigningKey`], so that a signature costs no derivation. On another day it refuses
/// with [`PresignError::StaleKey`]: make a new one.
#[derive(Clone)]
pub struct Signer<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) security_token: Option<&'a str>,
    pub(crate) write_token: Option<WriteToken>,
    pub(crate) credentials_end: Option<CredentialsEnd>,
    pub(crate) scope: Scope<'a>,
    pub(crate) key: SigningKey,
    #[cfg(feature = "alloc")]
    parameters: Option<Parameters>,
}

/// What is the same in every URL of a signer, encoded. The token is erased on drop.
#[cfg(feature = "alloc")]
#[derive(Clone)]
struct Parameters {
    /// `x-oss-credential`, and from `token_at` on `x-oss-security-token`.
    text: zeroize::Zeroizing<alloc::vec::Vec<u8>>,
    token_at: usize,
    /// The first block of the string to sign, at some second of the day.
    first_block: [u8; 64],
    /// What stands between that and the hash, and zeros.
    second_block: [u8; 64],
    prefix_length: usize,
    /// The length of a query of signing parameters alone, but for the digits of its expiry.
    query_length: usize,
}

#[cfg(feature = "alloc")]
impl Parameters {
    fn new(signer: &Signer<'_>) -> Self {
        // Room for the whole, so that no copy of the token is left behind by growing.
        let mut length = Length(0);
        signer.write_credential(&mut length);
        let token_at = length.0;
        signer.write_token(&mut length);
        let mut text = zeroize::Zeroizing::new(alloc::vec![0; length.0]);
        let mut buffer = Buffer::new(&mut text);
        signer.write_credential(&mut buffer);
        signer.write_token(&mut buffer);
        let mut prefix = [[0; 64]; 2];
        let mut buffer = Buffer::new(prefix.as_flattened_mut());
        write_prefix(&mut buffer, &[b'0'; 16], &signer.scope);
        let prefix_length = buffer.length();
        let [first_block, second_block] = prefix;
        let mut length = Length(0);
        signer.write_query(&mut length, &RequestView::EMPTY, &[0; 16], 0);
        Self { text, token_at, first_block, second_block, prefix_length, query_length: length.0 - 1 }
    }

    fn credential(&self) -> &[u8] {
        self.text.get(..self.token_at).unwrap_or_default()
    }

    fn token(&self) -> &[u8] {
        self.text.get(self.token_at..).unwrap_or_default()
    }

    /// The string to sign up to the hash, by one block where thirteen pieces are written otherwise. `None` for a
    /// region so long that it takes another block.
    fn prefix(&self, key: &SigningKey, date_time: &[u8; 16]) -> Option<Sha256> {
        let mut first_block = self.first_block;
        *first_block.get_mut(DATE_TIME_AT..)?.first_chunk_mut()? = *date_time;
        let pending = self.prefix_length.checked_sub(first_block.len())?;
        (pending < self.second_block.len())
            .then(|| key.start_with(&first_block, &self.second_block, self.prefix_length))
    }
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
        let mut signer = Self::with_key(credentials, scope, SigningKey::UNSET);
        signer.key.set(credentials.access_key_secret(), &scope);
        signer
    }

    /// Uses a key that was derived before, for the same secret and scope.
    #[must_use]
    pub const fn with_key(credentials: &Credentials<'a>, scope: Scope<'a>, key: SigningKey) -> Self {
        Self {
            access_key_id: credentials.access_key_id(),
            security_token: credentials.security_token(),
            write_token: credentials.write_token(),
            credentials_end: credentials.end(),
            scope,
            key,
            #[cfg(feature = "alloc")]
            parameters: None,
        }
    }

    /// The same, with the parameters that all its URLs share encoded once, in one allocation: access key id,
    /// scope and security token. Worth it for a signer that is kept; most of all, with a token.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn encode_once(self) -> Self {
        Self { parameters: Some(Parameters::new(&self)), ..self }
    }

    /// The scope that the key is good for.
    #[must_use]
    pub const fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// Fixes the signing time. Whoever signs several URLs in one second saves part of each.
    ///
    /// # Errors
    /// [`PresignError::StaleKey`] where `now` lies on another UTC day than the key.
    pub fn at(&self, now: Timestamp) -> Result<SignerAt<'_, 'a>, PresignError> {
        self.check_day(now)?;
        Ok(self.starting(now))
    }

    pub(crate) fn check_day(&self, now: Timestamp) -> Result<(), PresignError> {
        if self.scope.covers(now) {
            Ok(())
        } else {
            Err(PresignError::StaleKey { key_date: *self.scope.date(), now })
        }
    }

    /// What a second's signatures have in common, for a second of the key's day.
    fn starting(&self, now: Timestamp) -> SignerAt<'_, 'a> {
        let date_time = now.iso8601_basic_on(*self.scope.date());
        #[cfg(feature = "alloc")]
        if let Some(prefix) =
            self.parameters.as_ref().and_then(|parameters| parameters.prefix(&self.key, &date_time))
        {
            return SignerAt { signer: self, now, date_time, prefix };
        }
        let mut prefix = self.key.start();
        write_prefix(&mut prefix, &date_time, &self.scope);
        SignerAt { signer: self, now, date_time, prefix }
    }

    /// Makes a presigned URL in `buffer`. What lies behind the URL may be written over: headers that were signed.
    ///
    /// # Errors
    /// [`PresignError`]; on every error the buffer holds no part of a URL that could be taken for one.
    pub fn presign<'r, const CAPACITY: usize>(
        &'r self,
        request: &'r Request<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        now: Timestamp,
        expiry: Expiry,
        buffer: &'r mut [u8],
    ) -> Result<Presigned<'r>, PresignError> {
        if cfg!(target_pointer_width = "32") {
            // The hash of what a second's signatures have in common would only be one more on the stack.
            let view = request.view();
            let mut signed = SignedUrl::default();
            let expiry = sign_small(self, now, &view, endpoint, expiry, buffer, &mut signed)?;
            return Ok(signed.presigned(self, now, view, endpoint, expiry));
        }
        self.check_day(now)?;
        // Not `at`: an outcome that holds a hash would be one more copy of it on the stack.
        self.starting(now).presign(request, endpoint, expiry, buffer)
    }

    /// The exact length in bytes of the URL that [`Signer::presign`] would make.
    ///
    /// # Errors
    /// [`PresignError`], as signing itself.
    pub fn url_length<const CAPACITY: usize>(
        &self,
        request: &Request<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
        expiry: Expiry,
    ) -> Result<usize, PresignError> {
        let expiry = check(&request.view(), endpoint, now, expiry, self.credentials_end)?;
        let path_at = authority_length(&request.view(), endpoint);
        Ok(self.measure(&request.view(), endpoint, expiry, path_at))
    }

    /// Makes a presigned URL as a `String` of its own: one allocation of its length, or a little more where many
    /// headers are signed.
    ///
    /// # Errors
    /// [`PresignError`], but for a buffer that is too small.
    #[cfg(feature = "alloc")]
    pub fn presign_to_string<const CAPACITY: usize>(
        &self,
        request: &Request<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
        expiry: Expiry,
    ) -> Result<alloc::string::String, PresignError> {
        self.at(now)?.presign_to_string(request, endpoint, expiry)
    }

    fn measure(
        &self,
        request: &RequestView<'_>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
        path_at: usize,
    ) -> usize {
        let mut length = Length(path_at + SIGNATURE_BYTES);
        write_path(&mut length, request, endpoint);
        length.put(b"?");
        #[cfg(feature = "alloc")]
        if let Some(parameters) = &self.parameters
            && request.query.is_empty()
            && request.additional().is_none()
        {
            length.put_decimal(expiry.seconds());
            return length.0 + parameters.query_length;
        }
        // Every second has the same length.
        self.write_query(&mut length, request, &[0; 16], expiry.seconds());
        length.0
    }

    /// Writes the parameters in canonical order: the URL's query, without the signature, is the canonical
    /// query.
    pub(crate) fn write_query(
        &self,
        url: &mut impl Output,
        request: &RequestView<'_>,
        date_time: &[u8; 16],
        expires: u32,
    ) {
        let own = &mut { request.query };
        const { assert!(SIGNING_PARAMETERS.len() == 6) };
        write_before(url, own, 0);
        if let Some(additional) = request.additional() {
            additional.write_parameter(url);
        }
        write_before(url, own, 1);
        self.put_credential(url);
        write_before(url, own, 2);
        url.put(&date_parameter(date_time));
        write_before(url, own, 3);
        url.put(b"x-oss-expires=");
        url.put_decimal(expires);
        url.put(b"&");
        write_before(url, own, 4);
        self.put_token(url);
        write_before(url, own, 5);
        url.put(VERSION_PARAMETER);
        for parameter in *own {
            url.put(b"&");
            write_parameter(url, parameter.name, parameter.value);
        }
    }

    fn put_credential(&self, url: &mut impl Output) {
        #[cfg(feature = "alloc")]
        if let Some(parameters) = &self.parameters {
            return url.put(parameters.credential());
        }
        self.write_credential(url);
    }

    fn put_token(&self, url: &mut impl Output) {
        if self.security_token.is_none() {
            return;
        }
        #[cfg(feature = "alloc")]
        if let Some(parameters) = &self.parameters {
            return url.put(parameters.token());
        }
        self.write_token(url);
    }

    fn write_credential(&self, url: &mut impl Output) {
        url.put(b"x-oss-credential=");
        url.put_encoded(self.access_key_id.as_bytes(), Position::Query);
        url.put(b"%2F");
        write_scope(url, &self.scope, b"%2F");
        url.put(b"&");
    }

    fn write_token(&self, url: &mut impl Output) {
        if let Some(token) = self.security_token {
            write_token_parameter(url, token);
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
    pub(crate) prefix: Sha256,
}

impl fmt::Debug for SignerAt<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerAt")
            .field("signer", self.signer)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl<'s, 'a> SignerAt<'s, 'a> {
    /// Makes a presigned URL in `buffer`. What lies behind the URL may be written over: headers that were signed.
    ///
    /// # Errors
    /// [`PresignError`]; on every error the buffer holds no part of a URL that could be taken for one.
    pub fn presign<'r, const CAPACITY: usize>(
        &self,
        request: &'r Request<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        expiry: Expiry,
        buffer: &'r mut [u8],
    ) -> Result<Presigned<'r>, PresignError>
    where
        's: 'r,
    {
        let view = request.view();
        let expiry = check(&view, endpoint, self.now, expiry, self.signer.credentials_end)?;
        let path_at = authority_length(&view, endpoint);
        let signed = self.sign(&view, endpoint, expiry, path_at, buffer)?;
        Ok(signed.presigned(self.signer, self.now, view, endpoint, expiry))
    }

    /// Makes a presigned URL as a `String` of its own: one allocation of its length, or a little more where many
    /// headers are signed.
    ///
    /// # Errors
    /// [`PresignError`], but for a buffer that is too small.
    #[cfg(feature = "alloc")]
    pub fn presign_to_string<const CAPACITY: usize>(
        &self,
        request: &Request<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
    ) -> Result<alloc::string::String, PresignError> {
        let view = request.view();
        let expiry = check(&view, endpoint, self.now, expiry, self.signer.credentials_end)?;
        let path_at = authority_length(&view, endpoint);
        let length = self.signer.measure(&view, endpoint, expiry, path_at);
        // The end of the canonical request stands for a moment where the signature will, and some need a little more
        // room. An estimate is enough: where there is none, the pieces are hashed one by one.
        let headers: usize =
            view.headers.iter().map(|header| header.name.len() + header.value.len() + 2).sum();
        let canonical = length - SIGNATURE_BYTES + headers + "\n\n\nUNSIGNED-PAYLOAD".len();
        let room = length.max(canonical);
        #[expect(clippy::slow_vector_initialization, reason = "the allocator zeroes slower at this size")]
        let mut url = {
            let mut url = alloc::vec::Vec::with_capacity(room);
            url.resize(room, 0);
            url
        };
        self.sign(&view, endpoint, expiry, path_at, &mut url)?;
        url.truncate(length);
        Ok(alloc::string::String::from_utf8(url).unwrap_or_default())
    }

    #[cfg_attr(target_pointer_width = "32", inline(never))]
    fn sign<'b>(
        &self,
        request: &RequestView<'_>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
        path_at: usize,
        buffer: &'b mut [u8],
    ) -> Result<SignedUrl<'b>, PresignError> {
        if cfg!(target_pointer_width = "32") {
            let mut signed = SignedUrl::default();
            sign_small(self.signer, self.now, request, endpoint, expiry, buffer, &mut signed)?;
            return Ok(signed);
        }
        let begin = begin_in_place(buffer, path_at, request, endpoint);
        // The canonical text has a line feed where the URL has its question mark. Path and query are hashed where
        // they lie; only then the mark is set.
        let mut url = Buffer::behind(path_at, buffer);
        write_path(&mut url, request, endpoint);
        let mark_at = path_at + url.length();
        url.put(b"\n");
        self.signer.write_query(&mut url, request, &self.date_time, expiry.seconds());
        let query_end = path_at + url.length();
        let hash = match begin.and_then(|begin| finish_in_place(buffer, begin..query_end, request, endpoint))
        {
            Some(hash) => hash,
            None => canonical_hash(request, endpoint, buffer.get(path_at..query_end).unwrap_or_default()),
        };
        write_authority(&mut Buffer::new(&mut *buffer), request, endpoint);
        let url = finish_url(buffer, mark_at, query_end, &self.signer.key, &self.prefix, &hash)?;
        Ok(SignedUrl { url, path_at, query_at: mark_at + 1 })
    }
}

/// Sets the question mark, and the signature behind the query. Whatever does not wait for the hash of the canonical
/// request comes before what does: a processor does it while it still computes the hash.
pub(crate) fn finish_url<'b>(
    buffer: &'b mut [u8],
    mark_at: usize,
    query_end: usize,
    key: &SigningKey,
    prefix: &Sha256,
    hash: &[u8; 32],
) -> Result<&'b [u8], PresignError> {
    if let Some(mark) = buffer.get_mut(mark_at) {
        *mark = b'?';
    }
    Buffer::behind(query_end, buffer).put(SIGNATURE_PARAMETER);
    let signature = key.finish_with(prefix, hash);
    let end = buffer.get_mut(query_end + SIGNATURE_PARAMETER.len()..).unwrap_or_default();
    if let Some(end) = end.first_chunk_mut() {
        write_lower_hex(&signature, end);
    }
    written(buffer, query_end + SIGNATURE_BYTES)
}

/// What was written into a buffer; or, where it found no room, how much it would have been. Then the buffer is
/// cleared, so that nobody takes half a URL for a whole one.
pub(crate) fn written(bytes: &mut [u8], length: usize) -> Result<&[u8], PresignError> {
    if length > bytes.len() {
        bytes.fill(0);
        return Err(PresignError::BufferTooSmall { needed: length });
    }
    let bytes: &[u8] = bytes;
    Ok(bytes.get(..length).unwrap_or_default())
}

/// Writes what comes before the path in the canonical request to where the authority will stand, and gives the place
/// where it begins. With path, query and what comes behind them it is one text then, which is hashed faster than
/// many pieces. `None` where the authority is shorter.
fn begin_in_place(
    buffer: &mut [u8],
    path_at: usize,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
) -> Option<usize> {
    let mut before = Length(0);
    write_before_resource(&mut before, request, endpoint);
    let begin = path_at.checked_sub(before.0)?;
    write_before_resource(&mut Buffer::behind(begin, buffer), request, endpoint);
    Some(begin)
}

/// The hash of the canonical request that was begun, with what comes behind the query: it stands for a moment where
/// the signature will. `None` where there is no room for it.
fn finish_in_place(
    buffer: &mut [u8],
    begun: Range<usize>,
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
) -> Option<[u8; 32]> {
    let mut after = Buffer::behind(begun.end, buffer);
    write_after_resource(&mut after, request, endpoint);
    let end = begun.end + after.length();
    buffer.get(begun.start..end).map(Sha256::digest)
}

/// The same in pieces. Apart, because it is rarely wanted.
#[inline(never)]
fn canonical_hash(request: &RequestView<'_>, endpoint: &Endpoint<'_>, resource: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    write_canonical_request(&mut hash, request, endpoint, &[resource]);
    hash.finish()
}

#[derive(Default)]
pub(crate) struct SignedUrl<'b> {
    pub(crate) url: &'b [u8],
    pub(crate) path_at: usize,
    pub(crate) query_at: usize,
}

impl<'r> SignedUrl<'r> {
    fn presigned(
        self,
        signer: &'r Signer<'_>,
        now: Timestamp,
        request: RequestView<'r>,
        endpoint: &'r Endpoint<'r>,
        expiry: Expiry,
    ) -> Presigned<'r> {
        Presigned {
            url: text_of(self.url),
            host_at: endpoint.scheme().prefix().len(),
            path_at: self.path_at,
            query_at: self.query_at,
            request,
            endpoint,
            scope: &signer.scope,
            now,
            expiry,
        }
    }
}

/// Refuses what only request, endpoint and time together can show, and gives the effective life.
pub(crate) fn check(
    request: &RequestView<'_>,
    endpoint: &Endpoint<'_>,
    now: Timestamp,
    expiry: Expiry,
    credentials_end: Option<CredentialsEnd>,
) -> Result<Expiry, PresignError> {
    if let Some(additional) = request.additional() {
        additional.check(request, endpoint)?;
    }
    expiry.effective(now, credentials_end)
}

pub(crate) fn write_authority(url: &mut impl Output, request: &RequestView<'_>, endpoint: &Endpoint<'_>) {
    url.put(endpoint.scheme().prefix().as_bytes());
    endpoint.write_host(request.bucket, url);
}

/// A URL as text. It is ASCII, and to check that costs less than to check UTF-8.
pub(crate) fn text_of(url: &[u8]) -> &str {
    url.as_ascii_str().map(AsciiStr::as_str).unwrap_or_default()
}

/// Where the path begins.
fn authority_length(request: &RequestView<'_>, endpoint: &Endpoint<'_>) -> usize {
    let mut length = Length(0);
    write_authority(&mut length, request, endpoint);
    length.0
}

pub(crate) fn write_path(url: &mut impl Output, request: &RequestView<'_>, endpoint: &Endpoint<'_>) {
    url.put(b"/");
    if let (true, Some(bucket)) = (path_carries_bucket(endpoint), request.bucket) {
        url.put(bucket.as_str().as_bytes());
        url.put(b"/");
    }
    if let Some(key) = request.key {
        url.put_encoded(key.as_str().as_bytes(), Position::Path);
    }
}

/// `x-oss-date`, with the ampersand that follows it.
fn date_parameter(date_time: &[u8; 16]) -> [u8; 28] {
    let mut parameter = *b"x-oss-date=YYYYMMDDTHHMMSSZ&";
    if let Some(place) = parameter.get_mut(11..).and_then(<[u8]>::first_chunk_mut) {
        *place = *date_time;
    }
    parameter
}

/// Writes the request's own parameters that come before the signing parameter of that rank. At least one signing
/// parameter follows, so each of them ends in `&`.
#[inline]
fn write_before(url: &mut impl Output, own: &mut &[Parameter<'_>], rank: usize) {
    while let [parameter, rest @ ..] = *own
        && usize::from(parameter.rank) <= rank
    {
        write_parameter(url, parameter.name, parameter.value);
        url.put(b"&");
        *own = rest;
    }
}

pub(crate) fn write_token_parameter(url: &mut impl Output, token: &str) {
    url.put(b"x-oss-security-token=");
    url.put_encoded(token.as_bytes(), Position::Query);
    url.put(b"&");
}

#[inline(never)]
pub(crate) fn write_parameter(url: &mut impl Output, name: &str, value: &str) {
    url.put_encoded(name.as_bytes(), Position::Query);
    if !value.is_empty() {
        url.put(b"=");
        url.put_encoded(value.as_bytes(), Position::Query);
    }
}

/// A presigned URL and the obligations of whoever uses it.
#[derive(Clone, Copy)]
pub struct Presigned<'r> {
    url: &'r str,
    host_at: usize,
    path_at: usize,
    query_at: usize,
    request: RequestView<'r>,
    endpoint: &'r Endpoint<'r>,
    scope: &'r Scope<'r>,
    now: Timestamp,
    expiry: Expiry,
}

impl<'r> Presigned<'r> {
    /// The method that the URL works with.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.request.method
    }

    /// The URL. A secret while it lives: whoever has it can use it.
    #[must_use]
    pub const fn url(&self) -> &'r str {
        self.url
    }

    /// The scheme of the URL.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.endpoint.scheme()
    }

    /// The host of the URL, with its port where that is not the scheme's own: the `Host` header.
    #[must_use]
    pub fn host(&self) -> &'r str {
        self.url.get(self.host_at..self.path_at).unwrap_or_default()
    }

    /// Path and query of the URL: the request target of HTTP/1.1 (RFC 9112, section 3.2.1).
    #[must_use]
    pub fn target(&self) -> &'r str {
        self.url.get(self.path_at..).unwrap_or_default()
    }

    /// The headers that must be sent with the URL, beside the host of the URL itself.
    pub fn headers(&self) -> impl Iterator<Item = (&'r str, &'r str)> + Clone + use<'r> {
        bound_headers(self.request.headers)
    }

    /// The second from which the URL no longer works.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.now.saturating_add(self.expiry.seconds() as u64)
    }

    /// The signature: 64 lower-case hex digits.
    #[must_use]
    pub fn signature(&self) -> &'r str {
        self.url.len().checked_sub(64).and_then(|at| self.url.get(at..)).unwrap_or_default()
    }

    /// Writes the canonical request that was signed. It holds the security token where there is one.
    ///
    /// # Errors
    /// That of the writer.
    pub fn write_canonical_request(&self, writer: &mut dyn fmt::Write) -> fmt::Result {
        let mut text = Text::new(writer);
        self.canonical_request_into(&mut text);
        text.result
    }

    /// Writes the string to sign that was signed.
    ///
    /// # Errors
    /// That of the writer.
    pub fn write_string_to_sign(&self, writer: &mut dyn fmt::Write) -> fmt::Result {
        let mut hash = Sha256::new();
        self.canonical_request_into(&mut hash);
        let mut text = Text::new(writer);
        write_prefix(&mut text, &self.now.iso8601_basic_on(*self.scope.date()), self.scope);
        text.put(&lower_hex(&hash.finish()));
        text.result
    }

    fn canonical_request_into(&self, output: &mut impl Output) {
        let path = self.url.get(self.path_at..self.query_at.saturating_sub(1)).unwrap_or_default();
        let query_end = self.url.len().saturating_sub(SIGNATURE_BYTES);
        let query = self.url.get(self.query_at..query_end).unwrap_or_default();
        let resource = [path.as_bytes(), b"\n", query.as_bytes()];
        write_canonical_request(output, &self.request, self.endpoint, &resource);
    }
}

impl fmt::Debug for Presigned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let readable = self.url.get(..self.query_at).unwrap_or_default();
        f.debug_struct("Presigned")
            .field("method", &self.request.method)
            .field("url", &format_args!("{readable}[redacted]"))
            .field("expires_at", &format_args!("{}", self.expires_at()))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket::Bucket;
    use crate::expiry::MAX_EXPIRY_SECONDS;
    use crate::object_key::ObjectKey;
    use std::format;

    /// Regions of every length, so that the string to sign takes one block and more.
    #[test]
    fn what_is_encoded_once_is_what_is_encoded_each_time() {
        let credentials = Credentials::new("fake-access-key+id", "fake-access-key-secret").unwrap();
        let now = Timestamp::from_unix(1_731_400_358).unwrap();
        let key = ObjectKey::new("a b.txt").unwrap();
        let plain: Request<'_> = Request::put(Bucket::new("examplebucket").unwrap(), key);
        let special = plain.clone().sign_host().unwrap().query("x-oss-process", Some("a")).unwrap();
        let region = format!("r{}", "x".repeat(63));
        for length in 1..=region.len() {
            let region = Region::new(&region[..length]).unwrap();
            let endpoint = Endpoint::public(region);
            for credentials in [credentials, credentials.with_security_token("fake/token").unwrap()] {
                for signer in
                    [Signer::new(&credentials, region, now), Signer::for_cloud_box(&credentials, region, now)]
                {
                    let once = signer.clone().encode_once();
                    for request in [&plain, &special] {
                        for seconds in [1, 600, MAX_EXPIRY_SECONDS] {
                            let expiry = Expiry::secs(seconds).unwrap();
                            let mut buffer = [0; 1024];
                            let url = signer.presign(request, &endpoint, now, expiry, &mut buffer).unwrap();
                            let owned = once.presign_to_string(request, &endpoint, now, expiry).unwrap();
                            assert_eq!(url.url(), owned);
                        }
                    }
                }
            }
        }
    }

    /// The canonical request is hashed in place where there is room, and in pieces where there is not.
    #[test]
    fn the_signature_is_the_same_in_any_room() {
        let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        let (now, region) =
            (Timestamp::from_unix(1_731_400_358).unwrap(), Region::new("cn-hangzhou").unwrap());
        let signer = Signer::new(&credentials, region, now);
        let bucket = Bucket::new("a-bucket-of-sixty-three-bytes-which-is-the-longest-name-we-have").unwrap();
        let value = "v".repeat(200);
        let request: Request<'_> = Request::put(bucket, ObjectKey::new("a").unwrap());
        let request = request.header("x-oss-meta-a", &value).unwrap();
        let expiry = Expiry::secs(600).unwrap();
        for endpoint in [Endpoint::cname("a.cn").unwrap(), Endpoint::public(region)] {
            let mut buffer = [0; 2048];
            let url = signer.presign(&request, &endpoint, now, expiry, &mut buffer).unwrap();
            let mut canonical = std::string::String::new();
            url.write_string_to_sign(&mut canonical).unwrap();
            let mut message = signer.key.start();
            message.update(canonical.as_bytes());
            let code = signer.key.finish(&mut message);
            assert_eq!(url.signature().as_bytes(), lower_hex(&code));
            let length = url.url().len();
            let expected = std::string::String::from(url.url());
            for room in length..length + 300 {
                let url = signer.presign(&request, &endpoint, now, expiry, &mut buffer[..room]).unwrap();
                assert_eq!(url.url(), expected, "{room}");
            }
            for room in 0..length {
                let result = signer.presign(&request, &endpoint, now, expiry, &mut buffer[..room]);
                assert_eq!(result.unwrap_err(), PresignError::BufferTooSmall { needed: length });
                assert!(buffer[..room].iter().all(|&byte| byte == 0));
            }
        }
    }

    #[test]
    fn a_buffer_that_is_too_small_is_cleared() {
        let mut bytes = *b"abcd";
        assert_eq!(written(&mut bytes, 4), Ok(&b"abcd"[..]));
        assert_eq!(written(&mut bytes, 6), Err(PresignError::BufferTooSmall { needed: 6 }));
        assert_eq!(bytes, [0; 4]);
    }
}
