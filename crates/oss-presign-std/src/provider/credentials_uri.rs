//! Credentials from a credential server.

use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use zeroize::Zeroizing;

use super::http_get::{Client, address};
use super::{ProvideCredentials, ProviderError, issued};
use crate::credentials::Credentials;
use crate::environment::variable;

const VARIABLE: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

/// A provider that fetches credentials with a GET request from a credential server, which usually runs on the same machine. The
/// server responds with `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and `Expiration` as JSON.
///
/// Over plain HTTP it connects to loopback addresses only, unless [`over_plain_http`](Self::over_plain_http) allows other
/// machines. `https` needs the feature `providers-https`, and trusts the platform's root certificates (on Linux and the
/// BSDs, `SSL_CERT_FILE` replaces them if it is set). It uses no proxies and follows no redirects.
#[must_use]
pub struct CredentialsUri {
    /// Path and query may contain a token.
    uri: Zeroizing<String>,
    client: Client,
}

impl CredentialsUri {
    /// Creates a provider for this URI.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] if this is not an `http` or `https` URI, or an `http` URI of another machine.
    pub fn new(uri: impl Into<String>) -> Result<Self, ProviderError> {
        let checked = Self::over_plain_http(uri)?;
        if checked.uri.starts_with("http://") && !is_loopback(&address(&checked.uri)) {
            let what = format!(
                "{} would send credentials in the clear: use https, or `CredentialsUri::over_plain_http`",
                address(&checked.uri)
            );
            return Err(ProviderError::Malformed { what });
        }
        Ok(checked)
    }

    /// Creates a provider for this URI, and allows `http` to any machine. Anyone who can read the network then sees the
    /// credentials.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] if this is not an `http` or `https` URI.
    pub fn over_plain_http(uri: impl Into<String>) -> Result<Self, ProviderError> {
        let uri = Zeroizing::new(uri.into());
        if !uri.starts_with("http://") && !uri.starts_with("https://") {
            let what = "the credentials URI begins neither with `https://` nor with `http://`".into();
            return Err(ProviderError::Malformed { what });
        }
        let client = Client::new(Duration::from_secs(5), Duration::from_secs(10));
        Ok(Self { uri, client })
    }

    /// Creates a provider for the URI in `ALIBABA_CLOUD_CREDENTIALS_URI`.
    ///
    /// # Errors
    /// [`ProviderError::Absent`] if the variable is not set; otherwise as [`CredentialsUri::new`].
    pub fn from_env() -> Result<Self, ProviderError> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    pub(super) fn from_variables(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, ProviderError> {
        match variable(lookup, VARIABLE)? {
            Some(uri) => Self::new(uri),
            None => Err(ProviderError::Absent {
                provider: "a credentials URI",
                what: format!("{VARIABLE} is not set"),
            }),
        }
    }
}

impl ProvideCredentials for CredentialsUri {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        let body = self.client.get(&self.uri, None)?.success()?;
        issued::credentials(&body, &address(&self.uri))
    }
}

fn is_loopback(address: &str) -> bool {
    let authority = address.split_once("://").map_or(address, |(_, authority)| authority);
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Shows only the host, because path and query may contain a token.
impl fmt::Debug for CredentialsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsUri").field("address", &address(&self.uri)).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_the_clear_to_this_machine_alone() {
        for uri in ["http://127.0.0.1/a", "http://127.9.9.9:80?a", "http://[::1]:80/", "http://localhost:80"]
        {
            assert!(CredentialsUri::new(uri).is_ok(), "{uri}");
        }
        for uri in [
            "http://192.0.2.1/a",
            "http://localhost.example.com",
            "http://127.0.0.1@example.com/",
            "ftp://a",
            "",
        ] {
            assert_eq!(CredentialsUri::new(uri).unwrap_err().code(), "ProviderMalformed", "{uri}");
        }
        assert!(CredentialsUri::new("https://example.com/a").is_ok());
        assert!(CredentialsUri::over_plain_http("http://192.0.2.1/a").is_ok());
    }

    #[test]
    fn from_the_environment() {
        assert!(CredentialsUri::from_variables(|_| None).unwrap_err().is_absent());
        let uri = |_: &str| Some(OsString::from("http://127.0.0.1:1/fake-path-token?fake-token"));
        let shown = format!("{:?}", CredentialsUri::from_variables(uri).unwrap());
        assert!(shown.contains("http://127.0.0.1:1") && !shown.contains("token"), "{shown}");
    }
}
