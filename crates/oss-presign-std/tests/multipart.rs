//! Uploads in parts from one description.
#![cfg(feature = "multipart")]
#![allow(clippy::unwrap_used)]

mod support;

use std::time::Duration;

use oss_presign_std::oss_presign::{Callback, Place};
use oss_presign_std::{ManualClock, Method, PartLayout, PlanStep, PresignedRequest, Presigner};
use support::{BUCKET, at, builder, verify};

/// 2024-11-12T08:32:38Z.
const NOW: u64 = 1_731_400_358;

fn presigner() -> Presigner {
    builder().clock(ManualClock::new(at(NOW))).build().unwrap()
}

/// Method, own parameters and required headers.
fn shown(request: &PresignedRequest) -> String {
    verify(request, at(NOW)).unwrap();
    let (_, query) = request.url().split_once('?').unwrap();
    let own = query.split('&').filter(|pair| {
        !["x-oss-credential", "x-oss-date", "x-oss-expires", "x-oss-signature"]
            .iter()
            .any(|name| pair.starts_with(name))
    });
    let headers = request.headers().map(|(name, value)| format!(" {name}: {value}"));
    format!("{} {}{}", request.method(), own.collect::<Vec<_>>().join("&"), headers.collect::<String>())
}

#[test]
fn each_step_takes_its_part_of_the_description() {
    let presigner = presigner();
    let callback = Callback::from_base64("eyJhIjoxfQ==").unwrap();
    let object = presigner
        .put(BUCKET, "a.mp4")
        .content_type("video/mp4")
        .meta("owner", "42")
        .forbid_overwrite()
        .callback(callback, Place::Query)
        .traffic_limit(819_200)
        .expires_in(Duration::from_secs(3_600));
    assert_eq!(
        shown(&object.presign_initiate().unwrap()),
        "POST uploads content-type: video/mp4 x-oss-forbid-overwrite: true x-oss-meta-owner: 42"
    );
    let layout = PartLayout::new(3 << 20, 1 << 20).unwrap();
    let plan = object.presign_plan(layout, "ID").unwrap();
    assert_eq!((plan.upload_id(), plan.layout()), (Some("ID"), layout));
    for (step, expected) in [
        (PlanStep::Part { number: 1 }, "PUT partNumber=1&uploadId=ID&x-oss-traffic-limit=819200"),
        (PlanStep::Part { number: 3 }, "PUT partNumber=3&uploadId=ID&x-oss-traffic-limit=819200"),
        (PlanStep::Complete, "POST callback=eyJhIjoxfQ%3D%3D&uploadId=ID x-oss-forbid-overwrite: true"),
        (PlanStep::Abort, "DELETE uploadId=ID"),
        (PlanStep::Check, "HEAD "),
    ] {
        let request = plan.request(step).unwrap();
        assert_eq!(shown(request), expected);
        assert_eq!(request.expires_at(), at(NOW + 3_600));
        assert_eq!(*request, object.presign_step(step, "ID").unwrap());
        assert_eq!(request.method(), step.method());
    }
    assert!(plan.request(PlanStep::Part { number: 4 }).is_none());
}

/// OSS, "Pay-by-requester": a request without this header is refused, whichever step it is. Other parameters and headers are
/// of the object, and belong to the request that creates it.
#[test]
fn every_step_says_who_pays() {
    let presigner = presigner();
    let object =
        presigner.put(BUCKET, "a").header("x-oss-request-payer", "requester").query("encoding-type", "url");
    let pays = "x-oss-request-payer: requester";
    for (step, expected) in [
        (PlanStep::Initiate, format!("POST encoding-type=url&uploads {pays}")),
        (PlanStep::Part { number: 1 }, format!("PUT partNumber=1&uploadId=ID {pays}")),
        (PlanStep::Complete, format!("POST uploadId=ID {pays}")),
        (PlanStep::Abort, format!("DELETE uploadId=ID {pays}")),
        (PlanStep::Check, format!("HEAD  {pays}")),
    ] {
        assert_eq!(shown(&object.presign_step(step, "ID").unwrap()), expected);
    }
}

#[test]
fn what_no_step_can_carry_is_refused() {
    let presigner = presigner();
    let layout = PartLayout::new(3 << 20, 1 << 20).unwrap();
    let put = || presigner.put(BUCKET, "a");
    for (object, code) in [
        (put().content_length(5), "NotForMethod"),
        (put().content_md5("1B2M2Y8AsgTpgAmY7PhCfg=="), "NotForMethod"),
        (put().traffic_limit(1), "TrafficLimit"),
    ] {
        assert_eq!(object.presign_plan(layout, "ID").unwrap_err().code(), code);
        assert_eq!(object.presign_initiate().unwrap_err().code(), code);
    }
    assert_eq!(put().presign_plan(layout, "").unwrap_err().code(), "UploadIdEmpty");
    assert_eq!(put().presign_initiate().unwrap().method(), Method::Post);
}
