//! The builder.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::address::Hosts;
use crate::clock::Clock;
use crate::config::Config;
use crate::cors::Cors;
use crate::credential::Credential;
use crate::faults::FaultRule;
use crate::initial_bucket::InitialBucket;
use crate::request_log::{RequestLog, RequestRecord};
use crate::store::{Acl, Storage};
use crate::tls::Tls;

/// A server that is being set up.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use oss_local::{Credential, Server};
///
/// let server = Server::new()
///     .credential(Credential::new("fake-access-key-id", "fake-access-key-secret"))
///     .start()
///     .await?;
/// println!("{}", server.url());
/// server.shutdown().await;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a server does nothing until it is started"]
pub struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) region: String,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) storage: Storage,
    /// In bytes, of a storage in memory.
    pub(crate) memory_limit: u64,
    pub(crate) config: Config,
    pub(crate) faults: Vec<FaultRule>,
    pub(crate) tls: Option<Tls>,
    pub(crate) buckets: Vec<InitialBucket>,
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl Server {
    /// A server on a free port of 127.0.0.1, in memory, for region `cn-hangzhou`, with the empty bucket
    /// `examplebucket` and without any access key.
    pub fn new() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            region: "cn-hangzhou".into(),
            credentials: Vec::new(),
            storage: Storage::Memory,
            memory_limit: 1024 * 1024 * 1024,
            faults: Vec::new(),
            tls: None,
            buckets: vec![InitialBucket { name: "examplebucket".into(), versioned: false }],
            config: Config {
                clock: Clock::system(),
                hosts: Hosts { bases: vec!["localhost".into()], cnames: HashMap::new() },
                cors: Cors::AnyOrigin,
                create_buckets: false,
                real_endpoints: false,
                default_acl: Acl::Private,
                md5: true,
                scheme: "http",
                token: None,
                log: RequestLog::default(),
                max_connections: 12_288,
                page: false,
                read_timeout: Duration::from_secs(30),
                write_timeout: Duration::from_secs(30),
                grace: Duration::from_secs(10),
            },
        }
    }

    /// Listens on this port of the loopback address; 0 takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// Listens on this address. Anything but a loopback address lets the whole network at the server, so it must
    /// be asked for here by name.
    pub fn bind(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    /// The region whose signatures are accepted, such as `cn-hangzhou`.
    pub fn region(self, region: impl Into<String>) -> Self {
        Self { region: region.into(), ..self }
    }

    /// Adds an access key.
    pub fn credential(mut self, credential: Credential) -> Self {
        self.credentials.push(credential);
        self
    }

    /// Where objects are kept.
    pub fn storage(self, storage: Storage) -> Self {
        Self { storage, ..self }
    }

    /// Keeps objects in this directory, durably.
    pub fn directory(self, path: impl Into<std::path::PathBuf>) -> Self {
        self.storage(Storage::Directory { path: path.into(), durable: true })
    }

    /// How many bytes the objects in memory may take together (1 GiB), those that are being uploaded or downloaded
    /// and what is known of each of them included. What would take more is refused with InsufficientStorage (507).
    /// Objects in a directory are limited by their disk.
    pub fn memory_limit(self, bytes: u64) -> Self {
        Self { memory_limit: bytes, ..self }
    }

    /// The clock that expiries are judged by.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.config.clock = clock;
        self
    }

    /// Adds a host name that carries no bucket itself: `bucket.<host>` then names the bucket. `localhost` is one.
    pub fn base_host(mut self, host: impl Into<String>) -> Self {
        self.config.hosts.bases.push(host.into().to_ascii_lowercase());
        self
    }

    /// Lets a whole host name stand for a bucket, as a custom domain does.
    pub fn cname(mut self, host: impl Into<String>, bucket: impl Into<String>) -> Self {
        self.config.hosts.cnames.insert(host.into().to_ascii_lowercase(), bucket.into());
        self
    }

    /// Which pages of other origins may use the server.
    pub fn cors(mut self, cors: Cors) -> Self {
        self.config.cors = cors;
        self
    }

    /// Adds an empty bucket that is there from the start; one that a directory has already keeps its objects.
    pub fn bucket(mut self, name: impl Into<String>) -> Self {
        self.buckets.push(InitialBucket { name: name.into(), versioned: false });
        self
    }

    /// Adds a bucket, as [`bucket`](Self::bucket) does, and enables versioning in it.
    pub fn versioned_bucket(mut self, name: impl Into<String>) -> Self {
        self.buckets.push(InitialBucket { name: name.into(), versioned: true });
        self
    }

    /// Starts without any bucket, `examplebucket` included; those added after this call are there.
    pub fn without_buckets(mut self) -> Self {
        self.buckets.clear();
        self
    }

    /// Whether the first write to a bucket creates it; off by default, as in OSS, where a misspelt bucket is
    /// NoSuchBucket.
    pub fn create_buckets(mut self, create: bool) -> Self {
        self.config.create_buckets = create;
        self
    }

    /// Whether GetBucketInfo and ListBuckets answer with the endpoints of the real service; they name this server by
    /// default, so that a program that follows them sends nothing to the internet.
    pub fn real_endpoints(mut self, real: bool) -> Self {
        self.config.real_endpoints = real;
        self
    }

    /// The ACL of buckets that are created without one, those at the start included; private by default.
    pub fn default_acl(mut self, acl: Acl) -> Self {
        self.config.default_acl = acl;
        self
    }

    /// Whether the MD5 of each object is computed; it is by default. Without it the `ETag` is made of CRC-64 and
    /// size, and the server receives about as fast as the network allows.
    pub fn md5(mut self, md5: bool) -> Self {
        self.config.md5 = md5;
        self
    }

    /// Whether `GET /` shows a browser a page with the buckets, an upload form and a log; off by default. It answers
    /// loopback connections only, and signs for whoever has the token in
    /// [`page_url`](crate::RunningServer::page_url). Objects are then answered with `Content-Security-Policy: sandbox`, so
    /// that a stored page cannot act as this one.
    pub fn page(mut self, page: bool) -> Self {
        self.config.page = page;
        self
    }

    /// Calls `listener` with each request once its answer has been sent or has broken off. It runs on the server's own
    /// threads, so it must not block.
    pub fn on_request(mut self, listener: impl Fn(&RequestRecord) + Send + Sync + 'static) -> Self {
        self.config.log.listen(listener);
        self
    }

    /// Serves this many connections at a time (12 288); further ones wait in the system's queue. An idle connection
    /// costs some kilobytes, one that sends or reads as fast as it can up to 2 MiB.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.config.max_connections = connections.max(1);
        self
    }

    /// Speaks TLS.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// How long a client may pause while it sends a request (30 s), and while it reads an answer (30 s). A client
    /// that the server has waited for so long in all, and that has moved less than 1 KiB per second meanwhile, is cut off.
    pub fn timeouts(mut self, read: Duration, write: Duration) -> Self {
        self.config.read_timeout = read;
        self.config.write_timeout = write;
        self
    }

    /// How long a shutdown waits for requests that are under way (10 s).
    pub fn grace(mut self, grace: Duration) -> Self {
        self.config.grace = grace;
        self
    }

    /// Lets something go wrong; more rules can be added while the server runs.
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.faults.push(rule);
        self
    }
}
