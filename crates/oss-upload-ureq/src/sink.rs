//! A download on its way into a file.

use std::path::Path;

use oss_upload::files::{Destination, PartialRecord, write_all_at};
use oss_upload::{Downloaded, TransferError};

use crate::client::CHUNK;
use crate::fetch::{Fetch, Piece};

/// Fetches into the file. Where it is to `resume`, it goes on with what an earlier process left, and leaves what it has
/// where it fails.
pub(crate) fn to_file(mut fetch: Fetch, path: &Path, resume: bool) -> Result<Downloaded, TransferError> {
    let mut target = if resume { fetch.reopen(path)? } else { None };
    let mut position = fetch.state().received();
    let mut buffer = vec![0; CHUNK];
    loop {
        let piece = match fetch.next(&mut buffer) {
            Ok(piece) => piece,
            Err(error) => {
                if let Some(target) = target.filter(|_| fetch.state().judge(&error).1) {
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
                    None => target.insert(create(&fetch, path, resume)?),
                };
                write_all_at(destination.file(), buffer.get(..n).unwrap_or_default(), position)
                    .map_err(TransferError::io("writing the download"))?;
                position = position.saturating_add(n as u64);
            }
            Piece::End(done) => {
                let destination = match target {
                    Some(target) => target,
                    None => create(&fetch, path, resume)?,
                };
                destination.finish(done.bytes)?;
                return Ok(done);
            }
        }
    }
}

fn create(fetch: &Fetch, path: &Path, resume: bool) -> Result<Destination, TransferError> {
    match PartialRecord::of(fetch.state(), fetch.url()).filter(|_| resume) {
        Some(record) => Destination::kept(path, &record),
        None => Destination::temporary(path),
    }
}
