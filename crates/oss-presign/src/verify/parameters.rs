//! The query of a URL, pair by pair.

use crate::search::{split, split_first};

/// The pairs of a query, still encoded, names and values together.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = &str> {
    split(query, b'&').filter(|pair| !pair.is_empty())
}

/// The pairs of a query, still encoded; a missing value is an empty one.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    pairs(query).map(|pair| split_first(pair, b'='))
}
