//! The meaning of Alibaba Cloud's host names: their region, and whether they begin with a bucket.

use crate::excerpt::Excerpt;
use crate::scope::Region;
use crate::search::{begins_with, ends_with, split};

/// The domain of the service's own hosts. Nothing is known about hosts in other domains.
const DOMAIN: &str = ".aliyuncs.com";

/// Names in endpoints of the finance cloud that look like regions but are not: signatures for these endpoints name
/// `cn-hangzhou-finance` or `cn-shenzhen-finance-1`.
const FINANCE: [&str; 3] = ["cn-hzfinance", "cn-hzjbp", "cn-szfinance"];

/// Returns the service's host without the bucket, if `host` is a host of the service that begins with a bucket.
pub(crate) fn without_bucket(host: &str) -> Option<Excerpt> {
    let service = service_of(host)?;
    let labels = split(service, b'.').count();
    let own = match split(service, b'.').last()? {
        // `cn-hangzhou.oss`, `cn-hangzhou-internal.oss-data-acc`
        "oss" | "oss-data-acc" => 2,
        // `cb-123.cn-hangzhou.oss-cloudbox`
        "oss-cloudbox" => 3,
        // `oss-cn-hangzhou`, `oss-accelerate`; and `s3.oss-cn-hangzhou`, where `s3` is too short for a bucket.
        last if begins_with(last, b"oss-") && !begins_with(service, b"s3.") => 1,
        _ => return None,
    };
    let mut rest = host;
    for _ in own..labels {
        (_, rest) = crate::search::split_once(rest, b'.')?;
    }
    (labels > own).then(|| Excerpt::of(rest))
}

/// Returns the region, or the id of the cloud box, that signatures for this host must name, if the host contains it.
pub(crate) fn region_of(host: &str) -> Option<Region<'_>> {
    let mut labels = split(service_of(host)?, b'.');
    let first = labels.next()?;
    let name = match (labels.next(), labels.next(), labels.next()) {
        (None, ..) if begins_with(first, b"oss-") => first.get(4..)?,
        (Some("oss"), None, _) | (Some(_), Some("oss-cloudbox"), None) => first,
        _ => return None,
    };
    let name = name.strip_suffix("-internal").or_else(|| name.strip_suffix("-pub")).unwrap_or(name);
    Region::new(name).ok().filter(|_| !FINANCE.contains(&name))
}

fn service_of(host: &str) -> Option<&str> {
    if ends_with(host, DOMAIN.as_bytes()) { host.get(..host.len() - DOMAIN.len()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_that_hosts_name() {
        for (host, region) in [
            ("oss-cn-hangzhou.aliyuncs.com", Some("cn-hangzhou")),
            ("oss-cn-hangzhou-internal.aliyuncs.com", Some("cn-hangzhou")),
            ("oss-cn-shenzhen-finance-1-pub.aliyuncs.com", Some("cn-shenzhen-finance-1")),
            ("cn-hangzhou.oss.aliyuncs.com", Some("cn-hangzhou")),
            ("oss-rg-china-mainland.aliyuncs.com", Some("rg-china-mainland")),
            ("cb-123.cn-hangzhou.oss-cloudbox.aliyuncs.com", Some("cb-123")),
            ("oss-cn-hzfinance.aliyuncs.com", None),
            ("oss-cn-hzjbp-a-internal.aliyuncs.com", None),
            ("oss-accelerate.aliyuncs.com", None),
            ("oss-accelerate-overseas.aliyuncs.com", None),
            ("oss.aliyuncs.com", None),
            ("oss-internal.aliyuncs.com", None),
            ("vpc100-oss-cn-hangzhou.aliyuncs.com", None),
            ("ep-a.oss.cn-hangzhou.privatelink.aliyuncs.com", None),
            ("oss-cn-hangzhou.example.com", None),
            (".aliyuncs.com", None),
            ("localhost", None),
        ] {
            assert_eq!(region_of(host).map(Region::as_str), region, "{host}");
        }
    }

    #[test]
    fn buckets_before_hosts() {
        for (host, service) in [
            ("examplebucket.oss-cn-hangzhou.aliyuncs.com", "oss-cn-hangzhou.aliyuncs.com"),
            ("a.b.oss-cn-hangzhou.aliyuncs.com", "oss-cn-hangzhou.aliyuncs.com"),
            ("examplebucket.oss-accelerate.aliyuncs.com", "oss-accelerate.aliyuncs.com"),
            ("examplebucket.cn-hangzhou.oss.aliyuncs.com", "cn-hangzhou.oss.aliyuncs.com"),
            (
                "examplebucket.cb-123.cn-hangzhou.oss-cloudbox.aliyuncs.com",
                "cb-123.cn-hangzhou.oss-cloudbox.aliyuncs.com",
            ),
        ] {
            assert_eq!(without_bucket(host), Some(Excerpt::of(service)), "{host}");
        }
        for host in [
            "oss-cn-hangzhou.aliyuncs.com",
            "oss-cn-hangzhou-internal.aliyuncs.com",
            "cn-hangzhou.oss.aliyuncs.com",
            "cb-123.cn-hangzhou.oss-cloudbox.aliyuncs.com",
            "cn-hangzhou-internal.oss-data-acc.aliyuncs.com",
            "s3.oss-cn-hangzhou.aliyuncs.com",
            "ep-a.oss.cn-hangzhou.privatelink.aliyuncs.com",
            "oss.aliyuncs.com",
            "examplebucket.oss-cn-hangzhou.example.com",
            "examplebucket.localhost",
        ] {
            assert_eq!(without_bucket(host), None, "{host}");
        }
    }
}
