//! What the clients need, and its installation: Debian's packages, PyPI's, npm's. The one place for their versions.

use std::collections::BTreeMap;

use super::process::Call;
use super::workshop::Workshop;

/// Debian's packages, as of its stable release (tried with 12). A name behind a colon is the program that makes the
/// package needless; without one the package itself must be there.
const DEBIAN: [&str; 14] = [
    "curl:curl",
    "default-jdk-headless:javac",
    "libhttpclient-java",
    "golang-go:go",
    "nodejs:node",
    "npm:npm",
    "mono-mcs:mcs",
    "mono-runtime:mono",
    "libmono-system-net-http4.0-cil",
    "libcurl4-openssl-dev",
    "g++:g++",
    "python3-venv",
    "chromium:chromium",
    "chromium-driver:chromedriver",
];
const PYPI: [&str; 3] = ["requests==2.34.2", "alibabacloud-oss-v2==1.4.1", "oss2==2.19.1"];
const NPM: [&str; 2] = ["axios@1.21.1", "ali-oss@6.23.0"];

/// How long an installer may take, in seconds.
const LIMIT: u32 = 900;

/// What could not be had, and why.
pub(super) struct Installed {
    missing: BTreeMap<&'static str, String>,
}

impl Installed {
    /// Whether all of it is there.
    pub(super) fn check(&self, needs: &[&str]) -> Result<(), String> {
        match needs.iter().find_map(|need| Some((need, self.missing.get(need)?))) {
            Some((need, why)) => Err(format!("{need} is not installed: {why}")),
            None => Ok(()),
        }
    }
}

/// Installs what is missing.
pub(super) fn all(workshop: &Workshop) -> Installed {
    let mut missing = BTreeMap::new();
    for (name, why) in debian() {
        missing.insert(name, why);
    }
    if let Err(why) = pypi(workshop) {
        missing.insert("PyPI", why);
    }
    if let Err(why) = npm(workshop) {
        missing.insert("npm packages", why);
    }
    for (name, why) in &missing {
        eprintln!("not installed: {name}: {why}");
    }
    Installed { missing }
}

fn debian() -> Vec<(&'static str, String)> {
    let absent: Vec<_> = DEBIAN.into_iter().map(parts).filter(|package| !there(*package)).collect();
    if absent.is_empty() {
        return Vec::new();
    }
    let names: Vec<_> = absent.iter().map(|(name, _)| *name).collect();
    eprintln!("installing {}", names.join(" "));
    let together = apt_get(&["update"]).and_then(|()| install(&names));
    if let Err(why) = together {
        // One that is not to be had must not take the others with it.
        let alone = |name: &'static str| install(&[name]).err().map(|_| (name, why.clone()));
        return names.into_iter().filter_map(alone).collect();
    }
    Vec::new()
}

fn parts(package: &'static str) -> (&'static str, Option<&'static str>) {
    match package.split_once(':') {
        Some((name, program)) => (name, Some(program)),
        None => (package, None),
    }
}

fn there((name, program): (&'static str, Option<&'static str>)) -> bool {
    if name == "python3-venv" {
        // Other distributions of Python have it built in.
        return Call::new("python3", 60).args(["-c", "import ensurepip, venv"]).captured().is_ok();
    }
    match program {
        Some(program) => {
            let folders = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
        }
        None => Call::new("dpkg-query", 60)
            .args(["--show", "--showformat=${db:Status-Status}", name])
            .captured()
            .is_ok_and(|status| status == "installed"),
    }
}

fn install(names: &[&str]) -> Result<(), String> {
    apt_get(&[&["install", "--yes", "--no-install-recommends"], names].concat())
}

/// As root; refused by apt-get itself, with a message, for others.
fn apt_get(arguments: &[&str]) -> Result<(), String> {
    let call = Call::new("apt-get", LIMIT).args(["--quiet", "--quiet"]).args(arguments);
    call.env("DEBIAN_FRONTEND", "noninteractive").captured().map(drop)
}

fn pypi(workshop: &Workshop) -> Result<(), String> {
    once(workshop, "venv", &PYPI.join("\n"), || {
        let folder = workshop.folder("venv")?;
        eprintln!("installing {}", PYPI.join(" "));
        Call::new("python3", LIMIT).args(["-m", "venv"]).args([&folder]).captured()?;
        let pip = folder.join("bin/pip");
        Call::new(pip, LIMIT).args(["install", "--quiet"]).args(PYPI).captured()
    })
}

fn npm(workshop: &Workshop) -> Result<(), String> {
    once(workshop, "npm", &NPM.join("\n"), || {
        let folder = workshop.folder("npm")?;
        eprintln!("installing {}", NPM.join(" "));
        let options = ["install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefix"];
        Call::new("npm", LIMIT).args(options).args([&folder]).args(NPM).captured()
    })
}

/// Does it unless it was done for exactly these versions.
fn once(
    workshop: &Workshop,
    name: &str,
    versions: &str,
    work: impl FnOnce() -> Result<String, String>,
) -> Result<(), String> {
    let note = workshop.out.join(format!("{name}.installed"));
    if std::fs::read_to_string(&note).is_ok_and(|done| done == versions) {
        return Ok(());
    }
    work()?;
    std::fs::write(&note, versions).map_err(|error| format!("{}: {error}", note.display()))
}
