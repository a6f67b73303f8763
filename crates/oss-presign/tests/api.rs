//! What the Rust API guidelines ask of every public type (C-DEBUG, C-SEND-SYNC, C-GOOD-ERR, C-CONV-TRAITS).

use core::error::Error;
use core::fmt::{Debug, Display};
use core::time::Duration;

use oss_presign::*;

fn is_plain<T: Debug + Send + Sync + Unpin>() {}
fn is_value<T: Debug + Send + Sync + Unpin + Clone + PartialEq>() {}
fn is_error<T: Error + Clone + PartialEq + Send + Sync + Unpin + 'static>() {}

/// A type that is a text: it is shown, borrowed and parsed as one.
fn is_text<T: AsRef<str> + Display + TryFrom<&'static str>>() {}
/// A type that has a text, but is not made from one.
fn is_shown_as_text<T: AsRef<str> + Display>() {}

#[test]
fn texts() {
    is_text::<Addressing>();
    is_text::<Bucket<'_>>();
    is_text::<MetaName>();
    is_text::<Method>();
    is_text::<ObjectAcl>();
    is_text::<ObjectKey<'_>>();
    is_text::<Product>();
    is_text::<Region<'_>>();
    is_text::<Scheme>();
    is_text::<StorageClass>();
    is_text::<Tagging<'_>>();
    is_shown_as_text::<AppendPosition>();
    is_shown_as_text::<Callback<'_>>();
    is_shown_as_text::<ContentLength>();
    is_shown_as_text::<ContentMd5>();
    is_shown_as_text::<Excerpt>();
    is_shown_as_text::<PageSize>();
    is_shown_as_text::<PartNumber>();
    is_shown_as_text::<SymlinkTarget>();
    is_shown_as_text::<TrafficLimit>();
    is_shown_as_text::<verify::Operator>();
    #[cfg(feature = "explain")]
    is_shown_as_text::<explain::MistakeCode>();
}

/// Values that have no text of their own as a whole, or several: they are converted by the usual traits all the same.
#[test]
fn conversions() {
    let text = "20241112/cn-hangzhou/oss/aliyun_v4_request";
    assert_eq!(Scope::try_from(text).unwrap().to_string(), text);
    assert_eq!("2024-11-12T08:32:38Z".parse::<Timestamp>().unwrap().to_string(), "2024-11-12T08:32:38Z");
    assert_eq!(u64::from(Timestamp::try_from(1_731_400_358).unwrap()), 1_731_400_358);
    let expiry = Expiry::try_from(Duration::from_millis(600_999)).unwrap();
    assert_eq!((expiry.seconds(), Duration::from(expiry)), (600, Duration::from_secs(600)));
    assert_eq!(Expiry::try_from(Duration::from_millis(999)), Err(ExpiryError::Zero));
    let seconds = u64::MAX;
    assert_eq!(Expiry::try_from(Duration::from_secs(seconds)), Err(ExpiryError::TooLong { seconds }));
}

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
    is_value::<verify::ExpectedScope<'_>>();
    is_value::<verify::ScopePart>();
    is_value::<verify::Verified>();
    #[cfg(feature = "alloc")]
    {
        is_value::<AuthorizedParts>();
        is_value::<AuthorizedRequest>();
        is_value::<PresignedForm>();
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
    is_plain::<verify::VerificationKey<'_>>();
    is_plain::<verify::ParsedSignature<'_>>();
    is_plain::<verify::ParsedForm<'_>>();
    is_plain::<verify::ParsedUrl<'_>>();
    is_plain::<verify::ReceivedForm<'_>>();
    is_plain::<verify::ReceivedRequest<'_>>();
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
