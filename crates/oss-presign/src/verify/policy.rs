//! Evaluation of a policy against the form that contains it.

use heapless::String;

use super::form_error::{FormError, Operator};
use super::json::{NotJson, Reader, Text};
use super::received_form::ReceivedForm;
use crate::base64::{Decoded, is_base64};
use crate::excerpt::Excerpt;
use crate::time::Timestamp;

/// The fields that a policy must have a condition for, so that a form cannot be used with another signing time (OSS, "A V4
/// signature in a PostObject request": required conditions).
const REQUIRED: [&str; 3] = ["x-oss-signature-version", "x-oss-credential", "x-oss-date"];
const SECURITY_TOKEN: &str = "x-oss-security-token";

impl From<NotJson> for FormError {
    fn from(_: NotJson) -> Self {
        Self::PolicyMalformed
    }
}

/// Checks every condition of a policy in base64, and returns its expiration time.
pub(super) fn evaluate(
    policy: &str,
    form: &ReceivedForm<'_>,
    now: Timestamp,
) -> Result<Timestamp, FormError> {
    if !is_base64(policy) {
        return Err(FormError::PolicyMalformed);
    }
    let mut reader = Reader::new(Decoded::new(policy));
    let (mut expiration, mut conditions) = (None, None);
    reader.expect(b'{')?;
    loop {
        let name = reader.string()?;
        reader.expect(b':')?;
        if name.is("expiration") && expiration.is_none() {
            expiration = Some(time(&reader.string()?).ok_or(FormError::PolicyMalformed)?);
        } else if name.is("conditions") && conditions.is_none() {
            // All conditions are parsed first, because the whole policy must be well-formed. They are evaluated after the
            // expiration time, which may follow them, has been checked.
            conditions = Some(reader.clone());
            each_condition(&mut reader, |_| Ok(()))?;
        } else {
            return Err(FormError::PolicyMalformed);
        }
        if !reader.takes(b',') {
            break;
        }
    }
    reader.expect(b'}')?;
    reader.expect_end()?;
    let (Some(expired_at), Some(mut conditions)) = (expiration, conditions) else {
        return Err(FormError::PolicyMalformed);
    };
    if now >= expired_at {
        return Err(FormError::PolicyExpired { expired_at, now });
    }
    let mut bound = [false; REQUIRED.len()];
    let mut token_bound = form.field(SECURITY_TOKEN).is_none();
    each_condition(&mut conditions, |condition| {
        if let Condition::Equals { field, .. } = &condition {
            for (bound, required) in bound.iter_mut().zip(REQUIRED) {
                *bound |= field.is(required);
            }
            token_bound |= field.is(SECURITY_TOKEN);
        }
        condition.check(form)
    })?;
    let unbound = bound.into_iter().zip(REQUIRED).find(|(bound, _)| !bound).map(|(_, name)| name);
    match unbound.or((!token_bound).then_some(SECURITY_TOKEN)) {
        Some(name) => Err(FormError::PolicyLacks { name }),
        None => Ok(expired_at),
    }
}

/// The name of the field in a condition.
#[derive(Clone)]
struct Field<'a> {
    text: Text<'a>,
    /// Whether the text begins with `$`, as a field after an operator must.
    dollar: bool,
}

impl Field<'_> {
    fn name(&self) -> impl Iterator<Item = char> + Clone {
        self.text.clone().skip(usize::from(self.dollar))
    }

    fn is(&self, name: &str) -> bool {
        let lower = |character: char| character.to_ascii_lowercase();
        self.name().map(lower).eq(name.chars().map(lower))
    }

    fn excerpt(&self) -> Excerpt {
        let mut kept = String::<64>::new();
        for character in self.name() {
            if kept.push(character).is_err() {
                break;
            }
        }
        Excerpt::of(&kept)
    }
}

enum Condition<'a> {
    Equals { field: Field<'a>, value: Text<'a> },
    StartsWith { field: Field<'a>, prefix: Text<'a> },
    OneOf { field: Field<'a>, values: Reader<'a> },
    NoneOf { field: Field<'a>, values: Reader<'a> },
    ContentLength { least: u64, most: u64 },
}

impl Condition<'_> {
    fn check(self, form: &ReceivedForm<'_>) -> Result<(), FormError> {
        let (met, operator, field) = match self {
            Self::Equals { field, value } => (value.is(form.value(&field)), Operator::Equals, field),
            Self::StartsWith { field, prefix } => {
                (prefix.begins(form.value(&field)), Operator::StartsWith, field)
            }
            Self::OneOf { field, values } => (holds(values, form.value(&field))?, Operator::OneOf, field),
            Self::NoneOf { field, values } => (!holds(values, form.value(&field))?, Operator::NoneOf, field),
            Self::ContentLength { least, .. } if form.content_length < least => {
                return Err(FormError::TooSmall { least, bytes: form.content_length });
            }
            Self::ContentLength { most, .. } if form.content_length > most => {
                return Err(FormError::TooLarge { most, bytes: form.content_length });
            }
            Self::ContentLength { .. } => return Ok(()),
        };
        if met { Ok(()) } else { Err(FormError::ConditionNotMet { operator, field: field.excerpt() }) }
    }
}

impl<'f> ReceivedForm<'f> {
    /// Returns the value that a condition compares: that of the field, an empty text if the form lacks the field, and for
    /// `bucket` the bucket that the form was sent to.
    fn value(&self, wanted: &Field<'_>) -> &'f str {
        if wanted.is("bucket") {
            return self.bucket;
        }
        let found = self.fields.iter().find(|(name, _)| wanted.is(name));
        found.map_or("", |&(_, value)| value)
    }
}

fn each_condition<'a>(
    reader: &mut Reader<'a>,
    mut take: impl FnMut(Condition<'a>) -> Result<(), FormError>,
) -> Result<(), FormError> {
    reader.expect(b'[')?;
    if reader.takes(b']') {
        return Ok(());
    }
    loop {
        if reader.takes(b'{') {
            loop {
                let field = Field { text: reader.string()?, dollar: false };
                reader.expect(b':')?;
                take(Condition::Equals { field, value: reader.string()? })?;
                if !reader.takes(b',') {
                    break;
                }
            }
            reader.expect(b'}')?;
        } else {
            take(operator_condition(reader)?)?;
        }
        if !reader.takes(b',') {
            return Ok(reader.expect(b']')?);
        }
    }
}

/// Reads a condition with an operator, such as `["eq", "$field", "value"]`.
fn operator_condition<'a>(reader: &mut Reader<'a>) -> Result<Condition<'a>, FormError> {
    reader.expect(b'[')?;
    let operator = reader.string()?;
    reader.expect(b',')?;
    if operator.is("content-length-range") {
        let least = reader.number()?;
        reader.expect(b',')?;
        let most = reader.number()?;
        reader.expect(b']')?;
        return Ok(Condition::ContentLength { least, most });
    }
    let text = reader.string()?;
    let dollar = text.clone().next() == Some('$');
    let field = Field { text, dollar };
    reader.expect(b',')?;
    let condition = if operator.is("eq") {
        Condition::Equals { field, value: reader.string()? }
    } else if operator.is("starts-with") {
        Condition::StartsWith { field, prefix: reader.string()? }
    } else if operator.is("in") {
        Condition::OneOf { field, values: list(reader)? }
    } else if operator.is("not-in") {
        Condition::NoneOf { field, values: list(reader)? }
    } else {
        return Err(FormError::PolicyMalformed);
    };
    // After an operator, the field is written `$name`.
    if !dollar {
        return Err(FormError::PolicyMalformed);
    }
    reader.expect(b']')?;
    Ok(condition)
}

/// Skips a list of strings, and returns its position.
fn list<'a>(reader: &mut Reader<'a>) -> Result<Reader<'a>, FormError> {
    let place = reader.clone();
    find_in_list(reader, |_| false)?;
    Ok(place)
}

fn holds(mut list: Reader<'_>, value: &str) -> Result<bool, FormError> {
    find_in_list(&mut list, |text| text.is(value))
}

/// Reads a list to its end, and returns whether one of its strings is wanted.
fn find_in_list(reader: &mut Reader<'_>, wanted: impl Fn(&Text<'_>) -> bool) -> Result<bool, FormError> {
    let mut found = false;
    reader.expect(b'[')?;
    if reader.takes(b']') {
        return Ok(false);
    }
    loop {
        found |= wanted(&reader.string()?);
        if !reader.takes(b',') {
            reader.expect(b']')?;
            return Ok(found);
        }
    }
}

/// Parses `YYYY-MM-DDTHH:MM:SSZ`, with or without a fraction of a second, which is ignored.
fn time(text: &Text<'_>) -> Option<Timestamp> {
    let mut kept = String::<32>::new();
    for character in text.clone() {
        kept.push(character).ok()?;
    }
    let (seconds, fraction) = kept.strip_suffix("Z")?.split_at_checked(19)?;
    let digits_follow = |fraction: &str| {
        fraction
            .strip_prefix(".")
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    if !fraction.is_empty() && !digits_follow(fraction) {
        return None;
    }
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2] =
        seconds.as_bytes()
    else {
        return None;
    };
    let basic = [y1, y2, y3, y4, m1, m2, d1, d2, &b'T', h1, h2, n1, n2, s1, s2, &b'Z'].map(|&byte| byte);
    Timestamp::parse_iso8601_basic(core::str::from_utf8(&basic).ok()?).ok()
}
