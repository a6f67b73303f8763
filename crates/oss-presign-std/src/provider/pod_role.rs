//! The role of a Kubernetes pod.

#[cfg(feature = "reqsign")]
use super::ProvideCredentials as _;
use super::ProviderError;
use crate::credentials::Credentials;
use crate::environment::{EnvironmentError, variable};

/// Assumes the role of the pod, which the cluster describes in three environment variables.
pub(super) fn credentials() -> Result<Credentials, ProviderError> {
    const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
    let is_set = |name| Ok::<_, ProviderError>(variable(|name| std::env::var_os(name), name)?.is_some());
    if !is_set(TOKEN_FILE)? {
        let what = format!("{TOKEN_FILE} is not set");
        return Err(ProviderError::Absent { provider: "a pod's role", what });
    }
    for missing in ["ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"] {
        if !is_set(missing)? {
            return Err(EnvironmentError::HalfSet { missing }.into());
        }
    }
    #[cfg(feature = "reqsign")]
    let credentials = {
        use reqsign_aliyun_oss::AssumeRoleWithOidcCredentialProvider;
        super::Reqsign::new(AssumeRoleWithOidcCredentialProvider::new()).provide()
    };
    #[cfg(not(feature = "reqsign"))]
    let credentials = Err(ProviderError::Unsupported {
        mode: "OIDC".into(),
        instead: "build oss-presign-std with the feature `reqsign`, or unset ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    });
    credentials
}
