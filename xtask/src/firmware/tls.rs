//! The upload over TLS: to servers that must be accepted, and to those that must be refused.

use super::board::Board;
use super::certificates::{Certificates, LONG_NAME, NAME};
use super::counterpart::Counterpart;
use super::{OBJECT, Row, UPLOADS, progress};
use crate::interop::{ID, REGION, SECRET, Server, Workshop};

/// A server, the name it is called by, and how the program must end.
struct Case {
    server: &'static str,
    name: &'static str,
    result: &'static str,
    /// Why a certificate is refused: the bits of `MBEDTLS_X509_BADCERT_…`.
    reasons: &'static str,
}

const fn accepted(server: &'static str, name: &'static str) -> Case {
    Case { server, name, result: "verified", reasons: "" }
}

const fn refused(server: &'static str, reasons: &'static str) -> Case {
    Case { server, name: NAME, result: "certificate", reasons }
}

const CASES: [Case; 8] = [
    accepted("rsa-4096-root", NAME),
    accepted("long-name", LONG_NAME),
    accepted("tenth-name", NAME),
    // expired, another name, no root that is trusted, not yet valid
    refused("expired", "1"),
    refused("other-name", "4"),
    refused("unknown-root", "8"),
    refused("leaf-as-authority", "8"),
    refused("future", "512"),
];

/// Runs a program against all of them, and gives its costs.
pub(super) fn upload(board: &Board, program: &str, certificates: &Certificates) -> Result<Row, String> {
    progress(&format!("{}: {program}", board.name));
    let workshop = Workshop::new()?;
    workshop.build_ours()?;
    let counterpart = Counterpart::start()?;
    let command = workshop.target("debug").join("oss-presign");
    let run = |case: &Case, uploads: u32, costs: &mut Costs| {
        let files = certificates.of(case.server);
        let (certificate, key) = (files.certificates.to_string_lossy(), files.key.to_string_lossy());
        let server = Server::start(&command, &["--tls", &certificate, &key])?;
        for index in 0..uploads {
            let settings = [
                format!("oss={}", server.port),
                format!("host=10.0.2.2:{}", server.port),
                format!("sntp={}", counterpart.port("sntp")?),
                format!("size={OBJECT}"),
                format!("name={}", case.name),
                format!("key=firmware/{index}"),
                format!("id={ID}"),
                format!("secret={SECRET}"),
                format!("region={REGION}"),
            ];
            let outcome = board.run_networked(program, &settings)?;
            let reasons = outcome.value("reasons").unwrap_or_default();
            if outcome.value("result") != Some(case.result) || reasons != case.reasons {
                let Case { server, result, reasons, .. } = case;
                return Err(format!(
                    "{program} to {server}: not `{result}` {reasons} but {:?}\n{}",
                    outcome.code, outcome.text
                ));
            }
            costs.stack = costs.stack.max(outcome.number("stack")?);
            costs.heap = costs.heap.max(outcome.number("heap")?);
            costs.fixed = outcome.number("static")?;
        }
        Ok(())
    };
    let mut costs = Costs::default();
    for server in ["rsa", "p-256"] {
        run(&accepted(server, NAME), UPLOADS, &mut costs)?;
    }
    for case in &CASES {
        run(case, 1, &mut costs)?;
    }
    eprintln!("firmware: {program}: {} bytes of heap at most", costs.heap);
    super::upload_row(board, program, costs.stack, costs.fixed)
}

#[derive(Default)]
struct Costs {
    stack: u64,
    fixed: u64,
    heap: u64,
}
