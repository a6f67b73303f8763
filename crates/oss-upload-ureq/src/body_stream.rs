//! A body on its way out: checksummed, paced, reported.

use std::io::{self, Read};
use std::sync::{Arc, PoisonError};

use oss_upload::driver::SentBody;
use oss_upload::driver::{Activity, ProgressSink, SharedPacer};
use oss_upload::{Crc64, TransferError};

use crate::body::{FileReader, Source};
use crate::cancel::CancelToken;
use crate::connection::is_broken;
use crate::lane::{Lane, Load};

/// The reader for the HTTP client. It fails where the source has another length than announced.
pub(crate) struct BodyStream {
    reader: Option<Box<dyn Read + Send>>,
    length: u64,
    attempt: u32,
    activity: Arc<Activity>,
    progress: Arc<dyn ProgressSink>,
    pacer: Option<Arc<SharedPacer>>,
    cancel: CancelToken,
    crc: Crc64,
    /// Bytes before the last piece that was read.
    before: u64,
    /// Bytes that are no longer sent.
    skipped: u64,
    /// Why the source could not deliver.
    failure: Option<TransferError>,
}

impl BodyStream {
    /// The body of an attempt, from its beginning.
    pub(crate) fn new(lane: &Lane, load: &Load<'_>, attempt: u32) -> Result<Self, TransferError> {
        let reader: Option<Box<dyn Read + Send>> = match &load.body.source {
            Source::Bytes(bytes) => Some(Box::new(io::Cursor::new(bytes.clone()))),
            Source::File(part) => Some(Box::new(FileReader::new(part, load.body.length))),
            Source::Reopen(open) => Some(open().map_err(TransferError::io("reading the body"))?),
            Source::Once(reader) => reader.lock().unwrap_or_else(PoisonError::into_inner).take(),
        };
        load.progress.moved(&lane.activity, attempt, 0);
        Ok(Self {
            reader,
            length: load.body.length,
            attempt,
            activity: lane.activity.clone(),
            progress: load.progress.clone(),
            pacer: lane.uploader.pacer.clone(),
            cancel: lane.cancel.clone(),
            crc: Crc64::new(),
            before: 0,
            skipped: 0,
            failure: None,
        })
    }

    /// How much of it has gone out.
    pub(crate) fn into_sent(self) -> SentBody {
        // Where the connection broke, at least some of the last piece has not gone out.
        let bytes = if is_broken() { self.before } else { self.crc.length() };
        SentBody { bytes, crc64: self.crc.value(), failure: self.failure }
    }

    /// Lets the HTTP client think that it sends on, up to the announced length.
    fn skip(&mut self, room: usize) -> usize {
        let left = self.length.saturating_sub(self.crc.length()).saturating_sub(self.skipped);
        let count = usize::try_from(left).map_or(room, |left| left.min(room));
        self.skipped = self.skipped.saturating_add(count as u64);
        count
    }

    fn read_counted(&mut self, buffer: &mut [u8]) -> Result<usize, TransferError> {
        self.cancel.check()?;
        let reading = TransferError::io("reading the body");
        let Some(reader) = &mut self.reader else { return Ok(0) };
        let mut room = buffer.len();
        if let Some(pacer) = &self.pacer {
            room = room.min(pacer.piece());
        }
        let n = loop {
            match reader.read(buffer.get_mut(..room).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let n = match n {
            Ok(n) => n,
            Err(error) => return Err(reading(error)),
        };
        let count = self.crc.length().saturating_add(n as u64);
        if n == 0 && room > 0 && count < self.length {
            let kind = io::ErrorKind::UnexpectedEof;
            return Err(reading(io::Error::new(kind, "the body ended before its announced length")));
        }
        if count > self.length {
            let kind = io::ErrorKind::InvalidData;
            return Err(reading(io::Error::new(kind, "the body is longer than its announced length")));
        }
        self.before = self.crc.length();
        self.crc.update(buffer.get(..n).unwrap_or_default());
        if n > 0 {
            if let Some(pacer) = &self.pacer {
                let wait = pacer.reserve(n as u64);
                self.cancel.sleep(wait)?;
            }
            self.progress.moved(&self.activity, self.attempt, count);
        }
        Ok(n)
    }
}

impl Read for BodyStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if is_broken() {
            return Ok(self.skip(buffer.len()));
        }
        self.read_counted(buffer).map_err(|error| {
            // The caller gets the real one; the HTTP client only has to stop.
            self.failure = Some(error);
            io::Error::other("the body cannot be read")
        })
    }
}
