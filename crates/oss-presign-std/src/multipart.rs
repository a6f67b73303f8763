//! Multipart uploads: the requests of all steps are signed from one description of the object.

use oss_presign::{PresignedRequest, RequestError};
use oss_upload::{MultipartPlan, PartLayout, PlanStep};

use crate::Error;
use crate::request_builder::RequestBuilder;

/// Headers that describe the whole body, which no request of a multipart upload has.
const OF_WHOLE_BODY: [&str; 3] = ["content-length", "content-md5", "content-range"];

/// Describe the object as for a PutObject request. Each step uses the headers and parameters that belong to it:
/// `x-oss-forbid-overwrite` is used by the requests that initiate and complete the upload, a callback by the one that completes
/// it, a traffic limit by every part, `x-oss-request-payer` by every request, and all other headers by the request that
/// initiates the upload.
///
/// ```
/// use std::time::Duration;
/// use oss_presign_std::{Credentials, PartLayout, Presigner};
///
/// # let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
/// # let presigner = Presigner::builder().credentials(credentials).region("cn-hangzhou").build()?;
/// let video = presigner.put("examplebucket", "a.mp4").content_type("video/mp4");
/// let initiate = video.presign_initiate()?; // send it: the response contains the upload id
/// # let upload_id = "fake-upload-id";
/// let layout = PartLayout::automatic(20 << 20).expect("a size that can be uploaded");
/// let plan = video.expires_in(Duration::from_secs(86_400)).presign_plan(layout, upload_id)?;
/// println!("{}", serde_json::to_string(&plan)?); // for the holder, who has the file
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl RequestBuilder<'_> {
    /// Signs the request that initiates a multipart upload of the object. Its response contains the upload id.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign`], and [`RequestError::NotForMethod`] for headers that describe the whole body.
    pub fn presign_initiate(&self) -> Result<PresignedRequest, Error> {
        self.presign_step(PlanStep::Initiate, "")
    }

    /// Signs all remaining requests of a multipart upload that has been initiated.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign_initiate`].
    pub fn presign_plan(&self, layout: PartLayout, upload_id: &str) -> Result<MultipartPlan, Error> {
        MultipartPlan::sign(layout, upload_id, |step| self.presign_step(step, upload_id))
    }

    /// Signs one step of a multipart upload, for holders who ask for each request when they need it.
    ///
    /// # Errors
    /// As [`RequestBuilder::presign_initiate`].
    pub fn presign_step(&self, step: PlanStep, upload_id: &str) -> Result<PresignedRequest, Error> {
        let mut request = self.clone();
        request.method = step.method();
        let of_body = |name: &str| OF_WHOLE_BODY.iter().find(|of_body| of_body.eq_ignore_ascii_case(name));
        if let Some(what) = request.headers.iter().find_map(|header| of_body(header.name)) {
            return Err(RequestError::NotForMethod { what, method: step.method() }.into());
        }
        request.headers.retain(|header| takes_header(step, header.name));
        request.additional.retain(|name| *name == "host" || takes_header(step, name));
        request.query.retain(|(name, _)| takes_parameter(step, name));
        request.made.retain(|made| match made.is_header {
            true => takes_header(step, made.name),
            false => takes_parameter(step, made.name),
        });
        if step != PlanStep::Initiate && step != PlanStep::Check && upload_id.is_empty() {
            return Err(RequestError::UploadIdEmpty.into());
        }
        step.query(upload_id)
            .into_iter()
            .fold(request, |request, (name, value)| request.made_query(name, value))
            .presign()
    }
}

fn takes_header(step: PlanStep, name: &str) -> bool {
    let is = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(name));
    if is(&["x-oss-request-payer"]) {
        return true;
    }
    let of_callback = is(&["x-oss-callback", "x-oss-callback-var"]);
    match step {
        PlanStep::Initiate => !of_callback,
        PlanStep::Complete => of_callback || is(&["x-oss-forbid-overwrite"]),
        _ => false,
    }
}

fn takes_parameter(step: PlanStep, name: &str) -> bool {
    match name {
        "callback" | "callback-var" => step == PlanStep::Complete,
        "x-oss-traffic-limit" => matches!(step, PlanStep::Part { .. }),
        _ => step == PlanStep::Initiate,
    }
}
