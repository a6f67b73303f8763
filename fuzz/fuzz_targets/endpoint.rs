//! An endpoint that is accepted is a host for HTTP clients, too: `url` (the WHATWG's rules) reads the same host and port.
//!
//! Input: an endpoint.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_presign::{
    Addressing, Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, Request, Scheme, Signer, Timestamp,
};

fuzz_target!(|input: &str| {
    let _ = Region::new(input).map(|region| region.as_str().len());
    let _ = Bucket::new(input).map(|bucket| bucket.as_str().len());
    for addressing in [Addressing::VirtualHosted, Addressing::Path, Addressing::Cname] {
        if let Ok(endpoint) = Endpoint::new(input, addressing) {
            compare(input, endpoint);
        }
    }
});

fn compare(input: &str, endpoint: Endpoint<'_>) {
    let now = Timestamp::from_unix(1_731_400_358).expect("a time of 2024");
    // A signature for another region than the host's is refused.
    let region = endpoint.region().unwrap_or(Region::new("cn-hangzhou").expect("a region"));
    let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret").expect("credentials");
    let signer = Signer::new(&credentials, region, now);
    let bucket = Bucket::new("examplebucket").expect("a bucket");
    let request = Request::get(bucket, ObjectKey::new("key").expect("a key"));
    let expiry = Expiry::secs(600).expect("ten minutes");
    let signed = signer.presign_to_owned(&request, &endpoint, now, expiry).expect("an endpoint has URLs");
    let ours = signed.url().split_once("://").expect("a URL").1.split('/').next().expect("a host");
    let end_of_brackets = ours.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match ours[end_of_brackets..].find(':') {
        Some(colon) => (&ours[..end_of_brackets + colon], &ours[end_of_brackets + colon + 1..]),
        None => (ours, ""),
    };
    // Their names of numbers are addresses (`1.2` is 1.0.0.2), and their `xn--` is checked.
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) || text.starts_with("0x");
    if host.contains("xn--") || (is_number(last) && host.parse::<std::net::Ipv4Addr>().is_err()) {
        return;
    }
    let theirs = url::Url::parse(signed.url()).unwrap_or_else(|error| panic!("{input}: {error}"));
    assert_eq!(theirs.scheme(), endpoint.scheme().as_str());
    match theirs.host().expect("a host") {
        url::Host::Ipv6(address) => {
            assert_eq!(host.trim_matches(['[', ']']).parse::<std::net::Ipv6Addr>(), Ok(address));
        }
        other => assert_eq!(other.to_string(), host, "{input}"),
    }
    let default = if endpoint.scheme() == Scheme::Https { 443 } else { 80 };
    let port = if port.is_empty() { default } else { port.parse().expect("a port is a number") };
    assert_eq!(theirs.port_or_known_default(), Some(port), "{input}");
    let in_path = theirs.path() == "/examplebucket/key";
    assert_eq!(in_path, endpoint.addressing() == Addressing::Path);
}
