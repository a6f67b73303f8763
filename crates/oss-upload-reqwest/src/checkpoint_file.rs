//! The checkpoint on disk: read whole, replaced whole.

use std::io::{self, Write};
use std::path::Path;

use oss_upload::{Checkpoint, CheckpointError, TransferError};

use crate::file::temporary_sibling;

/// Reads a checkpoint; `None` where there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<Checkpoint>, TransferError> {
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
pub(crate) fn replace(path: &Path, json: &[u8]) -> io::Result<()> {
    let mut temporary = temporary_sibling(path)?;
    temporary.write_all(json)?;
    temporary.as_file().sync_data()?;
    temporary.persist(path).map(drop).map_err(|error| error.error)
}

/// Removes a checkpoint that is no longer needed.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
