//! Which servers are trusted, and which proxies are used.
#![allow(clippy::unwrap_used)]

#[path = "../../oss-upload/tests/support/mod.rs"]
mod support;

use std::path::Path;

use oss_presign::PresignedRequest;
use oss_upload_ureq::{Error, Options, RetryPolicy, Trust, Uploader};

fn fetch(request: &PresignedRequest, ca_file: Option<&Path>) -> Result<Vec<u8>, Error> {
    let trust = Trust::platform();
    let trust = if let Some(path) = ca_file { trust.ca_file(path)? } else { trust };
    let options = Options::default().retry(RetryPolicy::never());
    Uploader::trusting(trust).options(options).get(request).bytes(100)
}

#[test]
fn certificates() {
    support::trust::certificates(fetch);
}

#[test]
fn an_old_protocol() {
    support::trust::an_old_protocol(fetch);
}

#[test]
fn roots_of_the_environment() {
    support::trust::roots_of_the_environment("roots_of_the_environment", fetch);
}

#[test]
fn proxies_of_the_environment() {
    support::trust::proxies_of_the_environment("proxies_of_the_environment", fetch);
}
