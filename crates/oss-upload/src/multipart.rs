//! A multipart upload in progress: which part comes next, what is done, what completes it.

use alloc::collections::VecDeque;
use alloc::string::{String, ToString};
use core::fmt::Write as _;

use oss_presign::PresignedRequest;

use crate::checkpoint::{Checkpoint, CheckpointError, DonePart, Modified};
use crate::crc64::Crc64;
use crate::part_layout::Part;
use crate::plan::{MultipartPlan, PlanError};
use crate::xml::XmlDocument;

/// The state of a multipart upload, whoever does the I/O.
#[derive(Clone, Debug)]
pub struct MultipartUpload {
    plan: MultipartPlan,
    checkpoint: Checkpoint,
    waiting: VecDeque<u32>,
}

impl MultipartUpload {
    /// Takes up an upload: at its beginning, or where a checkpoint says that it stopped.
    ///
    /// `upload_id` is the plan's, or what the initiating request answered; where neither is known yet, the
    /// checkpoint's is used.
    ///
    /// # Errors
    /// [`CheckpointError`] where the checkpoint belongs to something else.
    pub fn new(
        plan: MultipartPlan,
        upload_id: &str,
        modified: Option<Modified>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Self, CheckpointError> {
        let checkpoint = match checkpoint {
            Some(checkpoint) => {
                checkpoint.check(&plan, modified)?;
                checkpoint
            }
            None => Checkpoint::new(&plan, upload_id, modified),
        };
        let parts = plan.layout().parts().map(|part| part.number);
        let waiting = parts.filter(|&number| !checkpoint.has(number)).collect();
        Ok(Self { plan, checkpoint, waiting })
    }

    /// Checks that a body of `length` bytes is what the plan is for.
    ///
    /// # Errors
    /// [`PlanError::Size`].
    pub fn check_size(plan: &MultipartPlan, length: u64) -> Result<(), PlanError> {
        let planned = plan.layout().size();
        if planned == length { Ok(()) } else { Err(PlanError::Size { planned, found: length }) }
    }

    /// The id of an upload that the plan, or an earlier run, knows already.
    pub fn known_id(plan: &MultipartPlan, checkpoint: Option<&Checkpoint>) -> Option<String> {
        let id = plan.upload_id().or(checkpoint.map(Checkpoint::upload_id))?;
        (!id.is_empty()).then(|| id.to_string())
    }

    /// The plan.
    pub fn plan(&self) -> &MultipartPlan {
        &self.plan
    }

    /// The upload id.
    pub fn upload_id(&self) -> &str {
        self.checkpoint.upload_id()
    }

    /// What is done, to be kept for a later run.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Bytes in finished parts.
    pub fn done_bytes(&self) -> u64 {
        let done = self.checkpoint.parts().iter();
        done.filter_map(|part| self.plan.layout().part(part.number)).map(|part| part.length).sum()
    }

    /// The next part to send.
    pub fn next_part(&mut self) -> Option<Part> {
        let number = self.waiting.pop_front()?;
        self.plan.layout().part(number)
    }

    /// Notes that the service has a part.
    pub fn finish_part(&mut self, part: DonePart) {
        self.checkpoint.record(part);
    }

    /// The body of the completing request. OSS can list the parts itself, if the request was signed that way
    /// (`x-oss-complete-all`); it wants no list then.
    pub fn complete_body(&self, request: &PresignedRequest) -> String {
        if request.headers().any(|(name, _)| name == "x-oss-complete-all") {
            return String::new();
        }
        let mut xml = String::from("<CompleteMultipartUpload>");
        for part in self.checkpoint.parts() {
            // A String takes everything.
            let _ = write!(xml, "<Part><PartNumber>{}</PartNumber><ETag>", part.number);
            for c in part.etag.chars() {
                match c {
                    '<' => xml.push_str("&lt;"),
                    '&' => xml.push_str("&amp;"),
                    '>' => xml.push_str("&gt;"),
                    c => xml.push(c),
                }
            }
            xml.push_str("</ETag></Part>");
        }
        xml.push_str("</CompleteMultipartUpload>");
        xml
    }

    /// CRC-64/XZ of the object, combined from those of its parts.
    pub fn crc64(&self) -> u64 {
        let mut crc = 0;
        for done in self.checkpoint.parts() {
            let length = self.plan.layout().part(done.number).map_or(0, |part| part.length);
            crc = Crc64::combine(crc, done.crc64, length);
        }
        crc
    }

    /// The upload id in the answer to the initiating request.
    pub fn read_upload_id(xml: &[u8]) -> Option<String> {
        let id = XmlDocument::new(xml).field("UploadId")?.to_string();
        (!id.is_empty()).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::part_layout::{MAX_OBJECT_SIZE, MAX_PART_SIZE, PartLayout};
    use alloc::vec::Vec;
    use oss_presign::{PresignedRequestError, Timestamp};

    fn plan(size: u64, part_size: u64) -> MultipartPlan {
        MultipartPlan::sign(PartLayout::new(size, part_size).unwrap(), "ID", |step| {
            request(step.method().as_str(), Vec::new())
        })
        .unwrap()
    }

    fn request(
        method: &str,
        headers: Vec<(String, String)>,
    ) -> Result<PresignedRequest, PresignedRequestError> {
        PresignedRequest::new(method, "https://h/k?x", headers, Timestamp::from_unix(9).unwrap())
    }

    fn complete_body(upload: &MultipartUpload) -> String {
        upload.complete_body(&request("POST", Vec::new()).unwrap())
    }

    #[test]
    #[cfg_attr(miri, ignore = "it takes the checksum of half a megabyte: parts have no less than 100 KiB")]
    fn parts_in_any_order_make_the_object() {
        let bytes: Vec<u8> = (0..250_000_u32).map(|n| (n % 251) as u8).collect();
        let mut upload = MultipartUpload::new(plan(250_000, 102_400), "ID", None, None).unwrap();
        let mut parts: Vec<Part> = core::iter::from_fn(|| upload.next_part()).collect();
        assert_eq!(parts.iter().map(|part| part.length).collect::<Vec<_>>(), [102_400, 102_400, 45_200]);
        parts.reverse();
        for part in parts {
            let start = part.offset as usize;
            let crc = Crc64::of(&bytes[start..start + part.length as usize]);
            upload.finish_part(DonePart::new(part.number, "\"E<&\"", crc));
        }
        assert_eq!(upload.crc64(), Crc64::of(&bytes));
        assert_eq!(upload.done_bytes(), 250_000);
        assert!(complete_body(&upload).starts_with("<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"E&lt;&amp;\"</ETag></Part><Part><PartNumber>2<"));
        let all = [("x-oss-complete-all".to_string(), "yes".to_string())];
        assert_eq!(upload.complete_body(&request("POST", all.into()).unwrap()), "");
    }

    #[test]
    fn the_plan_knows_the_upload_or_the_checkpoint_does() {
        let planned = plan(250_000, 102_400);
        let kept = Checkpoint::new(&planned, "KEPT", None);
        assert_eq!(MultipartUpload::known_id(&planned, Some(&kept)).as_deref(), Some("ID"));
        let begun = request("POST", Vec::new()).unwrap();
        let open = MultipartPlan::to_initiate(planned.layout(), begun);
        assert_eq!(MultipartUpload::known_id(&open, Some(&kept)).as_deref(), Some("KEPT"));
        assert_eq!(MultipartUpload::known_id(&open, None), None);
    }

    #[test]
    fn a_checkpoint_leaves_only_the_rest() {
        let mut first = MultipartUpload::new(plan(250_000, 102_400), "ID", None, None).unwrap();
        first.finish_part(DonePart::new(2, "\"B\"", 5));
        let mut second =
            MultipartUpload::new(plan(250_000, 102_400), "ID", None, Some(first.checkpoint().clone()))
                .unwrap();
        assert_eq!(second.done_bytes(), 102_400);
        let rest: Vec<u32> = core::iter::from_fn(|| second.next_part()).map(|part| part.number).collect();
        assert_eq!(rest, [1, 3]);
    }

    /// The CRC of 48.8 TiB of zeros, from that of one part by 10 000 combinations, against doubling.
    #[test]
    fn the_largest_object_adds_up() {
        // Miri combines some hundred per second.
        const SIZE: u64 = if cfg!(miri) { 10 * MAX_PART_SIZE } else { MAX_OBJECT_SIZE };
        let mut part_crc = Crc64::of(&[0; 1 << 8]);
        let mut length = 1_u64 << 8;
        while length < 1 << 30 {
            part_crc = Crc64::combine(part_crc, part_crc, length);
            length *= 2;
        }
        let gib = part_crc;
        for _ in 1..5 {
            part_crc = Crc64::combine(part_crc, gib, 1 << 30);
        }
        let mut upload = MultipartUpload::new(plan(SIZE, MAX_PART_SIZE), "ID", None, None).unwrap();
        while let Some(part) = upload.next_part() {
            upload.finish_part(DonePart::new(part.number, "\"E\"", part_crc));
        }
        assert_eq!(upload.done_bytes(), SIZE);
        // The number of GiB in binary, most significant bit first.
        let mut expected = 0;
        let mut expected_length = 0_u64;
        for bit in (0..16).rev() {
            expected = Crc64::combine(expected, expected, expected_length);
            expected_length *= 2;
            if (SIZE >> 30) >> bit & 1 == 1 {
                expected = Crc64::combine(expected, gib, 1 << 30);
                expected_length += 1 << 30;
            }
        }
        assert_eq!(expected_length, SIZE);
        assert_eq!(upload.crc64(), expected);
        // 10 000 parts of up to 100 bytes of XML each fit any limit on requests.
        assert!(complete_body(&upload).len() < 1 << 20);
    }

    #[test]
    fn answers_are_read() {
        let initiated = b"<InitiateMultipartUploadResult><Bucket>b</Bucket><UploadId>A&amp;B</UploadId></InitiateMultipartUploadResult>";
        assert_eq!(MultipartUpload::read_upload_id(initiated).as_deref(), Some("A&B"));
        assert_eq!(MultipartUpload::read_upload_id(b"<R><UploadId></UploadId></R>"), None);
    }
}
