//! The XML of an error has the fields that `quick-xml` finds in it, where that finds nothing wrong with it.
//!
//! Input: a document.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use oss_upload::driver::{ErrorFields, ResponseHead, XmlDocument};
use oss_upload::{Failure, ServiceError};
use quick_xml::events::Event;

fuzz_target!(|input: &[u8]| {
    let document = XmlDocument::new(input);
    if let Some((root, fields)) = theirs(input) {
        assert_eq!(document.root(), Some(root.as_str()));
        for (name, text) in &fields {
            let ours = document.field(name).map(|text| text.to_string());
            let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            assert_eq!(ours.as_ref(), Some(&shown), "<{name}>");
        }
        for name in ["Code", "Message", "RequestId"] {
            assert_eq!(document.field(name).is_some(), fields.contains_key(name), "<{name}>");
        }
    }
    let mut head = ResponseHead::new(403);
    head.record("x-oss-err", input);
    let error = ServiceError::read(&head, input);
    let shown = format!("{error} {error:?}");
    assert!(!shown.chars().any(|c| c.is_control()), "{shown:?}");
    let mut scratch = vec![0; input.len()];
    let fields = ErrorFields::read(&head, input, &mut scratch);
    assert_eq!(fields.code.to_string(), error.code());
    assert_eq!(fields.failure(), error.failure());
    assert!(matches!(error.failure(), Failure::Status { .. } | Failure::Expired | Failure::Skewed));
    // A document that is cut off has no other fields than the whole.
    for name in ["Code", "EC"] {
        let cut = XmlDocument::new(&input[..input.len() / 2]).field(name).map(|text| text.to_string());
        assert!(cut.is_none() || cut == document.field(name).map(|text| text.to_string()));
    }
});

/// The name of the root, and the text of its children, the first of each name. `None` where anything is malformed, or
/// beyond what answers have: a document type, text that is no UTF-8.
fn theirs(input: &[u8]) -> Option<(String, BTreeMap<String, String>)> {
    std::str::from_utf8(input).ok()?;
    let mut reader = quick_xml::Reader::from_reader(input);
    reader.config_mut().allow_unmatched_ends = false;
    let (mut root, mut fields, mut open, mut depth) = (None, BTreeMap::new(), None, 0);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                let name = plain_name(tag.name().as_ref())?;
                root.get_or_insert_with(|| name.clone());
                if depth == 1 && !fields.contains_key(&name) {
                    open = Some((name, String::new()));
                }
                depth += 1;
            }
            Event::Empty(tag) => {
                let name = plain_name(tag.name().as_ref())?;
                root.get_or_insert_with(|| name.clone());
                if depth == 1 {
                    fields.entry(name).or_default();
                }
            }
            Event::End(_) => {
                depth -= 1;
                if depth == 1
                    && let Some((name, text)) = open.take()
                {
                    fields.insert(name, text);
                }
            }
            Event::Text(text) => push(&mut open, &text),
            Event::CData(text) => push(&mut open, &text),
            Event::GeneralRef(reference) => {
                // Text that is none in a strict reader's eyes, such as `&;`, is not compared.
                let character = match reference.resolve_char_ref().ok()? {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&reference)?.to_owned(),
                };
                push(&mut open, &character);
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::DocType(_) => return None,
            Event::Eof if depth == 0 => return Some((root?, fields)),
            Event::Eof => return None,
        }
    }
}

fn push(open: &mut Option<(String, String)>, more: &str) {
    if let Some((_, text)) = open {
        text.push_str(more);
    }
}

fn plain_name(name: &str) -> Option<String> {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_plain && !name.is_empty()).then(|| name.to_owned())
}
