//! The description of a form: its policy and its fields.

use core::ops::RangeInclusive;

use heapless::Vec;

use super::condition::{
    Condition, FILE_NAME_VARIABLE, KeyRule, MAX_FORM_OBJECT_BYTES, PolicyRef, Rule, is_satisfiable,
};
use super::error::PostPolicyError;
use crate::bucket::Bucket;
use crate::excerpt::Excerpt;
use crate::object_key::{MAX_KEY_BYTES, ObjectKey, is_slash};
use crate::request::DEFAULT_CAPACITY;
use crate::search::contains;

/// The description of a form: what it may upload, and its fields. It has room for [`DEFAULT_CAPACITY`] conditions.
///
/// The form contains fields whose value is fixed by [`equals`](PostPolicyWithCapacity::equals) or suggested by
/// [`value`](PostPolicyWithCapacity::value). The form's user fills in fields that are only restricted, by
/// [`starts_with`](PostPolicyWithCapacity::starts_with) or [`one_of`](PostPolicyWithCapacity::one_of): see
/// [`PostForm::open_fields`](crate::PostForm::open_fields).
///
/// ```
/// use oss_presign::{Bucket, PostPolicy};
///
/// let mut policy = PostPolicy::for_prefix(Bucket::new("examplebucket")?, "user/eric/")?;
/// policy
///     .content_length_range(1..=10_485_760)?
///     .one_of("content-type", &["image/jpeg", "image/png"])?
///     .success_action_status(201)?;
/// # Ok::<(), oss_presign::Error>(())
/// ```
pub type PostPolicy<'a> = PostPolicyWithCapacity<'a, DEFAULT_CAPACITY>;

/// A [`PostPolicy`] with room for `CAPACITY` conditions.
#[derive(Clone, Debug)]
pub struct PostPolicyWithCapacity<'a, const CAPACITY: usize> {
    bucket: Bucket<'a>,
    key: KeyRule<'a>,
    conditions: Vec<Condition<'a>, CAPACITY>,
}

/// Fields that no condition may name: signing writes them, an older signature uses them, or the policy has a method of its own
/// for them.
const RESERVED_FIELDS: [&str; 12] = [
    "bucket",
    "file",
    "key",
    "policy",
    "signature",
    "ossaccesskeyid",
    "content-length-range",
    "x-oss-signature",
    "x-oss-signature-version",
    "x-oss-credential",
    "x-oss-date",
    "x-oss-security-token",
];

impl<'a, const CAPACITY: usize> PostPolicyWithCapacity<'a, CAPACITY> {
    /// Creates a form that uploads one object with this key.
    ///
    /// # Errors
    /// [`PostPolicyError::KeyVariable`] if the key contains `${filename}`, which OSS would replace.
    pub fn for_key(bucket: Bucket<'a>, key: ObjectKey<'a>) -> Result<Self, PostPolicyError> {
        if contains(key.as_str(), FILE_NAME_VARIABLE) {
            return Err(PostPolicyError::KeyVariable);
        }
        Ok(Self { bucket, key: KeyRule::Exactly(key), conditions: Vec::new() })
    }

    /// Creates a form that uploads objects whose keys have this prefix. By default the name of the file follows the prefix. An
    /// empty prefix allows any key, so that the form's user can overwrite every object of the bucket.
    ///
    /// # Errors
    /// [`PostPolicyError`] if no key can have the prefix, because it begins with `/` or `\`, contains a segment `.` or `..`,
    /// or is longer than 1022 bytes.
    pub fn for_prefix(bucket: Bucket<'a>, prefix: &'a str) -> Result<Self, PostPolicyError> {
        if contains(prefix, FILE_NAME_VARIABLE) {
            return Err(PostPolicyError::KeyVariable);
        }
        let dot_segment = || {
            // The last segment is not complete: the name of the file continues it.
            let mut segments = prefix.as_bytes().rsplit(is_slash);
            segments.next();
            segments.any(|segment| matches!(segment, b"." | b".."))
        };
        if prefix.as_bytes().first().is_some_and(is_slash) || prefix.len() >= MAX_KEY_BYTES || dot_segment() {
            return Err(PostPolicyError::KeyPrefix);
        }
        Ok(Self { bucket, key: KeyRule::Prefix(prefix), conditions: Vec::new() })
    }

    /// Adds a condition `eq`: the form contains this field with this value, and OSS accepts no other.
    ///
    /// # Errors
    /// [`PostPolicyError`] if no form can have the field, if signing writes the field, if a browser would change the value, or
    /// if the value contradicts another condition.
    pub fn equals(&mut self, field: &'a str, value: &'a str) -> Result<&mut Self, PostPolicyError> {
        self.add(field, Rule::Equals(value))
    }

    /// Adds a condition `starts-with`: OSS accepts only values of the field with this prefix.
    ///
    /// # Errors
    /// As [`equals`](Self::equals).
    pub fn starts_with(&mut self, field: &'a str, prefix: &'a str) -> Result<&mut Self, PostPolicyError> {
        self.add(field, Rule::StartsWith(prefix))
    }

    /// Adds a condition `in`: OSS accepts only these values of the field.
    ///
    /// # Errors
    /// As [`equals`](Self::equals), and for an empty list, which no value could meet.
    pub fn one_of(&mut self, field: &'a str, values: &'a [&'a str]) -> Result<&mut Self, PostPolicyError> {
        self.add(field, Rule::OneOf(values))
    }

    /// Adds a condition `not-in`: OSS accepts any value of the field except these.
    ///
    /// # Errors
    /// As [`equals`](Self::equals), and for an empty list, which would forbid nothing.
    pub fn none_of(&mut self, field: &'a str, values: &'a [&'a str]) -> Result<&mut Self, PostPolicyError> {
        self.add(field, Rule::NoneOf(values))
    }

    /// Puts a value into the form without a condition: OSS also accepts other values that meet the conditions.
    ///
    /// # Errors
    /// As [`equals`](Self::equals).
    pub fn value(&mut self, field: &'a str, value: &'a str) -> Result<&mut Self, PostPolicyError> {
        self.add(field, Rule::Suggested(value))
    }

    /// Adds a condition `content-length-range`: the allowed sizes of the file, in bytes.
    ///
    /// # Errors
    /// [`PostPolicyError::LengthRange`] if the range is empty, begins above 5 GiB, or does not overlap the ranges given before.
    pub fn content_length_range(&mut self, bytes: RangeInclusive<u64>) -> Result<&mut Self, PostPolicyError> {
        let (least, most) = bytes.into_inner();
        let (mut common_least, mut common_most) = (least, most.min(MAX_FORM_OBJECT_BYTES));
        for condition in &self.conditions {
            if let Condition::ContentLength { least, most } = *condition {
                common_least = common_least.max(least);
                common_most = common_most.min(most);
            }
        }
        if common_least > common_most {
            return Err(PostPolicyError::LengthRange { least, most });
        }
        self.push(Condition::ContentLength { least, most })
    }

    /// Requires this media type of the object.
    ///
    /// # Errors
    /// As [`equals`](Self::equals).
    pub fn content_type(&mut self, media_type: &'a str) -> Result<&mut Self, PostPolicyError> {
        self.equals("content-type", media_type)
    }

    /// Sets the status of a successful response: 200, 201 (with an XML body) or 204.
    ///
    /// # Errors
    /// [`PostPolicyError::Status`] for any other status, which OSS would not use.
    pub fn success_action_status(&mut self, status: u16) -> Result<&mut Self, PostPolicyError> {
        let status = match status {
            200 => "200",
            201 => "201",
            204 => "204",
            status => return Err(PostPolicyError::Status { status }),
        };
        self.equals("success_action_status", status)
    }

    /// Sets the URL that the browser is redirected to after a successful upload.
    ///
    /// # Errors
    /// [`PostPolicyError::Redirect`] if this is not an absolute `http` or `https` URL; otherwise as [`equals`](Self::equals).
    pub fn success_action_redirect(&mut self, url: &'a str) -> Result<&mut Self, PostPolicyError> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with("/")) {
            return Err(PostPolicyError::Redirect);
        }
        self.equals("success_action_redirect", url)
    }

    fn add(&mut self, field: &'a str, rule: Rule<'a>) -> Result<&mut Self, PostPolicyError> {
        check_field(field)?;
        if matches!(rule, Rule::OneOf([]) | Rule::NoneOf([])) {
            return Err(PostPolicyError::EmptyList { field: Excerpt::of(field) });
        }
        let changes = |text: &str| text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t');
        if rule.texts().any(changes) {
            return Err(PostPolicyError::ControlCharacter { field: Excerpt::of(field) });
        }
        self.push(Condition::Field { field, rule })?;
        if !is_satisfiable(&self.conditions, field) {
            self.conditions.pop();
            return Err(PostPolicyError::Contradiction { field: Excerpt::of(field) });
        }
        Ok(self)
    }

    fn push(&mut self, condition: Condition<'a>) -> Result<&mut Self, PostPolicyError> {
        match self.conditions.push(condition) {
            Ok(()) => Ok(self),
            Err(_) => Err(PostPolicyError::TooMany { capacity: CAPACITY }),
        }
    }

    pub(crate) fn as_policy_ref(&self) -> PolicyRef<'_> {
        PolicyRef { bucket: self.bucket, key: self.key, conditions: &self.conditions }
    }
}

fn check_field(field: &str) -> Result<(), PostPolicyError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if field.is_empty() || !field.bytes().all(legal) {
        return Err(PostPolicyError::FieldName { field: Excerpt::of(field) });
    }
    if RESERVED_FIELDS.iter().any(|reserved| field.eq_ignore_ascii_case(reserved)) {
        return Err(PostPolicyError::ReservedField { field: Excerpt::of(field) });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy<'a>() -> PostPolicy<'a> {
        PostPolicy::for_prefix(Bucket::new("examplebucket").unwrap(), "user/eric/").unwrap()
    }

    fn contradiction(field: &str) -> PostPolicyError {
        PostPolicyError::Contradiction { field: Excerpt::of(field) }
    }

    #[test]
    fn keys() {
        let bucket = Bucket::new("examplebucket").unwrap();
        let prefix = |prefix| PostPolicyWithCapacity::<'_, 4>::for_prefix(bucket, prefix).err();
        let long = "k".repeat(MAX_KEY_BYTES);
        for good in ["", "a", "a/", "..", "a/.", "...", &long[1..]] {
            assert_eq!(prefix(good), None, "{good}");
        }
        for bad in ["/a", "\\a", "a/../", "./a", "a\\..\\b", &long] {
            assert_eq!(prefix(bad), Some(PostPolicyError::KeyPrefix), "{bad}");
        }
        assert_eq!(prefix("a/${filename}"), Some(PostPolicyError::KeyVariable));
        let key = ObjectKey::new("a/${filename}").unwrap();
        assert_eq!(
            PostPolicyWithCapacity::<'_, 4>::for_key(bucket, key).err(),
            Some(PostPolicyError::KeyVariable)
        );
    }

    #[test]
    fn fields() {
        for bad in ["", "$key", "a b", "ü", "content-type:"] {
            let expected = PostPolicyError::FieldName { field: Excerpt::of(bad) };
            assert_eq!(policy().equals(bad, "v").err(), Some(expected));
        }
        for bad in ["key", "Bucket", "file", "policy", "X-Oss-Date", "x-oss-signature", "Signature"] {
            let expected = PostPolicyError::ReservedField { field: Excerpt::of(bad) };
            assert_eq!(policy().starts_with(bad, "").err(), Some(expected));
        }
        let expected = PostPolicyError::ControlCharacter { field: Excerpt::of("x-oss-meta-a") };
        assert_eq!(policy().equals("x-oss-meta-a", "a\nb").err(), Some(expected.clone()));
        assert_eq!(policy().none_of("x-oss-meta-a", &["a", "\0"]).err(), Some(expected));
        let expected = PostPolicyError::EmptyList { field: Excerpt::of("a") };
        assert_eq!(policy().one_of("a", &[]).err(), Some(expected.clone()));
        assert_eq!(policy().none_of("a", &[]).err(), Some(expected));
    }

    #[test]
    fn what_no_form_can_meet() {
        let expected = Some(contradiction("a"));
        let with = || policy().equals("A", "x1").unwrap().clone();
        assert_eq!(with().equals("a", "x2").err(), expected);
        assert_eq!(with().value("a", "x2").err(), expected);
        assert_eq!(with().starts_with("a", "y").err(), expected);
        assert_eq!(with().one_of("a", &["x2", "x3"]).err(), expected);
        assert_eq!(with().none_of("a", &["x1"]).err(), expected);
        assert!(with().starts_with("a", "x").unwrap().one_of("a", &["x2", "x1"]).is_ok());
        let list = || policy().one_of("a", &["x", "y"]).unwrap().clone();
        assert_eq!(list().none_of("a", &["y", "x"]).err(), expected);
        assert_eq!(list().one_of("a", &["z"]).err(), expected);
        assert_eq!(list().starts_with("a", "z").err(), expected);
        assert!(list().none_of("a", &["x"]).unwrap().starts_with("a", "y").is_ok());
        let prefix = || policy().starts_with("a", "image/").unwrap().clone();
        assert_eq!(prefix().starts_with("a", "text/").err(), expected);
        assert_eq!(prefix().value("a", "text/plain").err(), expected);
        assert!(prefix().starts_with("a", "image/jp").unwrap().value("a", "image/jpeg").is_ok());
        assert!(prefix().equals("b", "text/plain").is_ok());
    }

    #[test]
    fn sizes_and_statuses() {
        let range = |range| policy().content_length_range(range).err();
        assert_eq!(range(0..=0), None);
        assert_eq!(range(MAX_FORM_OBJECT_BYTES..=u64::MAX), None);
        #[allow(clippy::reversed_empty_ranges)]
        let reversed = 2..=1;
        assert_eq!(range(reversed), Some(PostPolicyError::LengthRange { least: 2, most: 1 }));
        assert!(range(MAX_FORM_OBJECT_BYTES + 1..=u64::MAX).is_some());
        let mut small = policy();
        small.content_length_range(1..=10).unwrap();
        assert!(small.clone().content_length_range(10..=20).is_ok());
        assert!(small.content_length_range(11..=20).is_err());
        assert_eq!(policy().success_action_status(206).err(), Some(PostPolicyError::Status { status: 206 }));
        let status = "success_action_status";
        assert_eq!(policy().equals(status, "206").err(), Some(contradiction(status)));
        assert_eq!(policy().one_of(status, &["206", "301"]).err(), Some(contradiction(status)));
        assert_eq!(policy().starts_with(status, "3").err(), Some(contradiction(status)));
        assert!(policy().starts_with(status, "20").unwrap().none_of(status, &["200"]).is_ok());
        for bad in ["", "example.com", "ftp://a/", "https://", "https:///a"] {
            assert_eq!(policy().success_action_redirect(bad).err(), Some(PostPolicyError::Redirect));
        }
    }

    #[test]
    fn capacity() {
        let bucket = Bucket::new("examplebucket").unwrap();
        let mut one = PostPolicyWithCapacity::<'_, 1>::for_prefix(bucket, "").unwrap();
        one.equals("a", "1").unwrap();
        assert_eq!(one.equals("b", "1").err(), Some(PostPolicyError::TooMany { capacity: 1 }));
    }
}
