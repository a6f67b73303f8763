//! What every function returns.
//!
//! The documentation of a status is also the text that [`oss_presign_status_text`] returns: the build script takes it from
//! this file.

use core::ffi::{CStr, c_char};

/// What a function returns: `OSS_PRESIGN_STATUS_OK`, or why it refused. The documentation of each value is the text that
/// `oss_presign_status_text` returns for it.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// nothing was refused
    Ok = 0,

    /// a pointer is NULL that must not be: see the function's documentation
    NullPointer = 1,
    /// a text has a length but no data: set both, or leave both out
    TextWithoutData = 2,
    /// a text is not UTF-8: convert it before
    TextNotUtf8 = 3,
    /// the signer was never made or has been cleared: call oss_presign_signer_init first
    SignerNotReady = 4,
    /// a number is none of the constants of its kind (method, target, product, endpoint, condition, flags)
    UnknownConstant = 5,
    /// a text is given that goes unused with this kind of target or condition: leave it out, or choose another kind
    UnusedText = 6,
    /// the buffer is too small: `needed` in the result says how many bytes it must have
    BufferTooSmall = 7,
    /// a defect of the library, and nothing was signed: please report the request
    Internal = 8,
    /// refused for a reason that this version of the interface has no number for
    Unlisted = 9,

    /// a time is after the year 9999: give seconds since 1970, not milliseconds
    TimeAfterYear9999 = 10,

    /// the access key id, the secret or the security token is empty
    CredentialsEmpty = 20,
    /// the access key id, the secret or the security token begins or ends with white space: copy it without
    CredentialsOuterBlank = 21,
    /// the access key id, the secret or the security token has a control character: copy it again
    CredentialsControlCharacter = 22,
    /// the access key id has a `/` or a `,`: give only the id, without a scope
    CredentialsAccessKeyIdSeparator = 23,

    /// no region is given: write one like `cn-hangzhou`
    RegionEmpty = 30,
    /// a region has at most 64 bytes
    RegionTooLong = 31,
    /// the region has `oss-`, `-internal`, a host name or blanks around it: write one like `cn-hangzhou`
    RegionDecorated = 32,
    /// a region has only the characters `a-z 0-9 -`, and no hyphen at its end or beside another
    RegionCharacter = 33,
    /// a region begins with two letters and a hyphen, as `cn-hangzhou` does
    RegionShape = 34,
    /// this is a zone: write the region without the letter at its end
    RegionZone = 35,

    /// a bucket's name has 3 to 63 bytes
    BucketLength = 40,
    /// a bucket's name is lower-case: write it with `a-z 0-9 -` only
    BucketUpperCase = 41,
    /// a bucket's name has no dots: give the bare name, and a host through the endpoint
    BucketDot = 42,
    /// a bucket's name has only the characters `a-z 0-9 -`
    BucketCharacter = 43,
    /// a bucket's name begins and ends with a letter or a digit
    BucketHyphenAtEnd = 44,

    /// an object's key has at least one byte: give one, or set the target to the bucket
    KeyEmpty = 50,
    /// an object's key has at most 1023 bytes of UTF-8
    KeyTooLong = 51,
    /// OSS refuses keys that begin with `/` or `\`: drop it
    KeyLeadingSlash = 52,
    /// the key has a segment `.` or `..`, which HTTP clients resolve away: use another key, or
    /// OSS_PRESIGN_ALLOW_DOT_SEGMENTS if the client sends the path untouched
    KeyDotSegment = 53,

    /// the endpoint has no host: write one like `oss-cn-hangzhou.aliyuncs.com`
    EndpointEmpty = 60,
    /// an endpoint's scheme is `https://` or `http://`
    EndpointScheme = 61,
    /// an endpoint's port is a number from 1 to 65535
    EndpointPort = 62,
    /// the endpoint is only a host, without path, query or user
    EndpointNotAHost = 63,
    /// write the endpoint in lower case, as HTTP clients send it
    EndpointUpperCase = 64,
    /// the endpoint is not a valid host: write one like `oss-cn-hangzhou.aliyuncs.com` or `127.0.0.1:9000`
    EndpointCharacter = 65,
    /// the endpoint begins with a bucket, which is given apart: write the host without it, or use OSS_PRESIGN_CNAME
    EndpointBeginsWithBucket = 66,
    /// the endpoint is in another region than the signer: write the region of the bucket in both
    EndpointOtherRegion = 67,
    /// a cloud box has no endpoint that follows from its id: give its host to oss_presign_endpoint_init_host
    EndpointOfCloudBox = 68,
    /// the endpoint was never made: call oss_presign_endpoint_init first, or give NULL for the public endpoint of the region
    EndpointNotReady = 69,

    /// a header's name has letters, digits and hyphens, without blanks or a colon
    HeaderName = 70,
    /// the value of a header has a control character: only tabs are allowed
    HeaderValueControlCharacter = 71,
    /// a header is given twice (letter case does not count): join the values or drop one
    DuplicateHeader = 72,
    /// a header is given that signing writes (authorization, x-oss-date, x-oss-security-token): leave it out
    ReservedHeader = 73,
    /// an additional header has an empty value, which servers and proxies drop: give it one, or do not sign it
    AdditionalHeaderEmpty = 74,
    /// a query parameter needs a name
    QueryNameEmpty = 75,
    /// a query parameter is given twice: drop one
    DuplicateQuery = 76,
    /// a query parameter is given that signing writes (x-oss-signature, x-oss-date and the like): leave it out
    ReservedQuery = 77,
    /// more than OSS_PRESIGN_MAX_HEADERS headers (with additional ones) or OSS_PRESIGN_MAX_QUERY query parameters
    TooMany = 78,

    /// a URL works for at least 1 second: give 1 to 604800 seconds
    ExpiryZero = 80,
    /// a URL works for at most 604800 seconds (7 days): sign again when it is needed
    ExpiryTooLong = 81,
    /// the credentials have expired: fetch new ones
    CredentialsExpired = 82,
    /// the URL would outlive its credentials: ask for less, or use OSS_PRESIGN_CLAMP_EXPIRY
    ExpiryOutlivesCredentials = 83,

    /// the signer is that of another UTC day: make the signer of the day that `now` is on
    StaleKey = 90,
    /// an additional header has no value: add the header, or do not sign it
    AdditionalHeaderMissing = 91,
    /// the header `host` is not the host of the URL: leave its value out
    HostMismatch = 92,
    /// the bytes of the signing key are all zeros: fill them in
    DayKeyZero = 93,
    /// the external signer returned no signature: its function said false, or wrote nothing
    ExternalSigner = 94,

    /// no key begins with this prefix: write it without a leading `/` or `\`, without segments `.` and `..`, and shorter
    /// than 1023 bytes
    PolicyKeyPrefix = 100,
    /// OSS replaces `${filename}` in a key by the name of the file: give the prefix before it, and the form adds it
    PolicyKeyVariable = 101,
    /// no form has a field of this name: write the bare name, such as `content-type`, without `$`
    PolicyFieldName = 102,
    /// a condition names a field that signing writes, or that the policy has a member of its own for: leave it out
    PolicyReservedField = 103,
    /// a value of a condition has a line end or another control character, which browsers change: drop it
    PolicyControlCharacter = 104,
    /// a condition has an empty list of values: give one, or drop the condition
    PolicyEmptyList = 105,
    /// no value of a field meets all its conditions: drop one
    PolicyContradiction = 106,
    /// no file has a size in this range: give the smaller number first, at most 5 GiB
    PolicyLengthRange = 107,
    /// more than OSS_PRESIGN_MAX_CONDITIONS conditions, or OSS_PRESIGN_MAX_VALUES values in their lists
    PolicyTooMany = 108,

    /// received: a parameter, header or field of the signature is missing
    ReceivedParameterMissing = 120,
    /// received: a query parameter is there twice
    ReceivedDuplicateParameter = 121,
    /// received: a header that is needed is there twice
    ReceivedDuplicateHeader = 122,
    /// received: the value of a header that is needed is not UTF-8
    ReceivedHeaderNotText = 123,
    /// received: more headers, parameters or fields than can be verified
    ReceivedTooMany = 124,
    /// received: the path does not begin with a slash
    ReceivedPathMalformed = 125,
    /// received: the signature version is not OSS4-HMAC-SHA256
    ReceivedSignatureVersion = 126,
    /// received: the credential is not AK/YYYYMMDD/region/product/aliyun_v4_request
    ReceivedCredentialMalformed = 127,
    /// received: the date in the credential is not YYYYMMDD
    ReceivedCredentialDate = 128,
    /// received: the Authorization header is not OSS4-HMAC-SHA256 Credential=...,Signature=...
    ReceivedAuthorizationMalformed = 129,
    /// received: x-oss-date is not YYYYMMDDTHHMMSSZ
    ReceivedDate = 130,
    /// received: neither x-oss-date nor Date is there
    ReceivedDateMissing = 131,
    /// received: x-oss-expires is not a number from 1 to 604800
    ReceivedExpires = 132,
    /// received: x-oss-content-sha256 is not UNSIGNED-PAYLOAD
    ReceivedContentSha256 = 133,
    /// received: the list of additional headers is empty, has an empty name or is too long
    ReceivedAdditionalHeaders = 134,
    /// received: an additional header is not in the request
    ReceivedHeaderMissing = 135,
    /// received: the signature is for another day than its date
    ReceivedScopeDate = 136,
    /// received: the signature is for another region
    ReceivedScopeRegion = 137,
    /// received: the signature is for another product
    ReceivedScopeProduct = 138,
    /// received: nobody knows this access key id
    ReceivedUnknownAccessKeyId = 139,
    /// received: the URL has expired
    ReceivedExpired = 140,
    /// received: the date is more than 15 minutes in the future
    ReceivedNotYetValid = 141,
    /// received: the date differs by more than 15 minutes from the time
    ReceivedTimeTooSkewed = 142,
    /// received: the credentials that signed have expired
    ReceivedCredentialsExpired = 143,
    /// received: the security token is missing or not that of the access key
    ReceivedSecurityToken = 144,
    /// received: the signature is empty
    ReceivedSignatureEmpty = 145,
    /// received: the signature is not the one that the key gives
    ReceivedSignatureMismatch = 146,
    /// received: a form field is there twice
    ReceivedDuplicateField = 150,
    /// received: the policy is not base64 of a policy's JSON
    ReceivedPolicyMalformed = 151,
    /// received: the policy has no condition for a field that must have one
    ReceivedPolicyLacks = 152,
    /// received: the policy has expired
    ReceivedPolicyExpired = 153,
    /// received: a field does not meet a condition of the policy
    ReceivedConditionNotMet = 154,
    /// received: the file is smaller than the policy allows
    ReceivedFileTooSmall = 155,
    /// received: the file is larger than the policy allows
    ReceivedFileTooLarge = 156,
}

impl Status {
    /// Turns the outcome of a function into what it returns.
    pub(crate) fn of(outcome: Result<(), Self>) -> Self {
        outcome.err().unwrap_or(Self::Ok)
    }
}

/// Returns what a status means and what to do, in English. The text is static: it is never NULL and never freed. A number
/// that is no status gets a text that says so.
#[unsafe(no_mangle)]
pub extern "C" fn oss_presign_status_text(status: i32) -> *const c_char {
    text(status).as_ptr()
}

include!(concat!(env!("OUT_DIR"), "/status_texts.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: i32) -> &'static str {
        text(status).to_str().unwrap()
    }

    #[test]
    fn the_documentation_is_the_text() {
        assert_eq!(said(Status::Ok as i32), "nothing was refused");
        assert_eq!(
            said(Status::KeyDotSegment as i32),
            "the key has a segment `.` or `..`, which HTTP clients resolve away: use another key, or \
             OSS_PRESIGN_ALLOW_DOT_SEGMENTS if the client sends the path untouched"
        );
        assert!(said(Status::ReceivedFileTooLarge as i32).starts_with("received: the file is larger"));
        for number in [-1, 11, 1000, i32::MAX] {
            assert_eq!(said(number), "this number is no status of oss_presign");
        }
    }
}
