//! Fetching an object in parallel ranges.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use oss_upload::files::{Destination, write_all_at};
use oss_upload::{
    Downloaded, Failure, IntegrityError, PartTally, RangedDownload, Tally, Totals, TransferError,
};

use crate::cancel::CancelToken;
use crate::client::CHUNK;
use crate::context::Context;
use crate::fetch::{Fetch, Piece};

/// How a download is cut: `parallel` ranges of `range_size` bytes at once.
#[derive(Clone, Copy)]
pub(crate) struct Ranges {
    pub(crate) parallel: usize,
    pub(crate) range_size: u64,
}

/// Fetches into a file, the first range for itself: it tells size, ETag and checksum for the others.
/// `None` where the server does not do ranges, or there is nothing to cut.
pub(crate) fn to_file(
    context: &mut Context,
    ranges: Ranges,
    path: &Path,
) -> Result<Option<Downloaded>, TransferError> {
    loop {
        let error = match attempt(context, ranges, path) {
            Err(
                error
                @ (TransferError::Integrity(IntegrityError::Crc { .. }) | TransferError::Changed { .. }),
            ) => error,
            other => return other,
        };
        context.after_failure(error, Failure::Corrupted, true)?;
    }
}

fn attempt(context: &Context, ranges: Ranges, path: &Path) -> Result<Option<Downloaded>, TransferError> {
    let refresh = || context.refresh.clone();
    let stop = context.cancel.child();
    let fork = || {
        let mut fork = context.fork(context.presigned.clone(), refresh());
        // A range of another version of the object would not fit the rest.
        fork.restartable = true;
        fork.cancel = stop.clone();
        fork
    };
    let mut head = Fetch::new(fork(), Some(RangedDownload::first(ranges.range_size)));
    let mut buffer = vec![0; CHUNK];
    let piece = match head.next(&mut buffer) {
        Err(TransferError::UnexpectedAnswer { .. }) => return Ok(None),
        Err(TransferError::Service(error)) if error.status() == 416 => return Ok(None),
        other => other?,
    };
    let Some(state) = RangedDownload::new(head.state(), ranges.range_size) else { return Ok(None) };
    let (size, etag) = (state.size(), state.etag().to_string());
    let shared = Mutex::new(state);
    let state = || shared.lock().unwrap_or_else(PoisonError::into_inner);
    let destination = Destination::temporary(path)?;
    let totals = Totals::new(context.monitor.clone(), size, 0);
    let mine = Mutex::new(Some((head, piece, buffer)));
    in_parallel(ranges.parallel, &stop, |_| {
        let mut buffer = Vec::new();
        let begun = mine.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((mut fetch, piece, begun)) = begun {
            buffer = begun;
            let done = drain(&mut fetch, Some(piece), &mut buffer, &destination, 0, &totals)?;
            state().finish_range(0, &done);
        }
        buffer.resize(CHUNK, 0);
        loop {
            let Some(range) = state().next_range() else { return Ok(()) };
            let mut fetch = Fetch::new(fork(), Some(range)).with_etag(&etag);
            let done = drain(&mut fetch, None, &mut buffer, &destination, range.first, &totals)?;
            state().finish_range(range.first, &done);
        }
    })?;
    let whole = state().clone();
    let done = whole.finish(context.uploader.options.verify_crc, context.attempts.number())?;
    destination.finish(done.bytes)?;
    Ok(Some(done))
}

/// Writes one range to its place.
fn drain(
    fetch: &mut Fetch,
    mut piece: Option<Piece>,
    buffer: &mut [u8],
    destination: &Destination,
    offset: u64,
    totals: &Arc<Totals>,
) -> Result<Downloaded, TransferError> {
    let tally = PartTally::new(totals);
    let mut received = 0_u64;
    loop {
        let next = match piece.take() {
            Some(piece) => piece,
            None => fetch.next(buffer)?,
        };
        match next {
            Piece::Data(n) => {
                let data = buffer.get(..n).unwrap_or_default();
                write_all_at(destination.file(), data, offset.saturating_add(received))
                    .map_err(TransferError::io("writing the download"))?;
                received = received.saturating_add(n as u64);
            }
            Piece::Restart => received = 0,
            Piece::End(done) => return Ok(done),
        }
        tally.moved(fetch.monitor(), received);
    }
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
                    first.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
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
