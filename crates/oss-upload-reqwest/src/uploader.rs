//! Where transfers begin.

use std::num::NonZeroU64;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use oss_presign::PresignedRequest;
use oss_upload::{MultipartPlan, Options, Pacer, RetryPolicy, Timeouts, TransferError};

use crate::body::Body;
use crate::get::Get;
use crate::head::{Delete, Head};
use crate::multipart::Multipart;
use crate::put::Put;

/// Tells the time in seconds since 1970.
pub(crate) type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Uploads and downloads through presigned URLs. Cheap to clone; clones share the client and the bandwidth limit.
#[derive(Clone)]
pub struct Uploader {
    pub(crate) client: reqwest::Client,
    pub(crate) options: Options,
    pub(crate) pacer: Option<Arc<Mutex<Pacer>>>,
    pub(crate) clock: Clock,
}

impl Uploader {
    /// Works with a client of the caller's; [`client_builder`](crate::client_builder) has the settings it should have.
    pub fn new(client: reqwest::Client) -> Self {
        Self {
            client,
            options: Options::default(),
            pacer: None,
            // A clock before 1970 would let everything pass, as an unknown time does.
            clock: Arc::new(|| SystemTime::UNIX_EPOCH.elapsed().map_or(0, |now| now.as_secs())),
        }
    }

    /// Works with the client of [`client()`](crate::client).
    ///
    /// # Errors
    /// [`TransferError::Connection`] where the TLS backend cannot be set up.
    pub fn with_defaults() -> Result<Self, TransferError> {
        Ok(Self::new(crate::client()?))
    }

    /// Stores a body as an object, through a URL presigned for PUT.
    pub fn put(&self, presigned: &PresignedRequest, body: Body) -> Put {
        Put::new(self.clone(), presigned.clone(), body)
    }

    /// Fetches an object, through a URL presigned for GET.
    pub fn get(&self, presigned: &PresignedRequest) -> Get {
        Get::new(self.clone(), presigned.clone())
    }

    /// Uploads a body in parts, as somebody with credentials has planned it.
    pub fn multipart(&self, plan: MultipartPlan, body: Body) -> Multipart {
        Multipart::new(self.clone(), plan, body)
    }

    /// Asks about an object, through a URL presigned for HEAD.
    pub fn head(&self, presigned: &PresignedRequest) -> Head {
        Head::new(self.clone(), presigned.clone())
    }

    /// Deletes an object, through a URL presigned for DELETE.
    pub fn delete(&self, presigned: &PresignedRequest) -> Delete {
        Delete::new(self.clone(), presigned.clone())
    }

    /// Sets when to try again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options.retry = policy;
        self
    }

    /// Sets how long the steps of an attempt may take. The time to connect is a setting of the client: see
    /// [`client_builder`](crate::client_builder); here it bounds nothing beyond the idle time.
    #[must_use]
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.options.timeouts = timeouts;
        self
    }

    /// Limits the bytes per second of this uploader and its clones together.
    #[must_use]
    pub fn bandwidth_limit(mut self, bytes_per_second: NonZeroU64) -> Self {
        self.options.bandwidth = Some(bytes_per_second);
        self.pacer = Some(Arc::new(Mutex::new(Pacer::new(bytes_per_second))));
        self
    }

    /// Whether checksums are compared (CRC-64; on by default).
    #[must_use]
    pub fn verify_crc(mut self, verify: bool) -> Self {
        self.options.verify_crc = verify;
        self
    }

    /// Whether MD5 is compared as well, where a request or an answer has one (off by default: it is slow).
    #[must_use]
    pub fn verify_md5(mut self, verify: bool) -> Self {
        self.options.verify_md5 = verify;
        self
    }

    /// Accepts plain `http` to other machines (off by default).
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.options.allow_plain_http = allow;
        self
    }

    /// Sets what to add to this machine's clock to get the server's, in seconds.
    #[must_use]
    pub fn clock_offset(mut self, seconds: i64) -> Self {
        self.options.clock_offset = seconds;
        self
    }

    /// Takes the time, in seconds since 1970, from elsewhere than the system.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(now);
        self
    }

    /// Sets the least time between two progress reports (100 ms by default).
    #[must_use]
    pub fn progress_interval(mut self, interval: std::time::Duration) -> Self {
        self.options.progress_interval = interval;
        self
    }
}

impl std::fmt::Debug for Uploader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uploader").field("options", &self.options).finish_non_exhaustive()
    }
}
