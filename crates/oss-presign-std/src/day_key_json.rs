//! The JSON of a day key, in which it is handed to the machine that signs by it.

use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use oss_presign::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::day_key::{DayKey, Parts};

/// The longest file that is read for a day key, in bytes. Security tokens have less than 4 KiB.
const MAX_FILE_BYTES: u64 = 16 * 1024;

/// The members of the JSON.
#[derive(Serialize, Deserialize)]
struct Fields {
    access_key_id: String,
    scope: String,
    signing_key: Zeroizing<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    security_token: Option<Zeroizing<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    signs_until: Timestamp,
}

impl DayKey {
    /// Returns the JSON that [`from_json`](Self::from_json) reads, on one line without a line end. It is erased on drop. Treat
    /// it as a secret: it contains the key.
    ///
    /// ```json
    /// {"access_key_id":"…","scope":"20241112/cn-hangzhou/oss/aliyun_v4_request","signing_key":"64 hex digits",
    ///  "security_token":"…","expires_at":1731410000,"signs_until":1731410000}
    /// ```
    /// `security_token` and `expires_at` are there for STS credentials. `signs_until` is the midnight that ends the day, or
    /// `expires_at` if that is earlier. Times are in seconds since 1970.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<String> {
        let parts = self.parts();
        let mut signing_key = Zeroizing::new(String::with_capacity(64));
        for byte in parts.signing_key.iter() {
            // Writing to a `String` cannot fail.
            let _ = write!(signing_key, "{byte:02x}");
        }
        let core = self.to_core().expect("the parts were checked when the key was made");
        let fields = Fields {
            access_key_id: parts.access_key_id.clone(),
            scope: parts.scope.clone(),
            signing_key,
            security_token: parts.security_token.clone(),
            expires_at: parts.expires_at,
            signs_until: core.signs_until(),
        };
        // Room for everything, escapes included: a text that grows would leave copies of the key in memory.
        let texts =
            fields.access_key_id.len() + fields.security_token.as_ref().map_or(0, |token| token.len());
        let mut json = Zeroizing::new(Vec::with_capacity(512 + 6 * texts));
        serde_json::to_writer(&mut *json, &fields).expect("texts and numbers have a JSON form");
        Zeroizing::new(String::from_utf8(std::mem::take(&mut *json)).expect("JSON is UTF-8"))
    }

    /// Reads the JSON that [`to_json`](Self::to_json) returns.
    ///
    /// # Errors
    /// [`ReadDayKeyError`] if it is not the JSON of a day key.
    pub fn from_json(json: &str) -> Result<Self, ReadDayKeyError> {
        let fields: Fields = serde_json::from_str(json)
            .map_err(|error| ReadDayKeyError::NotADayKey { line: error.line(), column: error.column() })?;
        let signing_key = bytes(&fields.signing_key).ok_or(ReadDayKeyError::SigningKey)?;
        let Fields { access_key_id, scope, security_token, expires_at, signs_until, .. } = fields;
        let key = Self::of(Parts { access_key_id, scope, signing_key, security_token, expires_at })?;
        match key.to_core()?.signs_until() {
            expected if expected == signs_until => Ok(key),
            expected => Err(ReadDayKeyError::SignsUntil { given: signs_until, expected }),
        }
    }

    /// Reads a file that contains the JSON of [`to_json`](Self::to_json), of at most 16 KiB.
    ///
    /// # Errors
    /// [`ReadDayKeyError`] if the file cannot be read, is too long, or is not the JSON of a day key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ReadDayKeyError> {
        let unreadable = |error: std::io::Error| ReadDayKeyError::Unreadable { reason: error.kind() };
        // One allocation of the final size: a text that grows would leave copies of the key in memory.
        let mut json = Zeroizing::new(String::with_capacity(MAX_FILE_BYTES as usize + 2));
        let file = File::open(path).map_err(unreadable)?;
        file.take(MAX_FILE_BYTES + 1).read_to_string(&mut json).map_err(unreadable)?;
        if json.len() as u64 > MAX_FILE_BYTES {
            return Err(ReadDayKeyError::TooLong);
        }
        Self::from_json(&json)
    }
}

/// Returns the bytes of 64 hex digits.
fn bytes(hex: &str) -> Option<Box<Zeroizing<[u8; 32]>>> {
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else { return None };
    if pairs.len() != 32 {
        return None;
    }
    let digit = |digit: u8| (digit as char).to_digit(16).map(|value| value as u8);
    let mut bytes = Box::new(Zeroizing::new([0; 32]));
    for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Some(bytes)
}

/// Why a day key was not read. No variant contains the key or the token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadDayKeyError {
    /// The file cannot be read.
    Unreadable {
        /// Why.
        reason: std::io::ErrorKind,
    },
    /// The file has more than 16 KiB.
    TooLong,
    /// The text is not the JSON of a day key.
    NotADayKey {
        /// The line of the mistake, from 1.
        line: usize,
        /// Its column, in bytes from 1.
        column: usize,
    },
    /// `signing_key` does not consist of 64 hex digits.
    SigningKey,
    /// `signs_until` does not fit `scope` and `expires_at`.
    SignsUntil {
        /// The time that was given.
        given: Timestamp,
        /// The time that follows from `scope` and `expires_at`.
        expected: Timestamp,
    },
    /// The core refused the access key id, the security token or the scope.
    Core(oss_presign::Error),
}

impl ReadDayKeyError {
    /// Returns a stable name of this error, for programs. It stays the same if the text changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "DayKeyUnreadable",
            Self::TooLong => "DayKeyTooLong",
            Self::NotADayKey { .. } => "DayKeyMalformed",
            Self::SigningKey => "DayKeySigningKey",
            Self::SignsUntil { .. } => "DayKeySignsUntil",
            Self::Core(error) => error.code(),
        }
    }
}

impl fmt::Display for ReadDayKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { reason } => write!(f, "the file of the day key cannot be read: {reason}"),
            Self::TooLong => {
                write!(f, "the file of the day key has more than {MAX_FILE_BYTES} bytes: it cannot be one")
            }
            Self::NotADayKey { line, column } => write!(
                f,
                "not the JSON of a day key (line {line}, column {column}): pass on what `DayKey::to_json` or \
                 `oss-presign day-key` returned, unchanged"
            ),
            Self::SigningKey => {
                f.write_str("`signing_key` of the day key is not 64 hex digits: ask for a new day key")
            }
            Self::SignsUntil { given, expected } => write!(
                f,
                "the day key says that it signs until {given}, but its scope and expiry say {expected}: it was changed, ask \
                 for a new one"
            ),
            Self::Core(error) => write!(f, "the day key is not valid: {error}"),
        }
    }
}

impl std::error::Error for ReadDayKeyError {}

impl From<oss_presign::Error> for ReadDayKeyError {
    fn from(error: oss_presign::Error) -> Self {
        Self::Core(error)
    }
}
