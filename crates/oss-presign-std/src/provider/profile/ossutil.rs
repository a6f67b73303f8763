//! The profiles of ossutil: `~/.ossutilconfig`.

use std::ffi::OsString;
use std::path::PathBuf;

use oss_presign::Addressing;
use zeroize::Zeroizing;

use super::ini::Section;
use super::{
    ASSUMED_ROLE, ProfileSettings, chosen_profile, environment, from_process, from_uri, machine_role,
    named_or_default, read_located, required,
};
use crate::credentials::Credentials;
use crate::provider::{ProvideCredentials, ProviderError};

const PROVIDER: &str = "ossutil's profiles";
const FILE: &str = "OSSUTIL_CONFIG_FILE";
const PROFILE: &str = "OSSUTIL_PROFILE";

/// A provider that reads a profile of ossutil with mode `AK`, `StsToken`, `EcsRamRole` or `Process`, or the section
/// `[Credentials]` of ossutil 1. It reads the file each time, so that it notices a renewed profile.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct OssutilProfile {
    path: Option<PathBuf>,
    profile: Option<String>,
}

impl OssutilProfile {
    /// Creates a provider for the profile that `OSSUTIL_PROFILE` names (by default `default`), in the file that
    /// `OSSUTIL_CONFIG_FILE` names (by default `~/.ossutilconfig`).
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

    /// Returns region, endpoint and addressing style of the profile. If the profile names no region, as in files of ossutil 1,
    /// the region is the one in its endpoint.
    ///
    /// # Errors
    /// As [`ProvideCredentials::provide`], and [`ProviderError::Malformed`] for an unknown addressing style.
    pub fn settings(&self) -> Result<ProfileSettings, ProviderError> {
        self.with_section(environment, |section| section.settings())
    }

    /// Returns the access keys in the file, each with the name of its profile. Profiles without a complete access key are left
    /// out, for example those that get it from a program, a server or a role.
    ///
    /// # Errors
    /// As [`ProvideCredentials::provide`], for the file as a whole.
    pub fn stored(&self) -> Result<Vec<(String, Credentials)>, ProviderError> {
        let (_, text) = self.file(environment)?;
        let mut names: Vec<String> =
            Section::all(&text).into_iter().filter_map(|section| profile_name(section.name)).collect();
        names.sort_unstable();
        names.dedup();
        let stored = |name: String| {
            let profile = Profile::find(&text, &name)?;
            let mode = profile.field("mode").unwrap_or_default().to_ascii_lowercase();
            let holds_key = matches!(mode.as_str(), "" | "ak" | "ststoken");
            holds_key.then(|| profile.credentials().ok()).flatten().map(|credentials| (name, credentials))
        };
        Ok(names.into_iter().filter_map(stored).collect())
    }

    fn file(
        &self,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<(PathBuf, Zeroizing<String>), ProviderError> {
        read_located(self.path.as_ref(), lookup, FILE, ".ossutilconfig", PROVIDER)
    }

    fn with_section<T>(
        &self,
        lookup: impl Fn(&str) -> Option<OsString>,
        read_section: impl Fn(Profile<'_>) -> Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        let (path, text) = self.file(&lookup)?;
        let chosen = chosen_profile(self.profile.as_ref(), PROFILE, &lookup)?;
        let known = Section::all(&text).into_iter().filter_map(|section| profile_name(section.name));
        let find = |name: &str| Profile::find(&text, name);
        read_section(named_or_default(&path, chosen.as_deref(), find, known, PROVIDER)?)
    }
}

impl ProvideCredentials for OssutilProfile {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        self.with_section(environment, |profile| profile.credentials())
    }
}

/// Returns the name of the profile that a section describes: `[default]`, `[profile NAME]`, or `[Credentials]` of ossutil 1.
fn profile_name(section: &str) -> Option<String> {
    let lower_case = section.to_ascii_lowercase();
    match lower_case.as_str() {
        "default" | "credentials" => Some("default".to_owned()),
        name => Some(name.strip_prefix("profile ")?.trim().to_owned()),
    }
}

struct Profile<'t> {
    name: String,
    section: Section<'t>,
}

impl<'t> Profile<'t> {
    /// Returns the first section for the profile that contains credentials. ossutil 1 stored other settings in a `[default]`
    /// next to its `[Credentials]`.
    fn find(text: &'t str, name: &str) -> Option<Self> {
        let is_meant = |section: &Section<'_>| {
            profile_name(section.name).is_some_and(|found| found.eq_ignore_ascii_case(name))
        };
        let sections = Section::all(text).into_iter().filter(is_meant);
        let mut profiles: Vec<Self> =
            sections.map(|section| Self { name: name.to_owned(), section }).collect();
        let meant = profiles.iter().position(Self::says_who_signs).unwrap_or(0);
        (meant < profiles.len()).then(|| profiles.swap_remove(meant))
    }

    fn says_who_signs(&self) -> bool {
        ["mode", "accesskeyid", "accesskeysecret", "sourceprofile"]
            .iter()
            .any(|&field| self.field(field).is_some())
    }

    /// Returns a field by its name in lower case. ossutil treats `accessKeyID`, `access-key-id` and `access_key_id` as the same
    /// name.
    fn field(&self, name: &str) -> Option<&'t str> {
        self.section.field(|found| {
            let letters = found.chars().filter(|letter| !matches!(letter, '-' | '_'));
            letters.map(|letter| letter.to_ascii_lowercase()).eq(name.chars())
        })
    }

    fn required(&self, field: &str, shown: &'static str) -> Result<&'t str, ProviderError> {
        required(self.field(field), &self.name, shown)
    }

    fn credentials(&self) -> Result<Credentials, ProviderError> {
        let mode = self.field("mode").unwrap_or_default();
        let unsupported = |instead| Err(ProviderError::Unsupported { mode: mode.to_owned(), instead });
        match mode.to_ascii_lowercase().as_str() {
            "" if self.field("sourceprofile").is_some() => Err(ProviderError::Unsupported {
                mode: "source_profile".into(),
                instead: "choose the profile that holds the key",
            }),
            "" if !self.says_who_signs() => {
                let what = format!("profile `{}` holds no key", self.name.escape_debug());
                Err(ProviderError::Absent { provider: PROVIDER, what })
            }
            "ak" => self.key(None),
            "" => self.key(self.field("ststoken")),
            "ststoken" => self.key(Some(self.required("ststoken", "stsToken")?)),
            "ecsramrole" | "ali-ecsramrole" => machine_role(self.field("ecsrolename")),
            "process" => from_process(self.required("credentialprocess", "credentialProcess")?),
            "credentialuri" | "credentialsuri" => from_uri(self.required("credentialuri", "credentialUri")?),
            "ramrolearn" | "oidcrolearn" => unsupported(ASSUMED_ROLE),
            "anonymous" => unsupported("nothing can be signed without a key: choose another profile"),
            _ => unsupported("use a profile of mode AK, StsToken, EcsRamRole or Process"),
        }
    }

    fn key(&self, token: Option<&str>) -> Result<Credentials, ProviderError> {
        let secret = |text: &str| Zeroizing::new(text.to_owned());
        let id = self.required("accesskeyid", "accessKeyID")?;
        let key = self.required("accesskeysecret", "accessKeySecret")?;
        Ok(Credentials::of(id.to_owned(), secret(key), token.map(secret))?)
    }

    fn settings(&self) -> Result<ProfileSettings, ProviderError> {
        let endpoint = self.field("endpoint").map(str::to_owned);
        let addressing = match self.field("addressingstyle").map(str::to_ascii_lowercase).as_deref() {
            None => None,
            Some("virtual") => Some(Addressing::VirtualHosted),
            Some("path") => Some(Addressing::Path),
            Some("cname") => Some(Addressing::Cname),
            Some(other) => {
                let what = format!(
                    "profile `{}` has the addressing style `{}`: write virtual, path or cname",
                    self.name.escape_debug(),
                    other.escape_debug()
                );
                return Err(ProviderError::Malformed { what });
            }
        };
        let region = self.field("region").or_else(|| region_of(endpoint.as_deref()?));
        Ok(ProfileSettings { region: region.map(str::to_owned), endpoint: endpoint.clone(), addressing })
    }
}

/// Returns the region in a host such as `oss-cn-hangzhou-internal.aliyuncs.com`.
fn region_of(endpoint: &str) -> Option<&str> {
    let host = endpoint.split_once("://").map_or(endpoint, |(_, host)| host);
    let label = host.strip_suffix('/').unwrap_or(host).strip_suffix(".aliyuncs.com")?;
    let region = label.strip_prefix("oss-").filter(|region| !region.starts_with("accelerate"))?;
    Some(region.strip_suffix("-internal").unwrap_or(region)).filter(|region| !region.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const TEXT: &str = "\
# written by ossutil
[default]
accessKeyID = \"fake-default\"
accessKeySecret = fake-secret
region = cn-hangzhou
[profile Work]
access-key-id=fake-work
access_key_secret=fake-secret
STSTOKEN=fake-token
endpoint=https://oss-cn-beijing-internal.aliyuncs.com
addressing-style=path
[profile sts]
mode=StsToken
accessKeyId=i
accessKeySecret=fake-secret
[profile half]
accessKeyID=i
[profile role]
mode=RamRoleArn
accessKeyID=i
accessKeySecret=fake-secret
[profile nobody]
mode=Anonymous
[profile browser]
mode=CloudSSO
[profile odd]
mode=AK
accessKeyID=i
accessKeySecret=fake-secret
addressingStyle=diagonal
[profile chained]
source_profile=default
[profile empty]
region=cn-beijing
[profile program]
mode=Process
credentialProcess=printf '{\"AccessKeyId\":\"fake-printed\",\"AccessKeySecret\":\"s\"}'
[buckets photos]
endpoint=static.example.com
";

    const FIRST_VERSION: &str = "\
[Default]
loglevel=info
[Credentials]
language=EN
endpoint=oss-cn-shanghai.aliyuncs.com
accessKeyID=fake-first
accessKeySecret=fake-secret
[Bucket-Endpoint]
photos=oss-cn-beijing.aliyuncs.com
";

    fn ask<T>(
        text: &str,
        profile: Option<&str>,
        variables: &[(&str, &str)],
        question: impl Fn(Profile<'_>) -> Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ossutilconfig");
        fs::write(&path, text).unwrap();
        let provider = OssutilProfile { profile: profile.map(Into::into), path: None };
        let lookup = |name: &str| match name {
            FILE => Some(path.clone().into_os_string()),
            _ => variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)),
        };
        provider.with_section(lookup, question)
    }

    fn credentials(profile: Option<&str>) -> Result<Credentials, ProviderError> {
        ask(TEXT, profile, &[], |profile| profile.credentials())
    }

    #[test]
    fn profiles_by_name_by_variable_and_the_default_one() {
        assert_eq!(credentials(None).unwrap().access_key_id(), "fake-default");
        let work = credentials(Some("work")).unwrap();
        assert_eq!((work.access_key_id(), work.has_security_token()), ("fake-work", true));
        let chosen = ask(TEXT, None, &[(PROFILE, "work")], |profile| profile.credentials()).unwrap();
        assert_eq!(chosen.access_key_id(), "fake-work");
        #[cfg(unix)]
        assert_eq!(credentials(Some("program")).unwrap().access_key_id(), "fake-printed");
        let first = ask(FIRST_VERSION, None, &[], |profile| profile.credentials()).unwrap();
        assert_eq!(first.access_key_id(), "fake-first", "[Default] of ossutil 1 holds no key");
    }

    #[test]
    fn region_and_endpoint_come_along() {
        let settings = |text, profile| ask(text, profile, &[], |profile| profile.settings()).unwrap();
        assert_eq!(settings(TEXT, None).region.as_deref(), Some("cn-hangzhou"));
        let work = settings(TEXT, Some("work"));
        assert_eq!(work.region.as_deref(), Some("cn-beijing"));
        assert_eq!(work.endpoint.as_deref(), Some("https://oss-cn-beijing-internal.aliyuncs.com"));
        assert_eq!(work.addressing, Some(Addressing::Path));
        assert_eq!(settings(FIRST_VERSION, None).region.as_deref(), Some("cn-shanghai"));
        for host in ["oss-accelerate.aliyuncs.com", "static.example.com", "oss-cn-a.b.aliyuncs.com"] {
            assert_eq!(region_of(host), None, "{host}");
        }
    }

    #[test]
    fn refusals() {
        for (profile, code) in [
            ("sts", "ProviderFieldMissing"),
            ("half", "ProviderFieldMissing"),
            ("role", "ProviderUnsupported"),
            ("nobody", "ProviderUnsupported"),
            ("browser", "ProviderUnsupported"),
            ("chained", "ProviderUnsupported"),
            ("empty", "ProviderAbsent"),
            ("photos", "ProviderNoProfile"),
        ] {
            let error = credentials(Some(profile)).unwrap_err();
            assert_eq!(error.code(), code, "{profile}");
            assert!(!format!("{error} {error:?}").contains("fake-secret"), "{error:?}");
        }
        let error = ask(TEXT, Some("odd"), &[], |profile| profile.settings()).unwrap_err();
        assert!(error.to_string().contains("diagonal"), "{error}");
        assert!(ask("[profile a]\n", None, &[], |profile| profile.credentials()).unwrap_err().is_absent());
        let missing = OssutilProfile::new().path("/nonexistent/ossutilconfig").provide();
        assert!(missing.unwrap_err().is_absent());
    }

    #[test]
    fn an_unknown_profile_is_told_with_those_that_there_are() {
        let error = credentials(Some("wrok")).unwrap_err().to_string();
        assert!(error.contains("no profile `wrok`") && error.contains("default, work, sts"), "{error}");
    }

    #[test]
    fn stored_keys_are_those_that_stand_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        for (text, expected) in [(TEXT, &["default", "odd", "work"][..]), (FIRST_VERSION, &["default"])] {
            fs::write(&path, text).unwrap();
            let stored = OssutilProfile::new().path(&path).stored().unwrap();
            let names: Vec<_> = stored.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, expected);
        }
    }
}
