//! What is done of a multipart upload: enough to go on after a crash.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::plan::MultipartPlan;

/// The finished parts of a multipart upload, bound to a file (size and time of change) and a plan (object, upload id and
/// part size). It holds no secret: no query of any URL.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Checkpoint {
    version: u32,
    target: String,
    upload_id: String,
    size: u64,
    part_size: u64,
    modified: Option<Modified>,
    parts: Vec<DonePart>,
}

/// When a file was last changed, since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "(u64, u32)", into = "(u64, u32)")]
pub struct Modified {
    seconds: u64,
    nanoseconds: u32,
}

impl Modified {
    /// This many seconds since 1970, and nanoseconds beside them.
    pub fn new(seconds: u64, nanoseconds: u32) -> Self {
        Self { seconds, nanoseconds }
    }
}

impl From<(u64, u32)> for Modified {
    fn from((seconds, nanoseconds): (u64, u32)) -> Self {
        Self::new(seconds, nanoseconds)
    }
}

impl From<Modified> for (u64, u32) {
    fn from(modified: Modified) -> Self {
        (modified.seconds, modified.nanoseconds)
    }
}

/// A part that the service has.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct DonePart {
    /// Its number, from 1.
    pub number: u32,
    /// Its ETag, as it was answered.
    pub etag: String,
    /// CRC-64/XZ of its bytes.
    pub crc64: u64,
}

impl DonePart {
    /// A finished part.
    pub fn new(number: u32, etag: impl Into<String>, crc64: u64) -> Self {
        Self { number, etag: etag.into(), crc64 }
    }
}

/// Why a checkpoint cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It is not a checkpoint, or of an unknown version.
    Unreadable,
    /// The file was changed since, or is another one.
    OtherFile,
    /// It belongs to another object, upload or part size.
    OtherPlan,
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "the checkpoint file is none: delete it to start over",
            Self::OtherFile => {
                "the checkpoint belongs to another file, or the file was changed since: delete it to start over"
            }
            Self::OtherPlan => {
                "the checkpoint belongs to another upload: use its plan, or delete it to start over"
            }
        })
    }
}

impl core::error::Error for CheckpointError {}

impl Checkpoint {
    /// Nothing is done yet.
    pub fn new(plan: &MultipartPlan, upload_id: &str, modified: Option<Modified>) -> Self {
        Self {
            version: 1,
            target: plan.target(),
            upload_id: upload_id.to_string(),
            size: plan.layout().size(),
            part_size: plan.layout().part_size(),
            modified,
            parts: Vec::new(),
        }
    }

    /// Checks that it belongs to this plan and file.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn check(&self, plan: &MultipartPlan, modified: Option<Modified>) -> Result<(), CheckpointError> {
        if self.version != 1 {
            return Err(CheckpointError::Unreadable);
        }
        let other_upload = plan.upload_id().is_some_and(|id| id != self.upload_id);
        if other_upload || self.target != plan.target() || self.part_size != plan.layout().part_size() {
            return Err(CheckpointError::OtherPlan);
        }
        if self.size != plan.layout().size() || self.modified != modified {
            return Err(CheckpointError::OtherFile);
        }
        let known = |part: &DonePart| plan.layout().part(part.number).is_some();
        let repeated = self.parts.windows(2).any(|pair| matches!(pair, [a, b] if a.number >= b.number));
        if repeated || !self.parts.iter().all(known) {
            return Err(CheckpointError::Unreadable);
        }
        Ok(())
    }

    /// The upload id.
    pub fn upload_id(&self) -> &str {
        &self.upload_id
    }

    /// The finished parts, in order.
    pub fn parts(&self) -> &[DonePart] {
        &self.parts
    }

    /// Whether a part is finished.
    pub fn has(&self, number: u32) -> bool {
        self.parts.binary_search_by_key(&number, |part| part.number).is_ok()
    }

    /// Notes a finished part; of a part finished twice the last answer counts.
    pub fn record(&mut self, part: DonePart) {
        match self.parts.binary_search_by_key(&part.number, |done| done.number) {
            Ok(at) => {
                if let Some(done) = self.parts.get_mut(at) {
                    *done = part;
                }
            }
            Err(at) => self.parts.insert(at, part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::part_layout::PartLayout;
    use alloc::format;
    use oss_presign::{PresignedRequest, Timestamp};

    fn plan(id: &str, key: &str, part_size: u64, size: u64) -> MultipartPlan {
        MultipartPlan::sign(PartLayout::new(size, part_size).unwrap(), id, |step| {
            let url = format!("https://h/{key}?x-oss-signature=SECRET");
            PresignedRequest::new(step.method().as_str(), url, Vec::new(), Timestamp::from_unix(9).unwrap())
        })
        .unwrap()
    }

    #[test]
    fn it_is_bound_to_file_and_plan() {
        let at = Some(Modified::new(7, 8));
        let made = plan("ID", "k", 102_400, 300_000);
        let mut checkpoint = Checkpoint::new(&made, "ID", at);
        checkpoint.record(DonePart::new(3, "\"C\"", 3));
        checkpoint.record(DonePart::new(1, "\"A\"", 1));
        checkpoint.record(DonePart::new(3, "\"D\"", 4));
        assert_eq!(checkpoint.parts(), [DonePart::new(1, "\"A\"", 1), DonePart::new(3, "\"D\"", 4)]);
        assert!(checkpoint.has(3) && !checkpoint.has(2));
        let json = serde_json::to_string(&checkpoint).unwrap();
        assert!(!json.contains("SECRET") && json.contains("\"modified\":[7,8]"));
        let checkpoint: Checkpoint = serde_json::from_str(&json).unwrap();
        assert_eq!(checkpoint.check(&made, at), Ok(()));
        assert_eq!(checkpoint.check(&made, Some(Modified::new(7, 9))), Err(CheckpointError::OtherFile));
        assert_eq!(checkpoint.check(&plan("ID", "k", 102_400, 300_001), at), Err(CheckpointError::OtherFile));
        assert_eq!(
            checkpoint.check(&plan("ID2", "k", 102_400, 300_000), at),
            Err(CheckpointError::OtherPlan)
        );
        assert_eq!(checkpoint.check(&plan("ID", "l", 102_400, 300_000), at), Err(CheckpointError::OtherPlan));
        assert_eq!(checkpoint.check(&plan("ID", "k", 102_401, 300_000), at), Err(CheckpointError::OtherPlan));
        let mut edited = checkpoint.clone();
        edited.parts.swap(0, 1);
        assert_eq!(edited.check(&made, at), Err(CheckpointError::Unreadable));
        edited = checkpoint;
        edited.record(DonePart::new(4, "", 0));
        assert_eq!(edited.check(&made, at), Err(CheckpointError::Unreadable));
    }
}
