//! One mistake, as a small change of what a right signer would have signed.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::draft::{Draft, Layout, Order, ParameterDraft};
use super::signing_draft::{Chain, Digest, SecretDraft, SigningDraft};
use super::spelling::Spelling;

/// A change of what was signed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change<'a> {
    /// For another method.
    Method(&'static str),
    /// With a header of this value, or without it.
    Header {
        name: Cow<'a, str>,
        value: Option<Cow<'a, str>>,
    },
    /// With a header, named as an additional one.
    AdditionalHeader {
        name: Cow<'a, str>,
        value: Cow<'a, str>,
    },
    /// With neither these additional headers nor their names.
    AdditionalHeaderDropped(Cow<'a, str>),
    /// With these names in the line of additional headers.
    AdditionalNames(Vec<Cow<'a, str>>),
    /// With the bucket so many times before the key.
    Buckets(u8),
    /// For another key; the slash before it is part of it.
    Key {
        key: Cow<'a, [u8]>,
        edit: KeyEdit,
    },
    PathSpelling(Spelling),
    /// With the path as it came, and the bucket so many times before it.
    PathAsSent {
        path: &'a str,
        buckets: u8,
    },
    /// Without a parameter.
    ParameterDropped(Cow<'a, [u8]>),
    /// Without any of the parameters that are not the signature's.
    OwnParametersDropped,
    /// With another parameter.
    ParameterRestored {
        name: Cow<'a, [u8]>,
        value: Cow<'a, [u8]>,
    },
    /// With another value of a parameter.
    ParameterValue {
        name: Cow<'a, [u8]>,
        value: Cow<'a, [u8]>,
    },
    /// With one value in another encoding.
    ParameterSpelling {
        name: Cow<'a, [u8]>,
        spelling: Spelling,
    },
    QuerySpelling(Spelling),
    QueryOrder(Order),
    QueryAsSent,
    BareEquals,
    /// With another security token.
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
    /// For another region, in the key alone or in the string to sign too.
    Region {
        region: Cow<'a, str>,
        everywhere: bool,
    },
    Product {
        product: &'static str,
        everywhere: bool,
    },
    /// With a key for another day.
    Day {
        date: Cow<'a, str>,
        everywhere: bool,
    },
    /// With another time in the string to sign; and with its day, where there is one.
    Time {
        date_time: Cow<'a, str>,
        date: Option<Cow<'a, str>>,
        hours: i8,
        minutes: u8,
    },
    Secret(SecretDraft),
    KeyPrefix(&'static str),
    Chain(Chain),
    /// With SigV4's constants: all of them, or one.
    SigV4(SigV4),
    Digest(Digest),
}

/// What was done to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyEdit {
    /// The key that was sent is an encoding of the one that was signed.
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
    /// The path of what the signer handed out.
    AsHandedOut,
}

/// What was done to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenEdit {
    NotSigned,
    NotSent,
    Unencoded,
    EncodedTwice,
    SentTwiceEncoded,
    /// That of another of the known secrets.
    Other(usize),
}

/// A part of SigV4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SigV4 {
    All,
    AllButProduct,
    Algorithm,
    KeyPrefix,
    Terminator,
    Product,
}

/// The part of a signature that a change is about. Two changes of one part exclude each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    Method,
    Header(Cow<'a, str>),
    AdditionalNames,
    Buckets,
    Key,
    PathSpelling,
    Parameter(Cow<'a, [u8]>),
    OwnParameters,
    QuerySpelling,
    QueryOrder,
    Payload,
    Layout,
    Region,
    Product,
    Day,
    Secret,
    KeyPrefix,
    Chain,
    Digest,
}

const TOKEN: &[u8] = b"x-oss-security-token";

impl<'a> Change<'a> {
    /// The part that this changes.
    pub(super) fn part(&self) -> Part<'a> {
        match self {
            Self::Method(_) => Part::Method,
            Self::Header { name, .. }
            | Self::AdditionalHeader { name, .. }
            | Self::AdditionalHeaderDropped(name) => Part::Header(name.clone()),
            Self::AdditionalNames(_) => Part::AdditionalNames,
            Self::Buckets(_) => Part::Buckets,
            Self::Key { .. } => Part::Key,
            Self::PathSpelling(_) | Self::PathAsSent { .. } => Part::PathSpelling,
            Self::ParameterDropped(name)
            | Self::ParameterRestored { name, .. }
            | Self::ParameterValue { name, .. }
            | Self::ParameterSpelling { name, .. } => Part::Parameter(name.clone()),
            Self::OwnParametersDropped => Part::OwnParameters,
            Self::QuerySpelling(_) | Self::BareEquals | Self::QueryAsSent => Part::QuerySpelling,
            Self::QueryOrder(_) => Part::QueryOrder,
            Self::Token { .. } => Part::Parameter(Cow::Borrowed(TOKEN)),
            Self::Payload { .. } => Part::Payload,
            Self::Layout(_) => Part::Layout,
            Self::Region { .. } => Part::Region,
            Self::Product { .. } => Part::Product,
            Self::Day { .. } | Self::Time { .. } => Part::Day,
            Self::Secret(_) => Part::Secret,
            Self::KeyPrefix(_) | Self::SigV4(_) => Part::KeyPrefix,
            Self::Chain(_) => Part::Chain,
            Self::Digest(_) => Part::Digest,
        }
    }

    /// Whether it changes the canonical request; otherwise it changes how that is signed.
    pub(super) const fn is_of_text(&self) -> bool {
        !matches!(
            self,
            Self::Region { .. }
                | Self::Product { .. }
                | Self::Day { .. }
                | Self::Time { .. }
                | Self::Secret(_)
                | Self::KeyPrefix(_)
                | Self::Chain(_)
                | Self::SigV4(_)
                | Self::Digest(_)
        )
    }

    /// Makes the change in what is signed.
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

    /// Makes the change in how it is signed.
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
        if matches!(self, Self::All | Self::Product) {
            signing.key.product = Cow::Borrowed("s3");
            signing.scope.product = Cow::Borrowed("s3");
        }
    }
}

/// The parameters that a signer adds.
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
