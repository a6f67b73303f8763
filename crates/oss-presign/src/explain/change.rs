//! A mistake, as a change of what a right signer would have signed.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::draft::{Draft, Layout, Order, ParameterDraft};
use super::signing_draft::{Chain, Digest, SecretDraft, SigningDraft};
use super::spelling::Spelling;

/// A change of what a right signer would have signed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change<'a> {
    /// Another method.
    Method(&'static str),
    /// Another value of a header, or no such header.
    Header {
        name: Cow<'a, str>,
        value: Option<Cow<'a, str>>,
    },
    /// One more additional header.
    AdditionalHeader {
        name: Cow<'a, str>,
        value: Cow<'a, str>,
    },
    /// One additional header less.
    AdditionalHeaderDropped(Cow<'a, str>),
    /// Other names in the line of additional headers.
    AdditionalNames(Vec<Cow<'a, str>>),
    /// The bucket as often as this before the key.
    Buckets(u8),
    /// Another key. It includes the slash before it.
    Key {
        key: Cow<'a, [u8]>,
        edit: KeyEdit,
    },
    PathSpelling(Spelling),
    /// The path in the encoding in which it was sent, and the bucket as often as this before it.
    PathAsSent {
        path: &'a str,
        buckets: u8,
    },
    /// One parameter less.
    ParameterDropped(Cow<'a, [u8]>),
    /// Only the parameters of the signature.
    OwnParametersDropped,
    /// One more parameter.
    ParameterRestored {
        name: Cow<'a, [u8]>,
        value: Cow<'a, [u8]>,
    },
    /// Another value of a parameter.
    ParameterValue {
        name: Cow<'a, [u8]>,
        value: Cow<'a, [u8]>,
    },
    /// Another encoding of one value.
    ParameterSpelling {
        name: Cow<'a, [u8]>,
        spelling: Spelling,
    },
    QuerySpelling(Spelling),
    QueryOrder(Order),
    QueryAsSent,
    BareEquals,
    /// Another security token, or none.
    Token {
        value: Option<Cow<'a, [u8]>>,
        spelling: Option<Spelling>,
        edit: TokenEdit,
    },
    Payload {
        value: Cow<'a, str>,
        of_body: bool,
    },
    Layout(Layout),
    /// Another region, in the key and, if `everywhere` is set, in the string to sign.
    Region {
        region: Cow<'a, str>,
        everywhere: bool,
    },
    Product {
        product: &'static str,
        everywhere: bool,
    },
    /// Another day, in the key and, if `everywhere` is set, in the string to sign.
    Day {
        date: Cow<'a, str>,
        everywhere: bool,
    },
    /// The time of another time zone in the string to sign and, if `date` is set, its day in the scope.
    Time {
        date_time: Cow<'a, str>,
        date: Option<Cow<'a, str>>,
        hours: i8,
        minutes: u8,
    },
    Secret(SecretDraft),
    KeyPrefix(&'static str),
    Chain(Chain),
    /// Constants of SigV4.
    SigV4(SigV4),
    Digest(Digest),
}

/// The change of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyEdit {
    /// The path was percent-encoded once more after it was signed.
    SentTwiceEncoded,
    /// Blanks were sent as `+`.
    SentPlus,
    LeadingSlash,
    NoLeadingSlash,
    DoubleSlash,
    SingleSlashes,
    DotSegments,
    LineFeed,
    NoLineFeed,
    Composed,
    Decomposed,
    /// The path of the URL that the signer returned.
    AsHandedOut,
}

/// The change of a security token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenEdit {
    NotSigned,
    NotSent,
    Unencoded,
    EncodedTwice,
    SentTwiceEncoded,
    /// The token of another known secret.
    Other(usize),
}

/// The constants of SigV4 that a signer may have used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SigV4 {
    All,
    AllButProduct,
    Algorithm,
    KeyPrefix,
    Terminator,
}

pub(super) const TOKEN: &[u8] = b"x-oss-security-token";

impl<'a> Change<'a> {
    /// Changes the input of the canonical request.
    pub(super) fn apply(&self, draft: &mut Draft<'a>) {
        match self {
            Self::Method(method) => draft.method = Cow::Borrowed(method),
            Self::Header { name, value } => draft.set_header(name.clone(), value.clone()),
            Self::AdditionalHeader { name, value } => {
                draft.set_header(name.clone(), Some(value.clone()));
                draft.additional.push(name.clone());
            }
            Self::AdditionalHeaderDropped(name) => {
                draft.set_header(name.clone(), None);
                draft.additional.retain(|other| other != name);
            }
            Self::AdditionalNames(names) => draft.additional.clone_from(names),
            Self::Buckets(count) => draft.path.buckets = *count,
            Self::Key { key, .. } => draft.path.key.clone_from(key),
            Self::PathSpelling(spelling) => draft.path.spelling = *spelling,
            Self::PathAsSent { path, buckets } => {
                draft.path.as_sent = Some(path);
                draft.path.buckets = *buckets;
            }
            Self::ParameterDropped(name) => {
                draft.query.parameters.retain(|parameter| parameter.name != *name);
            }
            Self::OwnParametersDropped => {
                draft.query.parameters.retain(|parameter| is_of_signature(&parameter.name));
            }
            Self::ParameterRestored { name, value } => draft.query.parameters.push(ParameterDraft {
                name: name.clone(),
                value: value.clone(),
                spelling: None,
                sent: "",
            }),
            Self::ParameterValue { name, value } => {
                if let Some(parameter) = draft.query.find_mut(name) {
                    parameter.value.clone_from(value);
                }
            }
            Self::ParameterSpelling { name, spelling } => {
                if let Some(parameter) = draft.query.find_mut(name) {
                    parameter.spelling = Some(*spelling);
                }
            }
            Self::QuerySpelling(spelling) => draft.query.spelling = *spelling,
            Self::QueryOrder(order) => draft.query.order = *order,
            Self::QueryAsSent => draft.query.as_sent = true,
            Self::BareEquals => draft.query.bare_equals = true,
            Self::Token { value, spelling, .. } => apply_token(draft, value.as_ref(), *spelling),
            Self::Payload { value, .. } => draft.payload = Some(value.clone()),
            Self::Layout(layout) => draft.layout = *layout,
            _ => {}
        }
    }

    /// Changes how the canonical request is signed.
    pub(super) fn apply_to_signing(&self, signing: &mut SigningDraft<'a>) {
        match self {
            Self::Region { region, everywhere } => {
                signing.key.region.clone_from(region);
                if *everywhere {
                    signing.scope.region.clone_from(region);
                }
            }
            Self::Product { product, everywhere } => {
                signing.key.product = Cow::Borrowed(product);
                if *everywhere {
                    signing.scope.product = Cow::Borrowed(product);
                }
            }
            Self::Day { date, everywhere } => {
                signing.key.date.clone_from(date);
                if *everywhere {
                    signing.scope.date.clone_from(date);
                }
            }
            Self::Time { date_time, date, .. } => {
                signing.date_time.clone_from(date_time);
                if let Some(date) = date {
                    signing.key.date.clone_from(date);
                    signing.scope.date.clone_from(date);
                }
            }
            Self::Secret(secret) => signing.secret = *secret,
            Self::KeyPrefix(prefix) => signing.key_prefix = prefix,
            Self::Chain(chain) => {
                signing.chain = *chain;
                if *chain == Chain::None {
                    signing.key_prefix = "";
                }
            }
            Self::SigV4(part) => part.apply(signing),
            Self::Digest(digest) => signing.digest = *digest,
            _ => {}
        }
    }
}

fn apply_token<'a>(draft: &mut Draft<'a>, value: Option<&Cow<'a, [u8]>>, spelling: Option<Spelling>) {
    match value {
        None => draft.query.parameters.retain(|parameter| *parameter.name != *TOKEN),
        Some(value) => {
            if draft.query.find(TOKEN).is_none() {
                draft.query.parameters.push(ParameterDraft {
                    name: Cow::Borrowed(TOKEN),
                    value: Cow::Borrowed(b""),
                    spelling: None,
                    sent: "",
                });
            }
            if let Some(parameter) = draft.query.find_mut(TOKEN) {
                parameter.value.clone_from(value);
                parameter.spelling = spelling;
            }
        }
    }
}

impl SigV4 {
    fn apply(self, signing: &mut SigningDraft<'_>) {
        let all = matches!(self, Self::All | Self::AllButProduct);
        if all || self == Self::Algorithm {
            signing.algorithm = Cow::Borrowed("AWS4-HMAC-SHA256");
        }
        if all || self == Self::KeyPrefix {
            signing.key_prefix = "AWS4";
        }
        if all || self == Self::Terminator {
            signing.key.terminator = Cow::Borrowed("aws4_request");
            signing.scope.terminator = Cow::Borrowed("aws4_request");
        }
        if self == Self::All {
            signing.key.product = Cow::Borrowed("s3");
            signing.scope.product = Cow::Borrowed("s3");
        }
    }
}

/// Returns whether a parameter is one that signing adds.
pub(super) fn is_of_signature(name: &[u8]) -> bool {
    [
        &b"x-oss-additional-headers"[..],
        b"x-oss-credential",
        b"x-oss-date",
        b"x-oss-expires",
        TOKEN,
        b"x-oss-signature-version",
    ]
    .contains(&name)
}
