//! Whoever changes a signed request changes a byte of it: each such change is refused.
//!
//! A mutant is a request in which one byte was replaced, removed or inserted, and which then **means** something
//! else. What a request means is written down here a second time, with another crate's decoder:
//!
//! - the method and the bucket, byte by byte;
//! - the path, percent-decoded; an empty one is `/`, and a bucket alone in a path may end in `/` or not;
//! - the query's pairs, percent-decoded, in any order; empty pairs do not count, an empty value is none;
//! - the signed headers: names in lower case, values without outer blanks. Signed are `content-type`,
//!   `content-md5`, `x-oss-*` and the additional ones;
//! - the `Authorization` header: its scheme, and its fields without the blanks around them; the names of
//!   additional headers are a set, in lower case, in which default-signed ones do not count;
//! - a form: names in lower case and values, for every field that the policy binds to one value.
//!
//! So `%41` for `A`, `%2f` for `%2F`, or `Content-Type` for `content-type` is no mutant.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use oss_presign::verify::{ExpectedScope, ReceivedForm, ReceivedRequest, VerificationKey, verify_form};
use oss_presign::{Product, Region, SigningKey};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use support::Vector;

/// Bytes that mean something to one of the grammars on the way.
const SPECIAL: &[u8] = b"%&=/;,+ ?#:\t\n\0.-_~A0z\\\"";

/// For every byte of a text: it flipped in one bit, replaced by one that means something, and removed; and, in
/// every third place, another inserted.
fn mutations(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let special = |at: usize| SPECIAL[(at * 7 + text.len()) % SPECIAL.len()];
    let replaced = (0..text.len()).flat_map(move |at| {
        let flipped = text[at] ^ [0x20, 1, 0x10][at % 3];
        [flipped, special(at)].into_iter().map(move |byte| {
            let mut changed = text.to_vec();
            changed[at] = byte;
            changed
        })
    });
    let removed = (0..text.len()).map(move |at| [&text[..at], &text[at + 1..]].concat());
    let inserted =
        (0..=text.len()).step_by(3).map(move |at| [&text[..at], &[special(at)], &text[at..]].concat());
    replaced.chain(removed).chain(inserted)
}

/// The same for what must stay text.
fn text_mutations(text: &str) -> impl Iterator<Item = String> {
    mutations(text.as_bytes()).filter_map(|bytes| String::from_utf8(bytes).ok())
}

#[derive(Clone)]
struct Request {
    method: String,
    bucket: Option<String>,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
}

#[derive(PartialEq)]
struct Meaning {
    method: String,
    bucket: Option<String>,
    path: Vec<u8>,
    query: Vec<(Vec<u8>, Vec<u8>)>,
    headers: Vec<(String, Vec<u8>)>,
    authorization: Option<(String, BTreeMap<String, String>)>,
}

fn decode(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}

fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

fn signed_by_default(name: &str) -> bool {
    name == "content-type" || name == "content-md5" || name.starts_with("x-oss-")
}

/// A list of additional headers as the set it means.
fn name_set(list: &str) -> BTreeSet<String> {
    list.split(';').map(str::to_ascii_lowercase).filter(|name| !signed_by_default(name)).collect()
}

/// Scheme and fields of an `Authorization` header.
fn authorization(value: &[u8]) -> (String, BTreeMap<String, String>) {
    let value = String::from_utf8_lossy(value).into_owned();
    let (scheme, fields) = value.split_once(' ').unwrap_or((&value, ""));
    let fields = fields.split(',').map(|field| {
        let field = field.trim_matches([' ', '\t']);
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let names = || name_set(value).into_iter().collect::<Vec<_>>().join(";");
        (name.to_owned(), if name == "AdditionalHeaders" { names() } else { value.to_owned() })
    });
    (scheme.to_owned(), fields.collect())
}

impl Request {
    fn split(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }

    fn meaning(&self) -> Meaning {
        let (path, query) = self.split();
        let mut path = decode(if path.is_empty() { "/" } else { path });
        if self.bucket.is_none() && path.len() > 1 && !path[1..].contains(&b'/') {
            path.push(b'/');
        }
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let mut query: Vec<_> = pairs.map(|(name, value)| (decode(name), decode(value))).collect();
        query.sort();
        let value = |wanted: &str| self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let authorization = value("authorization").map(|(_, value)| authorization(trim(value)));
        let listed = authorization.as_ref().and_then(|(_, fields)| fields.get("AdditionalHeaders").cloned());
        let listed = listed.or_else(|| {
            let parameter = query.iter().find(|(name, _)| name == b"x-oss-additional-headers");
            parameter.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
        });
        let additional = listed.map(|list| name_set(&list)).unwrap_or_default();
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), trim(value).to_vec()))
            .filter(|(name, _)| signed_by_default(name) || additional.contains(name))
            .collect();
        headers.sort();
        let (method, bucket) = (self.method.clone(), self.bucket.clone());
        Meaning { method, bucket, path, query, headers, authorization }
    }

    fn verifies(&self, vector: &Vector) -> bool {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let (path, query) = self.split();
        let (method, bucket) = (self.method.as_str(), self.bucket.as_deref());
        let received = ReceivedRequest { method, bucket, path, query, headers: &headers };
        let signed_by_header = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let presented = if signed_by_header { received.authorized() } else { received.presigned() };
        let region = Region::new(vector.text("region")).unwrap();
        let expected = ExpectedScope { region, product: vector.scope().product() };
        presented
            .and_then(|presented| presented.verify(&expected, vector.time(), |id, _| known_key(vector, id)))
            .is_ok()
    }

    /// Every request that differs in one byte. Headers that no signature covers are left as they are, but
    /// for `host` where it is covered.
    fn mutants(&self) -> impl Iterator<Item = Request> {
        let meaning = self.meaning();
        let with = |change: &dyn Fn(&mut Request)| {
            let mut changed = self.clone();
            change(&mut changed);
            changed
        };
        let methods = text_mutations(&self.method).map(move |method| with(&|r| r.method.clone_from(&method)));
        let buckets = self.bucket.iter().flat_map(|bucket| text_mutations(bucket));
        let buckets = buckets.map(move |bucket| with(&|r| r.bucket = Some(bucket.clone())));
        let targets = text_mutations(&self.target).map(move |target| with(&|r| r.target.clone_from(&target)));
        let signed = move |name: &str| {
            let name = name.to_ascii_lowercase();
            name == "authorization" || meaning.headers.iter().any(|(signed, _)| *signed == name)
        };
        let covered = self.headers.iter().enumerate().filter(move |(_, (name, _))| signed(name));
        let headers = covered.flat_map(move |(at, (name, value))| {
            let names = text_mutations(name).map(move |name| with(&|r| r.headers[at].0.clone_from(&name)));
            let values = mutations(value).map(move |value| with(&|r| r.headers[at].1.clone_from(&value)));
            names.chain(values)
        });
        methods.chain(buckets).chain(targets).chain(headers)
    }
}

/// The day's key is derived once a vector: deriving it for each mutant would be most of the time.
fn known_key<'v>(vector: &'v Vector, id: &str) -> Option<VerificationKey<'v>> {
    thread_local! {
        static KEY: std::cell::RefCell<Option<(String, SigningKey)>> = const { std::cell::RefCell::new(None) };
    }
    if id != vector.text("access_key_id") {
        return None;
    }
    let derive = || {
        let key = SigningKey::derive(vector.text("access_key_secret"), &vector.scope());
        (vector.id().to_owned(), key)
    };
    let key = KEY.with_borrow_mut(|kept| match kept {
        Some((id, key)) if id == vector.id() => key.clone(),
        _ => kept.insert(derive()).1.clone(),
    });
    let known = VerificationKey::new(key);
    Some(match vector.optional("security_token") {
        Some(token) => known.with_security_token(token),
        None => known,
    })
}

#[derive(Default, Debug)]
struct Counts {
    requests: usize,
    refused: usize,
    same_meaning: usize,
}

fn refuse_all_mutants(vector: &Vector, request: &Request, counts: &mut Counts) {
    let id = vector.id();
    assert!(request.verifies(vector), "{id}: does not verify unchanged");
    let meaning = request.meaning();
    counts.requests += 1;
    for mutant in request.mutants() {
        if mutant.verifies(vector) {
            let Request { method, bucket, target, headers } = &mutant;
            let headers: Vec<_> =
                headers.iter().map(|(name, value)| (name, String::from_utf8_lossy(value))).collect();
            assert!(mutant.meaning() == meaning, "{id}: accepted {method} {bucket:?} {target} {headers:?}");
            counts.same_meaning += 1;
        } else {
            counts.refused += 1;
        }
    }
}

fn received_headers<'h>(
    vector: &Vector,
    own: impl Iterator<Item = (&'h str, &'h str)>,
) -> Vec<(String, Vec<u8>)> {
    let own: Vec<_> = own.collect();
    let given = vector.pairs("headers").into_iter().map(|(name, value)| (name, value.unwrap_or_default()));
    let given = given.filter(|(name, _)| !own.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
    let host = [("Host", vector.text("host"))];
    let host = host
        .into_iter()
        .filter(|_| !vector.pairs("headers").iter().any(|(name, _)| name.eq_ignore_ascii_case("host")));
    given.chain(host).chain(own.iter().copied()).map(|(n, v)| (n.to_owned(), v.as_bytes().to_vec())).collect()
}

fn request_of(vector: &Vector, target: &str, headers: Vec<(String, Vec<u8>)>) -> Request {
    Request {
        method: vector.text("method").to_owned(),
        bucket: (vector.text("style") != "path").then(|| vector.text("bucket").to_owned()),
        target: target.to_owned(),
        headers,
    }
}

#[test]
fn presigned_urls() {
    let mut counts = Counts::default();
    for vector in support::read("presign.jsonl").into_iter().chain(support::read("known.jsonl")) {
        let (signer, endpoint, mut buffer) = (vector.signer(), vector.endpoint(), [0; 8192]);
        let Ok(request) = vector.request() else { continue };
        if vector.text("kind") != "presign" {
            continue;
        }
        let presigned = signer.presign(&request, &endpoint, vector.time(), vector.expiry(), &mut buffer);
        let Ok(presigned) = presigned else { continue };
        let headers = received_headers(&vector, presigned.headers());
        refuse_all_mutants(&vector, &request_of(&vector, presigned.target(), headers), &mut counts);
    }
    println!("presigned URLs: {counts:?}");
    assert!(counts.requests > 280 && counts.refused >= 100_000, "{counts:?}");
}

#[test]
fn authorization_headers() {
    let mut counts = Counts::default();
    for vector in support::read("header.jsonl").into_iter().chain(support::read("known.jsonl")) {
        let (signer, endpoint, mut buffer) = (vector.signer(), vector.endpoint(), [0; 8192]);
        let Ok(request) = vector.request() else { continue };
        if vector.text("kind") != "header" {
            continue;
        }
        let Ok(authorized) = signer.sign_header(&request, &endpoint, vector.time(), &mut buffer) else {
            continue;
        };
        let headers = received_headers(&vector, authorized.headers());
        refuse_all_mutants(&vector, &request_of(&vector, authorized.target(), headers), &mut counts);
    }
    println!("Authorization headers: {counts:?}");
    assert!(counts.requests > 100 && counts.refused >= 50_000, "{counts:?}");
}

type Fields = Vec<(String, String)>;

/// A form that meets the policy of a vector, and the names of the fields that the policy fixes.
fn form_of(vector: &Vector) -> (Fields, BTreeSet<String>) {
    let (signer, mut buffer) = (vector.signer(), [0; 4096]);
    let policy = vector.text("policy_base64");
    let signed = signer.sign_policy_base64(policy, vector.time(), &mut buffer).unwrap();
    let mut fields: BTreeMap<String, String> =
        signed.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut fixed: BTreeSet<String> = fields.keys().cloned().collect();
    for condition in vector.0["policy"]["conditions"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (operator, name, value) = match condition {
            Value::Object(object) => {
                let (name, value) = object.iter().next().unwrap();
                ("eq", name.clone(), value)
            }
            condition => {
                let name = condition[1].as_str().unwrap_or_default().trim_start_matches('$').to_owned();
                (condition[0].as_str().unwrap(), name, &condition[2])
            }
        };
        match operator {
            "eq" if name != "bucket" => {
                fields.insert(name.clone(), text(value));
                fixed.insert(name);
            }
            "starts-with" => {
                fields.entry(name).or_insert_with(|| text(value));
            }
            "in" => {
                fields.entry(name).or_insert_with(|| text(&value[0]));
            }
            _ => {}
        }
    }
    (fields.into_iter().collect(), fixed)
}

fn form_verifies(vector: &Vector, bucket: &str, fields: &Fields) -> bool {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let received = ReceivedForm { bucket, fields: &fields, content_length: 1000 };
    let region = Region::new(vector.text("region")).unwrap();
    let expected = ExpectedScope { region, product: Product::Oss };
    verify_form(&received, &expected, vector.time(), |id, _| known_key(vector, id)).is_ok()
}

#[test]
fn forms() {
    let mut counts = Counts::default();
    for vector in support::read("post-policy.jsonl") {
        let (fields, fixed) = form_of(&vector);
        let bucket = vector.text("bucket");
        // Five policies of the SDKs contradict themselves.
        if !form_verifies(&vector, bucket, &fields) {
            continue;
        }
        counts.requests += 1;
        let mut refuse = |accepted: bool, what: &str| {
            assert!(!accepted, "{}: accepted with {what}", vector.id());
            counts.refused += 1;
        };
        for bucket in text_mutations(bucket).filter(|changed| changed != bucket) {
            refuse(form_verifies(&vector, &bucket, &fields), &bucket);
        }
        for (at, (name, value)) in fields.iter().enumerate().filter(|(_, (name, _))| fixed.contains(name)) {
            let mut changed = fields.clone();
            for mutant in text_mutations(name).filter(|mutant| !mutant.eq_ignore_ascii_case(name)) {
                changed[at].0.clone_from(&mutant);
                refuse(form_verifies(&vector, bucket, &changed), &mutant);
            }
            changed[at].0.clone_from(name);
            for mutant in text_mutations(value).filter(|mutant| mutant != value) {
                changed[at].1.clone_from(&mutant);
                refuse(form_verifies(&vector, bucket, &changed), &mutant);
            }
        }
    }
    println!("forms: {counts:?}");
    assert!(counts.requests == 55 && counts.refused >= 50_000, "{counts:?}");
}
