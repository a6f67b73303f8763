//! Typed methods for headers and parameters that OSS defines.

use oss_presign::{
    Callback, ContentLength, ObjectAcl, Place, RequestError, ResponseHeader, ServerSideEncryption,
    StorageClass, Tagging, TrafficLimit,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::request_builder::RequestBuilder;

/// The characters that are escaped in the parameter of a header: all except `attr-char` (RFC 8187, section 3.2.1).
const NOT_ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

impl<'a> RequestBuilder<'a> {
    /// Requires the exact size of the body, in bytes and at most 5 GiB, so that the holder cannot upload more or less.
    pub fn content_length(self, bytes: u64) -> Self {
        match ContentLength::new(bytes) {
            Ok(_) => self.number_header("content-length", bytes).additional_header("content-length"),
            Err(error) => self.refuse(error),
        }
    }

    /// Requires the storage class of the object.
    pub fn storage_class(self, class: StorageClass) -> Self {
        self.header("x-oss-storage-class", class.as_str())
    }

    /// Requires the ACL of the object: who may read and write it.
    pub fn object_acl(self, acl: ObjectAcl) -> Self {
        self.header("x-oss-object-acl", acl.as_str())
    }

    /// Requires the tags of the object, in the form of their header: `name=value&name=value`, percent-encoded.
    pub fn tagging(self, tags: &'a str) -> Self {
        match Tagging::new(tags) {
            Ok(tags) => self.header("x-oss-tagging", tags.as_str()),
            Err(error) => self.refuse(error),
        }
    }

    /// Requires the method by which OSS encrypts the object at rest.
    pub fn server_side_encryption(self, encryption: ServerSideEncryption<'a>) -> Self {
        encryption.headers().fold(self, |request, (name, value)| request.header(name, value))
    }

    /// Requires that an existing object is not overwritten: OSS then responds with 409 `FileAlreadyExists`.
    pub fn forbid_overwrite(self) -> Self {
        self.header("x-oss-forbid-overwrite", "true")
    }

    /// Limits the speed of the transfer to 819 200 to 838 860 800 bit/s. The limit is part of the URL, so it is no required
    /// header.
    pub fn traffic_limit(self, bits_per_second: u32) -> Self {
        match TrafficLimit::bits_per_second(bits_per_second) {
            Ok(_) => self.number_query("x-oss-traffic-limit", bits_per_second.into()),
            Err(error) => self.refuse(error),
        }
    }

    /// Makes OSS call a server of yours after the upload and before it responds.
    pub fn callback(self, callback: Callback<'a>, place: Place) -> Self {
        match place {
            Place::Header => self.header("x-oss-callback", callback.as_str()),
            Place::Query => self.query("callback", callback.as_str()),
        }
    }

    /// Sets variables of the callback (`x:name`).
    pub fn callback_variables(self, variables: Callback<'a>, place: Place) -> Self {
        match place {
            Place::Header => self.header("x-oss-callback-var", variables.as_str()),
            Place::Query => self.query("callback-var", variables.as_str()),
        }
    }

    /// Lets OSS process the object before it is returned (`x-oss-process`), for example `image/resize,w_200`.
    pub fn process(self, style: &'a str) -> Self {
        self.query("x-oss-process", style)
    }

    /// Selects a version of the object, in a bucket with versioning.
    pub fn version_id(self, id: &'a str) -> Self {
        self.query("versionId", id)
    }

    /// Sets a header of the GetObject response.
    pub fn response_header(self, header: ResponseHeader, value: &'a str) -> Self {
        match self.is_get_object() {
            true => self.query(header.parameter(), value),
            false => self.refuse_response_header(header),
        }
    }

    /// Makes a browser save the object under this file name, which may contain any characters (RFC 6266).
    pub fn download_as(self, file_name: &str) -> Self {
        if !self.is_get_object() {
            return self.refuse_response_header(ResponseHeader::ContentDisposition);
        }
        let plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'%');
        let disposition = match file_name.bytes().all(plain) {
            true => format!("attachment; filename=\"{file_name}\""),
            false => {
                format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(file_name, NOT_ATTR_CHAR))
            }
        };
        self.made_query(ResponseHeader::ContentDisposition.parameter(), disposition)
    }

    fn refuse_response_header(self, header: ResponseHeader) -> Self {
        let method = self.method;
        self.refuse(RequestError::NotForMethod { what: header.parameter(), method })
    }
}
