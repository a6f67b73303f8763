//! From the core's errors to a status.
//!
//! The core's enums may grow; what this file does not know is `Unlisted`. A test reads the core's sources and fails then.

use oss_presign::verify::{FormError, ScopePart, VerifyError};
use oss_presign::{
    BucketError, CredentialsError, EndpointError, ExpiryError, ObjectKeyError, PostPolicyError, PresignError,
    RequestError, ScopeError, TimeError,
};

use crate::status::Status;

/// Turns an error of the core into a status, by its variant.
macro_rules! statuses {
    ($error:ident: $($variant:ident => $status:ident),* $(,)?) => {
        impl From<$error> for Status {
            fn from(error: $error) -> Self {
                match error {
                    $($error::$variant { .. } => Self::$status,)*
                    _ => Self::Unlisted,
                }
            }
        }
    };
}

statuses!(TimeError: AfterYear9999 => TimeAfterYear9999);

statuses!(CredentialsError:
    Empty => CredentialsEmpty,
    OuterBlank => CredentialsOuterBlank,
    ControlCharacter => CredentialsControlCharacter,
    AccessKeyIdSeparator => CredentialsAccessKeyIdSeparator,
);

statuses!(ScopeError:
    RegionEmpty => RegionEmpty,
    RegionTooLong => RegionTooLong,
    RegionDecorated => RegionDecorated,
    RegionCharacter => RegionCharacter,
    RegionShape => RegionShape,
    RegionZone => RegionZone,
);

statuses!(BucketError:
    Length => BucketLength,
    UpperCase => BucketUpperCase,
    Dot => BucketDot,
    Character => BucketCharacter,
    HyphenAtEnd => BucketHyphenAtEnd,
);

statuses!(ObjectKeyError:
    Empty => KeyEmpty,
    TooLong => KeyTooLong,
    LeadingSlash => KeyLeadingSlash,
    DotSegment => KeyDotSegment,
);

statuses!(EndpointError:
    Empty => EndpointEmpty,
    Scheme => EndpointScheme,
    Port => EndpointPort,
    NotAHost => EndpointNotAHost,
    UpperCase => EndpointUpperCase,
    Character => EndpointCharacter,
    BeginsWithBucket => EndpointBeginsWithBucket,
    OtherRegion => EndpointOtherRegion,
);

statuses!(RequestError:
    HeaderName => HeaderName,
    HeaderValueControlCharacter => HeaderValueControlCharacter,
    DuplicateHeader => DuplicateHeader,
    ReservedHeader => ReservedHeader,
    AdditionalHeaderEmpty => AdditionalHeaderEmpty,
    QueryNameEmpty => QueryNameEmpty,
    DuplicateQuery => DuplicateQuery,
    ReservedQuery => ReservedQuery,
    TooMany => TooMany,
);

statuses!(ExpiryError:
    Zero => ExpiryZero,
    TooLong => ExpiryTooLong,
    CredentialsExpired => CredentialsExpired,
    OutlivesCredentials => ExpiryOutlivesCredentials,
);

statuses!(PostPolicyError:
    KeyPrefix => PolicyKeyPrefix,
    KeyVariable => PolicyKeyVariable,
    FieldName => PolicyFieldName,
    ReservedField => PolicyReservedField,
    ControlCharacter => PolicyControlCharacter,
    EmptyList => PolicyEmptyList,
    Contradiction => PolicyContradiction,
    LengthRange => PolicyLengthRange,
    TooMany => PolicyTooMany,
);

impl From<PresignError> for Status {
    fn from(error: PresignError) -> Self {
        match error {
            PresignError::StaleKey { .. } => Self::StaleKey,
            PresignError::Expiry(error) => error.into(),
            PresignError::OtherRegion { .. } => Self::EndpointOtherRegion,
            PresignError::AdditionalHeaderMissing { .. } => Self::AdditionalHeaderMissing,
            PresignError::HostMismatch { .. } => Self::HostMismatch,
            PresignError::BufferTooSmall { .. } => Self::BufferTooSmall,
            PresignError::Internal => Self::Internal,
            _ => Self::Unlisted,
        }
    }
}

impl From<&VerifyError> for Status {
    fn from(error: &VerifyError) -> Self {
        match error {
            VerifyError::MissingParameter { .. } => Self::ReceivedParameterMissing,
            VerifyError::DuplicateParameter { .. } => Self::ReceivedDuplicateParameter,
            VerifyError::DuplicateHeader { .. } => Self::ReceivedDuplicateHeader,
            VerifyError::HeaderNotText { .. } => Self::ReceivedHeaderNotText,
            VerifyError::TooMany { .. } => Self::ReceivedTooMany,
            VerifyError::PathMalformed => Self::ReceivedPathMalformed,
            VerifyError::SignatureVersion => Self::ReceivedSignatureVersion,
            VerifyError::CredentialMalformed => Self::ReceivedCredentialMalformed,
            VerifyError::CredentialDate => Self::ReceivedCredentialDate,
            VerifyError::AuthorizationMalformed => Self::ReceivedAuthorizationMalformed,
            VerifyError::Date | VerifyError::DateHeaderMalformed { .. } => Self::ReceivedDate,
            VerifyError::DateHeaderMissing => Self::ReceivedDateMissing,
            VerifyError::Expires => Self::ReceivedExpires,
            VerifyError::ContentSha256 => Self::ReceivedContentSha256,
            VerifyError::AdditionalHeadersEmpty
            | VerifyError::AdditionalHeadersEmptyName
            | VerifyError::AdditionalHeadersTooLong => Self::ReceivedAdditionalHeaders,
            VerifyError::HeaderMissing { .. } => Self::ReceivedHeaderMissing,
            VerifyError::WrongScope { part: ScopePart::Date, .. } => Self::ReceivedScopeDate,
            VerifyError::WrongScope { part: ScopePart::Region, .. } => Self::ReceivedScopeRegion,
            VerifyError::WrongScope { part: ScopePart::Product, .. } => Self::ReceivedScopeProduct,
            VerifyError::UnknownAccessKeyId { .. } => Self::ReceivedUnknownAccessKeyId,
            VerifyError::Expired { .. } => Self::ReceivedExpired,
            VerifyError::NotYetValid { .. } => Self::ReceivedNotYetValid,
            VerifyError::TimeTooSkewed { .. } => Self::ReceivedTimeTooSkewed,
            VerifyError::CredentialsExpired { .. } => Self::ReceivedCredentialsExpired,
            VerifyError::SecurityToken { .. } => Self::ReceivedSecurityToken,
            VerifyError::SignatureEmpty => Self::ReceivedSignatureEmpty,
            VerifyError::SignatureMismatch => Self::ReceivedSignatureMismatch,
            _ => Self::Unlisted,
        }
    }
}

impl From<&FormError> for Status {
    fn from(error: &FormError) -> Self {
        match error {
            FormError::Signature(error) => error.into(),
            FormError::DuplicateField { .. } => Self::ReceivedDuplicateField,
            FormError::PolicyMalformed => Self::ReceivedPolicyMalformed,
            FormError::PolicyLacks { .. } => Self::ReceivedPolicyLacks,
            FormError::PolicyExpired { .. } => Self::ReceivedPolicyExpired,
            FormError::ConditionNotMet { .. } => Self::ReceivedConditionNotMet,
            FormError::TooSmall { .. } => Self::ReceivedFileTooSmall,
            FormError::TooLarge { .. } => Self::ReceivedFileTooLarge,
            _ => Self::Unlisted,
        }
    }
}
