//! What the server knows of a stored object, a bucket, and an unfinished upload.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What an entry takes of the memory beside the texts in it, in bytes; generously.
const ENTRY: usize = 1024;

fn weight<'t>(texts: impl Iterator<Item = &'t str>) -> u64 {
    (ENTRY + texts.map(|text| text.len() + 32).sum::<usize>()) as u64
}

/// Who may use an object or a bucket without a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Acl {
    /// Nobody.
    #[default]
    Private,
    /// Anyone may read.
    PublicRead,
    /// Anyone may read and write.
    PublicReadWrite,
}

impl Acl {
    /// OSS's name of it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::PublicRead => "public-read",
            Self::PublicReadWrite => "public-read-write",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Private, Self::PublicRead, Self::PublicReadWrite].into_iter().find(|acl| acl.as_str() == text)
    }
}

/// Whether a bucket keeps old versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Versioning {
    #[default]
    Off,
    Enabled,
    Suspended,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BucketMeta {
    /// Seconds since 1970 UTC.
    pub(crate) created: u64,
    pub(crate) acl: Acl,
    pub(crate) versioning: Versioning,
    pub(crate) storage_class: String,
    /// Documents of settings as the client sent them, by sub-resource.
    #[serde(default)]
    pub(crate) settings: BTreeMap<String, String>,
}

impl BucketMeta {
    pub(crate) fn new(created: u64) -> Self {
        Self {
            created,
            acl: Acl::Private,
            versioning: Versioning::Off,
            storage_class: "Standard".into(),
            settings: BTreeMap::new(),
        }
    }

    /// What it takes of the memory, in bytes.
    pub(super) fn weight(&self) -> u64 {
        weight(self.settings.iter().flat_map(|(name, document)| [name.as_str(), document]))
    }
}

/// How an object came to be; OSS's `x-oss-object-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Normal,
    Multipart,
    Appendable,
    Symlink,
    DeleteMarker,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Normal | Self::DeleteMarker => "Normal",
            Self::Multipart => "Multipart",
            Self::Appendable => "Appendable",
            Self::Symlink => "Symlink",
        }
    }
}

/// What a client may say about an object beside its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attributes {
    /// Headers that are given back with the object: lower-case name, value.
    pub(crate) headers: Vec<(String, String)>,
    /// None: the bucket's.
    pub(crate) acl: Option<Acl>,
    pub(crate) tags: Vec<(String, String)>,
}

impl Attributes {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Adds a header, in the place of one of the same name.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(n, _)| n != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn storage_class(&self) -> &str {
        self.header("x-oss-storage-class").unwrap_or("Standard")
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().chain(&self.tags).flat_map(|(name, value)| [name.as_str(), value])
    }
}

/// One version of an object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) key: String,
    /// None: the version that OSS calls `null`.
    pub(crate) version: Option<String>,
    /// Grows with every write to the store: the highest is the current version.
    pub(crate) sequence: u64,
    pub(crate) kind: Kind,
    pub(crate) size: u64,
    /// Upper-case, without quotes.
    pub(crate) etag: String,
    /// Base64 of the MD5, where it is known.
    pub(crate) content_md5: Option<String>,
    pub(crate) crc64: u64,
    /// Seconds since 1970 UTC.
    pub(crate) modified: u64,
    pub(crate) attributes: Attributes,
    /// The key that a symlink points to.
    pub(crate) symlink_target: Option<String>,
}

impl Meta {
    pub(crate) fn version_id(&self) -> &str {
        self.version.as_deref().unwrap_or("null")
    }

    /// What it takes of the memory without the content, in bytes.
    pub(super) fn weight(&self) -> u64 {
        let texts = [Some(self.key.as_str()), self.symlink_target.as_deref()];
        weight(self.attributes.texts().chain(texts.into_iter().flatten()))
    }

    pub(crate) fn is_marker(&self) -> bool {
        self.kind == Kind::DeleteMarker
    }

    pub(crate) fn quoted_etag(&self) -> String {
        format!("\"{}\"", self.etag)
    }
}

/// A multipart upload that is neither completed nor aborted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UploadMeta {
    pub(crate) id: String,
    pub(crate) key: String,
    /// Seconds since 1970 UTC.
    pub(crate) initiated: u64,
    pub(crate) attributes: Attributes,
}

impl UploadMeta {
    /// What it takes of the memory, in bytes.
    pub(super) fn weight(&self) -> u64 {
        weight(self.attributes.texts().chain([self.key.as_str()]))
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PartMeta {
    pub(crate) number: u32,
    pub(crate) size: u64,
    /// Upper-case, without quotes.
    pub(crate) etag: String,
    pub(crate) crc64: u64,
    /// Seconds since 1970 UTC.
    pub(crate) modified: u64,
}

impl PartMeta {
    /// What it takes of the memory without the content, in bytes.
    pub(super) const WEIGHT: u64 = ENTRY as u64;
}

impl Meta {
    /// What lies on top of a deleted object of a versioned bucket.
    pub(super) fn delete_marker(key: &str, now: u64) -> Self {
        Self {
            key: key.to_owned(),
            version: None,
            sequence: 0,
            kind: Kind::DeleteMarker,
            size: 0,
            etag: String::new(),
            content_md5: None,
            crc64: 0,
            modified: now,
            attributes: Attributes::default(),
            symlink_target: None,
        }
    }
}
