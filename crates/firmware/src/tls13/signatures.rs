//! What certificates and servers may sign with: ECDSA over P-256.

use embedded_tls::SignatureScheme;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};

/// A choice of algorithms. What is not chosen is not in the program.
pub struct Algorithms {
    /// Of the certificates.
    pub(super) certificates: &'static [&'static dyn SignatureVerificationAlgorithm],
    /// Of the handshake: what each of TLS's schemes is.
    pub(super) handshake: &'static [(SignatureScheme, &'static dyn SignatureVerificationAlgorithm)],
    /// Whether the server is told that RSA will do.
    pub(super) rsa: bool,
}

/// ECDSA over P-256 with SHA-256, and nothing else.
pub static P256: Algorithms = Algorithms {
    certificates: &[&EcdsaP256],
    handshake: &[(SignatureScheme::EcdsaSecp256r1Sha256, &EcdsaP256)],
    rsa: false,
};

/// ECDSA over P-256 with SHA-256.
#[derive(Debug)]
pub(super) struct EcdsaP256;

impl SignatureVerificationAlgorithm for EcdsaP256 {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}
