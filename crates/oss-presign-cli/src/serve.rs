//! `oss-presign serve`: the local server, until it is told to stop.

mod announcement;
mod log;
mod signals;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use oss_local::{Credential, RunningServer, Server, Tls};
use tempfile::NamedTempFile;

use crate::arguments::Serve;
use crate::failure::{Class, Failure};
use announcement::Announcement;
use log::Log;
use signals::Signals;

/// What a local server takes when it is given no other. No secret: it guards nothing.
const FAKE_ACCESS_KEY_ID: &str = "fake-access-key-id";
const FAKE_ACCESS_KEY_SECRET: &str = "fake-access-key-secret";

/// Serves until SIGINT or SIGTERM, and then until the requests under way are done.
pub(crate) fn run(arguments: &Serve) -> Result<(), Failure> {
    let mut server = configure(arguments)?;
    let mut log = None;
    if !arguments.quiet {
        let (started, listener) = Log::start(arguments.json)?;
        server = server.on_request(listener);
        log = Some(started);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let running = server.start().await.map_err(|error| {
            let is_taken = error.kind() == std::io::ErrorKind::AddrInUse;
            let failure = Failure::from(error);
            match is_taken {
                true => failure.with_hint("stop that program, or choose another port, as in --bind 9001"),
                false => failure,
            }
        })?;
        // Kept until the end: a temporary file goes with it.
        let authority = write_authority(&running, arguments.ca_file.as_deref())?;
        let announcement = Announcement {
            url: running.url(),
            listening: running.addr(),
            page: running.page_url(),
            certificate_authority: authority.as_ref().map(Authority::path),
            region: &arguments.region,
            bucket: arguments.buckets.first().map_or("examplebucket", |bucket| &bucket.name),
            fake_credentials: arguments.access_key_id.is_none().then_some((FAKE_ACCESS_KEY_ID, FAKE_ACCESS_KEY_SECRET)),
        };
        announcement.print(arguments.json).map_err(|error| crate::output::failed(&error))?;
        signals.next().await;
        crate::output::note(format_args!(
            "stopping: requests under way have {} s; another signal stops at once",
            arguments.grace
        ));
        tokio::select! {
            cut = running.shutdown() => match cut {
                0 => Ok(()),
                cut => Err(Failure::new(Class::Interrupted, format!("{cut} connections were cut off after {} s", arguments.grace))),
            },
            () = signals.next() => Err(Failure::new(Class::Interrupted, "stopped at once, with requests under way")),
        }
    });
    if let Some(log) = log {
        log.flush();
    }
    // Threads that work for a request which was cut off are not waited for.
    runtime.shutdown_background();
    outcome
}

fn configure(arguments: &Serve) -> Result<Server, Failure> {
    let mut server = Server::new()
        .bind(arguments.bind)
        .region(&arguments.region)
        .credential(credential(arguments)?)
        .without_buckets()
        .memory_limit(arguments.memory_limit)
        .create_buckets(arguments.create_buckets)
        .real_endpoints(arguments.real_endpoints)
        .grace(Duration::from_secs(arguments.grace.into()))
        .page(!arguments.no_page);
    for bucket in &arguments.buckets {
        let add = if bucket.versioned { Server::versioned_bucket } else { Server::bucket };
        server = add(server, &bucket.name);
    }
    if let Some(directory) = &arguments.directory {
        std::fs::create_dir_all(directory).map_err(|error| Failure::file(directory, &error))?;
        server = server.directory(directory);
    }
    if let Some(tls) = tls(&arguments.tls)? {
        server = server.tls(tls);
    }
    for rule in &arguments.faults {
        server = server.fault(rule.clone());
    }
    Ok(server)
}

fn tls(words: &[PathBuf]) -> Result<Option<Tls>, Failure> {
    match words {
        [] => Ok(None),
        [word] if word.as_os_str() == "self-signed" => Ok(Some(Tls::SelfSigned)),
        [certificates, key] => Ok(Some(Tls::Files { certificates: certificates.clone(), key: key.clone() })),
        _ => Err(Failure::unusable("--tls takes a certificate file and a key file, or `self-signed`")),
    }
}

/// Where the certificate authority is that was made for this run.
enum Authority {
    Named(PathBuf),
    Temporary(NamedTempFile),
}

impl Authority {
    fn path(&self) -> &Path {
        match self {
            Self::Named(path) => path,
            Self::Temporary(file) => file.path(),
        }
    }
}

fn write_authority(running: &RunningServer, file: Option<&Path>) -> Result<Option<Authority>, Failure> {
    let Some(pem) = running.certificate_authority() else {
        return Ok(None);
    };
    let failed = |path: &Path, error| Failure::new(Class::LocalFile, format!("{}: {error}", path.display()));
    if let Some(path) = file {
        std::fs::write(path, pem).map_err(|error| failed(path, error))?;
        return Ok(Some(Authority::Named(path.to_owned())));
    }
    let mut file = tempfile::Builder::new().prefix("oss-local-ca-").suffix(".pem").tempfile()?;
    file.write_all(pem.as_bytes())?;
    Ok(Some(Authority::Temporary(file)))
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
