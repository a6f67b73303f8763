//! The description of a form.

use oss_presign::{Bucket, DEFAULT_CAPACITY, ObjectKey, PostPolicy};

use crate::foreign::list;
use crate::request::{OSS_PRESIGN_ALLOW_DOT_SEGMENTS, OSS_PRESIGN_CLAMP_EXPIRY, OSS_PRESIGN_KEY_IS_PREFIX};
use crate::status::Status;
use crate::text::Text;

/// One of the constants from `OSS_PRESIGN_EQUALS` to `OSS_PRESIGN_SUGGESTED`.
pub type Rule = u32;
/// The form has the field with this value, and OSS accepts no other.
pub const OSS_PRESIGN_EQUALS: Rule = 1;
/// OSS accepts only values with this prefix; the form's user fills the field in.
pub const OSS_PRESIGN_STARTS_WITH: Rule = 2;
/// OSS accepts only the values in `values`; the form's user fills the field in.
pub const OSS_PRESIGN_ONE_OF: Rule = 3;
/// OSS accepts no value in `values`; the form's user fills the field in.
pub const OSS_PRESIGN_NONE_OF: Rule = 4;
/// The form has the field with this value, and OSS accepts others too.
pub const OSS_PRESIGN_SUGGESTED: Rule = 5;

/// The number of conditions that a policy can have, the sizes of the file included.
pub const OSS_PRESIGN_MAX_CONDITIONS: usize = 8;
/// The number of values that all lists of a policy can have together.
pub const OSS_PRESIGN_MAX_VALUES: usize = 16;

const _: () = assert!(OSS_PRESIGN_MAX_CONDITIONS == DEFAULT_CAPACITY);

/// A condition for a field of a form.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Condition {
    /// One of the constants from `OSS_PRESIGN_EQUALS` to `OSS_PRESIGN_SUGGESTED`. Required: 0 is refused.
    pub rule: Rule,
    /// The field's name, such as `content-type`.
    pub field: Text,
    /// The value or the prefix, for the rules that have one; absent for the others.
    pub value: Text,
    /// The values, for `OSS_PRESIGN_ONE_OF` and `OSS_PRESIGN_NONE_OF`.
    pub values: *const Text,
    /// The number of values; 0 for the other rules.
    pub value_count: usize,
}

/// The description of a form that uploads one file: what it may upload, and its fields.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Policy {
    /// The sum of `OSS_PRESIGN_KEY_IS_PREFIX`, `OSS_PRESIGN_ALLOW_DOT_SEGMENTS` and `OSS_PRESIGN_CLAMP_EXPIRY`, or 0.
    pub flags: u32,
    /// The bucket's name, without a host.
    pub bucket: Text,
    /// The key of the object, or the prefix of its key with `OSS_PRESIGN_KEY_IS_PREFIX`. With an empty prefix (which is not an
    /// absent one) the form's user can overwrite every object of the bucket.
    pub key: Text,
    /// The least size of the file, in bytes.
    pub least_bytes: u64,
    /// The greatest size of the file, in bytes; 0 if the policy is to say nothing about sizes.
    pub most_bytes: u64,
    /// Conditions for other fields. May be NULL if `condition_count` is 0.
    pub conditions: *const Condition,
    /// The number of conditions.
    pub condition_count: usize,
}

impl Policy {
    /// Returns the core's value.
    ///
    /// # Safety
    /// Each text is as [`Text::bytes`] needs it, and each array as [`list`] does.
    pub(crate) unsafe fn read<'a>(
        &self,
        pool: &'a mut [&'a str; OSS_PRESIGN_MAX_VALUES],
    ) -> Result<PostPolicy<'a>, Status> {
        // SAFETY: the caller's contract.
        let mut policy = unsafe { self.target() }?;
        if self.most_bytes != 0 || self.least_bytes != 0 {
            policy.content_length_range(self.least_bytes..=self.most_bytes)?;
        }
        // SAFETY: the caller's contract.
        let conditions = unsafe { list(self.conditions, self.condition_count) }?;
        let mut free = pool.as_mut_slice();
        for condition in conditions {
            // SAFETY: the caller's contract.
            free = unsafe { condition.add_to(&mut policy, free) }?;
        }
        Ok(policy)
    }

    /// Returns a policy without conditions.
    ///
    /// # Safety
    /// The texts are as [`Text::bytes`] needs them.
    unsafe fn target<'a>(&self) -> Result<PostPolicy<'a>, Status> {
        if self.flags
            & !(OSS_PRESIGN_KEY_IS_PREFIX | OSS_PRESIGN_ALLOW_DOT_SEGMENTS | OSS_PRESIGN_CLAMP_EXPIRY)
            != 0
        {
            return Err(Status::UnknownConstant);
        }
        // SAFETY: the caller's contract.
        let (bucket, key) = unsafe { (self.bucket.required()?, self.key.optional()?) };
        let bucket = Bucket::new(bucket)?;
        let key = key.ok_or(Status::KeyEmpty)?;
        if self.flags & OSS_PRESIGN_KEY_IS_PREFIX != 0 {
            return Ok(PostPolicy::for_prefix(bucket, key)?);
        }
        let key = if self.flags & OSS_PRESIGN_ALLOW_DOT_SEGMENTS == 0 {
            ObjectKey::new(key)?
        } else {
            ObjectKey::allowing_dot_segments(key)?
        };
        Ok(PostPolicy::for_key(bucket, key)?)
    }
}

impl Condition {
    /// Adds the condition to a policy, and returns what is left of the places for values.
    ///
    /// # Safety
    /// As [`Policy::read`].
    unsafe fn add_to<'a>(
        &self,
        policy: &mut PostPolicy<'a>,
        free: &'a mut [&'a str],
    ) -> Result<&'a mut [&'a str], Status> {
        // SAFETY: the caller's contract.
        let (field, value, given) =
            unsafe { (self.field.required()?, self.value.required()?, list(self.values, self.value_count)?) };
        let (values, free) = free.split_at_mut_checked(given.len()).ok_or(Status::PolicyTooMany)?;
        for (place, value) in values.iter_mut().zip(given) {
            // SAFETY: the caller's contract.
            *place = unsafe { value.required() }?;
        }
        let has_list = matches!(self.rule, OSS_PRESIGN_ONE_OF | OSS_PRESIGN_NONE_OF);
        if if has_list { !self.value.is_absent() } else { !given.is_empty() } {
            return Err(Status::UnusedText);
        }
        match self.rule {
            OSS_PRESIGN_EQUALS => policy.equals(field, value)?,
            OSS_PRESIGN_STARTS_WITH => policy.starts_with(field, value)?,
            OSS_PRESIGN_ONE_OF => policy.one_of(field, values)?,
            OSS_PRESIGN_NONE_OF => policy.none_of(field, values)?,
            OSS_PRESIGN_SUGGESTED => policy.value(field, value)?,
            _ => return Err(Status::UnknownConstant),
        };
        Ok(free)
    }
}
