//! Arguments of `day-key`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use oss_presign::{Product, Timestamp};

const HELP: &str = "\
The key is printed as one line of JSON. Whoever has it can sign everything that the access key may do, in this region, for the whole \
UTC day, with URLs that work for up to 7 days; from the next day on it signs nothing. Keep it as you keep a secret, in a file that only \
its user can read. To bound it, derive it from the STS credentials of a role for each device (a --profile with an assumed role): the role \
says what it may do, and its URLs end with those credentials.

Examples:
  (umask 077; oss-presign day-key --region cn-hangzhou > day-key.json)
  oss-presign put oss://examplebucket/a.jpg --day-key day-key.json";

#[derive(Args)]
#[command(after_help = HELP)]
pub(crate) struct DayKeyArguments {
    /// The UTC day that the key signs on, as YYYY-MM-DD; today by default
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) date: Option<Timestamp>,
    /// The product: oss, or oss-cloudbox, where the id of the box takes the region's place
    #[arg(long, default_value = "oss", value_parser = Product::parse)]
    pub(crate) product: Product,
    /// Take credentials and region from this profile of the Alibaba Cloud CLI, its SDKs or ossutil
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) profile: Option<String>,
    /// The region's id, such as cn-hangzhou
    #[arg(long, env = "OSS_REGION")]
    pub(crate) region: Option<String>,
}

/// The start of a day.
fn parse_date(text: &str) -> Result<Timestamp, String> {
    format!("{text}T00:00:00Z")
        .parse()
        .map_err(|_| "write a day as YYYY-MM-DD, such as 2027-01-31".to_owned())
}
