//! The HTTP client of the providers: blocking, without proxies and redirects, and with the platform's root certificates.

use std::io::Read;
use std::time::Duration;

use ureq_plain as ureq;
use zeroize::Zeroizing;

use super::ProviderError;
#[cfg(feature = "providers-https")]
use super::tls;

/// The largest response that is accepted, in bytes. Credentials need much less.
const MOST_BYTES: usize = 64 * 1024;

pub(super) struct Client {
    agent: ureq::Agent,
}

impl Client {
    /// Creates a client that uses no proxy, which would see the credentials, and follows no redirect, which could send a token to
    /// another server.
    pub(super) fn new(connect: Duration, whole: Duration) -> Self {
        let config = ureq::Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_connect(Some(connect))
            .timeout_global(Some(whole));
        #[cfg(feature = "providers-https")]
        let config = config.tls_config(tls::config());
        Self { agent: config.build().into() }
    }

    pub(super) fn get(&self, url: &str, header: Option<(&str, &str)>) -> Result<Answer, ProviderError> {
        check_scheme(url)?;
        let mut request = self.agent.get(url);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        Answer::read(url, request.call())
    }

    pub(super) fn put(&self, url: &str, header: (&str, &str)) -> Result<Answer, ProviderError> {
        check_scheme(url)?;
        Answer::read(url, self.agent.put(url).header(header.0, header.1).send_empty())
    }

    /// Sends a request of the `http` crate.
    #[cfg(feature = "reqsign")]
    pub(super) fn send(
        &self,
        request: ureq::http::Request<bytes::Bytes>,
    ) -> Result<ureq::http::Response<Vec<u8>>, ProviderError> {
        let url = request.uri().to_string();
        let (parts, body) = request.into_parts();
        let request = ureq::http::Request::from_parts(parts, body.to_vec());
        let answer = Answer::read(&url, self.agent.run(request))?;
        let mut response = ureq::http::Response::new(answer.body.to_vec());
        *response.status_mut() = ureq::http::StatusCode::from_u16(answer.status).unwrap_or_default();
        Ok(response)
    }
}

pub(super) struct Answer {
    address: String,
    status: u16,
    body: Zeroizing<Vec<u8>>,
}

impl Answer {
    fn read(
        url: &str,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Self, ProviderError> {
        let address = address(url);
        let unreachable = |reason: String| ProviderError::Unreachable { address: address.clone(), reason };
        let mut answer = answer.map_err(|error| unreachable(reason(&error)))?;
        let status = answer.status().as_u16();
        // The capacity suffices for the largest response: a vector that grows would leave copies of secrets in memory.
        let mut body = Zeroizing::new(Vec::with_capacity(MOST_BYTES + 1));
        let reader = answer.body_mut().as_reader();
        reader
            .take(MOST_BYTES as u64 + 1)
            .read_to_end(&mut body)
            .map_err(|error| unreachable(format!("the answer broke off: {}", error.kind())))?;
        if body.len() > MOST_BYTES {
            return Err(unreachable("it answers more than credentials".into()));
        }
        Ok(Self { address, status, body })
    }

    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// Returns the body of a response with status 200, or an error for any other status.
    pub(super) fn success(self) -> Result<Zeroizing<Vec<u8>>, ProviderError> {
        if self.status == 200 {
            Ok(self.body)
        } else {
            Err(ProviderError::Refused { address: self.address, status: self.status })
        }
    }
}

/// Refuses `https` where this crate has no TLS. The HTTP client may have some, with roots that another crate chose.
fn check_scheme(url: &str) -> Result<(), ProviderError> {
    if cfg!(feature = "providers-https") || !url.starts_with("https://") {
        return Ok(());
    }
    let reason = "https needs the feature `providers-https` of oss-presign-std".into();
    Err(ProviderError::Unreachable { address: address(url), reason })
}

/// Returns the part of a URL that can be shown: without path and query, which may contain a token.
pub(super) fn address(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}")
}

/// Returns the reason of an error without the parts of the URL that the client's own message may quote.
fn reason(error: &ureq::Error) -> String {
    #[cfg(feature = "providers-https")]
    if let Some(reason) = tls::distrust(error) {
        return reason;
    }
    match error {
        ureq::Error::Io(error) => error.kind().to_string(),
        ureq::Error::Timeout(_) => "it took too long".into(),
        ureq::Error::HostNotFound => "its name is not known".into(),
        ureq::Error::ConnectionFailed => "the connection failed".into(),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => "its URL is not valid".into(),
        _ => "the exchange failed".into(),
    }
}
