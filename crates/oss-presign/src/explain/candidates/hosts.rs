//! Signing for another host of the same bucket.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use super::candidate::Commonness::{Common, Known};
use super::candidate::{Candidates, Context};
use super::scope::bare_region;
use crate::explain::change::Change;
use crate::explain::code::MistakeCode;
use crate::search::split_first;

pub(super) fn add<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    let Some(sent) = context.draft.header("host") else { return };
    let mut add = |commonness, host: String| {
        if host != sent {
            let change = Change::Header { name: Cow::Borrowed("host"), value: Some(Cow::Owned(host)) };
            candidates.add(commonness, MistakeCode::Host, change);
        }
    };
    let bucket = String::from_utf8_lossy(&context.draft.path.bucket).into_owned();
    let region = bare_region(&context.presented.region);
    let services = [
        (Common, format!("oss-{region}.aliyuncs.com")),
        (Common, format!("oss-{region}-internal.aliyuncs.com")),
        (Known, "oss-accelerate.aliyuncs.com".into()),
        (Known, "oss-accelerate-overseas.aliyuncs.com".into()),
        (Known, format!("{region}.oss.aliyuncs.com")),
        (Known, "oss.aliyuncs.com".into()),
    ];
    for (commonness, service) in services {
        add(commonness, format!("{bucket}.{service}"));
        add(Known, service);
    }
    let (name, port) = split_first(sent, b':');
    if port.is_empty() {
        for port in [443, 80, 8080] {
            add(Known, format!("{name}:{port}"));
        }
    } else {
        add(Known, name.into());
    }
    add(Known, sent.to_ascii_lowercase());
    if let Some((label, service)) = sent.split_once('.')
        && label == bucket
    {
        add(Known, service.into());
    }
}
