//! Many URLs at once: keys under one time, one set of credentials and one description.
//!
//! URLs of a page differ in their key and in their signature. Everything else, of the URL and of the
//! canonical request, is written once, into a template; for each key it is copied.

use core::fmt;

use crate::canonical::{write_after_resource, write_before_resource};
use crate::encode::Position;
use crate::endpoint::Endpoint;
use crate::expiry::Expiry;
use crate::key::SigningKey;
use crate::method::Method;
use crate::object_key::ObjectKey;
use crate::output::{Buffer, Output};
use crate::presign_error::PresignError;
use crate::presigned::{SignerAt, check, finish_url, text_of, write_authority, write_path, written};
use crate::request::{Request, RequestView, bound_headers};
use crate::sha256::Sha256;
use crate::time::Timestamp;

/// Signs one description for any number of keys, at one second. Made by [`SignerAt::page`].
#[derive(Clone)]
pub struct PageSigner<'p> {
    /// The URL up to the key; its query, with a line feed before it; the canonical request after the query.
    template: &'p [u8],
    path_at: usize,
    key_at: usize,
    query_end: usize,
    /// What comes before the path in the canonical request.
    canonical: Sha256,
    /// What comes before the hash in the string to sign.
    string_to_sign: Sha256,
    signing_key: &'p SigningKey,
    request: RequestView<'p>,
    expires_at: Timestamp,
}

impl SignerAt<'_, '_> {
    /// Prepares URLs that differ in nothing but their key, such as those of a listing: each costs little more
    /// than the compressions of its signature.
    ///
    /// `request` describes them all: method, bucket, headers and query; whatever key it names is not used.
    /// The text that the URLs have in common is kept in `template`, which needs as many bytes as a URL without
    /// its key and its signature, and the canonical request's headers: 1 KB without a security token, mostly.
    ///
    /// ```
    /// # use oss_presign::*;
    /// # let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    /// # let region = Region::new("cn-hangzhou")?;
    /// # let now = Timestamp::from_unix(1_731_400_358)?;
    /// let signer = Signer::new(&credentials, region, now);
    /// let description: Request<'_> = Request::for_bucket(Method::Get, Bucket::new("examplebucket")?);
    /// let (at, mut template, mut buffer) = (signer.at(now)?, [0; 1024], [0; 1024]);
    /// let page = at.page(&description, &Endpoint::public(region), Expiry::secs(600)?, &mut template)?;
    /// for key in ["photos/1.jpg", "photos/2.jpg"] {
    ///     let url: &str = page.presign(ObjectKey::new(key)?, &mut buffer)?;
    ///     assert!(url.contains(key));
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`PresignError`], where the first of the URLs would be refused, where the description names no bucket
    /// or where the template has no room.
    pub fn page<'p, const CAPACITY: usize>(
        &'p self,
        request: &'p Request<'p, CAPACITY>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
        template: &'p mut [u8],
    ) -> Result<PageSigner<'p>, PresignError> {
        let request = RequestView { key: None, ..request.view() };
        if request.bucket.is_none() {
            return Err(PresignError::BucketMissing);
        }
        let expiry = check(&request, endpoint, self.now, expiry, self.signer.credentials_end)?;
        let mut text = Buffer::new(&mut *template);
        write_authority(&mut text, &request, endpoint);
        let path_at = text.length();
        write_path(&mut text, &request, endpoint);
        let key_at = text.length();
        text.put(b"\n");
        self.signer.write_query(&mut text, &request, &self.date_time, expiry.seconds());
        let query_end = text.length();
        write_after_resource(&mut text, &request, endpoint);
        let length = text.length();
        let template = written(template, length)?;
        let mut canonical = Sha256::new();
        write_before_resource(&mut canonical, &request, endpoint);
        Ok(PageSigner {
            template,
            path_at,
            key_at,
            query_end,
            canonical,
            string_to_sign: self.prefix.clone(),
            signing_key: &self.signer.key,
            request,
            expires_at: self.now.saturating_add(u64::from(expiry.seconds())),
        })
    }
}

impl<'p> PageSigner<'p> {
    /// Makes the presigned URL of a key in `buffer`: the same that [`SignerAt::presign`] makes.
    ///
    /// # Errors
    /// [`PresignError::BufferTooSmall`]; then the buffer holds no part of a URL.
    pub fn presign<'b>(&self, key: ObjectKey<'_>, buffer: &'b mut [u8]) -> Result<&'b str, PresignError> {
        Ok(text_of(self.sign(key, buffer)?))
    }

    fn sign<'b>(&self, key: ObjectKey<'_>, buffer: &'b mut [u8]) -> Result<&'b [u8], PresignError> {
        let piece = |from: usize, to: usize| self.template.get(from..to).unwrap_or_default();
        let mut url = Buffer::new(&mut *buffer);
        url.put(piece(0, self.key_at));
        url.put_encoded(key.as_str().as_bytes(), Position::Path);
        let key_end = url.length();
        url.put(piece(self.key_at, self.query_end));
        let query_end = url.length();
        // As in presigning a single URL, the line feed before the query is hashed, and becomes a question mark.
        let mut canonical = self.canonical.clone();
        canonical.update(buffer.get(self.path_at..query_end).unwrap_or_default());
        canonical.update(piece(self.query_end, self.template.len()));
        let hash = canonical.finish();
        finish_url(buffer, key_end, query_end, self.signing_key, &self.string_to_sign, &hash)
    }

    /// Makes the presigned URLs of a page, in the order of its keys.
    ///
    /// One allocation holds their text and one says where each ends; `page` may be used again, and then there
    /// is none.
    #[cfg(feature = "alloc")]
    pub fn presign_all<'k>(&self, keys: impl IntoIterator<Item = ObjectKey<'k>>, page: &mut PresignedPage) {
        let keys = keys.into_iter();
        let (expected, _) = keys.size_hint();
        // What is behind the last URL was zeros or a URL of the last page; both are overwritten.
        let mut text = core::mem::take(&mut page.text).into_bytes();
        page.ends.clear();
        page.ends.reserve(expected);
        // All of a URL but its key, and what most keys need; the text grows where keys are longer.
        let each = self.query_end + crate::presigned::SIGNATURE_BYTES + 128;
        if text.len() < expected * each {
            text.resize(expected * each, 0);
        }
        let mut end = 0;
        for key in keys {
            end += loop {
                match self.sign(key, text.get_mut(end..).unwrap_or_default()) {
                    Ok(url) => break url.len(),
                    Err(PresignError::BufferTooSmall { needed }) => text.resize(text.len() * 2 + needed, 0),
                    // A page that is prepared has no other reason to refuse.
                    Err(_) => break 0,
                }
            };
            page.ends.push(end);
        }
        page.text = alloc::string::String::from_utf8(text).unwrap_or_default();
    }

    /// The method that the URLs work with.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.request.method
    }

    /// The headers that must be sent with each URL, beside the host of the URL itself.
    pub fn headers(&self) -> impl Iterator<Item = (&'p str, &'p str)> + use<'p> {
        bound_headers(self.request.headers)
    }

    /// The second from which the URLs no longer work.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl fmt::Debug for PageSigner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageSigner")
            .field("method", &self.request.method)
            .field("bucket", &self.request.bucket)
            .field("expires_at", &format_args!("{}", self.expires_at))
            .finish_non_exhaustive()
    }
}

/// The presigned URLs of a page, one behind the other in one text.
#[cfg(feature = "alloc")]
#[derive(Clone, Default)]
pub struct PresignedPage {
    text: alloc::string::String,
    ends: alloc::vec::Vec<usize>,
}

#[cfg(feature = "alloc")]
impl PresignedPage {
    /// An empty page, to be filled by [`PageSigner::presign_all`].
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
        self.ends.iter().map(move |&end| {
            let url = self.text.get(begin..end).unwrap_or_default();
            begin = end;
            url
        })
    }
}

/// Says how many URLs there are, and shows none: whoever has one can use it.
#[cfg(feature = "alloc")]
impl fmt::Debug for PresignedPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresignedPage").field("len", &self.len()).finish_non_exhaustive()
    }
}
