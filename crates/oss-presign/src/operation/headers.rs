//! Typed methods for headers that OSS defines.

use super::error::ValueError;
use super::numbers::{ContentLength, TrafficLimit};
use super::values::{Callback, ContentMd5, MetaName, Tagging};
use crate::excerpt::Excerpt;
use crate::request::RequestWithCapacity;
use crate::request_error::RequestError;
use crate::text::parsed_text;

/// The place of a setting that OSS accepts in a header or in the query. In the query it is part of the URL, and the holder
/// does not need to send a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In a required header.
    Header,
    /// In the query of the URL.
    Query,
}

/// The storage class of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs)]
pub enum StorageClass {
    Standard,
    InfrequentAccess,
    Archive,
    ColdArchive,
    DeepColdArchive,
}

impl StorageClass {
    /// Parses a value of `x-oss-storage-class`.
    ///
    /// # Errors
    /// [`ValueError::StorageClass`] for any other name.
    pub fn parse(name: &str) -> Result<Self, ValueError> {
        const ALL: [StorageClass; 5] = [
            StorageClass::Standard,
            StorageClass::InfrequentAccess,
            StorageClass::Archive,
            StorageClass::ColdArchive,
            StorageClass::DeepColdArchive,
        ];
        let known = ALL.into_iter().find(|class| class.as_str() == name);
        known.ok_or_else(|| ValueError::StorageClass { name: Excerpt::of(name) })
    }

    /// Returns the value of `x-oss-storage-class`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::InfrequentAccess => "IA",
            Self::Archive => "Archive",
            Self::ColdArchive => "ColdArchive",
            Self::DeepColdArchive => "DeepColdArchive",
        }
    }
}

parsed_text!(StorageClass, StorageClass::parse, ValueError);

/// Who may read and write an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectAcl {
    /// The ACL of the bucket applies.
    Default,
    /// Only the owner may read and write.
    Private,
    /// Everyone may read.
    PublicRead,
    /// Everyone may read and write.
    PublicReadWrite,
}

impl ObjectAcl {
    /// Parses a value of `x-oss-object-acl`.
    ///
    /// # Errors
    /// [`ValueError::ObjectAcl`] for any other name.
    pub fn parse(name: &str) -> Result<Self, ValueError> {
        const ALL: [ObjectAcl; 4] =
            [ObjectAcl::Default, ObjectAcl::Private, ObjectAcl::PublicRead, ObjectAcl::PublicReadWrite];
        let known = ALL.into_iter().find(|acl| acl.as_str() == name);
        known.ok_or_else(|| ValueError::ObjectAcl { name: Excerpt::of(name) })
    }

    /// Returns the ACL as the value of the header `x-oss-object-acl`, such as `public-read`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Private => "private",
            Self::PublicRead => "public-read",
            Self::PublicReadWrite => "public-read-write",
        }
    }
}

parsed_text!(ObjectAcl, ObjectAcl::parse, ValueError);

/// How OSS encrypts an object at rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerSideEncryption<'a> {
    /// AES-256 with keys of OSS.
    Aes256,
    /// SM4 with keys of OSS.
    Sm4,
    /// Keys of KMS.
    Kms {
        /// The id of the customer master key; `None` for the one that OSS manages.
        key_id: Option<&'a str>,
    },
}

impl<'a> ServerSideEncryption<'a> {
    /// Iterates over the headers that request it.
    pub fn headers(self) -> impl Iterator<Item = (&'static str, &'a str)> + use<'a> {
        let (method, key_id) = match self {
            Self::Aes256 => ("AES256", None),
            Self::Sm4 => ("SM4", None),
            Self::Kms { key_id } => ("KMS", key_id),
        };
        let key_id = key_id.map(|key_id| ("x-oss-server-side-encryption-key-id", key_id));
        [Some(("x-oss-server-side-encryption", method)), key_id].into_iter().flatten()
    }
}

impl<'a, const CAPACITY: usize> RequestWithCapacity<'a, CAPACITY> {
    /// Requires a header with user metadata: `x-oss-meta-…`.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn meta(&mut self, name: &'a MetaName, value: &'a str) -> Result<&mut Self, RequestError> {
        self.header(name.as_str(), value)
    }

    /// Requires the storage class of the object.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn storage_class(&mut self, class: StorageClass) -> Result<&mut Self, RequestError> {
        self.header("x-oss-storage-class", class.as_str())
    }

    /// Requires the ACL of the object: who may read and write it.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn object_acl(&mut self, acl: ObjectAcl) -> Result<&mut Self, RequestError> {
        self.header("x-oss-object-acl", acl.as_str())
    }

    /// Requires the tags of the object.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn tagging(&mut self, tags: Tagging<'a>) -> Result<&mut Self, RequestError> {
        self.header("x-oss-tagging", tags.as_str())
    }

    /// Requires the method by which OSS encrypts the object at rest.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn server_side_encryption(
        &mut self,
        encryption: ServerSideEncryption<'a>,
    ) -> Result<&mut Self, RequestError> {
        for (name, value) in encryption.headers() {
            self.header(name, value)?;
        }
        Ok(self)
    }

    /// Requires that an existing object is not overwritten: OSS then responds with 409 `FileAlreadyExists`.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn forbid_overwrite(&mut self) -> Result<&mut Self, RequestError> {
        self.header("x-oss-forbid-overwrite", "true")
    }

    /// Limits the speed of the transfer.
    ///
    /// # Errors
    /// As [`header`](Self::header) or [`query`](Self::query).
    pub fn traffic_limit(
        &mut self,
        limit: &'a TrafficLimit,
        place: Place,
    ) -> Result<&mut Self, RequestError> {
        self.placed(place, ["x-oss-traffic-limit"; 2], limit.as_str())
    }

    /// Makes OSS call a server of yours after the upload and before it responds.
    ///
    /// # Errors
    /// As [`header`](Self::header) or [`query`](Self::query).
    pub fn callback(&mut self, callback: Callback<'a>, place: Place) -> Result<&mut Self, RequestError> {
        self.placed(place, ["x-oss-callback", "callback"], callback.as_str())
    }

    /// Sets variables of the callback (`x:name`).
    ///
    /// # Errors
    /// As [`header`](Self::header) or [`query`](Self::query).
    pub fn callback_variables(
        &mut self,
        variables: Callback<'a>,
        place: Place,
    ) -> Result<&mut Self, RequestError> {
        self.placed(place, ["x-oss-callback-var", "callback-var"], variables.as_str())
    }

    /// Requires the MD5 of the body, which OSS checks.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn body_md5(&mut self, md5: &'a ContentMd5) -> Result<&mut Self, RequestError> {
        self.content_md5(md5.as_str())
    }

    /// Requires the exact size of the body, so that the holder cannot upload more or less.
    ///
    /// # Errors
    /// As [`header`](Self::header) and [`additional_header`](Self::additional_header).
    pub fn content_length(&mut self, length: &'a ContentLength) -> Result<&mut Self, RequestError> {
        self.header("content-length", length.as_str())?.additional_header("content-length")
    }

    fn placed(
        &mut self,
        place: Place,
        [header, parameter]: [&'static str; 2],
        value: &'a str,
    ) -> Result<&mut Self, RequestError> {
        match place {
            Place::Header => self.header(header, value),
            Place::Query => self.query(parameter, Some(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bucket, ObjectKey, Request};
    use std::vec::Vec;

    #[test]
    fn names_and_values() {
        let owner = MetaName::new("owner").unwrap();
        let limit = TrafficLimit::bits_per_second(819_200).unwrap();
        let (md5, length) = (ContentMd5::new(&[0; 16]), ContentLength::new(5).unwrap());
        let callback = Callback::from_base64("eyJjYWxsYmFja1VybCI6Imh0dHA6Ly9leGFtcGxlLmNvbSJ9").unwrap();
        let put = || Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap());
        let mut by_header = RequestWithCapacity::<12>::put(
            Bucket::new("examplebucket").unwrap(),
            ObjectKey::new("a").unwrap(),
        );
        by_header
            .meta(&owner, "42")
            .and_then(|put| put.storage_class(StorageClass::InfrequentAccess))
            .and_then(|put| put.object_acl(ObjectAcl::PublicReadWrite))
            .and_then(|put| put.tagging(Tagging::new("a=1&b").unwrap()))
            .and_then(|put| put.server_side_encryption(ServerSideEncryption::Kms { key_id: Some("id") }))
            .and_then(|put| put.forbid_overwrite())
            .and_then(|put| put.traffic_limit(&limit, Place::Header))
            .and_then(|put| put.callback(callback, Place::Header))
            .and_then(|put| put.callback_variables(callback, Place::Header))
            .and_then(|put| put.body_md5(&md5))
            .and_then(|put| put.content_length(&length))
            .unwrap();
        let headers: Vec<_> = by_header.required_headers().collect();
        assert_eq!(
            headers,
            [
                ("content-length", "5"),
                ("content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="),
                ("x-oss-callback", callback.as_str()),
                ("x-oss-callback-var", callback.as_str()),
                ("x-oss-forbid-overwrite", "true"),
                ("x-oss-meta-owner", "42"),
                ("x-oss-object-acl", "public-read-write"),
                ("x-oss-server-side-encryption", "KMS"),
                ("x-oss-server-side-encryption-key-id", "id"),
                ("x-oss-storage-class", "IA"),
                ("x-oss-tagging", "a=1&b"),
                ("x-oss-traffic-limit", "819200"),
            ]
        );
        assert!(by_header.as_request_ref().additional_headers().eq(["content-length"]));
        let mut by_query = put();
        by_query
            .traffic_limit(&limit, Place::Query)
            .and_then(|put| put.callback(callback, Place::Query))
            .and_then(|put| put.callback_variables(callback, Place::Query))
            .unwrap();
        let names: Vec<_> = by_query.as_request_ref().query.iter().map(|parameter| parameter.name).collect();
        assert_eq!(names, ["callback", "callback-var", "x-oss-traffic-limit"]);
        for (encryption, expected) in [
            (ServerSideEncryption::Aes256, "AES256"),
            (ServerSideEncryption::Sm4, "SM4"),
            (ServerSideEncryption::Kms { key_id: None }, "KMS"),
        ] {
            let mut request = put();
            request.server_side_encryption(encryption).unwrap();
            assert!(request.required_headers().eq([("x-oss-server-side-encryption", expected)]));
        }
    }
}
