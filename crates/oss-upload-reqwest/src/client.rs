//! A reqwest client that suits presigned URLs.

use std::env::{var, var_os};

use oss_upload::{TransferError, Trust};
use reqwest::{ClientBuilder, NoProxy, Proxy};

use crate::exchange::connection_error;

/// The chunk in which bodies are read and written: one mebibyte.
pub(crate) const CHUNK: usize = 1 << 20;

/// Returns a client with the settings of [`client_builder`] that trusts the servers that the platform trusts.
///
/// # Errors
/// Those of [`client_builder`], and [`TransferError::Connection`] if the client cannot be made.
pub fn client() -> Result<reqwest::Client, TransferError> {
    client_builder(Trust::platform())?.build().map_err(connection_error)
}

/// Returns a builder for clients that follow no redirects, decode no content encodings, name this crate as their user agent
/// and trust the servers that `trust` says. Add your own settings to it.
///
/// TLS is rustls with the `CryptoProvider` that the process has installed, or with ring if it has installed none. This
/// function installs none. Proxies are taken from `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`; requests to this
/// machine (`localhost`, 127.0.0.0/8, `[::1]`) use no proxy.
///
/// If you make the client follow redirects, an answer from another URL is refused with [`TransferError::Redirected`], but only
/// after the request was sent there.
///
/// # Errors
/// [`TransferError::Untrusted`] if there is no `CryptoProvider`, and [`TransferError::Connection`] if one of the variables is
/// not the URL of a proxy.
pub fn client_builder(trust: Trust) -> Result<ClientBuilder, TransferError> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(trust.client_config(&[b"h2", b"http/1.1"])?)
        .redirect(reqwest::redirect::Policy::none())
        // Other crates may switch these features on; a decoded body would not have the object's checksum.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(oss_upload::Timeouts::default().connect)
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
    Ok(proxies()?.into_iter().fold(builder.no_proxy(), ClientBuilder::proxy))
}

/// The proxies of the environment, each of them not for this machine.
fn proxies() -> Result<Vec<Proxy>, TransferError> {
    let except = variable("NO_PROXY").unwrap_or_default();
    let except = NoProxy::from_string(&format!("{except},localhost,127.0.0.0/8,::1"));
    let mut proxies = Vec::new();
    // A web server hands a client's header `Proxy` to its CGI programs under this name.
    let http = if var_os("REQUEST_METHOD").is_some() { None } else { variable("HTTP_PROXY") };
    for (name, url, proxy) in [
        ("HTTP_PROXY", http, Proxy::http as fn(String) -> reqwest::Result<Proxy>),
        ("HTTPS_PROXY", variable("HTTPS_PROXY"), Proxy::https),
        ("ALL_PROXY", variable("ALL_PROXY"), Proxy::all),
    ] {
        if let Some(url) = url {
            let what = format!("{name} is not the URL of a proxy");
            proxies.push(
                proxy(url).map_err(|_| TransferError::Connection(what.into()))?.no_proxy(except.clone()),
            );
        }
    }
    Ok(proxies)
}

/// A variable of the environment, in either case.
fn variable(name: &str) -> Option<String> {
    let value = var(name).or_else(|_| var(name.to_ascii_lowercase())).ok();
    value.filter(|value| !value.trim().is_empty())
}
