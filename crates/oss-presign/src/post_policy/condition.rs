//! The conditions of a policy, and whether a form can meet them all.

use crate::bucket::Bucket;
use crate::object_key::ObjectKey;

/// The largest object that a form can upload, in bytes: 5 GiB (OSS, "PostObject").
pub const MAX_FORM_OBJECT_BYTES: u64 = 5 << 30;

/// A borrowed policy of any capacity, so that signing is compiled once for all of them.
#[derive(Clone, Copy)]
pub(crate) struct PolicyRef<'r> {
    pub(crate) bucket: Bucket<'r>,
    pub(crate) key: KeyRule<'r>,
    pub(crate) conditions: &'r [Condition<'r>],
}

/// The key, or the prefix of the key, that an uploaded object gets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum KeyRule<'a> {
    Exactly(ObjectKey<'a>),
    Prefix(&'a str),
}

/// The variable that OSS replaces with the name of the uploaded file (OSS, "PostObject", field `key`).
pub(crate) const FILE_NAME_VARIABLE: &str = "${filename}";

/// A condition of a policy, or a value that its form contains without a condition.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Condition<'a> {
    Field { field: &'a str, rule: Rule<'a> },
    ContentLength { least: u64, most: u64 },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule<'a> {
    Equals(&'a str),
    StartsWith(&'a str),
    OneOf(&'a [&'a str]),
    NoneOf(&'a [&'a str]),
    /// A value in the form that the policy does not restrict.
    Suggested(&'a str),
}

impl<'a> Rule<'a> {
    fn allows(self, value: &str) -> bool {
        match self {
            Self::Equals(expected) | Self::Suggested(expected) => value == expected,
            Self::StartsWith(prefix) => value.starts_with(prefix),
            Self::OneOf(values) => values.contains(&value),
            Self::NoneOf(values) => !values.contains(&value),
        }
    }

    /// Returns the value that the form contains because of this rule.
    pub(crate) const fn form_value(self) -> Option<&'a str> {
        match self {
            Self::Equals(value) | Self::Suggested(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn texts(self) -> impl Iterator<Item = &'a str> {
        let (one, list): (_, &[&str]) = match self {
            Self::Equals(text) | Self::StartsWith(text) | Self::Suggested(text) => (Some(text), &[]),
            Self::OneOf(list) | Self::NoneOf(list) => (None, list),
        };
        one.into_iter().chain(list.iter().copied())
    }
}

/// Iterates over the rules for a field; the letter case of its name does not count.
pub(crate) fn rules<'c, 'a: 'c>(
    conditions: impl IntoIterator<Item = &'c Condition<'a>, IntoIter: Clone>,
    field: &str,
) -> impl Iterator<Item = Rule<'a>> + Clone {
    conditions.into_iter().filter_map(move |condition| match *condition {
        Condition::Field { field: other, rule } if other.eq_ignore_ascii_case(field) => Some(rule),
        _ => None,
    })
}

/// Returns whether some value of the field meets all its rules.
pub(crate) fn is_satisfiable(conditions: &[Condition<'_>], field: &str) -> bool {
    let rules = rules(conditions, field);
    let meets_all = |value: &str| rules.clone().all(|rule| rule.allows(value));
    let fixed = rules.clone().find_map(Rule::form_value);
    let listed = rules.clone().find_map(|rule| match rule {
        Rule::OneOf(values) => Some(values),
        _ => None,
    });
    if field.eq_ignore_ascii_case("success_action_status") {
        return ["200", "201", "204"].into_iter().any(meets_all);
    }
    match (fixed, listed) {
        (Some(value), _) => meets_all(value),
        (None, Some(values)) => values.iter().any(|value| meets_all(value)),
        // Prefixes can be met together if the longest begins with each of them. Forbidden values always leave others.
        (None, None) => {
            let prefixes = rules.clone().filter_map(|rule| match rule {
                Rule::StartsWith(prefix) => Some(prefix),
                _ => None,
            });
            let longest = prefixes.clone().max_by_key(|prefix| prefix.len());
            longest.is_none_or(|longest| prefixes.clone().all(|prefix| longest.starts_with(prefix)))
        }
    }
}
