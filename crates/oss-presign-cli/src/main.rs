//! `oss-presign`: presigned URLs for Alibaba Cloud OSS from a shell.
//!
//! Exit status: see [`failure::EXIT_STATUS`].
// Doc comments of arguments are the help that people read in a terminal.
#![allow(rustdoc::bare_urls)]

mod account;
mod advice;
mod arguments;
mod batch;
mod batch_defaults;
mod causes;
mod checkpoint;
mod content_type;
mod curl;
mod day_key;
mod destination;
mod diagnosis;
mod doctor;
mod download;
mod existing;
mod explain;
mod failure;
mod files;
mod form_input;
mod get;
mod inspect;
mod key_template;
mod known_secrets;
mod listing;
mod log;
mod ls;
mod manual;
mod multipart;
mod object_signer;
mod output;
mod post_policy;
mod presigned_input;
mod region;
mod serve;
mod sign;
mod transfer;
mod upload;
mod verify;

use std::ffi::OsStr;
use std::io;
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, Parser as _};
use oss_presign_std::{Clock, Method, SystemClock};

use arguments::{Arguments, Command};
use failure::{Class, Failure};

fn main() -> ExitCode {
    match Arguments::try_parse() {
        Ok(Arguments { command, json, verbose }) => {
            output::set_json(json);
            if verbose {
                log::show();
            }
            run(command, json).unwrap_or_else(|failure| failure.tell(json))
        }
        Err(error) => not_run(error),
    }
}

/// The command line asks for help, or is none.
fn not_run(mut error: clap::Error) -> ExitCode {
    // What cannot be parsed can still say how it wants to be answered.
    let json = std::env::args_os().any(|argument| argument == OsStr::new("--json"));
    if error.get(ContextKind::Usage).is_some() {
        // clap's own names what was given as if it were required, even where a variable gave it.
        error.insert(ContextKind::Usage, ContextValue::StyledStr(usage()));
    }
    let text = error.render();
    if !error.use_stderr() {
        return match output::help(text.ansi()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.tell(json),
        };
    }
    let example = example(error.kind());
    if json {
        let text = text.to_string();
        let message = text.trim().strip_prefix("error: ").unwrap_or(text.trim());
        let failure = Failure::unusable(message).with_code("Arguments");
        return match example {
            Some(example) => failure.with_hint(format!("for example: {example}")).tell(json),
            None => failure.tell(json),
        };
    }
    // What was typed may have control characters in it, which its styles cannot be told from.
    let is_plain = !std::env::args_os().any(|argument| argument.to_string_lossy().contains(char::is_control));
    let text = if is_plain { text.ansi().to_string() } else { output::escaped_lines(&text.to_string()) };
    // In a pipeline it is of use to know who complains.
    let text = text.trim_end().replacen("error:", "oss-presign:", 1);
    match example {
        Some(example) => output::note(format_args!("{text}\n\nFor example:\n  {example}")),
        None => output::note(text),
    }
    ExitCode::from(Class::Unusable as u8)
}

/// How the command that was meant is used.
fn usage() -> StyledStr {
    meant().render_usage()
}

/// A command line to begin with, where something is missing.
fn example(kind: ErrorKind) -> Option<String> {
    let examples = meant().get_after_help()?.to_string();
    let mut examples = examples.lines().map(str::trim_start).filter(|line| line.starts_with("oss-presign "));
    // Lines that go on would be of no use without the rest.
    examples
        .find(|line| kind == ErrorKind::MissingRequiredArgument && !line.ends_with('\\'))
        .map(str::to_owned)
}

/// The command that the arguments name.
fn meant() -> clap::Command {
    let mut meant = Arguments::command();
    meant.build();
    for argument in std::env::args_os().skip(1) {
        if let Some(part) = argument.to_str().and_then(|name| meant.find_subcommand(name)) {
            meant = part.clone();
        }
    }
    meant
}

fn run(command: Command, json: bool) -> Result<ExitCode, Failure> {
    match command {
        Command::Put(arguments) => sign::run(Method::Put, &arguments, json)?,
        Command::Get(arguments) => get::run(&arguments, json)?,
        Command::Head(arguments) => sign::run(Method::Head, &arguments, json)?,
        Command::Delete(arguments) => sign::run(Method::Delete, &arguments, json)?,
        Command::Upload(arguments) => return upload::run(&arguments, json),
        Command::Download(arguments) => return download::run(&arguments, json),
        Command::Ls(arguments) => ls::run(&arguments, json)?,
        Command::Multipart(arguments) => return multipart::run(&arguments.step, json),
        Command::Batch(arguments) => return batch(&arguments),
        Command::Doctor(arguments) => return doctor::run(&arguments, json),
        Command::Inspect(arguments) => {
            let presigned = presigned_input::read(&arguments.url, "GET", &[])?;
            let report =
                inspect::Report::new(&presigned, SystemClock.timestamp()?).map_err(Failure::unusable)?;
            if json {
                output::json(&report)?;
            } else {
                output::write(report.text())?;
            }
        }
        Command::PostPolicy(arguments) => post_policy::run(&arguments)?,
        Command::DayKey(arguments) => day_key::run(&arguments)?,
        Command::Verify(arguments) => return verify::run(&arguments, json),
        Command::Explain(arguments) => explain::run(&arguments, json)?,
        Command::Completions(arguments) => {
            let mut command = Arguments::command();
            let mut script = Vec::new();
            clap_complete::generate(arguments.shell, &mut command, "oss-presign", &mut script);
            output::write(String::from_utf8_lossy(&script))?;
        }
        Command::Man(arguments) => manual::run(&arguments)?,
        Command::Serve(arguments) => serve::run(&arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn batch(arguments: &arguments::Batch) -> Result<ExitCode, Failure> {
    let defaults = batch_defaults::find(arguments.profile.as_deref(), arguments.day_key())?;
    let clock = || SystemClock.timestamp().map_err(|error| error.to_string());
    let outcome = batch::run(
        io::stdin().lock(),
        io::stdout(),
        |text| output::note(text),
        &defaults,
        arguments.detail(),
        clock,
    );
    match outcome {
        Ok(outcome) => Ok(ExitCode::from(outcome as u8)),
        Err(batch::Broken::Input(error)) => Err(Failure::unusable(format!("standard input: {error}"))),
        Err(batch::Broken::Output(error)) => Err(output::failed(&error)),
    }
}
