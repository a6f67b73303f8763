//! `oss-presign serve`: the local server, until it is interrupted.

use std::path::Path;

use oss_local::{Credential, Server};

use crate::arguments::Serve;
use crate::failure::{Class, Failure};

/// What a local server takes when it is given no other. No secret: it guards nothing.
const FAKE_ACCESS_KEY_ID: &str = "fake-access-key-id";
const FAKE_ACCESS_KEY_SECRET: &str = "fake-access-key-secret";

/// Serves until Ctrl-C.
pub(crate) fn run(arguments: &Serve) -> Result<(), Failure> {
    let fake = arguments.access_key_id.is_none();
    let mut server = Server::new()
        .bind(arguments.bind)
        .region(&arguments.region)
        .credential(credential(arguments)?)
        .without_buckets()
        .create_buckets(arguments.create_buckets)
        .real_endpoints(arguments.real_endpoints)
        .page(true);
    for bucket in &arguments.buckets {
        let add = if bucket.versioned { Server::versioned_bucket } else { Server::bucket };
        server = add(server, &bucket.name);
    }
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

fn credential(arguments: &Serve) -> Result<Credential, Failure> {
    let Some(id) = &arguments.access_key_id else {
        return Ok(Credential::new(FAKE_ACCESS_KEY_ID, FAKE_ACCESS_KEY_SECRET));
    };
    let secret = from_file_or(arguments.access_key_secret_file.as_deref(), "OSS_ACCESS_KEY_SECRET")?;
    let Some(secret) = secret else {
        return Err(Failure::unusable(
            "an access key id needs its secret: set OSS_ACCESS_KEY_SECRET, or name a file by --access-key-secret-file",
        ));
    };
    let token = from_file_or(arguments.security_token_file.as_deref(), "OSS_SESSION_TOKEN")?;
    let credential = Credential::new(id, secret);
    Ok(match token {
        Some(token) => credential.security_token(token),
        None => credential,
    })
}

/// A secret: the content of the file without its line end, or else the value of the environment variable.
fn from_file_or(file: Option<&Path>, variable: &str) -> Result<Option<String>, Failure> {
    let Some(file) = file else {
        return Ok(std::env::var(variable).ok().filter(|value| !value.is_empty()));
    };
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned())),
        Err(error) => Err(Failure::new(Class::LocalFile, format!("{}: {error}", file.display()))),
    }
}
