//! The secrets that may have made a signature: the one that would sign here, and those of all profiles.

use oss_presign::explain::KnownSecret;
use oss_presign_std::{Credentials, StandardSource};

use crate::account::Account;
use crate::failure::Failure;

/// The secrets at hand, the likeliest first.
pub(crate) struct KnownSecrets {
    known: Vec<(Option<String>, Credentials)>,
    /// Why none of them is the one that would sign here.
    missing: Option<String>,
}

impl KnownSecrets {
    /// Looks where signing looks, and beyond that into every file of profiles. Where nothing is found the explanation
    /// goes without; a profile that was asked for by its name must be there.
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

    /// These credentials, and those of all profiles.
    pub(crate) fn of(profile: Option<&str>, credentials: Credentials) -> Self {
        let known = vec![(profile.map(str::to_owned), credentials)];
        let mut secrets = Self { known, missing: None };
        secrets.add_stored();
        secrets
    }

    /// A file that cannot be read has no secrets; whoever signs with it is told why.
    fn add_stored(&mut self) {
        for source in StandardSource::ALL {
            for (name, credentials) in source.stored().unwrap_or_default() {
                self.known.push((Some(name), credentials));
            }
        }
    }

    /// Why there is no secret that would sign here; `None` where there is one.
    pub(crate) fn missing(&self) -> Option<&str> {
        self.missing.as_deref()
    }

    /// The secrets, as the search takes them.
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
