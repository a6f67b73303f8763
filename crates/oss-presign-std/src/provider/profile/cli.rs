//! The profiles of the Alibaba Cloud CLI: `~/.aliyun/config.json`.

use std::ffi::OsString;
use std::path::PathBuf;

use oss_presign::Timestamp;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    ASSUMED_ROLE, PROFILE, ProfileSettings, chosen_profile, environment, from_process, from_uri, located,
    machine_role, no_profile, read, required,
};
use crate::credentials::Credentials;
use crate::environment::variable;
use crate::provider::{ProvideCredentials, ProviderError};

const PROVIDER: &str = "the CLI's profiles";
const DISABLED: &str = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";

/// A provider that reads a profile of the Alibaba Cloud CLI with mode `AK`, `StsToken`, `EcsRamRole`, `External` or
/// `CredentialsURI`. It reads the file each time, so that it notices a renewed profile.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct CliProfile {
    path: Option<PathBuf>,
    profile: Option<String>,
}

impl CliProfile {
    /// Creates a provider for the profile that `ALIBABA_CLOUD_PROFILE` names or, if that is not set, the current profile of the
    /// CLI, in `~/.aliyun/config.json`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Uses another file.
    pub fn path(self, path: impl Into<PathBuf>) -> Self {
        Self { path: Some(path.into()), ..self }
    }

    /// Uses the profile with this name.
    pub fn profile(self, name: impl Into<String>) -> Self {
        Self { profile: Some(name.into()), ..self }
    }

    /// Returns the region in the profile, if it has one.
    ///
    /// # Errors
    /// As [`ProvideCredentials::provide`].
    pub fn settings(&self) -> Result<ProfileSettings, ProviderError> {
        self.ask(environment, |profile| Ok(profile.settings()))
    }

    fn provide_with(&self, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Credentials, ProviderError> {
        self.ask(lookup, Profile::credentials)
    }

    /// Returns the access keys in the file, each with the name of its profile. Profiles without a complete access key are left
    /// out, for example those that get it from a program, a server or a role.
    ///
    /// # Errors
    /// As [`ProvideCredentials::provide`], for the file as a whole.
    pub fn stored(&self) -> Result<Vec<(String, Credentials)>, ProviderError> {
        let (_, file) = self.file(environment)?;
        let stored = |profile: Profile| {
            let temporary = match profile.mode.as_str() {
                "AK" | "" => false,
                "StsToken" => true,
                _ => return None,
            };
            Some((profile.name.clone(), profile.key(temporary).ok()?))
        };
        Ok(file.profiles.into_iter().filter_map(stored).collect())
    }

    fn ask<T>(
        &self,
        lookup: impl Fn(&str) -> Option<OsString>,
        question: impl Fn(&Profile) -> Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        let (path, file) = self.file(&lookup)?;
        let name = chosen_profile(self.profile.as_ref(), PROFILE, &lookup)?.unwrap_or(file.current);
        let profile = file.profiles.iter().find(|profile| profile.name == name);
        let known = || file.profiles.iter().map(|profile| profile.name.clone());
        let profile = profile.ok_or_else(|| no_profile(&path, &name, known()))?;
        question(profile)
    }

    fn file(
        &self,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<(PathBuf, Configuration), ProviderError> {
        if variable(&lookup, DISABLED)?.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Err(ProviderError::Absent { provider: PROVIDER, what: format!("{DISABLED} is set") });
        }
        let path = located(self.path.as_ref(), ".aliyun/config.json", PROVIDER)?;
        let text = read(&path, PROVIDER)?;
        let malformed =
            |what: String| ProviderError::Malformed { what: format!("{} {what}", path.display()) };
        // The parser's message is not used, because it may quote secrets.
        let file = serde_json::from_str(&text).map_err(|error| {
            malformed(format!("is not the CLI's JSON (line {}, column {})", error.line(), error.column()))
        })?;
        Ok((path, file))
    }
}

impl ProvideCredentials for CliProfile {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        self.provide_with(environment)
    }
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    current: String,
    #[serde(default)]
    profiles: Vec<Profile>,
}

/// Returns a value, or `None` for an empty text, which the CLI writes for some missing values.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Profile {
    name: String,
    mode: String,
    access_key_id: String,
    access_key_secret: Zeroizing<String>,
    sts_token: Zeroizing<String>,
    sts_expiration: i64,
    region_id: String,
    ram_role_name: String,
    process_command: Zeroizing<String>,
    credentials_uri: Zeroizing<String>,
}

impl Profile {
    fn settings(&self) -> ProfileSettings {
        let region = Some(self.region_id.clone()).filter(|region| !region.is_empty());
        ProfileSettings { region, ..ProfileSettings::default() }
    }

    fn credentials(&self) -> Result<Credentials, ProviderError> {
        let unsupported = |instead| Err(ProviderError::Unsupported { mode: self.mode.clone(), instead });
        match self.mode.as_str() {
            // Old versions of the CLI wrote no mode.
            "AK" | "" => self.key(false),
            "StsToken" => self.key(true),
            "EcsRamRole" => machine_role(Some(&self.ram_role_name)),
            "External" => {
                let command = Some(&self.process_command).filter(|command| !command.is_empty());
                from_process(required(command, &self.name, "process_command")?)
            }
            "CredentialsURI" => {
                let uri = Some(&self.credentials_uri).filter(|uri| !uri.is_empty());
                from_uri(required(uri, &self.name, "credentials_uri")?)
            }
            "RamRoleArn" | "ChainableRamRoleArn" | "OIDC" => unsupported(ASSUMED_ROLE),
            "CloudSSO" | "OAuth" => unsupported(
                "it needs the CLI to renew it: use mode `External` with a command that prints the credentials",
            ),
            _ => unsupported("use a profile of mode AK, StsToken, EcsRamRole, External or CredentialsURI"),
        }
    }

    fn key(&self, temporary: bool) -> Result<Credentials, ProviderError> {
        if self.access_key_id.is_empty() && self.access_key_secret.is_empty() {
            // The CLI writes such an empty profile when it runs for the first time.
            let what = format!("profile `{}` holds no key", self.name.escape_debug());
            return Err(ProviderError::Absent { provider: PROVIDER, what });
        }
        let token = temporary.then(|| self.sts_token.clone());
        if token.as_ref().is_some_and(|token| token.is_empty()) {
            return required(None, &self.name, "sts_token");
        }
        let credentials = Credentials::of(self.access_key_id.clone(), self.access_key_secret.clone(), token)?;
        match u64::try_from(self.sts_expiration) {
            Ok(end) if temporary && end > 0 => {
                let end = Timestamp::from_unix(end).map_err(|error| ProviderError::Malformed {
                    what: format!("profile `{}`: {error}", self.name.escape_debug()),
                })?;
                Ok(credentials.expiring_at(end))
            }
            _ => Ok(credentials),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const FILE: &str = r#"{
        "current": "key",
        "profiles": [
            {"name":"key","mode":"AK","access_key_id":"fake-id","access_key_secret":"fake-secret","sts_token":"",
             "ram_role_name":"","expired_seconds":0,"region_id":"cn-hangzhou","retry_count":0,"unknown":null},
            {"name":"old","access_key_id":"fake-old","access_key_secret":"fake-secret"},
            {"name":"sts","mode":"StsToken","access_key_id":"fake-sts","access_key_secret":"fake-secret",
             "sts_token":"fake-token","sts_expiration":1731400358},
            {"name":"endless","mode":"StsToken","access_key_id":"i","access_key_secret":"fake-secret",
             "sts_token":"fake-token","sts_expiration":253402300800},
            {"name":"halfsts","mode":"StsToken","access_key_id":"i","access_key_secret":"fake-secret"},
            {"name":"half","mode":"AK","access_key_id":"i"},
            {"name":"empty","mode":"AK","access_key_id":"","access_key_secret":""},
            {"name":"program","mode":"External","process_command":
             "printf '{\"access_key_id\":\"fake-printed\",\"access_key_secret\":\"s\"}'"},
            {"name":"noprogram","mode":"External"},
            {"name":"nouri","mode":"CredentialsURI"},
            {"name":"role","mode":"RamRoleArn","access_key_id":"i","access_key_secret":"fake-secret"},
            {"name":"sso","mode":"CloudSSO"},
            {"name":"bearer","mode":"BearerToken"}
        ]
    }"#;

    fn provide(
        text: &str,
        profile: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Result<Credentials, ProviderError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        fs::write(&path, text).unwrap();
        let provider = CliProfile { profile: profile.map(Into::into), ..CliProfile::new().path(path) };
        provider.provide_with(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn profiles_by_name_by_variable_and_the_current_one() {
        let id =
            |profile, variables: &[_]| provide(FILE, profile, variables).unwrap().access_key_id().to_owned();
        assert_eq!(id(None, &[]), "fake-id");
        assert_eq!(id(None, &[(super::super::PROFILE, "old")]), "fake-old");
        assert_eq!(id(Some("sts"), &[(super::super::PROFILE, "old")]), "fake-sts");
        let sts = provide(FILE, Some("sts"), &[]).unwrap();
        assert!(sts.has_security_token());
        assert_eq!(sts.expires_at().map(Timestamp::unix), Some(1_731_400_358));
        #[cfg(unix)]
        assert_eq!(id(Some("program"), &[]), "fake-printed");
    }

    #[test]
    fn the_region_comes_along() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        fs::write(&path, FILE).unwrap();
        let region = |name: &str| CliProfile::new().path(&path).profile(name).settings().unwrap().region;
        assert_eq!(region("key").as_deref(), Some("cn-hangzhou"));
        assert_eq!(region("old"), None);
    }

    #[test]
    fn refusals() {
        for (profile, code) in [
            ("half", "CredentialsEmpty"),
            ("halfsts", "ProviderFieldMissing"),
            // The first second of the year 10000.
            ("endless", "ProviderMalformed"),
            ("noprogram", "ProviderFieldMissing"),
            ("nouri", "ProviderFieldMissing"),
            ("role", "ProviderUnsupported"),
            ("sso", "ProviderUnsupported"),
            ("bearer", "ProviderUnsupported"),
            ("nobody", "ProviderNoProfile"),
            ("empty", "ProviderAbsent"),
        ] {
            let error = provide(FILE, Some(profile), &[]).unwrap_err();
            assert_eq!(error.code(), code, "{profile}");
            assert!(!format!("{error} {error:?}").contains("fake-secret"), "{error:?}");
        }
        let error = provide(r#"{"profiles":["fake-secret"]}"#, None, &[]).unwrap_err();
        assert_eq!(error.code(), "ProviderMalformed");
        assert!(!error.to_string().contains("fake-secret"), "{error}");
    }

    #[test]
    fn absent_without_a_file_or_when_disabled() {
        let error = CliProfile::new().path("/nonexistent/config.json").provide_with(|_| None).unwrap_err();
        assert!(error.is_absent(), "{error}");
        assert!(provide(FILE, None, &[(DISABLED, "true")]).unwrap_err().is_absent());
        assert!(provide(FILE, None, &[(DISABLED, "false")]).is_ok());
        let folder = tempfile::tempdir().unwrap();
        let error = CliProfile::new().path(folder.path()).provide_with(|_| None).unwrap_err();
        assert_eq!(error.code(), "ProviderFile", "a folder is there, but is no file");
    }

    #[test]
    fn stored_keys_are_those_that_stand_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        fs::write(&path, FILE).unwrap();
        let stored = CliProfile::new().path(path).stored().unwrap();
        let ids: Vec<_> =
            stored.iter().map(|(name, credentials)| (name.as_str(), credentials.access_key_id())).collect();
        assert_eq!(ids, [("key", "fake-id"), ("old", "fake-old"), ("sts", "fake-sts")]);
    }
}
