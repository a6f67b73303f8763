//! Spans of transfers: what a log needs to find one again, and no query of any URL.

/// A span that the lanes fill in: host, status, request id and number of attempts.
macro_rules! transfer_span {
    ($name:literal $(, $($fields:tt)*)?) => {
        tracing::info_span!(
            $name,
            host = tracing::field::Empty,
            status = tracing::field::Empty,
            request_id = tracing::field::Empty,
            attempts = tracing::field::Empty
            $(, $($fields)*)?
        )
    };
}
pub(crate) use transfer_span;
