//! A store that is open: its index behind a lock, and its directory if it has one.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::Semaphore;

use super::content::Sink;
use super::directory::Directory;
use super::index::{Bucket, Index};
use super::memory::{Blocks, Charge, Memory};
use crate::error::{OssError, Result};

/// Where the server keeps its objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Storage {
    /// In memory, gone with the server.
    #[default]
    Memory,
    /// In a directory, which is created if need be. One server at a time may use it.
    Directory {
        /// The directory.
        path: PathBuf,
        /// Whether a write is answered only when the disk has the data (fsync). Without it a write survives the
        /// end of the process but perhaps not a power cut.
        durable: bool,
    },
}

#[derive(Debug)]
pub(crate) struct Store {
    index: RwLock<Index>,
    /// None: memory.
    pub(super) directory: Option<Directory>,
    memory: Arc<Memory>,
    sequence: AtomicU64,
    /// Threads that may work for the store at a time.
    threads: Arc<Semaphore>,
}

/// The most threads that hash, write or read at a time, however many clients there are.
const MAX_THREADS: usize = 16;

impl Store {
    /// Opens a store; one in memory takes at most `memory_limit` bytes.
    pub(crate) fn open(storage: &Storage, memory_limit: u64) -> io::Result<Self> {
        let (directory, index) = match storage {
            Storage::Memory => (None, Index::default()),
            Storage::Directory { path, durable } => {
                let (directory, index) = Directory::open(path.clone(), *durable)?;
                (Some(directory), index)
            }
        };
        let versions = index.buckets.values().flat_map(|bucket| bucket.objects.values().flatten());
        let last = versions.map(|version| version.meta.sequence).max().unwrap_or(0);
        Ok(Self {
            index: RwLock::new(index),
            directory,
            memory: Memory::new(memory_limit),
            sequence: AtomicU64::new(first_sequence(last)),
            threads: Arc::new(Semaphore::new(MAX_THREADS)),
        })
    }

    /// Runs `task` where it may block: at once for memory, on a thread for the disk.
    pub(crate) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        task: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if self.in_memory() {
            return task(self);
        }
        self.run_on_thread(task).await
    }

    /// Runs `task` on a thread, one of at most [`MAX_THREADS`] at a time.
    pub(crate) async fn run_on_thread<T: Send + 'static>(
        self: &Arc<Self>,
        task: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = self.clone();
        // The semaphore is never closed.
        let permit = self.threads.clone().acquire_owned().await;
        match tokio::task::spawn_blocking(move || (task(&store), permit)).await {
            Ok((result, _permit)) => result,
            Err(_) => Err(OssError::new(500, "InternalError", "The store's thread has ended.")),
        }
    }

    pub(crate) fn in_memory(&self) -> bool {
        self.directory.is_none()
    }

    /// A poisoned lock is used on: every change to the index is one insertion or one removal.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn next_sequence(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::Relaxed)
    }

    /// Counts what an entry of the index takes of the memory. In a directory the disk is the limit.
    pub(super) fn charge(&self, bytes: u64) -> io::Result<Option<Charge>> {
        self.in_memory().then(|| self.memory.charge(bytes)).transpose()
    }

    /// Bytes of a new object go here.
    pub(crate) fn sink(&self) -> io::Result<Sink> {
        match &self.directory {
            None => Ok(Sink::Memory(Blocks::new(&self.memory))),
            Some(directory) => Ok(Sink::File(directory.stage()?)),
        }
    }
}

pub(super) fn existing<'i>(index: &'i Index, bucket: &str) -> Result<&'i Bucket> {
    index.buckets.get(bucket).ok_or_else(|| OssError::no_such_bucket(bucket))
}

pub(super) fn existing_mut<'i>(index: &'i mut Index, bucket: &str) -> Result<&'i mut Bucket> {
    index.buckets.get_mut(bucket).ok_or_else(|| OssError::no_such_bucket(bucket))
}

/// Beyond every number that this store has given out, also to what has been deleted since: attributes that are left
/// over from a deleted object must never fit a new one.
fn first_sequence(last: u64) -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_micros()).unwrap_or(u64::MAX / 2).max(last + 1)
}
