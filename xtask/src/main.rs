//! `cargo xtask <task>`: the project's chores, one file each.

mod adapters;
mod advisories;
mod api;
mod batch;
mod bench;
mod c;
mod ci;
mod claims;
mod command;
mod container;
mod coverage;
mod demo;
mod dist;
mod features;
mod firmware;
mod first_steps;
mod fuzz;
mod guide;
mod hosts;
mod interop;
mod links;
mod load;
mod minimal;
mod miri;
mod mutants;
mod nightly;
mod package;
mod reproducible;
mod scale;
mod structure;
mod test;
mod throughput;
mod wasm;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <task>

  dist      the command as it is shipped: static program, manual pages, completions, in an archive that is unpacked and
            tried where nothing else is
  demo      serve locally, presign, upload with reqwest, ureq and curl, download, compare
  interop   every documented client and the official SDKs against the local server [--json] [--only TEXT]
  load      64 connections that store and fetch 100 KiB for 60 s; requests per second and memory; `load slow`: 10 000
            uploads of a byte now and then, and what they cost the server
  throughput
            uploads and downloads of 1 GiB and of 10 000 small objects beside the bare clients and curl, and memory
            [--mib N --rounds N --objects N --memory N,N --folder PATH]
  scale     10 million lines signed by `batch` under GNU parallel or Spark and by one process: the same set
            [--lines N --jobs N --block SIZE --program PATH]
  batch     10 million lines signed by `batch` on one core and on all: the same output, in order, in memory that stays
            [--lines N --program PATH]
  firmware  sign and upload on three emulated microcontrollers, measure, prove that nothing panics
            [--json | tls | async]
  first-steps
            README.md and the pages of docs/first-steps, followed to the letter in new projects [PART OF A PAGE'S NAME]
  c         the C interface: its header, tests under Miri and valgrind, programs in C on this machine and on an emulated
            board, no panic, and its README followed in an empty folder; `c --header` writes the header
  wasm      the core for JavaScript: modules, sizes, npm package, the vectors in Node.js, the page's copies [--check]
  guide     the commands of the guide, run as its readers run them; `guide book` renders it, and looks at its front page in a
            browser [book | NAME]
  test      every test of the workspace
  bench     what signing costs beside SHA-256 itself [--peers --gate --json --plots --rounds N]
  adapters  what the HTTP adapters leave to oss-upload, and how much of their code is the same
  hosts     the tests of signing on 32-bit Linux and WebAssembly, and what a signature costs there; Windows and macOS
            as far as no C is compiled
  structure no circle of files in the core, one path for all targets, no file of more than 500 lines
  claims    every test that SECURITY.md names is there, and every claim names one
  links     every link of every page leads somewhere, and README.md has less than 200 lines; after `cargo doc`
  container what the Containerfile describes, tried in an empty root; after `dist`
  fuzz      arbitrary input for everything that reads what others wrote, four hours a target [--seconds N] [TARGET…]
  mutants   which changes of the code of signing, verification and retries no test notices; continues [FILE…]
  coverage  the share of lines of core, std and upload that tests run, at least 97 %, and pages that show them [--lines]
  miri      the tests of the core, of the protocol and of the C interface, in an interpreter that finds undefined
            behaviour, and once as on a big-endian machine [--here | --big-endian] [FILTER]
  features  the libraries compile with each of their features, with none, and with all; `features pairs`: with any two
  minimal   everything compiles with the oldest dependencies that the manifests allow
  advisories
            what the RustSec database says of the lock files; needs a network
  reproducible
            two builds of the command in two folders are the same bytes
  package   what would be published is packed, unpacked and tested where nothing else is; `package contents` only packs
            it and looks for README and licences
  api       the public API of each library is the one in xtask/api, and the core names no other crate; `api write` writes
            it there
  ci        what must hold before a change lands, beside the tests, and how long each step took
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((task, rest)) => match task.as_str() {
            "dist" => dist::run(rest),
            "batch" => batch::run(rest),
            "scale" => scale::run(rest),
            "demo" => demo::run(rest),
            "interop" => interop::run(rest),
            "load" => load::run(rest),
            "throughput" => throughput::run(rest),
            "firmware" => firmware::run(rest),
            "first-steps" => first_steps::run(rest),
            "c" => c::run(rest),
            "wasm" => wasm::run(rest),
            "test" => test::run(rest),
            "bench" => bench::run(rest),
            "adapters" => adapters::run(rest),
            "hosts" => hosts::run(rest),
            "structure" => structure::run(rest),
            "claims" => claims::run(rest),
            "links" => links::run(rest),
            "api" => api::run(rest),
            "container" => container::run(rest),
            "features" => features::run(rest),
            "fuzz" => fuzz::run(rest),
            "guide" => guide::run(rest),
            "mutants" => mutants::run(rest),
            "coverage" => coverage::run(rest),
            "miri" => miri::run(rest),
            "minimal" => minimal::run(rest),
            "advisories" => advisories::run(rest),
            "reproducible" => reproducible::run(rest),
            "package" => package::run(rest),
            "ci" => ci::run(rest),
            other => Err(format!("there is no task `{other}`\n\n{USAGE}")),
        },
        None => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
