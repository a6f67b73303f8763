//! The place of a signature in a request.

/// The place of a signature in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureLocation {
    /// In the query of its URL.
    Url {
        /// `x-oss-expires`, in seconds.
        expires: u32,
    },
    /// In the `Authorization` header.
    AuthorizationHeader,
    /// In the fields of a PostObject form.
    Form,
}
