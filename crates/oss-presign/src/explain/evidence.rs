//! What is known of a request whose signature is to be explained.

use core::fmt;

use crate::credentials::Credentials;
use crate::diagnose::Message;
use crate::time::Timestamp;

/// The number of signatures that are tried where the caller has no other wish: less than a second of work.
pub const DEFAULT_BUDGET: u32 = 200_000;

/// A secret that may have made the signature. Redacted in `Debug`.
#[derive(Clone, Copy)]
pub struct KnownSecret<'a> {
    /// How an explanation names it: the name of a profile. `None` for the one that should have signed.
    pub name: Option<&'a str>,
    /// Its access key id.
    pub access_key_id: &'a str,
    /// The secret.
    pub access_key_secret: &'a str,
    /// The token that STS issued with it.
    pub security_token: Option<&'a str>,
}

impl<'a> KnownSecret<'a> {
    /// The secret of credentials, under the name that an explanation gives it.
    #[must_use]
    pub fn new(name: Option<&'a str>, credentials: &Credentials<'a>) -> Self {
        Self {
            name,
            access_key_id: credentials.access_key_id(),
            access_key_secret: credentials.access_key_secret(),
            security_token: credentials.identity().security_token(),
        }
    }
}

impl fmt::Debug for KnownSecret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownSecret").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A request as it was sent, as far as that is known.
#[derive(Clone, Copy)]
pub struct SentRequest<'a> {
    /// The method; `None` where it is not known.
    pub method: Option<&'a str>,
    /// The whole URL, damaged or not.
    pub url: &'a str,
    /// All headers; `None` where they are not known.
    pub headers: Option<&'a [(&'a str, &'a str)]>,
}

impl fmt::Debug for SentRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// Where the bucket's name stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BucketPlace<'a> {
    /// Not known: hosts of Alibaba Cloud tell it, and for others each possibility is tried.
    #[default]
    Unknown,
    /// Not in the path: in the host, or behind a CNAME. This is the bucket.
    Host(&'a str),
    /// In the path, as its first segment.
    Path,
}

/// What is known of a request.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// What was sent.
    pub sent: SentRequest<'a>,
    /// What the signer handed out, where that is known.
    pub signed: Option<Message<'a>>,
    /// Where the bucket's name stands.
    pub bucket: BucketPlace<'a>,
    /// The secrets that may have signed, the likeliest first.
    pub secrets: &'a [KnownSecret<'a>],
    /// The region of the bucket, where it is known.
    pub region: Option<&'a str>,
    /// SHA-256 of the body, where it is known: some signers sign that.
    pub body_sha256: Option<[u8; 32]>,
    /// The server's time, to tell what has expired; `None` looks at no clock.
    pub now: Option<Timestamp>,
}

impl<'a> Evidence<'a> {
    /// What is known of a request at the least: the request, and the secrets that may have signed it.
    #[must_use]
    pub const fn new(sent: SentRequest<'a>, secrets: &'a [KnownSecret<'a>]) -> Self {
        Self {
            sent,
            signed: None,
            bucket: BucketPlace::Unknown,
            secrets,
            region: None,
            body_sha256: None,
            now: None,
        }
    }
}

/// What is known of a PostObject form.
#[derive(Clone, Copy)]
pub struct FormEvidence<'a> {
    /// Its fields as they were sent, names in any letter case.
    pub fields: &'a [(&'a str, &'a str)],
    /// The `policy` that the signer handed out, where that is known.
    pub signed_policy: Option<&'a str>,
    /// The secrets that may have signed, the likeliest first.
    pub secrets: &'a [KnownSecret<'a>],
    /// The region of the bucket, where it is known.
    pub region: Option<&'a str>,
    /// The server's time, to tell a clock that is wrong; `None` looks at no clock.
    pub now: Option<Timestamp>,
}

impl fmt::Debug for FormEvidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormEvidence").field("secrets", &self.secrets).finish_non_exhaustive()
    }
}
