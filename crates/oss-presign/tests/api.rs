//! What the Rust API guidelines ask of every public type (C-DEBUG, C-SEND-SYNC, C-GOOD-ERR).

use core::error::Error;
use core::fmt::Debug;

use oss_presign::*;

fn is_plain<T: Debug + Send + Sync + Unpin>() {}
fn is_value<T: Debug + Send + Sync + Unpin + Clone + PartialEq>() {}
fn is_error<T: Error + Clone + PartialEq + Send + Sync + Unpin + 'static>() {}

#[test]
fn errors() {
    is_error::<BucketError>();
    is_error::<CredentialsError>();
    is_error::<DayKeyError>();
    is_error::<EndpointError>();
    is_error::<oss_presign::Error>();
    is_error::<ExpiryError>();
    is_error::<MethodError>();
    is_error::<ObjectKeyError>();
    is_error::<PostPolicyError>();
    is_error::<PresignError>();
    is_error::<RequestError>();
    is_error::<ScopeError>();
    is_error::<TimeError>();
    is_error::<ValueError>();
    is_error::<verify::FormError>();
    is_error::<verify::VerifyError>();
    #[cfg(feature = "alloc")]
    is_error::<PresignedRequestError>();
}

#[test]
fn values() {
    is_value::<Addressing>();
    is_value::<AppendPosition>();
    is_value::<Bucket<'_>>();
    is_value::<Callback<'_>>();
    is_value::<ContentLength>();
    is_value::<ContentMd5>();
    is_value::<CredentialsPart>();
    is_value::<Endpoint<'_>>();
    is_value::<Excerpt>();
    is_value::<Expiry>();
    is_value::<MetaName>();
    is_value::<Method>();
    is_value::<ObjectAcl>();
    is_value::<ObjectKey<'_>>();
    is_value::<PageSize>();
    is_value::<PartNumber>();
    is_value::<Place>();
    is_value::<Product>();
    is_value::<Region<'_>>();
    is_value::<ResponseHeader>();
    is_value::<Scheme>();
    is_value::<Scope<'_>>();
    is_value::<ServerSideEncryption<'_>>();
    is_value::<StorageClass>();
    is_value::<SymlinkTarget>();
    is_value::<Tagging<'_>>();
    is_value::<Timestamp>();
    is_value::<TrafficLimit>();
    is_value::<diagnose::CanonicalLine>();
    is_value::<diagnose::Cause>();
    is_value::<diagnose::Certainty>();
    is_value::<diagnose::Diagnosis>();
    is_value::<diagnose::Difference>();
    is_value::<verify::SignatureLocation>();
    is_value::<verify::Operator>();
    is_value::<verify::ParsedCredential>();
    is_value::<verify::ScopePart>();
    #[cfg(feature = "alloc")]
    {
        is_value::<AuthorizedParts>();
        is_value::<AuthorizedRequest>();
        is_value::<PresignedParts>();
        is_value::<PresignedRequest>();
    }
    #[cfg(feature = "explain")]
    {
        is_value::<explain::BucketPlace<'_>>();
        is_value::<explain::Explanation>();
        is_value::<explain::Finding>();
        is_value::<explain::Mistake>();
        is_value::<explain::MistakeCode>();
    }
}

#[test]
fn what_is_used_once_or_borrows() {
    is_plain::<Authorized<'_>>();
    is_plain::<Credentials<'_>>();
    is_plain::<DayKey<'_>>();
    is_plain::<ExternalSigner<'_>>();
    is_plain::<Identity<'_>>();
    is_plain::<ListObjects<'_>>();
    is_plain::<ManyKeysSigner<'_>>();
    is_plain::<PostForm<'_>>();
    is_plain::<PostPolicy<'_>>();
    is_plain::<PresignedUrl<'_, '_>>();
    is_plain::<Request<'_>>();
    is_plain::<SignedPolicy<'_>>();
    is_plain::<Signer<'_>>();
    is_plain::<SignerAt<'_, '_>>();
    is_plain::<SigningKey>();
    is_plain::<SigningKeyBytes>();
    is_plain::<UnsignedForm<'_>>();
    is_plain::<UnsignedHeader<'_>>();
    is_plain::<UnsignedUrl<'_, '_>>();
    is_plain::<diagnose::Attempt<'_>>();
    is_plain::<diagnose::Message<'_>>();
    is_plain::<diagnose::Refusal<'_>>();
    is_plain::<verify::ExpectedScope<'_>>();
    is_plain::<verify::VerificationKey<'_>>();
    is_plain::<verify::ParsedSignature<'_>>();
    is_plain::<verify::ParsedForm<'_>>();
    is_plain::<verify::ParsedUrl<'_>>();
    is_plain::<verify::ReceivedForm<'_>>();
    is_plain::<verify::ReceivedRequest<'_>>();
    is_plain::<verify::Verified>();
    #[cfg(feature = "alloc")]
    is_plain::<PresignedUrls>();
    #[cfg(feature = "explain")]
    {
        is_plain::<explain::Evidence<'_>>();
        is_plain::<explain::FormEvidence<'_>>();
        is_plain::<explain::KnownSecret<'_>>();
        is_plain::<explain::SentRequest<'_>>();
    }
}
