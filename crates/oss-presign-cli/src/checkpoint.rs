//! Where `upload` notes which parts of a file are stored, so that a later run sends only the rest.

use std::io;
use std::path::{Path, PathBuf};

use oss_upload::Crc64;
use tempfile::TempDir;

/// Between the name of a file and the digits that stand for where it goes.
const MARK: &str = ".oss-upload-";
const EXTENSION: &str = ".json";
const DIGITS: usize = 16;
/// File systems take names of 255 bytes.
const LONGEST_NAME: usize = 200;

/// The file of a checkpoint.
#[derive(Debug)]
pub(crate) enum Checkpoint {
    /// It outlives this process.
    Kept(PathBuf),
    /// It is good for this run only, and gone with it.
    Temporary(TempDir),
}

impl Checkpoint {
    /// Beside the file, or in `folder`. Its name tells the file and its destination, `target`, apart from others.
    pub(crate) fn of(file: &Path, target: &str, folder: Option<&Path>) -> io::Result<Self> {
        let mut digest = Crc64::of(target.as_bytes());
        let folder = match folder {
            Some(folder) => {
                // Files of several folders may have one name.
                let whole = file.canonicalize()?;
                digest ^= Crc64::of(whole.as_os_str().as_encoded_bytes()).rotate_left(1);
                std::fs::create_dir_all(folder)?;
                folder
            }
            None => file.parent().unwrap_or(Path::new("")),
        };
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let end = (0..=name.len().min(LONGEST_NAME)).rev().find(|&at| name.is_char_boundary(at));
        let name = &name[..end.unwrap_or_default()];
        let path = folder.join(format!("{name}{MARK}{digest:016x}{EXTENSION}"));
        // Whether it can be written is known before anything is sent.
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        tempfile::Builder::new().prefix(".oss-upload-").tempfile_in(here)?;
        Ok(Self::Kept(path))
    }

    /// For what cannot be read again.
    pub(crate) fn temporary() -> io::Result<Self> {
        tempfile::tempdir().map(Self::Temporary)
    }

    pub(crate) fn path(&self) -> PathBuf {
        match self {
            Self::Kept(path) => path.clone(),
            Self::Temporary(folder) => folder.path().join("checkpoint.json"),
        }
    }

    pub(crate) fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }
}

/// Whether a file is a checkpoint by its name: folders are uploaded without them.
pub(crate) fn is_named_as_one(name: &str) -> bool {
    let digits =
        name.strip_suffix(EXTENSION).and_then(|name| name.rsplit_once(MARK)).map(|(_, digits)| digits);
    digits.is_some_and(|digits| {
        digits.len() == DIGITS && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a";

    fn path(file: &Path, target: &str, folder: Option<&Path>) -> PathBuf {
        let checkpoint = Checkpoint::of(file, target, folder).unwrap();
        assert!(checkpoint.is_kept());
        checkpoint.path()
    }

    #[test]
    fn each_file_and_destination_has_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        let elsewhere = folder.path().join("made/on/the/way");
        for folder in [&one, &other] {
            std::fs::create_dir(folder).unwrap();
            std::fs::write(folder.join("a.iso"), "").unwrap();
        }
        let (one, other) = (one.join("a.iso"), other.join("a.iso"));
        let beside = path(&one, TARGET, None);
        assert_eq!(beside, path(&one, TARGET, None));
        assert_eq!(beside.parent(), one.parent());
        assert_ne!(beside, path(&one, "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/b", None));
        assert_eq!(path(&one, TARGET, Some(&elsewhere)), path(&one, TARGET, Some(&elsewhere)));
        assert_ne!(path(&one, TARGET, Some(&elsewhere)), path(&other, TARGET, Some(&elsewhere)));
        let name = beside.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("a.iso") && is_named_as_one(name), "{name}");
        // Nothing is left of the attempt to write.
        assert_eq!(std::fs::read_dir(beside.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(format!("a{}", "ü".repeat(127)));
        let path = path(&file, TARGET, None);
        std::fs::write(&path, "").unwrap();
        assert!(is_named_as_one(path.file_name().unwrap().to_str().unwrap()));
    }

    #[test]
    fn a_folder_that_is_none() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(Checkpoint::of(file.path(), TARGET, Some(file.path())).is_err());
    }

    #[test]
    fn names() {
        assert!(is_named_as_one("a.oss-upload-0123456789abcdef.json"));
        for name in
            ["a.json", "a.oss-upload-0123.json", "a.oss-upload-0123456789ABCDEF.json", "a.oss-upload-"]
        {
            assert!(!is_named_as_one(name), "{name}");
        }
    }
}
