//! A range of a file as a body.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::position::read_full_at;
use crate::checkpoint::Modified;
use crate::error::TransferError;
use crate::part_layout::Part;

/// A range of an open file, and what the file looked like when it was opened.
#[derive(Clone, Debug)]
pub struct FilePart {
    /// The file; its cursor is of no importance.
    pub file: Arc<File>,
    /// Where the range begins, in bytes.
    pub offset: u64,
    /// The file as it was opened.
    pub stamp: FileStamp,
}

/// Size and time of change: if they differ afterwards, the file changed. By default that of no file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileStamp {
    /// Bytes in the file.
    pub length: u64,
    /// Whether it is a file that has a length.
    regular: bool,
    modified: Option<SystemTime>,
}

impl FilePart {
    /// Opens a file for all attempts to come.
    ///
    /// # Errors
    /// [`TransferError::Io`] where it cannot be opened, or is no regular file: a pipe has no length.
    pub fn open(path: &Path) -> Result<Self, TransferError> {
        let part = Self::whole(File::open(path).map_err(TransferError::io("opening the file"))?);
        part.check_usable().map(|()| part)
    }

    /// All of an open file; [`check_usable`](Self::check_usable) says whether there is anything wrong with it.
    pub fn whole(file: File) -> Self {
        let stamp = FileStamp::of(&file).unwrap_or_default();
        Self { file: Arc::new(file), offset: 0, stamp }
    }

    /// Makes sure that the file has a length, and ends there.
    ///
    /// # Errors
    /// [`TransferError::Io`] where it is no regular file, or goes on behind its length as those in `/proc` do.
    pub fn check_usable(&self) -> Result<(), TransferError> {
        let refused = |what| io::Error::new(io::ErrorKind::InvalidInput, what);
        let check = || {
            if !self.stamp.regular {
                return Err(refused("not a regular file, it has no length; spool it"));
            }
            match read_full_at(&self.file, &mut [0], self.stamp.length)? {
                0 => Ok(()),
                _ => Err(refused("the file is longer than the length that it has; spool it")),
            }
        };
        check().map_err(TransferError::io("opening the file"))
    }

    /// The bytes of one part of it.
    #[must_use]
    pub fn part(&self, part: Part) -> Self {
        Self { offset: self.offset.saturating_add(part.offset), ..self.clone() }
    }

    /// Makes sure that the file is still the one that was opened.
    ///
    /// # Errors
    /// [`TransferError::Changed`], or [`TransferError::Io`] where that cannot be told.
    pub fn check_unchanged(&self) -> Result<(), TransferError> {
        match FileStamp::of(&self.file) {
            Ok(now) if now == self.stamp => Ok(()),
            Ok(_) => Err(TransferError::Changed { what: "the file" }),
            Err(error) => Err(TransferError::io("looking at the file")(error)),
        }
    }
}

impl FileStamp {
    fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        // Not every system tells the time of change.
        let (length, regular) = (metadata.len(), metadata.is_file());
        Ok(Self { length, regular, modified: metadata.modified().ok() })
    }

    /// The time of change as checkpoints have it.
    pub fn modified(&self) -> Option<Modified> {
        let time = self.modified?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(Modified::new(time.as_secs(), time.subsec_nanos()))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// Its metadata says 0 bytes.
    #[test]
    fn a_file_that_goes_on_behind_its_length_is_refused() {
        let refused = FilePart::open(Path::new("/proc/version"));
        assert!(matches!(refused, Err(TransferError::Io { doing: "opening the file", .. })), "{refused:?}");
    }
}
