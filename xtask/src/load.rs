//! `cargo xtask load`: many connections that store and fetch, against the local server on the loopback address; and
//! `cargo xtask load slow`: thousands that upload a byte now and then, and one that works beside them.

use std::sync::mpsc;
use std::time::Duration;

use crate::interop::{Call, Server, Workshop, cargo_build};

/// What the server may grow after its first quarter of the run, in KiB.
const GROWTH: u64 = 16 * 1024;
/// What a slow upload may cost the server, in KiB.
const SLOW_UPLOAD: u64 = 40;
/// Threads that may come while slow uploads are there: those that work for the client beside them.
const SLOW_THREADS: u64 = 8;

const USAGE: &str = "cargo xtask load [slow] [CONNECTIONS SECONDS]; 64 and 60 without, slow 10000 and 20";

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    match arguments {
        [slow, arguments @ ..] if slow == "slow" => {
            let (connections, seconds) = numbers(arguments, (10_000, 20), 12_000)?;
            let (said, samples) = measure("slow_uploads", connections, seconds)?;
            print!("connections={connections} {said}");
            judge_slow(&samples, u64::from(connections))
        }
        arguments => {
            let (connections, seconds) = numbers(arguments, (64, 60), 1024)?;
            let (said, samples) = measure("load", connections, seconds)?;
            print!("connections={connections} {said}");
            judge(&samples.iter().map(|sample| sample.resident).collect::<Vec<_>>())
        }
    }
}

fn numbers(arguments: &[String], default: (u32, u32), most: u32) -> Result<(u32, u32), String> {
    match arguments {
        [] => Ok(default),
        [connections, seconds] => Ok((number(connections, most)?, number(seconds, 600)?)),
        _ => Err(USAGE.into()),
    }
}

/// Runs the example against a server of its own; what it printed, and what the server took meanwhile.
fn measure(example: &str, connections: u32, seconds: u32) -> Result<(String, Vec<Sample>), String> {
    cargo_build(
        &["build", "--quiet", "--locked", "--release"],
        &["--package", "oss-presign-cli", "--bin", "oss-presign"],
    )?;
    cargo_build(
        &["build", "--quiet", "--locked", "--release"],
        &["--package", "oss-local", "--example", example],
    )?;
    let programs = Workshop::new()?.release();
    let server = Server::start(&programs.join("oss-presign"), &["--bucket", "load"])?;
    let first = sample(server.pid()).ok_or("the server cannot be looked at: no /proc")?;
    let (stop, sampler) = sample_each_second(server.pid(), first);
    let call = Call::new(programs.join("examples").join(example), seconds + 60);
    let said = call.args([server.port.to_string(), connections.to_string(), seconds.to_string()]).captured();
    drop(stop);
    let samples = sampler.join().map_err(|_| "the sampling failed")?;
    server.stop()?;
    Ok((said?, samples))
}

fn number(text: &str, most: u32) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("`{text}` is no number from 1 to {most}"))
}

/// What a process takes.
#[derive(Clone, Copy)]
struct Sample {
    /// KiB.
    resident: u64,
    threads: u64,
}

/// Samples a process once a second, after this first sample, until the sender is dropped.
fn sample_each_second(pid: u32, first: Sample) -> (mpsc::Sender<()>, std::thread::JoinHandle<Vec<Sample>>) {
    let (stop, stopped) = mpsc::channel();
    let sampler = std::thread::spawn(move || {
        let mut samples = vec![first];
        while stopped.recv_timeout(Duration::from_secs(1)) == Err(mpsc::RecvTimeoutError::Timeout) {
            samples.extend(sample(pid));
        }
        samples
    });
    (stop, sampler)
}

fn sample(pid: u32) -> Option<Sample> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Some(Sample { resident: field("VmRSS:")?, threads: field("Threads:")? })
}

fn judge_slow(samples: &[Sample], connections: u64) -> Result<(), String> {
    let [first, later @ ..] = samples else {
        return Err("no sample of the server".into());
    };
    let threads = later.iter().map(|sample| sample.threads).max().unwrap_or(first.threads);
    let resident = later.iter().map(|sample| sample.resident).max().unwrap_or(first.resident);
    let (grown, bound) = (resident.saturating_sub(first.resident), connections * SLOW_UPLOAD);
    println!("server_threads={} to {threads}", first.threads);
    println!("server_rss_kib={} to {resident}, bound {}", first.resident, first.resident + bound);
    if threads > first.threads + SLOW_THREADS {
        return Err(format!("the server went from {} threads to {threads}", first.threads));
    }
    if grown > bound {
        return Err(format!("the server grew by {grown} KiB, more than {SLOW_UPLOAD} a connection"));
    }
    Ok(())
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
    fn slow_uploads_may_cost_little_memory_and_few_threads() {
        let first = Sample { resident: 10_000, threads: 5 };
        let judged = |resident, threads| judge_slow(&[first, Sample { resident, threads }], 100);
        assert!(judged(10_000 + 100 * SLOW_UPLOAD, 5 + SLOW_THREADS).is_ok());
        assert!(judged(10_001 + 100 * SLOW_UPLOAD, 5).is_err());
        assert!(judged(10_000, 6 + SLOW_THREADS).is_err());
        assert!(judge_slow(&[], 100).is_err());
    }

    #[test]
    fn growth_is_noticed() {
        assert!(judge(&[100, 200, 150, 200 + GROWTH]).is_err());
        assert!(judge(&[100, 200, 150, 180, 190, 200]).is_ok());
        assert!(judge(&[]).is_err());
    }
}
