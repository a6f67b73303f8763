//! A plain V4 signer of its own, out of texts: nothing in it comes from the crate, so that what the search takes for a
//! signature is held against another's idea of one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// A request and everything that goes into its signature.
#[derive(Clone)]
pub(crate) struct Sheet {
    pub(crate) method: String,
    pub(crate) host: String,
    /// The canonical URI, with the bucket.
    pub(crate) uri: String,
    /// The path in the URL.
    pub(crate) path: String,
    /// The request's own parameters, as people write them.
    pub(crate) query: Vec<(String, String)>,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) additional: Vec<String>,
    pub(crate) access_key_id: String,
    pub(crate) secret: String,
    pub(crate) security_token: Option<String>,
    pub(crate) date_time: String,
    pub(crate) day: String,
    pub(crate) region: String,
    pub(crate) product: String,
    pub(crate) expires: u32,
    pub(crate) payload: String,
    pub(crate) dialect: Dialect,
    /// Replaces the canonical query.
    pub(crate) query_text: Option<String>,
}

/// The constants of an algorithm.
#[derive(Clone)]
pub(crate) struct Dialect {
    pub(crate) algorithm: &'static str,
    pub(crate) key_prefix: &'static str,
    pub(crate) terminator: &'static str,
    /// Each key of the chain is the hex of a code instead of its bytes.
    pub(crate) hex_keys: bool,
}

pub(crate) const OSS: Dialect = Dialect {
    algorithm: "OSS4-HMAC-SHA256",
    key_prefix: "aliyun_v4",
    terminator: "aliyun_v4_request",
    hex_keys: false,
};

/// Percent-encodes everything but what RFC 3986 calls unreserved, and `kept`.
pub(crate) fn encode(text: &str, kept: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        let character = char::from(byte);
        if character.is_ascii_alphanumeric() || "-._~".contains(character) || kept.contains(character) {
            encoded.push(character);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Writes the digits of each escape in lower case.
pub(crate) fn lower_case_escapes(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let before = parts.next().unwrap().to_owned();
    parts.fold(before, |text, part| text + "%" + &part[..2].to_lowercase() + &part[2..])
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn hmac(key: &[u8], message: impl AsRef<[u8]>) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message.as_ref());
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn base64_hmac_sha1(key: &str, message: &str) -> String {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

impl Sheet {
    /// All query parameters but the signature, names and values plain.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        let mut pairs = self.query.clone();
        let scope = format!("{}/{}/{}/{}", self.day, self.region, self.product, self.dialect.terminator);
        let mut put = |name: &str, value: String| pairs.push((name.to_owned(), value));
        put("x-oss-signature-version", OSS.algorithm.to_owned());
        put("x-oss-credential", format!("{}/{scope}", self.access_key_id));
        put("x-oss-date", self.date_time.clone());
        put("x-oss-expires", self.expires.to_string());
        if let Some(token) = &self.security_token {
            put("x-oss-security-token", token.clone());
        }
        if !self.additional.is_empty() {
            put("x-oss-additional-headers", self.additional.join(";"));
        }
        pairs
    }

    pub(crate) fn canonical_query(&self) -> String {
        if let Some(text) = &self.query_text {
            return text.clone();
        }
        let mut pairs: Vec<_> =
            self.parameters().iter().map(|(name, value)| (encode(name, ""), encode(value, ""))).collect();
        pairs.sort();
        join(&pairs)
    }

    pub(crate) fn canonical_request(&self) -> String {
        let mut headers: Vec<_> = self.headers.clone();
        headers.retain(|(name, _)| {
            name == "content-type"
                || name == "content-md5"
                || name.starts_with("x-oss-")
                || self.additional.contains(name)
        });
        if self.additional.iter().any(|name| name == "host") {
            headers.push(("host".into(), self.host.clone()));
        }
        headers.sort();
        let headers: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let (query, additional) = (self.canonical_query(), self.additional.join(";"));
        format!("{}\n{}\n{query}\n{headers}\n{additional}\n{}", self.method, self.uri, self.payload)
    }

    pub(crate) fn key(&self) -> Vec<u8> {
        let mut key = format!("{}{}", self.dialect.key_prefix, self.secret).into_bytes();
        for part in [&self.day, &self.region, &self.product, self.dialect.terminator] {
            key = hmac(&key, part);
            if self.dialect.hex_keys {
                key = hex(&key).into_bytes();
            }
        }
        key
    }

    /// The string to sign up to its last line, the hash of the canonical request.
    pub(crate) fn before_hash(&self) -> String {
        let scope = format!("{}/{}/{}/{}", self.day, self.region, self.product, self.dialect.terminator);
        format!("{}\n{}\n{scope}\n", self.dialect.algorithm, self.date_time)
    }

    pub(crate) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.canonical_request()).to_vec()
    }

    pub(crate) fn code(&self) -> Vec<u8> {
        hmac(&self.key(), self.before_hash() + &hex(&self.hash()))
    }

    pub(crate) fn signature(&self) -> String {
        hex(&self.code())
    }

    /// Signs another text in place of the canonical request.
    pub(crate) fn signature_of(&self, canonical_request: &str) -> String {
        hex(&hmac(&self.key(), self.before_hash() + &hex(&Sha256::digest(canonical_request))))
    }

    /// Signs with another last line of the string to sign.
    pub(crate) fn signature_with(&self, last: &[u8]) -> String {
        hex(&hmac(&self.key(), [self.before_hash().as_bytes(), last].concat()))
    }

    pub(crate) fn base64_signature(&self) -> String {
        STANDARD.encode(self.code())
    }

    /// The URL, its parameters in the order of their names.
    pub(crate) fn url(&self, signature: &str) -> String {
        let mut pairs = self.parameters();
        pairs.push(("x-oss-signature".into(), signature.to_owned()));
        let mut pairs: Vec<_> =
            pairs.iter().map(|(name, value)| (encode(name, ""), encode(value, ""))).collect();
        pairs.sort();
        format!("https://{}{}?{}", self.host, self.path, join(&pairs))
    }

    pub(crate) fn header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }
}

/// Pairs as they stand, encoded.
pub(crate) fn joined(pairs: &[(String, String)]) -> String {
    let encoded: Vec<_> = pairs.iter().map(|(name, value)| (encode(name, ""), encode(value, ""))).collect();
    join(&encoded)
}

fn join(pairs: &[(String, String)]) -> String {
    let pairs = pairs.iter().map(
        |(name, value)| {
            if value.is_empty() { name.clone() } else { format!("{name}={value}") }
        },
    );
    pairs.collect::<Vec<_>>().join("&")
}
