//! XML bodies: answers, and the few documents that clients send.

mod reader;
mod writer;

pub(crate) use reader::{Element, read};
pub(crate) use writer::Writer;

/// The most bytes of a document that a client sends.
pub(crate) const MAX: usize = 2 * 1024 * 1024;
