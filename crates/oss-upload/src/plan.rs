//! A multipart upload as its holder gets it: presigned requests for every step.

mod json;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use oss_presign::{Method, PresignedRequest};

use crate::part_layout::{LayoutError, PartLayout};

/// One request of a multipart upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PlanStep {
    /// `POST ?uploads`: answers with the upload id.
    Initiate,
    /// `PUT ?partNumber=…&uploadId=…`
    Part {
        /// The part's number, from 1.
        number: u32,
    },
    /// `POST ?uploadId=…` with the list of parts: makes the object.
    Complete,
    /// `DELETE ?uploadId=…`: throws the parts away.
    Abort,
    /// `HEAD`, of the object itself: tells whether a completion whose answer was lost took place.
    Check,
}

impl PlanStep {
    /// The method to presign.
    pub fn method(&self) -> Method {
        match self {
            Self::Initiate | Self::Complete => Method::Post,
            Self::Part { .. } => Method::Put,
            Self::Abort => Method::Delete,
            Self::Check => Method::Head,
        }
    }

    /// The query parameters to presign; an empty value stands for a bare name.
    pub fn query(&self, upload_id: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::Initiate => [("uploads", String::new())].into(),
            Self::Part { number } => {
                [("partNumber", number.to_string()), ("uploadId", upload_id.to_string())].into()
            }
            Self::Complete | Self::Abort => [("uploadId", upload_id.to_string())].into(),
            Self::Check => Vec::new(),
        }
    }
}

impl fmt::Display for PlanStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Initiate => f.write_str("initiate"),
            Self::Part { number } => write!(f, "part {number}"),
            Self::Complete => f.write_str("complete"),
            Self::Abort => f.write_str("abort"),
            Self::Check => f.write_str("check"),
        }
    }
}

/// Everything that somebody without credentials needs to upload an object in parts. As JSON it travels from the server
/// that signs to the machine that has the file:
///
/// ```json
/// {"version":1,"size":20971520,"part_size":8388608,"upload_id":"0004B9…",
///  "parts":[{"method":"PUT","url":"https://…","headers":[],"expires_at":1731400358},…],
///  "complete":{…},"abort":{…},"check":{…}}
/// ```
///
/// Where the holder is to begin the upload itself there is an `initiate` instead of `upload_id` and `parts`; the
/// rest is then signed on request, when the upload id is known.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
#[serde(into = "json::Fields")]
pub struct MultipartPlan {
    layout: PartLayout,
    upload_id: Option<String>,
    initiate: Option<PresignedRequest>,
    parts: Vec<PresignedRequest>,
    complete: Option<PresignedRequest>,
    abort: Option<PresignedRequest>,
    check: Option<PresignedRequest>,
}

/// Why a plan is none, or does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// Sizes that OSS refuses.
    Layout(LayoutError),
    /// A version that this crate does not know.
    Version {
        /// The version.
        version: u32,
    },
    /// Another number of part requests than there are parts.
    PartCount {
        /// Parts of the object.
        expected: u32,
        /// Requests in the plan.
        found: usize,
    },
    /// A request presigned for another method than its step needs.
    Method {
        /// The step.
        step: PlanStep,
    },
    /// A request that is needed, not in the plan, and that no hook supplies.
    Missing {
        /// The step.
        step: PlanStep,
    },
    /// The file has another size than the plan.
    Size {
        /// Bytes according to the plan.
        planned: u64,
        /// Bytes in the file.
        found: u64,
    },
    /// The body can only be read from its beginning to its end.
    NotSeekable,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layout(error) => error.fmt(f),
            Self::Version { version } => write!(f, "plan version {version} is not known here (1 is)"),
            Self::PartCount { expected, found } => {
                write!(f, "the plan has requests for {found} parts, the object has {expected}")
            }
            Self::Method { step } => {
                write!(f, "the request for step `{step}` must be presigned for {}", step.method())
            }
            Self::Missing { step } => write!(
                f,
                "the plan has no request for step `{step}`: have it signed with `sign_with`, or ask for a complete plan"
            ),
            Self::Size { planned, found } => {
                write!(
                    f,
                    "the plan is for {planned} bytes, the file has {found}: ask for a plan of this file"
                )
            }
            Self::NotSeekable => f.write_str(
                "parts need a file or bytes in memory: spool the stream first, or use a single PUT",
            ),
        }
    }
}

impl core::error::Error for PlanError {}

impl From<LayoutError> for PlanError {
    fn from(error: LayoutError) -> Self {
        Self::Layout(error)
    }
}

impl MultipartPlan {
    /// Makes the plan of an upload that was initiated already: `sign` presigns each step, with the method and the
    /// query that the step names.
    ///
    /// # Errors
    /// Those of `sign`.
    pub fn sign<E>(
        layout: PartLayout,
        upload_id: impl Into<String>,
        mut sign: impl FnMut(PlanStep) -> Result<PresignedRequest, E>,
    ) -> Result<Self, E> {
        let parts = layout.parts().map(|part| sign(PlanStep::Part { number: part.number }));
        Ok(Self {
            layout,
            upload_id: Some(upload_id.into()),
            initiate: None,
            parts: parts.collect::<Result<_, E>>()?,
            complete: Some(sign(PlanStep::Complete)?),
            abort: Some(sign(PlanStep::Abort)?),
            check: Some(sign(PlanStep::Check)?),
        })
    }

    /// Makes the plan of an upload that its holder initiates with `initiate` (presigned `POST ?uploads`). The holder
    /// needs somebody to sign the other steps when the upload id is known.
    pub fn to_initiate(layout: PartLayout, initiate: PresignedRequest) -> Self {
        Self {
            layout,
            upload_id: None,
            initiate: Some(initiate),
            parts: Vec::new(),
            complete: None,
            abort: None,
            check: None,
        }
    }

    /// How the object is cut.
    pub fn layout(&self) -> PartLayout {
        self.layout
    }

    /// The upload id, once the upload is initiated.
    pub fn upload_id(&self) -> Option<&str> {
        self.upload_id.as_deref()
    }

    /// The request of a step, if the plan has it.
    pub fn request(&self, step: PlanStep) -> Option<&PresignedRequest> {
        match step {
            PlanStep::Initiate => self.initiate.as_ref(),
            PlanStep::Part { number } => self.parts.get(usize::try_from(number.checked_sub(1)?).ok()?),
            PlanStep::Complete => self.complete.as_ref(),
            PlanStep::Abort => self.abort.as_ref(),
            PlanStep::Check => self.check.as_ref(),
        }
    }

    /// The first second at which a request of the plan no longer works, in seconds since 1970.
    pub fn first_expiry(&self) -> Option<u64> {
        let own = [&self.initiate, &self.complete, &self.abort, &self.check].into_iter().flatten();
        own.chain(&self.parts).map(|request| request.expires_at().unix()).min()
    }

    /// Scheme, host and path of the object: what all requests of the plan have in common.
    pub(crate) fn target(&self) -> String {
        let request = [&self.complete, &self.initiate].into_iter().flatten().chain(&self.parts).next();
        let url = request.map(PresignedRequest::url).unwrap_or_default();
        url.split('?').next().unwrap_or_default().to_string()
    }
}

impl fmt::Debug for MultipartPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MultipartPlan")
            .field("layout", &self.layout)
            .field("upload_id", &self.upload_id)
            .field("parts", &format!("{} requests", self.parts.len()))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
