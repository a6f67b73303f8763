//! An adapter for the credential providers of Apache OpenDAL's reqsign, which assume roles through STS.

use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use oss_presign::Timestamp;
use reqsign_aliyun_oss::Credential;
use reqsign_core::{Context, FileRead, HttpSend, OsEnv, ProvideCredential};
use zeroize::Zeroizing;

use super::http_get::Client;
use super::{ProvideCredentials, ProviderError};
use crate::credentials::Credentials;

const PROVIDER: &str = "reqsign";

/// A provider that uses one of `reqsign-aliyun-oss`, such as `AssumeRoleCredentialProvider` or
/// `AssumeRoleWithOidcCredentialProvider`.
///
/// ```no_run
/// use oss_presign_std::{Presigner, Reqsign};
/// use reqsign_aliyun_oss::AssumeRoleWithOidcCredentialProvider;
///
/// // ALIBABA_CLOUD_ROLE_ARN, _OIDC_PROVIDER_ARN and _OIDC_TOKEN_FILE, as set in a pod with RRSA
/// let role = Reqsign::new(AssumeRoleWithOidcCredentialProvider::new());
/// let presigner = Presigner::builder().provider(role).region("cn-hangzhou").build()?;
/// # Ok::<(), oss_presign_std::Error>(())
/// ```
pub struct Reqsign<P> {
    provider: P,
    context: Context,
}

impl<P: ProvideCredential<Credential = Credential>> Reqsign<P> {
    /// Creates a provider that runs on the calling thread, with access to files and environment and a blocking HTTP client. It
    /// needs and uses no async runtime.
    pub fn new(provider: P) -> Self {
        let client = Client::new(Duration::from_secs(5), Duration::from_secs(10));
        let context = Context::new().with_file_read(Files).with_http_send(Http(client)).with_env(OsEnv);
        Self { provider, context }
    }

    /// Creates a provider with the caller's reqsign context. If that context needs an async runtime, the thread that asks for
    /// credentials must have entered one; the thread of a [`Presigner`](crate::Presigner) has none.
    pub fn with_context(provider: P, context: Context) -> Self {
        Self { provider, context }
    }
}

impl<P: ProvideCredential<Credential = Credential>> ProvideCredentials for Reqsign<P> {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        let issued = pollster::block_on(self.provider.provide_credential(&self.context)).map_err(refused)?;
        let Some(issued) = issued else {
            let what = "the provider is not configured: its variables or its settings are missing".into();
            return Err(ProviderError::Absent { provider: PROVIDER, what });
        };
        let Credential { access_key_id, access_key_secret, security_token, expires_in } = issued;
        let token = security_token.map(Zeroizing::new);
        let credentials = Credentials::of(access_key_id, Zeroizing::new(access_key_secret), token)?;
        let Some(end) = expires_in else { return Ok(credentials) };
        let end = u64::try_from(end.as_second()).ok().and_then(|end| Timestamp::from_unix(end).ok());
        let end =
            end.ok_or_else(|| ProviderError::other(PROVIDER, "credentials end at no time that is known"))?;
        Ok(credentials.expiring_at(end))
    }
}

/// Returns the error of the HTTP client, or the kind of an error and the code of STS. The remaining text is dropped, because
/// it may quote a request with a token.
fn refused(error: reqsign_core::Error) -> ProviderError {
    if let Some(error) = error.source().and_then(|source| source.downcast_ref::<ProviderError>()) {
        return error.clone();
    }
    let text = error.to_string();
    let code = text.split_once(r#""Code":"#).and_then(|(_, rest)| rest.trim_start().strip_prefix('"'));
    let code = code.and_then(|rest| rest.split('"').next());
    let code =
        code.filter(|code| code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'));
    let kind = error.kind();
    match code {
        Some(code) => ProviderError::other(PROVIDER, format_args!("STS refused with {code}")),
        None => ProviderError::other(PROVIDER, format_args!("the role was not assumed ({kind:?})")),
    }
}

impl<P> fmt::Debug for Reqsign<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reqsign").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Files;

impl FileRead for Files {
    fn file_read(&self, path: &str) -> impl Future<Output = reqsign_core::Result<Vec<u8>>> + Send {
        let read = std::fs::read(path);
        std::future::ready(
            read.map_err(|error| reqsign_core::Error::config_invalid(error.kind().to_string())),
        )
    }
}

struct Http(Client);

impl HttpSend for Http {
    fn http_send(
        &self,
        request: http::Request<Bytes>,
    ) -> impl Future<Output = reqsign_core::Result<http::Response<Bytes>>> + Send {
        let answer = self.0.send(request).map_err(|error| {
            reqsign_core::Error::unexpected("the request was not answered").with_source(error)
        });
        std::future::ready(answer.map(|answer| answer.map(Bytes::from)))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}
