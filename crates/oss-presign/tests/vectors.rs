//! Every case that official SDKs signed: equal where they agree, and decided by kind where they do not.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use std::collections::BTreeMap;

use oss_presign::{Error, PresignError, RequestError};
use support::Vector;

/// What becomes of a request on whose signature the SDKs differ.
#[derive(Clone, Copy, PartialEq)]
enum Decision {
    /// Signed as the published rules say: `ref_signature`.
    Rule,
    /// Refused, by the error of this name.
    Refused(&'static str),
}

fn decision(dispute: &str) -> Decision {
    match dispute {
        "query-sort-order"
        | "empty-query-value"
        | "header-value-outer-space"
        | "empty-oss-header"
        | "additional-duplicate"
        | "additional-date-overwritten" => Decision::Rule,
        "duplicate-query" => Decision::Refused("DuplicateQuery"),
        "duplicate-header" => Decision::Refused("DuplicateHeader"),
        "additional-empty" => Decision::Refused("AdditionalHeaderEmpty"),
        "additional-missing" => Decision::Refused("AdditionalHeaderMissing"),
        other => panic!("no decision on {other}"),
    }
}

struct Signed {
    url: String,
    signature: String,
    canonical_request: String,
    string_to_sign: String,
}

fn presign(vector: &Vector) -> Result<Signed, Error> {
    let request = vector.request()?;
    let (signer, endpoint) = (vector.signer(), vector.endpoint());
    let mut buffer = [0; 8192];
    let presigned = signer.presign(&request, &endpoint, vector.time(), vector.expiry(), &mut buffer)?;
    let (mut canonical_request, mut string_to_sign) = (String::new(), String::new());
    presigned.write_canonical_request(&mut canonical_request).unwrap();
    presigned.write_string_to_sign(&mut string_to_sign).unwrap();
    assert_eq!(presigned.host(), vector.text("host"), "{}", vector.id());
    // Many URLs of one second: the same URL, and its length before it is made.
    let second = signer.at(vector.time())?;
    assert_eq!(second.url_length(&request, &endpoint, vector.expiry()), Ok(presigned.url().len()));
    #[cfg(feature = "alloc")]
    {
        let string = second.presign_to_string(&request, &endpoint, vector.expiry())?;
        assert_eq!(string, presigned.url(), "{}", vector.id());
    }
    Ok(Signed {
        url: presigned.url().to_owned(),
        signature: presigned.signature().to_owned(),
        canonical_request,
        string_to_sign,
    })
}

#[test]
fn presigned_urls() {
    let mut counts = BTreeMap::new();
    for vector in support::read("presign.jsonl") {
        let refusal = vector.disputes().into_iter().find_map(|dispute| match decision(dispute) {
            Decision::Refused(code) => Some(code),
            Decision::Rule => None,
        });
        let outcome = presign(&vector);
        let kind = match (refusal, vector.disputes().is_empty()) {
            (Some(code), _) => {
                assert_eq!(outcome.err().map(|error| error.code()), Some(code), "{}", vector.id());
                "refused"
            }
            (None, agreed) => {
                let signed = outcome.unwrap_or_else(|error| panic!("{}: {error}", vector.id()));
                let expected = vector.text(if agreed { "signature" } else { "ref_signature" });
                if expected == vector.text("signature") {
                    assert_eq!(signed.canonical_request, vector.text("canonical_request"), "{}", vector.id());
                    assert_eq!(signed.string_to_sign, vector.text("string_to_sign"), "{}", vector.id());
                    assert_same_url(&signed.url, vector.text("url"));
                }
                assert_eq!(signed.signature, expected, "{}", vector.id());
                if agreed { "agreed" } else { "by the rule" }
            }
        };
        *counts.entry(kind).or_insert(0) += 1;
    }
    println!("{counts:?}");
    assert_eq!(counts["agreed"], 235);
    assert_eq!(counts["agreed"] + counts["by the rule"] + counts["refused"], 300);
}

fn sign_header(vector: &Vector) -> Result<(Signed, String), Error> {
    let request = vector.request()?;
    let (signer, endpoint) = (vector.signer(), vector.endpoint());
    let mut buffer = [0; 8192];
    let authorized = signer.sign_header(&request, &endpoint, vector.time(), &mut buffer)?;
    let (mut canonical_request, mut string_to_sign) = (String::new(), String::new());
    authorized.write_canonical_request(&mut canonical_request).unwrap();
    authorized.write_string_to_sign(&mut string_to_sign).unwrap();
    assert_eq!(authorized.host(), vector.text("host"), "{}", vector.id());
    let signed = Signed {
        url: authorized.url().to_owned(),
        signature: authorized.signature().to_owned(),
        canonical_request,
        string_to_sign,
    };
    Ok((signed, authorized.authorization().to_owned()))
}

#[test]
fn authorization_headers() {
    let mut counts = BTreeMap::new();
    for vector in support::read("header.jsonl") {
        let refusal = vector.disputes().into_iter().find_map(|dispute| match decision(dispute) {
            Decision::Refused(code) => Some(code),
            Decision::Rule => None,
        });
        let outcome = sign_header(&vector);
        let kind = match (refusal, vector.disputes().is_empty()) {
            (Some(code), _) => {
                assert_eq!(outcome.err().map(|error| error.code()), Some(code), "{}", vector.id());
                "refused"
            }
            (None, agreed) => {
                let (signed, authorization) =
                    outcome.unwrap_or_else(|error| panic!("{}: {error}", vector.id()));
                let expected = vector.text(if agreed { "signature" } else { "ref_signature" });
                if expected == vector.text("signature") {
                    assert_eq!(signed.canonical_request, vector.text("canonical_request"), "{}", vector.id());
                    assert_eq!(signed.string_to_sign, vector.text("string_to_sign"), "{}", vector.id());
                    assert_eq!(authorization, vector.text("authorization"), "{}", vector.id());
                }
                assert_eq!(signed.signature, expected, "{}", vector.id());
                if agreed { "agreed" } else { "by the rule" }
            }
        };
        *counts.entry(kind).or_insert(0) += 1;
    }
    println!("{counts:?}");
    assert_eq!(counts["agreed"], 73);
    assert_eq!(counts["agreed"] + counts["by the rule"] + counts["refused"], 102);
}

#[test]
fn known_authorization_headers() {
    let mut count = 0;
    for vector in support::read("known.jsonl") {
        if vector.text("kind") == "header" {
            let (signed, _) = sign_header(&vector).unwrap_or_else(|error| panic!("{}: {error}", vector.id()));
            assert_eq!(signed.signature, vector.text("signature"), "{}", vector.id());
            count += 1;
        }
    }
    assert_eq!(count, 6);
}

#[test]
fn known_presigned_urls() {
    let mut count = 0;
    for vector in support::read("known.jsonl") {
        if vector.text("kind") == "presign" {
            let signed = presign(&vector).unwrap_or_else(|error| panic!("{}: {error}", vector.id()));
            assert_eq!(signed.signature, vector.text("signature"), "{}", vector.id());
            count += 1;
        }
    }
    assert_eq!(count, 8);
}

/// The same scheme, host, path and parameters once decoded; SDKs differ in order and in what they escape.
fn assert_same_url(ours: &str, theirs: &str) {
    let parse = |url: &str| {
        let (before, query) = url.split_once('?').unwrap();
        let decode =
            |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let mut pairs: Vec<(String, String)> = query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        pairs.sort();
        (decode(before), pairs)
    };
    assert_eq!(parse(ours), parse(theirs));
}

#[test]
fn errors_say_what_the_table_promises() {
    for (file, code) in [("presign.jsonl", "DuplicateQuery"), ("presign.jsonl", "DuplicateHeader")] {
        let vector = support::read(file).into_iter().find(|vector| {
            vector.disputes().into_iter().any(|dispute| decision(dispute) == Decision::Refused(code))
        });
        match presign(&vector.unwrap()).err().unwrap() {
            Error::Request(
                RequestError::DuplicateQuery { name } | RequestError::DuplicateHeader { name },
            ) => {
                assert!(!name.as_str().is_empty());
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        PresignError::BufferTooSmall { needed: 7 }.to_string(),
        "the result needs a buffer of 7 bytes"
    );
}
