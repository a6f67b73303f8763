//! The CORS rules of a bucket, as PutBucketCors stores them. Where a bucket has some, only they decide.

use http::header::{self, HeaderMap, HeaderValue};

use crate::error::{OssError, Result};
use crate::xml::{self, Element};

/// One rule. The first that fits a request answers it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    origins: Vec<String>,
    methods: Vec<String>,
    headers: Vec<String>,
    exposed: Vec<String>,
    max_age: Option<u64>,
}

/// OSS allows this many rules.
const MAX_RULES: usize = 20;
const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];

/// Reads the document of PutBucketCors.
pub(crate) fn read(document: &[u8]) -> Result<Vec<Rule>> {
    let root = xml::read(document, "CORSConfiguration")?;
    let rules: Vec<_> = root.all("CORSRule").map(rule).collect::<Result<_>>()?;
    if rules.is_empty() || rules.len() > MAX_RULES {
        return Err(OssError::malformed_xml("CORSConfiguration holds 1 to 20 elements CORSRule."));
    }
    Ok(rules)
}

fn rule(element: &Element) -> Result<Rule> {
    let texts = |name| element.all(name).map(|child| child.text.trim().to_owned()).collect::<Vec<_>>();
    let max_age = element.text_of("MaxAgeSeconds").map(|text| text.trim().parse());
    let rule = Rule {
        origins: texts("AllowedOrigin"),
        methods: texts("AllowedMethod"),
        headers: texts("AllowedHeader"),
        exposed: texts("ExposeHeader"),
        max_age: max_age.transpose().map_err(|_| OssError::malformed_xml("MaxAgeSeconds is no number."))?,
    };
    if rule.origins.is_empty() || rule.methods.is_empty() {
        return Err(OssError::malformed_xml("A CORSRule holds an AllowedOrigin and an AllowedMethod."));
    }
    if !rule.methods.iter().all(|method| METHODS.contains(&method.as_str())) {
        return Err(OssError::malformed_xml("AllowedMethod is GET, PUT, POST, DELETE or HEAD."));
    }
    let one_star = |text: &String| text.matches('*').count() <= 1;
    if !rule.origins.iter().chain(&rule.headers).all(one_star) {
        return Err(OssError::malformed_xml("An origin or a header holds at most one asterisk."));
    }
    Ok(rule)
}

/// The rule for a request of this origin, with this method and these further headers.
pub(crate) fn find<'r>(
    rules: &'r [Rule],
    origin: &str,
    method: &str,
    headers: Option<&str>,
) -> Option<&'r Rule> {
    let allows = |rule: &&Rule| {
        let mut names = headers.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
        rule.origins.iter().any(|pattern| fits(pattern, origin))
            && rule.methods.iter().any(|allowed| allowed == method)
            && names.all(|name| rule.headers.iter().any(|pattern| fits(pattern, name)))
    };
    rules.iter().find(allows)
}

/// A pattern with at most one `*`, in any letter case.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

impl Rule {
    /// The headers that allow a page at `origin` to use an answer.
    pub(crate) fn allow(&self, origin: &HeaderValue) -> HeaderMap {
        let any = self.origins.iter().any(|origin| origin == "*");
        let mut headers = HeaderMap::new();
        let origin = if any { HeaderValue::from_static("*") } else { origin.clone() };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let mut set = |name, text: String| {
            if let Some(value) = HeaderValue::try_from(text).ok().filter(|value| !value.is_empty()) {
                headers.insert(name, value);
            }
        };
        set(header::ACCESS_CONTROL_ALLOW_METHODS, self.methods.join(", "));
        set(header::ACCESS_CONTROL_EXPOSE_HEADERS, self.exposed.join(", "));
        set(header::ACCESS_CONTROL_MAX_AGE, self.max_age.map(|age| age.to_string()).unwrap_or_default());
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &[u8] =
        b"<CORSConfiguration><CORSRule><AllowedOrigin>https://*.example.com</AllowedOrigin>\
        <AllowedMethod>PUT</AllowedMethod><AllowedHeader>x-oss-*</AllowedHeader>\
        <ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>10</MaxAgeSeconds></CORSRule></CORSConfiguration>";

    #[test]
    fn a_rule_allows_its_origins_methods_and_headers() {
        let rules = read(DOCUMENT).unwrap();
        let allowed = |origin, method, headers| find(&rules, origin, method, headers).is_some();
        assert!(allowed("https://app.example.com", "PUT", Some("X-OSS-Meta-A, x-oss-object-acl")));
        assert!(allowed("https://app.example.com", "PUT", None));
        assert!(!allowed("https://app.example.org", "PUT", None));
        assert!(!allowed("https://example.com", "PUT", None));
        assert!(!allowed("https://app.example.com", "GET", None));
        assert!(!allowed("https://app.example.com", "PUT", Some("x-oss-meta-a, content-type")));
    }

    #[test]
    fn documents_that_are_no_rules_are_refused() {
        for (from, to) in [
            ("<AllowedMethod>PUT", "<AllowedMethod>PATCH"),
            ("https://*.example.com", "*://*"),
            ("<MaxAgeSeconds>10", "<MaxAgeSeconds>soon"),
            ("<AllowedOrigin>https://*.example.com</AllowedOrigin>", ""),
        ] {
            let document = String::from_utf8(DOCUMENT.to_vec()).unwrap().replace(from, to);
            assert_eq!(read(document.as_bytes()).unwrap_err().code, "MalformedXML", "{to}");
        }
        assert!(read(b"<CORSConfiguration/>").is_err());
    }
}
