//! The default endpoint of a presigner.

use oss_presign::{Addressing, Endpoint, EndpointError, Region, Scheme};

/// An endpoint that owns its host.
#[derive(Clone, Debug, Default)]
pub(crate) enum OwnedEndpoint {
    #[default]
    Public,
    Internal,
    DualStack,
    Accelerate,
    AccelerateOverseas,
    Host {
        host: String,
        addressing: Addressing,
    },
}

impl OwnedEndpoint {
    pub(crate) fn borrow<'a>(&'a self, region: Region<'a>) -> Result<Endpoint<'a>, EndpointError> {
        Ok(match self {
            Self::Public => Endpoint::public(region),
            Self::Internal => Endpoint::internal(region),
            Self::DualStack => Endpoint::dual_stack(region),
            Self::Accelerate => Endpoint::accelerate(),
            Self::AccelerateOverseas => Endpoint::accelerate_overseas(),
            Self::Host { host, addressing } => Endpoint::new(host, *addressing)?,
        })
    }
}

/// An endpoint, and a scheme if the caller chose one.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointSetting {
    pub(crate) endpoint: OwnedEndpoint,
    pub(crate) scheme: Option<Scheme>,
}

impl EndpointSetting {
    pub(crate) fn borrow<'a>(&'a self, region: Region<'a>) -> Result<Endpoint<'a>, EndpointError> {
        let endpoint = self.endpoint.borrow(region)?;
        endpoint.check_region(region)?;
        Ok(match self.scheme {
            Some(scheme) => endpoint.with_scheme(scheme),
            None => endpoint,
        })
    }
}
