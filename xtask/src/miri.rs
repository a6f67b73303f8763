//! `cargo xtask miri [--here | --big-endian] [FILTER]`: tests of the core, of the protocol and of the C interface in an interpreter that finds
//! undefined behaviour, of dependencies too, and once more as a big-endian machine runs them.
//!
//! It hashes some thousand bytes per second, so tests take small inputs there (`cfg!(miri)`).

use crate::command::{run as command, run_with};
use crate::nightly;

/// A machine whose words have their most significant byte first.
const BIG_ENDIAN: &str = "s390x-unknown-linux-gnu";

const ENVIRONMENT: [(&str, &str); 4] = [
    // The clock for the seeds of random tests; files are those of this machine.
    ("MIRIFLAGS", "-Zmiri-disable-isolation"),
    ("PROPTEST_CASES", "4"),
    // An error would carry a stack trace wherever `RUST_BACKTRACE` is set, and each takes seconds.
    ("RUST_LIB_BACKTRACE", "0"),
    // The processor's instructions for SHA-256 and CRC-64, which Miri carries out as one step each. The code that does
    // without them runs on the other machine.
    ("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "-C target-feature=+ssse3,+sse4.1,+sha,+pclmulqdq"),
];

/// What runs, and the part of the tests' names where not all of them do.
const TESTS: [(&[&str], &str); 5] = [
    (&["--package", "oss-presign", "--all-features", "--lib"], ""),
    // The examples of OSS's documentation, signed and verified. Hundreds of other signatures would take a day.
    (&["--package", "oss-presign", "--all-features", "--test", "vectors"], "known_"),
    (&["--package", "oss-presign", "--all-features", "--test", "verify"], "date_stands_for_the_date_of_oss"),
    // Not with `ring`: it is written in C and assembler, which Miri cannot run, and needs a C compiler for each machine.
    (&["--package", "oss-upload", "--features", "files,tls", "--lib"], ""),
    (&["--manifest-path", "crates/oss-presign-c/Cargo.toml"], ""),
];

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    // Miri belongs to a compiler; the pinned one gets its own.
    let toolchain = nightly::toolchain()?;
    command("rustup", &["component", "add", "miri", "rust-src", "--toolchain", toolchain])?;
    // The two can run at the same time.
    let (machines, rest) = match arguments {
        [only, rest @ ..] if only == "--here" => (&[None][..], rest),
        [only, rest @ ..] if only == "--big-endian" => (&[Some(BIG_ENDIAN)][..], rest),
        rest => (&[None, Some(BIG_ENDIAN)][..], rest),
    };
    let wanted = rest.first().map(String::as_str);
    machines.iter().try_for_each(|machine| on(*machine, toolchain, wanted))
}

/// Runs the tests as this machine would, or as another one.
fn on(machine: Option<&str>, toolchain: &str, wanted: Option<&str>) -> Result<(), String> {
    let plus = format!("+{toolchain}");
    TESTS.iter().try_for_each(|(tests, part)| {
        let mut test = vec![plus.as_str(), "miri", "test", "--locked", "--target-dir", nightly::TARGET];
        test.extend(machine.iter().flat_map(|machine| ["--target", machine]));
        test.extend(tests.iter());
        test.push(wanted.unwrap_or(part));
        // The duration of each test, in seconds.
        test.extend(["--", "-Z", "unstable-options", "--report-time"]);
        run_with("cargo", &test, &ENVIRONMENT)
    })
}
