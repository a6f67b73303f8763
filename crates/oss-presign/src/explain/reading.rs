//! The ways to read a request: as it was sent, and as it was before it was escaped or cut.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::code::MistakeCode;
use super::draft::ParameterDraft;
use super::evidence::Evidence;
use super::explanation::Mistake;
use super::presented::Presented;
use super::repair::Repaired;
use super::target::Target;
use crate::string_to_sign::ALGORITHM;

/// The lifetimes that signers choose, in seconds. They are tried for a URL that lost its own.
const LIFETIMES: [&str; 14] = [
    "3600", "600", "900", "300", "60", "1800", "7200", "86400", "604800", "120", "30", "43200", "21600", "10",
];

/// A way to read the request, and the mistakes that this reading implies.
pub(super) struct Reading<'a> {
    pub(super) presented: Presented<'a>,
    pub(super) targets: Vec<Target>,
    pub(super) mistakes: Vec<Mistake>,
}

/// Returns the readings of a request that have a signature to look for.
pub(super) fn readings<'u>(evidence: &Evidence<'u>, repaired: &'u [Repaired<'_>]) -> Vec<Reading<'u>> {
    let mut readings = Vec::new();
    let in_header = evidence
        .sent
        .headers
        .is_some_and(|headers| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")));
    if in_header && !evidence.sent.url.contains("x-oss-signature=") {
        readings.extend(Presented::in_header(&evidence.sent).map(|presented| (presented, Vec::new())));
    }
    for repaired in repaired {
        let presented = Presented::in_url(&evidence.sent, &repaired.url);
        readings.extend(presented.map(|presented| (presented, repaired.mistakes.clone())));
    }
    let restored: Vec<_> =
        readings.into_iter().flat_map(|(presented, mistakes)| restore(presented, mistakes)).collect();
    let reading = |(presented, mistakes): (Presented<'u>, Vec<Mistake>)| {
        let targets = Target::all(&presented.signature);
        Reading { presented, targets, mistakes }
    };
    restored.into_iter().map(reading).filter(|reading| !reading.targets.is_empty()).collect()
}

/// Restores parameters of the signature that were cut off, if their values are known or few.
fn restore<'u>(
    mut presented: Presented<'u>,
    mut mistakes: Vec<Mistake>,
) -> Vec<(Presented<'u>, Vec<Mistake>)> {
    let mut lost = Vec::new();
    if presented.algorithm.is_none() {
        lost.push("x-oss-signature-version");
        presented.algorithm = Some(ALGORITHM.into());
        presented.query.push(parameter("x-oss-signature-version", ALGORITHM));
    }
    let in_url = presented.query.iter().any(|parameter| *parameter.name == *b"x-oss-credential");
    let expires_lost = presented.expires.is_none() && in_url;
    if expires_lost {
        lost.push("x-oss-expires");
    }
    if !lost.is_empty() {
        let says = alloc::format!("The URL was cut: {} is missing.", lost.join(" and "));
        mistakes.push(Mistake::new(MistakeCode::UrlCut, says, Some(&lost.join(", ")), None));
    }
    if !expires_lost {
        return alloc::vec![(presented, mistakes)];
    }
    let with = |seconds: &'static str| {
        let mut presented = presented.clone();
        presented.expires = Some(seconds.into());
        presented.query.push(parameter("x-oss-expires", seconds));
        (presented, mistakes.clone())
    };
    LIFETIMES.into_iter().map(with).collect()
}

const fn parameter(name: &'static str, value: &'static str) -> ParameterDraft<'static> {
    ParameterDraft {
        name: Cow::Borrowed(name.as_bytes()),
        value: Cow::Borrowed(value.as_bytes()),
        spelling: None,
        sent: "",
    }
}
