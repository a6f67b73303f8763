//! What the service received, from the canonical request in its answer.

use oss_presign::explain::BucketPlace;

/// The request as the service received it.
pub(super) struct Seen<'a> {
    pub(super) method: &'a str,
    uri: &'a str,
    /// The signed headers.
    pub(super) headers: Vec<(&'a str, &'a str)>,
}

impl<'a> Seen<'a> {
    /// Reads a canonical request. `None` if its line feeds were lost on the way.
    pub(super) fn read(canonical_request: &'a str) -> Option<Self> {
        let mut lines = canonical_request.lines();
        let (method, uri, _) = (lines.next()?, lines.next()?, lines.next()?);
        let mut headers = Vec::new();
        let mut ended = false;
        for line in lines {
            if line.is_empty() {
                ended = true;
                break;
            }
            headers.push(line.split_once(':')?);
        }
        let well_formed = !method.is_empty() && uri.starts_with('/') && ended;
        well_formed.then_some(Self { method, uri, headers })
    }

    /// Returns the place of the bucket in the URL that was sent.
    pub(super) fn bucket(&self, url: &str) -> BucketPlace<'a> {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let before_query = rest.split_once('?').map_or(rest, |(before_query, _)| before_query);
        let path = before_query.find('/').map_or("", |at| &before_query[at..]);
        if self.uri == path {
            return BucketPlace::Path;
        }
        let bucket = self.uri.strip_suffix(path).and_then(|bucket| bucket.strip_prefix('/'));
        match bucket.filter(|bucket| !bucket.is_empty() && !bucket.contains('/')) {
            Some(bucket) => BucketPlace::Host(bucket),
            None => BucketPlace::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANONICAL: &str =
        "PUT\n/examplebucket/a%20b\nx-oss-date=1\ncontent-type:image/png\nhost:h\n\nhost\nUNSIGNED-PAYLOAD";

    #[test]
    fn lines_are_what_arrived() {
        let seen = Seen::read(CANONICAL).unwrap();
        assert_eq!(seen.method, "PUT");
        assert_eq!(seen.headers, [("content-type", "image/png"), ("host", "h")]);
        assert_eq!(seen.bucket("https://h/a%20b?x=1"), BucketPlace::Host("examplebucket"));
        assert_eq!(seen.bucket("https://h/examplebucket/a%20b"), BucketPlace::Path);
        assert_eq!(seen.bucket("https://h/c"), BucketPlace::Unknown);
        // Logs may make blanks of line feeds.
        assert!(Seen::read(&CANONICAL.replace('\n', " ")).is_none());
    }
}
