//! Signs a URL by keys that cannot leave a PKCS#11 token, such as a hardware security module (HSM).
//!
//! `pkcs11-example MODULE LABEL SECONDS` signs at a time (seconds since 1970) with a token of a module. The token's PIN is in
//! `PKCS11_PIN`, the access key in `OSS_ACCESS_KEY_ID` and `OSS_ACCESS_KEY_SECRET`: this program also plays the part of the
//! machine that imports keys. It prints the URL of each way, and whether the token would give out its keys.

mod token;

use std::env;
use std::error::Error;
use std::path::Path;

use oss_presign::{
    Bucket, Endpoint, Expiry, ExternalSigner, Identity, ObjectKey, Product, Region, Request, Scope,
    SigningKey, Timestamp,
};

use token::Token;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [module, label, seconds] = &arguments[..] else {
        return Err("usage: pkcs11-example MODULE LABEL SECONDS".into());
    };
    let (id, secret) = (env::var("OSS_ACCESS_KEY_ID")?, env::var("OSS_ACCESS_KEY_SECRET")?);
    let now = Timestamp::from_unix(seconds.parse()?)?;
    let scope = Scope::new(now, Region::new("cn-hangzhou")?, Product::Oss);
    let signer = ExternalSigner::new(Identity::new(&id)?, scope);
    let token = Token::open(Path::new(module), label, &env::var("PKCS11_PIN")?)?;

    // The token has the key of the day, which whoever has the secret imports each day. Nothing but signatures comes out.
    let day_key = token.import(SigningKey::derive_bytes(&secret, &scope).as_bytes())?;
    println!("day-key={}", presign(&signer, now, |text| token.hmac(day_key, text))?);

    // The token has the secret, which is imported once. The key of the day comes out, and signs on this machine.
    let prefixed = token.import(format!("aliyun_v4{secret}").as_bytes())?;
    let date_key = token.hmac(prefixed, scope.date())?;
    let bytes = SigningKey::derive_bytes_from_date_key(&date_key, &scope);
    let identity = Identity::new(&id)?;
    let by_day_key = oss_presign::Signer::from_day_key(&oss_presign::DayKey::from_bytes(
        identity,
        scope,
        bytes.as_bytes(),
    ));
    let (request, endpoint, mut url) = (request()?, Endpoint::public(scope.region()), [0; 512]);
    println!("secret={}", by_day_key.presign(&request, &endpoint, now, Expiry::secs(600)?, &mut url)?.url());

    println!("gives-out={}", token.gives_out(day_key)? || token.gives_out(prefixed)?);
    Ok(())
}

fn request<'a>() -> Result<Request<'a>, Box<dyn Error>> {
    let mut request = Request::put(Bucket::new("examplebucket")?, ObjectKey::new("photos/ü +1.jpg")?);
    request.content_type("image/jpeg")?;
    Ok(request)
}

/// Signs the request by whatever computes an HMAC. The call may take as long as it likes; between `prepare` and `finish` an
/// async program would await the answer.
fn presign(
    signer: &ExternalSigner<'_>,
    now: Timestamp,
    hmac: impl FnOnce(&[u8]) -> Result<[u8; 32], Box<dyn Error>>,
) -> Result<String, Box<dyn Error>> {
    let (request, endpoint, mut buffer) = (request()?, Endpoint::public(signer.scope().region()), [0; 512]);
    let unsigned = signer.prepare(&request, &endpoint, now, Expiry::secs(600)?, &mut buffer)?;
    let signature = hmac(unsigned.string_to_sign().as_bytes())?;
    Ok(unsigned.finish(&signature)?.url().to_owned())
}
