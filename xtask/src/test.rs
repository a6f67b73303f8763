//! Every test of the workspace, its documentation's examples included.

use std::path::Path;

use crate::command::{debian_packages, run as command, run_with, succeeds};

/// A key store in software, which the example for PKCS#11 is tested with.
const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let mut all = vec!["test", "--locked", "--workspace", "--all-features"];
    all.extend(arguments.iter().map(String::as_str));
    if has_softhsm()? {
        // Then its test must not be skipped.
        run_with("cargo", &all, &[("OSS_PRESIGN_SOFTHSM", "1")])
    } else {
        println!("SoftHSM is missing, and its test is skipped: apt-get install softhsm2");
        command("cargo", &all)
    }
}

/// Installs SoftHSM where that needs nobody's consent: as root on Debian.
fn has_softhsm() -> Result<bool, String> {
    if Path::new(SOFTHSM).exists() {
        return Ok(true);
    }
    let is_root = crate::command::output("id", &["-u"]).is_ok_and(|id| id.trim() == "0");
    if !is_root || !succeeds("apt-get", &["--version"]) {
        return Ok(false);
    }
    debian_packages(&["softhsm2"])?;
    if Path::new(SOFTHSM).exists() {
        Ok(true)
    } else {
        Err(format!("softhsm2 is installed without {SOFTHSM}"))
    }
}
