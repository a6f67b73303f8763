//! What adapters of the standard library do with files alike: bodies, checkpoints, destinations. Nothing here touches
//! a socket; all of it may block.
//!
//! **Not covered by the promises of semantic versioning**: this module changes with the adapters of this project.

pub mod checkpoint_file;
mod destination;
mod owner;
mod part;
mod partial;
mod position;

pub use destination::Destination;
pub use part::{FilePart, FileStamp};
pub use partial::PartialRecord;
pub use position::{read_full_at, write_all_at};
