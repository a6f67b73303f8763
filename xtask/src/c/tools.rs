//! The programs that C needs beside Rust.

use crate::command::succeeds;

/// The version that made the header that is checked in.
pub(super) const CBINDGEN: &str = "0.29.4";
pub(super) const RUST_TARGET: &str = "thumbv7em-none-eabihf";

/// A program, and the Debian package that has it.
pub(super) const PROGRAMS: [(&str, &str); 6] = [
    ("gcc", "gcc"),
    ("g++", "g++"),
    ("cmake", "cmake"),
    ("valgrind", "valgrind"),
    ("arm-none-eabi-gcc", "gcc-arm-none-eabi"),
    ("qemu-system-arm", "qemu-system-arm"),
];

/// Says what is missing, and how to get it.
pub(super) fn check() -> Result<(), String> {
    let packages = missing_packages();
    let mut missing = Vec::new();
    if !packages.is_empty() {
        missing.push(format!("apt-get install --no-install-recommends {}", packages.join(" ")));
    }
    if !has_cbindgen() {
        missing.push(format!("cargo install --locked cbindgen --version {CBINDGEN}"));
    }
    if !succeeds("cargo", &["+nightly", "miri", "--version"]) {
        missing.push("rustup component add miri rust-src --toolchain nightly".into());
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("what `cargo xtask c` needs is not all there; get it by\n  {}", missing.join("\n  ")))
    }
}

pub(super) fn missing_packages() -> Vec<&'static str> {
    let missing = PROGRAMS.iter().filter(|(program, _)| !succeeds(program, &["--version"]));
    missing.map(|(_, package)| *package).collect()
}

pub(super) fn has_cbindgen() -> bool {
    let output = std::process::Command::new("cbindgen").arg("--version").output();
    output
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == format!("cbindgen {CBINDGEN}"))
}
