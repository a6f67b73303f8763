//! Bytes from the socket to the store, hashed on the way.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use crc_fast::{CrcAlgorithm, Digest as Crc64};
use md5::{Digest as _, Md5};
use tokio::task::JoinHandle;

use crate::chunks::Chunks;
use crate::error::{OssError, Result};
use crate::request_body::RequestBody;
use crate::store::{Sink, Source, Store};

/// The most bytes of one PUT: 5 GiB.
pub(crate) const MAX_OBJECT: u64 = 5 * 1024 * 1024 * 1024;
/// Bytes that are hashed and written at once; a shorter body is so where it arrives.
const BATCH: usize = 256 * 1024;

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
    write(&mut sums, &mut sink, chunks)?;
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
        sink.share(bytes)
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

impl Chunked for RequestBody {
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        self.next().await
    }
}

/// Receives a body of at most `limit` bytes into the store's sink.
///
/// No thread waits for the client: bytes are collected here, and a thread is taken only for as long as it hashes and
/// writes a batch of them. The next batch arrives meanwhile.
///
/// # Errors
/// As [`RequestBody::next`], EntityTooLarge, and failures of the disk. Nothing is stored then.
pub(crate) async fn receive(
    body: &mut impl Chunked,
    store: &Arc<Store>,
    with_md5: bool,
    limit: u64,
) -> Result<Receipt> {
    let mut batches = Batches { store: store.clone(), with_md5, working: None };
    let fed = feed(body, &mut batches, limit).await;
    let last = match fed {
        Ok(last) => last,
        Err(error) => {
            // Its staged bytes are gone before the error is answered.
            let _ = batches.done().await;
            return Err(error);
        }
    };
    match batches.done().await? {
        None => store.run(move |store| receipt(store, last, with_md5)).await,
        Some((mut sums, mut sink)) => {
            let finish = move |_: &Store| {
                write(&mut sums, &mut sink, last)?;
                Ok(sums.finish(sink))
            };
            store.run(finish).await
        }
    }
}

/// Collects a body and passes it on in batches; returns what is left after the last of them.
async fn feed(body: &mut impl Chunked, batches: &mut Batches, limit: u64) -> Result<Vec<Bytes>> {
    let (mut size, mut collected, mut batch) = (0_u64, 0, Chunks::default());
    while let Some(bytes) = body.chunk().await? {
        size += bytes.len() as u64;
        if size > limit {
            return Err(OssError::entity_too_large(limit, size));
        }
        collected += bytes.len();
        batch.push(bytes);
        if collected >= BATCH {
            batches.work(std::mem::take(&mut batch).finish()).await?;
            collected = 0;
        }
    }
    Ok(batch.finish())
}

/// The batches of one body: at most one is being worked on.
struct Batches {
    store: Arc<Store>,
    with_md5: bool,
    working: Option<JoinHandle<Result<(Sums, Sink)>>>,
}

impl Batches {
    /// Waits for the batch before, and begins with this one.
    async fn work(&mut self, batch: Vec<Bytes>) -> Result<()> {
        let before = self.done().await?;
        let (store, with_md5) = (self.store.clone(), self.with_md5);
        self.working = Some(tokio::spawn(async move {
            store
                .run_on_thread(move |store| {
                    let (mut sums, mut sink) = match before {
                        Some(before) => before,
                        None => (Sums::new(with_md5), store.sink()?),
                    };
                    write(&mut sums, &mut sink, batch)?;
                    Ok((sums, sink))
                })
                .await
        }));
        Ok(())
    }

    /// Waits for the batch that is being worked on; None: there was none.
    async fn done(&mut self) -> Result<Option<(Sums, Sink)>> {
        match self.working.take() {
            None => Ok(None),
            Some(working) => match working.await {
                Ok(done) => done.map(Some),
                Err(_) => Err(OssError::new(500, "InternalError", "The hashing thread has ended.")),
            },
        }
    }
}

fn write(sums: &mut Sums, sink: &mut Sink, batch: Vec<Bytes>) -> Result<()> {
    for bytes in batch {
        sums.update(&bytes);
        sink.write(&bytes)?;
    }
    Ok(())
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
        let store = Store::open(&Storage::Memory, u64::MAX).unwrap();
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
