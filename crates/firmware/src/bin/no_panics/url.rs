//! Signs a URL from texts that the compiler knows nothing about. With `no-panics` it links only if no panic is reachable.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::exit;
use firmware::opaque;
use oss_presign::{Error, ExternalSigner, SigningKey};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let mut url = [0; 512];
    let length = sign(black_box(&mut url[..])).map_or_else(|error| error.code().len(), |length| length);
    exit(length as i32)
}

fn sign(url: &mut [u8]) -> Result<usize, Error> {
    let signer = opaque::signer()?;
    let request = opaque::request()?;
    let endpoint = opaque::endpoint()?;
    let (now, expiry) = (opaque::now()?, opaque::expiry()?);
    let external = ExternalSigner::new(opaque::day_key()?.identity(), opaque::scope()?);
    let bytes = SigningKey::derive_bytes(opaque::text(), external.scope());
    let presigned = if black_box(true) {
        signer.presign(&request, &endpoint, now, expiry, url)?
    } else {
        let unsigned = external.prepare(&request, &endpoint, now, expiry, url)?;
        black_box(unsigned.string_to_sign());
        let signature = SigningKey::derive_bytes_from_date_key(bytes.as_bytes(), external.scope());
        unsigned.finish(signature.as_bytes())?
    };
    let owed: usize = presigned.headers().map(|(name, value)| name.len() + value.len()).sum();
    Ok(presigned.url().len()
        + presigned.host().len()
        + presigned.target().len()
        + presigned.signature().len()
        + owed)
}
