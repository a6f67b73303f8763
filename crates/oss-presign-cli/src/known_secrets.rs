//! The secrets that may have made a signature: the one that the command would sign with, and those of all profiles.

use oss_presign::explain::KnownSecret;
use oss_presign_std::{Credentials, StandardSource};

use crate::account::Account;
use crate::failure::Failure;

/// The secrets at hand, the likeliest first.
pub(crate) struct KnownSecrets {
    known: Vec<(Option<String>, Credentials)>,
    /// Why the command could not sign, if it has no secret to sign with.
    missing: Option<String>,
}

impl KnownSecrets {
    /// Looks where signing looks, and into every file of profiles. It is no error to find nothing, unless a profile was named.
    pub(crate) fn find(profile: Option<&str>) -> Result<Self, Failure> {
        match Account::find(profile) {
            Ok(account) => Ok(Self::of(profile, account.credentials)),
            Err(failure) if profile.is_some() => Err(failure),
            Err(failure) => {
                let mut secrets = Self { known: Vec::new(), missing: Some(failure.message) };
                secrets.add_stored();
                Ok(secrets)
            }
        }
    }

    /// Returns these credentials and those of all profiles.
    pub(crate) fn of(profile: Option<&str>, credentials: Credentials) -> Self {
        let known = vec![(profile.map(str::to_owned), credentials)];
        let mut secrets = Self { known, missing: None };
        secrets.add_stored();
        secrets
    }

    /// Adds the credentials of all profiles. A file that cannot be read adds none; signing with it says why.
    fn add_stored(&mut self) {
        for source in StandardSource::ALL {
            for (name, credentials) in source.stored().unwrap_or_default() {
                self.known.push((Some(name), credentials));
            }
        }
    }

    /// Returns why the command could not sign; `None` if it could.
    pub(crate) fn missing(&self) -> Option<&str> {
        self.missing.as_deref()
    }

    /// Returns the secrets for the search of the core, each once.
    pub(crate) fn to_core(&self) -> Result<Vec<KnownSecret<'_>>, Failure> {
        let mut secrets: Vec<KnownSecret<'_>> = Vec::with_capacity(self.known.len());
        for (name, credentials) in &self.known {
            let secret = KnownSecret::new(name.as_deref(), &credentials.to_core()?);
            let is_known = secrets.iter().any(|other| {
                (other.access_key_id, other.access_key_secret, other.security_token)
                    == (secret.access_key_id, secret.access_key_secret, secret.security_token)
            });
            if !is_known {
                secrets.push(secret);
            }
        }
        Ok(secrets)
    }
}
