//! A page lets its user upload a picture below a prefix: sign a form, and send its JSON or its HTML to the page.
//!
//! `OSS_ACCESS_KEY_ID=… OSS_ACCESS_KEY_SECRET=… OSS_REGION=cn-hangzhou cargo run --example browser_form`
use std::time::Duration;

use oss_presign_std::Presigner;
use oss_presign_std::oss_presign::{Bucket, PostPolicy};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let presigner = Presigner::from_env()?;
    let mut policy = PostPolicy::for_prefix(Bucket::new("examplebucket")?, "user/42/")?;
    policy.content_length_range(1..=10_485_760)?.one_of("content-type", &["image/jpeg", "image/png"])?;
    let form = presigner.post_form(&policy, Duration::from_secs(600))?;
    println!("{}\n{}", serde_json::to_string(&form)?, form.to_html());
    Ok(())
}
