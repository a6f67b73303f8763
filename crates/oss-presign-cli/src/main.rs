//! `oss-presign`: presigned URLs for Alibaba Cloud OSS from a shell.
//!
//! Exit status: see [`failure::EXIT_STATUS`].

mod arguments;
mod batch;
mod curl;
mod diagnosis;
mod download;
mod explain;
mod failure;
mod files;
mod handed;
mod inspect;
mod key_template;
mod multipart;
mod object_signer;
mod post_policy;
mod serve;
mod sign;
mod transfer;
mod upload;
mod verify;

use std::io::{self, BufReader, BufWriter};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use oss_presign_std::{Clock, Credentials, Method, SystemClock};

use arguments::{Arguments, Command};
use failure::Failure;
use handed::argument_or_stdin;

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("oss-presign: {}", failure.message);
            ExitCode::from(failure.class as u8)
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Put(arguments) => sign::run(Method::Put, &arguments)?,
        Command::Get(arguments) => sign::run(Method::Get, &arguments)?,
        Command::Head(arguments) => sign::run(Method::Head, &arguments)?,
        Command::Delete(arguments) => sign::run(Method::Delete, &arguments)?,
        Command::Upload(arguments) => return upload::run(&arguments),
        Command::Download(arguments) => return download::run(&arguments),
        Command::Multipart(arguments) => return multipart::run(&arguments.step),
        Command::Batch => return batch(),
        Command::Inspect(arguments) => {
            let url = argument_or_stdin(&arguments.url)?;
            let report = inspect::Report::new(&url, SystemClock.timestamp()?).map_err(Failure::unusable)?;
            if arguments.json {
                println!("{}", serde_json::to_string(&report)?);
            } else {
                print!("{}", report.text()?);
            }
        }
        Command::PostPolicy(arguments) => post_policy::run(&arguments)?,
        Command::Verify(arguments) => return verify::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments)?,
        Command::Completions(arguments) => {
            let mut command = Arguments::command();
            clap_complete::generate(arguments.shell, &mut command, "oss-presign", &mut io::stdout());
        }
        Command::Serve(arguments) => serve::run(&arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn batch() -> Result<ExitCode, Failure> {
    const BUFFER: usize = 64 * 1024;
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let defaults = batch::Defaults {
        credentials: Credentials::from_env().map_err(|error| error.to_string()),
        region: variable("OSS_REGION"),
        endpoint: variable("OSS_ENDPOINT"),
    };
    let input = BufReader::with_capacity(BUFFER, io::stdin().lock());
    // Answers come in large pieces: standard output's own line buffer would look for line ends in them.
    let output = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let outcome =
        batch::run(input, output, &defaults, || SystemClock.timestamp().map_err(|error| error.to_string()));
    match outcome {
        Ok(outcome) => Ok(ExitCode::from(outcome as u8)),
        Err(error) => Err(Failure::unusable(error)),
    }
}
