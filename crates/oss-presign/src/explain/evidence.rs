//! The input of a search: what is known of a request whose signature was refused.

use core::fmt;

use crate::credentials::Credentials;
use crate::diagnose::Message;
use crate::time::Timestamp;

/// A budget that takes less than a second: the greatest number of signatures that a search makes.
pub const DEFAULT_BUDGET: u32 = 200_000;

/// A secret that may have made the signature. Redacted in `Debug`.
#[derive(Clone, Copy)]
pub struct KnownSecret<'a> {
    /// The name of the secret's profile, for explanations. `None` for the secret that should have signed.
    pub name: Option<&'a str>,
    /// The access key id of the secret.
    pub access_key_id: &'a str,
    /// The secret.
    pub access_key_secret: &'a str,
    /// The token that STS issued with the secret.
    pub security_token: Option<&'a str>,
}

impl<'a> KnownSecret<'a> {
    /// Creates a known secret from credentials. `name` is the name of their profile, for explanations.
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

/// A request as it was sent, as far as it is known.
#[derive(Clone, Copy)]
pub struct SentRequest<'a> {
    /// The method; `None` if it is not known.
    pub method: Option<&'a str>,
    /// The whole URL. It may be damaged.
    pub url: &'a str,
    /// All headers; `None` if they are not known.
    pub headers: Option<&'a [(&'a str, &'a str)]>,
}

impl fmt::Debug for SentRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// The place of the bucket in a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BucketPlace<'a> {
    /// The place is not known. Hosts of Alibaba Cloud show it, and for other hosts each place is tried.
    #[default]
    Unknown,
    /// The host contains the bucket, or is a CNAME of it. This is the bucket.
    Host(&'a str),
    /// The bucket is the first segment of the path.
    Path,
}

/// What is known of a request that was refused.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The request as it was sent.
    pub sent: SentRequest<'a>,
    /// The request as the signer returned it, if it is known.
    pub signed: Option<Message<'a>>,
    /// The place of the bucket in a request.
    pub bucket: BucketPlace<'a>,
    /// The secrets that may have signed, the likeliest first.
    pub secrets: &'a [KnownSecret<'a>],
    /// The region of the bucket, if it is known.
    pub region: Option<&'a str>,
    /// The SHA-256 of the body, if it is known. Some signers sign it by mistake.
    pub body_sha256: Option<[u8; 32]>,
    /// The server's time, for telling whether the request has expired. `None` leaves time out of account.
    pub now: Option<Timestamp>,
}

impl<'a> Evidence<'a> {
    /// Creates the least evidence: the request, and the secrets that may have signed it.
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
    /// The fields as they were sent. The letter case of names does not count.
    pub fields: &'a [(&'a str, &'a str)],
    /// The field `policy` as the signer returned it, if it is known.
    pub signed_policy: Option<&'a str>,
    /// The secrets that may have signed, the likeliest first.
    pub secrets: &'a [KnownSecret<'a>],
    /// The region of the bucket, if it is known.
    pub region: Option<&'a str>,
    /// The server's time, for telling whether the signer's clock is wrong. `None` leaves time out of account.
    pub now: Option<Timestamp>,
}

impl fmt::Debug for FormEvidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormEvidence").field("secrets", &self.secrets).finish_non_exhaustive()
    }
}
