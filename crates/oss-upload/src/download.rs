//! A download that survives cut connections: what has arrived of it, and which range to ask for next.

mod continuation;
#[cfg(feature = "std")]
mod recovery;

use alloc::string::{String, ToString};

use crate::crc64::Crc64;
use crate::integrity::IntegrityError;
use crate::range::ByteRange;
use crate::report::Downloaded;

pub use continuation::{Continuation, DownloadError};
#[cfg(feature = "std")]
pub use recovery::Recovery;

/// The state of a download over all its attempts.
#[derive(Clone, Debug)]
pub struct Download {
    /// The part of the object that was asked for; `None` for all of it.
    wanted: Option<ByteRange>,
    /// Whether the caller's own `Range` is fixed by the signature: then there is no resuming.
    fixed: bool,
    etag: Option<String>,
    /// The caller wants the version with this ETag and no other.
    pinned: bool,
    received: u64,
    /// What had been received when the current attempt began.
    #[cfg(feature = "std")]
    mark: u64,
    expected: Option<u64>,
    object_size: Option<u64>,
    crc: Crc64,
    remote_crc: Option<Result<u64, IntegrityError>>,
    /// What an earlier process received; the service has not yet said that it is still the same object.
    unconfirmed: bool,
}

impl Download {
    /// A download of the whole object, or of `wanted`.
    pub fn new(wanted: Option<ByteRange>) -> Self {
        Self {
            wanted,
            fixed: false,
            etag: None,
            pinned: false,
            received: 0,
            #[cfg(feature = "std")]
            mark: 0,
            expected: None,
            object_size: None,
            crc: Crc64::new(),
            remote_crc: None,
            unconfirmed: false,
        }
    }

    /// A download of which an earlier process received the first bytes, from the object with this ETag and size in
    /// bytes; `crc` is the checksum of those bytes.
    pub fn resumed(wanted: Option<ByteRange>, etag: &str, object_size: u64, crc: Crc64) -> Self {
        Self {
            etag: Some(etag.to_string()),
            received: crc.length(),
            #[cfg(feature = "std")]
            mark: crc.length(),
            object_size: Some(object_size),
            crc,
            unconfirmed: true,
            ..Self::new(wanted)
        }
    }

    /// The range is fixed by a signed header: it is sent anyway, none may be added.
    #[must_use]
    pub fn with_fixed_range(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// Accepts only the version of the object with this ETag.
    #[must_use]
    pub fn with_etag(mut self, etag: &str) -> Self {
        self.etag = Some(etag.to_string());
        self.pinned = true;
        self
    }

    /// The part of the object that was asked for; `None` for all of it.
    pub fn wanted(&self) -> Option<ByteRange> {
        self.wanted
    }

    /// Whether it is of the whole object, which is what the service's checksum is of.
    pub fn is_whole(&self) -> bool {
        self.wanted.is_none() && !self.fixed
    }

    /// Whether a range of one's own can be asked for: not where one is signed.
    pub fn can_ask_for_ranges(&self) -> bool {
        !self.fixed
    }

    /// The `Range` to ask for now.
    pub fn range(&self) -> Option<ByteRange> {
        if self.fixed {
            return None;
        }
        let first = self.wanted.map_or(0, |range| range.first).saturating_add(self.received);
        match self.wanted {
            None if self.received == 0 => None,
            None => Some(ByteRange { first, last: None }),
            Some(range) => Some(ByteRange { first, ..range }),
        }
    }

    /// The ETag to send as `If-Match` with a range.
    pub fn if_match(&self) -> Option<&str> {
        self.etag.as_deref().filter(|_| self.range().is_some())
    }

    /// Whether only one version of the object will do.
    pub fn is_pinned(&self) -> bool {
        self.pinned
    }

    /// Whether what is there can be kept by the next attempt. If not, [`restart`](Self::restart) first.
    pub fn can_resume(&self) -> bool {
        self.received == 0 || (!self.fixed && self.etag.is_some())
    }

    /// Forgets what was received, and, unless the caller named one, which version of the object it was.
    pub fn restart(&mut self) {
        let etag = self.etag.take().filter(|_| self.pinned);
        *self = Self { fixed: self.fixed, etag, pinned: self.pinned, ..Self::new(self.wanted) };
    }

    /// Takes in received bytes.
    ///
    /// # Errors
    /// [`IntegrityError::Length`] where there are more than announced.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), IntegrityError> {
        let found = self.received.saturating_add(bytes.len() as u64);
        if let Some(expected) = self.expected.filter(|&expected| found > expected) {
            return Err(IntegrityError::Length { expected, found });
        }
        self.crc.update(bytes);
        self.received = found;
        Ok(())
    }

    /// Bytes received that count.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Bytes to receive in all, once known.
    pub fn expected(&self) -> Option<u64> {
        self.expected
    }

    /// Size of the whole object, once known.
    pub fn object_size(&self) -> Option<u64> {
        self.object_size
    }

    /// ETag of the object, once known.
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// CRC-64/XZ of the whole object according to the service, once known.
    ///
    /// # Errors
    /// [`IntegrityError::Unreadable`] where the service said something else.
    pub fn remote_crc(&self) -> Result<Option<u64>, IntegrityError> {
        self.remote_crc.transpose()
    }

    /// Whether an answer that ended without an error ended too early.
    ///
    /// # Errors
    /// [`IntegrityError::Length`]: to be resumed, nothing received is wrong.
    pub fn check_complete(&self) -> Result<(), IntegrityError> {
        match self.expected {
            Some(expected) if expected != self.received => {
                Err(IntegrityError::Length { expected, found: self.received })
            }
            _ => Ok(()),
        }
    }

    /// Compares the checksums of a complete download.
    ///
    /// # Errors
    /// [`IntegrityError::Crc`] or [`IntegrityError::Unreadable`]: what was received is not known to be the object; nothing of
    /// it can be kept.
    pub fn finish(&self, verify: bool, attempts: u32) -> Result<Downloaded, IntegrityError> {
        let local = self.crc.value();
        let remote = if self.is_whole() && verify { self.remote_crc()? } else { None };
        if let Some(remote) = remote.filter(|&remote| remote != local) {
            return Err(IntegrityError::Crc { local, remote });
        }
        Ok(Downloaded::new(self.etag.clone(), local, remote.is_some(), self.received, attempts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response_head::ResponseHead;

    pub(super) fn answer(status: u16, headers: &[(&str, &'static str)]) -> ResponseHead<'static> {
        let mut answer = ResponseHead::new(status);
        for (name, value) in headers {
            answer.record(name, value.as_bytes());
        }
        answer
    }

    /// CRC-64/XZ of "123456789": 0x995DC9BBDF1939FA.
    const CRC: &str = "11051210869376104954";

    pub(super) fn begun() -> Download {
        let mut download = Download::new(None);
        assert_eq!((download.range(), download.if_match()), (None, None));
        let head = answer(200, &[("etag", "\"A\""), ("content-length", "9"), ("x-oss-hash-crc64ecma", CRC)]);
        assert_eq!(download.accept(&head), Ok(Continuation::Append));
        download.take(b"1234").unwrap();
        assert_eq!(download.check_complete(), Err(IntegrityError::Length { expected: 9, found: 4 }));
        download
    }

    #[test]
    fn a_cut_download_is_resumed() {
        let mut download = begun();
        assert_eq!(download.range(), Some(ByteRange { first: 4, last: None }));
        assert_eq!(download.if_match(), Some("\"A\""));
        assert!(download.can_resume());
        let head = answer(206, &[("etag", "\"A\""), ("content-range", "bytes 4-8/9")]);
        assert_eq!(download.accept(&head), Ok(Continuation::Append));
        download.take(b"56789").unwrap();
        download.check_complete().unwrap();
        let done = download.finish(true, 2).unwrap();
        assert_eq!((done.bytes, done.verified, done.etag.as_deref()), (9, true, Some("\"A\"")));
        assert_eq!(download.take(b"x"), Err(IntegrityError::Length { expected: 9, found: 10 }));
    }

    #[test]
    fn a_wrong_checksum_is_never_done() {
        let mut download = begun();
        download.take(b"5678X").unwrap();
        assert!(matches!(
            download.finish(true, 1),
            Err(IntegrityError::Crc { remote: 0x995D_C9BB_DF19_39FA, .. })
        ));
        assert!(!download.finish(false, 1).unwrap().verified);
        download.restart();
        assert_eq!((download.received(), download.range(), download.etag()), (0, None, None));
        download.accept(&answer(200, &[("x-oss-hash-crc64ecma", "seven"), ("content-length", "0")])).unwrap();
        assert_eq!(download.finish(true, 1), Err(IntegrityError::Unreadable));
    }

    #[test]
    fn without_an_etag_there_is_no_resuming() {
        let mut download = Download::new(None);
        download.accept(&answer(200, &[("content-length", "9")])).unwrap();
        assert!(download.can_resume());
        download.take(b"1").unwrap();
        assert!(!download.can_resume());
    }

    #[test]
    fn a_part_of_an_object() {
        let mut download = Download::new(Some(ByteRange { first: 2, last: Some(5) })).with_etag("\"A\"");
        assert_eq!(
            (download.range(), download.if_match()),
            (Some(ByteRange { first: 2, last: Some(5) }), Some("\"A\""))
        );
        let head = answer(206, &[("content-range", "bytes 2-5/9"), ("x-oss-hash-crc64ecma", CRC)]);
        download.accept(&head).unwrap();
        download.take(b"3").unwrap();
        assert_eq!(download.range(), Some(ByteRange { first: 3, last: Some(5) }));
        download.take(b"456").unwrap();
        assert_eq!((download.expected(), download.object_size()), (Some(4), Some(9)));
        assert!(!download.finish(true, 1).unwrap().verified);
        download.restart();
        assert_eq!(download.etag(), Some("\"A\""));
        assert_eq!(download.accept(&answer(200, &[])), Err(DownloadError::WrongRange));
    }

    #[test]
    fn a_signed_range_is_taken_as_it_comes() {
        let mut download = Download::new(None).with_fixed_range();
        assert_eq!(download.range(), None);
        download
            .accept(&answer(
                206,
                &[("content-range", "bytes 2-5/9"), ("etag", "\"A\""), ("x-oss-hash-crc64ecma", CRC)],
            ))
            .unwrap();
        download.take(b"34").unwrap();
        assert!(!download.can_resume());
        download.restart();
        download.accept(&answer(206, &[("content-range", "bytes 2-5/9")])).unwrap();
        download.take(b"3456").unwrap();
        download.check_complete().unwrap();
        assert!(!download.finish(true, 1).unwrap().verified);
    }
}
