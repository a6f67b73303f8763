//! The two requests that every figure is about.

use oss_presign::{Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, Request, Timestamp};

/// The inputs of one signature, as any signer takes them.
pub struct Case {
    pub name: &'static str,
    /// SHA-256 compressions of one signature with the day's key at hand.
    pub compressions: u32,
    /// The same with the key derived on the way.
    pub compressions_deriving: u32,
    pub key: String,
    pub security_token: Option<String>,
    pub headers: &'static [(&'static str, &'static str)],
    pub query: &'static [(&'static str, &'static str)],
}

pub const ACCESS_KEY_ID: &str = "fake-access-key-id";
pub const ACCESS_KEY_SECRET: &str = "fake-access-key-secret-of-30ch";
pub const REGION: &str = "cn-hangzhou";
pub const BUCKET: &str = "examplebucket";
/// 2024-11-12T08:32:38Z.
pub const UNIX_SECONDS: u64 = 1_731_400_358;
pub const EXPIRES: u32 = 3600;

impl Case {
    /// A short key and one header.
    #[must_use]
    pub fn simple() -> Self {
        Self {
            name: "simple",
            compressions: 9,
            compressions_deriving: 27,
            key: "exampleobject.txt".into(),
            security_token: None,
            headers: &[("content-type", "text/plain")],
            query: &[],
        }
    }

    /// A UTF-8 key of 120 bytes, a security token of 600, four headers and a query parameter.
    #[must_use]
    pub fn heavy() -> Self {
        Self {
            name: "heavy",
            compressions: 25,
            compressions_deriving: 43,
            key: "projects/2024/季度报告/第四季度/photos of the opening (final) v2/ünïcode+plus & ampersand/审阅稿-00042.jpeg".into(),
            security_token: Some(token(600)),
            headers: &[
                ("content-type", "image/jpeg"),
                ("x-oss-forbid-overwrite", "true"),
                ("x-oss-meta-owner", "team-42"),
                ("x-oss-storage-class", "Standard"),
            ],
            query: &[("x-oss-process", "image/resize,m_lfit,w_400,h_300/quality,q_80/format,webp")],
        }
    }

    #[must_use]
    pub fn both() -> [Self; 2] {
        [Self::simple(), Self::heavy()]
    }

    /// # Panics
    /// Never: the constants are well-formed.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        self.request_for(&self.key)
    }

    /// The same request for another object.
    #[must_use]
    pub fn request_for<'a>(&'a self, key: &'a str) -> Request<'a> {
        let mut request =
            Request::put(Bucket::new(BUCKET).expect("a bucket"), ObjectKey::new(key).expect("a key"));
        for (name, value) in self.headers {
            request.header(name, value).expect("a header");
        }
        for (name, value) in self.query {
            request.query(name, Some(value)).expect("a parameter");
        }
        request
    }

    /// Keys of a page: as long as the case's own, and alike but for a number.
    #[must_use]
    pub fn page_keys(&self, count: u32) -> Vec<String> {
        let (stem, extension) = self.key.rsplit_once('.').unwrap_or((&self.key, ""));
        let stem = &stem[..stem.len() - 3];
        (0..count).map(|n| format!("{stem}{n:03}.{extension}")).collect()
    }

    #[must_use]
    pub fn credentials(&self) -> Credentials<'_> {
        let credentials = Credentials::new(ACCESS_KEY_ID, ACCESS_KEY_SECRET).expect("credentials");
        match &self.security_token {
            Some(token) => credentials.with_security_token(token).expect("a token"),
            None => credentials,
        }
    }
}

/// Base64 text, as STS tokens are: one byte in 32 needs an escape.
#[must_use]
pub fn token(length: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut state = 42u64;
    let mut digit = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(ALPHABET[(state >> 58) as usize])
    };
    "CAIS".chars().chain(std::iter::from_fn(|| Some(digit()))).take(length).collect()
}

#[must_use]
pub fn region() -> Region<'static> {
    Region::new(REGION).expect("a region")
}

#[must_use]
pub fn endpoint() -> Endpoint<'static> {
    Endpoint::public(region())
}

#[must_use]
pub fn now() -> Timestamp {
    Timestamp::from_unix(UNIX_SECONDS).expect("a time")
}

#[must_use]
pub fn expiry() -> Expiry {
    Expiry::secs(EXPIRES).expect("an expiry")
}
