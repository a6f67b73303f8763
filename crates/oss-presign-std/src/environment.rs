//! Credentials, region and endpoint from environment variables.

use std::ffi::OsString;
use std::fmt;

use zeroize::Zeroizing;

use crate::Error;
use crate::credentials::Credentials;

/// The environment variables that together contain one access key. Variables of two families are never combined, because they
/// belong to different access keys.
struct Family {
    access_key_id: &'static str,
    access_key_secret: &'static str,
    security_token: &'static str,
}

const FAMILIES: [Family; 2] = [
    Family {
        access_key_id: "OSS_ACCESS_KEY_ID",
        access_key_secret: "OSS_ACCESS_KEY_SECRET",
        security_token: "OSS_SESSION_TOKEN",
    },
    Family {
        access_key_id: "ALIBABA_CLOUD_ACCESS_KEY_ID",
        access_key_secret: "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        security_token: "ALIBABA_CLOUD_SECURITY_TOKEN",
    },
];

pub(crate) const REGION: &str = "OSS_REGION";
pub(crate) const ENDPOINT: &str = "OSS_ENDPOINT";

impl Credentials {
    /// Reads credentials from `OSS_ACCESS_KEY_ID`, `OSS_ACCESS_KEY_SECRET` and `OSS_SESSION_TOKEN` or, if none of them is set,
    /// from `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET` and `ALIBABA_CLOUD_SECURITY_TOKEN`. An empty
    /// variable counts as not set. If only a part of one family is set it is refused, and never completed from the other.
    ///
    /// # Errors
    /// [`Error::Environment`] if a variable is missing or not UTF-8, [`Error::Core`] if a value is not valid.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    /// Reads the same variables as [`Credentials::from_env`] through `lookup` instead of the environment.
    ///
    /// # Errors
    /// As [`Credentials::from_env`].
    pub fn from_variables(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        for family in &FAMILIES {
            let access_key_id = variable(&lookup, family.access_key_id)?;
            let access_key_secret = variable(&lookup, family.access_key_secret)?.map(Zeroizing::new);
            let security_token = variable(&lookup, family.security_token)?.map(Zeroizing::new);
            return match (access_key_id, access_key_secret, security_token) {
                (None, None, None) => continue,
                (Some(id), Some(secret), token) => Ok(Self::of(id, secret, token)?),
                (None, ..) => Err(EnvironmentError::HalfSet { missing: family.access_key_id }.into()),
                (_, None, _) => Err(EnvironmentError::HalfSet { missing: family.access_key_secret }.into()),
            };
        }
        Err(EnvironmentError::NoCredentials.into())
    }
}

/// Returns the value of a variable, or `None` if it is not set or empty.
pub(crate) fn variable(
    lookup: impl Fn(&str) -> Option<OsString>,
    name: &'static str,
) -> Result<Option<String>, EnvironmentError> {
    match lookup(name).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(text)) if text.is_empty() => Ok(None),
        Some(Ok(text)) => Ok(Some(text)),
        Some(Err(_)) => Err(EnvironmentError::NotText { name }),
    }
}

/// What is missing in the environment, or wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// Neither family of credential variables is set.
    NoCredentials,
    /// Only a part of a family of variables is set.
    HalfSet {
        /// The variable that is missing.
        missing: &'static str,
    },
    /// `OSS_REGION` is not set.
    NoRegion,
    /// The value of a variable is not UTF-8.
    NotText {
        /// The variable.
        name: &'static str,
    },
}

impl EnvironmentError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoCredentials => "EnvironmentNoCredentials",
            Self::HalfSet { .. } => "EnvironmentHalfSet",
            Self::NoRegion => "EnvironmentNoRegion",
            Self::NotText { .. } => "EnvironmentNotText",
        }
    }
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredentials => f.write_str(
                "no credentials in the environment: set OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET (and \
                 OSS_SESSION_TOKEN for an STS key), or the ALIBABA_CLOUD_ACCESS_KEY_ID family",
            ),
            Self::HalfSet { missing } => write!(
                f,
                "{missing} is not set, but another variable of its family is: set it too, or none of them"
            ),
            Self::NoRegion => f.write_str(
                "OSS_REGION is not set: V4 signatures name the bucket's region, such as `cn-hangzhou`",
            ),
            Self::NotText { name } => write!(f, "the value of {name} is not UTF-8: set it again"),
        }
    }
}

impl std::error::Error for EnvironmentError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<Credentials, Error> {
        Credentials::from_variables(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    const OSS: [(&str, &str); 2] = [("OSS_ACCESS_KEY_ID", "fake-oss-id"), ("OSS_ACCESS_KEY_SECRET", "s1")];
    const CLOUD: [(&str, &str); 3] = [
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "fake-cloud-id"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s2"),
        ("ALIBABA_CLOUD_SECURITY_TOKEN", "t2"),
    ];

    #[test]
    fn the_oss_family_comes_first_and_stays_whole() {
        let both = from(&[OSS.as_slice(), &CLOUD].concat()).unwrap();
        assert_eq!(both.access_key_id(), "fake-oss-id");
        assert!(!both.has_security_token(), "the other family's token belongs to another key");
        let with_token = from(&[OSS.as_slice(), &[("OSS_SESSION_TOKEN", "t1")]].concat()).unwrap();
        assert!(with_token.has_security_token());
        let second = from(&CLOUD).unwrap();
        assert_eq!(second.access_key_id(), "fake-cloud-id");
        assert!(second.has_security_token());
    }

    #[test]
    fn half_a_family_is_refused() {
        for (set, missing) in [
            ("OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET"),
            ("OSS_ACCESS_KEY_SECRET", "OSS_ACCESS_KEY_ID"),
            ("OSS_SESSION_TOKEN", "OSS_ACCESS_KEY_ID"),
        ] {
            let error = from(&[&[(set, "x")], CLOUD.as_slice()].concat()).unwrap_err();
            assert_eq!(error, Error::Environment(EnvironmentError::HalfSet { missing }));
        }
        let error = from(CLOUD.get(1..).unwrap()).unwrap_err();
        let missing = "ALIBABA_CLOUD_ACCESS_KEY_ID";
        assert_eq!(error, Error::Environment(EnvironmentError::HalfSet { missing }));
    }

    #[test]
    fn empty_is_not_set_and_nothing_is_an_error() {
        assert_eq!(from(&[]).unwrap_err(), Error::Environment(EnvironmentError::NoCredentials));
        let empty = [("OSS_ACCESS_KEY_ID", ""), ("OSS_ACCESS_KEY_SECRET", ""), ("OSS_SESSION_TOKEN", "")];
        let second = from(&[empty.as_slice(), &CLOUD].concat()).unwrap();
        assert_eq!(second.access_key_id(), "fake-cloud-id");
    }

    #[test]
    fn a_value_that_is_no_key_keeps_its_code() {
        let error =
            from(&[("OSS_ACCESS_KEY_ID", "i"), ("OSS_ACCESS_KEY_SECRET", "fake-secret ")]).unwrap_err();
        assert_eq!(error.code(), "CredentialsOuterBlank");
        assert!(!format!("{error} {error:?}").contains("fake-secret"));
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text() {
        use std::os::unix::ffi::OsStringExt;
        let error = Credentials::from_variables(|_| Some(OsString::from_vec(vec![0xff]))).unwrap_err();
        assert_eq!(error, Error::Environment(EnvironmentError::NotText { name: "OSS_ACCESS_KEY_ID" }));
    }
}
