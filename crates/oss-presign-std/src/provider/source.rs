//! The places where Alibaba Cloud's tools look for credentials.

use super::{
    CliProfile, Environment, OssutilProfile, ProfileSettings, ProvideCredentials as _, ProviderError,
    SharedProfile, pod_role,
};
use crate::credentials::Credentials;

/// A place where [`ProviderChain::standard`](super::ProviderChain::standard) looks for credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StandardSource {
    /// Environment variables: [`Environment`].
    Environment,
    /// The role of a Kubernetes pod (`ALIBABA_CLOUD_OIDC_TOKEN_FILE`).
    PodRole,
    /// The profiles of the Alibaba Cloud CLI: [`CliProfile`].
    CliProfile,
    /// The profiles that the SDKs share: [`SharedProfile`].
    SharedProfile,
    /// The profiles of ossutil: [`OssutilProfile`].
    OssutilProfile,
    /// A credential server (`ALIBABA_CLOUD_CREDENTIALS_URI`).
    #[cfg(feature = "providers-http")]
    CredentialsUri,
    /// The role of the ECS instance.
    #[cfg(feature = "providers-http")]
    EcsRamRole,
}

impl StandardSource {
    /// All places, in the order in which the standard chain asks them.
    pub const ALL: &[Self] = &[
        Self::Environment,
        Self::PodRole,
        Self::CliProfile,
        Self::SharedProfile,
        Self::OssutilProfile,
        #[cfg(feature = "providers-http")]
        Self::CredentialsUri,
        #[cfg(feature = "providers-http")]
        Self::EcsRamRole,
    ];

    /// Returns the name of the place for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Environment => "environment variables",
            Self::PodRole => "the pod's role",
            Self::CliProfile => "the profile of the Alibaba Cloud CLI",
            Self::SharedProfile => "the profile of the SDKs",
            Self::OssutilProfile => "the profile of ossutil",
            #[cfg(feature = "providers-http")]
            Self::CredentialsUri => "a credentials URI",
            #[cfg(feature = "providers-http")]
            Self::EcsRamRole => "the machine's role",
        }
    }

    /// Returns whether the place has several profiles, one of which can be chosen by name.
    #[must_use]
    pub const fn has_profiles(self) -> bool {
        matches!(self, Self::CliProfile | Self::SharedProfile | Self::OssutilProfile)
    }

    /// Fetches the credentials of the place. `profile` chooses a profile by name, and is ignored if the place has no profiles.
    ///
    /// # Errors
    /// [`ProviderError`]. If it is [absent](ProviderError::is_absent), the place has no credentials.
    pub fn credentials(self, profile: Option<&str>) -> Result<Credentials, ProviderError> {
        match self {
            Self::Environment => Environment.provide(),
            Self::PodRole => pod_role::credentials(),
            Self::CliProfile => cli_profile(profile).provide(),
            Self::SharedProfile => {
                profile.map_or_else(SharedProfile::new, |name| SharedProfile::new().profile(name)).provide()
            }
            Self::OssutilProfile => ossutil_profile(profile).provide(),
            #[cfg(feature = "providers-http")]
            Self::CredentialsUri => super::CredentialsUri::from_env()?.provide(),
            #[cfg(feature = "providers-http")]
            Self::EcsRamRole => super::EcsRamRole::from_env()?.provide(),
        }
    }

    /// Returns the access keys in the place, each with the name of its profile, to find the key that made a signature. It runs
    /// no program and asks no server. A place without profiles has no access keys.
    ///
    /// # Errors
    /// As [`credentials`](Self::credentials), for the place as a whole.
    pub fn stored(self) -> Result<Vec<(String, Credentials)>, ProviderError> {
        match self {
            Self::CliProfile => CliProfile::new().stored(),
            Self::SharedProfile => SharedProfile::new().stored(),
            Self::OssutilProfile => OssutilProfile::new().stored(),
            _ => Ok(Vec::new()),
        }
    }

    /// Returns the settings of the place in addition to the access key. Only profiles of the CLI and of ossutil have any.
    ///
    /// # Errors
    /// As [`credentials`](Self::credentials).
    pub fn settings(self, profile: Option<&str>) -> Result<ProfileSettings, ProviderError> {
        match self {
            Self::CliProfile => cli_profile(profile).settings(),
            Self::OssutilProfile => ossutil_profile(profile).settings(),
            _ => Ok(ProfileSettings::default()),
        }
    }
}

fn cli_profile(name: Option<&str>) -> CliProfile {
    name.map_or_else(CliProfile::new, |name| CliProfile::new().profile(name))
}

fn ossutil_profile(name: Option<&str>) -> OssutilProfile {
    name.map_or_else(OssutilProfile::new, |name| OssutilProfile::new().profile(name))
}
