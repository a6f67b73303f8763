//! The string to sign: algorithm, time, scope, and the hash of the canonical request.

use crate::hex::lower_hex;
use crate::scope::{Scope, TERMINATOR};
use crate::sha256::Mac;
use crate::writer::Writer;

/// The name of the algorithm, in the string to sign and in `x-oss-signature-version`.
pub(crate) const ALGORITHM: &str = "OSS4-HMAC-SHA256";

/// Writes everything before the hash. It is the same for every request of one second.
/// `date_time` is the text of `x-oss-date`, or of the `Date` header that stands for it.
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

/// Writes the scope, with the given text as its slash.
pub(crate) fn write_scope(writer: &mut impl Writer, scope: &Scope<'_>, slash: &[u8]) {
    writer.put(scope.date());
    writer.put(slash);
    writer.put(scope.region().as_str().as_bytes());
    writer.put(slash);
    writer.put(scope.product().as_str().as_bytes());
    writer.put(slash);
    writer.put(TERMINATOR.as_bytes());
}

/// Returns the signature of a string to sign, in hex: the hash of the canonical request ends it. By reference, because a
/// move is a copy on the stack.
pub(crate) fn finish(string_to_sign: &mut Mac, canonical_hash: &[u8; 32]) -> [u8; 64] {
    string_to_sign.put(&lower_hex(canonical_hash));
    lower_hex(&string_to_sign.finish())
}
