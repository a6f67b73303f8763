//! Fetching an object in ranges by several threads.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use oss_upload::driver::{Get, Lanes, PartProgress, ProgressSink, Ranges, TransferProgress};
use oss_upload::files::{Destination, write_all_at};
use oss_upload::{Downloaded, TransferError};

use crate::cancel::CancelToken;
use crate::client::CHUNK;
use crate::lane::{Lane, Piece};

/// Fetches into a file; `None` where there are no ranges to fetch.
pub(crate) fn to_file(
    lane: &Lane,
    ranges: Ranges,
    lanes: usize,
    path: &Path,
) -> Result<Option<Downloaded>, TransferError> {
    let ranges = Mutex::new(ranges);
    loop {
        let error = match attempt(lane, &ranges, lanes, path) {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        lane.cancel.check()?;
        let wait = lock(&ranges).retry(error, lane)?;
        lane.cancel.sleep(wait)?;
    }
}

/// A range on its way into the file.
struct Fetch<'a> {
    lane: Lane,
    get: Get,
    buffer: &'a mut Vec<u8>,
}

fn attempt(
    whole: &Lane,
    ranges: &Mutex<Ranges>,
    lanes: usize,
    path: &Path,
) -> Result<Option<Downloaded>, TransferError> {
    let stop = whole.cancel.child();
    let fork = || whole.fork(stop.clone(), whole.sign.clone());
    let (mut lane, mut first, mut buffer) = (fork(), lock(ranges).first(), vec![0; CHUNK]);
    let (piece, ending) = match lane.next(&mut first, None, &mut buffer) {
        Ok(piece) => (Some(piece), Ok(())),
        Err(error) => (None, Err(error)),
    };
    let Lanes::Several { size } = lock(ranges).begin(&first, ending)? else { return Ok(None) };
    let destination = Destination::temporary(path)?;
    let whole_progress = TransferProgress::new(whole.activity.clone(), size, 0);
    let first = Mutex::new(Some((lane, first, piece, buffer)));
    in_parallel(lanes, &stop, |_| {
        let mut buffer = Vec::new();
        let begun = lock(&first).take();
        if let Some((lane, get, piece, begun)) = begun {
            buffer = begun;
            let fetch = Fetch { lane, get, buffer: &mut buffer };
            let done = fetch.drain(piece, &destination, 0, &whole_progress)?;
            lock(ranges).finished(0, &done);
        }
        buffer.resize(CHUNK, 0);
        loop {
            let Some((offset, get)) = lock(ranges).next_range() else { return Ok(()) };
            let fetch = Fetch { lane: fork(), get, buffer: &mut buffer };
            let done = fetch.drain(None, &destination, offset, &whole_progress)?;
            lock(ranges).finished(offset, &done);
        }
    })?;
    let mut done = lock(ranges).finish()?;
    destination.finish(&mut done)?;
    Ok(Some(done))
}

impl Fetch<'_> {
    /// Writes it to its place, from this piece on.
    fn drain(
        mut self,
        mut piece: Option<Piece<Downloaded>>,
        destination: &Destination,
        offset: u64,
        whole_progress: &Arc<TransferProgress>,
    ) -> Result<Downloaded, TransferError> {
        let progress = PartProgress::new(whole_progress);
        let mut received = 0_u64;
        loop {
            let next = match piece.take() {
                Some(piece) => piece,
                None => self.lane.next(&mut self.get, None, self.buffer)?,
            };
            match next {
                Piece::Data(n) => {
                    let data = self.buffer.get(..n).unwrap_or_default();
                    write_all_at(destination.file(), data, offset.saturating_add(received))
                        .map_err(TransferError::io("writing the download"))?;
                    received = received.saturating_add(n as u64);
                }
                Piece::Restart => received = 0,
                Piece::End(done) => return Ok(done),
            }
            progress.moved(&self.lane.activity, 1, received);
        }
    }
}

pub(crate) fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `work` in so many threads; the first error stops the others through `stop` and is the result.
pub(crate) fn in_parallel(
    threads: usize,
    stop: &CancelToken,
    work: impl Fn(usize) -> Result<(), TransferError> + Sync,
) -> Result<(), TransferError> {
    let first: Mutex<Option<TransferError>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for n in 0..threads.max(1) {
            let (work, first) = (&work, &first);
            scope.spawn(move || {
                if let Err(error) = work(n) {
                    // Those who were stopped fail as well, but later.
                    lock(first).get_or_insert(error);
                    stop.cancel();
                }
            });
        }
    });
    match first.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}
