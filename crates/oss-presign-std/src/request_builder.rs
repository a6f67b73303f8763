//! One request on its way to a presigned URL.

use std::fmt;
use std::io::Write as _;
use std::time::{Duration, SystemTime};

use oss_presign::{
    AuthorizedRequest, Bucket, Endpoint, Method, ObjectKey, PresignError, PresignedRequest,
    RequestWithCapacity,
};
use smallvec::SmallVec;

use crate::Error;
use crate::lifetime::Lifetime;
use crate::presigner::Presigner;
use crate::signing::{Authorize, PresignInto, PresignOwned, PresignUrl, Sign, Signing};

/// Most requests fit here, and a small description is cheaper to build.
const FEW: usize = 8;
/// More headers, parameters or additional headers than this are refused.
const MANY: usize = 64;

const META_PREFIX: &str = "x-oss-meta-";

/// A request that is described step by step and then signed. What is wrong with it is said when it is signed.
#[derive(Clone)]
#[must_use = "a description does nothing until it is signed"]
pub struct RequestBuilder<'a> {
    presigner: &'a Presigner,
    pub(crate) method: Method,
    bucket: Option<&'a str>,
    key: Option<&'a str>,
    pub(crate) headers: SmallVec<[Header<'a>; 4]>,
    pub(crate) query: SmallVec<[(&'a str, Value<'a>); 2]>,
    pub(crate) additional: SmallVec<[&'a str; 2]>,
    /// Headers and parameters whose values were made here.
    pub(crate) made: Vec<Made>,
    /// In a box, because few requests have one of their own and every step moves the builder.
    endpoint: Option<Box<Endpoint<'a>>>,
    /// The first thing that was refused, said when the request is signed.
    refused: Option<Box<Error>>,
    lifetime: Lifetime,
    clamp: bool,
    allow_dot_segments: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Header<'a> {
    pub(crate) name: &'a str,
    /// Whether `x-oss-meta-` is still to be put before the name.
    is_meta: bool,
    value: Value<'a>,
}

/// The value of a header or a parameter.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    /// Written in decimal.
    Number(u64),
}

/// A header or a parameter with a value that had to be made.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) name: &'static str,
    pub(crate) value: Box<str>,
    pub(crate) is_header: bool,
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
            made: Vec::new(),
            endpoint: None,
            refused: None,
            lifetime: Lifetime::For(settings.default_expiry),
            clamp: settings.clamp,
            allow_dot_segments: false,
        }
    }

    /// Requires the media type of the body: the sender must send this `Content-Type`.
    pub fn content_type(self, media_type: &'a str) -> Self {
        self.header("content-type", media_type)
    }

    /// Requires the MD5 of the body, in base64: the sender must send this `Content-MD5`.
    pub fn content_md5(self, md5: &'a str) -> Self {
        self.header("content-md5", md5)
    }

    /// Requires a metadata header, `x-oss-meta-NAME`, which OSS keeps with the object; the name may have its prefix
    /// already.
    pub fn meta(mut self, name: &'a str, value: &'a str) -> Self {
        let has_prefix =
            name.get(..META_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(META_PREFIX));
        self.headers.push(Header { name, is_meta: !has_prefix, value: Value::Text(value) });
        self
    }

    /// Adds a header. `content-type`, `content-md5` and every `x-oss-*` are signed and so required; others only
    /// where [`RequestBuilder::additional_header`] names them.
    #[inline]
    pub fn header(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push(Header { name, is_meta: false, value: Value::Text(value) });
        self
    }

    pub(crate) fn number_header(mut self, name: &'static str, number: u64) -> Self {
        self.headers.push(Header { name, is_meta: false, value: Value::Number(number) });
        self
    }

    /// Signs a header that OSS does not sign by default: the sender must send it as [`RequestBuilder::header`] has it.
    #[inline]
    pub fn additional_header(mut self, name: &'a str) -> Self {
        self.additional.push(name);
        self
    }

    /// Signs the host, so that the URL works with this host only.
    pub fn sign_host(self) -> Self {
        self.additional_header("host")
    }

    /// Adds a query parameter with a value; an empty one is none.
    #[inline]
    pub fn query(mut self, name: &'a str, value: &'a str) -> Self {
        self.query.push((name, Value::Text(value)));
        self
    }

    pub(crate) fn number_query(mut self, name: &'static str, number: u64) -> Self {
        self.query.push((name, Value::Number(number)));
        self
    }

    /// Adds a query parameter without a value: a sub-resource such as `acl`.
    pub fn sub_resource(self, name: &'a str) -> Self {
        self.query(name, "")
    }

    pub(crate) fn made_header(self, name: &'static str, value: String) -> Self {
        self.made(name, value, true)
    }

    pub(crate) fn made_query(self, name: &'static str, value: String) -> Self {
        self.made(name, value, false)
    }

    fn made(mut self, name: &'static str, value: String, is_header: bool) -> Self {
        self.made.push(Made { name, value: value.into(), is_header });
        self
    }

    /// Remembers the first refusal.
    pub(crate) fn refuse(mut self, error: impl Into<Error>) -> Self {
        self.refused.get_or_insert_with(|| Box::new(error.into()));
        self
    }

    /// Returns whether this is a GetObject.
    pub(crate) const fn is_get_object(&self) -> bool {
        matches!((self.method, self.key), (Method::Get, Some(_)))
    }

    /// Sends the request to this endpoint instead of the presigner's.
    pub fn endpoint(mut self, endpoint: Endpoint<'a>) -> Self {
        self.endpoint = Some(Box::new(endpoint));
        self
    }

    /// Takes a key with `.` and `..` segments or a leading slash as it is, for clients that are known to send a
    /// path untouched.
    pub fn allow_dot_segments(mut self) -> Self {
        self.allow_dot_segments = true;
        self
    }

    /// Lets the URL work for this long: 1 second to 7 days, fractions of a second dropped.
    #[inline]
    pub fn expires_in(self, duration: Duration) -> Self {
        self.lifetime(duration)
    }

    /// Lets the URL work until this time, fractions of a second dropped.
    pub fn expires_at(self, end: SystemTime) -> Self {
        self.lifetime(end)
    }

    /// Lets the URL work for a duration or until a time.
    #[inline]
    pub fn lifetime(mut self, lifetime: impl Into<Lifetime>) -> Self {
        self.lifetime = lifetime.into();
        self
    }

    /// Shortens the lifetime to what is left of the credentials', instead of refusing it.
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

    /// Signs, and returns the URL without the headers that must be sent with it. Only right where nothing is required
    /// but what the sender sends anyway.
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
    /// it, which OSS takes for 15 minutes around the signing time. The lifetime counts for nothing.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`], but for lifetimes.
    pub fn authorize(&self) -> Result<AuthorizedRequest, Error> {
        self.sign(Authorize)
    }

    fn sign<S: Sign>(&self, output: S) -> Result<S::Output, Error> {
        if let Some(error) = &self.refused {
            return Err(Error::clone(error));
        }
        let headers = self.headers.len() + self.additional.len() + self.made.len();
        let most = headers.max(self.query.len() + self.made.len());
        if most <= FEW { self.sign_with::<FEW, S>(output) } else { self.sign_with::<MANY, S>(output) }
    }

    fn sign_with<const CAPACITY: usize, S: Sign>(&self, output: S) -> Result<S::Output, Error> {
        let bucket = self.bucket.map(Bucket::new).transpose()?;
        let key = self.key.map(|key| match self.allow_dot_segments {
            true => ObjectKey::allowing_dot_segments(key),
            false => ObjectKey::new(key),
        });
        let written = self.written_texts();
        let written = std::str::from_utf8(&written).map_err(|_| PresignError::Internal)?;
        let mut request = match (bucket, key.transpose()?) {
            (Some(bucket), Some(key)) => RequestWithCapacity::<CAPACITY>::new(self.method, bucket, key),
            (Some(bucket), None) => RequestWithCapacity::for_bucket(self.method, bucket),
            (None, _) => RequestWithCapacity::for_service(self.method),
        };
        self.describe(&mut request, written)?;
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
        output.sign(&signing, || self.lifetime.expiry(now, self.clamp))
    }

    /// The texts that the core's request borrows and that nobody holds yet, one behind the other: names of metadata
    /// and numbers, in the order in which [`describe`](Self::describe) takes them.
    fn written_texts(&self) -> SmallVec<[u8; 256]> {
        let mut texts = SmallVec::new();
        for header in &self.headers {
            if header.is_meta {
                texts.extend_from_slice(META_PREFIX.as_bytes());
                texts.extend_from_slice(header.name.as_bytes());
            }
            write_number(header.value, &mut texts);
        }
        for (_, value) in &self.query {
            write_number(*value, &mut texts);
        }
        texts
    }

    fn describe<'r, const CAPACITY: usize>(
        &'r self,
        request: &mut RequestWithCapacity<'r, CAPACITY>,
        written: &'r str,
    ) -> Result<(), Error> {
        let mut written = Written(written);
        for header in &self.headers {
            let name = match header.is_meta {
                true => written.take(META_PREFIX.len() + header.name.len())?,
                false => header.name,
            };
            request.header(name, written.value(header.value)?)?;
        }
        for &(name, value) in &self.query {
            request.query(name, Some(written.value(value)?))?;
        }
        for made in &self.made {
            match made.is_header {
                true => request.header(made.name, &made.value)?,
                false => request.query(made.name, Some(&made.value))?,
            };
        }
        for name in &self.additional {
            request.additional_header(name)?;
        }
        Ok(())
    }
}

fn write_number(value: Value<'_>, texts: &mut SmallVec<[u8; 256]>) {
    if let Value::Number(number) = value {
        // Writing to memory cannot fail.
        let _ = write!(texts, "{number}");
    }
}

/// What is left of the texts that were written.
struct Written<'w>(&'w str);

impl<'w> Written<'w> {
    fn value<'v>(&mut self, value: Value<'v>) -> Result<&'v str, Error>
    where
        'w: 'v,
    {
        match value {
            Value::Text(text) => Ok(text),
            Value::Number(number) => self.take(number.checked_ilog10().unwrap_or(0) as usize + 1),
        }
    }

    fn take(&mut self, length: usize) -> Result<&'w str, Error> {
        let (text, rest) = self.0.split_at_checked(length).ok_or(PresignError::Internal)?;
        self.0 = rest;
        Ok(text)
    }
}

/// Shows of headers and parameters the names.
impl fmt::Debug for RequestBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = |is_header| {
            self.made.iter().filter(move |made| made.is_header == is_header).map(|made| made.name)
        };
        let headers: Vec<&str> = self.headers.iter().map(|header| header.name).chain(made(true)).collect();
        let query: Vec<&str> = self.query.iter().map(|(name, _)| *name).chain(made(false)).collect();
        f.debug_struct("RequestBuilder")
            .field("method", &self.method)
            .field("bucket", &self.bucket)
            .field("key", &self.key)
            .field("headers", &headers)
            .field("query", &query)
            .finish_non_exhaustive()
    }
}
