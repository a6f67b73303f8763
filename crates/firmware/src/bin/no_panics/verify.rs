//! Verifies a URL, an `Authorization` header and a PostObject form. With `no-panics` it links only if no panic is reachable.
#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::board::exit;
use firmware::opaque;
use oss_presign::verify::{ExpectedScope, ReceivedForm, ReceivedRequest, VerificationKey, VerifyError};
use oss_presign::{Product, Region, SigningKey};

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    let code = match verify() {
        Ok(length) => length as i32,
        Err(error) => i32::from(error.http_status()) + error.code().len() as i32,
    };
    exit(code + i32::from(form()))
}

fn verify() -> Result<usize, VerifyError> {
    let headers = [(opaque::text(), opaque::text().as_bytes()), (opaque::text(), opaque::text().as_bytes())];
    let received = ReceivedRequest {
        method: opaque::text(),
        bucket: black_box(Some("b")),
        path: opaque::text(),
        query: opaque::text(),
        headers: &headers,
    };
    let (Ok(region), Ok(now)) = (Region::new(opaque::text()), opaque::now()) else { return Ok(0) };
    let expected = ExpectedScope { region, product: Product::Oss };
    let by_url = received.presigned()?.verify(&expected, now, |id, scope| {
        (id == opaque::text()).then(|| VerificationKey::new(SigningKey::derive(opaque::text(), scope)))
    })?;
    let by_header = received.authorized()?.verify(&expected, now, |id, scope| {
        (id == opaque::text()).then(|| {
            VerificationKey::new(SigningKey::derive(opaque::text(), scope))
                .with_security_token(opaque::text())
                .expiring_at(now)
        })
    })?;
    Ok(by_url.access_key_id().len() + by_header.access_key_id().len())
}

fn form() -> bool {
    let fields = [(opaque::text(), opaque::text()), (opaque::text(), opaque::text())];
    let received = ReceivedForm { bucket: opaque::text(), fields: &fields, content_length: black_box(1) };
    let (Ok(region), Ok(now)) = (Region::new(opaque::text()), opaque::now()) else { return false };
    let expected = ExpectedScope { region, product: Product::Oss };
    let Ok(form) = received.presented() else { return false };
    let verified = form.verify(&expected, now, |id, scope| {
        (id == opaque::text()).then(|| VerificationKey::new(SigningKey::derive(opaque::text(), scope)))
    });
    verified.is_ok()
}
