//! The path of a URL and the value of a parameter are what the `percent-encoding` crate makes of them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_presign::{
    Bucket, Credentials, Endpoint, Error, Expiry, ObjectKey, Region, RequestWithCapacity, Signer, Timestamp,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const QUERY: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: AsciiSet = QUERY.remove(b'/');

fn url(key: ObjectKey<'_>, value: &str) -> Result<String, Error> {
    let (now, region) = (Timestamp::from_unix(1_731_400_358)?, Region::new("cn-hangzhou")?);
    let signer = Signer::new(&Credentials::new("fake-access-key-id", "fake-access-key-secret")?, region, now);
    let mut request = RequestWithCapacity::<2>::get(Bucket::new("examplebucket")?, key);
    request.query("a", Some(value))?;
    Ok(signer.presign_to_string(&request, &Endpoint::cname("a.example.com")?, now, Expiry::secs(60)?)?)
}

fuzz_target!(|input: (&str, &str)| {
    let Ok(key) = ObjectKey::allowing_dot_segments(input.0) else { return };
    let url = url(key, input.1).expect("a key that was accepted is signed");
    let (path, value) = (utf8_percent_encode(input.0, &PATH), utf8_percent_encode(input.1, &QUERY));
    let equals = if input.1.is_empty() { "" } else { "=" };
    let begin = format!("https://a.example.com/{path}?a{equals}{value}&x-oss-credential=");
    assert!(url.starts_with(&begin), "{url} does not start with {begin}");
});
