//! The 50 vectors: as data for C, and whether what C signed is what the official SDKs did.

use std::fmt::Write as _;

use serde_json::Value;

use crate::command::root;

const FILE: &str = "crates/oss-presign/tests/vectors/presign.jsonl";
const COUNT: usize = 50;

/// Those that the SDKs agree upon and that fit: the same as in `crates/firmware/build.rs`.
pub(super) fn choose() -> Result<Vec<Value>, String> {
    let text = std::fs::read_to_string(root().join(FILE)).map_err(|error| format!("{FILE}: {error}"))?;
    let mut fitting = Vec::new();
    for line in text.lines() {
        let vector: Value = serde_json::from_str(line).map_err(|error| format!("{FILE}: {error}"))?;
        let count = |field: &str| vector[field].as_array().map_or(0, Vec::len);
        let fits = vector["url"].as_str().is_some_and(|url| url.len() <= 700)
            && ["headers", "additional_headers", "query"].into_iter().all(|field| count(field) <= 8);
        if vector["disputed"].is_null() && fits {
            fitting.push(vector);
        }
    }
    let step = (fitting.len() / COUNT).max(1);
    let chosen: Vec<Value> = fitting.into_iter().step_by(step).take(COUNT).collect();
    if chosen.len() == COUNT { Ok(chosen) } else { Err(format!("{FILE} has only {} vectors", chosen.len())) }
}

/// Who has the key, in the words of `tests/vectors.c`.
pub(super) const WAYS: [&str; 3] = ["secret", "day-key", "external"];
/// Likewise, in a library that only signs URLs.
pub(super) const WAYS_OF_URLS_ONLY: &[&str] = &["secret", "day-key"];

/// Fails unless the lines `way name=url` are those of all vectors in each way, each the URL of the SDK but for the order of its
/// parameters and needless escapes. Returns how many vectors there are.
pub(super) fn compare(vectors: &[Value], ways: &[&str], output: &str) -> Result<usize, String> {
    for way in ways {
        let lines: Vec<&str> =
            output.lines().filter_map(|line| line.strip_prefix(*way)?.strip_prefix(' ')).collect();
        for (vector, line) in vectors.iter().zip(&lines) {
            let (id, url) = line.split_once('=').unwrap_or((line, ""));
            let (expected_id, expected) = (of(vector, "id")?, of(vector, "url")?);
            if id != expected_id || sorted(url) != sorted(expected) {
                return Err(format!("{id} by {way}\n  C   {url}\n  SDK {expected} ({expected_id})"));
            }
        }
        if lines.len() != vectors.len() {
            return Err(format!("{} vectors by {way} instead of {}:\n{output}", lines.len(), vectors.len()));
        }
    }
    Ok(vectors.len())
}

/// What is before the query, and the parameters in order, all of it decoded: the order is no part of what is signed, and one of
/// the SDKs leaves `!` in a URL where its signature has `%21`.
fn sorted(url: &str) -> (Vec<u8>, Vec<Vec<u8>>) {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    // An empty value and none are the same.
    let mut parameters: Vec<Vec<u8>> =
        query.split('&').map(|pair| decoded(pair.strip_suffix('=').unwrap_or(pair))).collect();
    parameters.sort_unstable();
    (decoded(before), parameters)
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().iter();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        let digits = bytes.as_slice().get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(escaped) if *byte == b'%' => {
                decoded.push(escaped);
                bytes.nth(1);
            }
            _ => decoded.push(*byte),
        }
    }
    decoded
}

/// `vector_data.h`: the inputs of the vectors.
pub(super) fn data(vectors: &[Value]) -> Result<String, String> {
    let mut c = String::from("#include \"vector.h\"\n\n");
    for (at, vector) in vectors.iter().enumerate() {
        let lists = ["headers", "query"].map(|list| (list, "oss_presign_field"));
        for (list, kind) in lists.into_iter().chain([("additional_headers", "oss_presign_text")]) {
            let values: Vec<String> = array(vector, list).map(field).collect();
            if !values.is_empty() {
                let _ = writeln!(c, "static const {kind} {list}_{at}[] = {{{}}};", values.join(", "));
            }
        }
    }
    c.push_str("\nstatic const vector vectors[] = {\n");
    for (at, vector) in vectors.iter().enumerate() {
        write_vector(&mut c, at, vector)?;
    }
    c.push_str("};\n");
    Ok(c)
}

fn write_vector(c: &mut String, at: usize, vector: &Value) -> Result<(), String> {
    let has_key = vector["key"].is_string();
    let host = format!("{}://{}", of(vector, "scheme")?, of(vector, "endpoint")?);
    let addressing = match of(vector, "style")? {
        "path" => "PATH",
        "cname" => "CNAME",
        _ => "VIRTUAL_HOSTED",
    };
    let product = if of(vector, "product")? == "oss" { "OSS" } else { "CLOUD_BOX" };
    let mut put = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(c, "        .{name} = {value},");
    };
    put("name", &literal(of(vector, "id")?));
    put("credentials.access_key_id", &text(&vector["access_key_id"]));
    put("credentials.access_key_secret", &text(&vector["access_key_secret"]));
    put("credentials.security_token", &text(&vector["security_token"]));
    put("scope.region", &text(&vector["region"]));
    put("scope.product", &format!("OSS_PRESIGN_{product}"));
    put("host", &text(&Value::from(host)));
    put("addressing", &format!("OSS_PRESIGN_{addressing}"));
    put("request.method", &format!("OSS_PRESIGN_{}", of(vector, "method")?));
    put("request.target", if has_key { "OSS_PRESIGN_OBJECT" } else { "OSS_PRESIGN_BUCKET" });
    put("request.flags", "OSS_PRESIGN_ALLOW_DOT_SEGMENTS");
    put("request.bucket", &text(&vector["bucket"]));
    put("request.key", &text(&vector["key"]));
    for (list, count) in [
        ("headers", "header_count"),
        ("additional_headers", "additional_header_count"),
        ("query", "query_count"),
    ] {
        let length = array(vector, list).count();
        if length > 0 {
            put(&format!("request.{list}"), &format!("{list}_{at}"));
            put(&format!("request.{count}"), &length.to_string());
        }
    }
    put("now", &format!("UINT64_C({})", vector["timestamp"]));
    put("expires_in", &vector["expires"].to_string());
    let start = c.rfind("        .name").unwrap_or(0);
    c.insert_str(start, "    {\n");
    c.push_str("    },\n");
    Ok(())
}

fn of<'v>(vector: &'v Value, field: &str) -> Result<&'v str, String> {
    vector[field].as_str().ok_or_else(|| format!("{}: no text `{field}`", vector["id"]))
}

fn array<'v>(vector: &'v Value, field: &str) -> impl Iterator<Item = &'v Value> {
    vector[field].as_array().into_iter().flatten()
}

/// The initializer of a text, or of a field.
fn field(value: &Value) -> String {
    match value.as_array() {
        Some(pair) => format!("{{{}}}", pair.iter().map(text).collect::<Vec<_>>().join(", ")),
        None => text(value),
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| "{0}".to_owned(), |text| format!("OSS_PRESIGN_TEXT_INIT({})", literal(text)))
}

/// A string literal of C: three octal digits end an escape, whatever follows.
fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b' '
            | b'-'
            | b'_'
            | b'.'
            | b'/'
            | b':'
            | b'='
            | b'&' => {
                literal.push(char::from(byte));
            }
            _ => {
                let _ = write!(literal, "\\{byte:03o}");
            }
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        assert_eq!(literal("a\"\\\n?é1"), r#""a\042\134\012\077\303\2511""#);
    }

    #[test]
    fn only_the_order_of_parameters_may_differ() {
        let vector = serde_json::json!({"id": "presign-1", "url": "https://h/k!?b=2&a=&x-oss-signature=00"});
        let compare = |line: &str| {
            let output: String = WAYS.iter().map(|way| format!("{way} {line}\n")).collect();
            compare(std::slice::from_ref(&vector), &WAYS, &output)
        };
        assert_eq!(compare("presign-1=https://h/k%21?a&b=2&x-oss-signature=00"), Ok(1));
        for wrong in [
            "presign-1=https://h/k!?a&b=2&x-oss-signature=01",
            "presign-1=https://h/k2?a&b=2&x-oss-signature=00",
            "presign-2=https://h/k!?a&b=2&x-oss-signature=00",
            "",
        ] {
            assert!(compare(wrong).is_err(), "{wrong}");
        }
    }
}
