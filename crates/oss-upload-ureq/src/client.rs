//! A ureq agent that suits presigned URLs.

use oss_upload::Trust;
use ureq::Agent;
use ureq::config::{Config, ConfigBuilder};
use ureq::typestate::AgentScope;
use ureq::unversioned::resolver::DefaultResolver;

use crate::connection::connector;

/// The chunk in which bodies are read and written: one mebibyte.
pub(crate) const CHUNK: usize = 1 << 20;

/// Returns an agent with the settings of [`client_builder`] that trusts the servers that the platform trusts.
pub fn client() -> Agent {
    client_with(client_builder().build(), Trust::platform())
}

/// Returns an agent with the settings in `config` that trusts the servers that `trust` says. TLS settings in `config` have no
/// effect.
///
/// The agent differs from one that `config` makes by itself in two more ways. If the server answers and closes the connection
/// before the whole body is sent, the agent reads the answer. And TLS is rustls with the `CryptoProvider` that the process has
/// installed, or with ring if it has installed none.
pub fn client_with(config: Config, trust: Trust) -> Agent {
    Agent::with_parts(config, connector(trust), DefaultResolver::default())
}

/// Returns settings with buffers of 1 MiB and without content encodings that name this crate as the user agent. Add your own to
/// them.
///
/// Whatever an agent's settings are, an [`Uploader`](crate::Uploader) follows no redirects, reads the answers of the service
/// that say an error, and sends requests to this machine (`localhost`, 127.0.0.0/8, `[::1]`) through no proxy.
pub fn client_builder() -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false)
        // Other crates may switch gzip on; a decoded body would not have the object's checksum.
        .accept_encoding("")
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .input_buffer_size(CHUNK)
        .output_buffer_size(CHUNK)
        // Parallel parts come back to the same host.
        .max_idle_connections(64)
        .max_idle_connections_per_host(64)
}
