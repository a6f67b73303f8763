//! Reads the vectors and builds their requests.

use oss_presign::{
    Addressing, Bucket, Credentials, Endpoint, Error, Expiry, Method, ObjectKey, Product, Region,
    RequestWithCapacity, Scheme, Scope, Signer, Timestamp,
};
use serde_json::Value;

pub(crate) struct Vector(pub(crate) Value);

pub(crate) fn read(file: &str) -> Vec<Vector> {
    let path = format!("{}/tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| Vector(serde_json::from_str(line).unwrap())).collect()
}

#[allow(dead_code)] // Not every test reads every field.
impl Vector {
    pub(crate) fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_else(|| panic!("{} has no {field}", self.id()))
    }

    pub(crate) fn optional(&self, field: &str) -> Option<&str> {
        self.0[field].as_str()
    }

    pub(crate) fn id(&self) -> &str {
        self.0["id"].as_str().unwrap()
    }

    pub(crate) fn time(&self) -> Timestamp {
        Timestamp::from_unix(self.0["timestamp"].as_u64().unwrap()).unwrap()
    }

    pub(crate) fn expiry(&self) -> Expiry {
        Expiry::secs(self.0["expires"].as_u64().unwrap() as u32).unwrap()
    }

    pub(crate) fn disputes(&self) -> Vec<&str> {
        self.optional("disputed").map(|kinds| kinds.split(',').collect()).unwrap_or_default()
    }

    pub(crate) fn pairs(&self, field: &str) -> Vec<(&str, Option<&str>)> {
        let pairs = self.0[field].as_array().unwrap();
        pairs.iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str())).collect()
    }

    pub(crate) fn endpoint(&self) -> Endpoint<'_> {
        let addressing = match self.text("style") {
            "virtual" => Addressing::VirtualHosted,
            "path" => Addressing::Path,
            "cname" => Addressing::Cname,
            other => panic!("style {other}"),
        };
        let scheme = if self.text("scheme") == "http" { Scheme::Http } else { Scheme::Https };
        Endpoint::new(self.text("endpoint"), addressing).unwrap().with_scheme(scheme)
    }

    pub(crate) fn credentials(&self) -> Credentials<'_> {
        let credentials =
            Credentials::new(self.text("access_key_id"), self.text("access_key_secret")).unwrap();
        match self.optional("security_token") {
            Some(token) => credentials.with_security_token(token).unwrap(),
            None => credentials,
        }
    }

    pub(crate) fn scope(&self) -> Scope<'_> {
        let product = Product::parse(self.text("product")).unwrap();
        Scope::new(self.time(), Region::new(self.text("region")).unwrap(), product)
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer::for_scope(&self.credentials(), self.scope())
    }

    pub(crate) fn request(&self) -> Result<RequestWithCapacity<'_, 32>, Error> {
        let method = Method::parse(self.text("method"))?;
        let bucket = Bucket::new(self.text("bucket"))?;
        let mut request = match self.optional("key") {
            Some(key) => RequestWithCapacity::new(method, bucket, ObjectKey::allowing_dot_segments(key)?),
            None => RequestWithCapacity::for_bucket(method, bucket),
        };
        for (name, value) in self.pairs("headers") {
            request.header(name, value.unwrap_or_default())?;
        }
        for name in self.0["additional_headers"].as_array().unwrap() {
            request.additional_header(name.as_str().unwrap())?;
        }
        for (name, value) in self.pairs("query") {
            request.query(name, value)?;
        }
        Ok(request)
    }
}
