//! 50 of the signing vectors, as far as they fit into [`URL_BYTES`] and [`CAPACITY`]. The build script takes them from the
//! core's test data.

use oss_presign::{
    Addressing, Bucket, Credentials, Endpoint, Error, Expiry, Method, ObjectKey, Product, Region,
    RequestWithCapacity, Scheme, Scope, Signer, Timestamp,
};

include!(concat!(env!("OUT_DIR"), "/vectors.rs"));

/// Room for a URL.
pub const URL_BYTES: usize = 768;
/// Room for headers, parameters and additional headers, each.
pub const CAPACITY: usize = 8;

/// The inputs of one vector.
pub struct Vector {
    /// Its name.
    pub id: &'static str,
    method: &'static str,
    endpoint: &'static str,
    style: &'static str,
    http: bool,
    bucket: &'static str,
    key: Option<&'static str>,
    region: &'static str,
    product: &'static str,
    access_key_id: &'static str,
    access_key_secret: &'static str,
    security_token: Option<&'static str>,
    timestamp: u64,
    expires: u32,
    headers: &'static [(&'static str, &'static str)],
    additional_headers: &'static [&'static str],
    query: &'static [(&'static str, Option<&'static str>)],
}

impl Vector {
    /// Signs it, and gives the length of the URL.
    pub fn sign(&self, url: &mut [u8]) -> Result<usize, Error> {
        let mut credentials = Credentials::new(self.access_key_id, self.access_key_secret)?;
        if let Some(token) = self.security_token {
            credentials = credentials.with_security_token(token)?;
        }
        let addressing = match self.style {
            "path" => Addressing::Path,
            "cname" => Addressing::Cname,
            _ => Addressing::VirtualHosted,
        };
        let scheme = if self.http { Scheme::Http } else { Scheme::Https };
        let endpoint = Endpoint::new(self.endpoint, addressing)?.with_scheme(scheme);
        let method = Method::parse(self.method)?;
        let bucket = Bucket::new(self.bucket)?;
        let mut request: RequestWithCapacity<'_, CAPACITY> = match self.key {
            Some(key) => RequestWithCapacity::new(method, bucket, ObjectKey::allowing_dot_segments(key)?),
            None => RequestWithCapacity::for_bucket(method, bucket),
        };
        for (name, value) in self.headers {
            request.header(name, value)?;
        }
        for name in self.additional_headers {
            request.additional_header(name)?;
        }
        for (name, value) in self.query {
            request.query(name, *value)?;
        }
        let now = Timestamp::from_unix(self.timestamp)?;
        let scope = Scope::new(now, Region::new(self.region)?, Product::parse(self.product)?);
        let signer = Signer::for_scope(&credentials, scope);
        let presigned = signer.presign(&request, &endpoint, now, Expiry::secs(self.expires)?, url)?;
        Ok(presigned.url().len())
    }
}
