//! `oss-presign inspect`: what a presigned URL shows without the secret.

use std::fmt::Write as _;

use oss_presign::Timestamp;
use oss_presign::verify::ParsedUrl;
use serde::Serialize;

use crate::output;
use crate::presigned_input::PresignedInput;

/// The report on a request. It contains neither signature nor token, so it may be shown to anyone.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    access_key_id: String,
    region: String,
    product: String,
    temporary_credentials: bool,
    scheme: &'static str,
    host: String,
    host_is_signed: bool,
    path: String,
    signed_at: u64,
    expires_at: u64,
    seconds_left: i64,
    additional_headers: Vec<String>,
    parameters: Vec<(String, String)>,
    /// Only known of a request in JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<(String, String)>>,
}

impl Report {
    /// Reads a request. A bare URL does not show its method and its headers.
    pub(crate) fn new(presigned: &PresignedInput, now: Timestamp) -> Result<Self, String> {
        let url = presigned.request.url();
        let complete = Some(&presigned.request).filter(|_| presigned.complete);
        let (scheme, rest) = match url.strip_prefix("https://") {
            Some(rest) => ("https", rest),
            None => ("http", url.strip_prefix("http://").unwrap_or(url)),
        };
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = before_query.split_once('/').unwrap_or((before_query, ""));
        let presented = ParsedUrl::parse(query).map_err(|error| error.to_string())?;
        let (credential, expires_at) = (presented.credential(), presented.expires_at());
        let names = || presented.additional_headers().map(str::to_ascii_lowercase);
        Ok(Self {
            access_key_id: credential.access_key_id().to_owned(),
            region: credential.region().to_owned(),
            product: credential.product().to_owned(),
            temporary_credentials: presented.has_security_token(),
            scheme,
            host: host.to_owned(),
            host_is_signed: names().any(|name| name == "host"),
            path: format!("/{}", decode(path)),
            signed_at: presented.signed_at().unix(),
            expires_at: expires_at.unix(),
            seconds_left: expires_at.unix().cast_signed() - now.unix().cast_signed(),
            additional_headers: names().filter(|name| name != "host").collect(),
            parameters: own_parameters(query),
            method: complete.map(|request| request.method().as_str()),
            headers: complete.map(|request| request.clone().into_parts().headers),
        })
    }

    /// Returns the report for people.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a `String` cannot fail.
        _ = self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let time = |seconds| Timestamp::from_unix(seconds).map(|time| time.to_string()).unwrap_or_default();
        writeln!(text, "signed by   {} for {} ({})", self.access_key_id, self.region, self.product)?;
        if self.temporary_credentials {
            writeln!(text, "            with temporary credentials: the URL stops working when they expire")?;
        }
        if let Some(method) = self.method {
            writeln!(text, "method      {method}")?;
        }
        let host_note = if self.host_is_signed { "signed: works only with this host" } else { "not signed" };
        writeln!(text, "host        {}://{} ({host_note})", self.scheme, self.host)?;
        writeln!(text, "path        {}", self.path.escape_debug())?;
        for (name, value) in &self.parameters {
            writeln!(text, "parameter   {} = {}", name.escape_debug(), value.escape_debug())?;
        }
        writeln!(text, "signed at   {}", time(self.signed_at))?;
        let state = match self.seconds_left {
            left if left > 0 => format!("works for another {left} s"),
            left => format!("expired {} s ago", -left),
        };
        writeln!(text, "works until {} ({state})", time(self.expires_at))?;
        if let Some(headers) = &self.headers {
            for (name, value) in headers {
                let (name, value) = (output::escaped(name), output::escaped(value));
                writeln!(text, "send        {name}: {value}")?;
            }
            return Ok(());
        }
        for name in &self.additional_headers {
            writeln!(text, "send        header {name}, with the value it was signed with")?;
        }
        writeln!(
            text,
            "send        each content-type, content-md5 and x-oss-* header that it was signed with:"
        )?;
        writeln!(text, "            the URL does not show them, the JSON of `put --json` does")
    }
}

/// Returns the parameters of a query, without those of the signature.
fn own_parameters(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let pairs = pairs.map(|(name, value)| (decode(name), decode(value)));
    let signing = [
        "x-oss-additional-headers",
        "x-oss-credential",
        "x-oss-date",
        "x-oss-expires",
        "x-oss-security-token",
        "x-oss-signature",
        "x-oss-signature-version",
    ];
    pairs.filter(|(name, _)| !name.is_empty() && !signing.contains(&name.as_str())).collect()
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presigned_input;

    const URL: &str = "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/photos/%C3%BC%20%2B1.jpg?x-oss-additional-headers=content-length%3Bhost\
        &x-oss-credential=fake-access-key-id%2F20241112%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&x-oss-date=20241112T083238Z&x-oss-expires=600\
        &x-oss-process=image%2Finfo&x-oss-security-token=fake-token&x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-signature=fake-signature";

    fn report(now: u64) -> Report {
        read(URL, now)
    }

    fn read(argument: &str, now: u64) -> Report {
        let presigned = presigned_input::read(argument, "GET", &[]).unwrap();
        Report::new(&presigned, Timestamp::from_unix(now).unwrap()).unwrap()
    }

    #[test]
    fn json_tells_what_a_url_does_not_show() {
        let json = format!(
            r#"{{"method":"PUT","url":"{URL}","headers":[["content-type","image/jpeg"]],"expires_at":5}}"#
        );
        let text = read(&json, 0).text();
        assert!(
            text.contains("method      PUT\n") && text.contains("send        content-type: image/jpeg\n"),
            "{text}"
        );
    }

    #[test]
    fn tells_who_what_and_until_when() {
        insta::assert_snapshot!(report(1_731_400_358).text(), @r"
        signed by   fake-access-key-id for cn-hangzhou (oss)
                    with temporary credentials: the URL stops working when they expire
        host        https://examplebucket.oss-cn-hangzhou.aliyuncs.com (signed: works only with this host)
        path        /photos/ü +1.jpg
        parameter   x-oss-process = image/info
        signed at   2024-11-12T08:32:38Z
        works until 2024-11-12T08:42:38Z (works for another 600 s)
        send        header content-length, with the value it was signed with
        send        each content-type, content-md5 and x-oss-* header that it was signed with:
                    the URL does not show them, the JSON of `put --json` does
        ");
        assert!(report(1_731_400_968).text().contains("(expired 10 s ago)"));
    }

    #[test]
    fn shows_neither_token_nor_signature() {
        let report = report(0);
        let shown = format!("{}{}", report.text(), serde_json::to_string(&report).unwrap());
        assert!(!shown.contains("fake-token") && !shown.contains("fake-signature"), "{shown}");
    }

    #[test]
    fn explains_a_cut_url() {
        let cut = &URL[..URL.find('&').unwrap()];
        let message = presigned_input::read(cut, "GET", &[]).err().unwrap().message;
        assert!(message.contains("cut at an `&`"), "{message}");
    }

    #[test]
    fn recognizes_an_escaped_url() {
        for (escape, shown) in [("&amp;", "`&amp;`"), ("\\u0026", "`\\u0026`")] {
            let failure = presigned_input::read(&URL.replace('&', escape), "GET", &[]).err().unwrap();
            assert!(failure.message.contains(shown), "{}", failure.message);
            assert!(failure.hint.unwrap().contains("before it is escaped"));
        }
    }
}
