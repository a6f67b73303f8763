//! The functions, called as C calls them. `cargo +nightly miri test` runs all of it, with few vectors.

mod other_keys;
mod refusals;
mod signing;
mod vectors;
mod verification;

use core::ptr;

use crate::credentials::Credentials;
use crate::request::{OSS_PRESIGN_PUT, Request};
use crate::scope::{OSS_PRESIGN_OSS, Scope};
use crate::sign_url::{Url, oss_presign_sign_url};
use crate::signer::{Signer, oss_presign_signer_init};
use crate::status::Status;
use crate::text::{Field, Text};

/// 2024-11-12T08:32:38Z.
const NOW: u64 = 1_731_400_358;
const ID: &str = "fake-access-key-id";
const SECRET: &str = "fake-access-key-secret";

const fn text(text: &str) -> Text {
    Text::of(text)
}

const CREDENTIALS: Credentials = Credentials {
    access_key_id: text(ID),
    access_key_secret: text(SECRET),
    security_token: Text::ABSENT,
    expires_at: 0,
};
const SCOPE: Scope = Scope { region: text("cn-hangzhou"), product: OSS_PRESIGN_OSS };
const PUT: Request = Request {
    method: OSS_PRESIGN_PUT,
    target: 0,
    flags: 0,
    bucket: text("examplebucket"),
    key: text("photos/ü +1.jpg"),
    headers: ptr::null(),
    header_count: 0,
    additional_headers: ptr::null(),
    additional_header_count: 0,
    query: ptr::null(),
    query_count: 0,
};

/// Memory of which nothing is known, as C's is.
fn memory<T>() -> Box<core::mem::MaybeUninit<T>> {
    Box::new_uninit()
}

/// Makes a signer that stays where it is.
fn signer(credentials: &Credentials, scope: &Scope) -> Box<core::mem::MaybeUninit<Signer>> {
    let mut signer = memory::<Signer>();
    // SAFETY: the arguments are alive, and the texts are static.
    let status = unsafe { oss_presign_signer_init(signer.as_mut_ptr(), credentials, scope, NOW) };
    assert_eq!(status, Status::Ok);
    signer
}

/// Signs as a URL with the usual signer, and a buffer of so many bytes.
fn presign(request: &Request, capacity: usize) -> (Status, String, Url) {
    let signer = signer(&CREDENTIALS, &SCOPE);
    let mut buffer = vec![b'?'; capacity];
    let mut url = memory::<Url>();
    // SAFETY: the arguments are alive, and nothing overlaps.
    let (status, url) = unsafe {
        let status = oss_presign_sign_url(
            signer.as_ptr(),
            request,
            ptr::null(),
            NOW,
            600,
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            url.as_mut_ptr(),
        );
        (status, url.assume_init_read())
    };
    let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len());
    (status, String::from_utf8(buffer[..end].to_vec()).unwrap(), url)
}

/// Reads a text of a result.
fn said(text: &Text) -> String {
    // SAFETY: what it points to is alive: the callers keep it.
    unsafe { text.optional() }.unwrap().unwrap_or("(absent)").to_owned()
}

fn pairs(fields: &[Field]) -> Vec<(String, String)> {
    fields.iter().map(|field| (said(&field.name), said(&field.value))).collect()
}
