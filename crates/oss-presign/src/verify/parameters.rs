//! The query of a URL, pair by pair.

use crate::search::{split, split_first};

/// The pairs of a query, still encoded; a missing value is an empty one.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let pairs = split(query, b'&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| split_first(pair, b'='))
}
