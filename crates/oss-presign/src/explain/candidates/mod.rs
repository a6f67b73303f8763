//! The mistakes that are tried.

mod candidate;
mod content_type;
mod headers;
mod hosts;
mod path;
mod query;
mod scope;
mod secret;
mod security_token;
mod text;

use alloc::vec::Vec;

use candidate::Candidates;
pub(super) use candidate::{Candidate, Context};
pub(super) use text::METHODS;

/// Returns the mistakes to try for a request, the commonest first.
pub(super) fn all<'a>(context: Context<'_, 'a>) -> Vec<Candidate<'a>> {
    let mut candidates = Candidates(Vec::with_capacity(384));
    content_type::add(context, &mut candidates);
    text::methods(context, &mut candidates);
    headers::add(context, &mut candidates);
    path::add(context, &mut candidates);
    query::add(context, &mut candidates);
    hosts::add(context, &mut candidates);
    secret::add(context, &mut candidates);
    scope::add(context, &mut candidates);
    security_token::add(context, &mut candidates);
    text::add(context, &mut candidates);
    candidates.0.sort_by_key(|candidate| candidate.commonness);
    candidates.0
}
