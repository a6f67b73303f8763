//! Methods of a presigner that describe the operations of OSS.

use oss_presign::{ListObjects, Method, ObjectAcl, ObjectKey, PartNumber, RequestError, SymlinkTarget};

use crate::presigner::Presigner;
use crate::request_builder::RequestBuilder;

impl Presigner {
    /// Describes a PutObject request.
    pub fn put<'a>(&'a self, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        self.request(Method::Put, bucket, key)
    }

    /// Describes a GetObject request.
    pub fn get<'a>(&'a self, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        self.request(Method::Get, bucket, key)
    }

    /// Describes a HeadObject request.
    pub fn head<'a>(&'a self, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        self.request(Method::Head, bucket, key)
    }

    /// Describes a DeleteObject request.
    pub fn delete<'a>(&'a self, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        self.request(Method::Delete, bucket, key)
    }

    /// Describes any request for an object. Add query parameters to select an operation.
    pub fn request<'a>(&'a self, method: Method, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        RequestBuilder::new(self, method, Some(bucket), Some(key))
    }

    /// Describes a request for a bucket itself.
    pub fn bucket_request<'a>(&'a self, method: Method, bucket: &'a str) -> RequestBuilder<'a> {
        RequestBuilder::new(self, method, Some(bucket), None)
    }

    /// Describes a request for the service, such as the list of buckets.
    pub fn service_request(&self, method: Method) -> RequestBuilder<'_> {
        RequestBuilder::new(self, method, None, None)
    }

    /// Describes a POST request on a sub-resource of an object, such as `restore`.
    pub fn post<'a>(&'a self, bucket: &'a str, key: &'a str, sub_resource: &'a str) -> RequestBuilder<'a> {
        let request = self.request(Method::Post, bucket, key);
        match sub_resource {
            "" => request.refuse(RequestError::BarePost),
            name => request.sub_resource(name),
        }
    }

    /// Describes an AppendObject request, which appends the body to an object of `position` bytes.
    pub fn append<'a>(&'a self, bucket: &'a str, key: &'a str, position: u64) -> RequestBuilder<'a> {
        self.post(bucket, key, "append").number_query("position", position)
    }

    /// Describes a PutSymlink request for a link that points to the key `target`.
    pub fn put_symlink<'a>(&'a self, bucket: &'a str, key: &'a str, target: &str) -> RequestBuilder<'a> {
        /// The length of the longest key with all bytes escaped.
        type LongestTarget = SymlinkTarget<{ 3 * oss_presign::MAX_KEY_BYTES }>;
        let request = self.put(bucket, key).sub_resource("symlink");
        let encoded = ObjectKey::new(target).map_err(oss_presign::Error::from);
        match encoded.and_then(|target| Ok(LongestTarget::new(target)?)) {
            Ok(target) => request.made_header("x-oss-symlink-target", target.to_string()),
            Err(error) => request.refuse(error),
        }
    }

    /// Describes a GetSymlink request.
    pub fn get_symlink<'a>(&'a self, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        self.get(bucket, key).sub_resource("symlink")
    }

    /// Describes a PutObjectTagging request. Its body is the tags, in XML.
    pub fn put_tagging<'a>(&'a self, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        self.put(bucket, key).sub_resource("tagging")
    }

    /// Describes a GetObjectTagging request.
    pub fn get_tagging<'a>(&'a self, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        self.get(bucket, key).sub_resource("tagging")
    }

    /// Describes a DeleteObjectTagging request.
    pub fn delete_tagging<'a>(&'a self, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        self.delete(bucket, key).sub_resource("tagging")
    }

    /// Describes a PutObjectACL request.
    pub fn put_acl<'a>(&'a self, bucket: &'a str, key: &'a str, acl: ObjectAcl) -> RequestBuilder<'a> {
        self.put(bucket, key).sub_resource("acl").object_acl(acl)
    }

    /// Describes a GetObjectACL request.
    pub fn get_acl<'a>(&'a self, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        self.get(bucket, key).sub_resource("acl")
    }

    /// Describes an InitiateMultipartUpload request. The response contains the upload id.
    pub fn initiate_multipart_upload<'a>(&'a self, bucket: &'a str, key: &'a str) -> RequestBuilder<'a> {
        self.post(bucket, key, "uploads")
    }

    /// Describes an UploadPart request. Parts are numbered from 1 to 10 000.
    pub fn upload_part<'a>(
        &'a self,
        bucket: &'a str,
        key: &'a str,
        upload_id: &'a str,
        number: u32,
    ) -> RequestBuilder<'a> {
        let request = self.put(bucket, key).upload_id(upload_id);
        match PartNumber::new(number) {
            Ok(_) => request.number_query("partNumber", number.into()),
            Err(error) => request.refuse(error),
        }
    }

    /// Describes a CompleteMultipartUpload request. Its body is the list of parts, in XML.
    pub fn complete_multipart_upload<'a>(
        &'a self,
        bucket: &'a str,
        key: &'a str,
        upload_id: &'a str,
    ) -> RequestBuilder<'a> {
        self.request(Method::Post, bucket, key).upload_id(upload_id)
    }

    /// Describes an AbortMultipartUpload request.
    pub fn abort_multipart_upload<'a>(
        &'a self,
        bucket: &'a str,
        key: &'a str,
        upload_id: &'a str,
    ) -> RequestBuilder<'a> {
        self.delete(bucket, key).upload_id(upload_id)
    }

    /// Describes a ListParts request.
    pub fn list_parts<'a>(&'a self, bucket: &'a str, key: &'a str, upload_id: &'a str) -> RequestBuilder<'a> {
        self.get(bucket, key).upload_id(upload_id)
    }

    /// Describes a ListObjectsV2 request.
    pub fn list_objects<'a>(&'a self, bucket: &'a str, options: &ListObjects<'a>) -> RequestBuilder<'a> {
        let request = self.bucket_request(Method::Get, bucket);
        options.parameters().fold(request, |request, (name, value)| request.query(name, value))
    }
}

impl<'a> RequestBuilder<'a> {
    pub(crate) fn upload_id(self, id: &'a str) -> Self {
        match id {
            "" => self.refuse(RequestError::UploadIdEmpty),
            id => self.query("uploadId", id),
        }
    }
}
