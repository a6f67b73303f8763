//! Fetching an object in parallel ranges.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::try_join_all;
use oss_upload::files::Destination;
use oss_upload::{
    ByteRange, Crc64, Downloaded, Failure, IntegrityError, PartTally, Tally, Totals, TransferError,
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
    let size = ranges.range_size.max(1);
    let first = ByteRange { first: 0, last: Some(size - 1) };
    let mut head = Fetch::new(fork(), Some(first));
    let piece = match head.next().await {
        Err(TransferError::UnexpectedAnswer { .. }) => return Ok(None),
        Err(TransferError::Service(error)) if error.status() == 416 => return Ok(None),
        other => other?,
    };
    let (Some(total), Some(etag)) = (head.state().object_size(), head.state().etag().map(str::to_string))
    else {
        return Ok(None);
    };
    let destination = temporary(path).await?;
    let totals = Totals::new(context.monitor.clone(), total, 0);
    let waiting = Mutex::new((1..total.div_ceil(size)).map(|n| n * size));
    let crcs = Mutex::new(Vec::new());
    let note = |offset: u64, done: Downloaded| {
        crcs.lock().unwrap_or_else(PoisonError::into_inner).push((offset, done.crc64, done.bytes));
    };
    let work = async |mine: Option<(Fetch, Piece)>| {
        if let Some((mut fetch, piece)) = mine {
            note(0, drain(&mut fetch, Some(piece), &destination, 0, &totals).await?);
        }
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(offset) = next else { return Ok::<_, TransferError>(()) };
            let range = ByteRange { first: offset, last: Some((offset + (size - 1)).min(total - 1)) };
            let mut fetch = Fetch::new(fork(), Some(range)).with_etag(&etag);
            note(offset, drain(&mut fetch, None, &destination, offset, &totals).await?);
        }
    };
    let remote = head.state().remote_crc();
    let mut mine = Some((head, piece));
    try_join_all((0..ranges.parallel.max(1)).map(|_| work(mine.take()))).await?;
    let mut crcs = crcs.into_inner().unwrap_or_else(PoisonError::into_inner);
    crcs.sort_unstable();
    let (mut local, mut bytes) = (0, 0_u64);
    for (_, crc, length) in crcs {
        local = Crc64::combine(local, crc, length);
        bytes = bytes.saturating_add(length);
    }
    if bytes != total {
        return Err(IntegrityError::Length { expected: total, found: bytes }.into());
    }
    let remote = remote.filter(|_| context.uploader.options.verify_crc);
    if let Some(remote) = remote.filter(|&remote| remote != local) {
        return Err(IntegrityError::Crc { local, remote }.into());
    }
    finish(destination, total).await?;
    Ok(Some(Downloaded::new(etag, local, remote.is_some(), total, context.attempts.number())))
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
