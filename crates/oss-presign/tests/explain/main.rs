//! The corpus: mistakes that are made by a plain signer, and what the search says of each.
#![allow(clippy::unwrap_used)]

mod corpus;
mod evidence;
mod first_signer;
mod kinds;
mod locations;
mod plain;
mod properties;
mod random;
