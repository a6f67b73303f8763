//! Constructors of requests, one for each OSS operation.

use super::headers::ObjectAcl;
use super::list::ListObjects;
use super::numbers::{AppendPosition, PartNumber};
use super::values::SymlinkTarget;
use crate::bucket::Bucket;
use crate::method::Method;
use crate::object_key::ObjectKey;
use crate::request::RequestWithCapacity;
use crate::request_error::RequestError;

/// A header of the GetObject response that a request can set (OSS, "GetObject", request parameters).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseHeader {
    /// `Content-Type`.
    ContentType,
    /// `Content-Language`.
    ContentLanguage,
    /// `Content-Disposition`, which names the file that a browser saves.
    ContentDisposition,
    /// `Content-Encoding`.
    ContentEncoding,
    /// `Cache-Control`.
    CacheControl,
    /// `Expires`.
    Expires,
}

impl ResponseHeader {
    /// Returns the query parameter that sets the header.
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

impl<'a, const CAPACITY: usize> RequestWithCapacity<'a, CAPACITY> {
    /// Creates an AppendObject request, which appends the body to an object of `position` bytes.
    ///
    /// # Errors
    /// [`RequestError::TooMany`], but only if `CAPACITY` is smaller than [`DEFAULT_CAPACITY`](crate::DEFAULT_CAPACITY).
    pub fn append(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        position: &'a AppendPosition,
    ) -> Result<Self, RequestError> {
        let mut request = Self::post(bucket, key, "append")?;
        request.query("position", Some(position.as_str()))?;
        Ok(request)
    }

    /// Creates a POST request on a sub-resource of an object, such as `restore`.
    ///
    /// # Errors
    /// [`RequestError::BarePost`] if the sub-resource is empty.
    pub fn post(bucket: Bucket<'a>, key: ObjectKey<'a>, sub_resource: &'a str) -> Result<Self, RequestError> {
        let mut request = Self::new(Method::Post, bucket, key);
        if !sub_resource.is_empty() {
            request.query(sub_resource, None)?;
        }
        request.check_bare_post()?;
        Ok(request)
    }

    /// Creates a PutSymlink request.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn put_symlink<const BYTES: usize>(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        target: &'a SymlinkTarget<BYTES>,
    ) -> Result<Self, RequestError> {
        let mut request = Self::put(bucket, key);
        request.query("symlink", None)?.header("x-oss-symlink-target", target.as_str())?;
        Ok(request)
    }

    /// Creates a GetSymlink request.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn get_symlink(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        let mut request = Self::get(bucket, key);
        request.query("symlink", None)?;
        Ok(request)
    }

    /// Creates a PutObjectTagging request. Its body is the tags, in XML.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn put_tagging(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        let mut request = Self::put(bucket, key);
        request.query("tagging", None)?;
        Ok(request)
    }

    /// Creates a GetObjectTagging request.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn get_tagging(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        let mut request = Self::get(bucket, key);
        request.query("tagging", None)?;
        Ok(request)
    }

    /// Creates a DeleteObjectTagging request.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn delete_tagging(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        let mut request = Self::delete(bucket, key);
        request.query("tagging", None)?;
        Ok(request)
    }

    /// Creates a PutObjectACL request.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn put_acl(bucket: Bucket<'a>, key: ObjectKey<'a>, acl: ObjectAcl) -> Result<Self, RequestError> {
        let mut request = Self::put(bucket, key);
        request.query("acl", None)?.object_acl(acl)?;
        Ok(request)
    }

    /// Creates a GetObjectACL request.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn get_acl(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        let mut request = Self::get(bucket, key);
        request.query("acl", None)?;
        Ok(request)
    }

    /// Creates an InitiateMultipartUpload request. The response contains the upload id.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn initiate_multipart_upload(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, RequestError> {
        Self::post(bucket, key, "uploads")
    }

    /// Creates an UploadPart request.
    ///
    /// # Errors
    /// [`RequestError::UploadIdEmpty`].
    pub fn upload_part(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        upload_id: &'a str,
        number: &'a PartNumber,
    ) -> Result<Self, RequestError> {
        let mut request = Self::put(bucket, key);
        request.query("partNumber", Some(number.as_str()))?.upload_id(upload_id)?;
        Ok(request)
    }

    /// Creates a CompleteMultipartUpload request. Its body is the list of parts, in XML.
    ///
    /// # Errors
    /// [`RequestError::UploadIdEmpty`].
    pub fn complete_multipart_upload(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        upload_id: &'a str,
    ) -> Result<Self, RequestError> {
        let mut request = Self::new(Method::Post, bucket, key);
        request.upload_id(upload_id)?;
        Ok(request)
    }

    /// Creates an AbortMultipartUpload request.
    ///
    /// # Errors
    /// [`RequestError::UploadIdEmpty`].
    pub fn abort_multipart_upload(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        upload_id: &'a str,
    ) -> Result<Self, RequestError> {
        let mut request = Self::delete(bucket, key);
        request.upload_id(upload_id)?;
        Ok(request)
    }

    /// Creates a ListParts request.
    ///
    /// # Errors
    /// [`RequestError::UploadIdEmpty`].
    pub fn list_parts(
        bucket: Bucket<'a>,
        key: ObjectKey<'a>,
        upload_id: &'a str,
    ) -> Result<Self, RequestError> {
        let mut request = Self::get(bucket, key);
        request.upload_id(upload_id)?;
        Ok(request)
    }

    /// Creates a ListObjectsV2 request.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn list_objects(bucket: Bucket<'a>, options: &ListObjects<'a>) -> Result<Self, RequestError> {
        let mut request = Self::for_bucket(Method::Get, bucket);
        for (name, value) in options.parameters() {
            request.query(name, Some(value))?;
        }
        Ok(request)
    }
}

impl<'a, const CAPACITY: usize> RequestWithCapacity<'a, CAPACITY> {
    /// Lets OSS process the object before it is returned (`x-oss-process`), for example `image/resize,w_200`.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn process(&mut self, style: &'a str) -> Result<&mut Self, RequestError> {
        self.query("x-oss-process", Some(style))
    }

    /// Selects a version of the object, in a bucket with versioning.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub fn version_id(&mut self, id: &'a str) -> Result<&mut Self, RequestError> {
        self.query("versionId", Some(id))
    }

    /// Sets a header of the GetObject response.
    ///
    /// # Errors
    /// [`RequestError::NotForMethod`] if the request is not a GET of an object; otherwise as [`query`](Self::query).
    pub fn response_header(
        &mut self,
        header: ResponseHeader,
        value: &'a str,
    ) -> Result<&mut Self, RequestError> {
        if self.method() != Method::Get || self.key().is_none() {
            return Err(RequestError::NotForMethod { what: header.parameter(), method: self.method() });
        }
        self.query(header.parameter(), Some(value))
    }

    /// Refuses a POST on an object that names no sub-resource: OSS accepts that only as a form, not by a presigned URL.
    ///
    /// # Errors
    /// [`RequestError::BarePost`].
    pub fn check_bare_post(&self) -> Result<(), RequestError> {
        // Parameters that any operation may have, so that they select none.
        const NAME_NOTHING: [&str; 4] =
            ["callback", "callback-var", "x-oss-traffic-limit", "x-oss-request-payer"];
        let query = self.as_request_ref().query;
        let names_something = query.iter().any(|parameter| !NAME_NOTHING.contains(&parameter.name));
        if self.method() == Method::Post && self.key().is_some() && !names_something {
            return Err(RequestError::BarePost);
        }
        Ok(())
    }

    fn upload_id(&mut self, upload_id: &'a str) -> Result<&mut Self, RequestError> {
        if upload_id.is_empty() {
            return Err(RequestError::UploadIdEmpty);
        }
        self.query("uploadId", Some(upload_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Request;
    use std::string::String;
    use std::vec::Vec;

    fn object<'a>() -> (Bucket<'a>, ObjectKey<'a>) {
        (Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap())
    }

    /// Method and sub-resources as OSS's API reference has them.
    fn line(request: Result<Request<'_>, RequestError>) -> String {
        let request = request.unwrap();
        let query: Vec<String> = request
            .as_request_ref()
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
            line(Request::get(b, k).process("image/info").and_then(|get| get.version_id("v1")).cloned()),
            "GET versionId=v1&x-oss-process=image/info"
        );
        assert_eq!(
            line(
                Request::get(b, k).response_header(ResponseHeader::ContentDisposition, "attachment").cloned()
            ),
            "GET response-content-disposition=attachment"
        );
        let link = Request::put_symlink(b, k, &target).unwrap();
        assert!(link.required_headers().eq([("x-oss-symlink-target", "b/%C3%BC")]));
        let acl = Request::put_acl(b, k, ObjectAcl::PublicRead).unwrap();
        assert!(acl.required_headers().eq([("x-oss-object-acl", "public-read")]));
    }

    #[test]
    fn what_no_operation_is() {
        let (b, k) = object();
        assert_eq!(Request::post(b, k, "").err(), Some(RequestError::BarePost));
        assert_eq!(Request::post(b, k, "callback").err(), Some(RequestError::BarePost));
        let mut bare = RequestWithCapacity::<4>::new(Method::Post, b, k);
        assert_eq!(bare.check_bare_post().err(), Some(RequestError::BarePost));
        assert!(bare.query("append", None).unwrap().check_bare_post().is_ok());
        assert!(RequestWithCapacity::<4>::for_bucket(Method::Post, b).check_bare_post().is_ok());
        assert!(Request::put(b, k).check_bare_post().is_ok());
        assert_eq!(Request::list_parts(b, k, "").err(), Some(RequestError::UploadIdEmpty));
        assert_eq!(
            Request::put(b, k).response_header(ResponseHeader::Expires, "0").err(),
            Some(RequestError::NotForMethod { what: "response-expires", method: Method::Put })
        );
    }
}
