//! Headers that OSS gives a meaning to, typed.

use super::{Callback, ContentLength, ContentMd5, MetaName, Tagging, TrafficLimit};
use crate::request::Request;
use crate::request_error::RequestError;

/// Where a parameter goes that OSS takes in a header as in the query. In the query, the holder of a URL has
/// nothing to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In a header, which the sender must send.
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
    /// The value of `x-oss-storage-class`.
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

/// Who may read and write an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectAcl {
    /// As the bucket says.
    Default,
    /// The owner alone.
    Private,
    /// Everyone may read.
    PublicRead,
    /// Everyone may read and write.
    PublicReadWrite,
}

impl ObjectAcl {
    /// The value of `x-oss-object-acl`.
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

impl<'a, const CAPACITY: usize> Request<'a, CAPACITY> {
    /// Binds a piece of user metadata: `x-oss-meta-…`.
    ///
    /// # Errors
    /// As [`Request::header`].
    pub fn meta(self, name: &'a MetaName, value: &'a str) -> Result<Self, RequestError> {
        self.header(name.as_str(), value)
    }

    /// Binds the storage class of the object.
    ///
    /// # Errors
    /// As [`Request::header`].
    pub fn storage_class(self, class: StorageClass) -> Result<Self, RequestError> {
        self.header("x-oss-storage-class", class.as_str())
    }

    /// Binds who may read and write the object.
    ///
    /// # Errors
    /// As [`Request::header`].
    pub fn object_acl(self, acl: ObjectAcl) -> Result<Self, RequestError> {
        self.header("x-oss-object-acl", acl.as_str())
    }

    /// Binds the tags of the object.
    ///
    /// # Errors
    /// As [`Request::header`].
    pub fn tagging(self, tags: Tagging<'a>) -> Result<Self, RequestError> {
        self.header("x-oss-tagging", tags.as_str())
    }

    /// Binds how OSS encrypts the object at rest.
    ///
    /// # Errors
    /// As [`Request::header`].
    pub fn server_side_encryption(self, encryption: ServerSideEncryption<'a>) -> Result<Self, RequestError> {
        let (method, key_id) = match encryption {
            ServerSideEncryption::Aes256 => ("AES256", None),
            ServerSideEncryption::Sm4 => ("SM4", None),
            ServerSideEncryption::Kms { key_id } => ("KMS", key_id),
        };
        let request = self.header("x-oss-server-side-encryption", method)?;
        match key_id {
            Some(key_id) => request.header("x-oss-server-side-encryption-key-id", key_id),
            None => Ok(request),
        }
    }

    /// Binds that an object of this key is not overwritten: OSS answers 409 `FileAlreadyExists` instead.
    ///
    /// # Errors
    /// As [`Request::header`].
    pub fn forbid_overwrite(self) -> Result<Self, RequestError> {
        self.header("x-oss-forbid-overwrite", "true")
    }

    /// Limits the rate of the transfer.
    ///
    /// # Errors
    /// As [`Request::header`] or [`Request::query`].
    pub fn traffic_limit(self, limit: &'a TrafficLimit, place: Place) -> Result<Self, RequestError> {
        self.placed(place, ["x-oss-traffic-limit"; 2], limit.as_str())
    }

    /// Has OSS call a server of yours after the upload, before it answers.
    ///
    /// # Errors
    /// As [`Request::header`] or [`Request::query`].
    pub fn callback(self, callback: Callback<'a>, place: Place) -> Result<Self, RequestError> {
        self.placed(place, ["x-oss-callback", "callback"], callback.as_str())
    }

    /// Variables of a callback (`x:name`).
    ///
    /// # Errors
    /// As [`Request::header`] or [`Request::query`].
    pub fn callback_variables(self, variables: Callback<'a>, place: Place) -> Result<Self, RequestError> {
        self.placed(place, ["x-oss-callback-var", "callback-var"], variables.as_str())
    }

    /// Binds the MD5 of the body, which OSS checks.
    ///
    /// # Errors
    /// As [`Request::header`].
    pub fn body_md5(self, md5: &'a ContentMd5) -> Result<Self, RequestError> {
        self.content_md5(md5.as_str())
    }

    /// Binds the exact size of the body: a holder can upload neither more nor less.
    ///
    /// # Errors
    /// As [`Request::header`] and [`Request::additional_header`].
    pub fn content_length(self, length: &'a ContentLength) -> Result<Self, RequestError> {
        self.header("content-length", length.as_str())?.additional_header("content-length")
    }

    fn placed(
        self,
        place: Place,
        [header, parameter]: [&'static str; 2],
        value: &'a str,
    ) -> Result<Self, RequestError> {
        match place {
            Place::Header => self.header(header, value),
            Place::Query => self.query(parameter, Some(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bucket, ObjectKey};
    use std::vec::Vec;

    #[test]
    fn names_and_values() {
        let owner = MetaName::new("owner").unwrap();
        let limit = TrafficLimit::bits_per_second(819_200).unwrap();
        let (md5, length) = (ContentMd5::new(&[0; 16]), ContentLength::new(5).unwrap());
        let callback = Callback::from_base64("eyJjYWxsYmFja1VybCI6Imh0dHA6Ly9leGFtcGxlLmNvbSJ9").unwrap();
        let put = || Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap());
        let by_header = put()
            .meta(&owner, "42")
            .and_then(|put| put.storage_class(StorageClass::InfrequentAccess))
            .and_then(|put| put.object_acl(ObjectAcl::PublicReadWrite))
            .and_then(|put| put.tagging(Tagging::new("a=1&b").unwrap()))
            .and_then(|put| put.server_side_encryption(ServerSideEncryption::Kms { key_id: Some("id") }))
            .and_then(Request::forbid_overwrite)
            .and_then(|put| put.traffic_limit(&limit, Place::Header))
            .and_then(|put| put.callback(callback, Place::Header))
            .and_then(|put| put.callback_variables(callback, Place::Header))
            .and_then(|put| put.body_md5(&md5))
            .and_then(|put| put.content_length(&length))
            .unwrap();
        let headers: Vec<_> = by_header.bound_headers().collect();
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
        assert_eq!(
            by_header.view().additional().map(|additional| additional.names),
            Some(&["content-length"][..])
        );
        let by_query = put()
            .traffic_limit(&limit, Place::Query)
            .and_then(|put| put.callback(callback, Place::Query))
            .and_then(|put| put.callback_variables(callback, Place::Query))
            .unwrap();
        let names: Vec<_> = by_query.view().query.iter().map(|parameter| parameter.name).collect();
        assert_eq!(names, ["callback", "callback-var", "x-oss-traffic-limit"]);
        for (encryption, expected) in [
            (ServerSideEncryption::Aes256, "AES256"),
            (ServerSideEncryption::Sm4, "SM4"),
            (ServerSideEncryption::Kms { key_id: None }, "KMS"),
        ] {
            let request = put().server_side_encryption(encryption).unwrap();
            assert!(request.bound_headers().eq([("x-oss-server-side-encryption", expected)]));
        }
    }
}
