//! Arguments of what sends and receives.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::Args;

use super::{Authorities, Life, Place, PrefixName, parse_count, parse_duration, parse_size};

/// What `upload --help` ends with. A paragraph is one line, which the terminal's width breaks; an example has none too
/// long for 80 columns.
const UPLOAD_HELP: &str = "\
A URL is good for one file. To oss://BUCKET/KEY go as many as you like; each request is signed here, shortly before it is sent.

In KEY, {path} is the file's path below its folder (or below the fixed part of its pattern), {name} its name, {stem} its name \
without extension, {ext} its extension with the dot; {{ and }} are braces. {path} is added to a KEY that is empty or ends in /. \
Files that would get the same key are refused before anything is sent.

A file that is sent in parts has a checkpoint beside it (NAME.oss-upload-….json) until its object is complete. When the upload \
was interrupted, the same command sends the rest; `oss-presign multipart list` shows what was left in a bucket for good.

Examples:
  oss-presign upload a.jpg 'https://…' -H 'Content-Type: image/jpeg'
  oss-presign put oss://examplebucket/a.jpg --json > put.json
  oss-presign upload a.jpg put.json
  oss-presign upload -r site oss://examplebucket/www/ --exclude '*.map'
  oss-presign upload 'logs/**/*.gz' 'oss://examplebucket/logs/{stem}-1{ext}'";

const DOWNLOAD_HELP: &str = "\
Examples:
  oss-presign download 'https://…' a.jpg
  oss-presign get oss://examplebucket/a.jpg --json > get.json
  oss-presign download get.json a.jpg
  oss-presign download oss://examplebucket/a.jpg oss://examplebucket/b photos/
  oss-presign download -r oss://examplebucket/www/ site --include '*.html'";

#[derive(Args)]
#[command(after_help = UPLOAD_HELP)]
pub(crate) struct Upload {
    /// The file, or - for standard input; to oss:// also several, patterns in quotes and, with -r, folders
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// A presigned URL in single quotes, the JSON of `put --json`, a file with either, or - for standard input; or oss://BUCKET/KEY
    #[arg(value_name = "TO")]
    pub(crate) to: String,

    /// Upload the files in folders as well
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// From folders and patterns, take only files whose path or name matches
    #[arg(long, value_name = "PATTERN")]
    pub(crate) include: Vec<String>,
    /// From folders and patterns, skip files whose path or name matches
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
    /// To oss://, skip files whose object already has the same size and CRC-64
    #[arg(long)]
    pub(crate) skip_existing: bool,
    /// To oss://, show what would be uploaded, and upload nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Send this Content-Type; to oss://, it follows from the key's extension by default
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// To oss://, send no Content-Type unless one is given
    #[arg(long)]
    pub(crate) no_guess: bool,
    /// Send a header: one that a bare URL was signed with and does not show, or to oss:// one to sign
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// To oss://, send larger files in parts
    #[arg(long, value_name = "SIZE", default_value = "512M", value_parser = parse_size)]
    pub(crate) multipart_above: u64,
    /// To oss://, note which parts of larger files are stored in this folder instead of beside each file
    #[arg(long, value_name = "FOLDER")]
    pub(crate) checkpoint_dir: Option<PathBuf>,
    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) signing: Signing,
    #[command(flatten, next_help_heading = "Transfer")]
    pub(crate) transfer: Transfer,
}

const LIST_HELP: &str = "\
Examples:
  oss-presign ls oss://examplebucket/photos/
  oss-presign ls -r oss://examplebucket --json";

#[derive(Args)]
#[command(after_help = LIST_HELP)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) name: PrefixName,
    /// List what is in folders as well
    #[arg(short, long)]
    pub(crate) recursive: bool,
    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) signing: Signing,
    #[command(flatten, next_help_heading = "Transfer")]
    pub(crate) network: Network,
}

#[derive(Args)]
#[command(after_help = DOWNLOAD_HELP)]
pub(crate) struct Download {
    /// A presigned URL in single quotes, the JSON of `get --json`, a file with either, or - for standard input; or one or more oss://BUCKET/KEY
    #[arg(required = true, value_name = "FROM")]
    pub(crate) from: Vec<String>,
    /// The file; a folder, to keep the name; or - for standard output
    pub(crate) file: PathBuf,

    /// Send a header that a bare URL was signed with and does not show
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// Download every object under oss://BUCKET/PREFIX into the folder
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// With -r, take only objects whose key below the prefix, or whose name, matches
    #[arg(long, value_name = "PATTERN", requires = "recursive")]
    pub(crate) include: Vec<String>,
    /// With -r, skip objects whose key below the prefix, or whose name, matches
    #[arg(long, value_name = "PATTERN", requires = "recursive")]
    pub(crate) exclude: Vec<String>,
    /// Skip objects whose file already has the same size and CRC-64
    #[arg(long)]
    pub(crate) skip_existing: bool,
    /// Show what would be downloaded, and download nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    /// Fetch this many ranges of an object at once
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = parse_count)]
    pub(crate) ranges: usize,
    /// Keep what has arrived when the download is interrupted, as NAME.oss-part beside the file, and continue from there
    #[arg(long, conflicts_with = "ranges")]
    pub(crate) resume: bool,
    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) signing: Signing,
    #[command(flatten, next_help_heading = "Transfer")]
    pub(crate) transfer: Transfer,
}

/// How URLs for oss:// are signed.
#[derive(Args)]
pub(crate) struct Signing {
    #[command(flatten)]
    pub(crate) life: Life,
    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) place: Place,
}

/// How transfers are made.
#[derive(Args)]
pub(crate) struct Transfer {
    /// Show no progress, even on a terminal
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Transfer this many files (or parts of one file) at once
    #[arg(long, value_name = "NUMBER", default_value = "4", value_parser = parse_count)]
    pub(crate) parallel: usize,
    #[command(flatten, next_help_heading = "Transfer")]
    pub(crate) network: Network,
}

/// How patient and how careful requests are made.
#[derive(Args)]
pub(crate) struct Network {
    /// Make at most this many attempts, the first included
    #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) attempts: u32,
    /// Give up on a file after this time, however many attempts remain
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) deadline: Option<u32>,
    /// Give up on a connection that is not established within this time
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    pub(crate) connect_timeout: u32,
    /// Give up on an attempt in which no byte moves for this long
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_duration)]
    pub(crate) idle_timeout: u32,
    /// Limit all files together to this many bytes per second, as in 500k or 10M
    #[arg(long, value_name = "SIZE", value_parser = parse_rate)]
    pub(crate) limit_rate: Option<NonZeroU64>,
    /// Allow plain http to other machines
    #[arg(long)]
    pub(crate) allow_http: bool,
    #[command(flatten)]
    pub(crate) authorities: Authorities,
}

fn parse_rate(text: &str) -> Result<NonZeroU64, String> {
    NonZeroU64::new(parse_size(text)?).ok_or_else(|| "write more than 0".to_owned())
}
