//! Profiles in files of the Alibaba Cloud CLI, of its SDKs and of ossutil.

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

/// The settings of a profile in addition to its access key. Each is `None` if the profile does not have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileSettings {
    /// The region's id, such as `cn-hangzhou`.
    pub region: Option<String>,
    /// The host of the endpoint, preceded by a scheme if the profile has one.
    pub endpoint: Option<String>,
    /// The place of the bucket in URLs.
    pub addressing: Option<Addressing>,
}

/// The variable with the default profile in the files of the CLI and of the SDKs.
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";

const ASSUMED_ROLE: &str = "assuming a role takes an STS client: use `Reqsign` (feature `reqsign`), a closure around \
                            your own, or a credential process";

fn environment(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// Returns the name of the profile that the caller chose or, if there is none, the one that `variable_name` names.
fn chosen_profile(
    given: Option<&String>,
    variable_name: &'static str,
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Result<Option<String>, ProviderError> {
    match given {
        Some(name) => Ok(Some(name.clone())),
        None => Ok(variable(lookup, variable_name)?),
    }
}

/// Returns the path that the caller chose or, if there is none, the default path below the home directory.
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

/// Reads the file that the caller chose or, if there is none, the one that `variable_name` names or the one below the home
/// directory.
fn read_located(
    given: Option<&PathBuf>,
    lookup: impl Fn(&str) -> Option<OsString>,
    variable_name: &'static str,
    below_home: &str,
    provider: &'static str,
) -> Result<(PathBuf, Zeroizing<String>), ProviderError> {
    let named = match given {
        Some(path) => Some(path.clone()),
        None => variable(lookup, variable_name)?.map(PathBuf::from),
    };
    let path = located(named.as_ref(), below_home, provider)?;
    let text = read(&path, provider)?;
    Ok((path, text))
}

/// Returns the chosen profile of a file or, if none was chosen, the profile `default`, by its name.
fn named_or_default<P>(
    path: &Path,
    chosen: Option<&str>,
    find: impl FnOnce(&str) -> Option<P>,
    known: impl Iterator<Item = String>,
    provider: &'static str,
) -> Result<P, ProviderError> {
    match (find(chosen.unwrap_or("default")), chosen) {
        (Some(profile), _) => Ok(profile),
        (None, Some(name)) => Err(no_profile(path, name, known)),
        // Nobody chose the default name, so its profile may be missing: then the provider is absent.
        (None, None) => {
            let what = format!("{} has no profile `default`", path.display());
            Err(ProviderError::Absent { provider, what })
        }
    }
}

/// Returns the error for a named profile that a file does not have.
fn no_profile(path: &Path, profile: &str, known: impl Iterator<Item = String>) -> ProviderError {
    let (path, profile) = (path.display().to_string(), profile.to_owned());
    ProviderError::NoProfile { path, profile, known: known.collect() }
}

/// Returns the value of a field that a profile must have.
fn required<T>(value: Option<T>, profile: &str, field: &'static str) -> Result<T, ProviderError> {
    value.ok_or_else(|| ProviderError::FieldMissing { profile: profile.to_owned(), field })
}

/// Fetches the credentials of the machine's RAM role.
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

/// Fetches the credentials from a credential server.
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
