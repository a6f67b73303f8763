//! The description of a request, and its signing.

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

/// The capacity for most requests. A request of the core with a small capacity is faster to build.
const FEW: usize = 8;
/// The greatest number of headers, and of query parameters.
const MANY: usize = 64;

const META_PREFIX: &str = "x-oss-meta-";

/// Describes a request step by step, and signs it. Errors in the description are returned by the methods that sign.
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
    /// Headers and parameters whose values the builder owns.
    pub(crate) made: Vec<Made>,
    /// The endpoint of this request. It is boxed to keep the builder small: every step moves the builder, and few requests have
    /// an endpoint of their own.
    endpoint: Option<Box<Endpoint<'a>>>,
    /// The first error in the description, which signing returns.
    refused: Option<Box<Error>>,
    lifetime: Lifetime,
    clamp: bool,
    allow_dot_segments: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Header<'a> {
    pub(crate) name: &'a str,
    /// Whether the name still needs the prefix `x-oss-meta-`.
    is_meta: bool,
    value: Value<'a>,
}

/// The value of a header or a parameter.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    /// A number, which is written in decimal.
    Number(u64),
}

/// A header or a parameter whose value the builder owns.
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

    /// Requires this `Content-Type`: the media type of the body.
    pub fn content_type(self, media_type: &'a str) -> Self {
        self.header("content-type", media_type)
    }

    /// Requires this `Content-MD5`: the MD5 of the body in base64.
    pub fn content_md5(self, md5: &'a str) -> Self {
        self.header("content-md5", md5)
    }

    /// Requires a header with user metadata, which OSS stores with the object. `name` is given with or without its prefix
    /// `x-oss-meta-`.
    pub fn meta(mut self, name: &'a str, value: &'a str) -> Self {
        let has_prefix =
            name.get(..META_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(META_PREFIX));
        self.headers.push(Header { name, is_meta: !has_prefix, value: Value::Text(value) });
        self
    }

    /// Adds a header. `content-type`, `content-md5` and every `x-oss-*` are signed, and therefore required. Others are signed
    /// only if [`RequestBuilder::additional_header`] names them.
    #[inline]
    pub fn header(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push(Header { name, is_meta: false, value: Value::Text(value) });
        self
    }

    pub(crate) fn number_header(mut self, name: &'static str, number: u64) -> Self {
        self.headers.push(Header { name, is_meta: false, value: Value::Number(number) });
        self
    }

    /// Signs a header that OSS does not sign by default: the sender must send it with the value that
    /// [`RequestBuilder::header`] gives it.
    #[inline]
    pub fn additional_header(mut self, name: &'a str) -> Self {
        self.additional.push(name);
        self
    }

    /// Signs the `host` header, so that the URL works only with the endpoint's host.
    pub fn sign_host(self) -> Self {
        self.additional_header("host")
    }

    /// Adds a query parameter with a value. An empty value means that the parameter has none.
    #[inline]
    pub fn query(mut self, name: &'a str, value: &'a str) -> Self {
        self.query.push((name, Value::Text(value)));
        self
    }

    pub(crate) fn number_query(mut self, name: &'static str, number: u64) -> Self {
        self.query.push((name, Value::Number(number)));
        self
    }

    /// Adds a query parameter without a value, such as the sub-resource `acl`.
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

    /// Keeps an error, unless there was one before.
    pub(crate) fn refuse(mut self, error: impl Into<Error>) -> Self {
        self.refused.get_or_insert_with(|| Box::new(error.into()));
        self
    }

    /// Returns whether the request is a GET of an object.
    pub(crate) const fn is_get_object(&self) -> bool {
        matches!((self.method, self.key), (Method::Get, Some(_)))
    }

    /// Sends the request to this endpoint instead of the presigner's.
    pub fn endpoint(mut self, endpoint: Endpoint<'a>) -> Self {
        self.endpoint = Some(Box::new(endpoint));
        self
    }

    /// Allows a key with segments `.` and `..` or a leading slash. Use it only for clients that are known to send the path of a
    /// URL unchanged.
    pub fn allow_dot_segments(mut self) -> Self {
        self.allow_dot_segments = true;
        self
    }

    /// Sets the lifetime of the URL: 1 second to 7 days. Fractions of a second are dropped.
    #[inline]
    pub fn expires_in(self, duration: Duration) -> Self {
        self.lifetime(duration)
    }

    /// Sets the time at which the URL expires, at most 7 days in the future. Fractions of a second are dropped.
    pub fn expires_at(self, end: SystemTime) -> Self {
        self.lifetime(end)
    }

    /// Sets the lifetime of the URL as a duration or as the time at which it expires.
    #[inline]
    pub fn lifetime(mut self, lifetime: impl Into<Lifetime>) -> Self {
        self.lifetime = lifetime.into();
        self
    }

    /// Shortens the lifetime if the URL would outlive the credentials, instead of refusing it.
    pub fn clamp_to_credentials(mut self) -> Self {
        self.clamp = true;
        self
    }

    /// Signs the request, and returns everything that its sender needs: method, URL, required headers and expiry.
    ///
    /// # Errors
    /// [`Error::Core`] with the first error in the description, [`Error::Clock`] if the clock was never set.
    pub fn presign(&self) -> Result<PresignedRequest, Error> {
        self.sign(PresignOwned)
    }

    /// Signs the request for this lifetime, a duration or the time at which the URL expires: [`lifetime`](Self::lifetime) and
    /// [`presign`](Self::presign) in one call.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`].
    pub fn presign_for(self, lifetime: impl Into<Lifetime>) -> Result<PresignedRequest, Error> {
        self.lifetime(lifetime).presign()
    }

    /// Signs the request, and returns only the URL. Use it only if the sender knows the required headers, or there are none.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`].
    pub fn presign_url(&self) -> Result<String, Error> {
        self.sign(PresignUrl)
    }

    /// Signs the request, and appends the URL to `text`. If the text has enough capacity, this does not allocate. After an error
    /// the text is unchanged.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`].
    pub fn presign_url_into(&self, text: &mut String) -> Result<(), Error> {
        self.sign(PresignInto(text))
    }

    /// Signs the request by header, and returns everything that its sender needs, including the `authorization` header. OSS
    /// accepts it for 15 minutes before and after the signing time; the lifetime is ignored.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`], except for errors of the lifetime.
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
        // The clock is read once, because all parts of a signature must have the same time.
        let now = self.presigner.now()?;
        let day = self.presigner.day(now)?;
        let prepared = day.prepared();
        let endpoint = match &self.endpoint {
            Some(endpoint) => {
                // The core makes this check too, but its error has no room for the names of both regions.
                endpoint.check_region(prepared.signer.scope().region())?;
                endpoint
            }
            None => &prepared.endpoint,
        };
        let signing = Signing { signer: &prepared.signer, request: &request, endpoint, now };
        output.sign(&signing, || self.lifetime.expiry(now, self.clamp))
    }

    /// Returns the texts that the core's request borrows and that exist nowhere else: names of metadata and numbers, concatenated
    /// in the order in which [`describe`](Self::describe) uses them.
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
        // Writing to a vector cannot fail.
        let _ = write!(texts, "{number}");
    }
}

/// The remaining part of the texts of [`RequestBuilder::written_texts`].
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

/// Shows the names of headers and parameters without their values.
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
