//! Providers in an order of preference.

use std::fmt;

use super::{ProvideCredentials, ProviderError};
use crate::credentials::Credentials;

/// A provider that asks other providers one after the other. It returns the result of the first provider that is configured
/// on this machine, even if that is an error: a broken profile is reported, and not replaced by the role of the machine.
#[derive(Default)]
#[must_use]
pub struct ProviderChain {
    providers: Vec<Box<dyn ProvideCredentials>>,
}

impl ProviderChain {
    /// Creates a chain without providers.
    pub const fn new() -> Self {
        Self { providers: Vec::new() }
    }

    /// Creates a chain of all [`StandardSource`](super::StandardSource)s in their order, explicit configuration first.
    ///
    /// `ALIBABA_CLOUD_OIDC_TOKEN_FILE` is set in a Kubernetes pod with a role of its own. That role is assumed with the feature
    /// `reqsign`. Without the feature the chain fails, because the role of the node is not the role of the pod.
    #[cfg(feature = "providers")]
    pub fn standard() -> Self {
        let sources = super::StandardSource::ALL.iter();
        sources.fold(Self::new(), |chain, &source| chain.then(move || source.credentials(None)))
    }

    /// Appends a provider.
    pub fn then(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.providers.push(Box::new(provider));
        self
    }
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
    use std::sync::Arc;

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
    fn providers_are_shared_by_chains() {
        let shared = Arc::new(Credentials::new("fake-id", "fake-secret").unwrap());
        for chain in [ProviderChain::new().then(Arc::clone(&shared)), ProviderChain::new().then(shared)] {
            assert_eq!(chain.provide().unwrap().access_key_id(), "fake-id");
        }
    }

    #[test]
    fn an_exhausted_chain_says_what_each_lacks_and_is_itself_absent() {
        let inner = ProviderChain::new().then(absent);
        let error = ProviderChain::new().then(inner).then(absent).provide().unwrap_err();
        assert!(error.is_absent());
        assert_eq!(error.to_string().matches("first: nothing is set").count(), 2, "{error}");
    }
}
