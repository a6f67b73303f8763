//! The string to sign: algorithm, time, scope, and the hash of the canonical request.

use crate::output::Output;
use crate::scope::{Scope, TERMINATOR};

/// The name of the algorithm, in the string to sign and in `x-oss-signature-version`.
pub(crate) const ALGORITHM: &str = "OSS4-HMAC-SHA256";

/// Where the date and time stands.
#[cfg(feature = "alloc")]
pub(crate) const DATE_TIME_AT: usize = "OSS4-HMAC-SHA256\n".len();

/// Everything before the hash. It is the same for every request of one second.
pub(crate) fn write_prefix(output: &mut impl Output, date_time: &[u8; 16], scope: &Scope<'_>) {
    output.put(ALGORITHM.as_bytes());
    output.put(b"\n");
    output.put(date_time);
    output.put(b"\n");
    write_scope(output, scope, b"/");
    output.put(b"\n");
}

/// The scope, with the given text as its slash.
pub(crate) fn write_scope(output: &mut impl Output, scope: &Scope<'_>, slash: &[u8]) {
    output.put(scope.date());
    output.put(slash);
    output.put(scope.region().as_str().as_bytes());
    output.put(slash);
    output.put(scope.product().as_str().as_bytes());
    output.put(slash);
    output.put(TERMINATOR.as_bytes());
}
