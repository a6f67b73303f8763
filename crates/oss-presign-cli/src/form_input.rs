//! A PostObject form from an argument, a file or standard input, in the ways in which people have one: the JSON that
//! `post-policy` prints, an object of fields as web pages get it, a curl command, or lines of `name=value`.

use std::collections::BTreeMap;

use oss_presign::PresignedForm;
use serde_json::Value;

use crate::failure::Failure;

/// The options of curl that take a field of a form.
const CURL_OPTIONS: [&str; 3] = ["--form-string", "--form", "-F"];

/// A form: its fields in the order in which they are sent.
pub(crate) struct FormInput {
    /// The URL that the form is sent to, if it is known.
    pub(crate) url: Option<String>,
    /// The fields before `file`.
    pub(crate) fields: Vec<(String, String)>,
    /// The names of the fields after `file`, which OSS ignores.
    pub(crate) ignored: Vec<String>,
}

impl FormInput {
    /// Reads a text; `None` if it is not a form.
    pub(crate) fn read(text: &str) -> Result<Option<Self>, Failure> {
        let text = text.trim();
        if text.starts_with('{') {
            return Self::from_json(text);
        }
        let is_curl = ["curl ", "-F", "--form"].iter().any(|beginning| text.starts_with(beginning));
        let form = if is_curl { Self::from_curl(text)? } else { Self::from_lines(text) };
        Ok(form.filter(|form| form.field("policy").is_some() || !form.ignored.is_empty()))
    }

    /// Returns the value of a field.
    pub(crate) fn field(&self, wanted: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    }

    fn from_json(text: &str) -> Result<Option<Self>, Failure> {
        // What is no JSON at all is reported where requests are read.
        let Ok(value) = serde_json::from_str::<Value>(text) else { return Ok(None) };
        let unusable = |error: serde_json::Error| Failure::unusable(format!("no form: {error}"));
        if value.get("fields").is_some() {
            let form: PresignedForm = serde_json::from_value(value).map_err(unusable)?;
            let url = Some(form.url().to_owned());
            return Ok(Some(Self { url, ..Self::of(form.fields().to_vec()) }));
        }
        if value.get("policy").is_some() {
            let fields: BTreeMap<String, String> = serde_json::from_value(value).map_err(unusable)?;
            return Ok(Some(Self::of(fields.into_iter().collect())));
        }
        Ok(None)
    }

    fn from_curl(text: &str) -> Result<Option<Self>, Failure> {
        let words = shlex::split(text)
            .ok_or_else(|| Failure::unusable("the curl command has a quote that is not closed"))?;
        let (mut fields, mut url) = (Vec::new(), None);
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let option = CURL_OPTIONS.iter().find_map(|option| Some((*option, word.strip_prefix(option)?)));
            let (option, field) = match option {
                Some((option, "")) => (option, words.next()),
                // `--form=…` and `-F…`.
                Some((option, rest)) => (option, Some(rest.strip_prefix('=').unwrap_or(rest).to_owned())),
                None => {
                    url = Some(word).filter(|word| word.contains("://")).or(url);
                    continue;
                }
            };
            if let Some((name, value)) = field.as_deref().and_then(|field| field.split_once('=')) {
                // `--form` takes a media type after the value, `--form-string` does not.
                let value = match value.split_once(";type=") {
                    Some((value, _)) if option != "--form-string" => value,
                    _ => value,
                };
                fields.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok((!fields.is_empty()).then(|| Self { url, ..Self::of(fields) }))
    }

    /// Lines of `name=value`, or of `name: value` as browsers show a form that they sent.
    fn from_lines(text: &str) -> Option<Self> {
        let mut fields = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let at = line.find(['=', ':'])?;
            let (name, value) = (&line[..at], &line[at + 1..]);
            let value = if line[at..].starts_with(": ") { &value[1..] } else { value };
            fields.push((name.trim().to_owned(), value.to_owned()));
        }
        Some(Self::of(fields))
    }

    fn of(mut fields: Vec<(String, String)>) -> Self {
        let file = fields.iter().position(|(name, _)| name == "file");
        let after_file = file.map(|at| fields.split_off(at)).into_iter().flatten().skip(1);
        Self { url: None, ignored: after_file.map(|(name, _)| name).collect(), fields }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<(String, String)> {
        FormInput::read(text).unwrap_or_else(|failure| panic!("{failure:?}")).unwrap().fields
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn every_way_to_have_a_form() {
        let expected =
            pairs(&[("key", "it's a:b=c.txt"), ("policy", "eyJhIjoxfQ=="), ("x-oss-signature", "0")]);
        let curl = r"curl -sS --form-string 'key=it'\''s a:b=c.txt' -F 'policy=eyJhIjoxfQ==;type=text/plain' \
            --form=x-oss-signature=0 -F file=@a.txt https://examplebucket.oss-cn-hangzhou.aliyuncs.com/";
        assert_eq!(fields(curl), expected);
        let form = FormInput::read(curl).ok().flatten().unwrap();
        assert_eq!(form.url.unwrap(), "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/");
        let lines = "key=it's a:b=c.txt\r\npolicy=eyJhIjoxfQ==\r\n\r\nx-oss-signature=0\r\n";
        assert_eq!(fields(lines), expected);
        let shown = "key: it's a:b=c.txt\npolicy: eyJhIjoxfQ==\nx-oss-signature: 0";
        assert_eq!(fields(shown), expected);
        let object = r#"{"key":"it's a:b=c.txt","policy":"eyJhIjoxfQ==","x-oss-signature":"0"}"#;
        assert_eq!(fields(object), expected);
        let json = r#"{"url":"https://h/","fields":[["key","it's a:b=c.txt"],["policy","eyJhIjoxfQ=="],
            ["x-oss-signature","0"]],"open_fields":[],"expires_at":1731400358}"#;
        assert_eq!(fields(json), expected);
        assert_eq!(FormInput::read(json).ok().flatten().unwrap().url.unwrap(), "https://h/");
    }

    #[test]
    fn fields_after_the_file_are_told_apart() {
        let form = FormInput::read("-F key=a -F file=@a -F policy=p").ok().flatten().unwrap();
        assert_eq!((form.fields, form.ignored), (pairs(&[("key", "a")]), vec!["policy".to_owned()]));
    }

    #[test]
    fn what_is_no_form_is_left_to_others() {
        for text in
            ["", "https://h/a?policy=1", r#"{"method":"PUT","url":"https://h/a"}"#, "{", "curl https://h/a"]
        {
            assert!(FormInput::read(text).is_ok_and(|form| form.is_none()), "{text}");
        }
        assert!(FormInput::read("curl -F 'policy=p").is_err());
        assert!(FormInput::read(r#"{"fields":[],"url":1}"#).is_err());
        assert!(FormInput::read(r#"{"policy":1}"#).is_err());
    }
}
