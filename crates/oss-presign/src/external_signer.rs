//! Signing where the key is somewhere else: the string to sign goes out, 32 bytes come back.

use core::fmt;

use heapless::String;

use crate::authorization::HeaderPlaces;
use crate::authorized::Authorized;
use crate::endpoint::Endpoint;
use crate::expiry::Expiry;
use crate::hex::lower_hex;
use crate::identity::Identity;
use crate::post_policy::{PostPolicyWithCapacity, UnsignedForm};
use crate::presign_error::PresignError;
use crate::presigned_url::{Places, PresignedUrl};
use crate::request::{RequestRef, RequestWithCapacity};
use crate::scope::{MAX_REGION_BYTES, Scope};
use crate::signatory::Signatory;
use crate::signing::{Second, complete_url};
use crate::string_to_sign::write_before_hash;
use crate::time::Timestamp;
use crate::writer::{TextWriter, Writer};

/// Prepares requests that another party signs, such as a key management service, a hardware security module (HSM) or a secure
/// element.
///
/// `prepare` writes everything but the signature to the caller's buffer and returns the string to sign. The other party
/// computes its HMAC-SHA256 under the signing key, 32 bytes, and `finish` puts them in place. Between the two calls the caller
/// may block, await or do something else. The result is the same, byte for byte, as that of a [`Signer`](crate::Signer).
///
/// # What the other party must have
/// The HMAC key of a signature is not the access key's secret, but the signing key of one day, region and product:
///
/// - **It holds the secret and computes the whole chain** of five HMACs: a service of your own that gets the string to sign
///   and the scope. The secret and all signing keys stay there.
/// - **It holds the day's signing key** and computes one HMAC: any key store that offers HMAC-SHA256 with a key that cannot be
///   exported (PKCS#11's `CKM_SHA256_HMAC`, the `GenerateMac` of a key management service). Whoever has the secret imports a
///   new key each day, of the bytes that [`SigningKey::derive_bytes`](crate::SigningKey::derive_bytes) returns.
/// - **It holds the key `aliyun_v4` + secret, but offers only single HMACs.** Then the first result, OSS's `DateKey`, leaves
///   it: [`SigningKey::derive_bytes_from_date_key`](crate::SigningKey::derive_bytes_from_date_key) does the rest. The secret
///   stays there for ever, but the machine that asks holds a day's key while it signs. That is a
///   [`DayKey`](crate::DayKey), with what its documentation says about it.
///
/// ```
/// use oss_presign::{
///     Bucket, Endpoint, Expiry, ExternalSigner, Identity, ObjectKey, Product, Region, Request, Scope, Timestamp,
/// };
/// # fn sign_elsewhere(scope: &str, string_to_sign: &str) -> [u8; 32] { [0x5a; 32] }
///
/// let now = Timestamp::from_unix(1_731_400_358)?;
/// let region = Region::new("cn-hangzhou")?;
/// let scope = Scope::new(now, region, Product::Oss);
/// let signer = ExternalSigner::new(Identity::new("fake-access-key-id")?, scope);
///
/// let request = Request::put(Bucket::new("examplebucket")?, ObjectKey::new("photo.jpg")?);
/// let (endpoint, expiry, mut buffer) = (Endpoint::public(region), Expiry::secs(600)?, [0; 512]);
/// let unsigned = signer.prepare(&request, &endpoint, now, expiry, &mut buffer)?;
/// let signature: [u8; 32] = sign_elsewhere(&scope.to_string(), unsigned.string_to_sign());
/// let presigned = unsigned.finish(&signature)?;
/// assert!(presigned.url().contains("&x-oss-signature=5a5a5a"));
/// # Ok::<(), oss_presign::Error>(())
/// ```
#[derive(Clone)]
pub struct ExternalSigner<'a> {
    signatory: Signatory<'a>,
}

impl<'a> ExternalSigner<'a> {
    /// Creates a signer for an identity and the scope of the key that the other party signs by. It costs nothing: create one
    /// with `Scope::new(now, …)` for each signature, or one a day.
    #[must_use]
    pub const fn new(identity: Identity<'a>, scope: Scope<'a>) -> Self {
        Self { signatory: Signatory::new(identity, scope) }
    }

    /// Returns the scope of the key that the other party signs by.
    #[must_use]
    pub const fn scope(&self) -> &Scope<'a> {
        self.signatory.scope()
    }

    /// Writes a presigned URL without its signature to `buffer`.
    ///
    /// # Errors
    /// [`PresignError`], as [`Signer::presign`](crate::Signer::presign).
    pub fn prepare<'r, 'b, const CAPACITY: usize>(
        &'r self,
        request: &'r RequestWithCapacity<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        now: Timestamp,
        expiry: Expiry,
        buffer: &'b mut [u8],
    ) -> Result<UnsignedUrl<'r, 'b>, PresignError> {
        let second = Second::new(&self.signatory, now)?;
        let request = request.as_request_ref();
        let expiry = second.check(&request, endpoint, expiry)?;
        let (places, canonical_hash) = second.write_unsigned_url(&request, endpoint, expiry, buffer)?;
        let string_to_sign = StringToSign::new(&second, &canonical_hash)?;
        let scope = self.scope();
        Ok(UnsignedUrl { string_to_sign, buffer, places, request, endpoint, scope, now, expiry })
    }

    /// Writes a request that is signed by header, without its signature, to `buffer`.
    ///
    /// # Errors
    /// [`PresignError`], as [`Signer::sign_header`](crate::Signer::sign_header).
    pub fn prepare_header<'r, const CAPACITY: usize>(
        &'r self,
        request: &'r RequestWithCapacity<'r, CAPACITY>,
        endpoint: &'r Endpoint<'r>,
        now: Timestamp,
        buffer: &'r mut [u8],
    ) -> Result<UnsignedHeader<'r>, PresignError> {
        let second = Second::new(&self.signatory, now)?;
        let request = request.as_request_ref();
        let (places, canonical_hash) = second.write_unsigned_header(&request, endpoint, buffer)?;
        let string_to_sign = StringToSign::new(&second, &canonical_hash)?;
        Ok(UnsignedHeader { string_to_sign, second, buffer, places, request, endpoint })
    }

    /// Writes a form without its signature to `buffer`.
    ///
    /// # Errors
    /// [`PresignError`], as [`Signer::sign_form`](crate::Signer::sign_form).
    pub fn prepare_form<'r, const CAPACITY: usize>(
        &'r self,
        policy: &'r PostPolicyWithCapacity<'r, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
        expiry: Expiry,
        buffer: &'r mut [u8],
    ) -> Result<UnsignedForm<'r>, PresignError> {
        UnsignedForm::write(&self.signatory, policy.as_policy_ref(), endpoint, now, expiry, buffer)
    }
}

impl fmt::Debug for ExternalSigner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalSigner")
            .field("access_key_id", &self.signatory.access_key_id())
            .field("scope", &format_args!("{}", self.scope()))
            .finish()
    }
}

/// The longest string to sign: algorithm, time, scope and hash, with three line feeds. The longest scope has a date, a region,
/// `oss-cloudbox` and `aliyun_v4_request`, with three slashes.
const MAX_STRING_TO_SIGN_BYTES: usize = 16 + 16 + (8 + MAX_REGION_BYTES + 12 + 17 + 3) + 64 + 3;

struct StringToSign(String<MAX_STRING_TO_SIGN_BYTES>);

impl StringToSign {
    fn new(second: &Second<'_, '_>, canonical_hash: &[u8; 32]) -> Result<Self, PresignError> {
        let mut text = String::new();
        let mut writer = TextWriter::new(&mut text);
        write_before_hash(&mut writer, &second.date_time, second.signatory.scope());
        writer.put(&lower_hex(canonical_hash));
        writer.result.map_err(|_| PresignError::Internal)?;
        Ok(Self(text))
    }
}

/// A presigned URL without its signature, which an external signer makes of [`string_to_sign`](Self::string_to_sign). Until
/// [`finish`](Self::finish) the buffer contains no URL that could be mistaken for a whole one.
pub struct UnsignedUrl<'request, 'buffer> {
    string_to_sign: StringToSign,
    buffer: &'buffer mut [u8],
    places: Places,
    request: RequestRef<'request>,
    endpoint: &'request Endpoint<'request>,
    scope: &'request Scope<'request>,
    now: Timestamp,
    expiry: Expiry,
}

impl<'request, 'buffer> UnsignedUrl<'request, 'buffer> {
    /// Returns the string to sign: at most 203 bytes of ASCII, without a secret or a token.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.string_to_sign.0
    }

    /// Completes the URL by `signature`, the HMAC-SHA256 of the string to sign under the signing key.
    ///
    /// # Errors
    /// [`PresignError::Internal`], for a defect of this crate.
    pub fn finish(self, signature: &[u8; 32]) -> Result<PresignedUrl<'request, 'buffer>, PresignError> {
        let Self { buffer, places, request, endpoint, scope, now, expiry, .. } = self;
        complete_url(buffer, places, lower_hex(signature))?;
        PresignedUrl::new(buffer, places, request, endpoint, scope, now, expiry)
    }
}

impl fmt::Debug for UnsignedUrl<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsignedUrl")
            .field("method", &self.request.method)
            .field("string_to_sign", &self.string_to_sign())
            .finish_non_exhaustive()
    }
}

/// A request that is signed by header, without its signature, which an external signer makes of
/// [`string_to_sign`](Self::string_to_sign).
pub struct UnsignedHeader<'r> {
    string_to_sign: StringToSign,
    second: Second<'r, 'r>,
    buffer: &'r mut [u8],
    places: HeaderPlaces,
    request: RequestRef<'r>,
    endpoint: &'r Endpoint<'r>,
}

impl<'r> UnsignedHeader<'r> {
    /// Returns the string to sign: at most 203 bytes of ASCII, without a secret or a token.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.string_to_sign.0
    }

    /// Completes the request by `signature`, the HMAC-SHA256 of the string to sign under the signing key.
    ///
    /// # Errors
    /// [`PresignError::Internal`], for a defect of this crate.
    pub fn finish(self, signature: &[u8; 32]) -> Result<Authorized<'r>, PresignError> {
        let Self { second, buffer, places, request, endpoint, .. } = self;
        second.complete_header(buffer, places, lower_hex(signature), request, endpoint)
    }
}

impl fmt::Debug for UnsignedHeader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsignedHeader")
            .field("method", &self.request.method)
            .field("string_to_sign", &self.string_to_sign())
            .finish_non_exhaustive()
    }
}
