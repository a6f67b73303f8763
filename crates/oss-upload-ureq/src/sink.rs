//! A download on its way into a file.

use std::path::Path;

use oss_upload::driver::Get;
use oss_upload::files::{Destination, PartialRecord, write_all_at};
use oss_upload::{Downloaded, TransferError};

use crate::client::CHUNK;
use crate::lane::{Lane, Piece};

/// Fetches into the file. Where it is to `resume`, it goes on with what an earlier process left, and leaves what it has
/// where it fails.
pub(crate) fn to_file(
    mut lane: Lane,
    mut get: Get,
    path: &Path,
    resume: bool,
) -> Result<Downloaded, TransferError> {
    let mut target = if resume { reopen(&lane, &mut get, path)? } else { None };
    let mut position = get.state().received();
    let mut buffer = vec![0; CHUNK];
    loop {
        let piece = match lane.next(&mut get, None, &mut buffer) {
            Ok(piece) => piece,
            Err(error) => {
                if let Some(target) = target.filter(|_| get.is_void(&error)) {
                    target.discard()?;
                }
                return Err(error);
            }
        };
        match piece {
            Piece::Restart => {
                position = 0;
                if let Some(target) = target.take() {
                    target.discard()?;
                }
            }
            Piece::Data(n) => {
                let destination = match &mut target {
                    Some(target) => target,
                    // Not before the service has agreed.
                    None => target.insert(create(&get, path, resume)?),
                };
                write_all_at(destination.file(), buffer.get(..n).unwrap_or_default(), position)
                    .map_err(TransferError::io("writing the download"))?;
                position = position.saturating_add(n as u64);
            }
            Piece::End(mut done) => {
                let destination = match target {
                    Some(target) => target,
                    None => create(&get, path, resume)?,
                };
                destination.finish(&mut done)?;
                return Ok(done);
            }
        }
    }
}

/// Goes on with what an earlier process left of the same download, if there is anything.
fn reopen(lane: &Lane, get: &mut Get, path: &Path) -> Result<Option<Destination>, TransferError> {
    if !get.state().can_ask_for_ranges() {
        return Ok(None);
    }
    let found = Destination::reopen(path, get.url(), get.state().wanted(), || lane.cancel.check())?;
    Ok(found.map(|(destination, state)| {
        get.resume(state);
        destination
    }))
}

fn create(get: &Get, path: &Path, resume: bool) -> Result<Destination, TransferError> {
    match PartialRecord::of(get.state(), get.url()).filter(|_| resume) {
        Some(record) => Destination::kept(path, &record),
        None => Destination::temporary(path),
    }
}
