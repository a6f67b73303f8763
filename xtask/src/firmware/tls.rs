//! The uploads over TLS: to servers that must be accepted, and to those that must be refused.

use std::path::Path;

use super::board::Board;
use super::certificates::{Certificates, LONG_NAME, NAME};
use super::counterpart::Counterpart;
use super::tls_impostor::{self, Shown};
use super::{FOLDER, OBJECT, Row, Settings, UPLOADS, cargo, progress, quietly};
use crate::interop::{ID, REGION, SECRET, Server, Workshop};

/// One of the firmware's programs.
struct Program {
    name: &'static str,
    feature: &'static str,
    /// The servers that everything is uploaded to.
    servers: &'static [&'static str],
    /// Whether it knows RSA.
    rsa: bool,
    /// Whether it speaks TLS 1.3, as the impostors do, and nothing else.
    impostors: bool,
}

const PROGRAMS: [Program; 3] = [
    Program {
        name: "upload_tls12",
        feature: "tls12",
        servers: &["rsa", "p-256"],
        rsa: true,
        impostors: false,
    },
    Program { name: "upload_tls13", feature: "tls13", servers: &["p-256"], rsa: false, impostors: true },
    Program { name: "upload_tls13_rsa", feature: "tls13-rsa", servers: &["rsa"], rsa: true, impostors: true },
];

/// A server, the name it is called by, and how a program must end.
struct Case {
    peer: Peer,
    name: &'static str,
    result: &'static str,
    /// Why the certificate is refused.
    reason: &'static str,
}

#[derive(Clone, Copy)]
enum Peer {
    /// `oss-presign serve` with the certificate of that name.
    Server(&'static str),
    Impostor(Shown),
}

const fn accepted(server: &'static str, name: &'static str) -> Case {
    Case { peer: Peer::Server(server), name, result: "verified", reason: "" }
}

const fn refused(server: &'static str, reason: &'static str) -> Case {
    Case { peer: Peer::Server(server), name: NAME, result: "certificate", reason }
}

const fn impostor(shown: Shown, reason: &'static str) -> Case {
    Case { peer: Peer::Impostor(shown), name: NAME, result: "certificate", reason }
}

const CASES: [Case; 7] = [
    accepted("long-name", LONG_NAME),
    accepted("tenth-name", NAME),
    refused("expired", "expired"),
    refused("other-name", "other-name"),
    refused("unknown-root", "untrusted"),
    refused("leaf-as-authority", "untrusted"),
    refused("future", "not-yet-valid"),
];

const WITH_RSA: [Case; 1] = [accepted("rsa-4096-root", NAME)];

const WITH_IMPOSTORS: [Case; 5] = [
    // A handshake that is complete, and then the end: nothing is refused.
    Case { peer: Peer::Impostor(Shown::Everything), name: NAME, result: "io", reason: "" },
    impostor(Shown::Nothing, "missing"),
    impostor(Shown::CertificateAlone, "not-owned"),
    impostor(Shown::SignatureAlone, "not-owned"),
    impostor(Shown::OthersCertificate, "not-owned"),
];

/// Runs every program against all of them, and gives their costs.
pub(super) fn upload(board: &Board) -> Result<Vec<Row>, String> {
    let workshop = Workshop::new()?;
    let certificates = Certificates::make(workshop.target("firmware-certificates"))?;
    workshop.build_ours()?;
    for program in &PROGRAMS {
        build(board, program, &certificates.roots())?;
    }
    let command = workshop.target("debug").join("oss-presign");
    // Each waits for its emulator and its server, so together they take no longer than the longest.
    std::thread::scope(|scope| {
        let runs = PROGRAMS.each_ref().map(|program| {
            let (command, certificates) = (&command, &certificates);
            scope.spawn(move || run(board, program, command, certificates))
        });
        runs.into_iter().map(|run| run.join().map_err(|_| "a run panicked".to_owned())?).collect()
    })
}

/// A program that trusts the roots of a folder.
fn build(board: &Board, program: &Program, roots: &Path) -> Result<(), String> {
    progress(&format!("{}: building {}", board.name, program.name));
    let mut command = cargo();
    command
        .args(["build", "--quiet", "--locked", "--release", "--target", board.target])
        .args(["--bin", program.name, "--features", program.feature])
        .current_dir(crate::command::root().join(FOLDER))
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "z")
        .env("FIRMWARE_ROOTS", roots);
    Settings::Special.apply(&mut command);
    quietly(&mut command).map(drop)
}

/// What one program costs, at most.
#[derive(Default)]
struct Costs {
    stack: u64,
    fixed: u64,
    heap: u64,
    instructions: u64,
    handshake: u64,
}

fn run(board: &Board, program: &Program, command: &Path, certificates: &Certificates) -> Result<Row, String> {
    let Program { name, servers, rsa, impostors, .. } = *program;
    progress(&format!("{}: {name}", board.name));
    let mut run = Run {
        board,
        program: name,
        command,
        certificates,
        counterpart: Counterpart::start()?,
        costs: Costs::default(),
    };
    for server in servers {
        run.case(&accepted(server, NAME), UPLOADS)?;
    }
    let rsa: &[Case] = if rsa { &WITH_RSA } else { &[] };
    let impostors: &[Case] = if impostors { &WITH_IMPOSTORS } else { &[] };
    for case in CASES.iter().chain(rsa).chain(impostors) {
        run.case(case, 1)?;
    }
    let Costs { stack, fixed, heap, instructions, handshake } = run.costs;
    progress(&format!("{name}: {handshake} instructions of the handshake at most"));
    let heap_bytes = (heap > 0).then_some(heap);
    Ok(Row { heap_bytes, instructions, ..super::upload_row(board, name, stack, fixed)? })
}

/// One program and its counterparts.
struct Run<'a> {
    board: &'a Board,
    program: &'static str,
    command: &'a Path,
    certificates: &'a Certificates,
    counterpart: Counterpart,
    costs: Costs,
}

impl Run<'_> {
    /// Several uploads to one server; the first of those that succeed counts its instructions.
    fn case(&mut self, case: &Case, uploads: u32) -> Result<(), String> {
        let server;
        let port = match case.peer {
            Peer::Server(name) => {
                let files = self.certificates.of(name);
                let (certificate, key) = (files.certificates.to_string_lossy(), files.key.to_string_lossy());
                server = Server::start(self.command, &["--tls", &certificate, &key])?;
                server.port
            }
            Peer::Impostor(shown) => tls_impostor::start(shown, self.certificates.identity("p-256")?)?,
        };
        for index in 0..uploads {
            let counting = index == 0 && case.result == "verified";
            self.upload(case, port, index, counting)?;
        }
        Ok(())
    }

    fn upload(&mut self, case: &Case, port: u16, index: u32, counting: bool) -> Result<(), String> {
        let settings = [
            format!("oss={port}"),
            format!("host=10.0.2.2:{port}"),
            format!("sntp={}", self.counterpart.port("sntp")?),
            format!("size={OBJECT}"),
            format!("name={}", case.name),
            format!("key=firmware/{index}"),
            format!("id={ID}"),
            format!("secret={SECRET}"),
            format!("region={REGION}"),
        ];
        let outcome = if counting {
            self.board.run_networked_counting(self.program, &settings)?
        } else {
            self.board.run_networked(self.program, &settings)?
        };
        let reason = outcome.value("reason").unwrap_or_default();
        if outcome.value("result") != Some(case.result) || reason != case.reason {
            let Case { peer, result, .. } = case;
            let peer = match peer {
                Peer::Server(name) => name,
                Peer::Impostor(Shown::Everything) => "a server that shows everything",
                Peer::Impostor(_) => "a server that leaves something out",
            };
            return Err(format!(
                "{} to {peer}: not `{result}` {} but {:?}\n{}",
                self.program, case.reason, outcome.code, outcome.text
            ));
        }
        let costs = &mut self.costs;
        costs.stack = costs.stack.max(outcome.number("stack")?);
        costs.heap = costs.heap.max(outcome.number("heap")?);
        costs.fixed = outcome.number("static")?;
        if counting {
            costs.instructions = costs.instructions.max(outcome.number("instructions")?);
            costs.handshake = costs.handshake.max(outcome.number("handshake")?);
        }
        Ok(())
    }
}
