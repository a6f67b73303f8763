//! Arguments of `put`, `get`, `head` and `delete`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::{Life, Network, ObjectName, Place};

const SIGN_HELP: &str = "\
Examples:
  oss-presign put oss://examplebucket/a.jpg --content-type image/jpeg
  oss-presign put oss://examplebucket/a.jpg --expires 10m --curl --file a.jpg
  oss-presign delete oss://examplebucket/a.jpg --json";

#[derive(Args)]
#[command(after_help = SIGN_HELP)]
pub(crate) struct Sign {
    #[command(flatten)]
    pub(crate) name: ObjectName,

    /// Bind the body's media type: the sender must send this Content-Type
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Bind a header that OSS always signs (x-oss-*, content-md5)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// Bind any header, by naming it as additional
    #[arg(long = "additional-header", value_name = "NAME: VALUE")]
    pub(crate) additional_headers: Vec<String>,
    /// Add a query parameter, such as x-oss-process=image/info, or a bare name
    #[arg(short = 'q', long = "query", value_name = "NAME[=VALUE]")]
    pub(crate) query: Vec<String>,
    /// Sign the host: the URL then works with no other host of the bucket
    #[arg(long)]
    pub(crate) sign_host: bool,
    /// Sign for this version of the object
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) version_id: Option<String>,
    #[command(flatten)]
    pub(crate) life: Life,
    /// Sign a key with dot segments or a leading slash as it is; clients must then send it untouched
    #[arg(long)]
    pub(crate) allow_dot_segments: bool,

    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) place: Place,
    #[command(flatten, next_help_heading = "Output")]
    pub(crate) form: Form,
}

const GET_HELP: &str = "\
Without a key, the request is for the bucket: -q says what to ask for. With -r, the objects under oss://BUCKET/PREFIX are \
listed and each is signed: a line of JSON each, or its URL with --url.

Examples:
  oss-presign get oss://examplebucket/a.jpg --expires 10m --curl --file a.jpg
  oss-presign get oss://examplebucket/a.jpg -q x-oss-process=image/info
  oss-presign get oss://examplebucket -q list-type=2 -q prefix=photos/
  oss-presign get -r oss://examplebucket/photos/ --include '*.jpg' --url";

#[derive(Args)]
#[command(after_help = GET_HELP)]
pub(crate) struct Get {
    /// List the objects under a prefix, and sign for each
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// With -r, take only objects whose key below the prefix, or whose name, matches
    #[arg(long, value_name = "PATTERN", requires = "recursive")]
    pub(crate) include: Vec<String>,
    /// With -r, skip objects whose key below the prefix, or whose name, matches
    #[arg(long, value_name = "PATTERN", requires = "recursive")]
    pub(crate) exclude: Vec<String>,
    #[command(flatten)]
    pub(crate) sign: Sign,
    #[command(flatten, next_help_heading = "Listing")]
    pub(crate) network: Network,
}

impl Sign {
    /// The parameters of `-q`; one without a value is a bare name.
    pub(crate) fn parameters(&self) -> Vec<(&str, String)> {
        let split = self.query.iter().map(|text| text.split_once('=').unwrap_or((text, "")));
        split.map(|(name, value)| (name, value.to_owned())).collect()
    }
}

/// What is printed.
#[derive(Args)]
pub(crate) struct Form {
    /// Print only the URL, without hints on a terminal
    #[arg(long, conflicts_with_all = ["json", "curl"])]
    pub(crate) url: bool,
    /// Print a complete curl command
    #[arg(long, conflicts_with = "json")]
    pub(crate) curl: bool,
    /// The file that the curl command reads or writes; standard input or output without it
    #[arg(long, value_name = "PATH", requires = "curl", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) file: Option<String>,
}
