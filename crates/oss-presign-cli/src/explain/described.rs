//! What the caller says of the request: what was signed, and what was sent.

use oss_presign::PresignedRequest;

use crate::arguments::{Explain, parse_header};
use crate::failure::Failure;
use crate::presigned_input;

/// The request as it is described.
pub(crate) struct Described {
    /// What the signer handed out, damaged or not: that may be the cause.
    pub(crate) url: String,
    /// The same with method and headers, where it was given as JSON.
    pub(crate) request: Option<PresignedRequest>,
    /// The URL that was sent, where that is another.
    pub(crate) sent_url: Option<String>,
    /// The method that was sent, where that was said.
    pub(crate) method: Option<String>,
    /// The headers that were sent; empty where none was said.
    pub(crate) headers: Vec<(String, String)>,
}

impl Described {
    pub(super) fn read(arguments: &Explain) -> Result<Self, Failure> {
        let described = Self::new(&arguments.request, arguments.method.as_deref(), &arguments.headers)?;
        Ok(Self { sent_url: arguments.sent_url.clone(), ..described })
    }

    /// Reads a URL, or the JSON of one, and what is said of it.
    pub(crate) fn new(request: &str, method: Option<&str>, headers: &[String]) -> Result<Self, Failure> {
        let text = presigned_input::text(request)?;
        let text = text.trim();
        let request = match text.starts_with('{') {
            true => Some(presigned_input::read(text, "GET", &[])?.request),
            false => None,
        };
        let url = request.as_ref().map_or(text, |request| request.url()).to_owned();
        let mut said = Vec::new();
        for header in headers {
            let (name, value) = parse_header(header).map_err(Failure::unusable)?;
            said.push((name.to_owned(), value.to_owned()));
        }
        let method = method.map(str::to_ascii_uppercase);
        Ok(Self { url, request, sent_url: None, method, headers: said })
    }

    pub(crate) fn sent_url(&self) -> &str {
        self.sent_url.as_deref().unwrap_or(&self.url)
    }
}
