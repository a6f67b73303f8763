//! What to do about errors of the libraries, in terms of the command's flags.

use oss_upload_ureq::{Error as TransferError, PlanError, Refusal, TimeoutKind, Untrusted};

/// A message in place of the library's, and a hint.
pub(crate) struct Advice {
    /// `None` if the library's message fits.
    pub(crate) message: Option<String>,
    pub(crate) hint: &'static str,
}

impl Advice {
    fn hint(hint: &'static str) -> Option<Self> {
        Some(Self { message: None, hint })
    }

    fn instead(message: impl Into<String>, hint: &'static str) -> Option<Self> {
        Some(Self { message: Some(message.into()), hint })
    }

    /// Returns advice about an error of signing, by its code.
    pub(crate) fn on_signing(code: &str) -> Option<Self> {
        const UNTOUCHED: &str = "use another key; or sign this one with --allow-dot-segments, for clients that send it untouched, as curl \
             does with --path-as-is";
        match code {
            "KeyLeadingSlash" => Self::instead("OSS refuses keys that begin with `/` or `\\`", UNTOUCHED),
            "KeyDotSegment" => {
                Self::instead("the key has a segment `.` or `..`, which HTTP clients resolve away", UNTOUCHED)
            }
            "EndpointOtherRegion" => Self::hint(
                "the region is of --region or OSS_REGION, the endpoint of --endpoint or OSS_ENDPOINT",
            ),
            "EndpointBeginsWithBucket" => Self::hint(
                "give --endpoint or OSS_ENDPOINT without the bucket; --style cname is for a host of your own",
            ),
            "ExpiryZero" | "ExpiryTooLong" => Self::hint("give --expires from 1s to 7d"),
            "ExpiryInThePast" => Self::hint(
                "give a time in the future, in UTC (Z) or with its offset; `date -u` shows this machine's time",
            ),
            "StaleKey" => {
                Self::hint("ask for today's day key: `oss-presign day-key` prints it where the secret is")
            }
            "DayKeyOtherRegion" => Self::hint("the region to sign for is of --region or OSS_REGION"),
            "ExpiryOutlivesCredentials" => Self::hint("give a shorter --expires, or get new credentials"),
            "CredentialsExpired" | "ProviderExpired" => {
                Self::hint("`oss-presign doctor` says where they come from")
            }
            _ => None,
        }
    }

    /// Returns advice about a failed transfer.
    pub(crate) fn on_transfer(error: &TransferError) -> Option<Self> {
        match error {
            TransferError::NoAnswer { last, .. } => Self::on_transfer(last),
            TransferError::Refused(Refusal::PlainHttp) => Self::instead(
                "with plain http to another machine, everyone on the way can read the signature and the data",
                "use https, or give --allow-http",
            ),
            TransferError::Refused(Refusal::Expired { seconds_ago }) => Self::instead(
                format!("this URL expired {seconds_ago} s ago"),
                "ask for a fresh one; if it should still work, this machine's clock may be wrong: `oss-presign doctor \
                 --reach` compares it",
            ),
            TransferError::Refused(Refusal::HeaderMissing { .. }) => {
                Self::hint("give it with -H 'NAME: VALUE'")
            }
            TransferError::Plan(PlanError::Missing { step }) => Self::instead(
                format!("the plan has no request for step `{step}`"),
                "ask for a complete plan, or give --sign oss://BUCKET/KEY and have credentials",
            ),
            TransferError::Untrusted(Untrusted::NoRoots) => Self::instead(
                "this system has no root certificates",
                "install the package `ca-certificates`, or name a file with certificates by --ca-file or SSL_CERT_FILE",
            ),
            TransferError::Untrusted(Untrusted::UnknownAuthority) => Self::instead(
                "the server's certificate is from an unknown authority",
                "if you trust it, name a file with its certificate by --ca-file or SSL_CERT_FILE",
            ),
            TransferError::Timeout(TimeoutKind::Connect) => {
                Self::hint("check that the host is right and reachable; --connect-timeout waits longer")
            }
            TransferError::Timeout(TimeoutKind::Idle) => Self::hint("--idle-timeout waits longer"),
            TransferError::DeadlineReached { .. } => Self::hint("--deadline allows more time"),
            TransferError::Connection(_) => Self::hint(
                "check that region and endpoint are right, and that their host is reachable from this machine",
            ),
            _ => None,
        }
    }
}
