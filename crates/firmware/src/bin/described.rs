//! Signs a URL of texts that it learns at run time, as a library must: what `cargo xtask c` compares the C interface with.
//! `presign` takes less flash, because the compiler knows its texts and checks them itself.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::exit;
use firmware::opaque;
use oss_presign::{Credentials, Endpoint, Error, Signer};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let mut url = [0; 512];
    let length = sign(black_box(&mut url[..])).map_or_else(|error| error.code().len(), |length| length);
    exit(length as i32)
}

fn sign(url: &mut [u8]) -> Result<usize, Error> {
    let text = opaque::text;
    let credentials =
        Credentials::new(text(), text())?.with_security_token(text())?.expiring_at(opaque::now()?);
    let signer = Signer::for_scope(&credentials, opaque::scope()?);
    let request = opaque::request()?;
    let endpoint = Endpoint::public(signer.scope().region());
    let (now, expiry) = (opaque::now()?, opaque::expiry()?);
    let presigned = signer.presign(&request, &endpoint, now, expiry, url)?;
    let required: usize = presigned.headers().map(|(name, value)| name.len() + value.len()).sum();
    Ok(presigned.url().len() + presigned.host().len() + presigned.target().len() + required)
}
