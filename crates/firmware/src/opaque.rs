//! Inputs that the compiler knows nothing about, for the programs that show that no panic is reachable: whatever it knew,
//! it could use to prove a panic away that a real program has.

use core::hint::black_box;

use oss_presign::{
    Addressing, Bucket, Credentials, Endpoint, Error, Expiry, Method, ObjectKey, Product, Region,
    RequestWithCapacity, Scheme, Scope, Signer, Timestamp,
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
pub fn request() -> Result<RequestWithCapacity<'static, 4>, Error> {
    let method = Method::parse(text())?;
    let mut request = if black_box(true) {
        RequestWithCapacity::new(method, Bucket::new(text())?, ObjectKey::new(text())?)
    } else {
        RequestWithCapacity::for_bucket(method, Bucket::new(text())?)
    };
    request.content_type(text())?.content_md5(text())?.header(text(), text())?.sign_host()?;
    request.additional_header(text())?.query(text(), black_box(Some("value")))?;
    Ok(request)
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
