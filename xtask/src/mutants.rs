//! `cargo xtask mutants [FILE…]`: changes the code in many places, one at a time, and names the changes that no test
//! notices.
//!
//! It continues where it stopped: what has been noticed is kept in `target/mutants` and not tried again. Remove that folder
//! to begin anew, for example after tests were removed. Changes that no test can notice are excluded in
//! `.cargo/mutants.toml`, each with the reason.

use std::fs;
use std::path::Path;

use crate::command::{cargo_tool, run_with, target};

/// Files whose mistakes make wrong signatures, wrong verdicts or lost objects, and the tests that must notice them.
struct Subject {
    /// The folder of the results.
    name: &'static str,
    package: &'static str,
    files: &'static [&'static str],
    /// Those that the tests need; each more would make every build longer.
    features: &'static str,
    /// Each change needs a build and a run of its own. The first round has the few tests that notice most changes of these
    /// files, and the next round tries what they left with all that must notice.
    rounds: &'static [&'static [&'static str]],
}

/// The tests of the core that take seconds.
const CORE: &[&str] = &[
    "--lib",
    "--test=arrival",
    "--test=diagnose",
    "--test=post_policy",
    "--test=regions",
    "--test=secrets",
    "--test=vectors",
    "--test=verify",
    "--test=what_is_signed",
    "--test=without_secret",
];

const SUBJECTS: [Subject; 4] = [
    Subject {
        name: "upload",
        package: "oss-upload",
        files: &["retry.rs", "retry_state.rs", "part_layout.rs"],
        features: "files",
        rounds: &[&["--lib"]],
    },
    Subject {
        name: "signing",
        package: "oss-presign",
        files: &["canonical_request.rs", "signing_key.rs", "string_to_sign.rs", "encode.rs"],
        features: "serde",
        rounds: &[&["--test=vectors"], CORE],
    },
    Subject {
        name: "verify",
        package: "oss-presign",
        files: &[
            "verify/read.rs",
            "verify/authority.rs",
            "verify/canonical.rs",
            "verify/canonical_query.rs",
            "verify/claim.rs",
            "verify/credential.rs",
            "verify/parameters.rs",
            "verify/parsed_signature.rs",
            "verify/parsed_url.rs",
            "verify/received.rs",
            "decode.rs",
        ],
        features: "serde",
        rounds: &[&["--test=verify"], CORE],
    },
    Subject {
        name: "form",
        package: "oss-presign",
        files: &["verify/form.rs", "verify/received_form.rs", "verify/policy.rs", "verify/json.rs"],
        features: "serde",
        rounds: &[&["--test=post_policy"], CORE],
    },
];

/// Builds in a fifth of the time: nothing here needs what these would be for.
const PROFILE: [(&str, &str); 2] = [("CARGO_INCREMENTAL", "1"), ("CARGO_PROFILE_TEST_DEBUG", "0")];
/// Likewise; the workspace optimizes the core for tests that verify requests by the hundred thousand.
const NOT_OPTIMIZED: &str = "--config=profile.test.package.oss-presign.opt-level=0";
/// Tests that take longer are taken for some that never end, in seconds: all of them take ten on a quiet machine.
const LONGEST: &str = "120";

pub(crate) fn run(wanted: &[String]) -> Result<(), String> {
    cargo_tool("mutants", "27.1.0")?;
    let known = |file: &String| SUBJECTS.iter().any(|subject| subject.files.contains(&file.as_str()));
    if let Some(unknown) = wanted.iter().find(|file| !known(file)) {
        return Err(format!("`{unknown}` is not one of the files; write it as in xtask/src/mutants.rs"));
    }
    let outcomes: Vec<_> = SUBJECTS.iter().map(|subject| try_changes(subject, wanted)).collect();
    outcomes.into_iter().collect()
}

fn try_changes(subject: &Subject, wanted: &[String]) -> Result<(), String> {
    let files =
        subject.files.iter().filter(|file| wanted.is_empty() || wanted.iter().any(|name| name == *file));
    let files: Vec<_> = files.map(|file| format!("crates/{}/src/{file}", subject.package)).collect();
    if files.is_empty() {
        return Ok(());
    }
    let folder = target().join("mutants").join(subject.name);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut outcome = Ok(());
    for tests in subject.rounds {
        outcome = try_with(subject, &files, tests, &folder);
        // Whatever few tests notice, all of them notice.
        if outcome.is_ok() {
            break;
        }
    }
    outcome.map_err(|error| format!("{error}\nadd a test, or exclude a change that none can notice"))
}

/// Tries the changes that no test has noticed before.
fn try_with(subject: &Subject, files: &[String], tests: &[&str], folder: &Path) -> Result<(), String> {
    // Dependencies are built once for all changes, and apart from everybody else's.
    let build = target().join("mutants/build");
    let (folder_text, build) = (folder.to_string_lossy(), build.to_string_lossy());
    let mut arguments = vec!["mutants", "--package", subject.package, "--features", subject.features];
    arguments.extend(["--jobs", "1", "--cargo-arg", NOT_OPTIMIZED]);
    arguments.extend(["--iterate", "--output", &folder_text, "--timeout", LONGEST]);
    files.iter().for_each(|file| arguments.extend(["--file", file]));
    // As arguments of Cargo they decide what is built, too.
    tests.iter().for_each(|test| arguments.extend(["--cargo-arg", test]));
    let outcome = run_with("cargo", &arguments, &[&PROFILE[..], &[("CARGO_TARGET_DIR", &build)]].concat());
    summarize(subject.name, &folder.join("mutants.out"));
    outcome
}

/// Says how many changes were tried, in this run and before it.
fn summarize(subject: &str, results: &Path) {
    let lines = |name: &str| fs::read_to_string(results.join(name)).map_or(0, |text| text.lines().count());
    println!(
        "{subject}: {} changes noticed now, {} before; {} do not compile, {} never end, {} noticed by none of these tests",
        lines("caught.txt"),
        lines("previously_caught.txt"),
        lines("unviable.txt"),
        lines("timeout.txt"),
        lines("missed.txt"),
    );
}
