//! Whether a file and an object are the same already, by size and CRC-64.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use oss_presign_std::Method;
use oss_upload::Crc64;

use crate::log;
use crate::object_signer::ObjectSigner;
use crate::presigned_input::PresignedInput;
use crate::transfer::{Problem, Session};

/// Bytes that are read of a file at once.
const CHUNK: usize = 1 << 20;

/// Asks for the object's size and checksum, and reads the file only where the size is right. An object that is not
/// there is another one, and so is one without a checksum.
pub(crate) fn is_same(
    session: &Session,
    signer: &ObjectSigner,
    key: &str,
    file: &Path,
) -> Result<bool, Problem> {
    let Ok(metadata) = file.metadata() else { return Ok(false) };
    let request = signer.sign(Method::Head, key, &[], &[])?;
    log::request(&request);
    let info = match session.uploader.head(&request).send() {
        Ok(info) => info,
        Err(error) if error.service().is_some_and(|service| service.status() == 404) => return Ok(false),
        Err(error) => {
            let presigned = PresignedInput::signed_here(request);
            return Err(Problem::of(Some(&presigned), &error));
        }
    };
    if info.bytes != metadata.len() {
        return Ok(false);
    }
    // The transfer reports a file that cannot be read.
    Ok(info.crc64.is_some() && crc64(file).is_ok_and(|crc64| Some(crc64) == info.crc64))
}

fn crc64(path: &Path) -> std::io::Result<u64> {
    let mut file = File::open(path)?;
    let mut crc64 = Crc64::new();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(crc64.value());
        };
        crc64.update(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_of_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "123456789").unwrap();
        // The check value of CRC-64/XZ.
        assert_eq!(crc64(&path).unwrap(), 0x995D_C9BB_DF19_39FA);
        std::fs::write(&path, "").unwrap();
        assert_eq!(crc64(&path).unwrap(), 0);
    }
}
