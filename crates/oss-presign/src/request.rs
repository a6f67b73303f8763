//! The description of a request: what is signed, and which headers its sender must send.

use core::cmp::Ordering;

use heapless::Vec;

use crate::bucket::Bucket;
use crate::encode::compare_encoded;
use crate::excerpt::Excerpt;
use crate::header::{
    Coverage, Header, SIGNER_HEADERS, check_header_name, check_header_value, compare_names, is_lower_case,
    is_signed_by_default,
};
use crate::method::Method;
use crate::object_key::ObjectKey;
use crate::query::{Parameter, is_reserved_parameter};
use crate::request_error::RequestError;

/// The number of headers, and of query parameters, that a [`Request`] can hold.
pub const DEFAULT_CAPACITY: usize = 8;

/// A request to be signed, with room for [`DEFAULT_CAPACITY`] headers and as many query parameters. See
/// [`RequestWithCapacity`] for other capacities.
///
/// ```
/// use oss_presign::{Bucket, ObjectKey, Request};
///
/// let mut request = Request::put(Bucket::new("examplebucket")?, ObjectKey::new("photos/ü +1.jpg")?);
/// request.content_type("image/jpeg")?.header("x-oss-meta-owner", "42")?;
/// # Ok::<(), oss_presign::Error>(())
/// ```
pub type Request<'a> = RequestWithCapacity<'a, DEFAULT_CAPACITY>;

/// A request to be signed: method, bucket, key, query parameters and headers.
///
/// Headers that OSS signs by default (`content-type`, `content-md5`, `x-oss-*`) become required headers: the sender must
/// send them with exactly these values. Other headers are required only if
/// [`additional_header`](RequestWithCapacity::additional_header) names them.
///
/// `CAPACITY` limits the number of headers and, separately, the number of query parameters. A small capacity saves stack
/// in firmware; a gateway that signs requests described by others needs a large one.
///
/// ```
/// use oss_presign::{Bucket, ObjectKey, RequestWithCapacity};
///
/// let (bucket, key) = (Bucket::new("examplebucket")?, ObjectKey::new("photos/ü +1.jpg")?);
/// let mut request = RequestWithCapacity::<1>::put(bucket, key);
/// request.content_type("image/jpeg")?;
/// # Ok::<(), oss_presign::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RequestWithCapacity<'a, const CAPACITY: usize> {
    method: Method,
    bucket: Option<Bucket<'a>>,
    key: Option<ObjectKey<'a>>,
    /// In the order of their lower-case names, each name once.
    headers: Vec<Header<'a>, CAPACITY>,
    /// In the order of their encoded names, each name once.
    query: Vec<Parameter<'a>, CAPACITY>,
}

/// A borrowed request of any capacity, so that signing is compiled once for all of them.
#[derive(Clone, Copy)]
pub(crate) struct RequestRef<'r> {
    pub(crate) method: Method,
    pub(crate) bucket: Option<Bucket<'r>>,
    pub(crate) key: Option<ObjectKey<'r>>,
    pub(crate) headers: &'r [Header<'r>],
    pub(crate) query: &'r [Parameter<'r>],
}

impl<'r> RequestRef<'r> {
    /// Returns whether any header is signed that OSS does not sign by default.
    pub(crate) fn has_additional_headers(&self) -> bool {
        self.additional_headers().next().is_some()
    }

    /// Iterates over the names of the headers that are signed but not by default, in canonical order.
    pub(crate) fn additional_headers(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let additional = self.headers.iter().filter(|header| header.coverage == Coverage::Additional);
        additional.map(|header| header.name)
    }

    /// Iterates over the headers that the sender must send. `host` is not one of them: every HTTP client sends the URL's.
    pub(crate) fn required_headers(self) -> impl Iterator<Item = (&'r str, &'r str)> + Clone {
        self.headers.iter().filter_map(|header| match header {
            Header { coverage: Coverage::None, .. } | Header { value: None, .. } => None,
            Header { name, .. } if name.eq_ignore_ascii_case("host") => None,
            Header { name, value: Some(value), .. } => Some((*name, *value)),
        })
    }
}

impl<'a, const CAPACITY: usize> RequestWithCapacity<'a, CAPACITY> {
    /// Creates a PutObject request.
    #[must_use]
    pub const fn put(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Self {
        Self::new(Method::Put, bucket, key)
    }

    /// Creates a GetObject request.
    #[must_use]
    pub const fn get(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Self {
        Self::new(Method::Get, bucket, key)
    }

    /// Creates a HeadObject request.
    #[must_use]
    pub const fn head(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Self {
        Self::new(Method::Head, bucket, key)
    }

    /// Creates a DeleteObject request.
    #[must_use]
    pub const fn delete(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Self {
        Self::new(Method::Delete, bucket, key)
    }

    /// Creates any request for an object. Add query parameters to select an operation.
    #[must_use]
    pub const fn new(method: Method, bucket: Bucket<'a>, key: ObjectKey<'a>) -> Self {
        Self::describing(method, Some(bucket), Some(key))
    }

    /// Creates a request for a bucket itself, such as a listing.
    #[must_use]
    pub const fn for_bucket(method: Method, bucket: Bucket<'a>) -> Self {
        Self::describing(method, Some(bucket), None)
    }

    /// Creates a request for the service, such as a list of buckets.
    #[must_use]
    pub const fn for_service(method: Method) -> Self {
        Self::describing(method, None, None)
    }

    const fn describing(method: Method, bucket: Option<Bucket<'a>>, key: Option<ObjectKey<'a>>) -> Self {
        Self { method, bucket, key, headers: Vec::new(), query: Vec::new() }
    }

    /// Requires this `Content-Type`: the media type of the body.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn content_type(&mut self, media_type: &'a str) -> Result<&mut Self, RequestError> {
        self.add_header("content-type", media_type, Coverage::Default)
    }

    /// Requires this `Content-MD5`: the MD5 of the body in base64.
    ///
    /// # Errors
    /// As [`header`](Self::header).
    pub fn content_md5(&mut self, md5: &'a str) -> Result<&mut Self, RequestError> {
        self.add_header("content-md5", md5, Coverage::Default)
    }

    /// Adds a header. `content-type`, `content-md5` and every `x-oss-*` are signed, and therefore required. Others are
    /// signed only if [`additional_header`](Self::additional_header) names them, before or after this call. Leading and
    /// trailing blanks of the value are removed.
    ///
    /// # Errors
    /// [`RequestError`] if the name is not an HTTP token, was given before or is written by signing, if the value contains
    /// a control character, or if the capacity is used up.
    pub fn header(&mut self, name: &'a str, value: &'a str) -> Result<&mut Self, RequestError> {
        check_header_name(name)?;
        if SIGNER_HEADERS.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
            return Err(RequestError::ReservedHeader { name: Excerpt::of(name) });
        }
        let coverage = if is_signed_by_default(name) { Coverage::Default } else { Coverage::None };
        self.add_header(name, value, coverage)
    }

    /// Adds a header whose name has been checked.
    fn add_header(
        &mut self,
        name: &'a str,
        value: &'a str,
        coverage: Coverage,
    ) -> Result<&mut Self, RequestError> {
        let value = check_header_value(name, value)?;
        match self.headers.iter_mut().find(|header| header.name.eq_ignore_ascii_case(name)) {
            Some(Header { value: Some(_), .. }) => {
                Err(RequestError::DuplicateHeader { name: Excerpt::of(name) })
            }
            Some(_) if value.is_empty() => {
                Err(RequestError::AdditionalHeaderEmpty { name: Excerpt::of(name) })
            }
            Some(named) => {
                (named.name, named.value, named.lower_case) = (name, Some(value), is_lower_case(name));
                Ok(self)
            }
            None => {
                let lower_case = is_lower_case(name);
                self.insert_header(Header { name, value: Some(value), coverage, lower_case }, "headers")
            }
        }
    }

    /// Signs a header that OSS does not sign by default, such as `content-length` or `range`: the sender must send it with
    /// the value that [`header`](Self::header) gives it. `host` needs no value: by default it is the endpoint's. A name that
    /// is signed by default, or was named before, changes nothing.
    ///
    /// # Errors
    /// [`RequestError`] if the name is not an HTTP token, if the header's value is empty, or if the capacity is used up.
    pub fn additional_header(&mut self, name: &'a str) -> Result<&mut Self, RequestError> {
        check_header_name(name)?;
        if is_signed_by_default(name) {
            return Ok(self);
        }
        match self.headers.iter_mut().find(|header| header.name.eq_ignore_ascii_case(name)) {
            Some(Header { value: Some(""), .. }) => {
                Err(RequestError::AdditionalHeaderEmpty { name: Excerpt::of(name) })
            }
            Some(header) => {
                header.coverage = Coverage::Additional;
                Ok(self)
            }
            None => {
                let lower_case = is_lower_case(name);
                let header = Header { name, value: None, coverage: Coverage::Additional, lower_case };
                self.insert_header(header, "additional headers")
            }
        }
    }

    fn insert_header(&mut self, header: Header<'a>, what: &'static str) -> Result<&mut Self, RequestError> {
        let full = RequestError::TooMany { what, capacity: CAPACITY };
        self.headers.push(header).map_err(|_| full)?;
        settle_last(&mut self.headers, |a, b| compare_names(a.name, b.name));
        Ok(self)
    }

    /// Signs the `host` header, so that the URL works only with the endpoint's host. Without this the signature is valid for
    /// every host of the bucket, as with the official SDKs.
    ///
    /// # Errors
    /// [`RequestError::TooMany`] if there is no room for another additional header.
    pub fn sign_host(&mut self) -> Result<&mut Self, RequestError> {
        self.additional_header("host")
    }

    /// Adds a query parameter. `None` and an empty value mean the same to OSS: the name without `=`.
    ///
    /// # Errors
    /// [`RequestError`] if the name is empty, was given before or is written by signing, or if the capacity is used up.
    pub fn query(&mut self, name: &'a str, value: Option<&'a str>) -> Result<&mut Self, RequestError> {
        if name.is_empty() {
            return Err(RequestError::QueryNameEmpty);
        }
        if is_reserved_parameter(name) {
            return Err(RequestError::ReservedQuery { name: Excerpt::of(name) });
        }
        if self.query.iter().any(|parameter| parameter.name == name) {
            return Err(RequestError::DuplicateQuery { name: Excerpt::of(name) });
        }
        let parameter = Parameter { name, value: value.unwrap_or("") };
        let full = RequestError::TooMany { what: "query parameters", capacity: CAPACITY };
        self.query.push(parameter).map_err(|_| full)?;
        settle_last(&mut self.query, |a, b| compare_encoded(a.name.as_bytes(), b.name.as_bytes()));
        Ok(self)
    }

    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Returns the bucket, or `None` for a request to the service.
    #[must_use]
    pub const fn bucket(&self) -> Option<Bucket<'a>> {
        self.bucket
    }

    /// Returns the object's key, or `None` for a request to a bucket or to the service.
    #[must_use]
    pub const fn key(&self) -> Option<ObjectKey<'a>> {
        self.key
    }

    /// Iterates over the headers that the sender must send: names as they were given, values as they are signed. `host` is
    /// not one of them, because every HTTP client sends the host of the URL.
    pub fn required_headers(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.as_request_ref().required_headers()
    }

    pub(crate) fn as_request_ref(&self) -> RequestRef<'_> {
        let Self { method, bucket, key, headers, query } = self;
        RequestRef { method: *method, bucket: *bucket, key: *key, headers, query }
    }
}

/// Moves the last item of an otherwise sorted list to its place, so that signing is free of sorting. The sorts of
/// `core` keep a panic for orders that contradict themselves; short lists need nothing better than this.
pub(crate) fn settle_last<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    for end in (2..=list.len()).rev() {
        let Some([.., before, last]) = list.get_mut(..end) else { break };
        if compare(before, last) != Ordering::Greater {
            break;
        }
        core::mem::swap(before, last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec as List;

    fn put<'a>() -> Request<'a> {
        Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap())
    }

    fn name(text: &str) -> Excerpt {
        Excerpt::of(text)
    }

    #[test]
    fn header_refusals() {
        for bad in ["", "a b", "a:b", "ü", "a\r\n", "a(b)"] {
            assert_eq!(put().header(bad, "v").unwrap_err(), RequestError::HeaderName { name: name(bad) });
            assert_eq!(
                put().additional_header(bad).unwrap_err(),
                RequestError::HeaderName { name: name(bad) }
            );
        }
        for bad in ["a\rb", "a\nb", "a\0b", "\u{7f}", "\x1b"] {
            assert_eq!(
                put().header("x-oss-meta-a", bad).unwrap_err(),
                RequestError::HeaderValueControlCharacter { name: name("x-oss-meta-a") }
            );
        }
        assert!(put().header("x-oss-meta-a", "a\tb 中文").is_ok());
        assert_eq!(
            put().content_type("a/b").unwrap().header("Content-TYPE", "a/b").unwrap_err(),
            RequestError::DuplicateHeader { name: name("Content-TYPE") }
        );
        for bad in ["Authorization", "x-oss-date", "X-OSS-Security-Token"] {
            assert_eq!(put().header(bad, "v").unwrap_err(), RequestError::ReservedHeader { name: name(bad) });
        }
    }

    #[test]
    fn additional_headers_need_a_value_in_either_order() {
        let expected = RequestError::AdditionalHeaderEmpty { name: name("range") };
        let mut before = put();
        before.additional_header("range").unwrap();
        assert_eq!(before.header("range", " ").unwrap_err(), expected);
        let mut after = put();
        after.header("range", "").unwrap();
        assert_eq!(after.additional_header("range").unwrap_err(), expected);
    }

    #[test]
    fn query_refusals() {
        assert_eq!(put().query("", None).unwrap_err(), RequestError::QueryNameEmpty);
        assert_eq!(
            put().query("a", Some("1")).unwrap().query("a", None).unwrap_err(),
            RequestError::DuplicateQuery { name: name("a") }
        );
        for reserved in [
            "x-oss-signature",
            "x-oss-signature-version",
            "x-oss-credential",
            "x-oss-date",
            "x-oss-expires",
            "x-oss-security-token",
            "x-oss-additional-headers",
        ] {
            assert_eq!(
                put().query(reserved, None).unwrap_err(),
                RequestError::ReservedQuery { name: name(reserved) }
            );
        }
        assert!(put().query("x-oss-process", Some("image/info")).is_ok());
        assert!(put().query("X-Oss-Date", None).is_ok());
    }

    #[test]
    fn capacity_is_an_error_that_names_it() {
        let two = RequestWithCapacity::<2>::new(
            Method::Put,
            Bucket::new("examplebucket").unwrap(),
            ObjectKey::new("a").unwrap(),
        );
        let mut full = two;
        full.header("x-oss-a", "1").unwrap().header("x-oss-b", "2").unwrap();
        assert_eq!(
            full.header("x-oss-c", "3").unwrap_err(),
            RequestError::TooMany { what: "headers", capacity: 2 }
        );
        let two = RequestWithCapacity::<2>::for_bucket(Method::Get, Bucket::new("examplebucket").unwrap());
        let mut full = two.clone();
        full.query("a", None).unwrap().query("b", None).unwrap();
        assert_eq!(
            full.query("c", None).unwrap_err(),
            RequestError::TooMany { what: "query parameters", capacity: 2 }
        );
        let mut full = two;
        full.additional_header("a").unwrap().additional_header("b").unwrap();
        assert!(full.additional_header("A").is_ok());
        assert_eq!(
            full.additional_header("c").unwrap_err(),
            RequestError::TooMany { what: "additional headers", capacity: 2 }
        );
    }

    #[test]
    fn lists_are_sorted_as_they_will_be_signed() {
        let mut request = put();
        for name in ["a=", "a-b", "a", "a1", "a.b", "ü", "Z", "%41"] {
            request.query(name, Some("v")).unwrap();
        }
        let names: List<&str> = request.query.iter().map(|parameter| parameter.name).collect();
        // Encoded: %2541 %C3%BC Z a a%3D a-b a.b a1
        assert_eq!(names, ["%41", "ü", "Z", "a", "a=", "a-b", "a.b", "a1"]);
        for name in ["X-Oss-B", "x-oss-a", "Content-Type", "abc"] {
            request.header(name, "v").unwrap();
        }
        let names: List<&str> = request.headers.iter().map(|header| header.name).collect();
        assert_eq!(names, ["abc", "Content-Type", "x-oss-a", "X-Oss-B"]);
    }

    #[test]
    fn what_the_sender_must_send() {
        let mut request = put();
        request
            .header("abc", "not signed")
            .and_then(|r| r.header("Range", " bytes=0-9 "))
            .and_then(|r| r.additional_header("range"))
            .and_then(|r| r.content_type("image/jpeg"))
            .and_then(|r| r.sign_host())
            .unwrap();
        let required: List<_> = request.required_headers().collect();
        assert_eq!(required, [("content-type", "image/jpeg"), ("Range", "bytes=0-9")]);
    }
}
