//! Signing by header: an `Authorization` header and the headers that must be sent with it.

use crate::authorized::Authorized;
use crate::canonical_request::{
    check_additional_headers, check_region, hash_canonical_request, write_additional_headers, write_path,
    write_resource,
};
use crate::endpoint::Endpoint;
use crate::expiry::check_credentials_alive;
use crate::presign_error::PresignError;
use crate::query::write_parameter;
use crate::request::{RequestRef, RequestWithCapacity};
use crate::sha256::Mac;
use crate::signer::Signer;
use crate::signer_headers::SignerHeaders;
use crate::signing::{Second, SignerAt};
use crate::string_to_sign::{self, ALGORITHM, write_scope};
use crate::time::Timestamp;
use crate::writer::{Buffer, Writer};

impl Signer<'_> {
    /// Signs a request by header: the `Authorization` value, the date and the URL are written to `buffer`.
    ///
    /// Such a signature has no lifetime of its own: OSS accepts it for fifteen minutes before and after `now`.
    ///
    /// # Errors
    /// [`PresignError`]. After an error the buffer contains nothing that could be mistaken for a signature.
    pub fn sign_header<'r, const CAPACITY: usize>(
        &'r self,
        request: &'r RequestWithCapacity<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        now: Timestamp,
        buffer: &'r mut [u8],
    ) -> Result<Authorized<'r>, PresignError> {
        let second = Second::new(&self.signatory, now)?;
        let mut string_to_sign = self.key.start();
        second.write_before_hash(&mut string_to_sign);
        second.sign_header(&mut string_to_sign, request.as_request_ref(), endpoint, buffer)
    }

    /// Signs a request by header, as a value of its own.
    ///
    /// # Errors
    /// Any [`PresignError`] except [`BufferTooSmall`](PresignError::BufferTooSmall).
    #[cfg(feature = "alloc")]
    pub fn sign_header_to_owned<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
    ) -> Result<crate::AuthorizedRequest, PresignError> {
        self.at(now)?.sign_header_to_owned(request, endpoint)
    }
}

impl<'s> SignerAt<'s, '_> {
    /// Signs a request by header: the `Authorization` value, the date and the URL are written to `buffer`.
    ///
    /// # Errors
    /// [`PresignError`]. After an error the buffer contains nothing that could be mistaken for a signature.
    pub fn sign_header<'r, const CAPACITY: usize>(
        &self,
        request: &'r RequestWithCapacity<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        buffer: &'r mut [u8],
    ) -> Result<Authorized<'r>, PresignError>
    where
        's: 'r,
    {
        self.second().sign_header(&mut self.string_to_sign(), request.as_request_ref(), endpoint, buffer)
    }

    /// Signs a request by header, as a value of its own.
    ///
    /// # Errors
    /// Any [`PresignError`] except [`BufferTooSmall`](PresignError::BufferTooSmall).
    #[cfg(feature = "alloc")]
    pub fn sign_header_to_owned<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
    ) -> Result<crate::AuthorizedRequest, PresignError> {
        let needed = match self.sign_header(request, endpoint, &mut []) {
            Err(PresignError::BufferTooSmall { needed }) => needed,
            Err(error) => return Err(error),
            Ok(_) => return Err(PresignError::Internal),
        };
        let mut buffer = alloc::vec![0; needed];
        self.sign_header(request, endpoint, &mut buffer).map(|authorized| (&authorized).into())
    }
}

/// Positions of what signing by header writes, in bytes from the start of the buffer. The date is before the URL, and the
/// `Authorization` value after it.
#[derive(Clone, Copy)]
pub(crate) struct HeaderPlaces {
    url_at: usize,
    path_at: usize,
    /// The position of the question mark, or of the line feed in its place.
    mark_at: usize,
    query_end: usize,
    length: usize,
}

impl<'s> Second<'s, '_> {
    fn sign_header<'r>(
        self,
        string_to_sign: &mut Mac,
        request: RequestRef<'r>,
        endpoint: &'r Endpoint<'r>,
        buffer: &'r mut [u8],
    ) -> Result<Authorized<'r>, PresignError>
    where
        's: 'r,
    {
        let (places, canonical_hash) = self.write_unsigned_header(&request, endpoint, buffer)?;
        let signature = string_to_sign::finish(string_to_sign, &canonical_hash);
        self.complete_header(buffer, places, signature, request, endpoint)
    }

    /// Writes the date, the URL, and the `Authorization` value with zeros in place of the signature. Returns the positions
    /// of these texts, and the hash of the canonical request.
    pub(crate) fn write_unsigned_header(
        &self,
        request: &RequestRef<'_>,
        endpoint: &Endpoint<'_>,
        buffer: &mut [u8],
    ) -> Result<(HeaderPlaces, [u8; 32]), PresignError> {
        check_region(endpoint, self.signatory.scope().region())?;
        check_additional_headers(request, endpoint)?;
        check_credentials_alive(self.now, self.signatory.credentials_expire_at())?;
        let mut text = Buffer::new(buffer);
        text.put(&self.date_time);
        let url_at = text.length();
        endpoint.write_origin(request.bucket, &mut text);
        let path_at = text.length();
        write_path(&mut text, request, endpoint);
        // As in the canonical request, which is hashed from this text. Then `?` replaces the line feed, or the URL is cut here.
        let mark_at = text.length();
        text.put(b"\n");
        write_query(&mut text, request);
        let query_end = text.length();
        self.write_authorization(&mut text, request);
        text.put(&[b'0'; 64]);
        let places = HeaderPlaces { url_at, path_at, mark_at, query_end, length: text.length() };
        let text = text.finish()?;
        let date_time = core::str::from_utf8(&self.date_time).map_err(|_| PresignError::Internal)?;
        let path_and_query = text.get(path_at..query_end).ok_or(PresignError::Internal)?;
        let added = SignerHeaders { date_time, security_token: self.signatory.security_token() };
        let canonical_hash = hash_canonical_request(
            request.method.as_str(),
            |canonical| write_resource(canonical, request, endpoint, path_and_query),
            added.merged_with(request, endpoint),
            request.additional_headers(),
        );
        Ok((places, canonical_hash))
    }

    /// Completes what [`write_unsigned_header`](Self::write_unsigned_header) wrote.
    pub(crate) fn complete_header<'r>(
        self,
        buffer: &'r mut [u8],
        HeaderPlaces { url_at, path_at, mark_at, query_end, length }: HeaderPlaces,
        signature: [u8; 64],
        request: RequestRef<'r>,
        endpoint: &'r Endpoint<'r>,
    ) -> Result<Authorized<'r>, PresignError>
    where
        's: 'r,
    {
        let text = buffer.get_mut(..length).ok_or(PresignError::Internal)?;
        let (rest, place) = text.split_last_chunk_mut().ok_or(PresignError::Internal)?;
        *place = signature;
        *rest.get_mut(mark_at).ok_or(PresignError::Internal)? = b'?';
        let url_end = if request.query.is_empty() { mark_at } else { query_end };
        let host_at = url_at + endpoint.scheme().prefix().len();
        let text = core::str::from_utf8(text).map_err(|_| PresignError::Internal)?;
        let part = |from: usize, to: usize| text.get(from..to).ok_or(PresignError::Internal);
        Ok(Authorized {
            url: part(url_at, url_end)?,
            host: part(host_at, path_at)?,
            target: part(path_at, url_end)?,
            authorization: part(query_end, text.len())?,
            signature: part(text.len() - 64, text.len())?,
            added: SignerHeaders {
                date_time: part(0, url_at)?,
                security_token: self.signatory.security_token(),
            },
            request,
            endpoint,
            scope: self.signatory.scope(),
            now: self.now,
        })
    }

    /// Writes the value of the `Authorization` header up to the hex digits of the signature.
    fn write_authorization(&self, writer: &mut impl Writer, request: &RequestRef<'_>) {
        writer.put(ALGORITHM.as_bytes());
        writer.put(b" Credential=");
        writer.put(self.signatory.access_key_id().as_bytes());
        writer.put(b"/");
        write_scope(writer, self.signatory.scope(), b"/");
        if request.has_additional_headers() {
            writer.put(b",AdditionalHeaders=");
            write_additional_headers(writer, request.additional_headers());
        }
        writer.put(b",Signature=");
    }
}

fn write_query(url: &mut impl Writer, request: &RequestRef<'_>) {
    let mut separator: &[u8] = b"";
    for parameter in request.query {
        url.put(separator);
        write_parameter(url, parameter);
        separator = b"&";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical_request::{CONTENT_SHA256, UNSIGNED_PAYLOAD};
    use crate::expiry::ExpiryError;
    use crate::{Bucket, Credentials, ObjectKey, Region, Request, Scheme};
    use std::string::String;
    use std::vec::Vec;

    const NOW: Timestamp = Timestamp::MAX;

    fn signer<'a>(token: Option<&'a str>) -> Signer<'a> {
        let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap();
        let credentials = match token {
            Some(token) => credentials.with_security_token(token).unwrap(),
            None => credentials,
        };
        Signer::new(&credentials, Region::new("cn-hangzhou").unwrap(), NOW)
    }

    fn put<'a>() -> Request<'a> {
        Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("ü +1.jpg").unwrap())
    }

    #[test]
    fn headers_to_send() {
        let mut request = put();
        request
            .content_type("image/jpeg")
            .and_then(|request| request.header("Content-Length", "5"))
            .and_then(|request| request.additional_header("content-length"))
            .and_then(|request| request.header("not-signed", "x"))
            .and_then(|request| request.sign_host())
            .unwrap();
        let (signer, endpoint) = (signer(Some("fake-token")), Endpoint::accelerate());
        let mut buffer = [0; 1024];
        let authorized = signer.sign_header(&request, &endpoint, NOW, &mut buffer).unwrap();
        let authorization = authorized.authorization();
        let expected = "OSS4-HMAC-SHA256 Credential=fake-access-key-id/99991231/cn-hangzhou/oss/aliyun_v4_request,\
                        AdditionalHeaders=content-length;host,Signature=";
        assert_eq!(authorization.strip_suffix(authorized.signature()), Some(expected));
        let headers: Vec<_> = authorized.headers().collect();
        assert_eq!(
            headers,
            [
                ("authorization", authorization),
                ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
                ("x-oss-date", "99991231T235959Z"),
                ("x-oss-security-token", "fake-token"),
                ("Content-Length", "5"),
                ("content-type", "image/jpeg"),
            ]
        );
    }

    #[test]
    fn url_in_parts() {
        let endpoint = Endpoint::path_style("http://127.0.0.1:9000").unwrap();
        let (signer, mut buffer) = (signer(None), [0; 1024]);
        let request = put();
        let bare = signer.sign_header(&request, &endpoint, NOW, &mut buffer).unwrap();
        assert_eq!(bare.url(), "http://127.0.0.1:9000/examplebucket/%C3%BC%20%2B1.jpg");
        let mut request = put();
        request.query("b", Some("1 2")).unwrap().query("a", None).unwrap();
        let mut buffer = [0; 1024];
        let authorized = signer.sign_header(&request, &endpoint, NOW, &mut buffer).unwrap();
        assert_eq!(authorized.scheme(), Scheme::Http);
        assert_eq!(authorized.host(), "127.0.0.1:9000");
        assert_eq!(authorized.target(), "/examplebucket/%C3%BC%20%2B1.jpg?a&b=1%202");
    }

    /// The table in SIGNING: a presigned URL honours the caller's value, a header does not.
    #[test]
    fn hash_of_the_body_is_always_unsigned_payload() {
        let (signer, endpoint) = (signer(None), Endpoint::accelerate());
        let sign = |request: &Request<'_>| {
            let mut buffer = [0; 1024];
            let authorized = signer.sign_header(request, &endpoint, NOW, &mut buffer).unwrap();
            let sent = authorized.headers().filter(|(name, _)| name.eq_ignore_ascii_case(CONTENT_SHA256));
            assert!(sent.map(|(_, value)| value).eq([UNSIGNED_PAYLOAD]));
            String::from(authorized.authorization())
        };
        let mut given = put();
        given.header("X-Oss-Content-SHA256", "e3b0c442").unwrap();
        assert_eq!(sign(&given), sign(&put()));
    }

    #[test]
    fn refusals() {
        let endpoint = Endpoint::accelerate();
        let mut buffer = [b'x'; 100];
        let needed = match signer(None).sign_header(&put(), &endpoint, NOW, &mut buffer) {
            Err(PresignError::BufferTooSmall { needed }) => needed,
            other => panic!("{other:?}"),
        };
        assert_eq!(buffer, [0; 100]);
        let mut buffer = std::vec![0; needed];
        assert!(signer(None).sign_header(&put(), &endpoint, NOW, &mut buffer).is_ok());
        let before = Timestamp::from_unix(NOW.unix() - 86_400).unwrap();
        assert!(matches!(
            signer(None).sign_header(&put(), &endpoint, before, &mut buffer),
            Err(PresignError::StaleKey { .. })
        ));
        let mut missing = put();
        missing.additional_header("range").unwrap();
        assert!(matches!(
            signer(None).sign_header(&missing, &endpoint, NOW, &mut buffer),
            Err(PresignError::AdditionalHeaderMissing { .. })
        ));
        let ended =
            Credentials::new("fake-access-key-id", "fake-access-key-secret").unwrap().expiring_at(NOW);
        let ended = Signer::new(&ended, Region::new("cn-hangzhou").unwrap(), NOW);
        assert_eq!(
            ended.sign_header(&put(), &endpoint, NOW, &mut buffer).err(),
            Some(PresignError::Expiry(ExpiryError::CredentialsExpired { at: NOW, now: NOW }))
        );
    }

    #[test]
    fn debug_shows_neither_token_nor_signature() {
        let (signer, endpoint, request) = (signer(Some("fake-token")), Endpoint::accelerate(), put());
        let mut buffer = [0; 1024];
        let authorized = signer.sign_header(&request, &endpoint, NOW, &mut buffer).unwrap();
        let shown = std::format!("{authorized:?}");
        assert!(!shown.contains("fake-token") && !shown.contains(authorized.signature()), "{shown}");
    }
}
