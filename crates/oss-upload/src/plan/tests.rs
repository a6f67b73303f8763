use super::*;
use oss_presign::Timestamp;

pub(crate) fn request(method: &str, query: &str, expiry: u64) -> PresignedRequest {
    let url = format!("https://b.example.com/k?{query}");
    PresignedRequest::new(method, url, Vec::new(), Timestamp::from_unix(expiry).unwrap()).unwrap()
}

fn plan() -> MultipartPlan {
    let layout = PartLayout::new(250_000, 102_400).unwrap();
    MultipartPlan::sign(layout, "ID", |step| {
        let query: Vec<_> =
            step.query("ID").into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        Ok::<_, ()>(request(
            step.method().as_str(),
            &query.join("&"),
            if step == PlanStep::Abort { 5 } else { 9 },
        ))
    })
    .unwrap()
}

#[test]
fn every_step_is_signed_with_its_query() {
    let plan = plan();
    let url = |step| plan.request(step).unwrap().url();
    assert_eq!(url(PlanStep::Part { number: 3 }), "https://b.example.com/k?partNumber=3&uploadId=ID");
    assert_eq!(url(PlanStep::Complete), "https://b.example.com/k?uploadId=ID");
    assert!(plan.request(PlanStep::Part { number: 4 }).is_none());
    assert!(plan.request(PlanStep::Part { number: 0 }).is_none());
    assert_eq!(PlanStep::Initiate.query(""), [("uploads", String::new())]);
    assert_eq!((plan.first_expiry(), plan.target().as_str()), (Some(5), "https://b.example.com/k"));
}

#[test]
fn it_travels_as_json() {
    let plan = plan();
    let json = serde_json::to_string(&plan).unwrap();
    assert!(json.starts_with("{\"version\":1,\"size\":250000,\"part_size\":102400,\"upload_id\":\"ID\",\"parts\":[{\"method\":\"PUT\","));
    assert_eq!(serde_json::from_str::<MultipartPlan>(&json).unwrap(), plan);
    let to_initiate = MultipartPlan::to_initiate(plan.layout(), request("POST", "uploads", 7));
    let json = serde_json::to_string(&to_initiate).unwrap();
    assert_eq!(serde_json::from_str::<MultipartPlan>(&json).unwrap(), to_initiate);
    assert!(!format!("{plan:?}").contains("partNumber"));
}

#[test]
fn a_wrong_plan_is_refused() {
    let json = serde_json::to_value(plan()).unwrap();
    let refused = |change: fn(&mut serde_json::Value), text: &str| {
        let mut json = json.clone();
        change(&mut json);
        let error = serde_json::from_value::<MultipartPlan>(json).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    };
    refused(|json| json["version"] = 2.into(), "version 2");
    refused(|json| json["part_size"] = 1000.into(), "too small");
    refused(|json| json["size"] = 100.into(), "requests for 3 parts, the object has 1");
    refused(|json| json["complete"]["method"] = "PUT".into(), "step `complete` must be presigned for POST");
    refused(|json| json["parts"][1]["method"] = "GET".into(), "step `part 2` must be presigned for PUT");
    refused(|json| json["complete"] = serde_json::Value::Null, "no request for step `complete`");
    refused(|json| json["upload_id"] = serde_json::Value::Null, "no request for step `initiate`");
}

#[test]
fn a_url_in_the_wrong_field_is_shown_without_its_query() {
    let json = serde_json::to_value(plan()).unwrap();
    let url = "https://b.example.com/k?x-oss-signature=SECRET";
    for field in ["version", "size", "parts", "complete"] {
        let mut json = json.clone();
        json[field] = url.into();
        let error = serde_json::from_str::<MultipartPlan>(&json.to_string()).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("https://b.example.com/k?…") && !said.contains("SECRET"), "{said}");
        assert_eq!(error.line(), 1);
    }
}
