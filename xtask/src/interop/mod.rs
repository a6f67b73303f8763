//! `cargo xtask interop`: the clients that OSS documents for presigned uploads, and the official SDKs, against the
//! local server.
//!
//! ```text
//! install ─ build ─ serve ─ client: cases ─ job files ─ its program ─ checks ─ rows
//!                        └─ SDKs, page: their script ─ rows
//! ```

mod cases;
mod clients;
mod install;
mod job;
mod observe;
mod process;
mod scripts;
mod server;
mod signer;
mod table;
mod workshop;

use std::time::Instant;

use install::Installed;
use table::Table;

pub(crate) use process::Call;
pub(crate) use server::Server;
pub(crate) use signer::{ID, REGION, SECRET};
pub(crate) use workshop::{Workshop, cargo_build};

const USAGE: &str = "\
cargo xtask interop [--json] [--only TEXT]

  --json       print one JSON line on standard output; the table goes to standard error
  --only TEXT  only the clients whose name contains TEXT";

struct Options {
    json: bool,
    only: String,
}

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let options = parse(arguments)?;
    let workshop = Workshop::new()?;

    let start = Instant::now();
    let installed = install::all(&workshop);
    let installing = start.elapsed();

    let start = Instant::now();
    workshop.build_ours()?;
    let bodies = cases::Bodies::write(&workshop)?;
    let clients: Vec<_> = clients::ALL.iter().filter(|client| client.name.contains(&options.only)).collect();
    // Built before the clock of the run starts: compilers are no subject of it.
    let built: Vec<_> = clients.iter().map(|client| build(client, &installed, &workshop)).collect();
    let building = start.elapsed();

    let start = Instant::now();
    let versioned = format!("{},versioned", signer::VERSIONED);
    let arguments = ["--bucket", signer::BUCKET, "--bucket", &versioned];
    let server = Server::start(&workshop.program("oss-presign"), &arguments)?;
    let authority = workshop.out.join("ca.pem");
    let authority_file = authority.to_string_lossy();
    let arguments = ["--tls", "self-signed", "--ca-file", &authority_file, "--bucket", signer::BUCKET];
    let over_tls = Server::start(&workshop.program("oss-presign"), &arguments)?;
    // Empty, as its first visitor sees it.
    let for_page = Server::start(&workshop.program("oss-presign"), &[])?;
    let servers = scripts::Servers { plain: &server, tls: &over_tls, page: &for_page, authority: &authority };
    let signer = signer::Signer::new(&workshop, &server);
    let mut table = Table::new();
    for (client, built) in clients.iter().zip(built) {
        if let Err(unable) = built {
            table.unable(client.name, &unable);
            continue;
        }
        match cases::all(client, &signer, &bodies) {
            Ok(cases) => clients::run(client, cases, &workshop, &mut table),
            Err(why) => table.add(client.name, "all", Err(why)),
        }
    }
    for script in scripts::ALL.iter().filter(|script| script.name.contains(&options.only)) {
        match installed.check(script.needs) {
            Ok(()) => scripts::run(script, &workshop, &servers, &mut table),
            Err(unable) => table.unable(script.name, &unable),
        }
    }
    server.stop()?;
    over_tls.stop()?;
    for_page.stop()?;
    let running = start.elapsed();

    table.print();
    eprintln!(
        "\ninstalls {:.0} s, builds {:.0} s, run {:.0} s",
        installing.as_secs_f64(),
        building.as_secs_f64(),
        running.as_secs_f64()
    );
    if options.json {
        println!("{}", table.json());
    }
    table.outcome()
}

fn build(client: &clients::Client, installed: &Installed, workshop: &Workshop) -> Result<(), String> {
    installed.check(client.needs)?;
    clients::build(client, workshop)
}

fn parse(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options { json: false, only: String::new() };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => options.json = true,
            "--only" => {
                options.only = arguments.next().ok_or("--only needs a part of a client's name")?.clone();
            }
            other => return Err(format!("there is no option `{other}`\n\n{USAGE}")),
        }
    }
    Ok(options)
}
