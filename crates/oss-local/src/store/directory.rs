//! Where things are in a store directory, and how it is read when it is opened.
//!
//! ```text
//! staging/<random>                         files that are still being written; emptied when the store is opened
//! buckets/<bucket>/bucket.json
//! buckets/<bucket>/objects/<hh>/<62 hex digits>.<version>         SHA-256 of the key, so that any key has a name
//! buckets/<bucket>/objects/<hh>/<62 hex digits>.<version>.json    attributes changed later
//! buckets/<bucket>/uploads/<id>/upload.json
//! buckets/<bucket>/uploads/<id>/<number>.part
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::content::{Content, Staged};
use super::index::{Bucket, Index, Part, Upload, Version};
use super::meta::{Attributes, BucketMeta, Meta, PartMeta, UploadMeta};
use super::record;

/// A store directory.
#[derive(Debug)]
pub(crate) struct Directory {
    root: PathBuf,
    /// Wait until the disk has the data before a write is answered.
    pub(crate) durable: bool,
}

/// Attributes that were changed after the object was written; valid only for that write.
#[derive(Serialize, Deserialize)]
struct Changed {
    sequence: u64,
    attributes: Attributes,
}

impl Directory {
    /// Opens or creates the directory and reads what is in it.
    pub(super) fn open(root: PathBuf, durable: bool) -> io::Result<(Self, Index)> {
        let directory = Self { root, durable };
        let staging = directory.root.join("staging");
        if staging.exists() {
            fs::remove_dir_all(&staging)?;
        }
        fs::create_dir_all(&staging)?;
        fs::create_dir_all(directory.root.join("buckets"))?;
        let mut index = Index::default();
        for entry in fs::read_dir(directory.root.join("buckets"))? {
            let path = entry?.path();
            // Without its bucket.json a bucket was never there: it is written first.
            let (Some(name), Ok(meta)) = (path.file_name(), read_json(&path.join("bucket.json"))) else {
                continue;
            };
            let mut bucket = Bucket::new(meta, None);
            load_objects(&path.join("objects"), &mut bucket)?;
            load_uploads(&path.join("uploads"), &mut bucket)?;
            index.buckets.insert(name.to_string_lossy().into_owned(), bucket);
        }
        Ok((directory, index))
    }

    pub(super) fn stage(&self) -> io::Result<Staged> {
        Staged::create(self.root.join("staging").join(format!("{:032x}", fastrand::u128(..))))
    }

    fn bucket(&self, bucket: &str) -> PathBuf {
        self.root.join("buckets").join(bucket)
    }

    pub(super) fn object(&self, bucket: &str, key: &str, version: &str) -> PathBuf {
        let name = file_stem(key);
        let (shard, rest) = name.split_at(2);
        self.bucket(bucket).join("objects").join(shard).join(format!("{rest}.{version}"))
    }

    pub(super) fn upload(&self, bucket: &str, id: &str) -> PathBuf {
        self.bucket(bucket).join("uploads").join(id)
    }

    pub(super) fn part(&self, bucket: &str, id: &str, number: u32) -> PathBuf {
        self.upload(bucket, id).join(format!("{number}.part"))
    }

    pub(super) fn write_bucket(&self, bucket: &str, meta: &BucketMeta) -> io::Result<()> {
        let path = self.bucket(bucket);
        fs::create_dir_all(path.join("objects"))?;
        self.write_json(&path.join("bucket.json"), meta)
    }

    pub(super) fn remove_bucket(&self, bucket: &str) -> io::Result<()> {
        self.remove_folder(&self.bucket(bucket))
    }

    pub(super) fn remove_upload(&self, bucket: &str, id: &str) -> io::Result<()> {
        self.remove_folder(&self.upload(bucket, id))
    }

    /// Renamed first: a removal that is interrupted does not leave half a folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        let doomed = self.root.join("staging").join(format!("{:032x}", fastrand::u128(..)));
        fs::rename(path, &doomed)?;
        fs::remove_dir_all(&doomed)
    }

    /// Moves a sealed file to its place and makes its folder.
    pub(super) fn place(&self, staged: Staged, path: &Path) -> io::Result<()> {
        if let Some(folder) = path.parent()
            && !folder.is_dir()
        {
            fs::create_dir_all(folder)?;
        }
        staged.place(path)
    }

    /// Makes the name of a placed file durable.
    pub(super) fn sync_folder(&self, path: &Path) -> io::Result<()> {
        match path.parent() {
            // Elsewhere a folder cannot be opened as a file.
            Some(folder) if self.durable && cfg!(unix) => fs::File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    }

    pub(super) fn write_json(&self, path: &Path, value: &impl Serialize) -> io::Result<()> {
        let mut staged = self.stage()?;
        staged.write_plain(&serde_json::to_vec(value)?, self.durable)?;
        self.place(staged, path)?;
        self.sync_folder(path)
    }

    pub(super) fn write_attributes(&self, path: &Path, meta: &Meta) -> io::Result<()> {
        let changed = Changed { sequence: meta.sequence, attributes: meta.attributes.clone() };
        self.write_json(&beside(path), &changed)
    }

    pub(super) fn remove_object(&self, path: &Path) -> io::Result<()> {
        remove_if_there(path)?;
        remove_if_there(&beside(path))
    }
}

/// The file of attributes that were changed later.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".json");
    name.into()
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Any key has a file name of 64 characters: case, dots, NUL and length do not matter to the file system.
fn file_stem(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_json<T: DeserializeOwned>(path: &Path) -> io::Result<T> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

/// The entries of a folder; none if it is not there.
fn entries(path: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(path) {
        Ok(list) => list.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn load_objects(path: &Path, bucket: &mut Bucket) -> io::Result<()> {
    for shard in entries(path)? {
        for file in entries(&shard)? {
            if file.extension().is_some_and(|extension| extension == "json") {
                continue;
            }
            // A file that is not a whole record was not written by this store.
            let Ok((mut meta, _)) = record::read::<Meta>(&file) else {
                continue;
            };
            if let Ok(changed) = read_json::<Changed>(&beside(&file))
                && changed.sequence == meta.sequence
            {
                meta.attributes = changed.attributes;
            }
            let content = Content::File(Arc::new(file));
            bucket.insert(Version { meta: Arc::new(meta), content, charge: None });
        }
    }
    Ok(())
}

fn load_uploads(path: &Path, bucket: &mut Bucket) -> io::Result<()> {
    for folder in entries(path)? {
        let Ok(meta) = read_json::<UploadMeta>(&folder.join("upload.json")) else {
            continue;
        };
        let mut parts = BTreeMap::new();
        for file in entries(&folder)? {
            if let Ok((meta, _)) = record::read::<PartMeta>(&file) {
                parts
                    .insert(meta.number, Part { meta, content: Content::File(Arc::new(file)), charge: None });
            }
        }
        bucket.uploads.insert(meta.id.clone(), Upload { meta, charge: None, parts });
    }
    Ok(())
}
