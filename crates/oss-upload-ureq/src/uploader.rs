//! Where transfers begin.

use std::sync::Arc;
use std::time::SystemTime;

use oss_presign::PresignedRequest;
use oss_upload::driver::SharedPacer;
use oss_upload::{MultipartPlan, Options, Trust};

use crate::body::Body;
use crate::get::Get;
use crate::head::{Delete, Head};
use crate::initiate::Initiate;
use crate::multipart::Multipart;
use crate::put::Put;

/// Tells the time in seconds since 1970.
pub(crate) type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Uploads and downloads through presigned URLs. Clones are cheap, and share the client and the bandwidth limit.
#[derive(Clone)]
pub struct Uploader {
    pub(crate) client: ureq::Agent,
    pub(crate) options: Options,
    pub(crate) pacer: Option<Arc<SharedPacer>>,
    pub(crate) clock: Clock,
}

impl Uploader {
    /// Creates an uploader with an agent of the caller, whose settings should be based on
    /// [`client_builder`](crate::client_builder).
    pub fn new(client: ureq::Agent) -> Self {
        Self {
            client,
            options: Options::default(),
            pacer: None,
            // A clock before 1970 would let everything pass, as an unknown time does.
            clock: Arc::new(|| SystemTime::UNIX_EPOCH.elapsed().map_or(0, |now| now.as_secs())),
        }
    }

    /// Creates an uploader with the agent of [`client()`](crate::client).
    pub fn with_defaults() -> Self {
        Self::new(crate::client())
    }

    /// Creates an uploader with the same agent, except that `trust` says which servers it trusts.
    pub fn trusting(trust: Trust) -> Self {
        Self::new(crate::client_with(crate::client_builder().build(), trust))
    }

    /// Uploads a body with one request, through a URL presigned for PUT.
    pub fn put(&self, presigned: &PresignedRequest, body: impl Into<Body>) -> Put {
        Put::new(self, presigned.clone(), body.into())
    }

    /// Fetches an object, through a URL presigned for GET.
    pub fn get(&self, presigned: &PresignedRequest) -> Get {
        Get::new(self, presigned.clone())
    }

    /// Uploads a body in parts, according to a plan that someone with credentials made.
    pub fn multipart(&self, plan: MultipartPlan, body: impl Into<Body>) -> Multipart {
        Multipart::new(self, plan, body.into())
    }

    /// Initiates a multipart upload, through a URL presigned for POST with `uploads` in its query. The other steps can then be
    /// signed with its id. Not needed for a plan that initiates its upload.
    pub fn initiate(&self, presigned: &PresignedRequest) -> Initiate {
        Initiate::new(self, presigned.clone())
    }

    /// Fetches information about an object, through a URL presigned for HEAD.
    pub fn head(&self, presigned: &PresignedRequest) -> Head {
        Head::new(self, presigned.clone())
    }

    /// Deletes an object, through a URL presigned for DELETE.
    pub fn delete(&self, presigned: &PresignedRequest) -> Delete {
        Delete::new(self, presigned.clone())
    }

    /// Sets the options of all transfers. A bandwidth limit is for this uploader and its clones together.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self.pacer = options.bandwidth.map(|rate| Arc::new(SharedPacer::new(rate)));
        self
    }

    /// Takes the time from `now`, in seconds since 1970, instead of the system's clock.
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
