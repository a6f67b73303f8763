//! A server lets a client upload a large file in parts, which any of its machines may send. First the request that
//! begins the upload; then, with the upload id of its answer, the plan.
//!
//! `OSS_ACCESS_KEY_ID=… OSS_ACCESS_KEY_SECRET=… OSS_REGION=cn-hangzhou cargo run --example multipart_plan [UPLOAD_ID]`
use std::time::Duration;

use oss_presign_std::{PartLayout, Presigner};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let presigner = Presigner::from_env()?;
    let video = presigner.put("examplebucket", "a.mp4").content_type("video/mp4");
    println!(
        "{}",
        match std::env::args().nth(1) {
            None => serde_json::to_string(&video.presign_initiate()?)?,
            Some(upload_id) => {
                let plan = video
                    .expires_in(Duration::from_secs(86_400))
                    .presign_plan(PartLayout::automatic(3 << 30)?, &upload_id)?;
                serde_json::to_string(&plan)?
            }
        }
    );
    Ok(())
}
