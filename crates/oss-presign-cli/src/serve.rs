//! `oss-presign serve`: the local server, until it is interrupted.

use oss_local::{Credential, Server};

use crate::arguments::Serve;
use crate::failure::Failure;

/// What a local server takes when it is given no other. No secret: it guards nothing.
const FAKE_ACCESS_KEY_ID: &str = "fake-access-key-id";
const FAKE_ACCESS_KEY_SECRET: &str = "fake-access-key-secret";

/// Serves until Ctrl-C.
pub(crate) fn run(arguments: &Serve) -> Result<(), Failure> {
    let fake = arguments.access_key_id.is_none();
    let mut server = Server::new()
        .bind(arguments.bind)
        .region(&arguments.region)
        .credential(credential(arguments))
        .page(true);
    if let Some(directory) = &arguments.directory {
        server = server.directory(directory);
    }
    for rule in &arguments.faults {
        server = server.fault(rule.clone());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let running = server.start().await?;
        println!("listening on {}", running.url());
        if !arguments.bind.ip().is_loopback() {
            println!("this is no loopback address: whoever reaches this machine reaches the server");
        }
        println!("region {}, path style and bucket.localhost; stop with Ctrl-C. To use it:", arguments.region);
        if fake {
            println!("  export OSS_ACCESS_KEY_ID={FAKE_ACCESS_KEY_ID} OSS_ACCESS_KEY_SECRET={FAKE_ACCESS_KEY_SECRET}");
        }
        println!("  export OSS_REGION={} OSS_ENDPOINT={}", arguments.region, running.url());
        println!("  oss-presign put examplebucket hello.txt --curl --file README.md | sh");
        println!("  oss-presign get examplebucket hello.txt --curl | sh");
        tokio::signal::ctrl_c().await?;
        running.shutdown().await;
        Ok(())
    })
}

fn credential(arguments: &Serve) -> Credential {
    let (Some(id), Some(secret)) = (&arguments.access_key_id, &arguments.access_key_secret) else {
        return Credential::new(FAKE_ACCESS_KEY_ID, FAKE_ACCESS_KEY_SECRET);
    };
    let credential = Credential::new(id, secret);
    match &arguments.security_token {
        Some(token) => credential.security_token(token),
        None => credential,
    }
}
