//! Arguments of `post-policy`.

use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args};

use super::{ObjectName, Signing, parse_size};

const HELP: &str = "\
Examples:
  oss-presign post-policy oss://examplebucket --prefix user/42/ --html \\
      --content-length-range 1-10M --in content-type=image/jpeg,image/png
  oss-presign post-policy oss://examplebucket/a.jpg --curl --file a.jpg | sh";

#[derive(Args)]
#[command(after_help = HELP)]
#[command(group = ArgGroup::new("form").args(["html", "curl"]))]
pub(crate) struct PostPolicyArguments {
    #[command(flatten)]
    pub(crate) name: ObjectName,
    /// Let the form upload any key with this prefix, instead of one object
    #[arg(long)]
    pub(crate) prefix: Option<String>,

    /// Fix the media type
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Allow only these sizes, as in 1-10M
    #[arg(long, value_name = "LEAST-MOST", value_parser = parse_range)]
    pub(crate) content_length_range: Option<(u64, u64)>,
    /// Fix a field
    #[arg(long, value_name = "FIELD=VALUE", value_parser = parse_pair)]
    pub(crate) eq: Vec<(String, String)>,
    /// Allow only values with this prefix
    #[arg(long, value_name = "FIELD=PREFIX", value_parser = parse_pair)]
    pub(crate) starts_with: Vec<(String, String)>,
    /// Allow only these values
    #[arg(long = "in", value_name = "FIELD=VALUE,VALUE", value_parser = parse_pair)]
    pub(crate) one_of: Vec<(String, String)>,
    /// Allow all but these values
    #[arg(long = "not-in", value_name = "FIELD=VALUE,VALUE", value_parser = parse_pair)]
    pub(crate) none_of: Vec<(String, String)>,
    /// Put a value into the form without fixing it
    #[arg(long, value_name = "FIELD=VALUE", value_parser = parse_pair)]
    pub(crate) value: Vec<(String, String)>,
    /// Answer with this status: 200, 201 or 204
    #[arg(long, value_name = "STATUS")]
    pub(crate) success_action_status: Option<u16>,
    /// Send the browser there afterwards
    #[arg(long, value_name = "URL")]
    pub(crate) success_action_redirect: Option<String>,

    /// Print an HTML form instead of JSON
    #[arg(long)]
    pub(crate) html: bool,
    /// Print a complete curl command instead of JSON
    #[arg(long)]
    pub(crate) curl: bool,
    /// The file that the curl command uploads; standard input without it
    #[arg(long, value_name = "PATH", requires = "curl", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) file: Option<String>,
    #[command(flatten, next_help_heading = "Account and endpoint")]
    pub(crate) signing: Signing,
}

fn parse_pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write FIELD=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn parse_range(text: &str) -> Result<(u64, u64), String> {
    let (least, most) = text.split_once('-').ok_or("write LEAST-MOST, such as 1-10M")?;
    Ok((parse_size(least)?, parse_size(most)?))
}
