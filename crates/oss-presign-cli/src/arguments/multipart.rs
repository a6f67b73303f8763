//! Arguments of `multipart`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use super::{Network, ObjectName, Place, PrefixName, Signing, Transfer, parse_size};

const HELP: &str = "\
An upload that was interrupted goes on when it is started again with the same plan, file and checkpoint. A plan whose \
requests have expired is signed anew by `renew`; plan, file and checkpoint then go together as before.

Examples of the signer, who has credentials:
  oss-presign multipart plan oss://examplebucket/big.iso --file big.iso \\
      --expires 12h > plan.json
  oss-presign multipart renew plan.json --expires 12h > renewed.json
  oss-presign multipart list oss://examplebucket/
  oss-presign multipart abort oss://examplebucket/big.iso --upload-id 0004B999…

Examples of the holder, who has none:
  oss-presign multipart upload big.iso plan.json --checkpoint big.checkpoint
  oss-presign multipart abort plan.json --checkpoint big.checkpoint";

#[derive(Args)]
#[command(after_help = HELP)]
pub(crate) struct Multipart {
    #[command(subcommand)]
    pub(crate) step: MultipartStep,
}

#[derive(Subcommand)]
pub(crate) enum MultipartStep {
    /// Begin an upload and print its plan as JSON: a presigned request for every step
    Plan(MultipartPlanArguments),
    /// Upload a file as a plan says
    Upload(MultipartUpload),
    /// Sign a plan again for the same upload, so that a checkpoint of the old plan stays valid
    Renew(MultipartRenew),
    /// List uploads that were begun and neither completed nor aborted; needs credentials
    List(MultipartList),
    /// Abort an upload: the service discards its parts
    Abort(MultipartAbort),
}

#[derive(Args)]
pub(crate) struct MultipartPlanArguments {
    #[command(flatten)]
    pub(crate) name: ObjectName,
    /// Bytes in the object, as in 1048576 or 20G
    #[arg(long, value_name = "SIZE", value_parser = parse_size, required_unless_present = "file", conflicts_with = "file")]
    pub(crate) size: Option<u64>,
    /// Take the size of this file
    #[arg(long)]
    pub(crate) file: Option<PathBuf>,
    /// Bytes in a part, 100k to 5G; 8M, or more where 10000 parts would not do, by default
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) part_size: Option<u64>,
    /// The object's Content-Type
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// A header of the object, such as x-oss-storage-class
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// Make no request: the holder begins the upload, and needs `--sign` for the rest
    #[arg(long)]
    pub(crate) presigned_initiate: bool,
    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) signing: Signing,
    #[command(flatten, next_help_heading = "Transfer")]
    pub(crate) network: Network,
}

const UPLOAD_HELP: &str = "\
Several machines, each with a copy of the file, can upload parts of one plan. The last run takes over what the others have \
done, uploads what is missing and makes the object.

Examples:
  oss-presign multipart upload big.iso plan.json --parts 1-50 \\
      --checkpoint one.json
  oss-presign multipart upload big.iso plan.json --parts 51-99 \\
      --checkpoint two.json
  oss-presign multipart upload big.iso plan.json --checkpoint one.json \\
      --with two.json";

#[derive(Args)]
#[command(after_help = UPLOAD_HELP)]
pub(crate) struct MultipartUpload {
    /// The file
    pub(crate) file: PathBuf,
    /// The plan, or - for standard input
    pub(crate) plan: PathBuf,
    /// Upload only these parts, and leave the object to be made by a run without this flag
    #[arg(long, value_name = "FIRST-LAST", value_parser = parse_parts, requires = "checkpoint")]
    pub(crate) parts: Option<PartRange>,
    /// Take over the parts in this checkpoint of another process or machine, after comparing them with the file
    #[arg(long, value_name = "CHECKPOINT", requires = "checkpoint", conflicts_with = "parts")]
    pub(crate) with: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) more: Continuation,
    #[command(flatten, next_help_heading = "Transfer")]
    pub(crate) transfer: Transfer,
}

#[derive(Args)]
pub(crate) struct MultipartRenew {
    /// The plan, or - for standard input
    pub(crate) plan: PathBuf,
    /// The object of the plan, where its URLs do not show the bucket (--style cname)
    #[arg(long, value_name = "oss://BUCKET/KEY")]
    pub(crate) sign: Option<String>,
    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) signing: Signing,
}

#[derive(Args)]
pub(crate) struct MultipartList {
    #[command(flatten)]
    pub(crate) name: PrefixName,
    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) signing: Signing,
    #[command(flatten, next_help_heading = "Transfer")]
    pub(crate) network: Network,
}

#[derive(Args)]
pub(crate) struct MultipartAbort {
    /// The plan, or - for standard input; with --upload-id the object, as oss://BUCKET/KEY
    #[arg(value_name = "PLAN")]
    pub(crate) plan: String,
    /// The upload of the object to abort, as `multipart list` shows it; needs credentials
    #[arg(long, value_name = "ID", conflicts_with_all = ["checkpoint", "sign"], value_parser = NonEmptyStringValueParser::new())]
    pub(crate) upload_id: Option<String>,
    #[command(flatten)]
    pub(crate) more: Continuation,
    #[command(flatten, next_help_heading = "Transfer")]
    pub(crate) network: Network,
}

/// What a plan does not hold.
#[derive(Args)]
pub(crate) struct Continuation {
    /// Record finished parts in this file, and continue from it
    #[arg(long, value_name = "PATH")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Sign the steps that the plan lacks, and those that have expired; needs credentials
    #[arg(long, value_name = "oss://BUCKET/KEY")]
    pub(crate) sign: Option<String>,
    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) place: Place,
}

/// Parts by their numbers, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartRange {
    pub(crate) first: u32,
    pub(crate) last: u32,
}

fn parse_parts(text: &str) -> Result<PartRange, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = first.parse().ok().zip(last.parse().ok()).map(|(first, last)| PartRange { first, last });
    let range = range.filter(|range| 0 < range.first && range.first <= range.last);
    range.ok_or_else(|| "write the first and the last part, as in 1-50, or one part".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        assert_eq!(parse_parts("2-5"), Ok(PartRange { first: 2, last: 5 }));
        assert_eq!(parse_parts("7"), Ok(PartRange { first: 7, last: 7 }));
        for text in ["", "0-1", "5-2", "1-", "-1", "a"] {
            assert!(parse_parts(text).is_err(), "{text}");
        }
    }
}
