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
    /// that a power cut has left empty. On Unix the name is on the disk as well when this returns. Notes in `done` how long
    /// the disk took.
    ///
    /// # Errors
    /// [`TransferError::Io`].
    pub fn finish(self, done: &mut Downloaded) -> Result<(), TransferError> {
        self.finish_with(done, File::sync_all)
    }

    fn finish_with(
        self,
        done: &mut Downloaded,
        mut sync: impl FnMut(&File) -> io::Result<()>,
    ) -> Result<(), TransferError> {
        let began = Instant::now();
        // An attempt that was thrown away may have written further.
        let written = self.file.set_len(done.bytes).and_then(|()| sync(&self.file));
        written.map_err(TransferError::io("writing the download to the disk"))?;
        let rename = || match self.sibling {
            Sibling::Temporary(temporary) => temporary.persist(&self.path).map_err(|error| error.error),
            Sibling::Kept { partial, record } => {
                fs::rename(partial, &self.path)?;
                checkpoint_file::remove(&record)
            }
        };
        rename().map_err(TransferError::io("renaming the finished download"))?;
        sync_name(&self.path, sync)
            .map_err(TransferError::io("writing the name of the download to the disk"))?;
        done.sync_time = Some(began.elapsed());
        Ok(())
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

/// Writes the entry of a file in its folder to the disk, where the system and the file system offer that.
fn sync_name(path: &Path, mut sync: impl FnMut(&File) -> io::Result<()>) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder).and_then(|folder| sync(&folder)) {
        // A folder that may be written to and not read, and a file system that syncs no folders.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        result => result,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Finishes a download of `content`, with a disk that answers `sync` for the file and then for the folder. Returns what
    /// was synced, each with whether the file had its name by then.
    fn finish(
        folder: &Path,
        answers: [Option<io::ErrorKind>; 2],
    ) -> (Result<(), TransferError>, Vec<(bool, bool)>) {
        let path = folder.join("file");
        let destination = Destination::temporary(&path).unwrap();
        super::super::write_all_at(destination.file(), b"content", 0).unwrap();
        let mut done = Downloaded::new(None, 0, false, 7, 1);
        let mut synced = Vec::new();
        let mut answers = answers.into_iter();
        let result = destination.finish_with(&mut done, |file| {
            synced.push((file.metadata()?.is_dir(), path.exists()));
            answers.next().flatten().map_or(Ok(()), |kind| Err(kind.into()))
        });
        assert_eq!(done.sync_time.is_some(), result.is_ok());
        (result, synced)
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_synced_before_it_is_renamed_and_its_folder_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let (result, synced) = finish(folder.path(), [None, None]);
        result.unwrap();
        assert_eq!(synced, [(false, false), (true, true)]);
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"content");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_system_that_syncs_no_folders_is_no_error_and_a_disk_that_fails_is() {
        let folder = tempfile::tempdir().unwrap();
        for kind in [io::ErrorKind::InvalidInput, io::ErrorKind::Unsupported, io::ErrorKind::PermissionDenied]
        {
            finish(folder.path(), [None, Some(kind)]).0.unwrap();
        }
        let failed = finish(folder.path(), [None, Some(io::ErrorKind::StorageFull)]).0;
        assert!(
            matches!(failed, Err(TransferError::Io { doing, .. }) if doing.contains("name")),
            "{failed:?}"
        );
    }

    #[test]
    fn a_file_that_is_not_on_the_disk_gets_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let (failed, synced) = finish(folder.path(), [Some(io::ErrorKind::InvalidInput), None]);
        assert!(matches!(failed, Err(TransferError::Io { .. })), "{failed:?}");
        assert_eq!(synced, [(false, false)]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
