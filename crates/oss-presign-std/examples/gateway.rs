//! A gateway in front of a store checks signed requests itself. Here it checks a URL that was made just now, with the method
//! that was signed and with another one.
//!
//! `cargo run --example gateway --features http`
use http::Request;
use oss_presign_std::{Credentials, Presigner, Verifier};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let credentials = Credentials::new("fake-access-key-id", "fake-access-key-secret")?;
    let verifier = Verifier::new("cn-hangzhou", [credentials.clone()])?; // once; all threads share it
    let presigner = Presigner::builder().credentials(credentials).region("cn-hangzhou").build()?;
    let url = presigner.get("examplebucket", "a.txt").presign_url()?;
    println!("{:?}", verifier.verify(Some("examplebucket"), &Request::get(&url).body(())?));
    println!("{:?}", verifier.verify(Some("examplebucket"), &Request::put(&url).body(())?));
    Ok(())
}
