//! The search for a mistake: one that is found, two that are, and the whole budget for a secret that nobody knows;
//! beside them the signature that each try makes.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use oss_presign::explain::{DEFAULT_BUDGET, Evidence, Explanation, KnownSecret, SentRequest, explain};
use oss_presign::{Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, Request, Signer, Timestamp};

const ID: &str = "fake-access-key-id";
const SECRET: &str = "fake-access-key-secret";

/// Signs a PUT of a text, as `content_type`.
fn url(key: &str, content_type: &str, secret: &str) -> String {
    let now = Timestamp::from_unix(1_731_400_358).expect("a year of four digits");
    let region = Region::new("cn-hangzhou").expect("a region's id");
    let credentials = Credentials::new(ID, secret).expect("an id and a secret");
    let bucket = Bucket::new("examplebucket").expect("a bucket's name");
    let mut request = Request::put(bucket, ObjectKey::new(key).expect("a key"));
    request.content_type(content_type).expect("a header's value");
    let expiry = Expiry::secs(600).expect("less than a week");
    let signer = Signer::new(&credentials, region, now);
    let presigned = signer.presign_to_string(&request, &Endpoint::public(region), now, expiry);
    presigned.expect("all parts are valid")
}

fn explained(url: &str, headers: &[(&str, &str)], bare: bool) -> Explanation {
    let sent = SentRequest { method: (!bare).then_some("PUT"), url, headers: (!bare).then_some(headers) };
    let secret =
        KnownSecret { name: None, access_key_id: ID, access_key_secret: SECRET, security_token: None };
    explain(&Evidence::new(sent, &[secret]), DEFAULT_BUDGET)
}

fn explaining(criterion: &mut Criterion) {
    let sent = [("content-type", "image/png"), ("x-oss-meta-author", "somebody")];
    let single = url("photos/a b.txt", "text/plain", SECRET);
    // The type is among the last of the singles that are tried first, and the key was encoded again.
    let pair = url("photos/a b.txt", "video/mp4", SECRET).replace("%20", "%2520");
    let unknown = url("photos/a b.txt", "text/plain", "a secret that nobody knows");
    let cases = [
        ("single", &single, &sent[..1], false, 1),
        ("single, bare URL", &single, &sent[..1], true, 1),
        ("pair", &pair, &sent[..1], false, 2),
        ("pair, bare URL", &pair, &sent[..1], true, 2),
        ("all pairs, nothing found", &unknown, &sent[..], false, 0),
        ("all pairs, bare URL, nothing found", &unknown, &sent[..], true, 0),
    ];
    let mut group = criterion.benchmark_group("explain");
    group.sample_size(10);
    for (name, url, headers, bare, mistakes) in cases {
        let explanation = explained(url, headers, bare);
        assert_eq!(explanation.mistakes().len(), mistakes, "{explanation:?}");
        group.throughput(Throughput::Elements(explanation.tried().into()));
        group.bench_function(format!("{name}: {} signatures", explanation.tried()), |bencher| {
            bencher.iter(|| explained(black_box(url), headers, bare));
        });
    }
    group.finish();
}

criterion_group!(benches, explaining);
criterion_main!(benches);
