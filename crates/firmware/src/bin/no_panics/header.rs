//! Signs by `Authorization` header. With `no-panics` it links only if no panic is reachable.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::exit;
use firmware::opaque;
use oss_presign::{Error, ExternalSigner};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let mut text = [0; 1024];
    let length = sign(black_box(&mut text[..])).map_or_else(|error| error.code().len(), |length| length);
    exit(length as i32)
}

fn sign(text: &mut [u8]) -> Result<usize, Error> {
    let signer = opaque::signer()?;
    let request = opaque::request()?;
    let endpoint = opaque::endpoint()?;
    let external = ExternalSigner::new(opaque::day_key()?.identity(), opaque::scope()?);
    let authorized = if black_box(true) {
        signer.sign_header(&request, &endpoint, opaque::now()?, text)?
    } else {
        let unsigned = external.prepare_header(&request, &endpoint, opaque::now()?, text)?;
        black_box(unsigned.string_to_sign());
        unsigned.finish(black_box(&[0; 32]))?
    };
    let owed: usize = authorized.headers().map(|(name, value)| name.len() + value.len()).sum();
    Ok(authorized.url().len()
        + authorized.host().len()
        + authorized.target().len()
        + authorized.authorization().len()
        + owed)
}
