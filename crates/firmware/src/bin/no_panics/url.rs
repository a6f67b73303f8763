//! Signs a URL from texts that the compiler knows nothing about. With `no-panics` it links only if no panic is reachable.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::exit;
use firmware::opaque;
use oss_presign::Error;

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
    let presigned = signer.presign(&request, &endpoint, now, expiry, url)?;
    let owed: usize = presigned.headers().map(|(name, value)| name.len() + value.len()).sum();
    Ok(presigned.url().len()
        + presigned.host().len()
        + presigned.target().len()
        + presigned.signature().len()
        + owed)
}
