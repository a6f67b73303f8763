//! The clients: how each is built and called.

use super::cases::Case;
use super::job::Outcome;
use super::process::Call;
use super::table::Table;
use super::workshop::{Workshop, cargo_build};

/// A client. In its commands `{programs}`, `{out}` and `{debug}` stand for folders of the [`Workshop`].
pub(super) struct Client {
    pub(super) name: &'static str,
    /// Part of its objects' keys.
    pub(super) slug: &'static str,
    pub(super) needs: &'static [&'static str],
    build: &'static [&'static str],
    call: &'static [&'static str],
    /// Whether it takes `bucket.localhost` for this machine whatever the system's resolver says.
    pub(super) knows_localhost: bool,
}

const APACHE: &str = "/usr/share/java/httpclient.jar:/usr/share/java/httpcore.jar:\
/usr/share/java/commons-logging.jar:/usr/share/java/commons-codec.jar:{out}/java";

pub(super) const CURL: &str = "curl";
pub(super) const BROWSER: &str = "Browser (fetch, headless Chromium)";

pub(super) const ALL: [Client; 11] = [
    Client {
        name: CURL,
        slug: "curl",
        needs: &["curl"],
        build: &[],
        call: &["sh", "{programs}/curl.sh"],
        knows_localhost: true,
    },
    Client {
        name: "Java (Apache HttpClient 4)",
        slug: "java",
        needs: &["default-jdk-headless", "libhttpclient-java"],
        build: &["javac", "-cp", APACHE, "-d", "{out}/java", "{programs}/ApacheClient.java"],
        call: &["java", "-cp", APACHE, "ApacheClient"],
        knows_localhost: false,
    },
    Client {
        name: "Go (net/http)",
        slug: "go",
        needs: &["golang-go"],
        build: &["go", "build", "-o", "{out}/bin/go-client", "{programs}/client.go"],
        call: &["{out}/bin/go-client"],
        knows_localhost: false,
    },
    Client {
        name: "Python (requests)",
        slug: "python",
        needs: &["python3-venv", "PyPI"],
        build: &[],
        call: &["{out}/venv/bin/python", "{programs}/requests_client.py"],
        knows_localhost: false,
    },
    Client {
        name: "Node.js (axios)",
        slug: "node",
        needs: &["nodejs", "npm", "npm packages"],
        build: &[],
        call: &["node", "{programs}/axios_client.cjs"],
        knows_localhost: false,
    },
    Client {
        name: BROWSER,
        slug: "browser",
        needs: &["nodejs", "chromium", "chromium-driver"],
        build: &[],
        call: &["node", "{programs}/browser_client.cjs"],
        knows_localhost: true,
    },
    Client {
        name: "C# (HttpClient on Mono)",
        slug: "csharp",
        needs: &["mono-mcs", "mono-runtime", "libmono-system-net-http4.0-cil"],
        build: &[
            "mcs",
            "-r:System.Net.Http.dll",
            "-out:{out}/bin/csharp-client.exe",
            "{programs}/HttpClientProgram.cs",
        ],
        call: &["mono", "{out}/bin/csharp-client.exe"],
        knows_localhost: false,
    },
    Client {
        name: "C++ (libcurl)",
        slug: "cpp",
        needs: &["g++", "libcurl4-openssl-dev"],
        build: &[
            "g++",
            "-std=c++17",
            "-Wall",
            "-Wextra",
            "-o",
            "{out}/bin/cpp-client",
            "{programs}/libcurl.cpp",
            "-lcurl",
        ],
        call: &["{out}/bin/cpp-client"],
        knows_localhost: true,
    },
    Client {
        name: "Android (HttpURLConnection, on the JVM)",
        slug: "android",
        needs: &["default-jdk-headless"],
        build: &["javac", "-d", "{out}/java", "{programs}/UrlConnection.java"],
        call: &["java", "-cp", "{out}/java", "UrlConnection"],
        knows_localhost: false,
    },
    Client {
        name: "Rust (reqwest, our adapter)",
        slug: "reqwest",
        needs: &[],
        build: &["cargo", "--package", "oss-upload-reqwest", "--example", "interop_reqwest"],
        call: &["{debug}/examples/interop_reqwest"],
        knows_localhost: false,
    },
    Client {
        name: "Rust (ureq, our adapter)",
        slug: "ureq",
        needs: &[],
        build: &["cargo", "--package", "oss-upload-ureq", "--example", "interop_ureq"],
        call: &["{debug}/examples/interop_ureq"],
        knows_localhost: false,
    },
];

/// Builds its program, where it has one to build.
pub(super) fn build(client: &Client, workshop: &Workshop) -> Result<(), String> {
    match workshop.words(client.build).split_first() {
        None => Ok(()),
        Some((cargo, what)) if cargo == "cargo" => {
            let what: Vec<_> = what.iter().map(String::as_str).collect();
            cargo_build(&["build", "--quiet", "--locked"], &what)
        }
        Some((compiler, arguments)) => {
            eprintln!("building {}", client.name);
            // Go keeps what it has compiled; not in the user's folders.
            let call = Call::new(compiler, 600).args(arguments).env("GO111MODULE", "off");
            call.env("GOCACHE", workshop.out.join("go-cache")).shown()
        }
    }
}

/// Runs all cases of a client in one process of its program.
pub(super) fn run(client: &Client, cases: Vec<Case>, workshop: &Workshop, table: &mut Table) {
    match outcomes(client, &cases, workshop) {
        Err(why) => cases.iter().for_each(|case| table.add(client.name, case.name, Err(why.clone()))),
        Ok(outcomes) => {
            for (case, outcomes) in cases.into_iter().zip(outcomes) {
                table.add(client.name, case.name, (case.check)(&outcomes));
            }
        }
    }
}

fn outcomes(client: &Client, cases: &[Case], workshop: &Workshop) -> Result<Vec<Vec<Outcome>>, String> {
    let folder = workshop.folder("jobs")?;
    let mut files = Vec::new();
    let mut answers = Vec::new();
    for job in cases.iter().flat_map(|case| &case.jobs) {
        let path = folder.join(format!("{}-{:02}.job", client.slug, files.len()));
        answers.push(job.write(&path)?);
        files.push(path);
    }
    let words = workshop.words(client.call);
    let (program, arguments) = words.split_first().ok_or("no program")?;
    let call = Call::new(program, 180).args(arguments).args(&files);
    let said = call.env("NODE_PATH", workshop.out.join("npm/node_modules")).captured()?;
    let lines: Vec<_> = said.lines().collect();
    if lines.len() != files.len() {
        return Err(format!("{} lines for {} jobs: {said}", lines.len(), files.len()));
    }
    let mut all =
        lines.into_iter().zip(answers).map(|(said, answer)| Outcome { said: said.to_owned(), answer });
    Ok(cases.iter().map(|case| all.by_ref().take(case.jobs.len()).collect()).collect())
}
