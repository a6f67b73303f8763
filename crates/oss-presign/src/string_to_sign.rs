//! The string to sign: algorithm, time, scope, and the hash of the canonical request.

use crate::hex::lower_hex;
use crate::scope::{Scope, TERMINATOR};
use crate::sha256::Mac;
use crate::writer::Writer;

/// The name of the algorithm, in the string to sign and in `x-oss-signature-version`.
pub(crate) const ALGORITHM: &str = "OSS4-HMAC-SHA256";

/// Writes the string to sign up to the hash. This part is the same for all requests of one second. `date_time` is the value
/// of `x-oss-date`, or of the `Date` header that replaces it.
pub(crate) fn write_before_hash(
    writer: &mut impl Writer,
    date_time: &(impl AsRef<[u8]> + ?Sized),
    scope: &Scope<'_>,
) {
    writer.put(b"OSS4-HMAC-SHA256\n");
    writer.put(date_time.as_ref());
    writer.put(b"\n");
    write_scope(writer, scope, b"/");
    writer.put(b"\n");
}

/// Writes the scope with `slash` between its parts: `/`, or `%2F` in a query.
pub(crate) fn write_scope(writer: &mut impl Writer, scope: &Scope<'_>, slash: &[u8]) {
    writer.put(scope.date());
    writer.put(slash);
    writer.put(scope.region().as_str().as_bytes());
    writer.put(slash);
    writer.put(scope.product().as_str().as_bytes());
    writer.put(slash);
    writer.put(TERMINATOR.as_bytes());
}

/// Appends the hash of the canonical request to the string to sign, and returns the signature in hex. It takes a reference
/// because moving the state would leave a copy on the stack.
pub(crate) fn finish(string_to_sign: &mut Mac, canonical_hash: &[u8; 32]) -> [u8; 64] {
    string_to_sign.put(&lower_hex(canonical_hash));
    lower_hex(&string_to_sign.finish())
}
