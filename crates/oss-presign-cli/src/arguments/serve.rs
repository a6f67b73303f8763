//! The arguments of `serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;

/// The access key secret comes from OSS_ACCESS_KEY_SECRET or a file, the token from OSS_SESSION_TOKEN or a file: every
/// process of the machine can read arguments.
#[derive(Args)]
pub(crate) struct Serve {
    /// Where to listen: an address and a port, or a port of the loopback address
    #[arg(long, value_name = "[ADDRESS:]PORT", default_value = "127.0.0.1:9000", value_parser = address)]
    pub(crate) bind: SocketAddr,
    /// Keep objects in this folder; in memory without it
    #[arg(long, value_name = "FOLDER")]
    pub(crate) directory: Option<PathBuf>,
    /// How much memory the objects may take together without --directory; what would take more is 507
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = super::parse_size, conflicts_with = "directory")]
    pub(crate) memory_limit: u64,
    /// A bucket to create, with versioning if `,versioned` follows; may be given several times
    #[arg(long = "bucket", value_name = "NAME[,versioned]", default_value = "examplebucket", value_parser = bucket)]
    pub(crate) buckets: Vec<Bucket>,
    /// Create a bucket by the first write to it; without this, a bucket that is not there is NoSuchBucket
    #[arg(long)]
    pub(crate) create_buckets: bool,
    /// Answer with the endpoints of the real service where an answer names endpoints; they name this server otherwise
    #[arg(long)]
    pub(crate) real_endpoints: bool,
    /// The region that signatures must name
    #[arg(long, env = "OSS_REGION", default_value = "cn-hangzhou")]
    pub(crate) region: String,
    /// The access key id that it accepts, with the secret in OSS_ACCESS_KEY_SECRET; a fake pair by default
    #[arg(long, env = "OSS_ACCESS_KEY_ID", hide_env_values = true, value_parser = parse_id)]
    pub(crate) access_key_id: Option<String>,
    /// Read the access key secret from this file instead of OSS_ACCESS_KEY_SECRET
    #[arg(long, value_name = "FILE", requires = "access_key_id")]
    pub(crate) access_key_secret_file: Option<PathBuf>,
    /// Read the security token that must come with the key from this file instead of OSS_SESSION_TOKEN
    #[arg(long, value_name = "FILE", requires = "access_key_id")]
    pub(crate) security_token_file: Option<PathBuf>,
    /// Serve no page for browsers; objects are then answered without `Content-Security-Policy: sandbox`
    #[arg(long)]
    pub(crate) no_page: bool,
    /// Speak TLS with a certificate and its key (PEM files), or with one made now: `--tls self-signed`
    #[arg(long, num_args = 1..=2, value_names = ["CERT", "KEY"])]
    pub(crate) tls: Vec<PathBuf>,
    /// Where to write the certificate authority of `--tls self-signed`; a temporary file without it
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Print no line per request
    #[arg(long, conflicts_with = "json")]
    pub(crate) quiet: bool,
    /// Print JSON lines on standard output: the addresses, then each request
    #[arg(long)]
    pub(crate) json: bool,
    /// How many seconds requests under way may take after SIGINT or SIGTERM; a second signal ends at once
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) grace: u16,
    /// Let something go wrong: status=503, delay=MS, cut-upload=BYTES, cut-download=BYTES, wrong-crc, skew=SECONDS or
    /// slow-read=BYTES, narrowed by method=, key=PATTERN, nth=, times=, and code= beside a status
    #[arg(long = "fault", value_name = "RULE[,…]")]
    pub(crate) faults: Vec<oss_local::FaultRule>,
}

fn parse_id(text: &str) -> Result<String, String> {
    let id = (!text.is_empty()).then(|| text.to_owned());
    id.ok_or_else(|| "write an id, or unset OSS_ACCESS_KEY_ID for a fake pair".to_owned())
}

/// A bucket that is there from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    pub(crate) versioned: bool,
}

fn bucket(text: &str) -> Result<Bucket, String> {
    let (name, versioned) = match text.split_once(',') {
        None => (text, false),
        Some((name, "versioned")) => (name, true),
        Some((_, other)) => return Err(format!("`{other}` is unknown; write NAME or NAME,versioned")),
    };
    match oss_presign::Bucket::new(name) {
        Ok(_) => Ok(Bucket { name: name.to_owned(), versioned }),
        Err(error) => Err(error.to_string()),
    }
}

/// Reads an address with its port; a bare port and `localhost` mean the loopback address.
fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix("localhost:").unwrap_or(text).parse().ok();
    let loopback = port.map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    loopback.or_else(|| text.parse().ok()).ok_or_else(|| {
        format!("`{text}` is no address with a port: write 9001, 127.0.0.1:9001 or [::1]:9001, and 0.0.0.0:9001 for the whole network")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_of_the_loopback_address() {
        for (text, expected) in [
            ("9001", "127.0.0.1:9001"),
            ("localhost:9001", "127.0.0.1:9001"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:9001", "[::1]:9001"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), expected);
        }
        for text in ["", "70000", "example.com:80", "127.0.0.1", ":9001"] {
            assert!(address(text).unwrap_err().contains("write 9001"), "{text}");
        }
    }

    #[test]
    fn a_bucket_may_be_versioned() {
        assert_eq!(bucket("my-bucket"), Ok(Bucket { name: "my-bucket".into(), versioned: false }));
        assert_eq!(bucket("my-bucket,versioned"), Ok(Bucket { name: "my-bucket".into(), versioned: true }));
        assert!(bucket("my-bucket,version").unwrap_err().contains("NAME,versioned"));
        assert!(bucket("My Bucket").is_err());
    }
}
