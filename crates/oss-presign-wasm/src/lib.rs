//! `oss-presign` for JavaScript: sign, inspect, verify and explain as WebAssembly.
//!
//! The interface is plain: JavaScript writes the arguments of a call as [texts](texts) into this module's memory and reads
//! the result, as texts, from it (see [`abi`]). `js/presign.js` does that, and is what users see. No generator of bindings
//! is involved, so that the same sources make the same bytes wherever they are built, and no JSON, which would be the larger
//! part of the module.
//!
//! Every rule is that of `oss-presign`; this crate translates.
//!
//! # Features
//! `explain` adds the search for the mistake that makes a signature. It is most of the size: the package has a module with
//! it and one without.

mod abi;
mod cause;
mod credentials;
mod explain;
mod failure;
mod inspect;
mod sign;
pub mod texts;
mod url_parts;
mod verify;

pub use explain::explain;
pub use failure::Failure;
pub use inspect::inspect;
pub use sign::sign;
pub use verify::verify;
