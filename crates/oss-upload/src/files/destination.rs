//! Where a download to a file goes: a sibling, which gets the file's name when it is complete.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use std::vec;
use std::vec::Vec;

use super::checkpoint_file;
use super::owner;
use super::partial::PartialRecord;
use super::position::{read_full_at, temporary_sibling};
use crate::crc64::Crc64;
use crate::download::Download;
use crate::error::TransferError;
use crate::range::ByteRange;
use crate::report::Downloaded;

/// A file that appears under its name only when it is complete.
#[derive(Debug)]
pub struct Destination {
    path: PathBuf,
    file: Arc<File>,
    sibling: Sibling,
}

#[derive(Debug)]
enum Sibling {
    /// Goes with this value.
    Temporary(tempfile::TempPath),
    /// Stays for a later process, and its record with it.
    Kept { partial: PathBuf, record: PathBuf },
}

impl Destination {
    /// A destination of which nothing is left if it is dropped unfinished.
    ///
    /// # Errors
    /// [`TransferError::Io`] where there is no place beside `path`, or `path` is a directory.
    pub fn temporary(path: &Path) -> Result<Self, TransferError> {
        let create = || {
            refuse_directory(path)?;
            let (file, temporary) = temporary_sibling(path)?.into_parts();
            let sibling = Sibling::Temporary(temporary);
            Ok(Self { path: path.to_path_buf(), file: Arc::new(file), sibling })
        };
        create().map_err(TransferError::io("making a temporary file beside the destination"))
    }

    /// A destination that stays for a later process if it is dropped unfinished; what an earlier one left is thrown away.
    ///
    /// # Errors
    /// As those of [`temporary`](Self::temporary).
    pub fn kept(path: &Path, record: &PartialRecord) -> Result<Self, TransferError> {
        let create = || {
            refuse_directory(path)?;
            let (partial, record_path) = kept_names(path)?;
            // The record goes first and comes last: it never speaks of another file's bytes.
            checkpoint_file::remove(&record_path)?;
            checkpoint_file::remove(&partial)?;
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(&partial)?;
            let sibling = Sibling::Kept { partial, record: record_path.clone() };
            let destination = Self { path: path.to_path_buf(), file: Arc::new(file), sibling };
            checkpoint_file::replace_json(&record_path, &serde_json::to_vec(record)?)?;
            Ok(destination)
        };
        create().map_err(TransferError::io("making a partial file beside the destination"))
    }

    /// What an earlier process left of the same download, checksummed anew, and the state to go on with. `None` where
    /// there is nothing, or nothing of use: then it begins anew. `check` is asked now and then whether to go on.
    ///
    /// # Errors
    /// [`TransferError::Io`] of reading it, or what `check` says.
    pub fn reopen(
        path: &Path,
        url: &str,
        wanted: Option<ByteRange>,
        mut check: impl FnMut() -> Result<(), TransferError>,
    ) -> Result<Option<(Self, Download)>, TransferError> {
        let reading = "reading the partial file";
        let (partial, record_path) = kept_names(path).map_err(TransferError::io(reading))?;
        let me = owner::of_this_process();
        let opened = || Ok((owner::open(&record_path, me)?, owner::open(&partial, me)?));
        let (Some(mut record), Some(file)) = opened().map_err(TransferError::io(reading))? else {
            return Ok(None);
        };
        let mut json = Vec::new();
        record.read_to_end(&mut json).map_err(TransferError::io(reading))?;
        let record = serde_json::from_slice::<PartialRecord>(&json).ok();
        let Some(record) = record.filter(|record| record.is_about(url, wanted)) else { return Ok(None) };
        let open = || {
            // Of a file that has everything the last byte is fetched again: the answer says whether the object is
            // still the same, and what its checksum is.
            let length = file.metadata()?.len().min(record.length().saturating_sub(1));
            file.set_len(length)?;
            Ok(length)
        };
        let length = open().map_err(TransferError::io(reading))?;
        let mut crc = Crc64::new();
        let mut buffer = vec![0; 1 << 20];
        while crc.length() < length {
            check()?;
            let n = read_full_at(&file, &mut buffer, crc.length()).map_err(TransferError::io(reading))?;
            crc.update(buffer.get(..n).unwrap_or_default());
            if n == 0 {
                return Ok(None);
            }
        }
        if length == 0 {
            return Ok(None);
        }
        let sibling = Sibling::Kept { partial, record: record_path };
        let state = Download::resumed(wanted, record.etag(), record.size(), crc);
        Ok(Some((Self { path: path.to_path_buf(), file: Arc::new(file), sibling }, state)))
    }

    /// The file to write to, at positions.
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Gives the file its name, at once and completely, after its bytes are on the disk: a name never stands for a file
    /// that a power cut has left empty. Notes in `done` how long the disk took.
    ///
    /// # Errors
    /// [`TransferError::Io`].
    pub fn finish(self, done: &mut Downloaded) -> Result<(), TransferError> {
        let began = Instant::now();
        let sync = || {
            // An attempt that was thrown away may have written further.
            self.file.set_len(done.bytes)?;
            self.file.sync_all()
        };
        sync().map_err(TransferError::io("writing the download to the disk"))?;
        done.sync_time = Some(began.elapsed());
        let rename = || match self.sibling {
            Sibling::Temporary(temporary) => temporary.persist(&self.path).map_err(|error| error.error),
            Sibling::Kept { partial, record } => {
                fs::rename(partial, &self.path)?;
                checkpoint_file::remove(&record)
            }
        };
        rename().map_err(TransferError::io("renaming the finished download"))
    }

    /// Throws away what was written.
    ///
    /// # Errors
    /// [`TransferError::Io`].
    pub fn discard(self) -> Result<(), TransferError> {
        let discard = || match self.sibling {
            Sibling::Temporary(temporary) => temporary.close(),
            Sibling::Kept { partial, record } => {
                checkpoint_file::remove(&record)?;
                checkpoint_file::remove(&partial)
            }
        };
        discard().map_err(TransferError::io("removing what was downloaded so far"))
    }
}

fn refuse_directory(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "the destination is a directory"));
    }
    Ok(())
}

/// The partial file and its record: `NAME.oss-part` and `NAME.oss-part.json`.
fn kept_names(path: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the destination has no file name"))?;
    let sibling = |end: &str| {
        let mut sibling = OsString::from(name);
        sibling.push(end);
        path.with_file_name(sibling)
    };
    Ok((sibling(".oss-part"), sibling(".oss-part.json")))
}
