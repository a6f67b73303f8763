//! Buckets themselves.

use super::index::Bucket;
use super::meta::BucketMeta;
use super::opened::{Store, existing, existing_mut};
use crate::error::{OssError, Result};

impl Store {
    /// What is known of a bucket.
    pub(crate) fn bucket(&self, name: &str) -> Option<BucketMeta> {
        self.read().buckets.get(name).map(|bucket| bucket.meta.clone())
    }

    /// Creates a bucket; false if it is there already.
    pub(crate) fn create_bucket(&self, name: &str, meta: BucketMeta) -> Result<bool> {
        let mut index = self.write();
        if index.buckets.contains_key(name) {
            return Ok(false);
        }
        let charge = self.charge(meta.weight())?;
        if let Some(directory) = &self.directory {
            directory.write_bucket(name, &meta)?;
        }
        index.buckets.insert(name.to_owned(), Bucket::new(meta, charge));
        Ok(true)
    }

    /// Changes what is known of a bucket.
    pub(crate) fn change_bucket(&self, name: &str, change: impl FnOnce(&mut BucketMeta)) -> Result<()> {
        let mut index = self.write();
        let bucket = existing_mut(&mut index, name)?;
        let mut meta = bucket.meta.clone();
        change(&mut meta);
        let charge = self.charge(meta.weight())?;
        if let Some(directory) = &self.directory {
            directory.write_bucket(name, &meta)?;
        }
        (bucket.meta, bucket.charge) = (meta, charge);
        Ok(())
    }

    /// Removes an empty bucket.
    pub(crate) fn remove_bucket(&self, name: &str) -> Result<()> {
        let mut index = self.write();
        let bucket = existing(&index, name)?;
        if !bucket.objects.is_empty() || !bucket.uploads.is_empty() {
            return Err(OssError::new(
                409,
                "BucketNotEmpty",
                "The bucket has objects. Please delete them first.",
            )
            .detail("BucketName", name));
        }
        if let Some(directory) = &self.directory {
            directory.remove_bucket(name)?;
        }
        index.buckets.remove(name);
        Ok(())
    }

    /// All buckets, by name.
    pub(crate) fn buckets(&self) -> Vec<(String, BucketMeta)> {
        let index = self.read();
        index.buckets.iter().map(|(name, bucket)| (name.clone(), bucket.meta.clone())).collect()
    }
}
