//! Which servers are trusted.

use std::path::PathBuf;

use clap::Args;
use oss_upload_ureq::{Error, Trust};

use crate::failure::{Class, Failure};

/// Certificate authorities of the caller's.
#[derive(Args)]
pub(crate) struct Authorities {
    /// Trust the certificate authorities in this PEM file as well as those of the system, or of SSL_CERT_FILE
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
}

impl Authorities {
    /// The servers that a command may talk to, whichever request it makes.
    pub(crate) fn trust(&self) -> Result<Trust, Failure> {
        let Some(path) = &self.ca_file else { return Ok(Trust::platform()) };
        Trust::platform().ca_file(path).map_err(|error| {
            let class = Class::of(&error);
            let reason = match error {
                Error::Io { source, .. } => source.to_string(),
                other => other.to_string(),
            };
            Failure::new(class, format!("--ca-file {}: {reason}", path.display()))
                .with_hint("give the PEM file of the authority that issued the server's certificate")
        })
    }
}
