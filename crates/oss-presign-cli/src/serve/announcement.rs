//! What a person or a program needs to know of a server that has just started.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::path::Path;

use serde_json::json;

pub(super) struct Announcement<'a> {
    pub(super) url: String,
    pub(super) listening: SocketAddr,
    pub(super) page: Option<String>,
    pub(super) certificate_authority: Option<&'a Path>,
    pub(super) region: &'a str,
    pub(super) bucket: &'a str,
    /// Id and secret, where the server takes made-up ones.
    pub(super) fake_credentials: Option<(&'a str, &'a str)>,
}

impl Announcement<'_> {
    pub(super) fn print(&self, as_json: bool) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if as_json {
            let line = json!({
                "listening": self.url,
                "others": self.for_others(),
                "page": self.page,
                "certificate_authority": self.certificate_authority,
                "region": self.region,
            });
            writeln!(out, "{line}")?;
            return out.flush();
        }
        writeln!(out, "listening on {}", self.url)?;
        if !self.listening.ip().is_loopback() {
            writeln!(out, "this is no loopback address: whoever reaches this machine reaches the server")?;
            for url in self.for_others() {
                writeln!(out, "  others use {url}")?;
            }
        }
        writeln!(
            out,
            "region {}, path style and <bucket>.localhost; stop with Ctrl-C. To use it:",
            self.region
        )?;
        if let Some((id, secret)) = self.fake_credentials {
            writeln!(out, "  export OSS_ACCESS_KEY_ID={id} OSS_ACCESS_KEY_SECRET={secret}")?;
        }
        writeln!(out, "  export OSS_REGION={} OSS_ENDPOINT={}", self.region, self.url)?;
        if let Some(path) = self.certificate_authority {
            writeln!(
                out,
                "  export CURL_CA_BUNDLE={0} SSL_CERT_FILE={0}   # the certificate authority to trust",
                path.display()
            )?;
        }
        writeln!(out, "  oss-presign put {} hello.txt --curl --file README.md | sh", self.bucket)?;
        writeln!(out, "  oss-presign get {} hello.txt --curl | sh", self.bucket)?;
        if let Some(page) = &self.page {
            writeln!(out, "in a browser: {page}")?;
        }
        out.flush()
    }

    /// URLs for other machines, where they can reach the server.
    fn for_others(&self) -> Vec<String> {
        let addresses = match self.listening.ip() {
            ip if ip.is_loopback() => Vec::new(),
            ip if !ip.is_unspecified() => vec![ip],
            IpAddr::V4(_) => outward().into_iter().filter(IpAddr::is_ipv4).collect(),
            // Such a socket takes both.
            IpAddr::V6(_) => outward(),
        };
        let scheme = self.url.split("://").next().unwrap_or("http");
        let url = |ip| format!("{scheme}://{}", SocketAddr::new(ip, self.listening.port()));
        addresses.into_iter().map(url).collect()
    }
}

/// The addresses by which this machine would reach others. Nothing is sent: a connected UDP socket only picks a route.
fn outward() -> Vec<IpAddr> {
    // Addresses of documentation, which nobody has.
    let pairs: [(IpAddr, IpAddr); 2] = [
        (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    ];
    let route = |(own, other): (IpAddr, IpAddr)| {
        let socket = UdpSocket::bind((own, 0)).ok()?;
        socket.connect((other, 9)).ok()?;
        socket.local_addr().ok().map(|address| address.ip())
    };
    pairs.into_iter().filter_map(route).filter(|ip| !ip.is_loopback() && !ip.is_unspecified()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn others(listening: &str) -> Vec<String> {
        let listening: SocketAddr = listening.parse().unwrap();
        let announcement = Announcement {
            url: "https://127.0.0.1:9000".into(),
            listening,
            page: None,
            certificate_authority: None,
            region: "cn-hangzhou",
            bucket: "examplebucket",
            fake_credentials: None,
        };
        announcement.for_others()
    }

    #[test]
    fn others_are_told_an_address_that_is_theirs_to_use() {
        assert_eq!(others("127.0.0.1:9000"), Vec::<String>::new());
        assert_eq!(others("192.0.2.7:9000"), ["https://192.0.2.7:9000"]);
        // Which addresses there are depends on the machine; the wildcard is none.
        assert!(others("0.0.0.0:9000").iter().all(|url| !url.contains("0.0.0.0") && url.ends_with(":9000")));
    }
}
