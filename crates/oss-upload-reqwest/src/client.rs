//! A reqwest client that suits presigned URLs.

use oss_upload::TransferError;

/// The chunk in which bodies are read and written: one mebibyte.
pub(crate) const CHUNK: usize = 1 << 20;

/// A client with the settings of [`client_builder`].
///
/// # Errors
/// [`TransferError::Connection`] where the TLS backend cannot be set up.
pub fn client() -> Result<reqwest::Client, TransferError> {
    client_builder().build().map_err(|error| TransferError::Connection(error.without_url().into()))
}

/// A builder that follows no redirects, decodes no content encodings and names itself; add your own settings to it.
///
/// reqwest is built without a TLS provider of its own here and **panics** in `Client::new()` where none is installed;
/// this function installs ring's for the process unless another one is there already. Whoever builds a client
/// in another way calls `rustls::crypto::ring::default_provider().install_default()` first.
///
/// A client that follows redirects is noticed only afterwards: the answer is then refused with
/// [`TransferError::Redirected`].
pub fn client_builder() -> reqwest::ClientBuilder {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Losing a race against another installer leaves a provider installed, which is all that is needed.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        // Other crates may switch these features on; a decoded body would not have the object's checksum.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(oss_upload::Timeouts::default().connect)
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
}
