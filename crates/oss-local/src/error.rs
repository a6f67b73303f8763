//! What the server answers when it refuses: OSS's status, code, message and fine-grained code.

use std::borrow::Cow;
use std::io;

use http::{HeaderName, HeaderValue, StatusCode};
use oss_presign::explain::Mistake;

use crate::xml::Writer;

/// A refusal, as OSS would word it; boxed, because most results are not one.
#[derive(Debug)]
pub(crate) struct OssError(Box<Refusal>);

#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: Cow<'static, str>,
    pub(crate) ec: Option<Cow<'static, str>>,
    /// Further elements of the XML body, in order.
    pub(crate) details: Vec<(&'static str, String)>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// The mistakes that make the refused signature; never part of the answer.
    pub(crate) proof: Vec<Mistake>,
}

pub(crate) type Result<T> = std::result::Result<T, OssError>;

impl OssError {
    pub(crate) fn new(
        status: u16,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Refusal {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code: code.into(),
            message: message.into(),
            ec: None,
            details: Vec::new(),
            headers: Vec::new(),
            proof: Vec::new(),
        }))
    }

    pub(crate) fn proved(mut self, proof: Vec<Mistake>) -> Self {
        self.0.proof = proof;
        self
    }

    pub(crate) fn ec(mut self, ec: impl Into<Cow<'static, str>>) -> Self {
        self.0.ec = Some(ec.into());
        self
    }

    /// Sets the fine-grained code where the error is of this code.
    pub(crate) fn ec_of(self, code: &str, ec: &'static str) -> Self {
        if self.code == code { self.ec(ec) } else { self }
    }

    pub(crate) fn detail(mut self, element: &'static str, text: impl Into<String>) -> Self {
        self.0.details.push((element, text.into()));
        self
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    pub(crate) fn invalid_argument(message: impl Into<Cow<'static, str>>, name: &str, value: &str) -> Self {
        Self::new(400, "InvalidArgument", message).detail("ArgumentName", name).detail("ArgumentValue", value)
    }

    pub(crate) fn access_denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(403, "AccessDenied", message)
    }

    pub(crate) fn no_such_bucket(bucket: &str) -> Self {
        Self::new(404, "NoSuchBucket", "The specified bucket does not exist.")
            .ec("0015-00000101")
            .detail("BucketName", bucket)
    }

    pub(crate) fn no_such_key(key: &str) -> Self {
        Self::new(404, "NoSuchKey", "The specified key does not exist.")
            .ec("0026-00000001")
            .detail("Key", key)
    }

    pub(crate) fn method_not_allowed(method: &str) -> Self {
        Self::new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
            .detail("Method", method)
    }

    pub(crate) fn not_implemented(what: impl std::fmt::Display) -> Self {
        Self::new(501, "NotImplemented", format!("The local server does not offer {what}."))
    }

    pub(crate) fn entity_too_large(limit: u64, proposed: u64) -> Self {
        Self::new(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")
            .detail("MaxSizeAllowed", limit.to_string())
            .detail("ProposedSize", proposed.to_string())
    }

    pub(crate) fn malformed_xml(why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "MalformedXML", why)
    }

    /// The `<Error>` document.
    pub(crate) fn to_xml(&self, request_id: &str, host: &str) -> String {
        let mut xml = Writer::document();
        xml.open("Error");
        xml.element("Code", &self.code);
        xml.element("Message", &self.message);
        xml.element("RequestId", request_id);
        xml.element("HostId", host);
        for (element, text) in &self.details {
            xml.element(element, text);
        }
        if let Some(ec) = &self.ec {
            xml.element("EC", ec);
            xml.element("RecommendDoc", &format!("https://api.aliyun.com/troubleshoot?q={ec}"));
        }
        xml.close("Error");
        xml.finish()
    }
}

impl std::ops::Deref for OssError {
    type Target = Refusal;

    fn deref(&self) -> &Refusal {
        &self.0
    }
}

impl From<io::Error> for OssError {
    /// A fault of the store, or no more room in it. The path stays out of the answer.
    fn from(error: io::Error) -> Self {
        match (error.kind(), error.get_ref()) {
            (io::ErrorKind::StorageFull, Some(why)) => {
                Self::new(507, "InsufficientStorage", format!("The local server is full: {why}."))
            }
            (io::ErrorKind::StorageFull, None) => {
                Self::new(507, "InsufficientStorage", "The disk of the local server is full.")
            }
            (kind, _) => Self::new(500, "InternalError", format!("The store failed: {kind}.")),
        }
    }
}
