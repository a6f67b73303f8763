//! Crates that sign for S3: the same work by another algorithm of the same size.

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rusty_s3::S3Action;

use super::Peer;
use crate::cases::{ACCESS_KEY_ID, ACCESS_KEY_SECRET, BUCKET, Case, EXPIRES, REGION};

const LIFE: Duration = Duration::from_secs(EXPIRES as u64);

pub(super) fn with(case: &Case, take: impl FnOnce(Vec<Peer<'_>>)) {
    let host = "https://s3.amazonaws.com".parse().expect("a URL");
    let bucket =
        rusty_s3::Bucket::new(host, rusty_s3::UrlStyle::VirtualHost, BUCKET, REGION).expect("a bucket");
    let credentials = match &case.security_token {
        Some(token) => rusty_s3::Credentials::new_with_token(ACCESS_KEY_ID, ACCESS_KEY_SECRET, token),
        None => rusty_s3::Credentials::new(ACCESS_KEY_ID, ACCESS_KEY_SECRET),
    };
    let rusty_s3 = Box::new(|| {
        let mut action = bucket.put_object(Some(&credentials), black_box(&case.key));
        case.headers.iter().for_each(|(name, value)| action.headers_mut().insert(*name, *value));
        case.query.iter().for_each(|(name, value)| action.query_mut().insert(*name, *value));
        action.sign(LIFE).into()
    });

    let token = case.security_token.clone();
    let identity =
        aws_credential_types::Credentials::new(ACCESS_KEY_ID, ACCESS_KEY_SECRET, token, None, "bench").into();
    let parts = request(case, "examplebucket.s3.amazonaws.com");
    let uri = parts.uri.to_string();
    let aws_sigv4 = Box::new(|| {
        let mut settings = SigningSettings::default();
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(LIFE);
        let params = aws_sigv4::sign::v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name("s3")
            .time(SystemTime::now())
            .settings(settings)
            .build()
            .expect("parameters")
            .into();
        let headers = case.headers.iter().copied();
        let signable = SignableRequest::new("PUT", black_box(&uri), headers, SignableBody::UnsignedPayload);
        let (instructions, _) =
            sign(signable.expect("a request"), &params).expect("a signature").into_parts();
        let mut request = http::Request::from_parts(parts.clone(), ());
        instructions.apply_to_request_http1x(&mut request);
        request.uri().to_string()
    });

    take(vec![
        Peer {
            name: "rusty-s3",
            method: "PUT",
            oss: false,
            lacks: None,
            signs_headers: true,
            sign: rusty_s3,
        },
        Peer {
            name: "aws-sigv4",
            method: "PUT",
            oss: false,
            lacks: None,
            signs_headers: true,
            sign: aws_sigv4,
        },
    ]);
}

/// The case as the `http` crate has it, for crates that want the URI encoded.
pub(super) fn request(case: &Case, host: &str) -> http::request::Parts {
    const QUERY: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    const PATH: AsciiSet = QUERY.remove(b'/');
    let mut path = utf8_percent_encode(&case.key, &PATH).to_string();
    for (name, value) in case.query {
        path += &format!("?{name}={}", utf8_percent_encode(value, &QUERY));
    }
    let mut request = http::Request::put(format!("https://{host}/{path}"));
    for (name, value) in case.headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request").into_parts().0
}
