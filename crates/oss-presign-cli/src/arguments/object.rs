//! The one way to name a bucket and an object: `oss://BUCKET/KEY`, or `BUCKET KEY`.

use clap::Args;
use percent_encoding::percent_decode_str;

use crate::failure::Failure;
use crate::output;

/// A bucket, and mostly a key.
#[derive(Args, Clone)]
pub(crate) struct ObjectName {
    /// The object, as oss://BUCKET/KEY; or its bucket, and the key as another argument. Keys are written as they are, not encoded
    #[arg(value_name = "OBJECT")]
    pub(crate) object: String,
    /// The key, after a bucket's name
    #[arg(value_name = "KEY")]
    pub(crate) key: Option<String>,
}

/// A bucket, and mostly a prefix of keys.
#[derive(Args, Clone)]
pub(crate) struct PrefixName {
    /// The bucket and the prefix of the keys, as oss://BUCKET/PREFIX; or the bucket, and the prefix as another argument
    #[arg(value_name = "BUCKET")]
    bucket: String,
    /// The prefix, after a bucket's name
    #[arg(value_name = "PREFIX")]
    prefix: Option<String>,
}

impl PrefixName {
    /// The bucket, and the prefix in place of a key.
    pub(crate) fn named(&self) -> Result<Named, Failure> {
        Named::of(&self.bucket, self.prefix.as_deref())
    }
}

/// What was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) bucket: String,
    /// `None` for the bucket itself.
    pub(crate) key: Option<String>,
}

impl ObjectName {
    pub(crate) fn named(&self) -> Result<Named, Failure> {
        let named = Named::of(&self.object, self.key.as_deref())?;
        doubt_encoded(named.key.as_deref().unwrap_or_default());
        Ok(named)
    }

    /// Where only an object will do.
    pub(crate) fn bucket_and_key(&self) -> Result<(String, String), Failure> {
        let Named { bucket, key } = self.named()?;
        let missing = || {
            let bucket = bucket.escape_debug();
            Failure::unusable(format!("a key is missing: write oss://{bucket}/KEY, or {bucket} KEY"))
        };
        Ok((bucket.clone(), key.ok_or_else(missing)?))
    }
}

impl Named {
    pub(crate) fn of(object: &str, key: Option<&str>) -> Result<Self, Failure> {
        if object.starts_with("https://") || object.starts_with("http://") {
            return Err(Failure::unusable("this is a URL already: name the object as oss://BUCKET/KEY"));
        }
        let Some(name) = object.strip_prefix("oss://") else {
            return match key {
                // Most likely one name with its scheme forgotten.
                None if object.contains('/') => {
                    let object = object.escape_debug();
                    Err(Failure::unusable(format!("a key is missing: did you mean oss://{object}?")))
                }
                key => Self::checked(object, key),
            };
        };
        let (bucket, own) = name.split_once('/').unwrap_or((name, ""));
        match (Some(own).filter(|own| !own.is_empty()), key) {
            (Some(_), Some(other)) => Err(Failure::unusable(format!(
                "`{}` names the key already: leave `{}` out, or quote a key with blanks as a whole",
                object.escape_debug(),
                other.escape_debug()
            ))),
            (own, key) => Self::checked(bucket, own.or(key)),
        }
    }

    fn checked(bucket: &str, key: Option<&str>) -> Result<Self, Failure> {
        if bucket.is_empty() {
            return Err(Failure::unusable("a bucket is missing: write oss://BUCKET/KEY"));
        }
        Ok(Self { bucket: bucket.to_owned(), key: key.map(str::to_owned) })
    }
}

/// Warns of a key that looks as if it were encoded already.
pub(crate) fn doubt_encoded(key: &str) {
    if let Some(decoded) = decoded(key) {
        output::warn(
            "EncodedKey",
            &format!("the key `{key}` is taken as it is, and encoded: if `{decoded}` is meant, write that"),
        );
    }
}

/// What a key stands for in a URL, where that is another one.
fn decoded(key: &str) -> Option<String> {
    let decoded = percent_decode_str(key).decode_utf8().ok()?;
    (decoded != key).then(|| decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_look_encoded() {
        assert_eq!(decoded("a%20b%2Fc").as_deref(), Some("a b/c"));
        for key in ["a b", "100%", "100% sure", "a+b", "%zz", "%ff"] {
            assert_eq!(decoded(key), None, "{key}");
        }
    }

    fn named(object: &str, key: Option<&str>) -> Result<(String, Option<String>), String> {
        Named::of(object, key).map(|named| (named.bucket, named.key)).map_err(|failure| failure.message)
    }

    #[test]
    fn names() {
        let photo = || ("b".to_owned(), Some("p/ü +1.jpg".to_owned()));
        assert_eq!(named("oss://b/p/ü +1.jpg", None), Ok(photo()));
        assert_eq!(named("b", Some("p/ü +1.jpg")), Ok(photo()));
        assert_eq!(named("oss://b/", Some("p/ü +1.jpg")), Ok(photo()));
        for bucket in ["oss://b", "oss://b/", "b"] {
            assert_eq!(named(bucket, None), Ok(("b".to_owned(), None)));
        }
        // A key may look like anything.
        assert_eq!(named("b", Some("oss://b/a")), Ok(("b".to_owned(), Some("oss://b/a".to_owned()))));
        assert_eq!(named("oss://b//a", None), Ok(("b".to_owned(), Some("/a".to_owned()))));
    }

    #[test]
    fn no_names() {
        for (object, key, part) in [
            ("https://b/a", None, "URL already"),
            ("b/a", None, "oss://b/a?"),
            ("oss://b/a", Some("c"), "names the key already"),
            ("oss:///a", None, "bucket is missing"),
            ("", Some("a"), "bucket is missing"),
        ] {
            let message = named(object, key).unwrap_err();
            assert!(message.contains(part), "{object}: {message}");
        }
        let bucket = ObjectName { object: "b".to_owned(), key: None };
        assert!(bucket.bucket_and_key().unwrap_err().message.contains("oss://b/KEY"));
    }
}
