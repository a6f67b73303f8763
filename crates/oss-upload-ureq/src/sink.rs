//! Where a download to a file goes: a temporary sibling.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use oss_upload::TransferError;

use crate::file::temporary_sibling;

/// A file that appears under its name only when it is complete; dropped before that, nothing is left.
pub(crate) struct Destination {
    path: PathBuf,
    temporary: tempfile::NamedTempFile,
}

impl Destination {
    pub(crate) fn create(path: &Path) -> Result<Self, TransferError> {
        let create = || {
            if path.is_dir() {
                return Err(io::Error::new(io::ErrorKind::IsADirectory, "the destination is a directory"));
            }
            Ok(Self { path: path.to_path_buf(), temporary: temporary_sibling(path)? })
        };
        create().map_err(TransferError::io("making a temporary file beside the destination"))
    }

    pub(crate) fn file(&self) -> &File {
        self.temporary.as_file()
    }

    /// Gives the file, of `length` bytes, its name, at once and completely.
    pub(crate) fn finish(self, length: u64) -> Result<(), TransferError> {
        let renaming = TransferError::io("renaming the finished download");
        // An attempt that was thrown away may have written further.
        let finish = || {
            self.file().set_len(length)?;
            self.temporary.persist(&self.path).map(drop).map_err(|error| error.error)
        };
        finish().map_err(renaming)
    }
}
