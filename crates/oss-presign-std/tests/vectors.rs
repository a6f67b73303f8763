//! URLs of the official SDKs, made through a `Presigner`.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::time::Duration;

use oss_presign_std::{
    Addressing, Credentials, DayKey, Endpoint, Error, ManualClock, Method, Presigner, Product, Scheme,
    Timestamp,
};
use serde_json::Value;

#[test]
fn every_undisputed_vector() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../oss-presign/tests/vectors/presign.jsonl");
    let lines = std::fs::read_to_string(path).unwrap();
    let (mut equal, mut before_2020, mut bare_posts) = (0, 0, 0);
    for line in lines.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        if !vector["disputed"].is_null() {
            continue;
        }
        match presign(&vector) {
            Ok(url) => {
                let signature = vector["signature"].as_str().unwrap();
                assert!(url.ends_with(&format!("&x-oss-signature={signature}")), "{vector}");
                equal += 1;
            }
            Err(error) if error.code() == "BarePost" => {
                // The SDKs sign it, but OSS does not take it.
                assert_eq!(
                    (&vector["method"], vector["key"].is_string()),
                    (&"POST".into(), true),
                    "{vector}"
                );
                bare_posts += 1;
            }
            Err(error) => {
                assert_eq!(error.code(), "ClockNotSet", "{vector}");
                assert!(vector["timestamp"].as_u64().unwrap() < 1_577_836_800);
                before_2020 += 1;
            }
        }
    }
    assert_eq!((equal, before_2020, bare_posts), (194, 39, 2));
}

fn presign(vector: &Value) -> Result<String, Error> {
    let text = |field: &str| vector[field].as_str().unwrap();
    let now = Timestamp::from_unix(vector["timestamp"].as_u64().unwrap()).unwrap();
    let (id, secret) = (text("access_key_id"), text("access_key_secret"));
    let credentials = match vector["security_token"].as_str() {
        Some(token) => Credentials::with_security_token(id, secret, token).unwrap(),
        None => Credentials::new(id, secret).unwrap(),
    };
    let product = Product::parse(text("product")).unwrap();
    let day_key = DayKey::derive(&credentials, text("region"), product, now)?;
    let builder = || Presigner::builder().clock(ManualClock::new(now));
    let by_secret = builder().credentials(credentials).region(text("region")).product(product).build()?;
    let url = presign_with(&by_secret, vector)?;
    assert_eq!(presign_with(&builder().day_key(day_key).build()?, vector)?, url);
    Ok(url)
}

fn presign_with(presigner: &Presigner, vector: &Value) -> Result<String, Error> {
    let text = |field: &str| vector[field].as_str().unwrap();
    let addressing = match text("style") {
        "virtual" => Addressing::VirtualHosted,
        "path" => Addressing::Path,
        "cname" => Addressing::Cname,
        other => panic!("style {other}"),
    };
    let scheme = if text("scheme") == "http" { Scheme::Http } else { Scheme::Https };
    let method = Method::parse(text("method")).unwrap();
    let mut request = match vector["key"].as_str() {
        Some(key) => presigner.request(method, text("bucket"), key),
        None => presigner.bucket_request(method, text("bucket")),
    };
    request = request
        .endpoint(Endpoint::new(text("endpoint"), addressing).unwrap().with_scheme(scheme))
        .expires_in(Duration::from_secs(vector["expires"].as_u64().unwrap()))
        .allow_dot_segments();
    for pair in vector["headers"].as_array().unwrap() {
        request = request.header(pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
    }
    for pair in vector["query"].as_array().unwrap() {
        request = match pair[1].as_str() {
            Some(value) => request.query(pair[0].as_str().unwrap(), value),
            None => request.sub_resource(pair[0].as_str().unwrap()),
        };
    }
    for name in vector["additional_headers"].as_array().unwrap() {
        request = request.additional_header(name.as_str().unwrap());
    }
    let url = request.presign_url()?;
    assert_eq!(request.presign().unwrap().url(), url);
    let mut appended = String::from("before ");
    request.presign_url_into(&mut appended).unwrap();
    assert_eq!(appended.strip_prefix("before "), Some(url.as_str()));
    Ok(url)
}
