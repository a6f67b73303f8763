//! The length of a presigned URL before it is made, and presigned URLs as owned strings.

use crate::canonical_request::write_path;
use crate::endpoint::Endpoint;
use crate::expiry::Expiry;
use crate::presign_error::PresignError;
use crate::request::{RequestRef, RequestWithCapacity};
#[cfg(feature = "alloc")]
use crate::sha256::Mac;
use crate::signer::Signer;
use crate::signing::{SIGNATURE_PARAMETER, Second, SignerAt};
use crate::time::Timestamp;
use crate::writer::{Counter, Writer};

impl SignerAt<'_, '_> {
    /// Returns the exact length in bytes of the URL that [`SignerAt::presign`] would write.
    ///
    /// # Errors
    /// [`PresignError`], as signing does.
    pub fn url_length<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
    ) -> Result<usize, PresignError> {
        self.second().url_length(&request.as_request_ref(), endpoint, expiry)
    }

    /// Returns a presigned URL as a `String`, with one allocation of its exact length.
    ///
    /// # Errors
    /// Any [`PresignError`] except [`BufferTooSmall`](PresignError::BufferTooSmall).
    #[cfg(feature = "alloc")]
    pub fn presign_to_string<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
    ) -> Result<alloc::string::String, PresignError> {
        let string_to_sign = &mut self.string_to_sign();
        self.second().presign_to_string(string_to_sign, &request.as_request_ref(), endpoint, expiry)
    }
}

impl Signer<'_> {
    /// Returns the exact length in bytes of the URL that [`Signer::presign`] would write.
    ///
    /// # Errors
    /// [`PresignError`], as signing does.
    pub fn url_length<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
        expiry: Expiry,
    ) -> Result<usize, PresignError> {
        Second::new(&self.signatory, now)?.url_length(&request.as_request_ref(), endpoint, expiry)
    }

    /// Returns a presigned URL as a `String`, with one allocation of its exact length.
    ///
    /// # Errors
    /// Any [`PresignError`] except [`BufferTooSmall`](PresignError::BufferTooSmall).
    #[cfg(feature = "alloc")]
    pub fn presign_to_string<const CAPACITY: usize>(
        &self,
        request: &RequestWithCapacity<'_, CAPACITY>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
        expiry: Expiry,
    ) -> Result<alloc::string::String, PresignError> {
        let second = Second::new(&self.signatory, now)?;
        let mut string_to_sign = self.key.start();
        second.write_before_hash(&mut string_to_sign);
        second.presign_to_string(&mut string_to_sign, &request.as_request_ref(), endpoint, expiry)
    }
}

impl Second<'_, '_> {
    fn url_length(
        &self,
        request: &RequestRef<'_>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
    ) -> Result<usize, PresignError> {
        let expiry = self.check(request, endpoint, expiry)?;
        Ok(self.length_of(request, endpoint, expiry))
    }

    fn length_of(&self, request: &RequestRef<'_>, endpoint: &Endpoint<'_>, expiry: Expiry) -> usize {
        let mut length = Counter::default();
        endpoint.write_origin(request.bucket, &mut length);
        write_path(&mut length, request, endpoint);
        length.put(b"?");
        self.write_query(&mut length, request, expiry);
        length.put(SIGNATURE_PARAMETER);
        length.length()
    }

    #[cfg(feature = "alloc")]
    fn presign_to_string(
        &self,
        string_to_sign: &mut Mac,
        request: &RequestRef<'_>,
        endpoint: &Endpoint<'_>,
        expiry: Expiry,
    ) -> Result<alloc::string::String, PresignError> {
        /// Most URLs fit, and copying one is faster than counting its length first.
        const ORDINARY: usize = 2048;
        let expiry = self.check(request, endpoint, expiry)?;
        let mut ordinary = [0; ORDINARY];
        let text = |url: &[u8]| core::str::from_utf8(url).map(Into::into).map_err(|_| PresignError::Internal);
        match self.write_url(string_to_sign, request, endpoint, expiry, &mut ordinary) {
            Ok(places) => ordinary.get(..places.length).map_or(Err(PresignError::Internal), text),
            Err(PresignError::BufferTooSmall { needed }) => {
                let mut url = alloc::vec![0; needed];
                self.write_url(string_to_sign, request, endpoint, expiry, &mut url)?;
                alloc::string::String::from_utf8(url).map_err(|_| PresignError::Internal)
            }
            Err(error) => Err(error),
        }
    }
}
