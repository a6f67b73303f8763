//! What official SDKs signed.

use core::ffi::c_void;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::{memory, text};
use crate::credentials::{Credentials, Identity};
use crate::day_key::{DayKey, oss_presign_derive_day_key, oss_presign_signer_init_day_key};
use crate::endpoint::{
    Endpoint, OSS_PRESIGN_CNAME, OSS_PRESIGN_PATH, OSS_PRESIGN_VIRTUAL_HOSTED, oss_presign_endpoint_init_host,
};
use crate::request::{
    OSS_PRESIGN_ALLOW_DOT_SEGMENTS, OSS_PRESIGN_BUCKET, OSS_PRESIGN_DELETE, OSS_PRESIGN_GET,
    OSS_PRESIGN_HEAD, OSS_PRESIGN_OBJECT, OSS_PRESIGN_POST, OSS_PRESIGN_PUT, Request,
};
use crate::scope::Scope;
use crate::sign_externally::{ExternalSigner, oss_presign_sign_url_externally};
use crate::sign_url::{Url, oss_presign_sign_url};
use crate::signer::{Signer, oss_presign_signer_clear, oss_presign_signer_init};
use crate::status::Status;
use crate::text::{Field, Text};

#[test]
fn signatures_are_those_of_the_sdks() {
    let vectors = include_str!("../../../oss-presign/tests/vectors/presign.jsonl");
    let mut compared = 0;
    for line in vectors.lines().take(if cfg!(miri) { 3 } else { usize::MAX }) {
        let vector: Value = serde_json::from_str(line).unwrap();
        let count = |field: &str| vector[field].as_array().unwrap().len();
        if vector["disputed"].is_null()
            && count("headers") + count("additional_headers") <= 8
            && count("query") <= 8
        {
            let signature = vector["signature"].as_str().unwrap();
            for way in [Way::Secret, Way::DayKey, Way::External] {
                let url = sign(&vector, way);
                assert!(url.ends_with(&format!("&x-oss-signature={signature}")), "{}: {url}", vector["id"]);
            }
            compared += 1;
        }
    }
    assert!(compared >= if cfg!(miri) { 1 } else { 200 }, "{compared}");
}

/// Who has the key.
#[derive(Clone, Copy)]
enum Way {
    Secret,
    DayKey,
    External,
}

/// Signs by the key that `context` points to.
///
/// # Safety
/// `context` and `signature` point to 32 bytes.
unsafe extern "C" fn hmac(context: *mut c_void, string_to_sign: Text, signature: *mut u8) -> bool {
    // SAFETY: as above.
    let (key, place) = unsafe { (*context.cast::<[u8; 32]>(), &mut *signature.cast::<[u8; 32]>()) };
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(super::said(&string_to_sign).as_bytes());
    *place = mac.finalize().into_bytes().into();
    true
}

fn sign(vector: &Value, way: Way) -> String {
    let of = |field: &str| vector[field].as_str().map_or(Text::ABSENT, text);
    let number = |field: &str| vector[field].as_u64().unwrap();
    let field = |pair: &Value| Field {
        name: text_of(&pair[0]),
        value: if pair[1].is_null() { Text::ABSENT } else { text_of(&pair[1]) },
    };
    let list = |name: &str| vector[name].as_array().unwrap().iter();
    let headers: Vec<Field> = list("headers").map(field).collect();
    let additional_headers: Vec<Text> = list("additional_headers").map(text_of).collect();
    let query: Vec<Field> = list("query").map(field).collect();
    let credentials = Credentials {
        access_key_id: of("access_key_id"),
        access_key_secret: of("access_key_secret"),
        security_token: of("security_token"),
        expires_at: 0,
    };
    let scope = Scope { region: of("region"), product: u32::from(vector["product"] != "oss") };
    let request = Request {
        method: match vector["method"].as_str().unwrap() {
            "GET" => OSS_PRESIGN_GET,
            "PUT" => OSS_PRESIGN_PUT,
            "POST" => OSS_PRESIGN_POST,
            "HEAD" => OSS_PRESIGN_HEAD,
            "DELETE" => OSS_PRESIGN_DELETE,
            other => panic!("{other}"),
        },
        target: if vector["key"].is_null() { OSS_PRESIGN_BUCKET } else { OSS_PRESIGN_OBJECT },
        flags: if vector["key"].is_null() { 0 } else { OSS_PRESIGN_ALLOW_DOT_SEGMENTS },
        bucket: of("bucket"),
        key: of("key"),
        headers: headers.as_ptr(),
        header_count: headers.len(),
        additional_headers: additional_headers.as_ptr(),
        additional_header_count: additional_headers.len(),
        query: query.as_ptr(),
        query_count: query.len(),
    };
    let host = format!("{}://{}", vector["scheme"].as_str().unwrap(), vector["endpoint"].as_str().unwrap());
    let addressing = match vector["style"].as_str().unwrap() {
        "path" => OSS_PRESIGN_PATH,
        "cname" => OSS_PRESIGN_CNAME,
        _ => OSS_PRESIGN_VIRTUAL_HOSTED,
    };
    let (mut signer, mut endpoint, mut url) = (memory::<Signer>(), memory::<Endpoint>(), memory::<Url>());
    let mut buffer = vec![0_u8; 8192];
    let identity = Identity {
        access_key_id: credentials.access_key_id,
        security_token: credentials.security_token,
        expires_at: 0,
    };
    let (now, expires_in) = (number("timestamp"), u32::try_from(number("expires")).unwrap());
    let (text_at, capacity) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: everything is alive, and nothing overlaps.
    let status = unsafe {
        let status = oss_presign_endpoint_init_host(endpoint.as_mut_ptr(), text(&host), addressing, &scope);
        assert_eq!(status, Status::Ok, "{}", vector["id"]);
        let (endpoint, url) = (endpoint.as_ptr(), url.as_mut_ptr());
        let mut signing_key = [0; 32];
        let status =
            oss_presign_derive_day_key(credentials.access_key_secret, &scope, now, signing_key.as_mut_ptr());
        assert_eq!(status, Status::Ok);
        let made = match way {
            Way::Secret => oss_presign_signer_init(signer.as_mut_ptr(), &credentials, &scope, now),
            Way::DayKey => {
                let day_key = DayKey { identity, scope, day: now, signing_key };
                oss_presign_signer_init_day_key(signer.as_mut_ptr(), &day_key)
            }
            Way::External => Status::Ok,
        };
        assert_eq!(made, Status::Ok, "{}", vector["id"]);
        if let Way::External = way {
            let context = (&raw mut signing_key).cast();
            let external = ExternalSigner { identity, scope, sign: Some(hmac), context };
            oss_presign_sign_url_externally(
                &external, &request, endpoint, now, expires_in, text_at, capacity, url,
            )
        } else {
            let signer = signer.as_mut_ptr();
            let status =
                oss_presign_sign_url(signer, &request, endpoint, now, expires_in, text_at, capacity, url);
            oss_presign_signer_clear(signer);
            status
        }
    };
    assert_eq!(status, Status::Ok, "{}", vector["id"]);
    // SAFETY: the function has written it, and the buffer is alive.
    let signed = super::said(unsafe { &url.assume_init_ref().url });
    assert_eq!(buffer[signed.len()], 0);
    signed
}

fn text_of(value: &Value) -> Text {
    text(value.as_str().unwrap())
}
