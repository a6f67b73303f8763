//! Profiles in files: those of the Alibaba Cloud CLI, those that its SDKs share, and those of ossutil.

mod cli;
mod ini;
mod ossutil;
mod shared;

pub use cli::CliProfile;
pub use ossutil::OssutilProfile;
pub use shared::SharedProfile;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use oss_presign::Addressing;
use zeroize::Zeroizing;

use super::{ProvideCredentials, ProviderError};
use crate::credentials::Credentials;
use crate::environment::variable;

/// What a profile says beside the key, each where it has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileSettings {
    /// The region's id, such as `cn-hangzhou`.
    pub region: Option<String>,
    /// The host of OSS, with a scheme where the profile writes one.
    pub endpoint: Option<String>,
    /// How the URL carries the bucket.
    pub addressing: Option<Addressing>,
}

/// The profile that the files of the CLI and of the SDKs are asked for unless the caller names one.
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";

const ASSUMED_ROLE: &str = "assuming a role takes an STS client: use `Reqsign` (feature `reqsign`), a closure around \
                            your own, or a credential process";

fn environment(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// The name that the caller gave, or the environment.
fn chosen_profile(
    given: Option<&String>,
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<String>, ProviderError> {
    match given {
        Some(name) => Ok(Some(name.clone())),
        None => Ok(variable(lookup, PROFILE)?),
    }
}

/// Where a file is, below the home directory unless the caller said where.
fn located(
    given: Option<&PathBuf>,
    below_home: &str,
    provider: &'static str,
) -> Result<PathBuf, ProviderError> {
    match given {
        Some(path) => Ok(path.clone()),
        None => match env::home_dir() {
            Some(home) => Ok(home.join(below_home)),
            None => Err(ProviderError::Absent { provider, what: "there is no home directory".into() }),
        },
    }
}

fn read(path: &Path, provider: &'static str) -> Result<Zeroizing<String>, ProviderError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(ProviderError::Absent { provider, what: format!("there is no {}", path.display()) })
        }
        Err(error) => Err(ProviderError::File { path: path.display().to_string(), reason: error.kind() }),
    }
}

/// A profile that was asked for by name and is not there.
fn no_profile(path: &Path, profile: &str, known: impl Iterator<Item = String>) -> ProviderError {
    let (path, profile) = (path.display().to_string(), profile.to_owned());
    ProviderError::NoProfile { path, profile, known: known.collect() }
}

/// A field that a profile must have.
fn required<T>(value: Option<T>, profile: &str, field: &'static str) -> Result<T, ProviderError> {
    value.ok_or_else(|| ProviderError::FieldMissing { profile: profile.to_owned(), field })
}

/// The role of the machine that this runs on.
#[cfg(feature = "providers-http")]
fn machine_role(role: Option<&str>) -> Result<Credentials, ProviderError> {
    let provider = super::EcsRamRole::new();
    match role.filter(|role| !role.is_empty()) {
        Some(role) => provider.role(role).provide(),
        None => provider.provide(),
    }
}

#[cfg(not(feature = "providers-http"))]
fn machine_role(_: Option<&str>) -> Result<Credentials, ProviderError> {
    Err(ProviderError::Unsupported { mode: "EcsRamRole".into(), instead: WITHOUT_HTTP })
}

/// What a server of credentials answers.
#[cfg(feature = "providers-http")]
fn from_uri(uri: &str) -> Result<Credentials, ProviderError> {
    super::CredentialsUri::new(uri)?.provide()
}

#[cfg(not(feature = "providers-http"))]
fn from_uri(_: &str) -> Result<Credentials, ProviderError> {
    Err(ProviderError::Unsupported { mode: "CredentialsURI".into(), instead: WITHOUT_HTTP })
}

#[cfg(not(feature = "providers-http"))]
const WITHOUT_HTTP: &str = "build oss-presign-std with the feature `providers-http`";

fn from_process(command: &str) -> Result<Credentials, ProviderError> {
    super::CredentialProcess::from_command_line(command)?.provide()
}
