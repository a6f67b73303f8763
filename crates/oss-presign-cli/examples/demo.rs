//! The main job from end to end, against the embedded server: sign without a network request, upload with three
//! HTTP clients that have no credentials, download and compare; then two refusals and what they say.
//!
//! Run with `cargo xtask demo`. Exits non-zero if anything is not as it should be.

use std::io::{self, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use oss_local::{Clock, Credential, Server};
use oss_presign_std::{Credentials, ManualClock, PresignedRequest, Presigner, Timestamp};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Fake, and good for the embedded server alone.
const ACCESS_KEY_ID: &str = "fake-access-key-id";
const ACCESS_KEY_SECRET: &str = "fake-access-key-secret";
const BUCKET: &str = "examplebucket";
/// A key that every careless encoder gets wrong.
const KEY: &str = "photos/ü +1%.md";

#[tokio::main]
async fn main() -> ExitCode {
    match demo().await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(wrong) => {
            eprintln!("\n{wrong} of the steps did not go as they should");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("\nthe demo broke off: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn demo() -> Result<usize> {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let content = std::fs::read(readme)?;
    // The server's clock can be set, so that an expired URL needs no waiting.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let clock = Clock::fixed(now);
    let server = Server::new()
        .credential(Credential::new(ACCESS_KEY_ID, ACCESS_KEY_SECRET))
        .clock(clock.clone())
        .start()
        .await?;
    writeln!(io::stdout(), "oss-local serves on {}; nothing leaves this machine\n", server.url())?;

    let presigner = Presigner::builder()
        .credentials(Credentials::new(ACCESS_KEY_ID, ACCESS_KEY_SECRET)?)
        .region("cn-hangzhou")
        .path_style(server.url())
        .clock(ManualClock::new(Timestamp::from_unix(now)?))
        .build()?;
    let mut summary = Summary::default();

    for client in ["reqwest", "ureq", "curl"] {
        let key = format!("{client}/{KEY}");
        let put = presigner
            .put(BUCKET, &key)
            .content_type("text/markdown")
            .meta("uploaded-with", client)
            .expires_in(Duration::from_secs(600))
            .presign()?;
        let get = presigner.get(BUCKET, &key).presign()?;
        writeln!(io::stdout(), "PUT with {client}: {}", put.url())?;
        for (name, value) in put.headers() {
            writeln!(io::stdout(), "    to send: {name}: {value}")?;
        }
        writeln!(io::stdout(), "GET with {client}: {}\n", get.url())?;
        let received = match client {
            "reqwest" => with_reqwest(&put, &get, readme).await,
            "ureq" => {
                let (put, get) = (put.clone(), get.clone());
                tokio::task::spawn_blocking(move || with_ureq(&put, &get, readme)).await?
            }
            _ if !curl_is_installed() => {
                writeln!(io::stdout(), "curl is not installed: its step is skipped\n")?;
                continue;
            }
            _ => {
                let (put, get) = (put.clone(), get.clone());
                tokio::task::spawn_blocking(move || with_curl(&put, &get, readme)).await?
            }
        };
        let outcome = received.map(|bytes| (bytes == content, format!("{} bytes came back", bytes.len())));
        summary.add(&format!("{client}: README.md up and down"), outcome);
    }

    let uploader = oss_upload_reqwest::Uploader::with_defaults()?;
    let put = presigner.put(BUCKET, "refused").content_type("image/jpeg").presign()?;
    let wrong = PresignedRequest::new(
        "PUT",
        put.url(),
        vec![("content-type".into(), "image/png".into())],
        put.expires_at(),
    )?;
    let error = uploader.put(&wrong, oss_upload_reqwest::Body::bytes("x")).send().await.err();
    summary.refusal("a wrong Content-Type", error, "SignatureDoesNotMatch");

    let short = presigner.put(BUCKET, "expired").expires_in(Duration::from_secs(60)).presign()?;
    clock.advance(61);
    let error = uploader.put(&short, oss_upload_reqwest::Body::bytes("x")).send().await.err();
    summary.refusal("an expired URL", error, "AccessDenied");

    server.shutdown().await;
    summary.print()?;
    Ok(summary.wrong)
}

async fn with_reqwest(put: &PresignedRequest, get: &PresignedRequest, file: &str) -> Result<Vec<u8>> {
    use oss_upload_reqwest::{Body, Uploader};
    let uploader = Uploader::with_defaults()?;
    uploader.put(put, Body::file(file).await?).send().await?;
    Ok(uploader.get(get).bytes(1 << 20).await?.to_vec())
}

fn with_ureq(put: &PresignedRequest, get: &PresignedRequest, file: &str) -> Result<Vec<u8>> {
    use oss_upload_ureq::{Body, Uploader};
    let uploader = Uploader::with_defaults();
    uploader.put(put, Body::file(file)?).send()?;
    Ok(uploader.get(get).bytes(1 << 20)?)
}

fn with_curl(put: &PresignedRequest, get: &PresignedRequest, file: &str) -> Result<Vec<u8>> {
    let mut upload = Command::new("curl");
    upload.args(["--silent", "--show-error", "--fail-with-body", "--upload-file", file]);
    for (name, value) in put.headers() {
        upload.arg("--header").arg(format!("{name}: {value}"));
    }
    let uploaded = upload.arg(put.url()).output()?;
    if !uploaded.status.success() {
        return Err(String::from_utf8_lossy(&uploaded.stdout).into());
    }
    let downloaded = Command::new("curl").args(["--silent", "--show-error", "--fail", get.url()]).output()?;
    Ok(downloaded.stdout)
}

fn curl_is_installed() -> bool {
    let version = Command::new("curl").arg("--version").stdout(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

#[derive(Default)]
struct Summary {
    lines: Vec<String>,
    wrong: usize,
}

impl Summary {
    fn add(&mut self, step: &str, outcome: Result<(bool, String)>) {
        let (right, told) = outcome.unwrap_or_else(|error| (false, error.to_string()));
        self.wrong += usize::from(!right);
        let mark = if right { "ok   " } else { "WRONG" };
        self.lines.push(format!("{mark}  {step}: {told}"));
    }

    /// A refusal is right where it carries the expected code.
    fn refusal(&mut self, step: &str, error: Option<oss_upload_reqwest::Error>, code: &str) {
        let outcome = match error {
            None => Err("was accepted".into()),
            Some(error) => {
                let as_expected = error.service().is_some_and(|service| service.code() == code);
                Ok((as_expected, error.to_string()))
            }
        };
        self.add(step, outcome);
    }

    fn print(&self) -> io::Result<()> {
        writeln!(io::stdout(), "Summary")?;
        self.lines.iter().try_for_each(|line| writeln!(io::stdout(), "  {line}"))
    }
}
