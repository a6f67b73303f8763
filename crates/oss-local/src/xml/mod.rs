//! XML bodies: answers, and the few documents that clients send.

mod reader;
mod writer;

pub(crate) use reader::{Element, read};
pub(crate) use writer::Writer;
