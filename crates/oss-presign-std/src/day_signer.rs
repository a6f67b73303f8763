//! The signer of one UTC day, with the credentials and settings that it borrows.

use std::sync::Arc;
use std::time::Duration;

use oss_presign::{Endpoint, PresignError, Product, Region, Scope, Signer, Timestamp};
use self_cell::self_cell;

use crate::Error;
use crate::credentials::Credentials;
use crate::day_key::DayKey;
use crate::endpoint::EndpointSetting;

/// Settings that do not change during the lifetime of a presigner.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) region: String,
    pub(crate) product: Product,
    pub(crate) endpoint: EndpointSetting,
    pub(crate) default_expiry: Duration,
    pub(crate) clamp: bool,
}

/// What a presigner signs by.
#[derive(Clone, Debug)]
pub(crate) enum SigningSource {
    /// A secret, which the key of each day is derived from.
    Credentials(Credentials),
    /// The key of one day.
    DayKey(DayKey),
}

impl SigningSource {
    pub(crate) fn access_key_id(&self) -> &str {
        match self {
            Self::Credentials(credentials) => credentials.access_key_id(),
            Self::DayKey(day_key) => day_key.access_key_id(),
        }
    }

    /// Returns the signer for the UTC day of `now`.
    fn signer<'a>(
        &'a self,
        region: Region<'a>,
        product: Product,
        now: Timestamp,
    ) -> Result<Signer<'a>, Error> {
        match self {
            Self::Credentials(credentials) => {
                Ok(Signer::for_scope(&credentials.to_core()?, Scope::new(now, region, product)))
            }
            Self::DayKey(day_key) => {
                let day_key = day_key.to_core()?;
                day_key.check_region(region, product)?;
                if !day_key.scope().covers(now) {
                    return Err(PresignError::StaleKey { key_date: *day_key.scope().date(), now }.into());
                }
                Ok(Signer::from_day_key(&day_key))
            }
        }
    }
}

pub(crate) struct Owned {
    source: SigningSource,
    settings: Arc<Settings>,
}

pub(crate) struct Prepared<'a> {
    pub(crate) signer: Signer<'a>,
    pub(crate) endpoint: Endpoint<'a>,
}

self_cell!(
    /// A signer with everything it borrows, so that nothing is parsed, checked or derived again for each request.
    pub(crate) struct DaySigner {
        owner: Owned,
        #[covariant]
        dependent: Prepared,
    }
);

impl DaySigner {
    /// Creates the signer for the UTC day of `now`.
    pub(crate) fn new_on_day_of(
        now: Timestamp,
        source: SigningSource,
        settings: Arc<Settings>,
    ) -> Result<Self, Error> {
        Self::try_new(Owned { source, settings }, |Owned { source, settings }| {
            let region = Region::new(&settings.region)?;
            Ok(Prepared {
                signer: source.signer(region, settings.product, now)?.with_cached_parameters(),
                endpoint: settings.endpoint.borrow(region)?,
            })
        })
    }

    /// Creates a signer with the same source and settings for the UTC day of `now`.
    pub(crate) fn on_day_of(&self, now: Timestamp) -> Result<Self, Error> {
        let Owned { source, settings } = self.borrow_owner();
        Self::new_on_day_of(now, source.clone(), Arc::clone(settings))
    }

    pub(crate) fn prepared(&self) -> &Prepared<'_> {
        self.borrow_dependent()
    }

    pub(crate) fn source(&self) -> &SigningSource {
        &self.borrow_owner().source
    }
}
