//! `oss-presign verify`: whether the service would accept a request, with the secret at hand.

mod form;

use std::process::ExitCode;

use oss_presign::explain::{BucketPlace, DEFAULT_BUDGET, Evidence, SentRequest, explain};
use oss_presign::verify::{
    ExpectedScope, FormError, ReceivedRequest, VerificationKey, Verified, VerifyError,
};
use oss_presign::{Product, Region, Scope, Timestamp};
use oss_presign_std::{Clock as _, Credentials, SystemClock};
use serde_json::json;

use crate::account::Account;
use crate::arguments::{Verify, parse_header};
use crate::causes::{self, Cause, Certainty};
use crate::diagnosis::pairs;
use crate::failure::{Class, Failure};
use crate::form_input::FormInput;
use crate::known_secrets::KnownSecrets;
use crate::output;
use crate::presigned_input;

/// Verifies a request or a form, and prints the verdict.
pub(crate) fn run(arguments: &Verify, json: bool) -> Result<ExitCode, Failure> {
    let credentials = Account::find(arguments.profile.as_deref())?.credentials;
    let text = presigned_input::text(&arguments.request)?;
    let now = SystemClock.timestamp()?;
    if let Some(form) = FormInput::read(&text)? {
        let verdict = form::verify(&form, arguments, &credentials, now)?;
        return print(verdict, json, || form::proved(&form, arguments, credentials, now));
    }
    let request = Request::read(&text, arguments)?;
    let verdict = request.verify(arguments, &credentials, now)?;
    print(verdict, json, || request.proved(arguments, credentials, now))
}

/// Why the service would refuse: the fields of its answer.
struct Refused {
    status: u16,
    code: &'static str,
    ec: Option<&'static str>,
    message: String,
    certainty: Certainty,
    cause: Cause,
}

impl From<VerifyError> for Refused {
    fn from(error: VerifyError) -> Self {
        Self {
            status: error.http_status(),
            code: error.code(),
            ec: error.ec(),
            message: error.to_string(),
            certainty: Certainty::of(&error),
            cause: Cause::from(&error),
        }
    }
}

impl From<FormError> for Refused {
    fn from(error: FormError) -> Self {
        let (status, code, ec) = (error.http_status(), error.code(), error.ec());
        match error {
            // A form has codes of its own for the errors that it shares with URLs.
            FormError::Signature(error) => Self { status, code, ec, ..Self::from(error) },
            error => Self {
                status,
                code,
                ec,
                message: error.to_string(),
                certainty: Certainty::Shown,
                cause: Cause::from(&error),
            },
        }
    }
}

/// Prints a verdict, with the mistakes that are proved if it is a refusal.
fn print(
    verdict: Result<Verified, impl Into<Refused>>,
    json: bool,
    proved: impl FnOnce() -> Result<Vec<Cause>, Failure>,
) -> Result<ExitCode, Failure> {
    let verdict = verdict.map_err(Into::into);
    let causes = if verdict.is_ok() { Vec::new() } else { proved()? };
    if json {
        output::line(report(&verdict, &causes))?;
    } else {
        output::line(text(&verdict, &causes))?;
    }
    Ok(if verdict.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(Class::Denied as u8) })
}

fn text(verdict: &Result<Verified, Refused>, causes: &[Cause]) -> String {
    match verdict {
        Ok(verified) => {
            let id = output::escaped(verified.access_key_id());
            let signed = format!("valid: signed by {id} at {}", verified.signed_at());
            match verified.expires_at() {
                Some(end) => format!("{signed}\nworks until {end}"),
                None => signed,
            }
        }
        Err(refused) => {
            let verdict = format!("not valid: {} ({})", refused.message, refused.code);
            if causes.is_empty() {
                return verdict;
            }
            let causes = causes::text(causes);
            format!("{verdict}\n{causes}certainty: {}", Certainty::Proved.as_str())
        }
    }
}

fn report(verdict: &Result<Verified, Refused>, causes: &[Cause]) -> serde_json::Value {
    match verdict {
        Ok(verified) => json!({
            "valid": true,
            "access_key_id": verified.access_key_id(),
            "signed_at": verified.signed_at().unix(),
            "expires_at": verified.expires_at().map(Timestamp::unix),
            "certainty": Certainty::Proved,
            "causes": [],
        }),
        Err(refused) => json!({
            "valid": false,
            "status": refused.status,
            "code": refused.code,
            "ec": refused.ec,
            "message": refused.message,
            "certainty": if causes.is_empty() { refused.certainty } else { Certainty::Proved },
            "causes": if causes.is_empty() { std::slice::from_ref(&refused.cause) } else { causes },
        }),
    }
}

/// A request as the service would receive it.
struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    /// Whether the caller names the method.
    method_is_said: bool,
    /// Whether the caller names the headers.
    headers_are_said: bool,
}

impl Request {
    fn read(text: &str, arguments: &Verify) -> Result<Self, Failure> {
        let mut headers = Vec::new();
        for header in &arguments.headers {
            let (name, value) = parse_header(header).map_err(Failure::unusable)?;
            headers.push((name.to_owned(), value.to_owned()));
        }
        let text = text.trim();
        let is_json = text.starts_with('{');
        let (method, url) = if is_json {
            let request = presigned_input::read(text, "GET", &[])?.request.into_parts();
            headers.extend(request.headers);
            (request.method.as_str().to_owned(), request.url)
        } else {
            ("GET".to_owned(), text.to_owned())
        };
        Ok(Self {
            method: arguments.method.clone().unwrap_or(method),
            url,
            headers_are_said: is_json || !headers.is_empty(),
            headers,
            method_is_said: is_json || arguments.method.is_some(),
        })
    }

    /// Returns the mistakes that make the signature, or none if none was found.
    fn proved(
        &self,
        arguments: &Verify,
        credentials: Credentials,
        now: Timestamp,
    ) -> Result<Vec<Cause>, Failure> {
        let secrets = KnownSecrets::of(arguments.profile.as_deref(), credentials);
        let secrets = secrets.to_core()?;
        let headers = pairs(&self.headers);
        let sent = SentRequest {
            method: self.method_is_said.then_some(&self.method),
            url: &self.url,
            headers: self.headers_are_said.then_some(&headers),
        };
        let bucket = arguments.bucket.as_deref().map_or(BucketPlace::Unknown, BucketPlace::Host);
        let evidence = Evidence {
            bucket,
            region: arguments.region.as_deref(),
            now: Some(now),
            ..Evidence::new(sent, &secrets)
        };
        Ok(explain(&evidence, DEFAULT_BUDGET).mistakes().iter().map(Cause::from).collect())
    }

    fn verify(
        &self,
        arguments: &Verify,
        credentials: &Credentials,
        now: Timestamp,
    ) -> Result<Result<Verified, VerifyError>, Failure> {
        let rest = self.url.strip_prefix("https://").or_else(|| self.url.strip_prefix("http://"));
        let rest = rest.ok_or_else(|| Failure::unusable("a URL begins with `https://` or `http://`"))?;
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, _) = before_query.split_once('/').unwrap_or((before_query, ""));
        let path = if before_query.len() > host.len() { &before_query[host.len()..] } else { "/" };
        let mut headers: Vec<(&str, &[u8])> = vec![("host", host.as_bytes())];
        headers.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
        // The host may contain the bucket or not. The signature covers the bucket, so it tells.
        let label = host.split('.').next();
        let buckets = match &arguments.bucket {
            Some(bucket) => vec![Some(bucket.as_str())],
            None => vec![None, label],
        };
        let core = credentials.to_core()?;
        let mut verdict = Err(VerifyError::SignatureMismatch);
        for bucket in buckets {
            let received = ReceivedRequest { method: &self.method, bucket, path, query, headers: &headers };
            let in_header = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
            let presented = if in_header { received.authorized() } else { received.presigned() };
            let presented = match presented {
                Ok(presented) => presented,
                Err(error) => return Ok(Err(error)),
            };
            let credential = presented.credential();
            let region = match &arguments.region {
                Some(region) => Region::new(region)?,
                None => match Region::new(credential.region()) {
                    Ok(region) => region,
                    Err(_) => return Ok(Err(VerifyError::CredentialMalformed)),
                },
            };
            let Ok(product) = Product::parse(credential.product()) else {
                return Ok(Err(VerifyError::CredentialMalformed));
            };
            let expected = ExpectedScope { region, product };
            verdict = presented.verify(&expected, now, |id, scope: &Scope<'_>| {
                let known =
                    (id == core.access_key_id()).then(|| VerificationKey::new(core.signing_key(scope)))?;
                Some(match credentials.security_token() {
                    Some(token) => known.with_security_token(token),
                    None => known,
                })
            });
            if !matches!(verdict, Err(VerifyError::SignatureMismatch)) {
                break;
            }
        }
        Ok(verdict)
    }
}
