//! Documents from clients, as a small tree. Namespaces and attributes mean nothing to OSS.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::error::{OssError, Result};

/// The deepest document that OSS knows has four levels.
const MAX_DEPTH: usize = 16;

/// An element with its text and its children.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// The children of this name.
    pub(crate) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.children.iter().find(|child| child.name == name).map(|child| child.text.as_str())
    }
}

/// Reads a document whose root has this name.
///
/// # Errors
/// MalformedXML. Document type declarations are refused, and with them all entities but the predefined ones.
pub(crate) fn read(document: &[u8], root: &str) -> Result<Element> {
    let malformed =
        |why: String| OssError::malformed_xml(format!("The XML you provided was not well-formed: {why}."));
    let text = std::str::from_utf8(document).map_err(|_| malformed("it is not UTF-8".into()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut closed = None;
    loop {
        match reader.read_event().map_err(|error| malformed(error.to_string()))? {
            Event::Start(start) if closed.is_none() && open.len() < MAX_DEPTH => {
                open.push(Element { name: local(start.name().as_ref()), ..Element::default() });
            }
            Event::Empty(start) if closed.is_none() => {
                let element = Element { name: local(start.name().as_ref()), ..Element::default() };
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => closed = Some(element),
                }
            }
            Event::End(_) => match (open.pop(), open.last_mut()) {
                (Some(element), Some(parent)) => parent.children.push(element),
                (element, _) => closed = element,
            },
            Event::Text(text) => match open.last_mut() {
                Some(element) => element.text.push_str(&text.xml10_content()),
                None if text.trim().is_empty() => {}
                None => return Err(malformed("there is text outside the root element".into())),
            },
            Event::CData(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(reference) => {
                let known =
                    match reference.resolve_char_ref().map_err(|error| malformed(error.to_string()))? {
                        Some(c) => Some(c),
                        None => match &*reference {
                            "amp" => Some('&'),
                            "lt" => Some('<'),
                            "gt" => Some('>'),
                            "quot" => Some('"'),
                            "apos" => Some('\''),
                            _ => None,
                        },
                    };
                match (known, open.last_mut()) {
                    (Some(c), Some(element)) => element.text.push(c),
                    _ => return Err(malformed("an entity is not known".into())),
                }
            }
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
            _ => return Err(malformed("it holds what no document here needs".into())),
        }
    }
    match closed {
        Some(element) if open.is_empty() && element.name == root => Ok(element),
        Some(element) if open.is_empty() => {
            Err(malformed(format!("the root is {}, not {root}", element.name)))
        }
        _ => Err(malformed("an element is not closed".into())),
    }
}

/// Without the namespace prefix.
fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_text_and_entities_are_read() {
        let document = "\u{feff}<?xml version=\"1.0\"?>\n<Delete xmlns=\"x\"><Quiet>false</Quiet><!-- c -->\
            <Object><Key>a &amp; &#60;b&#x3e;<![CDATA[&c]]></Key></Object><Object><Key/></Object></Delete>\n";
        let root = read(document.as_bytes(), "Delete").unwrap();
        assert_eq!(root.text_of("Quiet"), Some("false"));
        let keys: Vec<_> = root.all("Object").map(|object| object.text_of("Key").unwrap()).collect();
        assert_eq!(keys, ["a & <b>&c", ""]);
    }

    #[test]
    fn what_is_no_such_document_is_refused() {
        let deep = "<a>".repeat(100);
        for document in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<b/>",
            "</a>",
            "<a/><a/>",
            "<a>&unknown;</a>",
            "<a>&#0;</a>",
            "<a/>text",
            "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
            "<a",
            &deep,
        ] {
            assert_eq!(read(document.as_bytes(), "a").unwrap_err().code, "MalformedXML", "{document}");
        }
        assert!(read(b"<a>\xff</a>", "a").is_err());
    }
}
