//! `verify`: what the service would say of a request, with the secret at hand.

use oss_presign::verify::{ExpectedScope, ReceivedRequest, VerificationKey, Verified, VerifyError};
use oss_presign::{Credentials, Product, Region, Scope, Timestamp};

use crate::cause::{self, Cause, Certainty};
use crate::credentials;
use crate::failure::Failure;
use crate::texts::{Reader, Writer};
use crate::url_parts::UrlParts;

/// A request as a server would receive it, and who may have signed it.
pub(crate) struct Received<'a> {
    pub(crate) credentials: Credentials<'a>,
    security_token: Option<&'a str>,
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    /// All headers but `host`, which is that of the URL.
    pub(crate) headers: Vec<(&'a str, &'a str)>,
    /// The bucket, where the host has it or belongs to it. Where it is absent, the path is tried, and then the first label of
    /// the host.
    pub(crate) bucket: Option<&'a str>,
    /// The region of the bucket; where it is absent, the one that the signature names.
    pub(crate) region: Option<&'a str>,
    pub(crate) now: Timestamp,
}

/// Verifies.
///
/// Arguments: credentials; security token again; method, URL, headers; bucket or absent, region or absent; time.
///
/// Result: `valid`, access key id, time of signing, expiry or absent; or an absent text, status, code, EC or absent, message,
/// certainty and causes.
///
/// # Errors
/// Arguments that the core refuses; a request that is not valid is none.
pub fn verify(mut arguments: Reader<'_>, result: &mut Writer) -> Result<(), Failure> {
    let received = Received {
        credentials: credentials::read(&mut arguments)?,
        security_token: arguments.optional()?,
        method: arguments.text()?,
        url: arguments.text()?,
        headers: arguments.pairs()?,
        bucket: arguments.optional()?,
        region: arguments.optional()?,
        now: Timestamp::from_unix(arguments.number()?)?,
    };
    match received.verdict()? {
        Ok(verified) => {
            result.text("valid");
            result.text(verified.access_key_id());
            result.number(verified.signed_at().unix());
            let expires_at = verified.expires_at().map(|time| time.unix().to_string());
            result.optional(expires_at.as_deref());
        }
        Err(error) => {
            result.optional(None);
            result.number(error.http_status());
            result.text(error.code());
            result.optional(error.ec());
            result.text(&error.to_string());
            let (certainty, causes) = causes(&received, &error);
            cause::write(certainty, &causes, result);
        }
    }
    Ok(())
}

/// The mistakes that make the signature, or else what the verdict itself says.
fn causes(received: &Received<'_>, error: &VerifyError) -> (Certainty, Vec<Cause>) {
    #[cfg(feature = "explain")]
    {
        let mistakes = crate::explain::mistakes(received);
        if !mistakes.is_empty() {
            return (Certainty::Proved, mistakes);
        }
    }
    #[cfg(not(feature = "explain"))]
    let _ = received;
    (Certainty::of_error(error), vec![Cause::from(error)])
}

impl Received<'_> {
    fn verdict(&self) -> Result<Result<Verified, VerifyError>, Failure> {
        let url = UrlParts::read(self.url)?;
        let mut headers: Vec<(&str, &[u8])> = vec![("host", url.host.as_bytes())];
        headers.extend(self.headers.iter().map(|(name, value)| (*name, value.as_bytes())));
        // The host may have the bucket or not; the signature tells, because it covers the bucket.
        let buckets = match self.bucket {
            Some(bucket) => vec![Some(bucket)],
            None => vec![None, url.host.split('.').next()],
        };
        let mut verdict = Err(VerifyError::SignatureMismatch);
        for bucket in buckets {
            verdict = self.verify(&ReceivedRequest {
                method: self.method,
                bucket,
                path: url.path,
                query: url.query,
                headers: &headers,
            })?;
            if !matches!(verdict, Err(VerifyError::SignatureMismatch)) {
                break;
            }
        }
        Ok(verdict)
    }

    fn verify(&self, received: &ReceivedRequest<'_>) -> Result<Result<Verified, VerifyError>, Failure> {
        let in_header = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let parsed = match if in_header { received.authorized() } else { received.presigned() } {
            Ok(parsed) => parsed,
            Err(error) => return Ok(Err(error)),
        };
        let credential = parsed.credential();
        let region = match self.region {
            Some(region) => Region::new(region)?,
            None => match Region::new(credential.region()) {
                Ok(region) => region,
                Err(_) => return Ok(Err(VerifyError::CredentialMalformed)),
            },
        };
        let Ok(product) = Product::parse(credential.product()) else {
            return Ok(Err(VerifyError::CredentialMalformed));
        };
        let lookup = |id: &str, scope: &Scope<'_>| {
            let key = (id == self.credentials.access_key_id())
                .then(|| VerificationKey::new(self.credentials.signing_key(scope)))?;
            Some(match self.security_token {
                Some(token) => key.with_security_token(token),
                None => key,
            })
        };
        Ok(parsed.verify(&ExpectedScope { region, product }, self.now, lookup))
    }
}
