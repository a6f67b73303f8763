//! The signing key of one day in other hands than the secret.

use core::fmt;

use crate::excerpt::Excerpt;
use crate::identity::Identity;
use crate::scope::{Product, Region, Scope};
use crate::signing_key::SigningKey;
use crate::time::Timestamp;

/// The signing key of one UTC day, region and product, with the identity that it signs for: what a machine needs that must
/// not have the access key's secret, such as a device or an edge server. The bytes of the key are borrowed.
///
/// A server that has the secret derives the bytes ([`SigningKey::derive_bytes`]) and sends them. The secret cannot be computed
/// from them. [`Signer::from_day_key`](crate::Signer::from_day_key) signs by the key, in its region and for its product, until
/// [`signs_until`](Self::signs_until).
///
/// # What a day key allows
/// Whoever has it can sign **everything that its access key may do** in its region, for a whole UTC day: any method, bucket
/// and object, not just uploads. It signs URLs that work for up to seven days, and it can do so with any signing time of its
/// day, also after the day is over. Only taking the permissions from the access key, disabling it, or the expiry of the STS
/// credentials that it was derived from ends that. Bound it from outside:
/// - Derive it from the STS credentials of a role for each device, whose policy allows one prefix of one bucket. Its URLs end
///   with the STS credentials, which last 15 minutes to 12 hours, and the token is part of every signature.
/// - Let the bucket's policy allow that identity only what devices do, from the networks that they are in.
/// - If a device may do even less, sign on the server and send it URLs.
///
/// ```
/// use oss_presign::{DayKey, Identity, Product, Region, Scope, Signer, SigningKey, Timestamp};
///
/// let now = Timestamp::from_unix(1_731_400_358)?;
/// // Where the secret is:
/// let scope = Scope::new(now, Region::new("cn-hangzhou")?, Product::Oss);
/// let bytes = SigningKey::derive_bytes("fake-access-key-secret", &scope);
/// // On the device:
/// let day_key = DayKey::from_bytes(Identity::new("fake-access-key-id")?, scope, bytes.as_bytes());
/// assert_eq!(day_key.signs_until().to_string(), "2024-11-13T00:00:00Z");
/// let signer = Signer::from_day_key(&day_key);
/// # Ok::<(), oss_presign::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct DayKey<'a> {
    identity: Identity<'a>,
    scope: Scope<'a>,
    key: &'a [u8; 32],
}

impl<'a> DayKey<'a> {
    /// Creates a day key from the bytes of the signing key. Identity and scope must be those that the bytes were derived for;
    /// otherwise the signatures are wrong. For STS credentials, the identity has their security token and their expiry.
    #[must_use]
    pub const fn from_bytes(identity: Identity<'a>, scope: Scope<'a>, signing_key: &'a [u8; 32]) -> Self {
        Self { identity, scope, key: signing_key }
    }

    /// Returns the identity that the key signs for.
    #[must_use]
    pub const fn identity(&self) -> Identity<'a> {
        self.identity
    }

    /// Returns the day, the region and the product of the key.
    #[must_use]
    pub const fn scope(&self) -> &Scope<'a> {
        &self.scope
    }

    /// Returns the time from which on the key signs nothing: the midnight (UTC) that ends its day, or the expiry of its
    /// credentials if that is earlier.
    #[must_use]
    pub fn signs_until(&self) -> Timestamp {
        let midnight = self.scope.ends_at();
        self.identity.expires_at().map_or(midnight, |end| end.min(midnight))
    }

    /// Returns the signing key, for a verifier (see [`VerificationKey`](crate::verify::VerificationKey)).
    #[must_use]
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(self.key)
    }

    /// Checks that the key signs for a region and a product. Use it where these are configured apart from the key.
    ///
    /// # Errors
    /// [`DayKeyError`] if the key is that of another region or product.
    pub fn check_region(&self, region: Region<'_>, product: Product) -> Result<(), DayKeyError> {
        if self.scope.product() != product {
            return Err(DayKeyError::OtherProduct { key: self.scope.product(), wanted: product });
        }
        if self.scope.region() != region {
            return Err(DayKeyError::OtherRegion {
                key: Excerpt::of(self.scope.region().as_str()),
                wanted: Excerpt::of(region.as_str()),
            });
        }
        Ok(())
    }
}

/// Hides the key and the security token.
impl fmt::Debug for DayKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DayKey")
            .field("identity", &self.identity)
            .field("scope", &format_args!("{}", self.scope))
            .field("key", &format_args!("[redacted]"))
            .finish()
    }
}

/// Why a day key does not fit what is to be signed. Another day is refused by signing itself, with
/// [`PresignError::StaleKey`](crate::PresignError::StaleKey).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DayKeyError {
    /// The key is that of another region.
    OtherRegion {
        /// The region of the key.
        key: Excerpt,
        /// The region to sign for.
        wanted: Excerpt,
    },
    /// The key is that of another product.
    OtherProduct {
        /// The product of the key.
        key: Product,
        /// The product to sign for.
        wanted: Product,
    },
}

impl DayKeyError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherRegion { .. } => "DayKeyOtherRegion",
            Self::OtherProduct { .. } => "DayKeyOtherProduct",
        }
    }
}

impl fmt::Display for DayKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherRegion { key, wanted } => write!(
                f,
                "the day key is for region `{key}`, not for `{wanted}`: each region has its own key, ask for one of `{wanted}`"
            ),
            Self::OtherProduct { key, wanted } => write!(
                f,
                "the day key is for product `{key}`, not for `{wanted}`: each product has its own key, ask for one of `{wanted}`"
            ),
        }
    }
}

impl core::error::Error for DayKeyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    fn scope(region: &str, product: Product) -> Scope<'_> {
        Scope::new(Timestamp::from_unix(1_731_400_358).unwrap(), Region::new(region).unwrap(), product)
    }

    #[test]
    fn ends_with_its_day_or_its_credentials() {
        let identity = Identity::new("fake-access-key-id").unwrap();
        let key = |identity| DayKey::from_bytes(identity, scope("cn-hangzhou", Product::Oss), &[1; 32]);
        // date -u -d 2024-11-13T00:00:00Z +%s
        let midnight = Timestamp::from_unix(1_731_456_000).unwrap();
        assert_eq!(key(identity).signs_until(), midnight);
        assert_eq!(key(identity.expiring_at(midnight.saturating_add(1))).signs_until(), midnight);
        let before = Timestamp::from_unix(1_731_455_999).unwrap();
        assert_eq!(key(identity.expiring_at(before)).signs_until(), before);
    }

    #[test]
    fn another_region_and_another_product_are_refused() {
        let identity = Identity::new("fake-access-key-id").unwrap();
        let key = DayKey::from_bytes(identity, scope("cn-hangzhou", Product::Oss), &[1; 32]);
        let [hangzhou, beijing] = ["cn-hangzhou", "cn-beijing"].map(|id| Region::new(id).unwrap());
        assert_eq!(key.check_region(hangzhou, Product::Oss), Ok(()));
        let error = key.check_region(beijing, Product::Oss).unwrap_err();
        assert_eq!(error.code(), "DayKeyOtherRegion");
        assert!(error.to_string().contains("`cn-hangzhou`, not for `cn-beijing`"), "{error}");
        let error = key.check_region(hangzhou, Product::CloudBox).unwrap_err();
        assert_eq!(error.code(), "DayKeyOtherProduct");
        assert!(error.to_string().contains("`oss`, not for `oss-cloudbox`"), "{error}");
    }
}
