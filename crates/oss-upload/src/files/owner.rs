//! Files that another user may have put where one's own are expected.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// A user of the system; `None` where files do not tell whose they are.
pub(super) type User = Option<u32>;

/// The user whom new files belong to.
pub(super) fn of_this_process() -> User {
    #[cfg(unix)]
    let user = Some(rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    let user = None;
    user
}

/// Opens a file for reading and writing. `None` where there is none, where it is a link or no regular file, and where it
/// belongs to another user: its bytes, and what becomes of them, would be that user's choice.
///
/// # Errors
/// Those of the system.
pub(super) fn open(path: &Path, user: User) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe would be waited for.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits() as i32);
    }
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if is_other(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    #[cfg(unix)]
    let own = {
        use std::os::unix::fs::MetadataExt;
        // A second name of the file would change with it.
        user.is_none_or(|user| user == metadata.uid()) && metadata.nlink() == 1
    };
    #[cfg(not(unix))]
    let own = user.is_none() && std::fs::symlink_metadata(path)?.is_file();
    Ok(Some(file).filter(|_| own && metadata.is_file()))
}

/// Whether the error says that there is no such file of one's own.
fn is_other(error: &io::Error) -> bool {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) {
        return true;
    }
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::IsADirectory
    )
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "Miri opens no file with `O_NONBLOCK`")]
    fn only_a_file_of_ones_own_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let [own, link, second] = ["own", "link", "second"].map(|name| folder.path().join(name));
        let me = of_this_process();
        assert!(open(&own, me).unwrap().is_none());
        std::fs::write(&own, "x").unwrap();
        assert!(open(&own, me).unwrap().is_some());
        assert!(open(&own, me.map(|user| user + 1)).unwrap().is_none());
        std::os::unix::fs::symlink(&own, &link).unwrap();
        assert!(open(&link, me).unwrap().is_none());
        assert!(open(folder.path(), me).unwrap().is_none());
        std::fs::hard_link(&own, &second).unwrap();
        assert!(open(&own, me).unwrap().is_none());
    }
}
