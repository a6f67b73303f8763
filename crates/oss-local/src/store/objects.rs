//! Objects and their versions: found, written, changed, deleted.

use std::io;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use super::content::{Content, Sink, Source};
use super::index::{Bucket, Version};
use super::meta::{Attributes, Meta, Versioning};
use super::opened::{Store, existing, existing_mut};
use crate::error::{OssError, Result};

/// What must hold for a write to take place.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    pub(crate) forbid_overwrite: bool,
    /// The current version must be the one with this sequence; `Some(None)`: there must be none.
    pub(crate) follows: Option<Option<u64>>,
}

/// A version that was found, with its bytes.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) meta: Arc<Meta>,
    pub(crate) source: Source,
}

/// What a deletion did.
#[derive(Debug, Default)]
pub(crate) struct Deleted {
    /// The version that was removed, or the delete marker that was put on top; None: a bucket without versions.
    pub(crate) version: Option<String>,
    pub(crate) marker: bool,
}

impl Store {
    /// Changes the attributes of a version, its bytes untouched.
    pub(crate) fn change_attributes(
        &self,
        bucket: &str,
        key: &str,
        version: Option<&str>,
        change: impl FnOnce(&mut Attributes),
    ) -> Result<Arc<Meta>> {
        let mut index = self.write();
        let versions = existing_mut(&mut index, bucket)?.objects.get_mut(key);
        let versions = versions.ok_or_else(|| OssError::no_such_key(key))?;
        let found = match version {
            None => versions.last_mut(),
            Some(id) => versions.iter_mut().find(|version| version.meta.version_id() == id),
        };
        let Some(found) = found.filter(|version| !version.meta.is_marker()) else {
            return Err(version.map_or_else(|| OssError::no_such_key(key), |id| no_such_version(key, id)));
        };
        let mut meta = (*found.meta).clone();
        change(&mut meta.attributes);
        let charge = self.charge(meta.weight())?;
        let meta = Arc::new(meta);
        if let Some(directory) = &self.directory {
            directory.write_attributes(&directory.object(bucket, key, meta.version_id()), &meta)?;
        }
        (found.meta, found.charge) = (meta.clone(), charge);
        Ok(meta)
    }

    /// The metadata of the current version, without its bytes.
    pub(crate) fn head(&self, bucket: &str, key: &str) -> Option<Arc<Meta>> {
        let index = self.read();
        index.buckets.get(bucket)?.current(key).map(|version| version.meta.clone())
    }

    /// A version of an object, the current one by default.
    pub(crate) fn find(&self, bucket: &str, key: &str, version: Option<&str>) -> Result<Found> {
        let index = self.read();
        let versions =
            existing(&index, bucket)?.objects.get(key).ok_or_else(|| OssError::no_such_key(key))?;
        let found = match version {
            None => versions.last(),
            Some(id) => versions.iter().find(|version| version.meta.version_id() == id),
        };
        let Some(found) = found else {
            return Err(no_such_version(key, version.unwrap_or_default()));
        };
        // The file is opened under the lock, so metadata and bytes are of the same version.
        Ok(Found { meta: found.meta.clone(), source: found.content.open()? })
    }

    /// Makes an object visible, all at once. `meta` comes without version and sequence.
    pub(crate) fn commit(
        &self,
        bucket: &str,
        sink: Sink,
        mut meta: Meta,
        guard: &Guard,
    ) -> Result<Arc<Meta>> {
        let (versioning, class) = {
            let index = self.read();
            let bucket = &existing(&index, bucket)?.meta;
            (bucket.versioning, bucket.storage_class.clone())
        };
        if !meta.is_marker() && class != "Standard" && meta.attributes.header("x-oss-storage-class").is_none()
        {
            meta.attributes.set_header("x-oss-storage-class", &class);
        }
        meta.sequence = self.next_sequence();
        meta.version = (versioning == Versioning::Enabled).then(|| version_id(meta.modified, meta.sequence));
        let charge = self.charge(meta.weight())?;
        let meta = Arc::new(meta);
        match (sink, &self.directory) {
            (Sink::Memory(blocks), _) => {
                let content = Content::Memory(Arc::new(blocks.finish()));
                let mut index = self.write();
                let bucket = existing_mut(&mut index, bucket)?;
                guard.check(bucket, &meta)?;
                bucket.insert(Version { meta: meta.clone(), content, charge });
            }
            (Sink::File(mut staged), Some(directory)) => {
                staged.seal(&*meta, directory.durable)?;
                let path = directory.object(bucket, &meta.key, meta.version_id());
                let content = Content::File(Arc::new(path.clone()));
                {
                    let mut index = self.write();
                    let bucket = existing_mut(&mut index, bucket)?;
                    guard.check(bucket, &meta)?;
                    directory.place(staged, &path)?;
                    bucket.insert(Version { meta: meta.clone(), content, charge });
                }
                // Outside the lock: others need not wait for the disk.
                directory.sync_folder(&path)?;
            }
            (Sink::File(_), None) => return Err(io::Error::from(io::ErrorKind::Unsupported).into()),
        }
        Ok(meta)
    }

    /// Deletes an object, or one version of it. What is not there is as good as deleted.
    pub(crate) fn delete(&self, bucket: &str, key: &str, version: Option<&str>, now: u64) -> Result<Deleted> {
        let versioning = existing(&self.read(), bucket)?.meta.versioning;
        if let Some(id) = version {
            return self.remove_version(bucket, key, id);
        }
        if versioning == Versioning::Off {
            self.remove_version(bucket, key, "null")?;
            return Ok(Deleted::default());
        }
        let marker = self.commit(bucket, self.sink()?, Meta::delete_marker(key, now), &Guard::default())?;
        Ok(Deleted { version: Some(marker.version_id().to_owned()), marker: true })
    }

    fn remove_version(&self, bucket: &str, key: &str, id: &str) -> Result<Deleted> {
        let mut index = self.write();
        let found = existing_mut(&mut index, bucket)?;
        let marker = match (found.remove(key, id), &self.directory) {
            (Some(removed), Some(directory)) => {
                let path = directory.object(bucket, key, id);
                directory.remove_object(&path)?;
                removed.meta.is_marker()
            }
            (Some(removed), None) => removed.meta.is_marker(),
            (None, _) => false,
        };
        Ok(Deleted { version: Some(id.to_owned()), marker })
    }
}

impl Guard {
    /// Versioned buckets keep what would be overwritten, so nothing is forbidden there.
    fn check(&self, bucket: &Bucket, meta: &Meta) -> Result<()> {
        if self.forbid_overwrite && meta.version.is_none() && bucket.current(&meta.key).is_some() {
            return Err(file_already_exists());
        }
        if let Some(expected) = self.follows {
            let current = bucket.current(&meta.key).map(|version| &version.meta);
            if current.map(|current| current.sequence) != expected {
                return Err(position_not_equal(current.map_or(0, |current| current.size)));
            }
        }
        Ok(())
    }
}

pub(crate) fn position_not_equal(length: u64) -> OssError {
    OssError::new(409, "PositionNotEqualToLength", "Position is not equal to file length")
        .header(HeaderName::from_static("x-oss-next-append-position"), HeaderValue::from(length))
}

pub(crate) fn file_already_exists() -> OssError {
    OssError::new(
        409,
        "FileAlreadyExists",
        "The object you specified already exists and can not be overwritten.",
    )
    .ec("0026-00000002")
}

fn no_such_version(key: &str, version: &str) -> OssError {
    OssError::new(404, "NoSuchVersion", "The specified version does not exist.")
        .detail("Key", key)
        .detail("VersionId", version)
}

/// Looks like OSS's: opaque, and different for each write.
fn version_id(modified: u64, sequence: u64) -> String {
    format!("CAEQ{modified:012x}{sequence:016x}{:016x}", fastrand::u64(..))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Acl, BucketMeta, Kind, Storage};

    #[test]
    fn attributes_of_a_deleted_object_never_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Storage::Directory { path: folder.path().into(), durable: false };
        let put = |store: &Store| {
            let meta = Meta { kind: Kind::Normal, ..Meta::delete_marker("a", 0) };
            store.commit("bucket", store.sink().unwrap(), meta, &Guard::default()).unwrap()
        };
        let store = Store::open(&storage, u64::MAX).unwrap();
        store.create_bucket("bucket", BucketMeta::new(0)).unwrap();
        put(&store);
        store
            .change_attributes("bucket", "a", None, |attributes| attributes.acl = Some(Acl::PublicRead))
            .unwrap();
        drop(store);
        let store = Store::open(&storage, u64::MAX).unwrap();
        assert_eq!(store.head("bucket", "a").unwrap().attributes.acl, Some(Acl::PublicRead));
        // As if the process had been killed between the two steps of a deletion.
        let path = store.directory.as_ref().unwrap().object("bucket", "a", "null");
        std::fs::remove_file(path).unwrap();
        drop(store);
        put(&Store::open(&storage, u64::MAX).unwrap());
        let store = Store::open(&storage, u64::MAX).unwrap();
        assert_eq!(store.head("bucket", "a").unwrap().attributes.acl, None);
    }
}
