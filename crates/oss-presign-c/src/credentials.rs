//! Access keys, with and without their secret.

use oss_presign::{Credentials as CoreCredentials, Identity as CoreIdentity, Timestamp};

use crate::status::Status;
use crate::text::Text;

/// An access key. The texts are not copied.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Credentials {
    /// The access key id, which is public. Required.
    pub access_key_id: Text,
    /// The access key's secret. Required.
    pub access_key_secret: Text,
    /// The security token of temporary (STS) credentials; absent for others.
    pub security_token: Text,
    /// When temporary credentials expire, in seconds since 1970; 0 for others.
    pub expires_at: u64,
}

impl Credentials {
    /// Returns the core's value.
    ///
    /// # Safety
    /// The texts are as [`Text::bytes`] needs them.
    pub(crate) unsafe fn read<'a>(&self) -> Result<CoreCredentials<'a>, Status> {
        // SAFETY: the caller's contract.
        let (id, secret) = unsafe { (self.access_key_id.required()?, self.access_key_secret.required()?) };
        let mut credentials = CoreCredentials::new(id, secret)?;
        if !self.security_token.is_absent() {
            // SAFETY: the caller's contract.
            credentials = credentials.with_security_token(unsafe { self.security_token.required() }?)?;
        }
        if self.expires_at != 0 {
            credentials = credentials.expiring_at(Timestamp::from_unix(self.expires_at)?);
        }
        Ok(credentials)
    }
}

/// An access key without its secret. The texts are not copied.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Identity {
    /// The access key id. Required.
    pub access_key_id: Text,
    /// The security token of temporary (STS) credentials; absent for others.
    pub security_token: Text,
    /// When temporary credentials expire, in seconds since 1970; 0 for others.
    pub expires_at: u64,
}

impl Identity {
    /// Returns the core's value.
    ///
    /// # Safety
    /// The texts are as [`Text::bytes`] needs them.
    pub(crate) unsafe fn read<'a>(&self) -> Result<CoreIdentity<'a>, Status> {
        // SAFETY: the caller's contract.
        let mut identity = CoreIdentity::new(unsafe { self.access_key_id.required() }?)?;
        if !self.security_token.is_absent() {
            // SAFETY: the caller's contract.
            identity = identity.with_security_token(unsafe { self.security_token.required() }?)?;
        }
        if self.expires_at != 0 {
            identity = identity.expiring_at(Timestamp::from_unix(self.expires_at)?);
        }
        Ok(identity)
    }
}
