//! A presigned request from an argument, a file or standard input: a bare URL, or the JSON that `--json` prints.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use oss_presign::PresignedRequest;
use oss_presign::explain::recognize_escapes;

use crate::arguments::parse_header;
use crate::failure::Failure;

/// More than any URL with its headers.
const LIMIT: u64 = 1 << 20;

/// A presigned request, and headers to send that it did not come with.
pub(crate) struct PresignedInput {
    pub(crate) request: PresignedRequest,
    /// Headers given beside JSON: the adapter refuses those that contradict it.
    pub(crate) extra: Vec<(String, String)>,
    /// Whether the request says which headers are bound. A bare URL does not.
    pub(crate) complete: bool,
    /// Whether this command has signed it, with credentials that it found.
    pub(crate) is_own: bool,
}

impl PresignedInput {
    /// A request that this command has signed.
    pub(crate) fn signed_here(request: PresignedRequest) -> Self {
        Self { request, extra: Vec::new(), complete: true, is_own: true }
    }
}

/// The argument itself, where it is a URL or JSON; what standard input holds, where it is `-`; or what the file holds
/// that it names.
pub(crate) fn text(argument: &str) -> Result<String, Failure> {
    let read = |source: &mut dyn Read| {
        let mut text = String::new();
        source.take(LIMIT).read_to_string(&mut text).map(|_| text)
    };
    if argument == "-" {
        return read(&mut std::io::stdin().lock())
            .map_err(|error| Failure::unusable(format!("standard input: {error}")));
    }
    if is_url_or_json(argument) || argument.trim().is_empty() {
        return Ok(argument.to_owned());
    }
    let path = Path::new(argument);
    match File::open(path) {
        Ok(mut file) => read(&mut file).map_err(|error| Failure::file(path, &error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(Failure::unusable(format!(
            "`{}` is no URL, no JSON, and no file that is there",
            argument.escape_debug()
        ))
        .with_hint("a URL begins with https:// and stands in single quotes: a shell ends it at its first &")),
        Err(error) => Err(Failure::file(path, &error)),
    }
}

/// Whether an argument is a request itself, and does not name a place where one is.
pub(crate) fn is_url_or_json(argument: &str) -> bool {
    let argument = argument.trim_start();
    argument.starts_with('{') || argument.contains("://")
}

/// Reads an argument as a request for `method`; JSON has a method of its own.
pub(crate) fn read(argument: &str, method: &str, headers: &[String]) -> Result<PresignedInput, Failure> {
    let text = text(argument)?;
    let text = text.trim();
    if text.is_empty() {
        let place = match argument {
            "-" => "standard input: the command before may have failed".to_owned(),
            argument if argument.trim().is_empty() => "the argument, which is empty".to_owned(),
            file => file.escape_debug().to_string(),
        };
        return Err(Failure::unusable(format!("no URL and no JSON in {place}")));
    }
    if text.lines().count() > 1 && !text.starts_with('{') {
        return Err(Failure::unusable("more than one line: give one URL, or one request as JSON"));
    }
    let mut extra = Vec::new();
    for header in headers {
        let (name, value) = parse_header(header).map_err(Failure::unusable)?;
        extra.push((name.to_owned(), value.to_owned()));
    }
    if text.starts_with('{') {
        let request = serde_json::from_str(text).map_err(|error| {
            // Its own text may quote what it read.
            let place = format!("line {}, column {}", error.line(), error.column());
            Failure::unusable(match error.classify() {
                serde_json::error::Category::Data => format!("no presigned request: {error}"),
                _ => format!("no JSON of one presigned request ({place})"),
            })
        })?;
        return Ok(PresignedInput { request, extra, complete: true, is_own: false });
    }
    let is_argument = argument == "-" || is_url_or_json(argument);
    if !is_argument && !text.contains("://") {
        let file = argument.escape_debug();
        return Err(Failure::unusable(format!(
            "the file `{file}` holds no presigned URL and no JSON of one"
        ))
        .with_hint("where you have credentials, name the object as oss://BUCKET/KEY"));
    }
    let mut request = PresignedRequest::from_url(method, text).map_err(|error| {
        if let Some(escaped) = recognize_escapes(text) {
            return Failure::unusable(&escaped).with_hint(escaped.remedy());
        }
        let failure = Failure::unusable(error);
        // Nothing of it was ever signed.
        if text.contains("x-oss-") {
            failure
        } else {
            failure.with_hint("`oss-presign put` and `oss-presign get` make one, with credentials")
        }
    })?;
    for (name, value) in extra {
        request = request.with_header(&name, &value).map_err(Failure::unusable)?;
    }
    Ok(PresignedInput { request, extra: Vec::new(), complete: false, is_own: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a?x-oss-credential=fake-access-key-id%2F20241112%2F\
        cn-hangzhou%2Foss%2Faliyun_v4_request&x-oss-date=20241112T083238Z&x-oss-expires=600&x-oss-signature-version=OSS4-HMAC-SHA256\
        &x-oss-signature=fake";

    fn message(argument: &str) -> String {
        read(argument, "PUT", &[]).err().unwrap().message
    }

    #[test]
    fn a_url_in_the_wrong_field_is_shown_without_its_query() {
        let url = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a";
        let said = message(&format!(
            "{{\"method\":\"PUT\",\"url\":\"{url}\",\"expires_at\":\"{url}?x-oss-signature=SECRET\"}}"
        ));
        assert!(said.contains(&format!("{url}?…")) && !said.contains("SECRET"), "{said}");
    }

    #[test]
    fn a_bare_url_takes_headers() {
        let presigned = read(&format!(" {URL}\n"), "PUT", &["Content-Type: image/jpeg".into()]).unwrap();
        assert!(presigned.request.headers().eq([("content-type", "image/jpeg")]));
        assert_eq!(presigned.request.expires_at().unix(), 1_731_400_358 + 600);
        assert!(!presigned.complete);
    }

    #[test]
    fn json_keeps_its_own() {
        let json =
            format!(r#"{{"method":"GET","url":"{URL}","headers":[["x-oss-a","1"]],"expires_at":5,"id":7}}"#);
        let presigned = read(&json, "PUT", &["x-oss-b: 2".into()]).unwrap();
        assert_eq!(presigned.request.method().as_str(), "GET");
        assert_eq!(presigned.extra, [("x-oss-b".to_owned(), "2".to_owned())]);
        assert!(presigned.complete);
    }

    #[test]
    fn what_is_wrong_is_said_without_quoting_a_signature() {
        assert!(message(" \n").contains("no URL and no JSON"));
        assert!(message("{\"method\":\"PUT\",\"url\":\"").contains("no JSON"));
        assert!(message(&format!("{URL}\n{URL}")).contains("more than one line"));
        assert!(message(URL.split('&').next().unwrap()).contains("cut"));
        for text in ["{\"error\":{\"code\":\"x\"}}".to_owned(), format!("{URL}#")] {
            assert!(!message(&text).contains("x-oss-signature=fake"));
        }
    }
}
