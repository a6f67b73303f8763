//! ListObjectsV2.

use super::numbers::PageSize;

/// The options of a ListObjectsV2 request.
///
/// ```
/// use oss_presign::{Bucket, ListObjects, PageSize, Request};
///
/// let hundred = PageSize::new(100)?;
/// let options = ListObjects::default().prefix("photos/").delimiter("/").page_size(&hundred);
/// let request = Request::list_objects(Bucket::new("examplebucket")?, &options)?;
/// # Ok::<(), oss_presign::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ListObjects<'a> {
    prefix: Option<&'a str>,
    delimiter: Option<&'a str>,
    start_after: Option<&'a str>,
    continuation_token: Option<&'a str>,
    page_size: Option<&'a PageSize>,
    fetch_owner: bool,
    url_encoded: bool,
}

impl<'a> ListObjects<'a> {
    /// Lists only keys with this prefix.
    #[must_use]
    pub const fn prefix(self, prefix: &'a str) -> Self {
        Self { prefix: Some(prefix), ..self }
    }

    /// Groups keys that are the same up to the first delimiter after the prefix. The delimiter is usually `/`.
    #[must_use]
    pub const fn delimiter(self, delimiter: &'a str) -> Self {
        Self { delimiter: Some(delimiter), ..self }
    }

    /// Lists only keys after this one.
    #[must_use]
    pub const fn start_after(self, key: &'a str) -> Self {
        Self { start_after: Some(key), ..self }
    }

    /// Continues after the page whose response contained this token.
    #[must_use]
    pub const fn continuation_token(self, token: &'a str) -> Self {
        Self { continuation_token: Some(token), ..self }
    }

    /// Limits a page to this many keys (`max-keys`).
    #[must_use]
    pub const fn page_size(self, size: &'a PageSize) -> Self {
        Self { page_size: Some(size), ..self }
    }

    /// Asks for the owner of each object.
    #[must_use]
    pub const fn fetch_owner(self) -> Self {
        Self { fetch_owner: true, ..self }
    }

    /// Asks for percent-encoded keys in the response, because XML cannot contain every key.
    #[must_use]
    pub const fn url_encoded(self) -> Self {
        Self { url_encoded: true, ..self }
    }

    /// Iterates over the query parameters of these options.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, &'a str)> + use<'a> {
        let parameters = [
            ("list-type", Some("2")),
            ("prefix", self.prefix),
            ("delimiter", self.delimiter),
            ("start-after", self.start_after),
            ("continuation-token", self.continuation_token),
            ("max-keys", self.page_size.map(PageSize::as_str)),
            ("fetch-owner", self.fetch_owner.then_some("true")),
            ("encoding-type", self.url_encoded.then_some("url")),
        ];
        parameters.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bucket, Method, Request};

    #[test]
    fn parameters() {
        let size = PageSize::new(1000).unwrap();
        let all = ListObjects::default()
            .prefix("a/")
            .delimiter("/")
            .start_after("a/b")
            .continuation_token("t")
            .page_size(&size)
            .fetch_owner()
            .url_encoded();
        for (options, expected) in [
            (ListObjects::default(), &[("list-type", "2")][..]),
            (
                all,
                &[
                    ("continuation-token", "t"),
                    ("delimiter", "/"),
                    ("encoding-type", "url"),
                    ("fetch-owner", "true"),
                    ("list-type", "2"),
                    ("max-keys", "1000"),
                    ("prefix", "a/"),
                    ("start-after", "a/b"),
                ],
            ),
        ] {
            let request = Request::list_objects(Bucket::new("examplebucket").unwrap(), &options).unwrap();
            assert_eq!((request.method(), request.key()), (Method::Get, None));
            let pairs =
                request.as_request_ref().query.iter().map(|parameter| (parameter.name, parameter.value));
            assert!(pairs.eq(expected.iter().copied()));
        }
    }
}
