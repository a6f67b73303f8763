//! One request on its way to a presigned URL.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};

use oss_presign::{
    AuthorizedRequest, Bucket, Endpoint, Expiry, ExpiryError, Method, ObjectKey, PresignedRequest,
    RequestWithCapacity, Timestamp,
};
use smallvec::SmallVec;

use crate::Error;
use crate::clock;
use crate::presigner::Presigner;
use crate::signing::{Authorize, PresignInto, PresignOwned, PresignUrl, Sign, Signing};

/// Most requests fit here, and a small description is cheaper to build.
const FEW: usize = 8;
/// More headers, parameters or additional headers than this are refused.
const MANY: usize = 64;

/// A request that is described step by step and then signed. What is wrong with it is said when it is signed.
#[derive(Clone)]
#[must_use = "a description does nothing until it is signed"]
pub struct RequestBuilder<'a> {
    presigner: &'a Presigner,
    method: Method,
    bucket: Option<&'a str>,
    key: Option<&'a str>,
    headers: SmallVec<[(Cow<'a, str>, Cow<'a, str>); 4]>,
    query: SmallVec<[(&'a str, Option<&'a str>); 4]>,
    additional: SmallVec<[&'a str; 2]>,
    endpoint: Option<Endpoint<'a>>,
    life: Life,
    clamp: bool,
    allow_dot_segments: bool,
}

#[derive(Clone, Copy)]
enum Life {
    For(Duration),
    Until(SystemTime),
}

impl<'a> RequestBuilder<'a> {
    pub(crate) fn new(
        presigner: &'a Presigner,
        method: Method,
        bucket: Option<&'a str>,
        key: Option<&'a str>,
    ) -> Self {
        let settings = presigner.settings();
        Self {
            presigner,
            method,
            bucket,
            key,
            headers: SmallVec::new(),
            query: SmallVec::new(),
            additional: SmallVec::new(),
            endpoint: None,
            life: Life::For(settings.default_expiry),
            clamp: settings.clamp,
            allow_dot_segments: false,
        }
    }

    /// Binds the media type of the body: the sender must send this `Content-Type`.
    pub fn content_type(self, media_type: &'a str) -> Self {
        self.header("content-type", media_type)
    }

    /// Binds the MD5 of the body, in base64: the sender must send this `Content-MD5`.
    pub fn content_md5(self, md5: &'a str) -> Self {
        self.header("content-md5", md5)
    }

    /// Binds the exact size of the body in bytes: the holder of the URL can upload neither more nor less.
    pub fn content_length(mut self, bytes: u64) -> Self {
        self.headers.push((Cow::Borrowed("content-length"), Cow::Owned(bytes.to_string())));
        self.additional_header("content-length")
    }

    /// Binds a metadata header, `x-oss-meta-NAME`, which OSS keeps with the object; the name may have its prefix
    /// already.
    pub fn meta(mut self, name: &str, value: &'a str) -> Self {
        const PREFIX: &str = "x-oss-meta-";
        let has_prefix = name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
        let name = if has_prefix { name.to_owned() } else { [PREFIX, name].concat() };
        self.headers.push((Cow::Owned(name), Cow::Borrowed(value)));
        self
    }

    /// Adds a header. `content-type`, `content-md5` and every `x-oss-*` are signed and so bound; others only
    /// where [`RequestBuilder::additional_header`] names them.
    pub fn header(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push((Cow::Borrowed(name), Cow::Borrowed(value)));
        self
    }

    /// Signs a header that OSS does not sign by default: the sender must send it as [`RequestBuilder::header`] has it.
    pub fn additional_header(mut self, name: &'a str) -> Self {
        self.additional.push(name);
        self
    }

    /// Signs the host, so that the URL works by this host alone.
    pub fn sign_host(self) -> Self {
        self.additional_header("host")
    }

    /// Adds a query parameter with a value; an empty one is none.
    pub fn query(mut self, name: &'a str, value: &'a str) -> Self {
        self.query.push((name, Some(value)));
        self
    }

    /// Adds a query parameter without a value: a sub-resource such as `acl`.
    pub fn sub_resource(mut self, name: &'a str) -> Self {
        self.query.push((name, None));
        self
    }

    /// Sends the request to this endpoint instead of the presigner's.
    pub fn endpoint(mut self, endpoint: Endpoint<'a>) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Takes a key with `.` and `..` segments or a leading slash as it is, for clients that are known to send a
    /// path untouched.
    pub fn allow_dot_segments(mut self) -> Self {
        self.allow_dot_segments = true;
        self
    }

    /// Lets the URL live that long: 1 second to 7 days, fractions of a second dropped.
    pub fn expires_in(mut self, life: Duration) -> Self {
        self.life = Life::For(life);
        self
    }

    /// Lets the URL live until that time, fractions of a second dropped.
    pub fn expires_at(mut self, end: SystemTime) -> Self {
        self.life = Life::Until(end);
        self
    }

    /// Shortens the life to what is left of the credentials, instead of refusing it.
    pub fn clamp_to_credentials(mut self) -> Self {
        self.clamp = true;
        self
    }

    /// Signs, and returns all that whoever sends the request needs.
    ///
    /// # Errors
    /// [`Error::Core`] with the first part of the description that was refused, [`Error::Clock`] for a clock that
    /// was never set.
    pub fn presign(&self) -> Result<PresignedRequest, Error> {
        self.sign(PresignOwned)
    }

    /// Signs, and returns the URL alone. Only right where nothing is bound but what the sender sends anyway.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`].
    pub fn presign_url(&self) -> Result<String, Error> {
        self.sign(PresignUrl)
    }

    /// Appends the URL to a text whose memory is used again: no allocation once it is large enough. On an error
    /// the text is as it was.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`].
    pub fn presign_url_into(&self, text: &mut String) -> Result<(), Error> {
        self.sign(PresignInto(text))
    }

    /// Signs by header instead: returns all that whoever sends the request needs, its `authorization` header among
    /// it, which OSS takes for 15 minutes around the signing time. A life that was set counts for nothing.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`], but for lives.
    pub fn authorize(&self) -> Result<AuthorizedRequest, Error> {
        self.sign(Authorize)
    }

    fn sign<S: Sign>(&self, output: S) -> Result<S::Output, Error> {
        let most = (self.headers.len() + self.additional.len()).max(self.query.len());
        if most <= FEW { self.sign_with::<FEW, S>(output) } else { self.sign_with::<MANY, S>(output) }
    }

    fn sign_with<const CAPACITY: usize, S: Sign>(&self, output: S) -> Result<S::Output, Error> {
        let request = self.describe::<CAPACITY>()?;
        if S::BY_URL && self.method == Method::Post {
            request.check_bare_post()?;
        }
        // Read once: every part of a signature is of the same second.
        let now = self.presigner.now()?;
        let day = self.presigner.day(now)?;
        let prepared = day.prepared();
        let endpoint = match &self.endpoint {
            Some(endpoint) => {
                endpoint.check_region(prepared.signer.scope().region())?;
                endpoint
            }
            None => &prepared.endpoint,
        };
        let signing = Signing { signer: &prepared.signer, request: &request, endpoint, now };
        output.sign(&signing, || expiry(self.life, self.clamp, now))
    }

    fn describe<const CAPACITY: usize>(&self) -> Result<RequestWithCapacity<'_, CAPACITY>, Error> {
        let bucket = self.bucket.map(Bucket::new).transpose()?;
        let mut request = match (bucket, self.key) {
            (Some(bucket), Some(key)) => {
                let key = if self.allow_dot_segments {
                    ObjectKey::allowing_dot_segments(key)?
                } else {
                    ObjectKey::new(key)?
                };
                RequestWithCapacity::new(self.method, bucket, key)
            }
            (Some(bucket), None) => RequestWithCapacity::for_bucket(self.method, bucket),
            (None, _) => RequestWithCapacity::for_service(self.method),
        };
        for (name, value) in &self.headers {
            request.header(name, value)?;
        }
        for &(name, value) in &self.query {
            request.query(name, value)?;
        }
        for name in &self.additional {
            request.additional_header(name)?;
        }
        Ok(request)
    }
}

/// What the core describes and names: its typed operations, headers and values.
impl Presigner {
    /// Signs a request of the core by the presigner's own endpoint.
    ///
    /// ```
    /// use std::time::Duration;
    /// use oss_presign_std::oss_presign::{Bucket, ObjectKey, PartNumber, Request};
    /// # use oss_presign_std::{Credentials, Error, Presigner};
    ///
    /// # let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    /// # let presigner = Presigner::builder().credentials(credentials).region("cn-hangzhou").build()?;
    /// let (bucket, key, number) = (Bucket::new("examplebucket")?, ObjectKey::new("a")?, PartNumber::new(7)?);
    /// let part = Request::upload_part(bucket, key, "fake-upload-id", &number)?;
    /// let part = presigner.presign_request(&part, Duration::from_secs(600))?;
    /// assert!(part.url().contains("partNumber=7"));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`].
    pub fn presign_request<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
        life: Duration,
    ) -> Result<PresignedRequest, Error> {
        let clamp = self.settings().clamp;
        self.with_signer(|signer, endpoint, now| {
            let signing = Signing { signer, request, endpoint, now };
            PresignOwned.sign(&signing, || expiry(Life::For(life), clamp, now))
        })
    }

    /// Signs a request of the core by header, by the presigner's own endpoint.
    ///
    /// # Errors
    /// As [`RequestBuilder::authorize`].
    pub fn authorize_request<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
    ) -> Result<AuthorizedRequest, Error> {
        self.with_signer(|signer, endpoint, now| Ok(signer.sign_header_to_owned(request, endpoint, now)?))
    }
}

fn expiry(life: Life, clamp: bool, now: Timestamp) -> Result<Expiry, Error> {
    let expiry = match life {
        Life::For(life) => {
            let seconds = life.as_secs();
            let short = u32::try_from(seconds).map_err(|_| ExpiryError::TooLong { seconds })?;
            Expiry::secs(short)?
        }
        // What ends before 1970 has ended.
        Life::Until(end) => Expiry::until(Timestamp::from_unix(clock::unix_seconds(end).unwrap_or(0))?, now)?,
    };
    Ok(if clamp { expiry.clamped_to_credentials() } else { expiry })
}

/// Shows of headers and parameters the names.
impl fmt::Debug for RequestBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_ref()).collect();
        let query: Vec<&str> = self.query.iter().map(|(name, _)| *name).collect();
        f.debug_struct("RequestBuilder")
            .field("method", &self.method)
            .field("bucket", &self.bucket)
            .field("key", &self.key)
            .field("headers", &headers)
            .field("query", &query)
            .finish_non_exhaustive()
    }
}
