//! Where transfers begin.

use std::sync::Arc;
use std::time::SystemTime;

use oss_presign::PresignedRequest;
use oss_upload::driver::SharedPacer;
use oss_upload::{MultipartPlan, Options, TransferError, Trust};

use crate::body::Body;
use crate::exchange::connection_error;
use crate::get::Get;
use crate::head::{Delete, Head};
use crate::initiate::Initiate;
use crate::multipart::Multipart;
use crate::put::Put;

/// Tells the time in seconds since 1970.
pub(crate) type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Uploads and downloads through presigned URLs. Cheap to clone; clones share the client and the bandwidth limit.
#[derive(Clone)]
pub struct Uploader {
    pub(crate) client: reqwest::Client,
    pub(crate) options: Options,
    pub(crate) pacer: Option<Arc<SharedPacer>>,
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
    /// Those of [`client()`](crate::client).
    pub fn with_defaults() -> Result<Self, TransferError> {
        Ok(Self::new(crate::client()?))
    }

    /// Works with such a client that trusts these servers.
    ///
    /// # Errors
    /// Those of [`client()`](crate::client).
    pub fn trusting(trust: Trust) -> Result<Self, TransferError> {
        Ok(Self::new(crate::client_builder(trust)?.build().map_err(connection_error)?))
    }

    /// Stores a body as an object, through a URL presigned for PUT.
    pub fn put(&self, presigned: &PresignedRequest, body: impl Into<Body>) -> Put {
        Put::new(self, presigned.clone(), body.into())
    }

    /// Fetches an object, through a URL presigned for GET.
    pub fn get(&self, presigned: &PresignedRequest) -> Get {
        Get::new(self, presigned.clone())
    }

    /// Uploads a body in parts, as somebody with credentials has planned it.
    pub fn multipart(&self, plan: MultipartPlan, body: impl Into<Body>) -> Multipart {
        Multipart::new(self, plan, body.into())
    }

    /// Initiates a multipart upload, through a URL presigned for POST with `uploads` in its query; the rest can then be
    /// signed for its id. A plan that initiates does this by itself.
    pub fn initiate(&self, presigned: &PresignedRequest) -> Initiate {
        Initiate::new(self, presigned.clone())
    }

    /// Asks about an object, through a URL presigned for HEAD.
    pub fn head(&self, presigned: &PresignedRequest) -> Head {
        Head::new(self, presigned.clone())
    }

    /// Deletes an object, through a URL presigned for DELETE.
    pub fn delete(&self, presigned: &PresignedRequest) -> Delete {
        Delete::new(self, presigned.clone())
    }

    /// Sets when to try again, how long that may take, and how careful to be. The bandwidth limit, if there is one, is
    /// that of this uploader and its clones together.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self.pacer = options.bandwidth.map(|rate| Arc::new(SharedPacer::new(rate)));
        self
    }

    /// Takes the time, in seconds since 1970, from elsewhere than the system.
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(now);
        self
    }
}

impl std::fmt::Debug for Uploader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Uploader").field("options", &self.options).finish_non_exhaustive()
    }
}
