//! Verification of the `http` crate's requests.

use std::fmt;
use std::sync::Arc;

use ::http::request::Parts;
use ::http::{HeaderMap, Method, Request, Uri, header};
use oss_presign::verify::{ExpectedScope, ReceivedRequest, VerificationKey, Verified};
use oss_presign::{Bucket, Product, Region, Scope, SigningKey};

use crate::Error;
#[cfg(feature = "system-clock")]
use crate::clock::SystemClock;
use crate::clock::{self, Clock, ClockOffset};
use crate::credentials::Credentials;

/// Verifies received requests of the `http` crate, for a server that checks signatures itself, such as a gateway in front of a
/// store. Clones are cheap and share everything.
///
/// A verifier derives the signing key of each request from the credentials. To keep derived keys instead of secrets, or to look
/// credentials up elsewhere, use the core's [`ReceivedRequest`].
///
/// ```
/// use oss_presign_std::{Credentials, Error, Presigner, Verifier};
///
/// let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
/// # let presigner = Presigner::builder().credentials(credentials.clone()).region("cn-hangzhou").build()?;
/// # let url = presigner.get("examplebucket", "a.txt").presign_url()?;
/// let verifier = Verifier::new("cn-hangzhou", [credentials])?;
/// let get = http::Request::get(&url).body(())?;
/// assert_eq!(verifier.verify(Some("examplebucket"), &get)?.access_key_id(), "fake-access-key-id");
///
/// let put = http::Request::put(&url).body("something else")?;
/// let Err(Error::Refused(reason)) = verifier.verify(Some("examplebucket"), &put) else { panic!() };
/// assert_eq!((reason.http_status(), reason.code()), (403, "SignatureDoesNotMatch"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Verifier {
    region: String,
    product: Product,
    credentials: Arc<[Credentials]>,
    clock: Arc<dyn Clock>,
}

impl Verifier {
    /// Creates a verifier that accepts signatures for this region by any of these credentials, at the operating system's time.
    ///
    /// # Errors
    /// [`Error::Core`] if the region cannot be one.
    #[cfg(feature = "system-clock")]
    pub fn new(
        region: impl Into<String>,
        credentials: impl IntoIterator<Item = Credentials>,
    ) -> Result<Self, Error> {
        Self::with_clock(region, credentials, SystemClock)
    }

    /// Creates a verifier with a clock of the caller's.
    ///
    /// # Errors
    /// [`Error::Core`] if the region cannot be one.
    pub fn with_clock(
        region: impl Into<String>,
        credentials: impl IntoIterator<Item = Credentials>,
        clock: impl Clock + 'static,
    ) -> Result<Self, Error> {
        let region = region.into();
        Region::new(&region)?;
        let credentials = credentials.into_iter().collect();
        Ok(Self { region, product: Product::Oss, credentials, clock: Arc::new(clock) })
    }

    /// Accepts signatures for this product, in place of [`Product::Oss`].
    #[must_use]
    pub fn product(self, product: Product) -> Self {
        Self { product, ..self }
    }

    /// Verifies a request as the server received it: by its `Authorization` header if it has one, otherwise by its query.
    ///
    /// `bucket` is the bucket that the host contains or is mapped to, `None` if the path contains it. Path, query and headers
    /// must be those that the client sent: a proxy or router in front of this call must not have changed them.
    ///
    /// # Errors
    /// [`Error::Refused`] with the first reason to refuse the request, which has the status, code and message of OSS's error
    /// response. [`Error::Core`] if `bucket` cannot be one, [`Error::Clock`] if the clock was never set.
    pub fn verify<B>(&self, bucket: Option<&str>, request: &Request<B>) -> Result<Verified, Error> {
        self.verify_head(bucket, request.method(), request.uri(), request.headers())
    }

    /// Verifies the head of a request, as [`Verifier::verify`] does.
    ///
    /// # Errors
    /// As [`Verifier::verify`].
    pub fn verify_parts(&self, bucket: Option<&str>, parts: &Parts) -> Result<Verified, Error> {
        self.verify_head(bucket, &parts.method, &parts.uri, &parts.headers)
    }

    fn verify_head(
        &self,
        bucket: Option<&str>,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Verified, Error> {
        let now = clock::read(&*self.clock, ClockOffset::NONE)?;
        let expected = ExpectedScope { region: Region::new(&self.region)?, product: self.product };
        let by_header = headers.contains_key(header::AUTHORIZATION);
        let received = ReceivedRequest {
            method: method.as_str(),
            bucket: bucket.map(Bucket::new).transpose()?.map(|bucket| bucket.as_str()),
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers: &received_headers(uri, headers),
        };
        let parsed = if by_header { received.authorized() } else { received.presigned() }?;
        Ok(parsed.verify(&expected, now, |id, scope| self.key(id, scope))?)
    }

    fn key(&self, access_key_id: &str, scope: &Scope<'_>) -> Option<VerificationKey<'_>> {
        let known = self.credentials.iter().find(|known| known.access_key_id() == access_key_id)?;
        let mut key = VerificationKey::new(SigningKey::derive(known.access_key_secret(), scope));
        if let Some(token) = known.security_token() {
            key = key.with_security_token(token);
        }
        Some(match known.expires_at() {
            Some(time) => key.expiring_at(time),
            None => key,
        })
    }
}

/// Returns all headers. A request of HTTP/2 has its host in the URI, and no header of this name.
fn received_headers<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> Vec<(&'r str, &'r [u8])> {
    let host = uri.authority().filter(|_| !headers.contains_key(header::HOST));
    let host = host.map(|authority| ("host", authority.as_str().as_bytes()));
    host.into_iter().chain(headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))).collect()
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("region", &self.region)
            .field("product", &self.product)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
