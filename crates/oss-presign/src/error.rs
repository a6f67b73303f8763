//! The union of this crate's errors.
//!
//! Each stage has its own small enum, in the file of the code that refuses. [`Error`] is for callers who do not tell the
//! stages apart.

use core::fmt;

use crate::bucket::BucketError;
use crate::credentials_error::CredentialsError;
use crate::day_key::DayKeyError;
use crate::endpoint_error::EndpointError;
use crate::expiry::ExpiryError;
use crate::method::MethodError;
use crate::object_key::ObjectKeyError;
use crate::operation::ValueError;
use crate::post_policy::PostPolicyError;
use crate::presign_error::PresignError;
use crate::request_error::RequestError;
use crate::scope_error::ScopeError;
use crate::time::TimeError;

/// Any error of describing and signing a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// A time was refused.
    Time(TimeError),
    /// An access key or a token was refused.
    Credentials(CredentialsError),
    /// A region or a product was refused.
    Scope(ScopeError),
    /// A bucket name was refused.
    Bucket(BucketError),
    /// An object key was refused.
    ObjectKey(ObjectKeyError),
    /// An endpoint was refused.
    Endpoint(EndpointError),
    /// A method was refused.
    Method(MethodError),
    /// A header or a query parameter was refused.
    Request(RequestError),
    /// The value of a header or a parameter was refused.
    Value(ValueError),
    /// A lifetime was refused.
    Expiry(ExpiryError),
    /// A condition of a form was refused.
    PostPolicy(PostPolicyError),
    /// A day key does not fit what is to be signed.
    DayKey(DayKeyError),
    /// Signing was refused.
    Presign(PresignError),
}

macro_rules! union {
    ($($variant:ident($inner:ty)),* $(,)?) => {
        impl Error {
            /// Returns a stable name of this error, for programs. It stays the same if the text changes.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $(Self::$variant(error) => error.code(),)* }
            }
        }

        impl fmt::Display for Error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$variant(error) => error.fmt(f),)* }
            }
        }

        impl core::error::Error for Error {}

        $(impl From<$inner> for Error {
            fn from(error: $inner) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

union! {
    Time(TimeError),
    Credentials(CredentialsError),
    Scope(ScopeError),
    Bucket(BucketError),
    ObjectKey(ObjectKeyError),
    Endpoint(EndpointError),
    Method(MethodError),
    Request(RequestError),
    Value(ValueError),
    Expiry(ExpiryError),
    PostPolicy(PostPolicyError),
    DayKey(DayKeyError),
    Presign(PresignError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials_error::CredentialsPart;
    use crate::excerpt::Excerpt;
    use crate::expiry::Expiry;
    use crate::method::Method;
    use crate::scope::Product;
    use crate::time::Timestamp;
    use std::string::ToString as _;
    use std::vec::Vec;

    /// A value of each variant. The match has no wildcard, so that a new variant does not go without a test.
    macro_rules! variants {
        ($type:ident: $($variant:ident $({ $($field:ident: $value:expr),* })? $(($inner:expr))?),* $(,)?) => {{
            let _ = |error: &$type| match error { $($type::$variant { .. } => {})* };
            [$($type::$variant $({ $($field: $value),* })? $(($inner))?),*]
        }};
    }

    macro_rules! every_variant {
        ($($variants:tt)*) => { variants!($($variants)*).into_iter().map(Error::from).collect::<Vec<Error>>() };
    }

    fn assert_says_all_once(error: impl core::error::Error + Send + Sync + 'static) {
        let text = error.to_string();
        assert_eq!(std::format!("{:#}", anyhow::Error::new(error)), text);
        assert!(text.len() > 10, "{text} says too little");
    }

    fn all() -> Vec<Error> {
        let text = || Excerpt::of("given");
        let time = Timestamp::MAX;
        let part = CredentialsPart::AccessKeyId;
        let method = Method::parse("BREW").map(drop).unwrap_err();
        let expiry = || Expiry::secs(0).map(drop).unwrap_err();
        [
            every_variant!(TimeError: AfterYear9999 { seconds: 1 }, NotIso8601Basic, NotHttpDate, NotRfc3339),
            every_variant!(CredentialsError: Empty { part: part }, OuterBlank { part: part },
                ControlCharacter { part: part }, AccessKeyIdSeparator { id: text() }),
            every_variant!(ScopeError: RegionEmpty, RegionTooLong { bytes: 65 }, RegionDecorated { given: text() },
                RegionCharacter, RegionShape { given: text() }, RegionZone { given: text() }, Product { name: text() },
                NotAScope),
            every_variant!(BucketError: Length { bytes: 2 }, UpperCase, Dot, Character, HyphenAtEnd),
            every_variant!(ObjectKeyError: Empty, TooLong { bytes: 1024 }, LeadingSlash, DotSegment),
            every_variant!(EndpointError: Empty, Scheme, Port, NotAHost, UpperCase, Character,
                BeginsWithBucket { service: text() }, OtherRegion { named: text(), given: text() },
                Addressing { name: text() }),
            [Error::from(method)].into(),
            every_variant!(RequestError: HeaderName { name: text() }, HeaderValueControlCharacter { name: text() },
                DuplicateHeader { name: text() }, ReservedHeader { name: text() },
                AdditionalHeaderEmpty { name: text() }, QueryNameEmpty, DuplicateQuery { name: text() },
                ReservedQuery { name: text() }, BarePost, UploadIdEmpty,
                NotForMethod { what: "a", method: Method::Put }, TooMany { what: "a", capacity: 1 }),
            every_variant!(ValueError: PartNumber { number: 0 }, ContentLength { bytes: 1 }, TrafficLimit { bits: 1 },
                PageSize { entries: 0 }, MetaName { name: text() }, SymlinkTarget { capacity: 1 }, Tagging, Callback,
                StorageClass { name: text() }, ObjectAcl { name: text() }),
            every_variant!(ExpiryError: Zero, TooLong { seconds: 1 }, InThePast { end: time, now: time },
                CredentialsExpired { at: time, now: time },
                OutlivesCredentials { url_end: time, credentials_end: time }),
            every_variant!(PostPolicyError: KeyPrefix, KeyVariable, FieldName { field: text() },
                ReservedField { field: text() }, ControlCharacter { field: text() }, EmptyList { field: text() },
                Contradiction { field: text() }, LengthRange { least: 2, most: 1 }, Status { status: 206 }, Redirect,
                TooMany { capacity: 1 }),
            every_variant!(DayKeyError: OtherRegion { key: text(), wanted: text() },
                OtherProduct { key: Product::Oss, wanted: Product::CloudBox }),
            every_variant!(PresignError: StaleKey { key_date: *b"20241112", now: time }, Expiry(expiry()),
                OtherRegion { endpoint: text() }, AdditionalHeaderMissing { name: text() }, HostMismatch { given: text() }, BucketMissing,
                BufferTooSmall { needed: 1 }, Internal),
        ]
        .concat()
    }

    #[test]
    fn a_chain_of_causes_says_no_sentence_twice() {
        for error in all() {
            assert_says_all_once(error);
        }
    }

    #[test]
    fn codes_tell_variants_apart() {
        let codes: Vec<&str> = all().iter().map(Error::code).collect();
        // An expiry, and an endpoint of another region, have the same code whether signing refuses them or they themselves.
        let mut distinct: Vec<&str> = codes.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len() + 2, codes.len(), "{codes:?}");
    }

    /// Errors of verification, which are outside of [`Error`], and those that carry them.
    #[test]
    fn nor_do_errors_of_verification() {
        use crate::verify::{FormError, Operator, ScopePart, SignatureLocation, VerifyError};
        let (text, now) = (|| Excerpt::of("given"), Timestamp::MAX);
        let (location, part) = (SignatureLocation::Form, ScopePart::Date);
        let errors = variants!(VerifyError: MissingParameter { name: "a" }, DuplicateParameter { name: text() },
            DuplicateHeader { name: text() }, HeaderNotText { name: text() }, TooMany { what: "a", capacity: 1 },
            PathMalformed, SignatureVersion, CredentialMalformed, CredentialDate, AuthorizationMalformed, Date,
            DateHeaderMissing, DateHeaderMalformed { name: "Date" }, Expires, ContentSha256, AdditionalHeadersEmpty,
            AdditionalHeadersEmptyName, AdditionalHeadersTooLong, HeaderMissing { name: text() },
            WrongScope { location: location, part: part, presented: text(), expected: text() },
            UnknownAccessKeyId { id: text() }, Expired { expired_at: now, now: now },
            NotYetValid { signed_at: now, now: now }, TimeTooSkewed { signed_at: now, now: now },
            CredentialsExpired { expired_at: now, now: now }, SecurityToken { missing: true }, SignatureEmpty,
            SignatureMismatch);
        for error in errors {
            #[cfg(feature = "alloc")]
            assert_says_all_once(crate::presigned_request_error::PresignedRequestError::Malformed(
                error.clone(),
            ));
            assert_says_all_once(FormError::Signature(error.clone()));
            assert_says_all_once(error);
        }
        let form = variants!(FormError: Signature(VerifyError::Date), DuplicateField { name: text() }, PolicyMalformed,
            PolicyLacks { name: "key" }, PolicyExpired { expired_at: now, now: now },
            ConditionNotMet { operator: Operator::Equals, field: text() }, TooSmall { least: 2, bytes: 1 },
            TooLarge { most: 1, bytes: 2 });
        form.into_iter().for_each(assert_says_all_once);
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn nor_do_errors_of_presigned_requests() {
        use crate::presigned_request_error::PresignedRequestError;
        use crate::verify::VerifyError;
        let name = || "a".to_string();
        let errors = variants!(PresignedRequestError: Method, NotAnHttpUrl, NotEncoded,
            MissingParameter { name: "a", cut: true }, Malformed(VerifyError::Date), Expiry,
            HeaderName { name: name() }, HeaderValue { name: name() }, DuplicateHeader { name: name() });
        errors.into_iter().for_each(assert_says_all_once);
    }
}
