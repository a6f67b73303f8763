//! Plans, checkpoints and the records of partial files from JSON: what is accepted survives the way through JSON, and
//! its numbers agree with each other.
//!
//! Input: JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_presign::Method;
use oss_upload::driver::MultipartUpload;
use oss_upload::files::PartialRecord;
use oss_upload::{Checkpoint, MultipartPlan, Options, PartLayout, PlanStep};

const UPLOAD: &str = r#"{"version":1,"size":300000,"part_size":102400,"upload_id":"0004B9","parts":[
{"method":"PUT","url":"https://h/k?partNumber=1","headers":[],"expires_at":1731400358},
{"method":"PUT","url":"https://h/k?partNumber=2","headers":[],"expires_at":1731400358},
{"method":"PUT","url":"https://h/k?partNumber=3","headers":[],"expires_at":1731400358}],
"complete":{"method":"POST","url":"https://h/k?uploadId=0004B9","headers":[],"expires_at":1731400358}}"#;

fuzz_target!(|input: &[u8]| {
    if let Ok(plan) = serde_json::from_slice::<MultipartPlan>(input) {
        assert_eq!(again(&plan), plan);
        let layout = plan.layout();
        let total: u64 = layout.parts().map(|part| part.length).sum();
        assert_eq!((total, layout.parts().count()), (layout.size(), layout.count() as usize));
        for part in layout.parts().take(100) {
            let step = PlanStep::Part { number: part.number };
            assert!(plan.request(step).is_none_or(|request| request.method() == Method::Put));
        }
        assert!(plan.upload_id().is_some() || plan.request(PlanStep::Initiate).is_some());
    }
    if let Ok(checkpoint) = serde_json::from_slice::<Checkpoint>(input) {
        assert_eq!(again(&checkpoint), checkpoint);
        let plan: MultipartPlan = serde_json::from_str(UPLOAD).expect("the plan is one");
        if checkpoint.check(&plan, None).is_ok() {
            let done: u64 = checkpoint
                .parts()
                .iter()
                .filter_map(|part| plan.layout().part(part.number))
                .map(|part| part.length)
                .sum();
            assert!(done <= plan.layout().size() && checkpoint.parts().len() <= 3);
            let mut upload =
                MultipartUpload::new(plan, "0004B9".into(), None, Some(checkpoint)).expect("it was checked");
            assert_eq!(upload.done_bytes(), done);
            let mut left = 0;
            while let Some(part) = upload.next_part() {
                left += part.length;
            }
            assert_eq!(done + left, 300_000);
        }
    }
    if let Ok(record) = serde_json::from_slice::<PartialRecord>(input) {
        assert_eq!(again(&record), record);
        assert!(record.length() <= record.size());
        let _ = record.is_about("https://h/k?x", None);
    }
    if let Ok(layout) = serde_json::from_slice::<(u64, u64)>(input)
        && let Ok(layout) = PartLayout::new(layout.0, layout.1)
    {
        assert!(layout.count() <= oss_upload::MAX_PARTS);
        let last = layout.part(layout.count()).expect("the last part");
        assert_eq!(last.offset + last.length, layout.size());
        assert!(layout.part(layout.count() + 1).is_none() && layout.part(0).is_none());
    }
    let _ = serde_json::from_slice::<Options>(input);
});

fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    let json = serde_json::to_vec(value).expect("it is JSON");
    serde_json::from_slice(&json).expect("it was written by us")
}
