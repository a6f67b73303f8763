//! Credentials from environment variables, as a provider.

use std::env;

use super::{ProvideCredentials, ProviderError};
use crate::Error;
use crate::credentials::Credentials;

/// Reads the variables of [`Credentials::from_env`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Environment;

impl ProvideCredentials for Environment {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        from_variables(|name| env::var_os(name))
    }
}

pub(crate) fn from_variables(
    lookup: impl Fn(&str) -> Option<std::ffi::OsString>,
) -> Result<Credentials, ProviderError> {
    Credentials::from_variables(lookup).map_err(|error| match error {
        Error::Environment(error) => error.into(),
        Error::Core(oss_presign::Error::Credentials(error)) => error.into(),
        error => ProviderError::other("environment", error),
    })
}
