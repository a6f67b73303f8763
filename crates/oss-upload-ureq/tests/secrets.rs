//! No `Debug` shows a signature, a security token or a body.
#![allow(clippy::unwrap_used)]

use std::fmt::Debug;

use oss_presign::{PresignedRequest, Timestamp};
use oss_upload_ureq::{Body, MultipartPlan, PartLayout, PlanStep, Uploader};

const SIGNATURE: &str = "f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f";
const TOKEN: &str = "CAIStK7uXw3eVn9Jr5bQm2xGh8zTc6yDf4k";
const BODY: &str = "what nobody else is to read";

fn presigned(method: &str) -> PresignedRequest {
    let query = format!("x-oss-security-token={TOKEN}&x-oss-signature={SIGNATURE}");
    // 2100-01-01
    let expiry = Timestamp::from_unix(4_102_444_800).unwrap();
    PresignedRequest::new(method, format!("https://b.example.com/k?{query}"), Vec::new(), expiry).unwrap()
}

/// A piece of a secret gives it away too, and so do its bytes in decimal.
fn assert_silent(value: &impl Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        let dense = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for piece in [SIGNATURE, TOKEN, BODY].iter().flat_map(|hidden| hidden.as_bytes().windows(12)) {
            let decimal = format!("{piece:?}");
            let shown = dense.contains(decimal.trim_matches(['[', ']']));
            assert!(!shown && !text.contains(std::str::from_utf8(piece).unwrap()), "{text}");
        }
    }
}

#[test]
fn debug_is_silent() {
    let uploader = Uploader::with_defaults();
    let layout = PartLayout::new(27, 102_400).unwrap();
    let sign = |step: PlanStep| Ok::<_, ()>(presigned(step.method().as_str()));
    let plan = MultipartPlan::sign(layout, "fake-upload", sign).unwrap();
    assert_silent(&uploader);
    assert_silent(&Body::from(BODY));
    assert_silent(&uploader.put(&presigned("PUT"), BODY));
    assert_silent(&uploader.get(&presigned("GET")));
    assert_silent(&uploader.head(&presigned("HEAD")));
    assert_silent(&uploader.delete(&presigned("DELETE")));
    assert_silent(&uploader.initiate(&presigned("POST")));
    assert_silent(&plan);
    assert_silent(&uploader.multipart(plan, BODY));
}
