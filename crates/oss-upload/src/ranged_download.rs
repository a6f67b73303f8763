//! A download in ranges: which comes next, and whether together they are the object.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::crc64::Crc64;
use crate::download::Download;
use crate::integrity::IntegrityError;
use crate::range::ByteRange;
use crate::report::Downloaded;

/// The state of a download of one version of an object in ranges, whoever does the I/O.
#[derive(Clone, Debug)]
pub struct RangedDownload {
    etag: String,
    size: u64,
    range_size: u64,
    /// First byte of the next range.
    next: u64,
    remote_crc: Result<Option<u64>, IntegrityError>,
    /// First byte, checksum and length of the ranges that are there.
    done: Vec<(u64, u64, u64)>,
}

impl RangedDownload {
    /// The range to fetch first, for itself: its answer tells size, ETag and checksum. `range_size` is in bytes.
    pub fn first(range_size: u64) -> ByteRange {
        ByteRange { first: 0, last: Some(range_size.max(1) - 1) }
    }

    /// Goes on from the first range, of which the head has come; that range counts as being fetched. `None` where its
    /// answer does not tell size and ETag.
    pub fn new(first: &Download, range_size: u64) -> Option<Self> {
        let range_size = range_size.max(1);
        Some(Self {
            etag: first.etag()?.to_string(),
            size: first.object_size()?,
            range_size,
            next: range_size,
            remote_crc: first.remote_crc(),
            done: Vec::new(),
        })
    }

    /// ETag of the object.
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// Bytes in the object.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The next range to fetch.
    pub fn next_range(&mut self) -> Option<ByteRange> {
        let first = Some(self.next).filter(|&next| next < self.size)?;
        self.next = first.saturating_add(self.range_size);
        Some(ByteRange { first, last: Some(self.next.min(self.size) - 1) })
    }

    /// Notes that the range from byte `first` on is there.
    pub fn finish_range(&mut self, first: u64, done: &Downloaded) {
        self.done.push((first, done.crc64, done.bytes));
    }

    /// Combines the checksums of the ranges; with `verify` the result is compared with the object's.
    ///
    /// # Errors
    /// [`IntegrityError::Length`] where ranges are missing, [`IntegrityError::Crc`] where they are not the object.
    pub fn finish(mut self, verify: bool, attempts: u32) -> Result<Downloaded, IntegrityError> {
        self.done.sort_unstable();
        let (mut local, mut bytes) = (0, 0_u64);
        for (_, crc, length) in self.done {
            local = Crc64::combine(local, crc, length);
            bytes = bytes.saturating_add(length);
        }
        if bytes != self.size {
            return Err(IntegrityError::Length { expected: self.size, found: bytes });
        }
        match if verify { self.remote_crc? } else { None } {
            Some(remote) if remote != local => Err(IntegrityError::Crc { local, remote }),
            remote => Ok(Downloaded::new(Some(self.etag), local, remote.is_some(), bytes, attempts)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response_head::ResponseHead;

    /// CRC-64/XZ of "123456789" (the catalogue's check value): 0x995DC9BBDF1939FA.
    fn begun(range_size: u64) -> RangedDownload {
        let mut head = Download::new(Some(RangedDownload::first(range_size)));
        let mut answer = ResponseHead::new(206);
        answer.record("etag", b"\"A\"");
        answer.record("content-range", b"bytes 0-3/9");
        answer.record("x-oss-hash-crc64ecma", b"11051210869376104954");
        head.accept(&answer).unwrap();
        RangedDownload::new(&head, range_size).unwrap()
    }

    fn part(bytes: &[u8]) -> Downloaded {
        Downloaded::new(None, Crc64::of(bytes), false, bytes.len() as u64, 1)
    }

    #[test]
    fn ranges_cover_the_object_once() {
        let mut download = begun(4);
        assert_eq!(download.next_range(), Some(ByteRange { first: 4, last: Some(7) }));
        assert_eq!(download.next_range(), Some(ByteRange { first: 8, last: Some(8) }));
        assert_eq!(download.next_range(), None);
    }

    #[test]
    fn ranges_are_combined_in_their_order_not_in_that_of_their_arrival() {
        let mut download = begun(4);
        download.finish_range(8, &part(b"9"));
        download.finish_range(0, &part(b"1234"));
        let missing = download.clone().finish(true, 1).unwrap_err();
        assert_eq!(missing, IntegrityError::Length { expected: 9, found: 5 });
        let mut wrong = download.clone();
        wrong.finish_range(4, &part(b"567X"));
        assert!(matches!(wrong.clone().finish(true, 1), Err(IntegrityError::Crc { .. })));
        assert!(!wrong.finish(false, 1).unwrap().verified);
        download.finish_range(4, &part(b"5678"));
        let done = download.finish(true, 3).unwrap();
        assert_eq!((done.bytes, done.verified, done.attempts), (9, true, 3));
        assert_eq!((done.etag.as_deref(), done.crc64), (Some("\"A\""), 0x995D_C9BB_DF19_39FA));
    }
}
