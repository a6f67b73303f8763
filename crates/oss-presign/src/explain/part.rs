//! The part of a signature that a change is about.

use alloc::borrow::Cow;

use super::change::{Change, TOKEN};

/// A part of what is signed. Two changes of the same part exclude each other.
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

impl<'a> Change<'a> {
    /// Returns the part that this changes.
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

    /// Returns whether this changes the canonical request. Otherwise it changes how the canonical request is signed.
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
}
