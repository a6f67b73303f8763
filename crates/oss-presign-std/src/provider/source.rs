//! The places that Alibaba Cloud's tools look for credentials in.

use super::{
    CliProfile, Environment, OssutilProfile, ProfileSettings, ProvideCredentials as _, ProviderError,
    SharedProfile, pod_role,
};
use crate::credentials::Credentials;

/// One of the places that [`ProviderChain::standard`](super::ProviderChain::standard) looks for credentials in.
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
    /// A server of credentials (`ALIBABA_CLOUD_CREDENTIALS_URI`).
    #[cfg(feature = "providers-http")]
    CredentialsUri,
    /// The role of the ECS instance.
    #[cfg(feature = "providers-http")]
    EcsRamRole,
}

impl StandardSource {
    /// All of them, in the order in which they are asked.
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

    /// What people call the place.
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

    /// Returns whether the place holds profiles, of which one can be chosen by name.
    #[must_use]
    pub const fn has_profiles(self) -> bool {
        matches!(self, Self::CliProfile | Self::SharedProfile | Self::OssutilProfile)
    }

    /// Fetches the credentials of the place. `profile` chooses one where there are profiles, and counts for nothing
    /// elsewhere.
    ///
    /// # Errors
    /// [`ProviderError`]; where [`ProviderError::is_absent`] holds, the place has none.
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

    /// The access keys that stand in the place, each with the name of its profile: for whoever looks for the key that
    /// made a signature. No program is run and no server asked; places without profiles have none.
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

    /// What the place says beside the key. Only profiles of the CLI and of ossutil do.
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
