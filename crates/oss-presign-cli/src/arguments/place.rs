//! Where requests go, and whose they are.

use std::path::Path;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use oss_presign::Addressing;

/// Where the request goes.
#[derive(Args, Clone, Default)]
pub(crate) struct Place {
    /// Take credentials, region and endpoint from this profile of the Alibaba Cloud CLI, its SDKs or ossutil
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) profile: Option<String>,
    /// Sign without a secret, by the key in this file, which `oss-presign day-key` printed
    #[arg(long, env = "OSS_DAY_KEY_FILE", value_name = "FILE", conflicts_with = "profile")]
    pub(crate) day_key: Option<String>,
    /// The region's id, such as cn-hangzhou
    #[arg(long, env = "OSS_REGION")]
    pub(crate) region: Option<String>,
    /// The host, with a scheme if it is not https and a port if it has one; the region's public host by default
    #[arg(long, env = "OSS_ENDPOINT")]
    pub(crate) endpoint: Option<String>,
    /// How the URL carries the bucket: virtual (https://bucket.host/key, the default), path (https://host/bucket/key) or cname (https://host/key, a host of your own)
    #[arg(long, value_enum, hide_possible_values = true)]
    pub(crate) style: Option<Style>,
    /// Use the region's internal endpoint, whatever OSS_ENDPOINT says
    #[arg(long, conflicts_with_all = ["accelerate", "accelerate_overseas", "dual_stack"])]
    pub(crate) internal: bool,
    /// Use the region's endpoint with IPv6 and IPv4
    #[arg(long, conflicts_with_all = ["accelerate", "accelerate_overseas"])]
    pub(crate) dual_stack: bool,
    /// Use the transfer acceleration endpoint
    #[arg(long, conflicts_with = "accelerate_overseas")]
    pub(crate) accelerate: bool,
    /// Use the transfer acceleration endpoint outside mainland China
    #[arg(long)]
    pub(crate) accelerate_overseas: bool,
}

impl Place {
    /// The file of the day key. An empty variable counts as not set.
    pub(crate) fn day_key(&self) -> Option<&Path> {
        day_key_file(self.day_key.as_deref())
    }

    /// A flag that was given, and is no variable's value: where nothing is signed, it would be ignored.
    pub(crate) fn flag(&self) -> Option<&'static str> {
        let by_flag = |value: &Option<String>, variable: &str| {
            value.as_ref().is_some_and(|value| std::env::var(variable).ok().as_ref() != Some(value))
        };
        let given = [
            ("--profile", self.profile.is_some()),
            ("--day-key", by_flag(&self.day_key, "OSS_DAY_KEY_FILE")),
            ("--region", by_flag(&self.region, "OSS_REGION")),
            ("--endpoint", by_flag(&self.endpoint, "OSS_ENDPOINT")),
            ("--style", self.style.is_some()),
            ("--internal", self.internal),
            ("--dual-stack", self.dual_stack),
            ("--accelerate", self.accelerate),
            ("--accelerate-overseas", self.accelerate_overseas),
        ];
        given.iter().find(|(_, is_given)| *is_given).map(|(flag, _)| *flag)
    }
}

/// The file of a day key, if one is named.
pub(super) fn day_key_file(file: Option<&str>) -> Option<&Path> {
    file.filter(|file| !file.is_empty()).map(Path::new)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Style {
    /// The bucket is part of the host: `https://bucket.host/key`
    Virtual,
    /// The bucket is part of the path: `https://host/bucket/key`
    Path,
    /// The host name is mapped to the bucket: `https://host/key`
    Cname,
}

impl Style {
    pub(crate) const fn addressing(self) -> Addressing {
        match self {
            Self::Virtual => Addressing::VirtualHosted,
            Self::Path => Addressing::Path,
            Self::Cname => Addressing::Cname,
        }
    }
}
