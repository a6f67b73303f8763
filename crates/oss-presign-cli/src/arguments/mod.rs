//! What the command line says.

mod explain;
mod form;
mod multipart;
mod serve;
mod transfer;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::failure::EXIT_STATUS;
pub(crate) use explain::{Completions, Explain, Verify};
pub(crate) use form::PostPolicyArguments;
pub(crate) use multipart::{
    Continuation, Multipart, MultipartAbort, MultipartPlanArguments, MultipartStep, MultipartUpload,
};
pub(crate) use serve::Serve;
pub(crate) use transfer::{Download, Network, Signing, Transfer, Upload};

/// Presigned URLs for Alibaba Cloud OSS (V4): make them, use them, look into them.
///
/// Credentials come from OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and OSS_SESSION_TOKEN, or from
/// ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN; region and
/// endpoint from OSS_REGION and OSS_ENDPOINT. Signing makes no network request.
#[derive(Parser)]
#[command(name = "oss-presign", version, after_help = EXIT_STATUS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Presign the upload of an object (PUT)
    Put(Sign),
    /// Presign the download of an object (GET)
    Get(Sign),
    /// Presign a look at an object's headers (HEAD)
    Head(Sign),
    /// Presign the deletion of an object (DELETE)
    Delete(Sign),
    /// Upload a file through a presigned URL; or many, with credentials
    Upload(Upload),
    /// Download an object through a presigned URL; or several, with credentials
    Download(Download),
    /// Upload large files in parts: the signer plans, the holder of the plan uploads
    Multipart(Multipart),
    /// Sign JSON Lines from standard input, one line out per line in
    Batch,
    /// Sign a form that a browser uploads with (PostObject)
    PostPolicy(Box<PostPolicyArguments>),
    /// Check a presigned URL as the service would; needs the secret
    Verify(Verify),
    /// Say why a request was refused, from its saved answer
    Explain(Explain),
    /// Say what a presigned URL is good for; needs no secret
    Inspect(Inspect),
    /// Run a local server that verifies V4 signatures strictly
    Serve(Serve),
    /// Print a completion script, as in: oss-presign completions bash > ~/.local/share/bash-completion/completions/oss-presign
    Completions(Completions),
}

#[derive(Args)]
pub(crate) struct Sign {
    /// The bucket
    pub(crate) bucket: String,
    /// The object's key, not encoded
    pub(crate) key: String,

    /// Bind the body's media type: the sender must send this Content-Type
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
    /// Bind a header that OSS signs always (x-oss-*, content-md5)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// Bind any header, by naming it as additional
    #[arg(long = "additional-header", value_name = "NAME: VALUE")]
    pub(crate) additional_headers: Vec<String>,
    /// Add a query parameter, such as x-oss-process=image/info, or a bare name
    #[arg(short = 'q', long = "query", value_name = "NAME[=VALUE]")]
    pub(crate) query: Vec<String>,
    /// Sign the host: the URL then works by no other host of the bucket
    #[arg(long)]
    pub(crate) sign_host: bool,
    /// How long the URL works: seconds, or with a unit as in 90s, 10m, 12h, 7d
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_duration)]
    pub(crate) expires: u32,
    /// Sign a key with dot segments or a leading slash as it is; clients must then send it untouched
    #[arg(long)]
    pub(crate) allow_dot_segments: bool,

    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) form: Form,
}

/// Where the request goes.
#[derive(Args, Clone)]
pub(crate) struct Place {
    /// The region's id, such as cn-hangzhou
    #[arg(long, env = "OSS_REGION")]
    pub(crate) region: Option<String>,
    /// The host, with scheme and port where they are not https and its own; the region's public one by default
    #[arg(long, env = "OSS_ENDPOINT")]
    pub(crate) endpoint: Option<String>,
    /// How the URL carries the bucket
    #[arg(long, value_enum, default_value_t = Style::Virtual)]
    pub(crate) style: Style,
    /// Use the region's internal endpoint, whatever OSS_ENDPOINT says
    #[arg(long, conflicts_with = "accelerate")]
    pub(crate) internal: bool,
    /// Use the transfer acceleration endpoint, whatever OSS_ENDPOINT says
    #[arg(long)]
    pub(crate) accelerate: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Style {
    /// The bucket is part of the host: `https://bucket.host/key`
    Virtual,
    /// The bucket is part of the path: `https://host/bucket/key`
    Path,
    /// The host name is mapped to the bucket: `https://host/key`
    Cname,
}

/// What is printed.
#[derive(Args)]
pub(crate) struct Form {
    /// Print method, URL, headers and end of life as JSON, for `upload`, `download` and the libraries
    #[arg(long, conflicts_with = "curl")]
    pub(crate) json: bool,
    /// Print a complete curl command
    #[arg(long)]
    pub(crate) curl: bool,
    /// The file that the curl command reads or writes; standard input or output without it
    #[arg(long, value_name = "PATH", requires = "curl")]
    pub(crate) file: Option<String>,
}

#[derive(Args)]
pub(crate) struct Inspect {
    /// The URL, in single quotes; or - to read it from standard input
    pub(crate) url: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Seconds, or a number with a unit.
pub(crate) fn parse_duration(text: &str) -> Result<u32, String> {
    let unit_at = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err("write seconds, or a number with s, m, h or d behind it, such as 10m".to_owned()),
    };
    let number: u32 = number.parse().map_err(|_| "write a number first, such as 10m".to_owned())?;
    number.checked_mul(seconds).ok_or_else(|| "at most 7d".to_owned())
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
            return Err("write bytes, or a number with k, M, G or T behind it (powers of 1024), such as 10M"
                .to_owned());
        }
    };
    let number: u64 = number.parse().map_err(|_| "write a number first, such as 10M".to_owned())?;
    number.checked_mul(1 << shift).ok_or_else(|| "that is more than anything holds".to_owned())
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
    fn durations() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("10m", 600), ("12h", 43_200), ("7d", 604_800)] {
            assert_eq!(parse_duration(text), Ok(seconds));
        }
        for text in ["", "m", "1w", "-1", "1.5h", "99999d", "10 m"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
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
