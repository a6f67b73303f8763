//! `cargo xtask load`: many connections that store and fetch, against the local server on the loopback address.

use std::sync::mpsc;
use std::time::Duration;

use crate::interop::{Call, Server, Workshop, cargo_build};

/// What the server may grow after its first quarter of the run, in KiB.
const GROWTH: u64 = 16 * 1024;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let (connections, seconds) = match arguments {
        [] => (64, 60),
        [connections, seconds] => (number(connections, 1024)?, number(seconds, 600)?),
        _ => return Err("cargo xtask load [CONNECTIONS SECONDS]; 64 and 60 without".into()),
    };
    cargo_build(
        &["build", "--quiet", "--locked", "--release"],
        &["--package", "oss-presign-cli", "--bin", "oss-presign"],
    )?;
    cargo_build(
        &["build", "--quiet", "--locked", "--release"],
        &["--package", "oss-local", "--example", "load"],
    )?;
    let programs = Workshop::new()?.release();
    let server = Server::start(&programs.join("oss-presign"), &["--bucket", "load"])?;
    let (stop, sampler) = sample(server.pid());
    let call = Call::new(programs.join("examples/load"), seconds + 60);
    let said = call.args([server.port.to_string(), connections.to_string(), seconds.to_string()]).captured();
    drop(stop);
    let memory = sampler.join().map_err(|_| "the sampling of memory failed")?;
    server.stop()?;
    let said = said?;
    print!("connections={connections} {said}");
    judge(&memory)
}

fn number(text: &str, most: u32) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("`{text}` is no number from 1 to {most}"))
}

/// Samples a process's memory once a second until the sender is dropped.
fn sample(pid: u32) -> (mpsc::Sender<()>, std::thread::JoinHandle<Vec<u64>>) {
    let (stop, stopped) = mpsc::channel();
    let sampler = std::thread::spawn(move || {
        let mut samples = Vec::new();
        while stopped.recv_timeout(Duration::from_secs(1)) == Err(mpsc::RecvTimeoutError::Timeout) {
            samples.extend(resident(pid));
        }
        samples
    });
    (stop, sampler)
}

/// A process's resident memory, in KiB.
fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn judge(samples: &[u64]) -> Result<(), String> {
    let quarters: Vec<_> =
        samples.chunks(samples.len().div_ceil(4).max(1)).filter_map(|quarter| quarter.iter().max()).collect();
    let [early, later @ ..] = quarters.as_slice() else {
        return Err("no sample of the memory".into());
    };
    println!("server_rss_kib, at most per quarter: {quarters:?}");
    match later.iter().max() {
        Some(&late) if *late > *early + GROWTH => Err(format!("the server grew by {} KiB", late - *early)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_noticed() {
        assert!(judge(&[100, 200, 150, 200 + GROWTH]).is_err());
        assert!(judge(&[100, 200, 150, 180, 190, 200]).is_ok());
        assert!(judge(&[]).is_err());
    }
}
