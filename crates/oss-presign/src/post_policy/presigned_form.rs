//! The owned result of signing a form: everything that its user needs to upload.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use super::form::{PostForm, write_html};
use crate::time::Timestamp;

/// A signed form in the form that is given to its user. The field `file` is not one of the fields. Send it as the last field,
/// because OSS ignores fields after it.
///
/// With the feature `serde` its JSON is the one that [`PostForm::write_json`] writes:
/// `{"url":"https://…","fields":[["key","…"],…],"open_fields":["…"],"expires_at":1731400358}`. `expires_at` is in seconds
/// since 1970.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PresignedForm {
    url: String,
    fields: Vec<(String, String)>,
    open_fields: Vec<String>,
    expires_at: Timestamp,
}

impl PresignedForm {
    /// Returns the URL of the bucket, which the form is sent to by `POST` as `multipart/form-data`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns all fields of the form that have a value: `key`, the fields of the policy, the fields of the signature. Treat them as a
    /// secret until the form expires: anyone who has them can upload.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// Returns the names of fields that have conditions but no value. The user of the form fills them in.
    #[must_use]
    pub fn open_fields(&self) -> &[String] {
        &self.open_fields
    }

    /// Returns the time at which the form expires. From this second on it no longer works.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Returns an HTML form with hidden fields, a text input for each open field, a file input and a button.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut html = String::new();
        let fields = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // Writing to a `String` cannot fail.
        let _ = write_html(&mut html, &self.url, fields, self.open_fields.iter().map(String::as_str));
        html
    }
}

impl From<&PostForm<'_>> for PresignedForm {
    fn from(form: &PostForm<'_>) -> Self {
        Self {
            url: form.url().to_string(),
            fields: form.fields().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            open_fields: form.open_fields().map(str::to_string).collect(),
            expires_at: form.expires_at(),
        }
    }
}

/// Shows the names of the fields without their values, which allow uploads.
impl fmt::Debug for PresignedForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.fields.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("PresignedForm")
            .field("url", &self.url)
            .field("fields", &names)
            .field("open_fields", &self.open_fields)
            .field("expires_at", &format_args!("{}", self.expires_at))
            .finish()
    }
}
