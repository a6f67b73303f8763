//! Inputs that the compiler knows nothing about, for the programs that show that no panic is reachable: whatever it knew,
//! it could use to prove a panic away that a real program has.

use core::hint::black_box;

use oss_presign::{
    Addressing, Bucket, Credentials, DayKey, Endpoint, Error, Expiry, Identity, Method, ObjectKey, Product,
    Region, RequestWithCapacity, Scheme, Scope, Signer, Timestamp,
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
    if black_box(true) {
        return Ok(Signer::from_day_key(&day_key()?));
    }
    let credentials = Credentials::new(text(), text())?.with_security_token(text())?.expiring_at(now()?);
    Ok(Signer::for_scope(&credentials, scope()?))
}

/// A day key with everything that one can have, checked for some region.
pub fn day_key() -> Result<DayKey<'static>, Error> {
    static KEY: [u8; 32] = [0x5a; 32];
    let identity = Identity::new(text())?.with_security_token(text())?.expiring_at(now()?);
    let key = DayKey::from_bytes(identity, Scope::parse(text())?, black_box(&KEY));
    key.check_region(Region::new(text())?, product())?;
    Ok(if key.signs_until() > now()? { key } else { DayKey::from_bytes(identity, scope()?, &KEY) })
}

/// Some scope.
pub fn scope() -> Result<Scope<'static>, Error> {
    Ok(Scope::new(now()?, Region::new(text())?, product()))
}

fn product() -> Product {
    if black_box(true) { Product::Oss } else { Product::CloudBox }
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
