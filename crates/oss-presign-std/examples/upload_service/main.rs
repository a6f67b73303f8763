//! A service whose visitors upload files of any size from their browsers. It signs what its rule allows, and signs again what has
//! expired. It never talks to OSS: the files go from the browsers to the bucket.
//!
//! `OSS_ACCESS_KEY_ID=… OSS_ACCESS_KEY_SECRET=… OSS_REGION=cn-hangzhou cargo run --features multipart --example upload_service`
//!
//! Open the address that it prints. The bucket's CORS rule must allow POST, PUT, HEAD and DELETE with all headers, and expose
//! `ETag` and `x-oss-hash-crc64ecma`. To try it without a bucket, start `oss-presign serve` and take over the variables that it
//! prints.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use oss_presign_std::{Error, MultipartPlan, PartLayout, PlanStep, Presigner};
use serde::Deserialize;
use tokio::net::TcpListener;

/// The page, and the module that uploads: `upload.js` of the npm package `oss-presign`.
const PAGE: &str = include_str!("page.html");
const MODULE: &str = include_str!("../../../oss-local/src/page/upload.js");

const BUCKET: &str = "examplebucket";

/// The rule. A service that knows its visitors gives each a prefix of their own.
const PREFIX: &str = "uploads/";
const TYPES: [&str; 2] = ["image/jpeg", "application/octet-stream"];
const MAX_BYTES: u64 = 1 << 30;

/// Smaller files are sent by a single PUT.
const PART_BYTES: u64 = 8 << 20;

/// What a page asks for.
#[derive(Deserialize)]
struct Asked {
    key: String,
    size: u64,
    #[serde(rename = "type")]
    media_type: String,
    /// The upload to sign again; none for a new one.
    upload_id: Option<String>,
}

struct Service {
    presigner: Presigner,
    /// How long a URL can be used. It may be short, because the page asks again.
    lifetime: Duration,
}

impl Service {
    /// Returns what the module takes: a presigned request, or a plan.
    fn sign(&self, asked: &Asked) -> Result<Response, Error> {
        let object =
            self.presigner.put(BUCKET, &asked.key).content_type(&asked.media_type).expires_in(self.lifetime);
        if asked.size <= PART_BYTES {
            return Ok(Json(object.content_length(asked.size).presign()?).into_response());
        }
        let layout =
            PartLayout::new(asked.size, PART_BYTES).expect("the rule allows no size that OSS refuses");
        let Some(upload_id) = &asked.upload_id else {
            return Ok(Json(MultipartPlan::to_initiate(layout, object.presign_initiate()?)).into_response());
        };
        // The length of each part is signed, so that nobody uploads more than the rule allows.
        let part = |number| {
            let length = layout.part(number).expect("a part of the layout").length;
            let part = self.presigner.upload_part(BUCKET, &asked.key, upload_id, number);
            part.content_length(length).expires_in(self.lifetime).presign()
        };
        let plan = MultipartPlan::sign(layout, upload_id, |step| match step {
            PlanStep::Part { number } => part(number),
            step => object.presign_step(step, upload_id),
        })?;
        Ok(Json(plan).into_response())
    }
}

/// Why the rule forbids an upload, in words for the page's visitor.
fn refusal(asked: &Asked) -> Option<String> {
    if !asked.key.starts_with(PREFIX) {
        return Some(format!("keys begin with {PREFIX}"));
    }
    if !TYPES.contains(&asked.media_type.as_str()) {
        return Some(format!("the type {} is none of {}", asked.media_type, TYPES.join(", ")));
    }
    (asked.size > MAX_BYTES).then(|| format!("a file has at most {MAX_BYTES} bytes"))
}

async fn sign(State(service): State<Arc<Service>>, Json(asked): Json<Asked>) -> impl IntoResponse {
    if let Some(why) = refusal(&asked) {
        return Err((StatusCode::FORBIDDEN, why));
    }
    service.sign(&asked).map_err(|error| match error {
        // A key that cannot be signed, for instance.
        Error::Core(error) => (StatusCode::BAD_REQUEST, error.to_string()),
        error => {
            eprintln!("{:#}", anyhow::Error::from(error));
            (StatusCode::INTERNAL_SERVER_ERROR, "no URL can be signed at present".to_owned())
        }
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let seconds = arguments.next().map_or(Ok(600), |seconds| seconds.parse())?;
    let service = Service { presigner: Presigner::from_env()?, lifetime: Duration::from_secs(seconds) };

    let module = || async { ([(CONTENT_TYPE, "text/javascript")], MODULE) };
    let routes = Router::new()
        .route("/", get(|| async { Html(PAGE) }))
        .route("/upload.js", get(module))
        .route("/sign", post(sign))
        .with_state(Arc::new(service));
    let listener = TcpListener::bind(address).await?;
    println!("http://{}/", listener.local_addr()?);
    Ok(axum::serve(listener, routes).await?)
}
