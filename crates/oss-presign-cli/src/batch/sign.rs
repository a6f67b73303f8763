//! One line signed, by its kind.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write as _};

use oss_presign::{PresignedUrl, RequestWithCapacity, Signer, Timestamp};
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::answers::{Answers, read};
use super::describe::{Identity, LineSource, endpoint, expiry, identity, request};
use super::key_cache::KeyCache;
use super::line::{FEW, Line, MANY, Refusal, missing, unknown};
use super::{Defaults, Detail, Source};

/// More than everything that an answer takes from the defaults and that signing adds, in bytes.
const DEFAULTS_BYTES: usize = 32 * 1024;

/// Names in lower case, and values.
type Headers<'a> = Vec<(Cow<'a, str>, &'a str)>;

/// The texts that were signed, where they are asked for.
#[derive(Default)]
struct SignedTexts {
    canonical_request: Option<String>,
    string_to_sign: Option<String>,
}

#[derive(Serialize)]
struct Authorized<'a> {
    id: Option<&'a RawValue>,
    method: &'static str,
    url: &'a str,
    headers: Headers<'a>,
    authorization: &'a str,
    signature: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical_request: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_to_sign: Option<String>,
}

#[derive(Serialize)]
struct SignedForm<'a> {
    id: Option<&'a RawValue>,
    policy_base64: &'a str,
    signature: &'a str,
    fields: Vec<(&'a str, &'a str)>,
}

/// Signs one line after the other, and keeps what they have in common.
pub(super) struct LineSigner<'d, C> {
    defaults: &'d Defaults,
    default_source: Option<LineSource<'d>>,
    detail: Detail,
    clock: &'d C,
    keys: KeyCache,
    buffer: Vec<u8>,
}

impl<'d, C: Fn() -> Result<Timestamp, String>> LineSigner<'d, C> {
    pub(super) fn new(defaults: &'d Defaults, detail: Detail, clock: &'d C) -> Self {
        let default_source = defaults.source.as_ref().ok().and_then(|source| match source {
            Source::Credentials(credentials) => credentials.to_core().map(LineSource::Credentials).ok(),
            Source::DayKey(day_key) => day_key.to_core().map(LineSource::DayKey).ok(),
        });
        Self {
            defaults,
            default_source,
            detail,
            clock,
            keys: KeyCache::default(),
            buffer: vec![0; DEFAULTS_BYTES],
        }
    }

    pub(super) fn answers(&self) -> Answers {
        Answers::new(self.detail)
    }

    /// Answers one line.
    pub(super) fn answer(&mut self, text: &[u8], number: u64, answers: &mut Answers) -> io::Result<()> {
        let line = match read(text) {
            Ok(line) => line,
            Err(error) => return answers.unreadable(text, number, &error),
        };
        // No byte of the line takes more than three in what is made of it.
        let needed = 3 * text.len() + DEFAULTS_BYTES;
        if self.buffer.len() < needed {
            self.buffer.resize(needed, 0);
        }
        match self.sign(&line, answers)? {
            Ok(()) => Ok(()),
            Err(refusal) => answers.refused(line.id, &refusal),
        }
    }

    /// Writes the answer, or says why there is none.
    fn sign(&mut self, line: &Line<'_>, answers: &mut Answers) -> io::Result<Result<(), Refusal>> {
        match line.kind.as_deref() {
            None | Some("presign") if line.is_small() => self.presign::<FEW>(line, answers),
            None | Some("presign") => self.presign::<MANY>(line, answers),
            Some("header") => self.header(line, answers),
            Some("post-policy") => self.post_policy(line, answers),
            Some(other) => Ok(Err(unknown("kind", other, "`presign`, `header` or `post-policy`"))),
        }
    }

    fn identity<'l>(&self, line: &'l Line<'_>) -> Result<Identity<'l>, Refusal>
    where
        'd: 'l,
    {
        identity(line, self.defaults, self.default_source, self.clock)
    }

    fn presign<const CAPACITY: usize>(
        &mut self,
        line: &Line<'_>,
        answers: &mut Answers,
    ) -> io::Result<Result<(), Refusal>> {
        let described = self.identity(line).and_then(|identity| {
            let expiry = expiry(line)?;
            let endpoint = endpoint(line, self.defaults, identity.region)?;
            let request: RequestWithCapacity<'_, CAPACITY> = request(line)?;
            Ok((identity, expiry, endpoint, request))
        });
        let (identity, expiry, endpoint, request) = match described {
            Ok(described) => described,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let signer = signer(&mut self.keys, line, &identity);
        let presigned = match signer.presign(&request, &endpoint, identity.now, expiry, &mut self.buffer) {
            Ok(presigned) => presigned,
            Err(error) => return Ok(Err(error.into())),
        };
        if self.detail == Detail::Url {
            answers.url(presigned.url());
            return Ok(Ok(()));
        }
        let texts = signed_texts(
            self.detail,
            |text| presigned.write_canonical_request(text),
            |text| presigned.write_string_to_sign(text),
        )?;
        write_presigned(&mut answers.lines, line.id, &presigned, &texts).map(Ok)
    }

    fn header(&mut self, line: &Line<'_>, answers: &mut Answers) -> io::Result<Result<(), Refusal>> {
        let described = self.identity(line).and_then(|identity| {
            let endpoint = endpoint(line, self.defaults, identity.region)?;
            let request: RequestWithCapacity<'_, MANY> = request(line)?;
            Ok((identity, endpoint, request))
        });
        let (identity, endpoint, request) = match described {
            Ok(described) => described,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let signer = signer(&mut self.keys, line, &identity);
        let authorized = match signer.sign_header(&request, &endpoint, identity.now, &mut self.buffer) {
            Ok(authorized) => authorized,
            Err(error) => return Ok(Err(error.into())),
        };
        if self.detail == Detail::Url {
            answers.url(authorized.url());
            return Ok(Ok(()));
        }
        let texts = signed_texts(
            self.detail,
            |text| authorized.write_canonical_request(text),
            |text| authorized.write_string_to_sign(text),
        )?;
        let answer = Authorized {
            id: line.id,
            method: authorized.method().as_str(),
            url: authorized.url(),
            headers: in_lower_case(authorized.headers()),
            authorization: authorized.authorization(),
            signature: authorized.signature(),
            canonical_request: texts.canonical_request,
            string_to_sign: texts.string_to_sign,
        };
        answers.json(&answer).map(Ok)
    }

    fn post_policy(&mut self, line: &Line<'_>, answers: &mut Answers) -> io::Result<Result<(), Refusal>> {
        let described = policy(line).and_then(|policy| Ok((policy, self.identity(line)?)));
        let (policy, identity) = match described {
            Ok(described) => described,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let signer = signer(&mut self.keys, line, &identity);
        let signed = match signer.sign_policy(policy.as_bytes(), identity.now, &mut self.buffer) {
            Ok(signed) => signed,
            Err(error) => return Ok(Err(error.into())),
        };
        let answer = SignedForm {
            id: line.id,
            policy_base64: signed.policy(),
            signature: signed.signature(),
            fields: signed.fields().collect(),
        };
        answers.no_url(&answer).map(Ok)
    }
}

/// Writes the answer of `presign` by hand: URL and signature are percent-encoded, so nothing in them has to be escaped, and
/// to look for what has takes as long as signing them.
fn write_presigned(
    output: &mut Vec<u8>,
    id: Option<&RawValue>,
    presigned: &PresignedUrl<'_, '_>,
    texts: &SignedTexts,
) -> io::Result<()> {
    output.extend_from_slice(b"{\"id\":");
    serde_json::to_writer(&mut *output, &id)?;
    for (name, value) in [("method", presigned.method().as_str()), ("url", presigned.url())] {
        write_plain(output, name, value);
    }
    output.extend_from_slice(b",\"headers\":");
    serde_json::to_writer(&mut *output, &in_lower_case(presigned.headers()))?;
    write!(output, ",\"expires_at\":{}", presigned.expires_at().unix())?;
    write_plain(output, "signature", presigned.signature());
    for (name, text) in
        [("canonical_request", &texts.canonical_request), ("string_to_sign", &texts.string_to_sign)]
    {
        if let Some(text) = text {
            write!(output, ",\"{name}\":")?;
            serde_json::to_writer(&mut *output, text)?;
        }
    }
    output.extend_from_slice(b"}\n");
    Ok(())
}

/// Writes a member whose value has nothing that JSON escapes.
fn write_plain(output: &mut Vec<u8>, name: &str, value: &str) {
    for part in [",\"", name, "\":\"", value, "\""] {
        output.extend_from_slice(part.as_bytes());
    }
}

fn signed_texts(
    detail: Detail,
    canonical_request: impl FnOnce(&mut String) -> fmt::Result,
    string_to_sign: impl FnOnce(&mut String) -> fmt::Result,
) -> io::Result<SignedTexts> {
    if detail != Detail::Explained {
        return Ok(SignedTexts::default());
    }
    let (mut canonical, mut to_sign) = (String::new(), String::new());
    canonical_request(&mut canonical)
        .and_then(|()| string_to_sign(&mut to_sign))
        .map_err(io::Error::other)?;
    Ok(SignedTexts { canonical_request: Some(canonical), string_to_sign: Some(to_sign) })
}

fn signer<'l>(keys: &mut KeyCache, line: &Line<'_>, identity: &Identity<'l>) -> Signer<'l> {
    match &identity.source {
        LineSource::Credentials(credentials) => {
            let key = keys.key(line.access_key_secret.as_deref(), credentials, &identity.scope);
            Signer::with_key(credentials, identity.scope, key)
        }
        LineSource::DayKey(day_key) => Signer::from_day_key(day_key),
    }
}

/// The text of a policy: to the letter where it is given as text, else as short as it can be.
fn policy<'l>(line: &'l Line<'_>) -> Result<Cow<'l, str>, Refusal> {
    let is_object = |text: &str| {
        text.trim_ascii_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(text).is_ok()
    };
    let (field, text) = match (&line.policy_json, line.policy) {
        (Some(text), _) => ("policy_json", Cow::Borrowed(&**text)),
        (None, Some(policy)) => ("policy", Cow::Owned(compact(policy.get()))),
        (None, None) => return Err(missing("policy", ", and so is `policy_json`")),
    };
    if is_object(&text) {
        return Ok(text);
    }
    let message = format!("`{field}` is no JSON object: write {{\"expiration\": …, \"conditions\": […]}}");
    Err(Refusal::Field { code: "InvalidField", message })
}

/// The same JSON without the blanks between its words.
fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let kept = json.chars().filter(|&character| {
        let keep = in_string || !character.is_ascii_whitespace();
        (in_string, escaped) = match character {
            _ if escaped => (in_string, false),
            '\\' => (in_string, true),
            '"' => (!in_string, false),
            _ => (in_string, false),
        };
        keep
    });
    kept.collect()
}

fn in_lower_case<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Headers<'a> {
    headers.map(|(name, value)| (lower_case(name), value)).collect()
}

fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_json() {
        let json = "{ \"a b\" :\t[ 1 , \"x \\\" y\\\\\" ] ,\n\"ü\":{} }";
        let short = compact(json);
        assert_eq!(short, "{\"a b\":[1,\"x \\\" y\\\\\"],\"ü\":{}}");
        let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(parse(json), parse(&short));
    }
}
