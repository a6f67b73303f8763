//! The profiles that Alibaba Cloud's SDKs share: `~/.alibabacloud/credentials`.

use std::ffi::OsString;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::ini::Section;
use super::{
    ASSUMED_ROLE, PROFILE, chosen_profile, environment, from_process, from_uri, machine_role,
    named_or_default, read_located, required,
};
use crate::credentials::Credentials;
use crate::provider::{ProvideCredentials, ProviderError};

const PROVIDER: &str = "the SDKs' profiles";
const FILE: &str = "ALIBABA_CLOUD_CREDENTIALS_FILE";

/// A provider that reads a profile in the file that Alibaba Cloud's SDKs share, with type `access_key`, `sts`, `ecs_ram_role`,
/// `credentials_uri` or `external`. It reads the file each time, so that it notices a renewed profile.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SharedProfile {
    path: Option<PathBuf>,
    profile: Option<String>,
}

impl SharedProfile {
    /// Creates a provider for the profile that `ALIBABA_CLOUD_PROFILE` names (by default `default`), in the file that
    /// `ALIBABA_CLOUD_CREDENTIALS_FILE` names (by default `~/.alibabacloud/credentials`).
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

    /// Returns the access keys in the file, each with the name of its profile. Profiles without a complete access key are left
    /// out, for example those whose credentials come from a program, a server or a role.
    ///
    /// # Errors
    /// As [`ProvideCredentials::provide`], if the file cannot be read. An incomplete profile is not an error.
    pub fn stored(&self) -> Result<Vec<(String, Credentials)>, ProviderError> {
        let (_, text) = self.file(environment)?;
        let stored = |section: Section<'_>| {
            let name = section.name.to_owned();
            let profile = Profile(section);
            let holds_key = matches!(profile.field("type"), Some("access_key" | "sts"));
            holds_key.then(|| profile.credentials().ok()).flatten().map(|credentials| (name, credentials))
        };
        Ok(Section::all(&text).into_iter().filter_map(stored).collect())
    }

    fn provide_with(&self, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Credentials, ProviderError> {
        let (path, text) = self.file(&lookup)?;
        let chosen = chosen_profile(self.profile.as_ref(), PROFILE, &lookup)?;
        let known = Section::all(&text).into_iter().map(|section| section.name.to_owned());
        let find = |name: &str| Section::find(&text, |found| found == name);
        Profile(named_or_default(&path, chosen.as_deref(), find, known, PROVIDER)?).credentials()
    }

    fn file(
        &self,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<(PathBuf, Zeroizing<String>), ProviderError> {
        read_located(self.path.as_ref(), lookup, FILE, ".alibabacloud/credentials", PROVIDER)
    }
}

impl ProvideCredentials for SharedProfile {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        self.provide_with(environment)
    }
}

struct Profile<'t>(Section<'t>);

impl<'t> Profile<'t> {
    fn field(&self, name: &str) -> Option<&'t str> {
        self.0.field(|found| found == name)
    }

    fn required(&self, field: &'static str) -> Result<&'t str, ProviderError> {
        required(self.field(field), self.0.name, field)
    }

    fn credentials(&self) -> Result<Credentials, ProviderError> {
        let kind = self.required("type")?;
        let unsupported = |instead| Err(ProviderError::Unsupported { mode: kind.to_owned(), instead });
        let secret = |text: &str| Zeroizing::new(text.to_owned());
        match kind {
            "access_key" | "sts" => {
                let (id, key) = (self.required("access_key_id")?, self.required("access_key_secret")?);
                let token = match kind {
                    "sts" => Some(secret(self.required("security_token")?)),
                    _ => None,
                };
                Ok(Credentials::of(id.to_owned(), secret(key), token)?)
            }
            "ecs_ram_role" => machine_role(self.field("role_name")),
            "credentials_uri" => from_uri(self.required("credentials_uri")?),
            "external" => from_process(self.required("process_command")?),
            "ram_role_arn" | "oidc_role_arn" | "rsa_key_pair" => unsupported(ASSUMED_ROLE),
            _ => unsupported(
                "use a profile of type access_key, sts, ecs_ram_role, credentials_uri or external",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const TEXT: &str = "\u{20}# a comment\r
[other]\r
type = access_key\r
access_key_id = fake-other\r
access_key_secret = fake-secret==\r
[default]              ; the one that counts
type=access_key
# access_key_id = fake-commented
access_key_id = \"fake-default\"
access_key_secret = fake=se;cr#et
[sts]
type = sts
access_key_id = fake-sts
access_key_secret = fake-secret
security_token = fake-token
[half]
type = access_key
access_key_id = fake-half
[untyped]
access_key_id = fake-untyped
[arn]
type = ram_role_arn
[strange]
type = bearer
[program]
type = external
process_command = printf '{\"access_key_id\":\"fake-printed\",\"access_key_secret\":\"s\"}'
[last]
type = access_key
access_key_id = fake-first
access_key_id = fake-last
access_key_secret = fake-secret";

    fn provide(
        text: &str,
        profile: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Result<Credentials, ProviderError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        fs::write(&path, text).unwrap();
        let provider = SharedProfile { profile: profile.map(Into::into), path: None };
        provider.provide_with(|name| match name {
            FILE => Some(path.clone().into_os_string()),
            _ => variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)),
        })
    }

    #[test]
    fn profiles_by_name_by_variable_and_the_default_one() {
        let id =
            |profile, variables: &[_]| provide(TEXT, profile, variables).unwrap().access_key_id().to_owned();
        assert_eq!(id(None, &[]), "fake-default");
        assert_eq!(id(None, &[(super::super::PROFILE, "other")]), "fake-other");
        assert_eq!(id(Some("last"), &[(super::super::PROFILE, "other")]), "fake-last");
        assert!(provide(TEXT, Some("sts"), &[]).unwrap().has_security_token());
        #[cfg(unix)]
        assert_eq!(id(Some("program"), &[]), "fake-printed");
    }

    #[test]
    fn values_are_whole() {
        let secret =
            |name| Profile(Section::find(TEXT, |found| found == name).unwrap()).field("access_key_secret");
        assert_eq!(secret("default"), Some("fake=se;cr#et"));
        assert_eq!(secret("other"), Some("fake-secret=="));
        assert_eq!(secret("half"), None, "a section ends where the next begins");
    }

    #[test]
    fn refusals() {
        for (profile, code) in [
            ("half", "ProviderFieldMissing"),
            ("untyped", "ProviderFieldMissing"),
            ("arn", "ProviderUnsupported"),
            ("strange", "ProviderUnsupported"),
            ("nobody", "ProviderNoProfile"),
        ] {
            assert_eq!(provide(TEXT, Some(profile), &[]).unwrap_err().code(), code, "{profile}");
        }
        assert!(provide("[other]\n", None, &[]).unwrap_err().is_absent());
        let missing = SharedProfile::new().path("/nonexistent/credentials").provide_with(|_| None);
        assert!(missing.unwrap_err().is_absent());
    }

    #[test]
    fn stored_keys_are_those_that_stand_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        fs::write(&path, TEXT).unwrap();
        let stored = SharedProfile::new().path(path).stored().unwrap();
        let names: Vec<_> = stored.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["other", "default", "sts", "last"]);
    }
}
