//! A token of a PKCS#11 module, as far as signing needs it.

use std::error::Error;
use std::path::Path;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeInfo, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;

/// A session with a token.
pub(crate) struct Token {
    session: Session,
}

impl Token {
    /// Opens the token with this label, and logs in.
    pub(crate) fn open(module: &Path, label: &str, pin: &str) -> Result<Self, Box<dyn Error>> {
        let pkcs11 = Pkcs11::new(module)?;
        pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
        for slot in pkcs11.get_slots_with_token()? {
            if pkcs11.get_token_info(slot)?.label().trim_end() == label {
                let session = pkcs11.open_rw_session(slot)?;
                session.login(UserType::User, Some(&AuthPin::new(pin.into())))?;
                return Ok(Self { session });
            }
        }
        Err(format!("no token has the label `{label}`").into())
    }

    /// Stores a key for HMAC that can sign and cannot be read again. It lasts as long as the session.
    pub(crate) fn import(&self, key: &[u8]) -> Result<ObjectHandle, Box<dyn Error>> {
        Ok(self.session.create_object(&[
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::GENERIC_SECRET),
            Attribute::Value(key.to_vec()),
            Attribute::Token(false),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
        ])?)
    }

    /// Returns the HMAC-SHA256 of a message under a stored key.
    pub(crate) fn hmac(&self, key: ObjectHandle, message: &[u8]) -> Result<[u8; 32], Box<dyn Error>> {
        let code = self.session.sign(&Mechanism::Sha256Hmac, key, message)?;
        Ok(code.try_into().map_err(|_| "the token's code has not 32 bytes")?)
    }

    /// Returns whether the token gives out a key's value.
    pub(crate) fn gives_out(&self, key: ObjectHandle) -> Result<bool, Box<dyn Error>> {
        let info = self.session.get_attribute_info(key, &[AttributeType::Value])?;
        Ok(info.iter().any(|info| matches!(info, AttributeInfo::Available(_))))
    }
}
