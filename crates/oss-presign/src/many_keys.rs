//! Many URLs at once: keys under one time, one set of credentials and one description.
//!
//! These URLs differ in their key and in their signature. Everything else is written once, into a template; for each
//! key it is copied.

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
use crate::signing::{SIGNATURE_PARAMETER, SignerAt, sign_in_place};
use crate::time::Timestamp;
use crate::writer::{Buffer, Writer};

/// Signs one description for any number of keys, at one second. Made by [`SignerAt::many_keys`].
#[derive(Clone)]
pub struct ManyKeysSigner<'p> {
    signer: &'p SignerAt<'p, 'p>,
    /// The URL up to the key.
    before_key: &'p [u8],
    /// The query, with a line feed before it and the parameter of the signature after it.
    after_key: &'p [u8],
    /// The canonical request up to the path of the URL.
    before_path: &'p [u8],
    /// The canonical request after the query of the URL.
    after_query: &'p [u8],
    path_at: usize,
    request: RequestRef<'p>,
    expires_at: Timestamp,
}

impl SignerAt<'_, '_> {
    /// Prepares URLs that differ only in their key, such as those of a listing: each costs little more
    /// than the compressions of its signature.
    ///
    /// `request` describes them all: method, bucket, headers and query; whatever key it names is not used.
    /// The text that the URLs have in common is kept in `template`, which needs as many bytes as a URL without
    /// its key and the signed headers: mostly less than 1 KB without a security token.
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
    /// [`PresignError`], where the first of the URLs would be refused, where the description names no bucket
    /// or where the template has no room.
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
    /// Makes the presigned URL of a key in `buffer`: the same that [`SignerAt::presign`] makes.
    ///
    /// # Errors
    /// [`PresignError::BufferTooSmall`]; then the buffer holds no part of a URL.
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
        let string_to_sign = &mut self.signer.string_to_sign();
        sign_in_place(url.finish()?, places, string_to_sign, |path_and_query| {
            let mut canonical_request = Sha256::new();
            canonical_request.put(self.before_path);
            canonical_request.put(path_and_query);
            canonical_request.put(self.after_query);
            canonical_request.finish()
        })?;
        Ok(places.length)
    }

    /// Makes the presigned URLs of many keys, in their order.
    ///
    /// One allocation holds their text and one says where each ends; `urls` may be used again, and then there
    /// is none.
    ///
    /// # Errors
    /// [`PresignError::Internal`]; then `urls` is empty.
    #[cfg(feature = "alloc")]
    pub fn presign_all<'k>(
        &self,
        keys: impl IntoIterator<Item = ObjectKey<'k>>,
        urls: &mut PresignedUrls,
    ) -> Result<(), PresignError> {
        let keys = keys.into_iter();
        let (expected, _) = keys.size_hint();
        // What is after the last URL was zeros or a URL of the last use; both are overwritten.
        let mut text = core::mem::take(&mut urls.text).into_bytes();
        urls.ends.clear();
        urls.ends.reserve(expected);
        // All of a URL but its key, and what most keys need; the text grows where keys are longer.
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

    /// The method that the URLs work with.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.request.method
    }

    /// The headers that must be sent with each URL, beside the host of the URL itself.
    pub fn headers(&self) -> impl Iterator<Item = (&'p str, &'p str)> + use<'p> {
        self.request.required_headers()
    }

    /// The second from which the URLs no longer work.
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

/// Presigned URLs of many keys, one after the other in one text.
#[cfg(feature = "alloc")]
#[derive(Clone, Default)]
pub struct PresignedUrls {
    text: alloc::string::String,
    ends: alloc::vec::Vec<usize>,
}

#[cfg(feature = "alloc")]
impl PresignedUrls {
    /// No URL yet: [`ManyKeysSigner::presign_all`] fills it.
    #[must_use]
    pub const fn new() -> Self {
        Self { text: alloc::string::String::new(), ends: alloc::vec::Vec::new() }
    }

    /// How many URLs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The URLs, in the order of the keys.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        let mut begin = 0;
        self.ends.iter().map_while(move |&end| {
            let url = self.text.get(begin..end);
            begin = end;
            url
        })
    }
}

/// Says how many URLs there are, and shows none: whoever has one can use it.
#[cfg(feature = "alloc")]
impl fmt::Debug for PresignedUrls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresignedUrls").field("len", &self.len()).finish_non_exhaustive()
    }
}
