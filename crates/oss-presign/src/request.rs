//! The description of a request: what is signed, and what its sender owes.

use core::cmp::Ordering;

use heapless::Vec;

use crate::additional::{self, Additional};
use crate::bucket::Bucket;
use crate::encode::compare_encoded;
use crate::excerpt::Excerpt;
use crate::method::Method;
use crate::object_key::ObjectKey;
use crate::output::Output;
use crate::presigned::write_parameter;
use crate::request_error::RequestError;
use crate::search::trim_blanks;

/// How many headers, query parameters and additional headers each a [`Request`] holds unless told otherwise.
pub const DEFAULT_CAPACITY: usize = 32;

/// A request to be signed: method, bucket, key, query parameters and headers.
///
/// Headers that OSS signs always (`content-type`, `content-md5`, `x-oss-*`) are bound as soon as they are
/// here: the sender must send them with exactly these values. Others are bound when
/// [`additional_header`](Request::additional_header) names them.
///
/// `CAPACITY` bounds the number of headers, of parameters and of additional headers, each. Firmware saves
/// stack with a small one: `Request::<4>::with_capacity(…)`.
///
/// ```
/// use oss_presign::{Bucket, ObjectKey, Request};
///
/// let request = Request::put(Bucket::new("examplebucket")?, ObjectKey::new("photos/ü +1.jpg")?)
///     .content_type("image/jpeg")?
///     .header("x-oss-meta-owner", "42")?;
/// # Ok::<(), oss_presign::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Request<'a, const CAPACITY: usize = DEFAULT_CAPACITY> {
    method: Method,
    bucket: Option<Bucket<'a>>,
    key: Option<ObjectKey<'a>>,
    /// In the order of their lower-case names, each name once.
    headers: Vec<Header<'a>, CAPACITY>,
    /// In the order of their encoded names, each name once.
    query: Vec<Parameter<'a>, CAPACITY>,
    /// Names that are signed beyond the default ones; in order, each once, in any letter case.
    additional: Vec<&'a str, CAPACITY>,
    /// What signing needs for them; there as soon as one is.
    additional_code: Option<&'static additional::Code>,
    /// What writes the parameters; there as soon as one is, so that a program without any does not link it.
    write_query: Option<WriteQuery>,
    /// The body's hash, where the request itself gives a value for it.
    payload: Option<&'a str>,
}

/// One header of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
    /// Whether the signature covers it.
    pub(crate) signed: bool,
    /// Whether the name has no upper-case letter.
    pub(crate) lower_case: bool,
}

/// One query parameter of a request; an empty value is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a str,
    /// How many of [`SIGNING_PARAMETERS`] come before it in the canonical order.
    pub(crate) rank: u8,
}

/// Writes the parameters that come before the signing parameter of a rank, and leaves the rest.
pub(crate) type WriteQuery = fn(&mut dyn Output, &mut &[Parameter<'_>], usize);

fn write_query_before(mut output: &mut dyn Output, parameters: &mut &[Parameter<'_>], rank: usize) {
    while let [parameter, rest @ ..] = *parameters
        && usize::from(parameter.rank) <= rank
    {
        // At least one signing parameter follows, but for the last rank.
        if rank == SIGNING_PARAMETERS.len() {
            output.put(b"&");
        }
        write_parameter(&mut output, parameter.name, parameter.value);
        if rank < SIGNING_PARAMETERS.len() {
            output.put(b"&");
        }
        *parameters = rest;
    }
}

/// The parameters that signing a URL adds, in canonical order.
pub(crate) const SIGNING_PARAMETERS: [&str; 6] = [
    "x-oss-additional-headers",
    "x-oss-credential",
    "x-oss-date",
    "x-oss-expires",
    "x-oss-security-token",
    "x-oss-signature-version",
];

/// A [`Request`] without its capacity.
#[derive(Clone, Copy)]
pub(crate) struct RequestView<'r> {
    pub(crate) method: Method,
    pub(crate) bucket: Option<Bucket<'r>>,
    pub(crate) key: Option<ObjectKey<'r>>,
    pub(crate) headers: &'r [Header<'r>],
    pub(crate) query: &'r [Parameter<'r>],
    pub(crate) additional_names: &'r [&'r str],
    pub(crate) additional_code: Option<&'static additional::Code>,
    pub(crate) write_query: Option<WriteQuery>,
    /// The last line of the canonical request, where it says anything but that the body is not signed.
    pub(crate) payload: Option<&'r str>,
}

impl<'r> RequestView<'r> {
    pub(crate) fn additional(&self) -> Option<Additional<'r>> {
        self.additional_code.map(|code| Additional { names: self.additional_names, code })
    }
}

#[cfg(feature = "alloc")]
impl RequestView<'static> {
    pub(crate) const EMPTY: Self = Self {
        method: Method::Get,
        bucket: None,
        key: None,
        headers: &[],
        query: &[],
        additional_names: &[],
        additional_code: None,
        write_query: None,
        payload: None,
    };
}

impl<'a> Request<'a> {
    /// PutObject.
    #[must_use]
    pub const fn put(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Self {
        Self::with_capacity(Method::Put, bucket, key)
    }

    /// GetObject.
    #[must_use]
    pub const fn get(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Self {
        Self::with_capacity(Method::Get, bucket, key)
    }

    /// HeadObject.
    #[must_use]
    pub const fn head(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Self {
        Self::with_capacity(Method::Head, bucket, key)
    }

    /// DeleteObject.
    #[must_use]
    pub const fn delete(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Self {
        Self::with_capacity(Method::Delete, bucket, key)
    }
}

impl<'a, const CAPACITY: usize> Request<'a, CAPACITY> {
    /// Any request for an object; the query says what is wanted of it.
    #[must_use]
    pub const fn with_capacity(method: Method, bucket: Bucket<'a>, key: ObjectKey<'a>) -> Self {
        Self::new(method, Some(bucket), Some(key))
    }

    /// A request for a bucket itself (a listing, its settings).
    #[must_use]
    pub const fn for_bucket(method: Method, bucket: Bucket<'a>) -> Self {
        Self::new(method, Some(bucket), None)
    }

    /// A request for the service (a list of buckets).
    #[must_use]
    pub const fn for_service(method: Method) -> Self {
        Self::new(method, None, None)
    }

    const fn new(method: Method, bucket: Option<Bucket<'a>>, key: Option<ObjectKey<'a>>) -> Self {
        Self {
            method,
            bucket,
            key,
            headers: Vec::new(),
            query: Vec::new(),
            additional: Vec::new(),
            additional_code: None,
            write_query: None,
            payload: None,
        }
    }

    /// Binds the media type of the body: the sender must send this `Content-Type`.
    ///
    /// # Errors
    /// As [`Request::header`].
    pub fn content_type(self, media_type: &'a str) -> Result<Self, RequestError> {
        self.bind("content-type", media_type)
    }

    /// Binds the MD5 of the body, in base64: the sender must send this `Content-MD5`.
    ///
    /// # Errors
    /// As [`Request::header`].
    pub fn content_md5(self, md5: &'a str) -> Result<Self, RequestError> {
        self.bind("content-md5", md5)
    }

    /// Adds a header. `content-type`, `content-md5` and every `x-oss-*` are signed and so bound; others only
    /// where [`Request::additional_header`] names them, before or after. Blanks around the value are dropped.
    ///
    /// # Errors
    /// [`RequestError`] for a name that is no HTTP token, a name that is here already or that the signer adds
    /// itself, a control character in the value, and one header too many.
    pub fn header(mut self, name: &'a str, value: &'a str) -> Result<Self, RequestError> {
        check_header_name(name)?;
        if SIGNER_HEADERS.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
            return Err(RequestError::ReservedHeader { name: Excerpt::of(name) });
        }
        let value = check_header_value(name, value)?;
        let named = self.additional.iter().any(|additional| additional.eq_ignore_ascii_case(name));
        if named && value.is_empty() {
            return Err(RequestError::AdditionalHeaderEmpty { name: Excerpt::of(name) });
        }
        if name.eq_ignore_ascii_case("x-oss-content-sha256") {
            self.payload = Some(value);
        }
        self.insert_header(Header {
            name,
            value,
            signed: named || is_signed_by_default(name),
            lower_case: !name.bytes().any(|byte| byte.is_ascii_uppercase()),
        })
    }

    /// Adds a header that is signed always, under its lower-case name: nothing about the name is left to check.
    fn bind(self, name: &'static str, value: &'a str) -> Result<Self, RequestError> {
        let value = check_header_value(name, value)?;
        self.insert_header(Header { name, value, signed: true, lower_case: true })
    }

    fn insert_header(mut self, header: Header<'a>) -> Result<Self, RequestError> {
        insert(&mut self.headers, header, |a, b| compare_names(a.name, b.name)).map_err(|refused| {
            match refused {
                Refused::Duplicate => RequestError::DuplicateHeader { name: Excerpt::of(header.name) },
                Refused::Full => RequestError::TooMany { what: "headers", capacity: CAPACITY },
            }
        })?;
        Ok(self)
    }

    /// Signs a header that OSS does not sign by default, such as `content-length` or `range`: the sender must
    /// send it with the value that [`Request::header`] gives it. `host` may be left to the endpoint. Names that
    /// are signed anyway, and repetitions, change nothing.
    ///
    /// # Errors
    /// [`RequestError`] for a name that is no HTTP token, for a header whose value is empty, and for one name
    /// too many.
    pub fn additional_header(mut self, name: &'a str) -> Result<Self, RequestError> {
        check_header_name(name)?;
        if is_signed_by_default(name) {
            return Ok(self);
        }
        for header in &mut self.headers {
            if header.name.eq_ignore_ascii_case(name) {
                if header.value.is_empty() {
                    return Err(RequestError::AdditionalHeaderEmpty { name: Excerpt::of(name) });
                }
                header.signed = true;
            }
        }
        self.additional_code = Some(&additional::CODE);
        match insert(&mut self.additional, name, |a, b| compare_names(a, b)) {
            Ok(()) | Err(Refused::Duplicate) => Ok(self),
            Err(Refused::Full) => {
                Err(RequestError::TooMany { what: "additional headers", capacity: CAPACITY })
            }
        }
    }

    /// Signs the host, so that the URL works by this host alone; without it, the same signature is good for
    /// every host of the bucket, as in the official SDKs.
    ///
    /// # Errors
    /// [`RequestError::TooMany`] where there is no room for another additional header.
    pub fn sign_host(self) -> Result<Self, RequestError> {
        self.additional_header("host")
    }

    /// Adds a query parameter; `None` and an empty value are the same to OSS: the bare name.
    ///
    /// # Errors
    /// [`RequestError`] for an empty name, a name that is here already or that signing adds itself, and one
    /// parameter too many.
    pub fn query(mut self, name: &'a str, value: Option<&'a str>) -> Result<Self, RequestError> {
        if name.is_empty() {
            return Err(RequestError::QueryNameEmpty);
        }
        if is_reserved_parameter(name) {
            return Err(RequestError::ReservedQuery { name: Excerpt::of(name) });
        }
        let before =
            |reserved: &&str| compare_encoded(reserved.as_bytes(), name.as_bytes()) == Ordering::Less;
        let rank = SIGNING_PARAMETERS.iter().filter(|reserved| before(reserved)).count() as u8;
        let parameter = Parameter { name, value: value.unwrap_or_default(), rank };
        self.write_query = Some(write_query_before);
        insert(&mut self.query, parameter, |a, b| compare_encoded(a.name.as_bytes(), b.name.as_bytes()))
            .map_err(|refused| match refused {
                Refused::Duplicate => RequestError::DuplicateQuery { name: Excerpt::of(name) },
                Refused::Full => RequestError::TooMany { what: "query parameters", capacity: CAPACITY },
            })?;
        Ok(self)
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The bucket; `None` for a request to the service.
    #[must_use]
    pub const fn bucket(&self) -> Option<Bucket<'a>> {
        self.bucket
    }

    /// The object's key; `None` for a request to a bucket or to the service.
    #[must_use]
    pub const fn key(&self) -> Option<ObjectKey<'a>> {
        self.key
    }

    /// The headers that the sender must send, with the names as they were given and the values as they are
    /// signed. `host` is not among them: every HTTP client sends the one of the URL.
    pub fn bound_headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> + Clone {
        bound_headers(&self.headers)
    }

    pub(crate) fn view(&self) -> RequestView<'_> {
        RequestView {
            method: self.method,
            bucket: self.bucket,
            key: self.key,
            headers: &self.headers,
            query: &self.query,
            additional_names: &self.additional,
            additional_code: self.additional_code,
            write_query: self.write_query,
            payload: self.payload,
        }
    }
}

pub(crate) fn bound_headers<'a>(headers: &[Header<'a>]) -> impl Iterator<Item = (&'a str, &'a str)> + Clone {
    let owed = headers.iter().filter(|header| header.signed && !header.name.eq_ignore_ascii_case("host"));
    owed.map(|header| (header.name, header.value))
}

/// Headers that the signer writes, or that would compete with a signature in the URL.
const SIGNER_HEADERS: [&str; 3] = ["authorization", "x-oss-date", "x-oss-security-token"];

pub(crate) fn is_signed_by_default(name: &str) -> bool {
    let prefix = name.as_bytes().get(..6).unwrap_or_default();
    prefix.eq_ignore_ascii_case(b"x-oss-")
        || name.eq_ignore_ascii_case("content-type")
        || name.eq_ignore_ascii_case("content-md5")
}

pub(crate) fn is_reserved_parameter(name: &str) -> bool {
    name.starts_with("x-oss-signature") || SIGNING_PARAMETERS.contains(&name)
}

/// Orders header names as their lower-case forms.
pub(crate) fn compare_names(a: &str, b: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(lower).cmp(b.bytes().map(lower))
}

/// RFC 9110, section 5.6.2: a token.
fn check_header_name(name: &str) -> Result<(), RequestError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(legal) {
        return Err(RequestError::HeaderName { name: Excerpt::of(name) });
    }
    Ok(())
}

/// Gives a header's value without the blanks around it.
fn check_header_value<'v>(name: &str, value: &'v str) -> Result<&'v str, RequestError> {
    let value = trim_blanks(value);
    if value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        return Err(RequestError::HeaderValueControlCharacter { name: Excerpt::of(name) });
    }
    Ok(value)
}

enum Refused {
    Duplicate,
    Full,
}

/// Puts an item where it belongs in a sorted list. Sorting while the request is described keeps signing free
/// of it.
fn insert<T: Copy, const N: usize>(
    list: &mut Vec<T, N>,
    item: T,
    compare: impl Fn(&T, &T) -> Ordering,
) -> Result<(), Refused> {
    if list.iter().any(|other| compare(other, &item) == Ordering::Equal) {
        return Err(Refused::Duplicate);
    }
    list.push(item).map_err(|_| Refused::Full)?;
    settle_last(list, compare);
    Ok(())
}

/// Moves the last item of an otherwise sorted list to its place. The sorts of `core` keep a panic for
/// orders that contradict themselves; short lists need nothing better than this.
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
        let before = put().additional_header("range").unwrap();
        assert_eq!(before.header("range", " ").unwrap_err(), expected);
        let after = put().header("range", "").unwrap();
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
        let two = Request::<2>::with_capacity(
            Method::Put,
            Bucket::new("examplebucket").unwrap(),
            ObjectKey::new("a").unwrap(),
        );
        let full = two.header("x-oss-a", "1").unwrap().header("x-oss-b", "2").unwrap();
        assert_eq!(
            full.header("x-oss-c", "3").unwrap_err(),
            RequestError::TooMany { what: "headers", capacity: 2 }
        );
        let two = Request::<2>::for_bucket(Method::Get, Bucket::new("examplebucket").unwrap());
        let full = two.clone().query("a", None).unwrap().query("b", None).unwrap();
        assert_eq!(
            full.query("c", None).unwrap_err(),
            RequestError::TooMany { what: "query parameters", capacity: 2 }
        );
        let full = two.additional_header("a").unwrap().additional_header("b").unwrap();
        assert!(full.clone().additional_header("A").is_ok());
        assert_eq!(
            full.additional_header("c").unwrap_err(),
            RequestError::TooMany { what: "additional headers", capacity: 2 }
        );
    }

    #[test]
    fn lists_are_sorted_as_they_will_be_signed() {
        let mut request = put();
        for name in ["a=", "a-b", "a", "a1", "a.b", "ü", "Z", "%41"] {
            request = request.query(name, Some("v")).unwrap();
        }
        let names: List<&str> = request.query.iter().map(|parameter| parameter.name).collect();
        // Encoded: %2541 %C3%BC Z a a%3D a-b a.b a1
        assert_eq!(names, ["%41", "ü", "Z", "a", "a=", "a-b", "a.b", "a1"]);
        for name in ["X-Oss-B", "x-oss-a", "Content-Type", "abc"] {
            request = request.header(name, "v").unwrap();
        }
        let names: List<&str> = request.headers.iter().map(|header| header.name).collect();
        assert_eq!(names, ["abc", "Content-Type", "x-oss-a", "X-Oss-B"]);
    }

    #[test]
    fn what_the_sender_owes() {
        let request = put()
            .header("abc", "not signed")
            .and_then(|r| r.header("Range", " bytes=0-9 "))
            .and_then(|r| r.additional_header("range"))
            .and_then(|r| r.content_type("image/jpeg"))
            .and_then(Request::sign_host)
            .unwrap();
        let owed: List<_> = request.bound_headers().collect();
        assert_eq!(owed, [("content-type", "image/jpeg"), ("Range", "bytes=0-9")]);
    }
}
