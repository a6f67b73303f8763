//! The owned form: everything that whoever uploads with it needs.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use super::form::{PostForm, write_html};
use crate::time::Timestamp;

/// A signed form as it is handed to whoever uploads with it. `file` is not among the fields: it comes last, because
/// OSS ignores what follows it.
///
/// With the feature `serde` it is what [`PostForm::write_json`] writes:
/// `{"url":"https://…","fields":[["key","…"],…],"open_fields":["…"],"expires_at":1731400358}`, the last in seconds since
/// 1970.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PresignedForm {
    url: String,
    fields: Vec<(String, String)>,
    open_fields: Vec<String>,
    expires_at: Timestamp,
}

impl PresignedForm {
    /// Where the form is sent, with `POST` and as `multipart/form-data`: the bucket's URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Every field that the form carries, in its order: `key`, those of the policy, those of the signature. A secret
    /// while the form works: whoever has them can upload.
    #[must_use]
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The names of fields that have conditions but no value yet: the form's user fills them in.
    #[must_use]
    pub fn open_fields(&self) -> &[String] {
        &self.open_fields
    }

    /// The second from which the form no longer works.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// An HTML form with hidden fields, a text field for each open one, a file and a button.
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

/// Shows of the fields the names: their values are what uploads.
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
