//! The buckets that are there from the start.

use std::io;

use crate::address::valid_bucket;
use crate::config::Config;
use crate::error::OssError;
use crate::store::{BucketMeta, Store, Versioning};

/// A bucket that is there from the start.
#[derive(Clone, Debug)]
pub(crate) struct InitialBucket {
    pub(crate) name: String,
    pub(crate) versioned: bool,
}

impl InitialBucket {
    /// Creates the bucket, unless the store has it already.
    pub(crate) fn open(&self, store: &Store, config: &Config) -> io::Result<()> {
        let refused = |error: OssError| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("bucket `{}`: {}", self.name, error.message))
        };
        valid_bucket(&self.name).map_err(refused)?;
        let meta = BucketMeta { acl: config.default_acl, ..BucketMeta::new(config.clock.now()) };
        store.create_bucket(&self.name, meta).map_err(refused)?;
        if self.versioned {
            let enable = |meta: &mut BucketMeta| meta.versioning = Versioning::Enabled;
            store.change_bucket(&self.name, enable).map_err(refused)?;
        }
        Ok(())
    }
}
