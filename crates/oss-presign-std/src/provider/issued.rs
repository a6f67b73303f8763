//! Credentials as JSON, in the form that processes and servers return them.

use oss_presign::Timestamp;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::ProviderError;
use crate::credentials::Credentials;

/// The JSON fields of credentials. A CLI writes the names in lower case, a server in camel case.
#[derive(Deserialize)]
struct Issued {
    #[serde(default, alias = "Code")]
    code: Option<String>,
    #[serde(default, alias = "AccessKeyId")]
    access_key_id: Option<String>,
    #[serde(default, alias = "AccessKeySecret")]
    access_key_secret: Option<Zeroizing<String>>,
    #[serde(default, alias = "SecurityToken", alias = "security_token")]
    sts_token: Option<Zeroizing<String>>,
    #[serde(default, alias = "Expiration")]
    expiration: Option<String>,
}

/// Parses credentials from a JSON object. `source` names its origin in errors.
pub(super) fn credentials(json: &[u8], source: &str) -> Result<Credentials, ProviderError> {
    let malformed = |what: &str| ProviderError::Malformed { what: format!("the answer of {source} {what}") };
    // The parser's message is not used, because it may quote secrets.
    let issued: Issued = serde_json::from_slice(json).map_err(|error| {
        malformed(&format!(
            "is not the JSON of credentials (line {}, column {})",
            error.line(),
            error.column()
        ))
    })?;
    if issued.code.is_some_and(|code| code != "Success") {
        return Err(malformed("says that it failed: its `Code` is not `Success`"));
    }
    let id = issued.access_key_id.ok_or_else(|| malformed("has no access key id"))?;
    let secret = issued.access_key_secret.ok_or_else(|| malformed("has no access key secret"))?;
    // A CLI writes an empty text for a missing value.
    let token = issued.sts_token.filter(|token| !token.is_empty());
    let credentials = Credentials::of(id, secret, token)?;
    match issued.expiration.filter(|text| !text.is_empty()) {
        None => Ok(credentials),
        Some(text) => {
            let end = rfc3339(&text).ok_or_else(|| malformed("has an expiration that is no UTC time"))?;
            Ok(credentials.expiring_at(end))
        }
    }
}

/// Parses `2024-11-12T08:32:38Z`, with or without a fraction of a second, which is ignored.
fn rfc3339(text: &str) -> Option<Timestamp> {
    let whole = text.strip_suffix('Z')?;
    let (whole, fraction) = whole.split_once('.').unwrap_or((whole, ""));
    if whole.len() != 19 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let basic: String = whole.chars().filter(|character| !matches!(character, '-' | ':')).collect();
    Timestamp::parse_iso8601_basic(&[&basic, "Z"].concat()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings() {
        let server = br#"{"Code":"Success","AccessKeyId":"fake-id","AccessKeySecret":"fake-secret",
            "SecurityToken":"fake-token","Expiration":"2024-11-12T08:32:38Z","LastUpdated":"x"}"#;
        let cli = br#"{"mode":"StsToken","access_key_id":"fake-id","access_key_secret":"fake-secret",
            "sts_token":"fake-token","expiration":"2024-11-12T08:32:38.999Z"}"#;
        for json in [server.as_slice(), cli] {
            let credentials = credentials(json, "a test").unwrap();
            assert_eq!(credentials.access_key_id(), "fake-id");
            assert!(credentials.has_security_token());
            assert_eq!(credentials.expires_at().map(Timestamp::unix), Some(1_731_400_358));
        }
        let lasting = br#"{"access_key_id":"i","access_key_secret":"s","sts_token":"","expiration":""}"#;
        let lasting = credentials(lasting, "a test").unwrap();
        assert!(!lasting.has_security_token() && lasting.expires_at().is_none());
    }

    #[test]
    fn refusals_quote_nothing() {
        for (json, part) in [
            (r#""fake-secret""#, "is not the JSON"),
            (r#"{"access_key_id":"i","access_key_secret":["fake-secret"]}"#, "is not the JSON"),
            (r#"{"access_key_id":"i","access_key_secret":"fake-secret"#, "is not the JSON"),
            (r#"{"access_key_secret":"fake-secret"}"#, "no access key id"),
            (r#"{"access_key_id":"i"}"#, "no access key secret"),
            (r#"{"Code":"fake-secret"}"#, "Code"),
            (r#"{"AccessKeyId":"i","AccessKeySecret":" fake-secret"}"#, "white space"),
            (r#"{"AccessKeyId":"i","AccessKeySecret":"fake-secret","Expiration":"tomorrow"}"#, "no UTC time"),
            (
                r#"{"AccessKeyId":"i","AccessKeySecret":"s","Expiration":"2024-11-12T08:32:38+08:00"}"#,
                "no UTC",
            ),
            (r#"{"AccessKeyId":"i","AccessKeySecret":"s","Expiration":"2024-02-30T08:32:38Z"}"#, "no UTC"),
            (r#"{"AccessKeyId":"i","AccessKeySecret":"s","Expiration":"2024-11-12T08:32:38.x9Z"}"#, "no UTC"),
        ] {
            let error = credentials(json.as_bytes(), "a test").unwrap_err();
            assert!(error.to_string().contains(part), "{json}: {error}");
            assert!(!format!("{error} {error:?}").contains("fake-secret"), "{error:?}");
            assert!(!error.is_absent());
        }
    }
}
