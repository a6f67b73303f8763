//! Providers in an order of preference.

use std::fmt;

use super::{ProvideCredentials, ProviderError};
use crate::credentials::Credentials;
#[cfg(feature = "providers")]
use crate::environment::{EnvironmentError, variable};

/// Asks providers one after the other until one has something to go by. What that one says counts, be it
/// credentials or an error: a broken profile is reported, and not replaced by the machine's role.
#[derive(Default)]
#[must_use]
pub struct ProviderChain {
    providers: Vec<Box<dyn ProvideCredentials>>,
}

impl ProviderChain {
    /// A chain without providers.
    pub const fn new() -> Self {
        Self { providers: Vec::new() }
    }

    /// What Alibaba Cloud's tools look for, what is said explicitly first: environment variables, the CLI's
    /// profile, the SDKs' shared profile, `ALIBABA_CLOUD_CREDENTIALS_URI`, and at last the machine's role. The
    /// last two need the feature `providers-http`.
    ///
    /// Where `ALIBABA_CLOUD_OIDC_TOKEN_FILE` is set (a pod with a role of its own), that role is assumed with the
    /// feature `reqsign`, and refused without it: the node's role is not the pod's.
    #[cfg(feature = "providers")]
    pub fn standard() -> Self {
        let chain = Self::new().then(super::Environment).then(pod_role);
        let chain = chain.then(super::CliProfile::new()).then(super::SharedProfile::new());
        #[cfg(feature = "providers-http")]
        let chain = chain
            .then(|| super::CredentialsUri::from_env()?.provide())
            .then(|| super::EcsRamRole::from_env()?.provide());
        chain
    }

    /// The same with another provider at its end.
    pub fn then(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.providers.push(Box::new(provider));
        self
    }
}

/// The role of a Kubernetes pod, whose three variables the cluster sets together.
#[cfg(feature = "providers")]
fn pod_role() -> Result<Credentials, ProviderError> {
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

impl ProvideCredentials for ProviderChain {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        let mut reasons = Vec::new();
        for provider in &self.providers {
            match provider.provide() {
                Err(reason) if reason.is_absent() => reasons.push(reason),
                decided => return decided,
            }
        }
        Err(ProviderError::Exhausted { reasons })
    }
}

impl fmt::Debug for ProviderChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderChain").field("providers", &self.providers.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn absent() -> Result<Credentials, ProviderError> {
        Err(ProviderError::Absent { provider: "first", what: "nothing is set".into() })
    }

    fn broken() -> Result<Credentials, ProviderError> {
        Err(ProviderError::Refused { address: "127.0.0.1".into(), status: 500 })
    }

    #[test]
    fn the_first_that_has_anything_decides() {
        let credentials = Credentials::new("fake-id", "fake-secret").unwrap();
        let chain = ProviderChain::new().then(absent).then(credentials.clone()).then(broken);
        assert_eq!(chain.provide().unwrap().access_key_id(), "fake-id");
        let chain = ProviderChain::new().then(absent).then(broken).then(credentials);
        assert_eq!(chain.provide().unwrap_err().code(), "ProviderRefused");
    }

    #[test]
    fn an_exhausted_chain_says_what_each_lacks_and_is_itself_absent() {
        let inner = ProviderChain::new().then(absent);
        let error = ProviderChain::new().then(inner).then(absent).provide().unwrap_err();
        assert!(error.is_absent());
        assert_eq!(error.to_string().matches("first: nothing is set").count(), 2, "{error}");
    }
}
