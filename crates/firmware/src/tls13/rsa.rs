//! RSA besides: PKCS #1 v1.5 in certificates, PSS in the handshake (RFC 8446, section 4.2.3). Its numbers are on the heap.

use embedded_tls::SignatureScheme;
use pkcs1::RsaPublicKeyRef;
use pkcs1::der::Decode as _;
use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::{BoxedUint, PublicKey};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

use super::signatures::{Algorithms, EcdsaP256};

/// RSA with 2048 to 4096 bits and ECDSA over P-256.
pub static P256_AND_RSA: Algorithms = Algorithms {
    certificates: &[&EcdsaP256, &PKCS1_SHA256, &PKCS1_SHA384, &PKCS1_SHA512],
    handshake: &[
        (SignatureScheme::EcdsaSecp256r1Sha256, &EcdsaP256),
        (SignatureScheme::RsaPssRsaeSha256, &PSS_SHA256),
        (SignatureScheme::RsaPssRsaeSha384, &PSS_SHA384),
        (SignatureScheme::RsaPssRsaeSha512, &PSS_SHA512),
    ],
    rsa: true,
};

/// Bounds what a stranger's key makes this program compute and allocate.
const KEY_BITS: core::ops::RangeInclusive<usize> = 2048..=4096;

/// A padding and a hash.
#[derive(Debug)]
struct Rsa {
    signature_alg_id: AlgorithmIdentifier,
    verify: fn(&PublicKey, &[u8], &[u8]) -> rsa::Result<()>,
}

macro_rules! algorithms {
    ($($name:ident: $method:ident::<$hash:ty>, $id:ident;)*) => {
        $(static $name: Rsa = Rsa {
            signature_alg_id: alg_id::$id,
            verify: |key, message, signature| key.$method::<$hash>(message, signature),
        };)*
    };
}

algorithms! {
    PKCS1_SHA256: pkcs1v15_verify::<Sha256>, RSA_PKCS1_SHA256;
    PKCS1_SHA384: pkcs1v15_verify::<Sha384>, RSA_PKCS1_SHA384;
    PKCS1_SHA512: pkcs1v15_verify::<Sha512>, RSA_PKCS1_SHA512;
    PSS_SHA256: pss_verify::<Sha256>, RSA_PSS_SHA256;
    PSS_SHA384: pss_verify::<Sha384>, RSA_PSS_SHA384;
    PSS_SHA512: pss_verify::<Sha512>, RSA_PSS_SHA512;
}

impl SignatureVerificationAlgorithm for Rsa {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = public_key(key).ok_or(InvalidSignature)?;
        (self.verify)(&key, message, signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature_alg_id
    }
}

fn public_key(der: &[u8]) -> Option<PublicKey> {
    let parts = RsaPublicKeyRef::from_der(der).ok()?;
    let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, bytes.len() as u32 * 8).ok();
    let (modulus, exponent) = (parts.modulus.as_bytes(), parts.public_exponent.as_bytes());
    PublicKey::new_with_size_limits(number(modulus)?, number(exponent)?, KEY_BITS).ok()
}
