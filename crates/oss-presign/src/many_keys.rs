//! Many presigned URLs that differ only in their object key and signature.
//!
//! All other text is written once, into a template, and copied for each key.

use core::fmt;

use crate::canonical_request::{signed_headers, write_after_resource, write_path, write_resource};
use crate::encode::Position;
use crate::endpoint::Endpoint;
use crate::expiry::Expiry;
use crate::method::Method;
use crate::object_key::ObjectKey;
use crate::presign_error::PresignError;
use crate::presigned_url::Places;
use crate::request::{RequestRef, RequestWithCapacity};
use crate::sha256::Sha256;
use crate::signing::{SIGNATURE_PARAMETER, SignerAt, complete_url};
use crate::string_to_sign;
use crate::time::Timestamp;
use crate::writer::{Buffer, Writer};

/// Signs URLs that differ only in their object key, at one second. Created by [`SignerAt::many_keys`].
#[derive(Clone)]
pub struct ManyKeysSigner<'p> {
    signer: &'p SignerAt<'p, 'p>,
    /// The part of the URL before the key.
    before_key: &'p [u8],
    /// The query, with a line feed before it and the parameter of the signature after it.
    after_key: &'p [u8],
    /// The part of the canonical request before the path of the URL.
    before_path: &'p [u8],
    /// The part of the canonical request after the query of the URL.
    after_query: &'p [u8],
    path_at: usize,
    request: RequestRef<'p>,
    expires_at: Timestamp,
}

impl SignerAt<'_, '_> {
    /// Prepares to sign URLs that differ only in their key, such as those for the objects of a listing. Each URL then costs
    /// little more than the hashing that its signature needs.
    ///
    /// `request` gives the method, bucket, headers and query of all URLs. A key that it names is not used. `template` stores
    /// the text that the URLs have in common: a URL without its key, and the signed headers. Usually that is less than 1 KB
    /// without a security token.
    ///
    /// ```
    /// # use oss_presign::*;
    /// # let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    /// # let region = Region::new("cn-hangzhou")?;
    /// # let now = Timestamp::from_unix(1_731_400_358)?;
    /// let (signer, endpoint) = (Signer::new(&credentials, region, now), Endpoint::public(region));
    /// let description = Request::for_bucket(Method::Get, Bucket::new("examplebucket")?);
    /// let (at, mut template, mut buffer) = (signer.at(now)?, [0; 1024], [0; 1024]);
    /// let urls = at.many_keys(&description, &endpoint, Expiry::secs(600)?, &mut template)?;
    /// for key in ["photos/1.jpg", "photos/2.jpg"] {
    ///     let url: &str = urls.presign(ObjectKey::new(key)?, &mut buffer)?;
    ///     assert!(url.contains(key));
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`PresignError`] if signing a URL would fail, if `request` names no bucket, or if `template` is too small.
    pub fn many_keys<'p, const CAPACITY: usize>(
        &'p self,
        request: &'p RequestWithCapacity<'p, CAPACITY>,
        endpoint: &'p Endpoint<'p>,
        expiry: Expiry,
        template: &'p mut [u8],
    ) -> Result<ManyKeysSigner<'p>, PresignError> {
        let request = RequestRef { key: None, ..request.as_request_ref() };
        if request.bucket.is_none() {
            return Err(PresignError::BucketMissing);
        }
        let expiry = self.second().check(&request, endpoint, expiry)?;
        let mut text = Buffer::new(template);
        endpoint.write_origin(request.bucket, &mut text);
        let path_at = text.length();
        write_path(&mut text, &request, endpoint);
        let key_at = text.length();
        text.put(b"\n");
        self.second().write_query(&mut text, &request, expiry);
        text.put(SIGNATURE_PARAMETER);
        let url_end = text.length();
        text.put(request.method.as_str().as_bytes());
        write_resource(&mut text, &request, endpoint, b"");
        let path_end = text.length();
        write_after_resource(&mut text, signed_headers(&request, endpoint), request.additional_headers());
        let template: &[u8] = text.finish()?;
        let part = |from: usize, to: usize| template.get(from..to).ok_or(PresignError::Internal);
        Ok(ManyKeysSigner {
            signer: self,
            before_key: part(0, key_at)?,
            after_key: part(key_at, url_end)?,
            before_path: part(url_end, path_end)?,
            after_query: part(path_end, template.len())?,
            path_at,
            request,
            expires_at: self.second().now.saturating_add(u64::from(expiry.seconds())),
        })
    }
}

impl<'p> ManyKeysSigner<'p> {
    /// Writes the presigned URL of a key to `buffer`. It is the same URL that [`SignerAt::presign`] writes.
    ///
    /// # Errors
    /// [`PresignError::BufferTooSmall`]. The buffer then contains no part of a URL.
    pub fn presign<'b>(&self, key: ObjectKey<'_>, buffer: &'b mut [u8]) -> Result<&'b str, PresignError> {
        let length = self.write_url(key, buffer)?;
        let url = buffer.get(..length).and_then(|url| core::str::from_utf8(url).ok());
        url.ok_or(PresignError::Internal)
    }

    /// Writes the URL of a key, and returns its length.
    fn write_url(&self, key: ObjectKey<'_>, buffer: &mut [u8]) -> Result<usize, PresignError> {
        let mut url = Buffer::new(buffer);
        url.put(self.before_key);
        url.put_encoded(key.as_str().as_bytes(), Position::Path);
        let query_at = url.length() + 1;
        url.put(self.after_key);
        let length = url.length();
        let query_end = length - SIGNATURE_PARAMETER.len();
        let places = Places { path_at: self.path_at, query_at, query_end, length };
        let url = url.finish()?;
        let mut canonical_request = Sha256::new();
        canonical_request.put(self.before_path);
        canonical_request.put(places.path_and_query(url)?);
        canonical_request.put(self.after_query);
        let string_to_sign = &mut self.signer.string_to_sign();
        complete_url(url, places, string_to_sign::finish(string_to_sign, &canonical_request.finish()))?;
        Ok(places.length)
    }

    /// Replaces the contents of `urls` by the presigned URLs of many keys, in their order.
    ///
    /// It allocates twice: for the text of all URLs, and for their positions. Filling the same `urls` again reuses both
    /// allocations.
    ///
    /// # Errors
    /// [`PresignError::Internal`]. `urls` is then empty.
    #[cfg(feature = "alloc")]
    pub fn presign_all<'k>(
        &self,
        keys: impl IntoIterator<Item = ObjectKey<'k>>,
        urls: &mut PresignedUrls,
    ) -> Result<(), PresignError> {
        let keys = keys.into_iter();
        let (expected, _) = keys.size_hint();
        // Bytes after the last URL are zeros or text of an earlier use; both are overwritten.
        let mut text = core::mem::take(&mut urls.text).into_bytes();
        urls.ends.clear();
        urls.ends.reserve(expected);
        // Enough for a URL with a key of 128 encoded bytes. The text grows for longer keys.
        let each = self.before_key.len() + self.after_key.len() + 128;
        if text.len() < expected * each {
            text.resize(expected * each, 0);
        }
        let (mut ends, mut end) = (core::mem::take(&mut urls.ends), 0);
        for key in keys {
            end += loop {
                let room = text.get_mut(end..).ok_or(PresignError::Internal)?;
                match self.write_url(key, room) {
                    Ok(length) => break length,
                    Err(PresignError::BufferTooSmall { needed }) => text.resize(text.len() * 2 + needed, 0),
                    Err(error) => return Err(error),
                }
            };
            ends.push(end);
        }
        let text = alloc::string::String::from_utf8(text).map_err(|_| PresignError::Internal)?;
        *urls = PresignedUrls { text, ends };
        Ok(())
    }

    /// Returns the method that the URLs were signed for.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.request.method
    }

    /// Iterates over the required headers of each URL. `host` is not one of them: every HTTP client sends the URL's.
    pub fn headers(&self) -> impl Iterator<Item = (&'p str, &'p str)> + Clone + use<'p> {
        self.request.required_headers()
    }

    /// Returns the time at which the URLs expire. From this second on they no longer work.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl fmt::Debug for ManyKeysSigner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManyKeysSigner")
            .field("method", &self.request.method)
            .field("bucket", &self.request.bucket)
            .field("expires_at", &format_args!("{}", self.expires_at))
            .finish_non_exhaustive()
    }
}

/// Presigned URLs of many keys, stored in one text.
#[cfg(feature = "alloc")]
#[derive(Clone, Default)]
pub struct PresignedUrls {
    text: alloc::string::String,
    ends: alloc::vec::Vec<usize>,
}

#[cfg(feature = "alloc")]
impl PresignedUrls {
    /// Creates an empty list, for [`ManyKeysSigner::presign_all`] to fill.
    #[must_use]
    pub const fn new() -> Self {
        Self { text: alloc::string::String::new(), ends: alloc::vec::Vec::new() }
    }

    /// Returns the number of URLs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns whether there are no URLs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Iterates over the URLs, in the order of the keys they were signed for.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        let mut begin = 0;
        self.ends.iter().map_while(move |&end| {
            let url = self.text.get(begin..end);
            begin = end;
            url
        })
    }
}

/// Shows only the number of URLs: each URL is a secret until it expires.
#[cfg(feature = "alloc")]
impl fmt::Debug for PresignedUrls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresignedUrls").field("len", &self.len()).finish_non_exhaustive()
    }
}
