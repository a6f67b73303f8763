//! A request and its signature as they were received. Unlike verification, reading accepts requests that are damaged.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::draft::{Draft, HeaderDraft, Layout, Order, ParameterDraft, PathDraft, QueryDraft};
use super::evidence::{BucketPlace, SentRequest};
use super::signing_draft::{Chain, Digest, ScopeDraft, SecretDraft, SigningDraft};
use super::spelling::Spelling;
use crate::decode::Decoded;
use crate::diagnose::url_parts;
use crate::header::is_signed_by_default;
use crate::search::split_first;
use crate::string_to_sign::ALGORITHM;
use crate::time::Timestamp;

/// The place of the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    Url,
    Header,
    Form,
}

impl Location {
    /// Returns the subject of a sentence about what was signed.
    pub(super) const fn subject(self) -> &'static str {
        match self {
            Self::Url => "The URL",
            Self::Header => "The request",
            Self::Form => "The form",
        }
    }
}

/// A request and its signature.
#[derive(Clone, Debug)]
pub(super) struct Presented<'a> {
    pub(super) location: Location,
    pub(super) algorithm: Option<String>,
    pub(super) access_key_id: String,
    pub(super) date: String,
    pub(super) region: String,
    pub(super) product: String,
    pub(super) terminator: String,
    pub(super) date_time: String,
    pub(super) expires: Option<String>,
    pub(super) security_token: Option<String>,
    /// The names of the additional headers in lower case, in the order of the list.
    pub(super) additional: Vec<String>,
    pub(super) signature: String,
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) query: Vec<ParameterDraft<'a>>,
    /// All headers, if they are known: names in lower case, values as they were sent.
    pub(super) headers: Option<Vec<(String, &'a str)>>,
}

impl<'a> Presented<'a> {
    /// Reads the signature in the query of the URL.
    pub(super) fn in_url(sent: &SentRequest<'a>, url: &'a str) -> Option<Self> {
        let (host, path, query) = url_parts(url);
        let mut query = parameters(query);
        let signature = text(&query, "x-oss-signature")?;
        query.retain(|parameter| *parameter.name != *b"x-oss-signature");
        let credential = text(&query, "x-oss-credential")?;
        let [access_key_id, date, region, product, terminator] = credential_parts(&credential)?;
        let additional = text(&query, "x-oss-additional-headers");
        Some(Self {
            location: Location::Url,
            algorithm: text(&query, "x-oss-signature-version"),
            access_key_id,
            date,
            region,
            product,
            terminator,
            date_time: text(&query, "x-oss-date")?,
            expires: text(&query, "x-oss-expires"),
            security_token: text(&query, "x-oss-security-token"),
            additional: names(additional.as_deref()),
            signature,
            host: host_as_sent(sent, host),
            path,
            query,
            headers: headers(sent),
        })
    }

    /// Reads the signature in the `Authorization` header.
    pub(super) fn in_header(sent: &SentRequest<'a>) -> Option<Self> {
        let (host, path, query) = url_parts(sent.url);
        let headers = headers(sent)?;
        let value = |wanted| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.trim());
        let (algorithm, rest) = value("authorization")?.split_once(' ')?;
        let field = |wanted: &str| {
            let fields = rest.split(',').filter_map(|field| field.trim().split_once('='));
            fields.clone().find(|(name, _)| *name == wanted).map(|(_, value)| value)
        };
        let [access_key_id, date, region, product, terminator] = credential_parts(field("Credential")?)?;
        Some(Self {
            location: Location::Header,
            algorithm: Some(algorithm.to_string()),
            access_key_id,
            date,
            region,
            product,
            terminator,
            date_time: value("x-oss-date").or_else(|| value("date"))?.to_string(),
            expires: None,
            security_token: value("x-oss-security-token").map(ToString::to_string),
            additional: names(field("AdditionalHeaders")),
            signature: field("Signature")?.to_string(),
            host: host_as_sent(sent, host),
            path,
            query: parameters(query),
            headers: Some(headers),
        })
    }

    /// Reads the signature in the fields of a form.
    pub(super) fn in_form(fields: &[(&'a str, &'a str)]) -> Option<Self> {
        let field = |wanted: &str| {
            let found = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| (*value).to_string())
        };
        let [access_key_id, date, region, product, terminator] =
            credential_parts(&field("x-oss-credential")?)?;
        Some(Self {
            location: Location::Form,
            algorithm: field("x-oss-signature-version"),
            access_key_id,
            date,
            region,
            product,
            terminator,
            date_time: field("x-oss-date")?,
            expires: None,
            security_token: field("x-oss-security-token"),
            additional: Vec::new(),
            signature: field("x-oss-signature")?,
            host: "",
            path: "",
            query: Vec::new(),
            headers: None,
        })
    }

    /// Returns what a right signer would have signed, for each place that the bucket may have.
    pub(super) fn drafts(&self, method: &'a str, place: BucketPlace<'a>) -> Vec<Draft<'a>> {
        let headers = self.signed_headers();
        let paths = path_drafts(self.host, self.path, place);
        paths.into_iter().map(|path| self.draft(method, path, headers.clone())).collect()
    }

    fn draft(&self, method: &'a str, path: PathDraft<'a>, headers: Vec<HeaderDraft<'a>>) -> Draft<'a> {
        Draft {
            method: Cow::Borrowed(method),
            path,
            query: QueryDraft {
                parameters: self.query.clone(),
                order: Order::EncodedNames,
                spelling: Spelling::Strict,
                bare_equals: false,
                as_sent: false,
            },
            headers,
            // A header that is always signed is not an additional header, even if the list names it.
            additional: self
                .additional
                .iter()
                .filter(|name| !is_signed_by_default(name))
                .map(|name| Cow::Owned(name.clone()))
                .collect(),
            payload: None,
            layout: Layout::Right,
        }
    }

    /// Returns a draft of a request without path, query and headers, for a form, which signs none of them.
    pub(super) fn empty_draft(&self) -> Draft<'a> {
        let path = PathDraft {
            bucket: Cow::Borrowed(b""),
            buckets: 0,
            key: Cow::Borrowed(b""),
            spelling: Spelling::Strict,
            as_sent: None,
        };
        self.draft("POST", path, Vec::new())
    }

    fn signed_headers(&self) -> Vec<HeaderDraft<'a>> {
        let mut signed = Vec::new();
        for (name, value) in self.headers.iter().flatten() {
            let additional = self.additional.contains(name) && name != "host";
            if is_signed_by_default(name) || additional {
                let value = Cow::Borrowed(trim_blanks(value));
                signed.push(HeaderDraft { name: Cow::Owned(name.clone()), value });
            }
        }
        if self.additional.iter().any(|name| name == "host") {
            signed.push(HeaderDraft { name: "host".into(), value: Cow::Borrowed(self.host) });
        }
        signed
    }

    /// Returns how the request was signed, by its own words, with one of the secrets.
    pub(super) fn signing(&self, secret: SecretDraft) -> SigningDraft<'a> {
        let scope = ScopeDraft {
            date: self.date.clone().into(),
            region: self.region.clone().into(),
            product: self.product.clone().into(),
            terminator: self.terminator.clone().into(),
        };
        SigningDraft {
            secret,
            key_prefix: "aliyun_v4",
            key: scope.clone(),
            chain: Chain::Bytes,
            algorithm: ALGORITHM.into(),
            date_time: self.date_time.clone().into(),
            scope,
            digest: Digest::Hex,
        }
    }

    /// Returns the signing time; `None` if its text is not a time.
    pub(super) fn signed_at(&self) -> Option<Timestamp> {
        let time = Timestamp::parse_iso8601_basic(&self.date_time);
        // A request with an `Authorization` header may have `Date` in place of `x-oss-date`.
        time.or_else(|_| Timestamp::parse_http_date(&self.date_time)).ok()
    }

    /// Returns the value of a header as it was sent, without outer blanks.
    pub(super) fn header(&self, wanted: &str) -> Option<&'a str> {
        let found = self.headers.iter().flatten().find(|(name, _)| name == wanted);
        found.map(|(_, value)| trim_blanks(value))
    }

    /// Returns the extension of the object's name.
    pub(super) fn extension(&self) -> Option<&'a str> {
        let name = self.path.rsplit('/').next()?;
        name.rsplit_once('.').map(|(_, extension)| extension)
    }
}

/// Returns the `Host` header. If it is not known, it is the host of the URL, which HTTP clients send.
fn host_as_sent<'a>(sent: &SentRequest<'a>, host_of_url: &'a str) -> &'a str {
    let host = sent.headers.into_iter().flatten().find(|(name, _)| name.eq_ignore_ascii_case("host"));
    host.map_or(host_of_url, |(_, value)| trim_blanks(value))
}

fn headers<'a>(sent: &SentRequest<'a>) -> Option<Vec<(String, &'a str)>> {
    let headers = sent.headers?.iter();
    Some(headers.map(|(name, value)| (name.to_ascii_lowercase(), *value)).collect())
}

fn trim_blanks(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

/// The names in a list of additional headers. A request without a list has none.
fn names(list: Option<&str>) -> Vec<String> {
    let names = list.into_iter().flat_map(|list| list.split(';'));
    names.filter(|name| !name.is_empty()).map(str::to_ascii_lowercase).collect()
}

/// Splits a credential from its end, because a secret in place of the access key id may contain slashes.
fn credential_parts(credential: &str) -> Option<[String; 5]> {
    let mut parts = credential.rsplitn(5, '/');
    let [terminator, product, region, date, id] = [(); 5].map(|()| parts.next());
    Some([id?, date?, region?, product?, terminator?].map(ToString::to_string))
}

fn parameters(query: &str) -> Vec<ParameterDraft<'_>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let parameter = |sent| {
        let (name, value) = split_first(sent, b'=');
        ParameterDraft { name: decode(name), value: decode(value), spelling: None, sent }
    };
    pairs.map(parameter).collect()
}

/// Returns the bytes that a percent-encoded text stands for.
pub(super) fn decode(text: &str) -> Cow<'_, [u8]> {
    if text.contains('%') { Cow::Owned(Decoded::new(text).collect()) } else { Cow::Borrowed(text.as_bytes()) }
}

fn text(parameters: &[ParameterDraft<'_>], name: &str) -> Option<String> {
    let found = parameters.iter().find(|parameter| *parameter.name == *name.as_bytes())?;
    Some(String::from_utf8_lossy(&found.value).into_owned())
}

/// Returns the readings of a path: with the bucket in it, or with the bucket only in the host.
fn path_drafts<'a>(host: &'a str, path: &'a str, place: BucketPlace<'a>) -> Vec<PathDraft<'a>> {
    let before = |bucket: &'a str| PathDraft {
        bucket: Cow::Borrowed(bucket.as_bytes()),
        buckets: 1,
        key: if path.is_empty() { Cow::Borrowed(b"/") } else { decode(path) },
        spelling: Spelling::Strict,
        as_sent: None,
    };
    let inside = || {
        let (bucket, key) = bucket_and_key(path);
        PathDraft {
            bucket: decode(bucket),
            buckets: u8::from(!bucket.is_empty()),
            // The canonical URI of a bucket ends in a slash, even if the path does not.
            key: if key.is_empty() { Cow::Borrowed(b"/") } else { decode(key) },
            spelling: Spelling::Strict,
            as_sent: None,
        }
    };
    match place {
        BucketPlace::Host(bucket) => alloc::vec![before(bucket)],
        BucketPlace::Path => alloc::vec![inside()],
        BucketPlace::Unknown => {
            let (label, _) = split_first(host, b'.');
            let (name, _) = split_first(host, b':');
            let labels: Option<Vec<&str>> =
                name.strip_suffix(".aliyuncs.com").map(|name| name.split('.').collect());
            match labels.as_deref() {
                Some([_]) => return alloc::vec![inside()],
                Some([_, service]) if service.starts_with("oss-") => return alloc::vec![before(label)],
                _ => {}
            }
            alloc::vec![inside(), before(label)]
        }
    }
}

/// Splits `/bucket/key` into `bucket` and `/key`. A path is empty or begins with a slash.
fn bucket_and_key(path: &str) -> (&str, &str) {
    let Some(after_slash) = path.strip_prefix('/') else { return ("", "") };
    match after_slash.find('/') {
        Some(at) => after_slash.split_at(at),
        None => (after_slash, ""),
    }
}
