//! From a presigned request to exactly what is sent.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use oss_presign::PresignedRequest;

use crate::options::Options;
use crate::refusal::Refusal;
use crate::required_headers::RequiredHeaders;
use crate::unchecked_request::UncheckedRequest;
use crate::url::UrlParts;

/// A request that passed every check, ready for an HTTP client.
#[derive(Clone)]
#[non_exhaustive]
pub struct CheckedRequest {
    /// The method.
    pub method: &'static str,
    /// The URL, character by character as it was presigned.
    pub url: String,
    /// Host and port, for logs.
    pub authority: String,
    /// The path, for logs.
    pub path: String,
    /// The headers to send; `host` and `content-length` are the client's.
    pub headers: Vec<(String, String)>,
    /// Whether other headers may have been signed than are known here.
    pub bare: bool,
}

impl CheckedRequest {
    /// Checks a presigned request against its intended use.
    ///
    /// `extra` are the caller's headers; `body_length` is `None` for a request without a body; `clock` is this
    /// machine's time in seconds since 1970, to which the clock offset of `options` is added.
    ///
    /// # Errors
    /// The first [`Refusal`] found.
    pub fn check(
        presigned: &PresignedRequest,
        method: &'static str,
        extra: &[(String, String)],
        body_length: Option<u64>,
        clock: Option<u64>,
        options: &Options,
    ) -> Result<Self, Refusal> {
        let url = UrlParts::parse(presigned.url()).ok_or(Refusal::UnusableUrl)?;
        let extra = extra.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let headers = RequiredHeaders { url, required: presigned.headers(), extra };
        let request = UncheckedRequest {
            method: presigned.method().as_str(),
            headers: headers.clone(),
            expires_at: Some(presigned.expires_at().unix()),
            wanted_method: method,
            body_length,
            now: clock.map(|clock| clock.saturating_add_signed(options.clock_offset)),
            allow_plain_http: options.allow_plain_http,
        };
        request.check()?;
        let headers = headers.to_send().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Ok(Self {
            method,
            url: presigned.url().to_string(),
            authority: url.authority.to_string(),
            path: url.path.to_string(),
            headers,
            bare: presigned.is_bare(),
        })
    }

    /// Whether it goes to this machine.
    pub fn is_local(&self) -> bool {
        UrlParts::parse(&self.url).is_some_and(|url| url.is_loopback())
    }

    /// The value of a header that is sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }
}

impl core::fmt::Debug for CheckedRequest {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("CheckedRequest")
            .field("method", &self.method)
            .field("authority", &self.authority)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
