//! The ureq adapter as a client of `cargo xtask interop`: job files in, one status per job out.
//!
//! A job file has the method, the URL, the body's path (`-` for none), the answer's path and the headers, a line each.

use std::path::Path;

use oss_presign::PresignedRequest;
use oss_upload_ureq::{Body, Error, Uploader};

/// More than any object of the jobs, in bytes.
const LIMIT: u64 = 64 << 20;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let uploader = Uploader::with_defaults();
    for job in std::env::args().skip(1) {
        match run(&uploader, Path::new(&job)) {
            Ok(status) => println!("{status}"),
            Err(error) => println!("error {error}"),
        }
    }
    Ok(())
}

fn run(uploader: &Uploader, job: &Path) -> Result<u16, Failure> {
    let text = std::fs::read_to_string(job)?;
    let mut lines = text.lines();
    let mut next = || lines.next().ok_or("the job file is too short");
    let (method, url, body, answer) = (next()?, next()?, next()?, next()?);
    let mut presigned = PresignedRequest::from_url(method, url)?;
    for line in lines {
        let (name, value) = line.split_once(": ").ok_or("a header is `name: value`")?;
        presigned = presigned.with_header(name, value)?;
    }
    let outcome = if method == "PUT" {
        uploader.put(&presigned, Body::file(body)?).send().map(|_| Vec::new())
    } else {
        uploader.get(&presigned).bytes(LIMIT)
    };
    let (status, bytes) = match outcome {
        Ok(bytes) => (200, bytes),
        Err(Error::Service(error)) => (error.status(), error.xml().to_vec()),
        Err(error) => return Err(error.into()),
    };
    std::fs::write(answer, bytes)?;
    Ok(status)
}
