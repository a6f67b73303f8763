//! A PostObject policy evaluated a second time, over the tree that `serde_json` makes of it.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// What evaluating a policy against a form comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Malformed,
    Expired,
    Lacks,
    NotMet,
    TooSmall,
    TooLarge,
    Met,
}

/// JSON that keeps the order of an object's members, and those that are there twice.
enum Json {
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
    String(String),
    Number(u64),
    Other,
}

/// `now` is in seconds since 1970.
#[must_use]
pub fn evaluate(
    policy: &[u8],
    bucket: &str,
    fields: &[(&str, &str)],
    content_length: u64,
    now: u64,
) -> Outcome {
    match parse(policy) {
        Some((expiration, _)) if now >= expiration => Outcome::Expired,
        Some((_, conditions)) => meet(&conditions, bucket, fields, content_length),
        None => Outcome::Malformed,
    }
}

enum Condition {
    Compare { operator: &'static str, field: String, values: Vec<String> },
    ContentLength(u64, u64),
}

fn parse(policy: &[u8]) -> Option<(u64, Vec<Condition>)> {
    let Json::Object(members) = serde_json::from_slice(policy).ok()? else { return None };
    let [(first, a), (second, b)] = &members[..] else { return None };
    let (expiration, conditions) = match (first.as_str(), second.as_str()) {
        ("expiration", "conditions") => (a, b),
        ("conditions", "expiration") => (b, a),
        _ => return None,
    };
    let (Json::String(expiration), Json::Array(conditions)) = (expiration, conditions) else { return None };
    let mut parsed = Vec::new();
    for condition in conditions {
        match condition {
            // No known signer writes an object without a member.
            Json::Object(members) if !members.is_empty() => {
                for (field, value) in members {
                    let Json::String(value) = value else { return None };
                    let (field, values) = (field.to_ascii_lowercase(), vec![value.clone()]);
                    parsed.push(Condition::Compare { operator: "eq", field, values });
                }
            }
            Json::Array(items) => parsed.push(with_operator(items)?),
            _ => return None,
        }
    }
    Some((seconds(expiration)?, parsed))
}

fn with_operator(items: &[Json]) -> Option<Condition> {
    let [Json::String(operator), second, third] = items else { return None };
    if operator == "content-length-range" {
        let (Json::Number(least), Json::Number(most)) = (second, third) else { return None };
        return Some(Condition::ContentLength(*least, *most));
    }
    let operator = ["eq", "starts-with", "in", "not-in"].into_iter().find(|known| known == operator)?;
    let Json::String(field) = second else { return None };
    let field = field.strip_prefix('$')?.to_ascii_lowercase();
    let values = match (operator, third) {
        ("eq" | "starts-with", Json::String(value)) => vec![value.clone()],
        ("in" | "not-in", Json::Array(items)) => {
            let text = |item: &Json| if let Json::String(text) = item { Some(text.clone()) } else { None };
            items.iter().map(text).collect::<Option<_>>()?
        }
        _ => return None,
    };
    Some(Condition::Compare { operator, field, values })
}

fn meet(conditions: &[Condition], bucket: &str, fields: &[(&str, &str)], content_length: u64) -> Outcome {
    let given = |wanted: &str| fields.iter().find(|(name, _)| name.to_ascii_lowercase() == wanted);
    for condition in conditions {
        let outcome = match condition {
            Condition::ContentLength(least, _) if content_length < *least => Outcome::TooSmall,
            Condition::ContentLength(_, most) if content_length > *most => Outcome::TooLarge,
            Condition::ContentLength(..) => Outcome::Met,
            Condition::Compare { operator, field, values } => {
                let value =
                    if field == "bucket" { bucket } else { given(field).map_or("", |(_, value)| value) };
                let met = match *operator {
                    "starts-with" => value.starts_with(&values[0]),
                    "not-in" => !values.iter().any(|known| known == value),
                    _ => values.iter().any(|known| known == value),
                };
                if met { Outcome::Met } else { Outcome::NotMet }
            }
        };
        if outcome != Outcome::Met {
            return outcome;
        }
    }
    let fixed = |wanted: &str| {
        conditions.iter().any(|condition| {
            matches!(condition, Condition::Compare { operator: "eq", field, .. } if field == wanted)
        })
    };
    let mut required = vec!["x-oss-signature-version", "x-oss-credential", "x-oss-date"];
    required.extend(given("x-oss-security-token").map(|_| "x-oss-security-token"));
    if required.into_iter().all(fixed) { Outcome::Met } else { Outcome::Lacks }
}

/// The seconds since 1970 of `YYYY-MM-DDTHH:MM:SSZ`, with or without up to eleven digits of a second's fraction.
fn seconds(text: &str) -> Option<u64> {
    let text = text.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 19 || !digits(fraction) || text.len() > 31 {
        return None;
    }
    let shape = whole.bytes().zip(*b"0000-00-00T00:00:00");
    if !shape
        .into_iter()
        .all(|(byte, shape)| if shape == b'0' { byte.is_ascii_digit() } else { byte == shape })
    {
        return None;
    }
    let number = |from: usize, to: usize| whole[from..to].parse::<u64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let is_leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of = |year, month| match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if year < 1970 || !(1..=12).contains(&month) || day == 0 || day > days_of(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let years: u64 = (1970..year).map(|year| 365 + u64::from(is_leap(year))).sum();
    let months: u64 = (1..month).map(|month| days_of(year, month)).sum();
    Some((((years + months + day - 1) * 24 + hour) * 60 + minute) * 60 + second)
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Json;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Other)
    }
}
