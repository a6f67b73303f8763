//! Fetching an object in parallel ranges.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::try_join_all;
use oss_upload::files::Destination;
use oss_upload::{
    Downloaded, Failure, IntegrityError, PartTally, RangedDownload, Tally, Totals, TransferError,
};

use crate::context::Context;
use crate::fetch::{Fetch, Piece};
use crate::sink::{Writer, finish, temporary};

/// How a download is cut: `parallel` ranges of `range_size` bytes at once.
#[derive(Clone, Copy)]
pub(crate) struct Ranges {
    pub(crate) parallel: usize,
    pub(crate) range_size: u64,
}

/// Fetches into a file, the first range for itself: it tells size, ETag and checksum for the others.
/// `None` where the server does not do ranges, or there is nothing to cut.
pub(crate) async fn to_file(
    context: &mut Context,
    ranges: Ranges,
    path: &Path,
) -> Result<Option<Downloaded>, TransferError> {
    loop {
        let error = match attempt(context, ranges, path).await {
            Err(
                error
                @ (TransferError::Integrity(IntegrityError::Crc { .. }) | TransferError::Changed { .. }),
            ) => error,
            other => return other,
        };
        context.after_failure(error, Failure::Corrupted, true).await?;
    }
}

async fn attempt(
    context: &Context,
    ranges: Ranges,
    path: &Path,
) -> Result<Option<Downloaded>, TransferError> {
    let refresh = || context.refresh.clone();
    let fork = || {
        let mut fork = context.fork(context.presigned.clone(), refresh());
        // A range of another version of the object would not fit the rest.
        fork.restartable = true;
        fork
    };
    let mut head = Fetch::new(fork(), Some(RangedDownload::first(ranges.range_size)));
    let piece = match head.next().await {
        Err(TransferError::UnexpectedAnswer { .. }) => return Ok(None),
        Err(TransferError::Service(error)) if error.status() == 416 => return Ok(None),
        other => other?,
    };
    let Some(state) = RangedDownload::new(head.state(), ranges.range_size) else { return Ok(None) };
    let (size, etag) = (state.size(), state.etag().to_string());
    let shared = Mutex::new(state);
    let state = || shared.lock().unwrap_or_else(PoisonError::into_inner);
    let destination = temporary(path).await?;
    let totals = Totals::new(context.monitor.clone(), size, 0);
    let work = async |mine: Option<(Fetch, Piece)>| {
        if let Some((mut fetch, piece)) = mine {
            let done = drain(&mut fetch, Some(piece), &destination, 0, &totals).await?;
            state().finish_range(0, &done);
        }
        loop {
            let next = state().next_range();
            let Some(range) = next else { return Ok::<_, TransferError>(()) };
            let mut fetch = Fetch::new(fork(), Some(range)).with_etag(&etag);
            let done = drain(&mut fetch, None, &destination, range.first, &totals).await?;
            state().finish_range(range.first, &done);
        }
    };
    let mut mine = Some((head, piece));
    try_join_all((0..ranges.parallel.max(1)).map(|_| work(mine.take()))).await?;
    let whole = state().clone();
    let done = whole.finish(context.uploader.options.verify_crc, context.attempts.number())?;
    finish(destination, done.bytes).await?;
    Ok(Some(done))
}

/// Writes one range to its place.
async fn drain(
    fetch: &mut Fetch,
    mut piece: Option<Piece>,
    destination: &Destination,
    offset: u64,
    totals: &Arc<Totals>,
) -> Result<Downloaded, TransferError> {
    let mut writer = Writer::new(destination.file().clone(), offset);
    let tally = PartTally::new(totals);
    let mut received = 0_u64;
    loop {
        let next = match piece.take() {
            Some(piece) => piece,
            None => fetch.next().await?,
        };
        match next {
            Piece::Data(data) => {
                received = received.saturating_add(data.len() as u64);
                writer.push(data).await?;
            }
            Piece::Restart => {
                received = 0;
                writer.restart().await?;
            }
            Piece::End(done) => {
                writer.finish().await?;
                return Ok(done);
            }
        }
        tally.moved(fetch.monitor(), received);
    }
}
