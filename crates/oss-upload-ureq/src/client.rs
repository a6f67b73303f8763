//! A ureq agent that suits presigned URLs.

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

/// The chunk in which bodies are read and written: one mebibyte.
pub(crate) const CHUNK: usize = 1 << 20;

/// An agent with the settings of [`client_builder`].
pub fn client() -> Agent {
    client_builder().build().new_agent()
}

/// A configuration with buffers of 1 MiB, without content encodings, that names itself; add your own settings to it.
///
/// Redirects are never followed and service errors always read: the adapter sets both for each request, whatever
/// the agent says.
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
