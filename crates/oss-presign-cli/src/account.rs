//! Who signs: credentials, and the region and endpoint that their profile names.

use oss_presign_std::{Credentials, ProfileSettings, ProvideCredentials, ProviderError, StandardSource};

use crate::failure::{Class, Failure};

/// The variable that says that this machine has a role. Elsewhere nobody answers, after a second of waiting.
const MACHINE_ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";

/// The first place that has credentials, and what it has.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) source: StandardSource,
    profile: Option<String>,
    pub(crate) credentials: Credentials,
    pub(crate) settings: ProfileSettings,
}

impl Account {
    /// Asks the places in their order; with the name of a profile only those that have profiles. A place that is
    /// broken is not passed over: what comes after it is another identity.
    pub(crate) fn find(profile: Option<&str>) -> Result<Self, Failure> {
        let mut reasons = Vec::new();
        for &source in places(profile) {
            match ask(source, profile) {
                Ok(credentials) => {
                    let settings = source.settings(profile).map_err(|error| broken(source, &error))?;
                    return Ok(Self { source, profile: profile.map(str::to_owned), credentials, settings });
                }
                Err(error) if is_passed_over(&error, profile) => reasons.push(error),
                Err(error) => return Err(broken(source, &error)),
            }
        }
        Err(none(profile, &reasons))
    }

    /// The same again, when credentials that end are to be replaced.
    pub(crate) fn provider(&self) -> impl ProvideCredentials + 'static {
        let (source, profile) = (self.source, self.profile.clone());
        move || source.credentials(profile.as_deref())
    }
}

/// The places that are asked.
pub(crate) fn places(profile: Option<&str>) -> impl Iterator<Item = &'static StandardSource> {
    let named = profile.is_some();
    StandardSource::ALL.iter().filter(move |source| !named || source.has_profiles())
}

/// Asks one place.
pub(crate) fn ask(source: StandardSource, profile: Option<&str>) -> Result<Credentials, ProviderError> {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if source == StandardSource::EcsRamRole && !is_set(MACHINE_ROLE) {
        let what = format!("{MACHINE_ROLE} is not set");
        return Err(ProviderError::Absent { provider: "the machine's role", what });
    }
    source.credentials(profile)
}

/// Whether the next place is asked after this answer.
pub(crate) fn is_passed_over(error: &ProviderError, profile: Option<&str>) -> bool {
    error.is_absent() || (profile.is_some() && matches!(error, ProviderError::NoProfile { .. }))
}

fn broken(source: StandardSource, error: &ProviderError) -> Failure {
    Failure::new(Class::Failed, format!("{}: {error}", source.name())).with_code(error.code())
}

fn none(profile: Option<&str>, reasons: &[ProviderError]) -> Failure {
    let Some(name) = profile else {
        return Failure::new(Class::Failed, "no credentials: none in the environment, and none in a profile")
            .with_code("NoCredentials")
            .with_hint(
                "set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET, or run `aliyun configure` or `ossutil config`; \
                 `oss-presign doctor` lists the places that were searched, and `oss-presign serve` is for trying things \
                 without an account",
            );
    };
    let looked = reasons.iter().map(|reason| match reason {
        ProviderError::Absent { what, .. } => what.clone(),
        reason => reason.to_string(),
    });
    let looked: Vec<String> = looked.collect();
    Failure::new(Class::Failed, format!("no profile `{}`: {}", name.escape_debug(), looked.join("; ")))
        .with_code("NoProfile")
        .with_hint("choose another --profile, or create this one with `aliyun configure --profile NAME`")
}
