//! Crates that sign for OSS.

use std::hint::black_box;
use std::time::Duration;

use ali_oss_rs::presign_common::PresignGetOptionsBuilder;
use ossify::ops::object::base::{GetObjectOperations, GetObjectParams};
use reqsign_core::SignRequest;
use rusty_oss::OSSAction;

use super::{Peer, ready};
use crate::cases::{ACCESS_KEY_ID, ACCESS_KEY_SECRET, BUCKET, Case, EXPIRES, REGION};

const LIFE: Duration = Duration::from_secs(EXPIRES as u64);
const HOST: &str = "https://oss-cn-hangzhou.aliyuncs.com";

pub(super) fn with(case: &Case, take: impl FnOnce(Vec<Peer<'_>>)) {
    let key = case.key.as_str();
    let token = || case.security_token.clone();

    let bucket = rusty_oss::Bucket::new(
        HOST.parse().expect("a URL"),
        rusty_oss::UrlStyle::VirtualHost,
        BUCKET,
        REGION,
    );
    let bucket = bucket.expect("a bucket");
    let credentials = match token() {
        Some(token) => rusty_oss::Credentials::new_with_token(ACCESS_KEY_ID, ACCESS_KEY_SECRET, token),
        None => rusty_oss::Credentials::new(ACCESS_KEY_ID, ACCESS_KEY_SECRET),
    };
    let rusty_oss = Box::new(|| {
        let mut action = rusty_oss::actions::PutObject::new(&bucket, Some(&credentials), black_box(key));
        case.headers.iter().for_each(|(name, value)| action.headers_mut().insert(*name, *value));
        case.query.iter().for_each(|(name, value)| action.query_mut().insert(*name, *value));
        action.sign(LIFE).into()
    });

    let signer = reqsign_aliyun_oss::RequestSigner::new(BUCKET)
        .with_region(REGION)
        .with_signing_version(reqsign_aliyun_oss::SigningVersion::V4);
    let credential = reqsign_aliyun_oss::Credential {
        access_key_id: ACCESS_KEY_ID.to_owned(),
        access_key_secret: ACCESS_KEY_SECRET.to_owned(),
        security_token: token(),
        expires_in: None,
    };
    let context = reqsign_core::Context::new();
    // The caller of this crate encodes the URI; it is not timed.
    let parts = super::sigv4::request(case, "examplebucket.oss-cn-hangzhou.aliyuncs.com");
    let reqsign = Box::new(|| {
        let mut parts = black_box(&parts).clone();
        ready(signer.sign_request(&context, &mut parts, Some(&credential), Some(LIFE))).expect("a signature");
        parts.uri.to_string()
    });

    let mut builder = ali_oss_rs::ClientBuilder::new(ACCESS_KEY_ID, ACCESS_KEY_SECRET, HOST).region(REGION);
    if let Some(token) = token() {
        builder = builder.sts_token(token);
    }
    let ali = builder.build().expect("a client");
    let ali_oss_rs = Box::new(move || {
        let mut options = PresignGetOptionsBuilder::new(EXPIRES);
        for (name, value) in case.query {
            options = options.query_parameter(*name, *value);
        }
        ali.presign_url(BUCKET, black_box(key), options.build())
    });

    let mut builder = ossify::Client::builder()
        .endpoint(HOST)
        .public_endpoint(HOST)
        .region(REGION)
        .bucket(BUCKET)
        .access_key_id(ACCESS_KEY_ID)
        .access_key_secret(ACCESS_KEY_SECRET);
    if let Some(token) = token() {
        builder = builder.security_token(token);
    }
    let client = builder.build().expect("a client");
    let ossify = Box::new(move || {
        let mut options = ossify::QueryAuthOptions::builder().x_oss_expires(EXPIRES);
        for (_, value) in case.query {
            options = options.x_oss_process(*value);
        }
        ready(client.presign_get_object(black_box(key), true, GetObjectParams::new(), None, options.build()))
            .expect("a URL")
    });

    let get = Some("presigns GET alone, signs no header");
    take(vec![
        Peer {
            name: "rusty-oss",
            method: "PUT",
            oss: true,
            lacks: None,
            signs_headers: true,
            sign: rusty_oss,
        },
        Peer {
            name: "reqsign-aliyun-oss",
            method: "PUT",
            oss: true,
            lacks: None,
            signs_headers: true,
            sign: reqsign,
        },
        Peer {
            name: "ali-oss-rs",
            method: "GET",
            oss: true,
            lacks: get,
            signs_headers: false,
            sign: ali_oss_rs,
        },
        Peer { name: "ossify", method: "GET", oss: true, lacks: get, signs_headers: false, sign: ossify },
    ]);
}
