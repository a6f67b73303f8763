//! Scripts that judge by themselves: the official SDKs as clients of the server, and the server's page.

use std::path::Path;

use super::process::Call;
use super::server::Server;
use super::signer::with_credentials;
use super::table::Table;
use super::workshop::Workshop;

/// A script that prints `passed<TAB>case` or `failed<TAB>case<TAB>reason` for each of its rows.
pub(super) struct Script {
    pub(super) name: &'static str,
    pub(super) needs: &'static [&'static str],
    call: &'static [&'static str],
    /// The rows that it must print: one that ends too early must not pass.
    rows: usize,
}

pub(super) const ALL: [Script; 11] = [
    Script {
        name: "SDK Python v2 (alibabacloud-oss-v2)",
        needs: &["python3-venv", "PyPI"],
        call: &["{out}/venv/bin/python", "{programs}/sdk_python_v2.py"],
        rows: 11,
    },
    Script {
        name: "SDK Python v1 (oss2)",
        needs: &["python3-venv", "PyPI"],
        call: &["{out}/venv/bin/python", "{programs}/sdk_oss2.py"],
        rows: 11,
    },
    Script {
        name: "SDK Node.js (ali-oss)",
        needs: &["nodejs", "npm", "npm packages"],
        call: &["node", "{programs}/sdk_ali_oss.cjs"],
        rows: 11,
    },
    Script {
        name: "Semantics: SDK Python v2",
        needs: &["python3-venv", "PyPI"],
        call: &["{out}/venv/bin/python", "{programs}/semantics_python_v2.py"],
        rows: 17,
    },
    Script {
        name: "Semantics: SDK oss2",
        needs: &["python3-venv", "PyPI"],
        call: &["{out}/venv/bin/python", "{programs}/semantics_oss2.py"],
        rows: 17,
    },
    Script {
        name: "Semantics: SDK ali-oss",
        needs: &["nodejs", "npm", "npm packages"],
        call: &["node", "{programs}/semantics_ali_oss.cjs"],
        rows: 17,
    },
    Script {
        name: "Sub-resources that the SDKs know",
        needs: &["python3-venv", "PyPI", "npm packages"],
        call: &["{out}/venv/bin/python", "{programs}/sub_resources.py"],
        rows: 7,
    },
    Script {
        name: "TLS: SDK Python v2, curl",
        needs: &["python3-venv", "PyPI", "curl"],
        call: &["{out}/venv/bin/python", "{programs}/tls.py"],
        rows: 3,
    },
    Script {
        name: "TLS: SDK ali-oss",
        needs: &["nodejs", "npm", "npm packages"],
        call: &["node", "{programs}/tls_ali_oss.cjs"],
        rows: 1,
    },
    Script {
        name: "The server's page, in Chromium",
        needs: &["nodejs", "chromium", "chromium-driver"],
        call: &["node", "{programs}/page.cjs"],
        rows: 14,
    },
    Script {
        name: "Resumable uploads, in Chromium",
        needs: &["nodejs", "chromium", "chromium-driver"],
        call: &["node", "{programs}/uploads.cjs"],
        rows: 10,
    },
];

/// What the scripts talk to.
pub(super) struct Servers<'a> {
    pub(super) plain: &'a Server,
    pub(super) tls: &'a Server,
    pub(super) page: &'a Server,
    /// The certificate authority of the one with TLS.
    pub(super) authority: &'a Path,
}

/// Runs it and takes over its rows.
pub(super) fn run(script: &Script, workshop: &Workshop, servers: &Servers<'_>, table: &mut Table) {
    match rows(script, workshop, servers) {
        Err(why) => table.add(script.name, "all", Err(why)),
        Ok(said) => {
            let rows: Vec<_> = said.lines().filter_map(row).collect();
            let count = rows.len();
            for (case, result) in rows {
                table.add(script.name, case, result);
            }
            if count != script.rows {
                table.add(script.name, "all", Err(format!("{count} rows instead of {}", script.rows)));
            }
        }
    }
}

fn rows(script: &Script, workshop: &Workshop, servers: &Servers<'_>) -> Result<String, String> {
    let words = workshop.words(script.call);
    let (program, arguments) = words.split_first().ok_or("no program")?;
    let call = Call::new(program, 180)
        .args(arguments)
        .env("NODE_PATH", workshop.out.join("npm/node_modules"))
        .env("INTEROP_PORT", servers.plain.port.to_string())
        .env("INTEROP_PAGE", &servers.page.page)
        .env("INTEROP_TLS_URL", format!("https://127.0.0.1:{}", servers.tls.port))
        .env("REQUESTS_CA_BUNDLE", servers.authority)
        .env("NODE_EXTRA_CA_CERTS", servers.authority)
        .env("CURL_CA_BUNDLE", servers.authority)
        .env("INTEROP_CLI", workshop.program("oss-presign"))
        .env("INTEROP_SERVICE", workshop.program("examples/upload_service"))
        .env("INTEROP_OUT", &workshop.out);
    with_credentials(call).captured()
}

fn row(line: &str) -> Option<(&str, Result<(), String>)> {
    let (result, rest) = line.split_once('\t')?;
    match result {
        "passed" => Some((rest, Ok(()))),
        "failed" => {
            let (case, why) = rest.split_once('\t').unwrap_or((rest, ""));
            Some((case, Err(why.to_owned())))
        }
        _ => None,
    }
}
