//! Mistakes with scope and time: region, product, day.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use super::candidate::Commonness::{Common, Known, Rare};
use super::candidate::{Candidates, Context};
use crate::explain::change::Change;
use crate::explain::code::MistakeCode;
use crate::time::{SECONDS_PER_DAY, Timestamp};

/// The regions of OSS, the most used first.
const REGIONS: [&str; 32] = [
    "cn-hangzhou",
    "cn-shanghai",
    "cn-beijing",
    "cn-shenzhen",
    "cn-hongkong",
    "ap-southeast-1",
    "us-west-1",
    "us-east-1",
    "eu-central-1",
    "cn-guangzhou",
    "cn-qingdao",
    "cn-zhangjiakou",
    "cn-chengdu",
    "cn-huhehaote",
    "cn-wulanchabu",
    "cn-heyuan",
    "cn-nanjing",
    "cn-fuzhou",
    "cn-wuhan-lr",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ap-northeast-1",
    "ap-northeast-2",
    "eu-west-1",
    "me-east-1",
    "me-central-1",
    "rg-china-mainland",
    "cn-hangzhou-finance",
    "cn-shanghai-finance-1",
    "cn-north-2-gov-1",
];

/// The offsets of local times from UTC, in hours and minutes. That of China comes first.
const OFFSETS: [(i8, u8); 30] = [
    (8, 0),
    (-8, 0),
    (9, 0),
    (7, 0),
    (5, 30),
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (6, 30),
    (9, 30),
    (10, 0),
    (11, 0),
    (12, 0),
    (13, 0),
    (3, 30),
    (4, 30),
    (-1, 0),
    (-2, 0),
    (-3, 0),
    (-4, 0),
    (-5, 0),
    (-6, 0),
    (-7, 0),
    (-9, 0),
    (-10, 0),
    (-11, 0),
    (-12, 0),
];

pub(super) fn add<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    regions(context, candidates);
    days(context, candidates);
    let sent = &*context.presented.product;
    for (commonness, product) in [(Known, "oss-cloudbox"), (Known, "s3"), (Known, "oss")] {
        for everywhere in [true, false] {
            if product != sent {
                let change = Change::Product { product, everywhere };
                candidates.add(commonness, MistakeCode::Product, change);
            }
        }
    }
}

/// Returns the id of a region that is written as in a host name, like `oss-cn-hangzhou-internal`.
pub(super) fn bare_region(region: &str) -> &str {
    region.trim_start_matches("oss-").trim_end_matches("-internal")
}

fn regions<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    let sent = &*context.presented.region;
    let bare = bare_region(sent);
    let expected = context.evidence.region.map(String::from);
    let decorated = [
        expected,
        Some(format!("oss-{bare}")),
        Some(format!("{bare}-internal")),
        Some(format!("oss-{bare}-internal")),
        Some(bare.into()),
    ];
    let decorated = decorated.into_iter().flatten().map(|region| (Common, Cow::Owned(region)));
    let others = REGIONS
        .into_iter()
        .enumerate()
        .map(|(at, region)| (if at < 9 { Known } else { Rare }, Cow::Borrowed(region)));
    for (commonness, region) in decorated.chain(others) {
        for everywhere in [true, false] {
            if region != sent {
                let change = Change::Region { region: region.clone(), everywhere };
                candidates.add(commonness, MistakeCode::Region, change);
            }
        }
    }
}

fn days<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    let presented = context.presented;
    let Some(time) = presented.signed_at() else { return };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    // A day or a local time outside the years of a timestamp is not tried.
    let shifted = |seconds: i64| Timestamp::from_unix(time.unix().checked_add_signed(seconds)?).ok();
    let days = [0, -(SECONDS_PER_DAY as i64), SECONDS_PER_DAY as i64];
    for day in days.into_iter().filter_map(shifted) {
        let date = text(&day.date());
        for everywhere in [true, false] {
            if date != presented.date {
                let change = Change::Day { date: date.clone().into(), everywhere };
                candidates.add(Known, MistakeCode::Date, change);
            }
        }
    }
    for (hours, minutes) in OFFSETS {
        let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60;
        let Some(local) = shifted(seconds) else { continue };
        let (date_time, date) = (text(&local.iso8601_basic()), text(&local.date()));
        let commonness = if hours == 8 { Known } else { Rare };
        let with = |date| Change::Time { date_time: date_time.clone().into(), date, hours, minutes };
        candidates.add(commonness, MistakeCode::Date, with(None));
        if date != presented.date {
            candidates.add(commonness, MistakeCode::Date, with(Some(date.into())));
        }
    }
}
