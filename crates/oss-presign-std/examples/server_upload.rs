//! A server lets a client upload one file: sign, and hand the JSON on.
//!
//! `OSS_ACCESS_KEY_ID=… OSS_ACCESS_KEY_SECRET=… OSS_REGION=cn-hangzhou cargo run --example server_upload`
use std::time::Duration;

use oss_presign_std::Presigner;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let presigner = Presigner::from_env()?; // once; all threads share it
    let put = presigner
        .put("examplebucket", "photos/ü +1.jpg")
        .content_type("image/jpeg")
        .content_length(48_213)
        .meta("owner", "42")
        .presign_for(Duration::from_secs(600))?;
    println!("{}", serde_json::to_string(&put)?); // method, URL, headers to send, when it ceases to work
    Ok(())
}
