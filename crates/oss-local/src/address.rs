//! Which bucket and which object a request means: path-style, virtual-hosted, or a CNAME.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::error::{OssError, Result};
use crate::query::decode;

/// The most bytes of an object key.
pub(crate) const MAX_KEY: usize = 1023;

/// The target of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) bucket: Option<String>,
    /// Decoded; never empty.
    pub(crate) key: Option<String>,
    /// The bucket came from the host, so the path is only the key.
    pub(crate) bucket_in_host: bool,
}

/// How hosts are mapped to buckets.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// Hosts that carry no bucket themselves; `bucket.` before one of them names it. Lower-case, no port.
    pub(crate) bases: Vec<String>,
    /// Whole host names that stand for a bucket. Lower-case, no port.
    pub(crate) cnames: HashMap<String, String>,
}

impl Hosts {
    /// The bucket that a `Host` header names.
    ///
    /// Known bases come first; of any other name with at least two labels the first one is the bucket, so that a
    /// made-up name in a hosts file works without configuration.
    fn bucket<'h>(&'h self, host: &'h str) -> Option<&'h str> {
        if let Some(bucket) = self.cnames.get(host) {
            return Some(bucket);
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if bare.parse::<IpAddr>().is_ok() || self.bases.iter().any(|base| base == host) {
            return None;
        }
        let of_base = self.bases.iter().find_map(|base| host.strip_suffix(base.as_str())?.strip_suffix('.'));
        if of_base.is_some() {
            return of_base;
        }
        // `oss-cn-hangzhou.aliyuncs.com` is the service, `oss-x.oss-cn-hangzhou.aliyuncs.com` a bucket named oss-x.
        let (first, rest) = host.split_once('.')?;
        (rest != "aliyuncs.com").then_some(first)
    }

    /// Reads the target; `host` as received, `path` still encoded.
    pub(crate) fn address(&self, host: &str, path: &str) -> Result<Address> {
        let host = host_name(host).to_ascii_lowercase();
        let rest = path.strip_prefix('/').unwrap_or(path);
        if let Some(bucket) = self.bucket(&host) {
            return Ok(Address { bucket: Some(bucket.to_owned()), key: key(rest)?, bucket_in_host: true });
        }
        let (bucket, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let bucket = decode(bucket)?;
        let bucket = (!bucket.is_empty()).then_some(bucket);
        let key = key(rest)?;
        if bucket.is_none() && key.is_some() {
            return Err(invalid_bucket(""));
        }
        Ok(Address { bucket, key, bucket_in_host: false })
    }
}

/// Cuts the port off.
fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
            if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host }
        }
        _ => host,
    }
}

fn key(encoded: &str) -> Result<Option<String>> {
    let key = decode(encoded)?;
    if key.is_empty() {
        return Ok(None);
    }
    valid_key(&key)?;
    Ok(Some(key))
}

/// OSS's rule: 1 to 1023 bytes of UTF-8 that begin neither with `/` nor with `\`.
pub(crate) fn valid_key(key: &str) -> Result<()> {
    if key.is_empty() || key.len() > MAX_KEY || key.starts_with(['/', '\\']) {
        return Err(OssError::new(400, "InvalidObjectName", "The specified object is not valid.")
            .detail("ObjectName", key));
    }
    Ok(())
}

/// OSS's rule: 3 to 63 of `a-z 0-9 -`, a letter or digit at both ends.
pub(crate) fn valid_bucket(bucket: &str) -> Result<()> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = bucket.as_bytes();
    let ends = bytes.first().zip(bytes.last()).is_some_and(|(first, last)| plain(*first) && plain(*last));
    if ends && (3..=63).contains(&bytes.len()) && bytes.iter().all(|&b| plain(b) || b == b'-') {
        return Ok(());
    }
    Err(invalid_bucket(bucket))
}

fn invalid_bucket(bucket: &str) -> OssError {
    OssError::new(400, "InvalidBucketName", "The specified bucket is not valid.").detail("BucketName", bucket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        Hosts {
            bases: vec!["localhost".into(), "oss.test".into()],
            cnames: HashMap::from([("img.example.com".into(), "examplebucket".into())]),
        }
    }

    fn bucket_of(host: &str) -> Option<String> {
        hosts().address(host, "/").unwrap().bucket
    }

    #[test]
    fn the_host_names_the_bucket_or_the_path_does() {
        for host in [
            "localhost:9000",
            "127.0.0.1:9000",
            "[::1]:9000",
            "LOCALHOST",
            "oss.test",
            "oss",
            "oss-cn-hangzhou.aliyuncs.com",
        ] {
            assert_eq!(bucket_of(host), None, "{host}");
        }
        for (host, bucket) in [
            ("examplebucket.localhost:9000", "examplebucket"),
            ("examplebucket.oss.test", "examplebucket"),
            ("ExampleBucket.OSS.test:80", "examplebucket"),
            ("img.example.com:8443", "examplebucket"),
            ("examplebucket.oss-cn-hangzhou.aliyuncs.com", "examplebucket"),
            ("oss-bucket.oss-cn-hangzhou.aliyuncs.com:80", "oss-bucket"),
            ("mybucket.made.up", "mybucket"),
        ] {
            assert_eq!(bucket_of(host).as_deref(), Some(bucket), "{host}");
        }
    }

    #[test]
    fn keys_are_decoded_and_any_key_but_a_rooted_one_is_accepted() {
        let address = |path| hosts().address("localhost", path);
        let found = address("/examplebucket/a/../%00%F0%9F%98%80%2Fb%20+").unwrap();
        assert_eq!(found.bucket.as_deref(), Some("examplebucket"));
        assert_eq!(found.key.as_deref(), Some("a/../\u{0}😀/b +"));
        assert_eq!(address("/examplebucket").unwrap().key, None);
        assert_eq!(address("/examplebucket/").unwrap().key, None);
        let long = format!("/b/{}", "k".repeat(1024));
        for path in ["/b//x", "/b/%2Fx", "/b/%5Cx", "/b/\\x", long.as_str()] {
            assert_eq!(address(path).unwrap_err().code, "InvalidObjectName", "{path}");
        }
        assert_eq!(address("//x").unwrap_err().code, "InvalidBucketName");
        assert_eq!(address("/b/%zz").unwrap_err().code, "InvalidURI");
    }

    #[test]
    fn bucket_names_follow_the_rule() {
        for good in ["abc", "a-1", "0aa", &"a".repeat(63)] {
            assert!(valid_bucket(good).is_ok(), "{good}");
        }
        for bad in ["", "ab", "-abc", "abc-", "aBc", "a.b", "a_b", "../x", &"a".repeat(64)] {
            assert!(valid_bucket(bad).is_err(), "{bad}");
        }
    }
}
