//! What signing takes from the allocator, beyond what the caller gave.
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use allocation_counter::measure;
use oss_presign_std::oss_presign::{Bucket, ObjectKey, Request};
use oss_presign_std::{ManualClock, Presigner, RequestBuilder};
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
fn a_whole_result_is_its_url_its_headers_and_their_list() {
    let presigner = presigner();
    let taken = measure(|| drop(ordinary(&presigner).presign().unwrap()));
    // The URL, two headers with a name and a value each, their list.
    assert_eq!(taken.count_total, 1 + 2 * 2 + 1);
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
    assert_eq!(taken.count_total, 0, "the lent signer");
}
