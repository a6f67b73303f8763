//! Inputs that the compiler knows nothing about, for the programs that show that no panic is reachable: whatever it knew,
//! it could use to prove a panic away that a real program has.

use core::hint::black_box;

use oss_presign::{
    Addressing, Bucket, Credentials, Endpoint, Error, Expiry, Method, ObjectKey, Product, Region, Request,
    Scheme, Scope, Signer, Timestamp,
};

/// Some text.
pub fn text() -> &'static str {
    black_box("text")
}

/// Some time.
pub fn now() -> Result<Timestamp, Error> {
    Ok(Timestamp::from_unix(black_box(0))?)
}

/// Some lifetime.
pub fn expiry() -> Result<Expiry, Error> {
    Ok(Expiry::secs(black_box(1))?.clamped_to_credentials())
}

/// A signer with everything that one can have.
pub fn signer() -> Result<Signer<'static>, Error> {
    let credentials = Credentials::new(text(), text())?.with_security_token(text())?.expiring_at(now()?);
    let product = if black_box(true) { Product::Oss } else { Product::CloudBox };
    Ok(Signer::for_scope(&credentials, Scope::new(now()?, Region::new(text())?, product)))
}

/// A request with everything that one can have.
pub fn request() -> Result<Request<'static, 4>, Error> {
    let method = Method::parse(text())?;
    let request = if black_box(true) {
        Request::with_capacity(method, Bucket::new(text())?, ObjectKey::new(text())?)
    } else {
        Request::for_bucket(method, Bucket::new(text())?)
    };
    let request = request.content_type(text())?.content_md5(text())?.header(text(), text())?.sign_host()?;
    Ok(request.additional_header(text())?.query(text(), black_box(Some("value")))?)
}

/// Some endpoint.
pub fn endpoint() -> Result<Endpoint<'static>, Error> {
    if black_box(true) {
        return Ok(Endpoint::public(Region::new(text())?));
    }
    let addressing = if black_box(true) { Addressing::Path } else { Addressing::VirtualHosted };
    Ok(Endpoint::new(text(), addressing)?.with_scheme(if black_box(true) {
        Scheme::Http
    } else {
        Scheme::Https
    }))
}
