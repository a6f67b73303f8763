//! The files of the directory store: the bytes of an object, its metadata as JSON, and a footer.
//!
//! One file holds both, so that one rename replaces both: a reader sees the old object or the new one, never the
//! bytes of one with the metadata of the other.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

const MAGIC: [u8; 8] = *b"osslocl1";
/// Length of the data, length of the metadata, magic.
const FOOTER: u64 = 24;
/// More than any metadata needs; protects against reading garbage.
const MAX_METADATA: u64 = 1024 * 1024;

/// Writes metadata and footer after `data` bytes of content.
pub(super) fn append(file: &mut File, metadata: &impl Serialize, data: u64) -> io::Result<()> {
    let mut tail = serde_json::to_vec(metadata)?;
    let length = tail.len() as u64;
    tail.extend_from_slice(&data.to_le_bytes());
    tail.extend_from_slice(&length.to_le_bytes());
    tail.extend_from_slice(&MAGIC);
    file.write_all(&tail)
}

/// Reads the metadata of a file and the length of its content.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> io::Result<(T, u64)> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let broken = || io::Error::from(io::ErrorKind::InvalidData);
    let footer_at = length.checked_sub(FOOTER).ok_or_else(broken)?;
    file.seek(SeekFrom::Start(footer_at))?;
    let (mut data, mut metadata, mut magic) = ([0; 8], [0; 8], [0; 8]);
    file.read_exact(&mut data)?;
    file.read_exact(&mut metadata)?;
    file.read_exact(&mut magic)?;
    let (data, metadata) = (u64::from_le_bytes(data), u64::from_le_bytes(metadata));
    if magic != MAGIC || metadata > MAX_METADATA || data.checked_add(metadata) != Some(footer_at) {
        return Err(broken());
    }
    file.seek(SeekFrom::Start(data))?;
    let mut json = Vec::new();
    file.take(metadata).read_to_end(&mut json)?;
    Ok((serde_json::from_slice(&json)?, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_and_a_damaged_one_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("record");
        let mut file = File::create(&path).unwrap();
        file.write_all(b"content").unwrap();
        append(&mut file, &"metadata", 7).unwrap();
        assert_eq!(read::<String>(&path).unwrap(), ("metadata".to_owned(), 7));

        let whole = std::fs::read(&path).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(read::<String>(&path).is_err(), "cut to {length} bytes");
        }
        let mut longer = whole.clone();
        longer.insert(0, b'x');
        std::fs::write(&path, &longer).unwrap();
        assert!(read::<String>(&path).is_err());
    }
}
