//! The checkpoint on disk: read whole, replaced whole.

use std::io::{self, Write};
use std::path::Path;

use super::position::temporary_sibling;
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::error::TransferError;

/// Reads a checkpoint; `None` where there is no file.
///
/// # Errors
/// [`TransferError::Checkpoint`] where the file is no checkpoint, [`TransferError::Io`] where it cannot be read.
pub fn read(path: &Path) -> Result<Option<Checkpoint>, TransferError> {
    match std::fs::read(path) {
        Ok(json) => match serde_json::from_slice(&json) {
            Ok(checkpoint) => Ok(Some(checkpoint)),
            Err(_) => Err(CheckpointError::Unreadable.into()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(TransferError::io("reading the checkpoint")(error)),
    }
}

/// Replaces a checkpoint: whoever looks, also after a crash or a power cut, sees the old one or the new one.
///
/// # Errors
/// [`TransferError::Io`]; the old one is there then.
pub fn replace(path: &Path, checkpoint: &Checkpoint) -> Result<(), TransferError> {
    let replace = || replace_json(path, &serde_json::to_vec(checkpoint)?);
    replace().map_err(TransferError::io("writing the checkpoint"))
}

/// Replaces a file of JSON in the same way.
pub(super) fn replace_json(path: &Path, json: &[u8]) -> io::Result<()> {
    let mut temporary = temporary_sibling(path)?;
    temporary.write_all(json)?;
    temporary.as_file().sync_data()?;
    temporary.persist(path).map(drop).map_err(|error| error.error)
}

/// Removes a checkpoint that is no longer needed, if it is there.
///
/// # Errors
/// Those of the system.
pub fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
