//! What the command line says.

mod authorities;
mod batch;
mod day_key;
mod explain;
mod form;
mod life;
mod multipart;
mod object;
mod place;
mod serve;
mod sign;
mod transfer;

use clap::{Args, Parser, Subcommand};

use crate::failure::EXIT_STATUS;
pub(crate) use authorities::Authorities;
pub(crate) use batch::Batch;
pub(crate) use day_key::DayKeyArguments;
pub(crate) use explain::{Completions, Explain, Manual, Verify};
pub(crate) use form::PostPolicyArguments;
pub(crate) use life::{Life, parse_duration};
pub(crate) use multipart::{
    Continuation, Multipart, MultipartAbort, MultipartList, MultipartPlanArguments, MultipartRenew,
    MultipartStep, MultipartUpload, PartRange,
};
pub(crate) use object::{Named, ObjectName, PrefixName, doubt_encoded};
pub(crate) use place::{Place, Style};
pub(crate) use serve::Serve;
pub(crate) use sign::{Get, Sign};
pub(crate) use transfer::{Download, List, Network, Signing, Transfer, Upload};

/// Presigned URLs for Alibaba Cloud OSS (V4): make them, use them, look into them.
///
/// Credentials come from OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN, or from
/// ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN; where neither is
/// set, from a profile of the Alibaba Cloud CLI, of its SDKs or of ossutil. Region and endpoint come from OSS_REGION
/// and OSS_ENDPOINT, or from the same profile. With --day-key or OSS_DAY_KEY_FILE, the key of one day signs instead. `oss-presign doctor` shows what is used. Signing makes no request to OSS.
#[derive(Parser)]
#[command(name = "oss-presign", version, after_help = EXIT_STATUS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print JSON, for results and for errors
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) json: bool,
    /// Show requests, retries and request ids on standard error
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(crate) verbose: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Presign the upload of an object (PUT)
    Put(Sign),
    /// Presign the download of an object (GET), or of every object under a prefix
    #[command(visible_alias = "presign")]
    Get(Get),
    /// Presign a request for an object's headers (HEAD)
    Head(Sign),
    /// Presign the deletion of an object (DELETE)
    Delete(Sign),
    /// Upload a file through a presigned URL, or many files with credentials
    Upload(Upload),
    /// Download an object through a presigned URL, or several with credentials
    Download(Download),
    /// List the objects of a bucket, with credentials
    #[command(visible_alias = "list")]
    Ls(List),
    /// Upload large files in parts: the signer plans, the holder of the plan uploads
    Multipart(Multipart),
    /// Sign JSON Lines from standard input, one line out per line in
    Batch(Batch),
    /// Sign a form that a browser uploads with (PostObject)
    PostPolicy(Box<PostPolicyArguments>),
    /// Print the signing key of one day, for a machine that must not have the secret
    DayKey(DayKeyArguments),
    /// Check a presigned URL as the service would; needs the secret
    Verify(Verify),
    /// Explain why a request was refused, from its saved answer
    Explain(Explain),
    /// Show what a presigned URL allows; needs no secret
    Inspect(Inspect),
    /// Show which credentials, region and endpoint are used, and what is wrong with them
    Doctor(Doctor),
    /// Run a local server that verifies V4 signatures strictly
    Serve(Serve),
    /// Print a completion script for a shell
    Completions(Completions),
    /// Print a manual page
    Man(Manual),
}

#[derive(Args)]
pub(crate) struct Doctor {
    /// Send one request without a signature to the endpoint, and compare the clocks
    #[arg(long)]
    pub(crate) reach: bool,
    #[command(flatten)]
    pub(crate) authorities: Authorities,
    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) place: Place,
}

#[derive(Args)]
pub(crate) struct Inspect {
    /// The URL, in single quotes; the JSON of `put --json`, or a file with either; - for standard input
    pub(crate) url: String,
}

/// Bytes, or a number with a unit.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let unit_at = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let shift = match unit {
        "" | "B" => 0,
        "k" | "K" | "KiB" => 10,
        "M" | "MiB" => 20,
        "G" | "GiB" => 30,
        "T" | "TiB" => 40,
        _ => {
            return Err(
                "write bytes, or a number followed by k, M, G or T (powers of 1024), such as 10M".to_owned()
            );
        }
    };
    let number: u64 = number.parse().map_err(|_| "write a number first, such as 10M".to_owned())?;
    number.checked_mul(1 << shift).ok_or_else(|| "that is more than anything holds".to_owned())
}

/// How many at once.
pub(crate) fn parse_count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (1..=1000).contains(count));
    count.ok_or_else(|| "write a number from 1 to 1000".to_owned())
}

/// Splits `NAME: VALUE`.
pub(crate) fn parse_header(text: &str) -> Result<(&str, &str), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or_else(|| format!("`{}` is no header: write 'NAME: VALUE'", text.escape_debug()))?;
    Ok((name.trim(), value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn clap_finds_no_contradiction() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [("0", 0), ("100", 100), ("100k", 102_400), ("8MiB", 8 << 20), ("5G", 5 << 30)] {
            assert_eq!(parse_size(text), Ok(bytes));
        }
        for text in ["", "M", "1.5G", "-1", "1 M", "99999999T", "1kb"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn headers() {
        assert_eq!(parse_header("x-oss-meta-a:  b:c "), Ok(("x-oss-meta-a", "b:c")));
        assert!(parse_header("x-oss-meta-a").is_err());
    }
}
