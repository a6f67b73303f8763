//! Arguments of the commands that look into requests and answers.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use oss_presign::Bucket;

#[derive(Args)]
pub(crate) struct Verify {
    /// The URL, in single quotes; the JSON of `put --json`; a form; a file with one of these; or - for standard input
    pub(crate) request: String,
    /// The method; without it that of the JSON, or GET for a URL
    #[arg(short = 'X', long, value_parser = parse_method)]
    pub(crate) method: Option<String>,
    /// A header of the request
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// Take the secret from this profile of the Alibaba Cloud CLI, its SDKs or ossutil
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) profile: Option<String>,
    /// The bucket's region; without it, the region of the signature is taken to be right
    #[arg(long, env = "OSS_REGION")]
    pub(crate) region: Option<String>,
    /// The bucket, if the host name does not show it, as with a CNAME
    #[arg(long, value_name = "NAME", value_parser = parse_bucket)]
    pub(crate) bucket: Option<String>,
}

const EXPLAIN_HELP: &str = "\
With the secret, from the environment or a profile, the explanation is a proof: the request is signed again and again, each time \
with another common mistake made on purpose, until one makes the signature that was sent. Without the secret, what the signer printed is \
compared, line by line, with what was sent, and what the service received as far as its answer shows it.

A form is the JSON of `post-policy`, a JSON object of its fields, lines of NAME=VALUE, or a curl command with -F.

Examples:
  oss-presign explain none 'https://…'

  curl -i -T a.jpg -H 'Content-Type: image/png' 'https://…' > answer.txt
  oss-presign explain answer.txt put.json -H 'Content-Type: image/png'

  oss-presign explain answer.xml form.json --sent-form fields.txt";

#[derive(Args)]
#[command(after_help = EXPLAIN_HELP)]
pub(crate) struct Explain {
    /// The answer: a file with its XML, or with what `curl -i` printed; - for standard input; none without an answer
    pub(crate) answer: PathBuf,
    /// The URL, in single quotes; the JSON of `put --json`; a form; or a file with one of these
    pub(crate) request: String,
    /// The method that was sent; without it, the one that the service received, or that of the JSON
    #[arg(short = 'X', long, value_parser = parse_method)]
    pub(crate) method: Option<String>,
    /// A header that was sent; without any, those that the service received, or those of the JSON
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// The URL that was sent, if it is not the one that was signed
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    pub(crate) sent_url: Option<String>,
    /// The form that was sent, if it is not the one that was signed
    #[arg(long, value_name = "FORM")]
    pub(crate) sent_form: Option<String>,
    /// The status of the answer, if only its XML was saved
    #[arg(long, value_parser = clap::value_parser!(u16).range(100..=599))]
    pub(crate) status: Option<u16>,
    /// Take the secret from this profile of the Alibaba Cloud CLI, its SDKs or ossutil
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

const COMPLETIONS_HELP: &str = "\
Examples:
  oss-presign completions bash \\
      > ~/.local/share/bash-completion/completions/oss-presign
  oss-presign completions fish > ~/.config/fish/completions/oss-presign.fish";

#[derive(Args)]
#[command(after_help = COMPLETIONS_HELP)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

const MANUAL_HELP: &str = "\
Examples:
  oss-presign man batch | man -l -
  oss-presign man --directory ~/.local/share/man/man1";

#[derive(Args)]
#[command(after_help = MANUAL_HELP)]
pub(crate) struct Manual {
    /// The command whose page it is, as in: multipart plan; oss-presign itself without it
    #[arg(conflicts_with = "directory")]
    pub(crate) command: Vec<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) directory: Option<PathBuf>,
}

/// A method in upper-case letters.
fn parse_method(text: &str) -> Result<String, String> {
    let is_method = !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_alphabetic());
    is_method.then(|| text.to_ascii_uppercase()).ok_or_else(|| "write a method such as GET or PUT".to_owned())
}

fn parse_bucket(text: &str) -> Result<String, String> {
    Bucket::new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

fn parse_url(text: &str) -> Result<String, String> {
    let is_url = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
    is_url
        .then(|| text.to_owned())
        .ok_or_else(|| "write the whole URL, from https:// on, in single quotes".to_owned())
}
