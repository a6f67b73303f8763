//! Fetching one version of an object in ranges, several at once.

use core::time::Duration;

use super::Surroundings;
use super::course::Setup;
use super::get::Get;
use crate::error::TransferError;
use crate::integrity::IntegrityError;
use crate::ranged_download::RangedDownload;
use crate::report::Downloaded;
use crate::retry::Failure;
use crate::retry_state::RetryState;

/// Hands out downloads of ranges to lanes.
///
/// A driver drives [`first`](Self::first) up to its first bytes and tells [`begin`](Self::begin) what came of it. Where
/// there are ranges, each lane asks for its [`next_range`](Self::next_range) until there is none, and tells
/// [`finished`](Self::finished); one of them drives the first range to its end. [`finish`](Self::finish) is asked when
/// all lanes have come to an end, [`retry`](Self::retry) after the error that one of them has ended with.
#[derive(Debug)]
pub struct Ranges {
    setup: Setup,
    range_size: u64,
    attempts: RetryState,
    state: Option<RangedDownload>,
}

/// What came of the first range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lanes {
    /// The object has this many bytes, to be fetched in ranges.
    Several {
        /// Bytes in the object.
        size: u64,
    },
    /// The server has no ranges, or the object no size or version: it is to be fetched as usual.
    One,
}

impl Ranges {
    /// Fetches an object in ranges of `range_size` bytes.
    pub fn new(setup: Setup, range_size: u64) -> Self {
        let attempts = RetryState::new(setup.options.retry);
        Self { setup, range_size, attempts, state: None }
    }

    /// The first range: its answer tells size, version and checksum for the others.
    pub fn first(&mut self) -> Get {
        self.state = None;
        Get::new(self.setup.clone(), Some(RangedDownload::first(self.range_size)), true)
    }

    /// Takes in what came of the first range up to its first bytes.
    ///
    /// # Errors
    /// That of the first range, unless it says that there are no ranges.
    pub fn begin(&mut self, first: &Get, ending: Result<(), TransferError>) -> Result<Lanes, TransferError> {
        match ending {
            Err(TransferError::UnexpectedAnswer { .. }) => return Ok(Lanes::One),
            // An empty object has no first byte.
            Err(TransferError::Service(error)) if error.status() == 416 => return Ok(Lanes::One),
            other => other?,
        }
        self.state = RangedDownload::new(first.state(), self.range_size);
        Ok(self.state.as_ref().map_or(Lanes::One, |state| Lanes::Several { size: state.size() }))
    }

    /// The next range for a lane: its first byte, and the download of it.
    pub fn next_range(&mut self) -> Option<(u64, Get)> {
        let state = self.state.as_mut()?;
        let range = state.next_range()?;
        // A range of another version would not fit the rest.
        Some((range.first, Get::new(self.setup.clone(), Some(range), true).with_etag(state.etag())))
    }

    /// The range from byte `first` on is there.
    pub fn finished(&mut self, first: u64, done: &Downloaded) {
        if let Some(state) = &mut self.state {
            state.finish_range(first, done);
        }
    }

    /// Compares the checksum of the whole.
    ///
    /// # Errors
    /// [`IntegrityError`] where the ranges are not the object.
    pub fn finish(&mut self) -> Result<Downloaded, TransferError> {
        let missing = TransferError::UnexpectedAnswer { what: "none to the first range" };
        let state = self.state.take().ok_or(missing)?;
        Ok(state.finish(self.setup.options.verify_crc, self.attempts.number())?)
    }

    /// How long to wait before all begins again with the [`first`](Self::first) range, which helps where the object
    /// changed meanwhile.
    ///
    /// # Errors
    /// The error itself where it is final.
    pub fn retry(
        &mut self,
        error: TransferError,
        surroundings: &dyn Surroundings,
    ) -> Result<Duration, TransferError> {
        let other_version = matches!(
            error,
            TransferError::Integrity(IntegrityError::Crc { .. })
                | TransferError::Changed { what: "the object" }
        );
        if !other_version {
            return Err(error);
        }
        let attempt = self.setup.attempt(true, surroundings);
        let next = self.attempts.after(error, Failure::Corrupted, attempt)?;
        Ok(next.after)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{Driver, World, answer, cut, setup};
    use super::*;

    /// CRC-64/XZ of "123456789": 0x995DC9BBDF1939FA.
    const CRC: &str = "11051210869376104954";

    fn range(range: &'static str, etag: &'static str) -> [(&'static str, &'static str); 3] {
        [("etag", etag), ("content-range", range), ("x-oss-hash-crc64ecma", CRC)]
    }

    fn begun(ranges: &mut Ranges, driver: &mut Driver, world: &World) -> (Get, Lanes) {
        let mut first = ranges.first();
        while driver.delivered.is_empty() {
            driver.step(&mut first, world).unwrap();
        }
        let lanes = ranges.begin(&first, Ok(())).unwrap();
        (first, lanes)
    }

    #[test]
    fn ranges_make_the_object_in_any_order() {
        let (mut ranges, world) = (Ranges::new(setup("GET", 3), 4), World::new());
        let mut lane = Driver::new([answer(206, &range("bytes 0-3/9", "\"A\""), b"1234")]);
        let (mut first, lanes) = begun(&mut ranges, &mut lane, &world);
        assert_eq!(lanes, Lanes::Several { size: 9 });
        let (at, mut second) = ranges.next_range().unwrap();
        let (last, mut third) = ranges.next_range().unwrap();
        assert_eq!((at, last, ranges.next_range().is_none()), (4, 8, true));
        let mut other = Driver::new([
            answer(206, &range("bytes 8-8/9", "\"A\""), b"9"),
            cut(206, &range("bytes 4-7/9", "\"A\""), b"56"),
            answer(206, &range("bytes 6-7/9", "\"A\""), b"78"),
        ]);
        let done = other.run(&mut third, &world).unwrap();
        ranges.finished(8, &done);
        let done = other.run(&mut second, &world).unwrap();
        ranges.finished(4, &done);
        let done = lane.run(&mut first, &world).unwrap();
        ranges.finished(0, &done);
        let done = ranges.finish().unwrap();
        assert_eq!((done.bytes, done.verified, done.crc64), (9, true, 0x995D_C9BB_DF19_39FA));
        assert_eq!(other.header(0, "if-match").as_deref(), Some("\"A\""));
    }

    #[test]
    fn a_server_without_ranges_is_no_failure() {
        let world = World::new();
        for reply in [answer(200, &range("", "\"A\""), b"123456789"), answer(416, &[], b"")] {
            let mut ranges = Ranges::new(setup("GET", 3), 4);
            let mut first = ranges.first();
            let ending = Driver::new([reply]).run(&mut first, &world).map(drop);
            assert_eq!(ranges.begin(&first, ending).unwrap(), Lanes::One);
        }
        let mut ranges = Ranges::new(setup("GET", 1), 4);
        let mut first = ranges.first();
        let ending = Driver::new([answer(404, &[], b"")]).run(&mut first, &world).map(drop);
        assert!(ranges.begin(&first, ending).is_err());
    }

    #[test]
    fn another_version_begins_anew_as_often_as_the_policy_says() {
        let (mut ranges, world) = (Ranges::new(setup("GET", 2), 4), World::new());
        let mut lane = Driver::new([answer(206, &range("bytes 0-3/9", "\"A\""), b"1234")]);
        begun(&mut ranges, &mut lane, &world);
        let (_, mut second) = ranges.next_range().unwrap();
        let mut other = Driver::new([answer(412, &[], b"")]);
        let changed = other.run(&mut second, &world).unwrap_err();
        assert!(matches!(changed, TransferError::Changed { what: "the object" }), "{changed:?}");
        assert!(ranges.retry(changed, &world).is_ok());
        let again = TransferError::Changed { what: "the object" };
        assert!(ranges.retry(again, &world).is_err());
        let mut fresh = Ranges::new(setup("GET", 2), 4);
        assert!(fresh.retry(TransferError::Connection("gone".into()), &world).is_err());
    }
}
