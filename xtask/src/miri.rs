//! `cargo xtask miri [FILTER]`: tests of the core and of the protocol in an interpreter that finds undefined behaviour, of
//! dependencies too, and once more as a big-endian machine runs them.
//!
//! It hashes some thousand bytes per second, so tests take small inputs there (`cfg!(miri)`).

use crate::command::{run as command, run_with};
use crate::nightly;

/// A machine whose words have their most significant byte first.
const BIG_ENDIAN: &str = "s390x-unknown-linux-gnu";

/// What runs, and the part of the tests' names where not all of them do.
const TESTS: [(&[&str], &str); 4] = [
    (&["--package", "oss-presign", "--lib"], ""),
    // The examples of OSS's documentation, signed and verified. Hundreds of other signatures would take a day.
    (&["--package", "oss-presign", "--test", "vectors"], "known_"),
    (&["--package", "oss-presign", "--test", "verify"], "date_stands_for_the_date_of_oss"),
    (&["--package", "oss-upload", "--lib"], ""),
];

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    // Miri belongs to a compiler; the pinned one gets its own.
    let toolchain = nightly::toolchain()?;
    command("rustup", &["component", "add", "miri", "rust-src", "--toolchain", toolchain])?;
    let wanted = arguments.first().map(String::as_str);
    [None, Some(BIG_ENDIAN)].into_iter().try_for_each(|machine| on(machine, toolchain, wanted))
}

/// Runs the tests as this machine would, or as another one.
fn on(machine: Option<&str>, toolchain: &str, wanted: Option<&str>) -> Result<(), String> {
    // Random tests need few cases here, and the clock for their seeds; files are those of this machine.
    let environment = [("MIRIFLAGS", "-Zmiri-disable-isolation"), ("PROPTEST_CASES", "4")];
    let plus = format!("+{toolchain}");
    TESTS.iter().try_for_each(|(tests, part)| {
        let mut test = vec![plus.as_str(), "miri", "test", "--locked", "--all-features"];
        test.extend(["--target-dir", nightly::TARGET]);
        test.extend(machine.iter().flat_map(|machine| ["--target", machine]));
        test.extend(tests.iter());
        test.push(wanted.unwrap_or(part));
        run_with("cargo", &test, &environment)
    })
}
