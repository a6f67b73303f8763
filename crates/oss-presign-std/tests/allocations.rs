//! What signing takes from the allocator, beyond what the caller gave.
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use allocation_counter::measure;
use oss_presign_std::oss_presign::{Bucket, ObjectKey, Request};
use oss_presign_std::{Credentials, ManualClock, Presigner, RequestBuilder};
use support::{BUCKET, at, builder};

/// A minute before midnight UTC.
const NOW: u64 = 1_731_455_940;

#[test]
fn after_midnight_the_new_key_is_kept_too() {
    let clock = std::sync::Arc::new(ManualClock::new(at(NOW)));
    let presigner = builder().clock(std::sync::Arc::clone(&clock)).build().unwrap();
    let sign = || measure(|| drop(ordinary(&presigner).presign_url().unwrap())).count_total;
    let first_of_the_thread = sign();
    assert!(first_of_the_thread >= 1);
    assert_eq!(sign(), 1);
    clock.advance(60);
    assert!(sign() > 1, "the key is derived anew");
    assert_eq!(sign(), 1, "and kept");
}

fn presigner() -> Presigner {
    let presigner = builder().clock(ManualClock::new(at(NOW))).build().unwrap();
    // The first reading of a thread registers it with the shared pointer.
    presigner.get(BUCKET, "a").presign_url().unwrap();
    presigner
}

fn ordinary(presigner: &Presigner) -> RequestBuilder<'_> {
    let put = presigner.put(BUCKET, "photos/ü +1.jpg").content_type("image/jpeg");
    put.header("x-oss-storage-class", "IA").query("x-oss-process", "image/resize,w_100").sign_host()
}

#[test]
fn a_url_is_one_allocation_of_its_length() {
    let presigner = presigner();
    let mut url = String::new();
    let taken = measure(|| url = ordinary(&presigner).presign_url().unwrap());
    assert_eq!((taken.count_total, taken.bytes_total), (1, url.len() as u64));
    let taken = measure(|| {
        let put = presigner.put(BUCKET, "a").meta("owner", "42").content_length(5).traffic_limit(819_200);
        url = put.presign_url().unwrap();
    });
    assert_eq!(
        (taken.count_total, taken.bytes_total),
        (1, url.len() as u64),
        "texts that are made on the way"
    );
}

#[test]
fn a_url_into_memory_that_is_there_is_none() {
    let presigner = presigner();
    let mut text = String::with_capacity(1024);
    let taken = measure(|| ordinary(&presigner).presign_url_into(&mut text).unwrap());
    assert_eq!(taken.count_total, 0);
    assert!(text.starts_with("https://"));
}

#[test]
fn a_whole_result_is_its_url_and_the_text_of_its_headers() {
    let presigner = presigner();
    let taken = measure(|| drop(ordinary(&presigner).presign().unwrap()));
    assert_eq!(taken.count_total, 2);
    let taken = measure(|| drop(presigner.get(BUCKET, "a").presign().unwrap()));
    assert_eq!(taken.count_total, 1, "no header, no text");
}

/// The heavy case of the benches: a long key, a security token, four headers and a parameter.
#[test]
fn many_headers_take_no_more() {
    let token = "CAIS".repeat(150);
    let credentials = Credentials::with_security_token("fake-id", "fake-secret", token).unwrap();
    let presigner = builder().credentials(credentials).clock(ManualClock::new(at(NOW))).build().unwrap();
    let key = "季度报告/photos of the opening (final) v2/ünïcode+plus & ampersand/审阅稿-00042.jpeg";
    let sign = || {
        let put =
            presigner.put(BUCKET, key).content_type("image/jpeg").forbid_overwrite().meta("owner", "42");
        let put = put.header("x-oss-storage-class", "Standard");
        put.process("image/resize,m_lfit,w_400,h_300/format,webp").presign().unwrap()
    };
    assert_eq!(sign().headers().count(), 4);
    let taken = measure(|| drop(sign()));
    assert_eq!(taken.count_total, 2);
}

#[test]
fn a_lent_signer_takes_nothing() {
    let presigner = presigner();
    let request = Request::get(Bucket::new(BUCKET).unwrap(), ObjectKey::new("a").unwrap());
    let taken = measure(|| {
        let signed = presigner.with_signer(|signer, endpoint, now| {
            let expiry = oss_presign_std::oss_presign::Expiry::secs(60)?;
            let mut buffer = [0; 512];
            signer.presign(&request, endpoint, now, expiry, &mut buffer).map(drop)?;
            Ok::<_, oss_presign_std::Error>(())
        });
        signed.unwrap();
    });
    assert_eq!(taken.count_total, 0);
}
