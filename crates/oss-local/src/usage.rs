//! What a person needs to know who has just started the server.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::store::Storage;

/// The settings that matter to a user. Secrets are not among them.
#[derive(Clone, Debug)]
pub(crate) struct Usage {
    pub(crate) address: SocketAddr,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    /// What the page's signer asks for; None: no page.
    pub(crate) token: Option<String>,
    pub(crate) region: String,
    pub(crate) access_key_ids: Vec<String>,
    pub(crate) storage: Storage,
    /// In bytes.
    pub(crate) memory_limit: u64,
}

impl Usage {
    /// The server's URL, for a client on the same machine.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, host(self.address))
    }

    /// The page's URL. The token stands behind the `#`, which a browser sends to nobody.
    pub(crate) fn page_url(&self) -> Option<String> {
        self.token.as_ref().map(|token| format!("{}/#token={token}", self.url()))
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, scheme) = (host(self.address), self.scheme);
        writeln!(f, "oss-local listens on {scheme}://{host} (region {})", self.region)?;
        if !self.address.ip().is_loopback() {
            writeln!(f, "  warning    the whole network can reach it at {}", self.address)?;
        }
        match &self.storage {
            Storage::Memory => {
                let mebibytes = self.memory_limit / (1024 * 1024);
                writeln!(f, "  objects    in memory, at most {mebibytes} MiB, gone when it stops")?;
            }
            Storage::Directory { path, durable } => {
                let durable = if *durable { "" } else { ", not synced to disk" };
                writeln!(f, "  objects    in {}{durable}", path.display())?;
            }
        }
        match self.access_key_ids.as_slice() {
            [] => writeln!(f, "  keys       none: only public buckets can be used")?,
            ids => writeln!(f, "  keys       {}", ids.join(", "))?,
        }
        writeln!(f, "  path style {scheme}://{host}/<bucket>/<key>")?;
        writeln!(f, "  with host  {scheme}://<bucket>.localhost:{}/<key>", self.address.port())?;
        if let Some(page) = self.page_url() {
            writeln!(f, "  browser    {page}")?;
        }
        if let Some(id) = self.access_key_ids.first() {
            writeln!(
                f,
                "  try        OSS_ACCESS_KEY_ID={id} OSS_ACCESS_KEY_SECRET=… OSS_REGION={} \\",
                self.region
            )?;
            writeln!(
                f,
                "             oss-presign put examplebucket hello.txt --endpoint {scheme}://{host} --style path --curl"
            )?;
        }
        Ok(())
    }
}

/// The address that a client on the same machine uses: of a wildcard address the loopback one.
pub(crate) fn host(address: SocketAddr) -> String {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
    }
    address.to_string()
}
