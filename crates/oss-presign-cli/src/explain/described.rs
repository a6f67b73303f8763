//! The request as the caller describes it: what was signed, and what was sent.

use oss_presign::PresignedRequest;

use crate::arguments::{Explain, parse_header};
use crate::failure::Failure;
use crate::presigned_input;

/// The request as the caller describes it.
pub(super) struct Described {
    /// The URL that the signer returned. It may be damaged, which may be the cause.
    pub(super) url: String,
    /// The request that the signer returned, if it was given as JSON.
    pub(super) request: Option<PresignedRequest>,
    /// The URL that was sent, if it is another.
    pub(super) sent_url: Option<String>,
    /// The method that was sent, if the caller says it.
    pub(super) method: Option<String>,
    /// The headers that were sent. Empty if the caller names none.
    pub(super) headers: Vec<(String, String)>,
}

impl Described {
    /// Reads a URL, or the JSON of a presigned request, and the arguments that describe what was sent.
    pub(super) fn read(text: &str, arguments: &Explain) -> Result<Self, Failure> {
        let text = text.trim();
        let is_json = text.starts_with('{');
        let request = is_json.then(|| presigned_input::read(text, "GET", &[])).transpose()?;
        let request = request.map(|input| input.request);
        let url = request.as_ref().map_or(text, |request| request.url()).to_owned();
        let mut headers = Vec::new();
        for header in &arguments.headers {
            let (name, value) = parse_header(header).map_err(Failure::unusable)?;
            headers.push((name.to_owned(), value.to_owned()));
        }
        let (method, sent_url) = (arguments.method.clone(), arguments.sent_url.clone());
        Ok(Self { url, request, sent_url, method, headers })
    }

    pub(super) fn sent_url(&self) -> &str {
        self.sent_url.as_deref().unwrap_or(&self.url)
    }
}
