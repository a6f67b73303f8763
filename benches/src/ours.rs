//! What this workspace's crates do, as rows.

use std::hint::black_box;

use oss_presign::verify::{ExpectedScope, ReceivedRequest, VerificationKey, verify_presigned};
use oss_presign::{Bucket, SigningKey};
use oss_presign::{
    Endpoint, ManyKeysSigner, ObjectKey, PostPolicy, PresignedUrls, Product, Request, Signer, SignerAt,
};
use oss_presign_std::{Presigner, RequestBuilder};

use crate::cases::{self, BUCKET, Case, endpoint, expiry, now, region};
use crate::rounds::Row;

/// URLs that are made at once, as for a page of a listing.
const PAGE: u32 = 100;

/// What the rows borrow.
pub struct Prepared<'c> {
    case: &'c Case,
    signer: Signer<'c>,
    presigner: Presigner,
    request: Request<'c>,
    endpoint: Endpoint<'c>,
    page_keys: Vec<String>,
    /// A URL of the case, in the parts that a server gets.
    url: String,
}

impl<'c> Prepared<'c> {
    #[must_use]
    pub fn new(case: &'c Case) -> Self {
        let signer = Signer::new(&case.credentials(), region(), now()).with_cached_parameters();
        let (request, endpoint) = (case.request(), endpoint());
        let url = signer.presign_to_string(&request, &endpoint, now(), expiry()).expect("a URL");
        let presigner = presigner(case);
        Self { case, signer, presigner, request, endpoint, page_keys: case.page_keys(PAGE), url }
    }

    #[must_use]
    pub fn at(&self) -> SignerAt<'_, 'c> {
        self.signer.at(now()).expect("the signer's day")
    }

    #[must_use]
    pub fn many_keys<'p>(&'p self, at: &'p SignerAt<'p, 'p>, template: &'p mut [u8]) -> ManyKeysSigner<'p> {
        at.many_keys(&self.request, &self.endpoint, expiry(), template).expect("a signer")
    }

    /// Path and query, as a server gets them.
    fn target(&self) -> (&str, &str) {
        let after_scheme = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let slash = after_scheme.find('/').unwrap_or_default();
        after_scheme[slash..].split_once('?').unwrap_or_default()
    }

    /// The rows of the case, in the order of the table.
    #[must_use]
    pub fn rows<'r>(&'r self, at: &'r SignerAt<'r, 'r>, many: &'r ManyKeysSigner<'r>) -> Vec<Row<'r>> {
        let Self { case, signer, presigner, request, endpoint, page_keys, .. } = self;
        let keys = || page_keys.iter().map(|key| ObjectKey::new(key).expect("a key"));
        let (path, query) = self.target();
        let headers: Vec<_> = case.headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let known = VerificationKey::new(SigningKey::derive(cases::ACCESS_KEY_SECRET, signer.scope()));
        let known = match &case.security_token {
            Some(token) => known.with_security_token(token),
            None => known,
        };
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g] = std::array::from_fn(|_| vec![0; 4096]);
        let mut arena = PresignedUrls::new();
        let mut policy = PostPolicy::for_key(
            Bucket::new(BUCKET).expect("a bucket"),
            ObjectKey::new(&case.key).expect("a key"),
        )
        .expect("a policy");
        policy
            .content_length_range(1..=10_485_760)
            .and_then(|policy| policy.content_type("image/jpeg"))
            .expect("a policy");
        vec![
            Row::new("into_buffer", move || {
                let url = signer.presign(black_box(request), endpoint, black_box(now()), expiry(), &mut a);
                url.map(|url| url.url().len()).expect("a URL")
            }),
            Row::new("at_timestamp", move || {
                let url = at.presign(black_box(request), endpoint, expiry(), &mut b);
                url.map(|url| url.url().len()).expect("a URL")
            }),
            Row::new("to_string", move || {
                signer
                    .presign_to_string(black_box(request), endpoint, black_box(now()), expiry())
                    .expect("a URL")
            }),
            Row::new("many_keys", move || {
                keys().for_each(|key| {
                    black_box(many.presign(key, &mut c).expect("a URL"));
                });
            })
            .making(PAGE),
            Row::new("many_keys_arena", move || {
                many.presign_all(keys(), &mut arena).expect("URLs");
                arena.len()
            })
            .making(PAGE),
            Row::new("described", move || {
                let request = black_box(case).request();
                let url = signer.presign(&request, endpoint, black_box(now()), expiry(), &mut d);
                url.map(|url| url.url().len()).expect("a URL")
            }),
            Row::new("derive_each", move || {
                let signer = Signer::new(&black_box(case).credentials(), region(), now());
                let url = signer.presign(black_box(request), endpoint, now(), expiry(), &mut e);
                url.map(|url| url.url().len()).expect("a URL")
            }),
            Row::new("presigner", move || {
                described(case, black_box(presigner)).presign_url().expect("a URL")
            }),
            Row::new("presigner_owned", move || {
                described(case, black_box(presigner)).presign().expect("a URL and what must be sent with it")
            }),
            Row::new("header", move || {
                let signed = signer.sign_header(black_box(request), endpoint, black_box(now()), &mut f);
                signed.map(|signed| signed.authorization().len()).expect("a signature")
            }),
            Row::new("verify", move || {
                let received =
                    ReceivedRequest { method: "PUT", bucket: Some(BUCKET), path, query, headers: &headers };
                let expected = ExpectedScope { region: region(), product: Product::Oss };
                verify_presigned(black_box(&received), &expected, now(), |_, _| Some(known.clone()))
                    .expect("a right URL")
            }),
            Row::new("post_policy", move || {
                let form = signer.sign_form(black_box(&policy), endpoint, now(), expiry(), &mut g);
                form.map(|form| form.expires_at()).expect("a form")
            }),
        ]
    }
}

/// A request of the case as a server describes it.
pub fn described<'a>(case: &'a Case, presigner: &'a Presigner) -> RequestBuilder<'a> {
    let mut request = presigner.put(BUCKET, &case.key);
    for (name, value) in case.headers {
        request = request.header(name, value);
    }
    for (name, value) in case.query {
        request = request.query(name, value);
    }
    request
}

/// A presigner on the system clock with the case's credentials.
#[must_use]
pub fn presigner(case: &Case) -> Presigner {
    use oss_presign_std::Credentials;
    let (id, secret) = (cases::ACCESS_KEY_ID, cases::ACCESS_KEY_SECRET);
    let credentials = match &case.security_token {
        Some(token) => Credentials::with_security_token(id, secret, token.as_str()),
        None => Credentials::new(id, secret),
    };
    let credentials = credentials.expect("credentials");
    Presigner::builder().credentials(credentials).region(cases::REGION).build().expect("a presigner")
}

/// CRC-64 of 64 KB; its floor has nothing to do with a signature's, so it stands alone, in GB/s.
#[must_use]
pub fn crc64_gigabytes_per_second() -> f64 {
    let bytes = vec![0x5a; 1 << 16];
    let best = (0..200)
        .map(|_| {
            let start = std::time::Instant::now();
            black_box(oss_upload::Crc64::of(black_box(&bytes)));
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min);
    bytes.len() as f64 / best / 1e9
}
