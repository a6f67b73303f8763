//! Bytes from the socket to the store, hashed on the way.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use crc_fast::{CrcAlgorithm, Digest as Crc64};
use md5::{Digest as _, Md5};
use tokio::sync::mpsc;

use crate::error::{OssError, Result};
use crate::inbound::Inbound;
use crate::store::{Sink, Source, Store};

/// The most bytes of one PUT: 5 GiB.
pub(crate) const MAX_OBJECT: u64 = 5 * 1024 * 1024 * 1024;
/// A body up to here is hashed where it arrives; a longer one on its own thread.
const SMALL: usize = 128 * 1024;
/// Reads that wait for the hashing thread.
const AHEAD: usize = 8;

/// A body that has arrived in full and is not visible yet.
#[derive(Debug)]
pub(crate) struct Receipt {
    pub(crate) sink: Sink,
    pub(crate) size: u64,
    pub(crate) md5: Option<[u8; 16]>,
    pub(crate) crc64: u64,
}

/// The running sums of a body.
struct Sums {
    md5: Option<Md5>,
    crc: Crc64,
    size: u64,
}

impl Sums {
    fn new(with_md5: bool) -> Self {
        Self { md5: with_md5.then(Md5::new), crc: Crc64::new(CrcAlgorithm::Crc64Xz), size: 0 }
    }

    fn update(&mut self, bytes: &[u8]) {
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
        self.crc.update(bytes);
        self.size += bytes.len() as u64;
    }

    fn finish(self, sink: Sink) -> Receipt {
        let md5 = self.md5.map(|md5| md5.finalize().into());
        Receipt { sink, size: self.size, md5, crc64: self.crc.finalize() }
    }
}

/// Bytes that are at hand, as a [`Receipt`].
pub(crate) fn receipt(store: &Store, chunks: Vec<Bytes>, with_md5: bool) -> Result<Receipt> {
    let (mut sums, mut sink) = (Sums::new(with_md5), store.sink()?);
    for bytes in chunks {
        sums.update(&bytes);
        sink.write(bytes)?;
    }
    Ok(sums.finish(sink))
}

/// Bytes that are stored already, as a [`Receipt`] of their own.
pub(crate) fn receipt_of(
    store: &Store,
    source: Source,
    range: Range<u64>,
    with_md5: bool,
) -> Result<Receipt> {
    let (mut sums, mut sink) = (Sums::new(with_md5), store.sink()?);
    source.read_chunks(range, |bytes| {
        sums.update(&bytes);
        sink.write(bytes)
    })?;
    Ok(sums.finish(sink))
}

/// The CRC-64 of two pieces, of which the second has `length` bytes.
pub(crate) fn combine(first: u64, second: u64, length: u64) -> u64 {
    crc_fast::checksum_combine(CrcAlgorithm::Crc64Xz, first, second, length)
}

/// Where a body comes from: a request, or a file field of a form.
pub(crate) trait Chunked {
    /// The next bytes; None at the end.
    async fn chunk(&mut self) -> Result<Option<Bytes>>;
}

impl Chunked for Inbound {
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.next().await
    }
}

/// Receives a body of at most `limit` bytes into the store's sink.
///
/// # Errors
/// As [`Inbound::next`], EntityTooLarge, and failures of the disk. Nothing is stored then.
pub(crate) async fn receive(
    body: &mut impl Chunked,
    store: &Arc<Store>,
    with_md5: bool,
    limit: u64,
) -> Result<Receipt> {
    let mut first = Vec::new();
    let mut size = 0_u64;
    while size <= SMALL as u64 {
        let Some(bytes) = body.chunk().await? else {
            if size > limit {
                return Err(OssError::entity_too_large(limit, size));
            }
            return store.run(move |store| receipt(store, first, with_md5)).await;
        };
        size += bytes.len() as u64;
        first.push(bytes);
    }

    let (sender, mut queue) = mpsc::channel::<Bytes>(AHEAD);
    let store = store.clone();
    let worker = tokio::task::spawn_blocking(move || -> Result<Receipt> {
        let (mut sums, mut sink) = (Sums::new(with_md5), store.sink()?);
        while let Some(bytes) = queue.blocking_recv() {
            sums.update(&bytes);
            sink.write(bytes)?;
        }
        Ok(sums.finish(sink))
    });
    let fed = feed(body, first, sender, limit).await;
    // Awaited after an error, too: its staged bytes are gone before the error is answered.
    let done = worker.await;
    fed?;
    match done {
        Ok(receipt) => receipt,
        Err(_) => Err(OssError::new(500, "InternalError", "The hashing thread has ended.")),
    }
}

/// Passes the rest of a body on to the hashing thread.
async fn feed(
    body: &mut impl Chunked,
    first: Vec<Bytes>,
    queue: mpsc::Sender<Bytes>,
    limit: u64,
) -> Result<()> {
    let mut size = 0;
    let mut first = first.into_iter();
    loop {
        let bytes = match first.next() {
            Some(bytes) => bytes,
            None => match body.chunk().await? {
                Some(bytes) => bytes,
                None => return Ok(()),
            },
        };
        size += bytes.len() as u64;
        if size > limit {
            return Err(OssError::entity_too_large(limit, size));
        }
        // A closed queue: the thread has failed, and its result says why.
        if queue.send(bytes).await.is_err() {
            return Ok(());
        }
    }
}

/// MD5 as an ETag has it.
pub(crate) fn upper_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Storage;

    #[test]
    fn sums_are_those_of_the_standards() {
        let store = Store::open(&Storage::Memory).unwrap();
        let receipt =
            receipt(&store, vec![Bytes::from_static(b"1234"), Bytes::from_static(b"56789")], true).unwrap();
        // The check value of CRC-64/XZ, and the MD5 of the same text (RFC 1321's algorithm, by md5sum).
        assert_eq!(receipt.crc64, 0x995D_C9BB_DF19_39FA);
        assert_eq!(upper_hex(&receipt.md5.unwrap()), "25F9E794323B453885F5181F1B624D0B");
        assert_eq!(receipt.size, 9);
        let halves =
            [b"1234".as_slice(), b"56789"].map(|half| crc_fast::checksum(CrcAlgorithm::Crc64Xz, half));
        assert_eq!(combine(combine(0, halves[0], 4), halves[1], 5), 0x995D_C9BB_DF19_39FA);
        assert_eq!(combine(0, 0, 0), 0);
    }
}
