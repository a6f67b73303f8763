//! OSS's operations as thin constructors over [`Request`]: each is a method, a sub-resource, and what that
//! needs.
//!
//! Numbers and digests become text in small values that the caller keeps ([`PartNumber`], [`ContentLength`], …):
//! a request borrows them, and nothing is allocated. With another capacity than the default one, describe the
//! request with [`Request::with_capacity`] and add the same headers and parameters to it.

mod error;
mod headers;
mod list;
mod numbers;
mod values;

pub use error::ValueError;
pub use headers::{ObjectAcl, Place, ServerSideEncryption, StorageClass};
pub use list::ListObjects;
pub use numbers::{AppendPosition, ContentLength, PageSize, PartNumber, TrafficLimit};
pub use values::{Callback, ContentMd5, MetaName, SymlinkTarget, Tagging};

use crate::bucket::Bucket;
use crate::method::Method;
use crate::object_key::ObjectKey;
use crate::request::Request;
use crate::request_error::RequestError;

/// A header of the answer to a GetObject that the request may set (OSS, "GetObject", request parameters).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseHeader {
    /// `Content-Type`.
    ContentType,
    /// `Content-Language`.
    ContentLanguage,
    /// `Content-Disposition`: the name under which a browser saves the object.
    ContentDisposition,
    /// `Content-Encoding`.
    ContentEncoding,
    /// `Cache-Control`.
    CacheControl,
    /// `Expires`.
    Expires,
}

impl ResponseHeader {
    /// The query parameter that sets it.
    #[must_use]
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::ContentType => "response-content-type",
            Self::ContentLanguage => "response-content-language",
            Self::ContentDisposition => "response-content-disposition",
            Self::ContentEncoding => "response-content-encoding",
            Self::CacheControl => "response-cache-control",
            Self::Expires => "response-expires",
        }
    }
}

impl<'a> Request<'a> {
    /// AppendObject: adds the body to an object that has `position` bytes.
    ///
    /// # Errors
    /// None with the default capacity; the type leaves room for those of [`Request::query`]. So it is for every
    /// constructor here that names no other.
    pub fn append(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        position: &'a AppendPosition,
    ) -> Result<Self, RequestError> {
        Self::post(bucket, key, "append")?.query("position", Some(position.as_str()))
    }

    /// A POST on a sub-resource of an object, such as `restore`.
    ///
    /// # Errors
    /// [`RequestError::BarePost`] where the sub-resource is empty.
    pub fn post(bucket: Bucket<'a>, key: ObjectKey<'a>, sub_resource: &'a str) -> Result<Self, RequestError> {
        let request = Self::with_capacity(Method::Post, bucket, key);
        if sub_resource.is_empty() {
            return request.refusing_bare_post();
        }
        request.query(sub_resource, None)?.refusing_bare_post()
    }

    /// PutSymlink.
    ///
    /// # Errors
    /// As [`Request::append`].
    pub fn put_symlink<const BYTES: usize>(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        target: &'a SymlinkTarget<BYTES>,
    ) -> Result<Self, RequestError> {
        Self::put(bucket, key).query("symlink", None)?.header("x-oss-symlink-target", target.as_str())
    }

    /// GetSymlink.
    ///
    /// # Errors
    /// As [`Request::append`].
    pub fn get_symlink(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        Self::get(bucket, key).query("symlink", None)
    }

    /// PutObjectTagging; the tags are the body, in XML.
    ///
    /// # Errors
    /// As [`Request::append`].
    pub fn put_tagging(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        Self::put(bucket, key).query("tagging", None)
    }

    /// GetObjectTagging.
    ///
    /// # Errors
    /// As [`Request::append`].
    pub fn get_tagging(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        Self::get(bucket, key).query("tagging", None)
    }

    /// DeleteObjectTagging.
    ///
    /// # Errors
    /// As [`Request::append`].
    pub fn delete_tagging(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        Self::delete(bucket, key).query("tagging", None)
    }

    /// PutObjectACL.
    ///
    /// # Errors
    /// As [`Request::append`].
    pub fn put_acl(bucket: Bucket<'a>, key: ObjectKey<'a>, acl: ObjectAcl) -> Result<Self, RequestError> {
        Self::put(bucket, key).query("acl", None)?.object_acl(acl)
    }

    /// GetObjectACL.
    ///
    /// # Errors
    /// As [`Request::append`].
    pub fn get_acl(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        Self::get(bucket, key).query("acl", None)
    }

    /// InitiateMultipartUpload: the answer names the upload id.
    ///
    /// # Errors
    /// As [`Request::append`].
    pub fn initiate_multipart_upload(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        Self::post(bucket, key, "uploads")
    }

    /// UploadPart.
    ///
    /// # Errors
    /// [`RequestError::UploadIdEmpty`].
    pub fn upload_part(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        upload_id: &'a str,
        number: &'a PartNumber,
    ) -> Result<Self, RequestError> {
        Self::put(bucket, key).query("partNumber", Some(number.as_str()))?.upload_id(upload_id)
    }

    /// CompleteMultipartUpload; the list of parts is the body, in XML.
    ///
    /// # Errors
    /// [`RequestError::UploadIdEmpty`].
    pub fn complete_multipart_upload(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        upload_id: &'a str,
    ) -> Result<Self, RequestError> {
        Self::with_capacity(Method::Post, bucket, key).upload_id(upload_id)
    }

    /// AbortMultipartUpload.
    ///
    /// # Errors
    /// [`RequestError::UploadIdEmpty`].
    pub fn abort_multipart_upload(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        upload_id: &'a str,
    ) -> Result<Self, RequestError> {
        Self::delete(bucket, key).upload_id(upload_id)
    }

    /// ListParts.
    ///
    /// # Errors
    /// [`RequestError::UploadIdEmpty`].
    pub fn list_parts(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        upload_id: &'a str,
    ) -> Result<Self, RequestError> {
        Self::get(bucket, key).upload_id(upload_id)
    }

    /// ListObjectsV2.
    ///
    /// # Errors
    /// As [`Request::append`].
    pub fn list_objects(bucket: Bucket<'a>, options: &ListObjects<'a>) -> Result<Self, RequestError> {
        options.describe(Self::for_bucket(Method::Get, bucket))
    }
}

impl<'a, const CAPACITY: usize> Request<'a, CAPACITY> {
    /// Processes the object on its way out (`x-oss-process`), for example `image/resize,w_200`.
    ///
    /// # Errors
    /// As [`Request::query`].
    pub fn process(self, style: &'a str) -> Result<Self, RequestError> {
        self.query("x-oss-process", Some(style))
    }

    /// Names a version of the object, in a versioned bucket.
    ///
    /// # Errors
    /// As [`Request::query`].
    pub fn version_id(self, id: &'a str) -> Result<Self, RequestError> {
        self.query("versionId", Some(id))
    }

    /// Sets a header of the answer.
    ///
    /// # Errors
    /// [`RequestError::NotForMethod`] for any request but GetObject; else as [`Request::query`].
    pub fn response_header(self, header: ResponseHeader, value: &'a str) -> Result<Self, RequestError> {
        if self.method() != Method::Get || self.key().is_none() {
            return Err(RequestError::NotForMethod { what: header.parameter(), method: self.method() });
        }
        self.query(header.parameter(), Some(value))
    }

    /// The request, unless it is a POST on an object that names no sub-resource: OSS takes that as a form
    /// alone, never by a URL.
    ///
    /// # Errors
    /// [`RequestError::BarePost`].
    pub fn refusing_bare_post(self) -> Result<Self, RequestError> {
        // Parameters that go beside any operation and name none.
        const NAME_NOTHING: [&str; 4] =
            ["callback", "callback-var", "x-oss-traffic-limit", "x-oss-request-payer"];
        let names_something =
            self.view().query.iter().any(|parameter| !NAME_NOTHING.contains(&parameter.name));
        if self.method() == Method::Post && self.key().is_some() && !names_something {
            return Err(RequestError::BarePost);
        }
        Ok(self)
    }

    fn upload_id(self, upload_id: &'a str) -> Result<Self, RequestError> {
        if upload_id.is_empty() {
            return Err(RequestError::UploadIdEmpty);
        }
        self.query("uploadId", Some(upload_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    fn object<'a>() -> (Bucket<'a>, ObjectKey<'a>) {
        (Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap())
    }

    /// Method and sub-resources as OSS's API reference has them.
    fn line(request: Result<Request<'_>, RequestError>) -> String {
        let request = request.unwrap();
        let query: Vec<String> = request
            .view()
            .query
            .iter()
            .map(|parameter| match parameter.value {
                "" => parameter.name.into(),
                value => std::format!("{}={value}", parameter.name),
            })
            .collect();
        std::format!("{} {}", request.method().as_str(), query.join("&"))
    }

    #[test]
    fn methods_and_sub_resources() {
        let (b, k) = object();
        let (position, part) = (AppendPosition::new(7), PartNumber::new(10_000).unwrap());
        let target: SymlinkTarget = SymlinkTarget::new(ObjectKey::new("b/ü").unwrap()).unwrap();
        assert_eq!(line(Request::append(b, k, &position)), "POST append&position=7");
        assert_eq!(line(Request::post(b, k, "restore")), "POST restore");
        assert_eq!(line(Request::put_symlink(b, k, &target)), "PUT symlink");
        assert_eq!(line(Request::get_symlink(b, k)), "GET symlink");
        assert_eq!(line(Request::put_tagging(b, k)), "PUT tagging");
        assert_eq!(line(Request::get_tagging(b, k)), "GET tagging");
        assert_eq!(line(Request::delete_tagging(b, k)), "DELETE tagging");
        assert_eq!(line(Request::put_acl(b, k, ObjectAcl::Private)), "PUT acl");
        assert_eq!(line(Request::get_acl(b, k)), "GET acl");
        assert_eq!(line(Request::initiate_multipart_upload(b, k)), "POST uploads");
        assert_eq!(line(Request::upload_part(b, k, "ID", &part)), "PUT partNumber=10000&uploadId=ID");
        assert_eq!(line(Request::complete_multipart_upload(b, k, "ID")), "POST uploadId=ID");
        assert_eq!(line(Request::abort_multipart_upload(b, k, "ID")), "DELETE uploadId=ID");
        assert_eq!(line(Request::list_parts(b, k, "ID")), "GET uploadId=ID");
        assert_eq!(
            line(Request::get(b, k).process("image/info").and_then(|get| get.version_id("v1"))),
            "GET versionId=v1&x-oss-process=image/info"
        );
        assert_eq!(
            line(Request::get(b, k).response_header(ResponseHeader::ContentDisposition, "attachment")),
            "GET response-content-disposition=attachment"
        );
        let link = Request::put_symlink(b, k, &target).unwrap();
        assert!(link.bound_headers().eq([("x-oss-symlink-target", "b/%C3%BC")]));
        let acl = Request::put_acl(b, k, ObjectAcl::PublicRead).unwrap();
        assert!(acl.bound_headers().eq([("x-oss-object-acl", "public-read")]));
    }

    #[test]
    fn what_no_operation_is() {
        let (b, k) = object();
        assert_eq!(Request::post(b, k, "").err(), Some(RequestError::BarePost));
        assert_eq!(Request::post(b, k, "callback").err(), Some(RequestError::BarePost));
        let bare = Request::<4>::with_capacity(Method::Post, b, k);
        assert_eq!(bare.clone().refusing_bare_post().err(), Some(RequestError::BarePost));
        assert!(bare.query("append", None).unwrap().refusing_bare_post().is_ok());
        assert!(Request::<4>::for_bucket(Method::Post, b).refusing_bare_post().is_ok());
        assert!(Request::put(b, k).refusing_bare_post().is_ok());
        assert_eq!(Request::list_parts(b, k, "").err(), Some(RequestError::UploadIdEmpty));
        assert_eq!(
            Request::put(b, k).response_header(ResponseHeader::Expires, "0").err(),
            Some(RequestError::NotForMethod { what: "response-expires", method: Method::Put })
        );
    }
}
