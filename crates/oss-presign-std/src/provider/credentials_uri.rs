//! Credentials that a server hands out.

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

/// Fetches credentials with a GET from a server, mostly one beside the application: `AccessKeyId`,
/// `AccessKeySecret`, `SecurityToken` and `Expiration` as JSON.
///
/// In the clear it speaks to the machine itself alone, unless [`over_plain_http`](Self::over_plain_http) says
/// otherwise; `https` needs the feature `providers-https`. Proxies and redirects are not followed.
#[must_use]
pub struct CredentialsUri {
    /// Path and query may hold a token.
    uri: Zeroizing<String>,
    client: Client,
}

impl CredentialsUri {
    /// Asks this URI.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] where it is no `http` or `https` URI, and for `http` to another machine.
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

    /// Asks this URI, in the clear if need be: whoever reads the network reads the credentials.
    ///
    /// # Errors
    /// [`ProviderError::Malformed`] where it is no `http` or `https` URI.
    pub fn over_plain_http(uri: impl Into<String>) -> Result<Self, ProviderError> {
        let uri = Zeroizing::new(uri.into());
        if !uri.starts_with("http://") && !uri.starts_with("https://") {
            let what = "the credentials URI begins neither with `https://` nor with `http://`".into();
            return Err(ProviderError::Malformed { what });
        }
        let client = Client::new(Duration::from_secs(5), Duration::from_secs(10));
        Ok(Self { uri, client })
    }

    /// Asks the URI that `ALIBABA_CLOUD_CREDENTIALS_URI` names.
    ///
    /// # Errors
    /// [`ProviderError::Absent`] where it is not set, else as [`CredentialsUri::new`].
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

/// Shows the host; path and query may hold a token.
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
