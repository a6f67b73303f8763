//! The settings of a server.

use std::time::Duration;

use crate::address::Hosts;
use crate::clock::Clock;
use crate::cors::Cors;
use crate::request_log::RequestLog;
use crate::store::Acl;

/// What the builder has decided.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) clock: Clock,
    pub(crate) hosts: Hosts,
    pub(crate) cors: Cors,
    pub(crate) create_buckets: bool,
    /// Whether answers name the endpoints of the real service instead of this server.
    pub(crate) real_endpoints: bool,
    /// Of buckets that are created on first use.
    pub(crate) default_acl: Acl,
    pub(crate) md5: bool,
    /// What the page's signer asks for; set when the server starts.
    pub(crate) token: Option<String>,
    /// `http` or `https`.
    pub(crate) scheme: &'static str,
    pub(crate) log: RequestLog,
    /// The most connections at a time; further ones wait.
    pub(crate) max_connections: usize,
    /// Whether a browser gets a page that can sign uploads.
    pub(crate) page: bool,
    pub(crate) read_timeout: Duration,
    pub(crate) write_timeout: Duration,
    /// How long a shutdown waits for requests that are under way.
    pub(crate) grace: Duration,
}
