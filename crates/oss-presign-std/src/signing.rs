//! The results that a signature can be made into: a URL, an owned request, appended text, headers.

use oss_presign::{
    AuthorizedRequest, Endpoint, Expiry, PresignedRequest, RequestWithCapacity, Signer, Timestamp,
};
use smallvec::{SmallVec, smallvec};

use crate::Error;

/// The size of a buffer for URLs on the stack, in bytes. Longer URLs need an allocation.
const STACK_BUFFER: usize = 2048;

/// A request with everything that is needed to sign it.
pub(crate) struct Signing<'s, const CAPACITY: usize> {
    pub(crate) signer: &'s Signer<'s>,
    pub(crate) request: &'s RequestWithCapacity<'s, CAPACITY>,
    pub(crate) endpoint: &'s Endpoint<'s>,
    pub(crate) now: Timestamp,
}

/// A result that can be made of a signature.
pub(crate) trait Sign {
    /// Whether the signature is part of a URL.
    const BY_URL: bool = true;
    type Output;

    fn sign<const CAPACITY: usize>(
        self,
        signing: &Signing<'_, CAPACITY>,
        expiry: impl FnOnce() -> Result<Expiry, Error>,
    ) -> Result<Self::Output, Error>;
}

pub(crate) struct PresignUrl;

impl Sign for PresignUrl {
    type Output = String;

    fn sign<const CAPACITY: usize>(
        self,
        &Signing { signer, request, endpoint, now }: &Signing<'_, CAPACITY>,
        expiry: impl FnOnce() -> Result<Expiry, Error>,
    ) -> Result<String, Error> {
        Ok(signer.presign_to_string(request, endpoint, now, expiry()?)?)
    }
}

pub(crate) struct PresignOwned;

impl Sign for PresignOwned {
    type Output = PresignedRequest;

    fn sign<const CAPACITY: usize>(
        self,
        &Signing { signer, request, endpoint, now }: &Signing<'_, CAPACITY>,
        expiry: impl FnOnce() -> Result<Expiry, Error>,
    ) -> Result<PresignedRequest, Error> {
        Ok(signer.presign_to_owned(request, endpoint, now, expiry()?)?)
    }
}

pub(crate) struct PresignInto<'t>(pub(crate) &'t mut String);

impl Sign for PresignInto<'_> {
    type Output = ();

    fn sign<const CAPACITY: usize>(
        self,
        &Signing { signer, request, endpoint, now }: &Signing<'_, CAPACITY>,
        expiry: impl FnOnce() -> Result<Expiry, Error>,
    ) -> Result<(), Error> {
        let expiry = expiry()?;
        let length = signer.url_length(request, endpoint, now, expiry)?;
        let mut buffer: SmallVec<[u8; STACK_BUFFER]> = smallvec![0; length];
        self.0.push_str(signer.presign(request, endpoint, now, expiry, &mut buffer)?.url());
        Ok(())
    }
}

pub(crate) struct Authorize;

impl Sign for Authorize {
    const BY_URL: bool = false;
    type Output = AuthorizedRequest;

    fn sign<const CAPACITY: usize>(
        self,
        &Signing { signer, request, endpoint, now }: &Signing<'_, CAPACITY>,
        _: impl FnOnce() -> Result<Expiry, Error>,
    ) -> Result<AuthorizedRequest, Error> {
        Ok(signer.sign_header_to_owned(request, endpoint, now)?)
    }
}
