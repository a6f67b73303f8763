//! Whether the name of a region is right: what cannot be one is refused, what is not known here is worth a warning.

use oss_presign::Region;

use crate::destination::Found;
use crate::failure::Failure;

/// The regions that Alibaba Cloud's documentation lists, those of the finance and government clouds included. New ones
/// come: a name that is not here may be right.
const KNOWN: [&str; 41] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ap-southeast-8",
    "cn-beijing",
    "cn-beijing-finance-1",
    "cn-chengdu",
    "cn-fuzhou",
    "cn-guangzhou",
    "cn-hangzhou",
    "cn-hangzhou-finance",
    "cn-heyuan",
    "cn-hongkong",
    "cn-huhehaote",
    "cn-nanjing",
    "cn-north-2-gov-1",
    "cn-qingdao",
    "cn-shanghai",
    "cn-shanghai-finance-1",
    "cn-shenzhen",
    "cn-shenzhen-finance-1",
    "cn-wuhan-lr",
    "cn-wulanchabu",
    "cn-zhangjiakou",
    "cn-zhengzhou-jva",
    "cn-zhongwei",
    "eu-central-1",
    "eu-west-1",
    "me-central-1",
    "me-east-1",
    "na-south-1",
    "rg-china-mainland",
    "us-east-1",
    "us-southeast-1",
    "us-west-1",
];

/// How alike two names must be for one to be a misspelling of the other, from 0 to 1.
const ALIKE: f64 = 0.85;

/// Refuses what is no region, with the one that was meant.
pub(crate) fn check(found: &Found) -> Result<(), Failure> {
    let Err(error) = Region::new(&found.value) else { return Ok(()) };
    let Found { value, at } = found;
    let message = match meant(value) {
        Some(meant) => format!("`{value}`, from {at}, is not a region: write `{meant}`"),
        None => format!("`{value}`, from {at}, is not a region: {error}"),
    };
    Err(Failure { message, ..Failure::from(error) })
}

/// What to say of a region that may be one and is not known.
pub(crate) fn doubt(found: &Found) -> Option<String> {
    let Found { value, at } = found;
    if KNOWN.contains(&value.as_str()) {
        return None;
    }
    let doubt = format!("the region `{value}`, from {at}, is not one of those known here");
    Some(match meant(value) {
        Some(meant) => format!("{doubt}: did you mean `{meant}`?"),
        None => format!("{doubt}, which are like `cn-hangzhou` and `eu-central-1`"),
    })
}

/// The known region that a text most likely stands for.
fn meant(text: &str) -> Option<&'static str> {
    let text = text.trim().to_ascii_lowercase();
    let host = text.split_once("://").map_or(text.as_str(), |(_, host)| host);
    let label = host.split(['.', '/', ':']).find(|label| label.contains('-')).unwrap_or(host);
    let label = label.strip_prefix("oss-").unwrap_or(label);
    let label = label.strip_suffix("-internal").unwrap_or(label).replace([' ', '_'], "-");
    let zone =
        label.rsplit_once('-').filter(|(_, zone)| zone.len() == 1 && !zone.starts_with(char::is_numeric));
    let label = zone.map_or(label.as_str(), |(region, _)| region);
    if let Some(known) = KNOWN
        .iter()
        .find(|known| **known == label || known.split_once('-').map(|(_, city)| city) == Some(label))
    {
        return Some(known);
    }
    let likeness = |known: &&str| strsim::normalized_damerau_levenshtein(known, label);
    let nearest = KNOWN.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(nearest) >= ALIKE).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: &str) -> Found {
        Found { value: value.to_owned(), at: "--region" }
    }

    #[test]
    fn what_cannot_be_a_region_is_refused_with_what_was_meant() {
        for (text, meant) in [
            ("oss-cn-beijing", "write `cn-beijing`"),
            ("cn-beijing-internal", "write `cn-beijing`"),
            ("https://oss-cn-shanghai-internal.aliyuncs.com", "write `cn-shanghai`"),
            ("examplebucket.oss-eu-west-1.aliyuncs.com", "write `eu-west-1`"),
            ("CN-Hangzhou", "write `cn-hangzhou`"),
            ("cn_hangzhou", "write `cn-hangzhou`"),
            ("oss-cn-hangzou", "write `cn-hangzhou`"),
            ("oss-box-1", "is not a region: "),
        ] {
            let failure = check(&found(text)).unwrap_err();
            assert!(failure.message.contains(meant) && failure.message.contains("--region"), "{failure:?}");
        }
    }

    #[test]
    fn what_may_be_one_is_doubted() {
        for (text, part) in [
            ("cn-hangzou", "did you mean `cn-hangzhou`?"),
            ("cn-hanghzou", "did you mean `cn-hangzhou`?"),
            ("cn-bejing", "did you mean `cn-beijing`?"),
            ("cn-newtown", "known here, which are like"),
        ] {
            check(&found(text)).unwrap();
            let doubt = doubt(&found(text)).unwrap();
            assert!(doubt.contains(part), "{doubt}");
        }
        for known in KNOWN {
            check(&found(known)).unwrap();
            assert_eq!(doubt(&found(known)), None);
        }
    }
}
