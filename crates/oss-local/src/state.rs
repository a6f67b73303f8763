//! What a running server has: settings, access keys, store, faults. Routes need this and nothing of the pipeline.

use std::sync::Arc;

use http::HeaderMap;

use crate::auth::{Access, Authority, Identity};
use crate::config::Config;
use crate::error::{OssError, Result};
use crate::faults::Faults;
use crate::respond;
use crate::store::{BucketMeta, Meta, Store, Versioning};

/// The state of a running server, shared by all connections.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) authority: Authority,
    pub(crate) store: Arc<Store>,
    pub(crate) faults: Arc<Faults>,
}

impl State {
    /// Seconds since 1970 UTC.
    pub(crate) fn now(&self) -> u64 {
        self.config.clock.now()
    }

    /// What is known of a bucket that must be there.
    pub(crate) fn bucket(&self, name: &str) -> Result<BucketMeta> {
        self.store.bucket(name).ok_or_else(|| OssError::no_such_bucket(name))
    }

    /// Opens a bucket for a write, and creates it on its first use.
    pub(crate) async fn open_bucket(&self, identity: &Identity, name: &str) -> Result<()> {
        let (acl, there) = match self.store.bucket(name) {
            Some(bucket) => (bucket.acl, true),
            None if self.config.create_buckets => (self.config.default_acl, false),
            None => return Err(OssError::no_such_bucket(name)),
        };
        identity.authorize(Access::Write, acl)?;
        if !there {
            let (name, meta) = (name.to_owned(), self.new_bucket());
            self.store.run(move |store| store.create_bucket(&name, meta)).await?;
        }
        Ok(())
    }

    /// Sets `x-oss-version-id`: the version's id, `null` included, but nothing in a bucket that never had versions.
    pub(crate) fn name_version(&self, bucket: &str, meta: &Meta, headers: &mut HeaderMap) {
        let versioned = |bucket: BucketMeta| bucket.versioning != Versioning::Off;
        if self.store.bucket(bucket).is_some_and(versioned) {
            respond::set(headers, "x-oss-version-id", meta.version_id());
        }
    }

    /// A bucket as it is created here.
    pub(crate) fn new_bucket(&self) -> BucketMeta {
        BucketMeta { acl: self.config.default_acl, ..BucketMeta::new(self.now()) }
    }

    /// Whether a plain write would replace something: answered before the body is read, and asked again after it.
    pub(crate) fn would_overwrite(&self, bucket: &str, key: &str) -> bool {
        let versioned =
            self.store.bucket(bucket).is_some_and(|bucket| bucket.versioning == Versioning::Enabled);
        !versioned && self.store.head(bucket, key).is_some()
    }
}
