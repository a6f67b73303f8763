//! Signs PostObject forms. With `no-panics` it links only if no panic is reachable.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::exit;
use firmware::opaque;
use oss_presign::{Bucket, Error, ExternalSigner, ObjectKey, PostPolicyWithCapacity};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let mut text = [0; 1024];
    let length = sign(black_box(&mut text[..])).map_or_else(|error| error.code().len(), |length| length);
    exit(length as i32)
}

fn sign(text: &mut [u8]) -> Result<usize, Error> {
    let signer = opaque::signer()?;
    let endpoint = opaque::endpoint()?;
    let bucket = Bucket::new(opaque::text())?;
    let values = [opaque::text(), opaque::text()];
    let mut policy: PostPolicyWithCapacity<'_, 8> = if black_box(true) {
        PostPolicyWithCapacity::for_key(bucket, ObjectKey::new(opaque::text())?)?
    } else {
        PostPolicyWithCapacity::for_prefix(bucket, opaque::text())?
    };
    policy
        .equals(opaque::text(), opaque::text())?
        .starts_with(opaque::text(), opaque::text())?
        .one_of(opaque::text(), &values)?
        .none_of(opaque::text(), &values)?
        .content_length_range(black_box(1)..=black_box(2))?
        .content_type(opaque::text())?
        .success_action_status(black_box(201))?
        .success_action_redirect(opaque::text())?;
    let external = ExternalSigner::new(opaque::day_key()?.identity(), opaque::scope()?);
    let mut length = {
        let (now, expiry) = (opaque::now()?, opaque::expiry()?);
        let form = if black_box(true) {
            signer.sign_form(&policy, &endpoint, now, expiry, text)?
        } else {
            let unsigned = external.prepare_form(&policy, &endpoint, now, expiry, text)?;
            black_box(unsigned.string_to_sign());
            unsigned.finish(black_box(&[0; 32]))?
        };
        let fields: usize = form.fields().map(|(name, value)| name.len() + value.len()).sum();
        fields + form.url().len() + form.open_fields().count()
    };
    length += signer.sign_policy(opaque::text().as_bytes(), opaque::now()?, text)?.policy().len();
    length += signer.sign_policy_base64(opaque::text(), opaque::now()?, text)?.signature().len();
    Ok(length)
}
