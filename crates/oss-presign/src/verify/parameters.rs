//! The parameters of a URL's query.

use crate::search::{split, split_first};

/// Iterates over the parameters of a query, each as its encoded `name=value`.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = &str> {
    split(query, b'&').filter(|pair| !pair.is_empty())
}

/// Iterates over the encoded names and values of a query. A missing value is an empty one.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    pairs(query).map(|pair| split_first(pair, b'='))
}
