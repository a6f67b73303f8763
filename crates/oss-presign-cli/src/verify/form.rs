//! Verification of a PostObject form.

use oss_presign::explain::{DEFAULT_BUDGET, FormEvidence, explain_form};
use oss_presign::verify::{ExpectedScope, FormError, ReceivedForm, VerificationKey, Verified, VerifyError};
use oss_presign::{Product, Region, Scope, Timestamp};
use oss_presign_std::Credentials;

use crate::arguments::Verify;
use crate::causes::Cause;
use crate::diagnosis::pairs;
use crate::failure::Failure;
use crate::form_input::FormInput;
use crate::known_secrets::KnownSecrets;

/// Verifies the signature of a form, and whether its fields meet its policy. The file is not known, so its size is taken to be
/// one that the policy allows.
pub(super) fn verify(
    form: &FormInput,
    arguments: &Verify,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<Result<Verified, FormError>, Failure> {
    if arguments.method.is_some() || !arguments.headers.is_empty() {
        return Err(Failure::unusable("-X and -H are for a request, and this is a form"));
    }
    let bucket = arguments.bucket.as_deref().or_else(|| form.url.as_deref().and_then(bucket_of));
    let bucket = bucket.ok_or_else(|| {
        Failure::unusable("the bucket of the form is not known").with_hint("give it with --bucket NAME")
    })?;
    let fields = pairs(&form.fields);
    let core = credentials.to_core()?;
    let mut received = ReceivedForm { bucket, fields: &fields, content_length: 0 };
    loop {
        let presented = match received.presented() {
            Ok(presented) => presented,
            Err(error) => return Ok(Err(error)),
        };
        let credential = presented.credential();
        let malformed = Ok(Err(VerifyError::CredentialMalformed.into()));
        let region = match &arguments.region {
            Some(region) => Region::new(region)?,
            None => match Region::new(credential.region()) {
                Ok(region) => region,
                Err(_) => return malformed,
            },
        };
        let Ok(product) = Product::parse(credential.product()) else { return malformed };
        let expected = ExpectedScope { region, product };
        let verdict = presented.verify(&expected, now, |id, scope: &Scope<'_>| {
            let known =
                (id == core.access_key_id()).then(|| VerificationKey::new(core.signing_key(scope)))?;
            Some(match credentials.security_token() {
                Some(token) => known.with_security_token(token),
                None => known,
            })
        });
        match verdict {
            // The least size that the policy allows; a second condition may demand more.
            Err(FormError::TooSmall { least, .. }) if least > received.content_length => {
                received.content_length = least;
            }
            verdict => return Ok(verdict),
        }
    }
}

/// Returns the mistakes that make the signature, or none if none was found.
pub(super) fn proved(
    form: &FormInput,
    arguments: &Verify,
    credentials: Credentials,
    now: Timestamp,
) -> Result<Vec<Cause>, Failure> {
    let secrets = KnownSecrets::of(arguments.profile.as_deref(), credentials);
    let evidence = FormEvidence {
        fields: &pairs(&form.fields),
        signed_policy: None,
        secrets: &secrets.to_core()?,
        region: arguments.region.as_deref(),
        now: Some(now),
    };
    Ok(explain_form(&evidence, DEFAULT_BUDGET).mistakes().iter().map(Cause::from).collect())
}

/// The bucket in the URL of a form: the first label of a host of Alibaba Cloud, or else the path.
fn bucket_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    match path.trim_end_matches('/') {
        "" => host.split_once('.').map(|(bucket, _)| bucket),
        bucket => Some(bucket),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets() {
        assert_eq!(bucket_of("https://examplebucket.oss-cn-hangzhou.aliyuncs.com/"), Some("examplebucket"));
        assert_eq!(bucket_of("http://127.0.0.1:9000/examplebucket/"), Some("examplebucket"));
        assert_eq!(bucket_of("http://localhost/"), None);
    }
}
