//! Arguments of what sends and receives.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::Args;

use super::{Place, parse_duration, parse_size};

/// What `upload --help` ends with.
const UPLOAD_HELP: &str = "\
To a URL or JSON goes one file. To oss://BUCKET/KEY go as many as you like; each request is signed here, shortly before it is sent.

In KEY, {path} is the file's path below its folder (or below the fixed part of its pattern), {name} its name, {stem} its name
without extension, {ext} its extension with the dot; {{ and }} are braces. A KEY that is empty or ends in / gets {path} behind it.
Files that would get the same key are refused before anything is sent.

    oss-presign put examplebucket a.jpg --content-type image/jpeg --json | oss-presign upload a.jpg -
    oss-presign upload a.jpg 'https://…' -H 'Content-Type: image/jpeg'
    oss-presign upload -r site oss://examplebucket/www/ --exclude '*.map'
    oss-presign upload 'logs/**/*.gz' 'oss://examplebucket/logs/{stem}-today{ext}'";

const DOWNLOAD_HELP: &str = "\
    oss-presign download 'https://…' a.jpg
    oss-presign get examplebucket a.jpg --json | oss-presign download - a.jpg
    oss-presign download oss://examplebucket/a.jpg oss://examplebucket/b.jpg photos/";

#[derive(Args)]
#[command(after_help = UPLOAD_HELP)]
pub(crate) struct Upload {
    /// The file, or - for standard input; to oss:// also several, patterns in quotes and, with -r, folders
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// A presigned URL in single quotes, the JSON of `put --json`, - to read either from standard input, or oss://BUCKET/KEY
    #[arg(value_name = "TO")]
    pub(crate) to: String,

    /// Upload the files in folders, too
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// Of folders and patterns, take only files whose path or name fits
    #[arg(long, value_name = "PATTERN")]
    pub(crate) include: Vec<String>,
    /// Of folders and patterns, leave out files whose path or name fits
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,
    /// Send this Content-Type
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Send a header: one that a bare URL was signed with and does not show, or to oss:// one to sign
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// To oss://, send larger files in parts
    #[arg(long, value_name = "SIZE", default_value = "512M", value_parser = parse_size)]
    pub(crate) multipart_above: u64,
    #[command(flatten)]
    pub(crate) signing: Signing,
    #[command(flatten)]
    pub(crate) transfer: Transfer,
}

#[derive(Args)]
#[command(after_help = DOWNLOAD_HELP)]
pub(crate) struct Download {
    /// A presigned URL in single quotes, the JSON of `get --json`, - to read either from standard input; or one or more oss://BUCKET/KEY
    #[arg(required = true, value_name = "FROM")]
    pub(crate) from: Vec<String>,
    /// The file; a folder, to keep the name; or - for standard output
    pub(crate) file: PathBuf,

    /// Send a header that a bare URL was signed with and does not show
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// Fetch so many ranges of an object at once
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) ranges: usize,
    /// Keep what has arrived if the download is stopped, beside the file as NAME.oss-part, and go on with what is there
    #[arg(long, conflicts_with = "ranges")]
    pub(crate) resume: bool,
    #[command(flatten)]
    pub(crate) signing: Signing,
    #[command(flatten)]
    pub(crate) transfer: Transfer,
}

/// How URLs for oss:// are signed.
#[derive(Args)]
pub(crate) struct Signing {
    /// How long each URL that is signed here works
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    pub(crate) expires: u32,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// How transfers are made.
#[derive(Args)]
pub(crate) struct Transfer {
    /// Print JSON, one line per file
    #[arg(long)]
    pub(crate) json: bool,
    /// Show no progress, even on a terminal
    #[arg(long)]
    pub(crate) quiet: bool,
    /// So many files (or parts of one file) at once
    #[arg(long, value_name = "NUMBER", default_value_t = 4)]
    pub(crate) parallel: usize,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// How patient and how careful requests are made.
#[derive(Args)]
pub(crate) struct Network {
    /// Attempts in all, the first included
    #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) attempts: u32,
    /// Give up on a file after this time, whatever the attempts
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) deadline: Option<u32>,
    /// Give up on a connection that is not made by then
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    pub(crate) connect_timeout: u32,
    /// Give up on an attempt in which nothing moves for so long
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_duration)]
    pub(crate) idle_timeout: u32,
    /// The most bytes per second, all files together, as in 500k or 10M
    #[arg(long, value_name = "SIZE", value_parser = parse_rate)]
    pub(crate) limit_rate: Option<NonZeroU64>,
    /// Allow plain http to other machines
    #[arg(long)]
    pub(crate) allow_http: bool,
}

fn parse_rate(text: &str) -> Result<NonZeroU64, String> {
    NonZeroU64::new(parse_size(text)?).ok_or_else(|| "write more than 0".to_owned())
}
