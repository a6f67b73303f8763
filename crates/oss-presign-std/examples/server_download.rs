//! A server lets a browser download a picture: made smaller on its way, and saved under a name in any script.
//!
//! `OSS_ACCESS_KEY_ID=… OSS_ACCESS_KEY_SECRET=… OSS_REGION=cn-hangzhou cargo run --example server_download`
use oss_presign_std::Presigner;

fn main() -> Result<(), oss_presign_std::Error> {
    let presigner = Presigner::from_env()?;
    let get = presigner
        .get("examplebucket", "photos/1.jpg")
        .process("image/resize,w_200")
        .download_as("照片 1.jpg");
    println!("{}", get.presign_url()?); // a browser has nothing else to send, so the URL is all it needs
    Ok(())
}
