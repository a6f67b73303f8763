//! What every error of this crate has in common.
//!
//! Each stage has its own small enum, beside the code that refuses. [`Error`] is their union, for callers
//! who pass them all on.

use core::fmt;

use crate::bucket::BucketError;
use crate::credentials::CredentialsError;
use crate::endpoint_error::EndpointError;
use crate::expiry::ExpiryError;
use crate::method::MethodError;
use crate::object_key::ObjectKeyError;
use crate::operation::ValueError;
use crate::post_policy::PostPolicyError;
use crate::presign_error::PresignError;
use crate::request_error::RequestError;
use crate::scope::ScopeError;
use crate::time::TimeError;

/// Any refusal between a description and its signature.
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
    /// Signing was refused.
    Presign(PresignError),
}

macro_rules! union {
    ($($variant:ident($inner:ty)),* $(,)?) => {
        impl Error {
            /// A stable name for programs: that of the variant that refused.
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

        impl core::error::Error for Error {
            fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
                match self { $(Self::$variant(error) => error.source(),)* }
            }
        }

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
    Presign(PresignError),
}
