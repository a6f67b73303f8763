//! The signer of one UTC day, with the credentials and settings that it borrows.

use std::sync::Arc;
use std::time::Duration;

use oss_presign::{Endpoint, Product, Region, Scope, Signer, Timestamp};
use self_cell::self_cell;

use crate::Error;
use crate::credentials::Credentials;
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

pub(crate) struct Owned {
    credentials: Credentials,
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
    /// Derives the signing key for the UTC day of `now`.
    pub(crate) fn derive(
        credentials: Credentials,
        settings: Arc<Settings>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        Self::try_new(Owned { credentials, settings }, |Owned { credentials, settings }| {
            let region = Region::new(&settings.region)?;
            let scope = Scope::new(now, region, settings.product);
            Ok(Prepared {
                signer: Signer::for_scope(&credentials.to_core()?, scope).with_cached_parameters(),
                endpoint: settings.endpoint.borrow(region)?,
            })
        })
    }

    /// Creates a signer with the same credentials and settings for the UTC day of `now`.
    pub(crate) fn on_day_of(&self, now: Timestamp) -> Result<Self, Error> {
        let Owned { credentials, settings } = self.borrow_owner();
        Self::derive(credentials.clone(), Arc::clone(settings), now)
    }

    pub(crate) fn prepared(&self) -> &Prepared<'_> {
        self.borrow_dependent()
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.borrow_owner().credentials
    }
}
