//! What is written down about a partial file, so that a later process can go on with it.

use alloc::string::{String, ToString};

use crate::download::Download;
use crate::range::ByteRange;

/// Binds a partial file to an object and its version. It holds no secret: no query of any URL.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PartialRecord {
    version: u32,
    target: String,
    etag: String,
    size: u64,
    /// First and last byte that were asked for, if not all.
    range: Option<(u64, Option<u64>)>,
}

impl PartialRecord {
    /// The record of a download from `url` that has begun; `None` where it could not be continued: without an ETag, or
    /// without a size.
    pub fn of(download: &Download, url: &str) -> Option<Self> {
        let etag = download.etag().filter(|_| download.can_resume())?;
        Some(Self {
            version: 1,
            target: target(url).to_string(),
            etag: etag.to_string(),
            size: download.object_size()?,
            range: download.wanted().map(|range| (range.first, range.last)),
        })
    }

    /// Whether it is about this object and range.
    pub fn is_about(&self, url: &str, wanted: Option<ByteRange>) -> bool {
        let wanted = wanted.map(|range| (range.first, range.last));
        self.version == 1 && self.target == target(url) && self.range == wanted
    }

    /// ETag of the object.
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// Bytes in the object.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes in the complete file.
    pub fn length(&self) -> u64 {
        let (first, last) = self.range.unwrap_or((0, None));
        let end = last.map_or(self.size, |last| last.saturating_add(1).min(self.size));
        end.saturating_sub(first)
    }
}

fn target(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response_head::ResponseHead;

    #[test]
    fn it_is_bound_to_object_and_range_and_holds_no_secret() {
        let range = ByteRange { first: 2, last: Some(50) };
        let mut download = Download::new(Some(range));
        assert_eq!(PartialRecord::of(&download, "https://h/k?sig=SECRET"), None);
        let mut answer = ResponseHead::new(206);
        answer.record("etag", b"\"E\"");
        answer.record("content-range", b"bytes 2-8/9");
        download.accept(&answer).unwrap();
        download.take(b"345").unwrap();
        let record = PartialRecord::of(&download, "https://h/k?sig=SECRET").unwrap();
        assert_eq!((record.etag(), record.size(), record.length()), ("\"E\"", 9, 7));
        assert!(!serde_json::to_string(&record).unwrap().contains("SECRET"));
        assert!(record.is_about("https://h/k?sig=OTHER", Some(range)));
        assert!(!record.is_about("https://h/l?sig=SECRET", Some(range)));
        assert!(!record.is_about("https://h/k?sig=SECRET", None));
        // What a signed range fixes cannot be asked for piece by piece.
        let mut fixed = Download::new(None).with_fixed_range();
        fixed.accept(&answer).unwrap();
        fixed.take(b"345").unwrap();
        assert_eq!(PartialRecord::of(&fixed, "https://h/k"), None);
    }
}
