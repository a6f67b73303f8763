//! Where a request carries its signature.

/// How a request presents its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureLocation {
    /// In the query of its URL.
    Url {
        /// `x-oss-expires`, in seconds.
        expires: u32,
    },
    /// In its `Authorization` header.
    AuthorizationHeader,
    /// In the fields of a PostObject form.
    Form,
}
