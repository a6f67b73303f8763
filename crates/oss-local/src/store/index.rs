//! What is in the store, in memory: the answer to every question but that for the bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::content::Content;
use super::memory::Charge;
use super::meta::{BucketMeta, Meta, PartMeta, UploadMeta};

#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) buckets: BTreeMap<String, Bucket>,
}

#[derive(Debug)]
pub(super) struct Bucket {
    pub(super) meta: BucketMeta,
    /// What the bucket itself takes of the memory; None: a store in a directory.
    pub(super) charge: Option<Charge>,
    /// By key; each list is sorted by sequence, the current version last, and never empty.
    pub(super) objects: BTreeMap<String, Vec<Version>>,
    pub(super) uploads: BTreeMap<String, Upload>,
}

#[derive(Debug)]
pub(super) struct Version {
    pub(super) meta: Arc<Meta>,
    pub(super) content: Content,
    /// What the entry takes of the memory, its content apart.
    pub(super) charge: Option<Charge>,
}

#[derive(Debug)]
pub(super) struct Upload {
    pub(super) meta: UploadMeta,
    #[expect(dead_code, reason = "held until the upload ends")]
    pub(super) charge: Option<Charge>,
    pub(super) parts: BTreeMap<u32, Part>,
}

#[derive(Debug)]
pub(super) struct Part {
    pub(super) meta: PartMeta,
    pub(super) content: Content,
    #[expect(dead_code, reason = "held as long as the part is there")]
    pub(super) charge: Option<Charge>,
}

impl Bucket {
    pub(super) fn new(meta: BucketMeta, charge: Option<Charge>) -> Self {
        Self { meta, charge, objects: BTreeMap::new(), uploads: BTreeMap::new() }
    }

    /// The current version, unless the object is deleted.
    pub(super) fn current(&self, key: &str) -> Option<&Version> {
        self.objects.get(key)?.last().filter(|version| !version.meta.is_marker())
    }

    /// Adds a version, in the place of one with the same id.
    pub(super) fn insert(&mut self, version: Version) {
        let versions = self.objects.entry(version.meta.key.clone()).or_default();
        versions.retain(|old| old.meta.version != version.meta.version);
        let at = versions.partition_point(|old| old.meta.sequence < version.meta.sequence);
        versions.insert(at, version);
    }

    /// Takes a version out.
    pub(super) fn remove(&mut self, key: &str, version_id: &str) -> Option<Version> {
        let versions = self.objects.get_mut(key)?;
        let at = versions.iter().position(|version| version.meta.version_id() == version_id)?;
        let removed = versions.remove(at);
        if versions.is_empty() {
            self.objects.remove(key);
        }
        Some(removed)
    }
}
