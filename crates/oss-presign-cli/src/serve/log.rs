//! A line for each request: for people on standard error, for programs as JSON on standard output.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, TrySendError};

use oss_local::RequestRecord;
use serde_json::json;

/// Lines that wait to be written.
const AHEAD: usize = 4096;

/// Starts the thread that writes, and returns what gives it records. The server never waits for a terminal or a full
/// pipe: lines that cannot be written in time are counted instead.
pub(super) fn start(as_json: bool) -> io::Result<impl Fn(&RequestRecord) + Send + Sync + 'static> {
    let (sender, records) = mpsc::sync_channel::<RequestRecord>(AHEAD);
    let left_out = std::sync::Arc::new(AtomicU64::new(0));
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let counter = left_out.clone();
    std::thread::Builder::new().name("log".into()).spawn(move || {
        for record in records {
            let missing = counter.swap(0, Ordering::Relaxed);
            // Nobody may read them any more; the server goes on.
            if as_json {
                let _ = writeln!(io::stdout(), "{}", json_line(&record, missing));
            } else {
                let note = if missing == 0 {
                    String::new()
                } else {
                    format!("… {missing} requests are not shown\n")
                };
                let _ = writeln!(io::stderr(), "{note}{}", line(&record, colour));
            }
        }
    })?;
    Ok(move |record: &RequestRecord| {
        if let Err(TrySendError::Full(_)) = sender.try_send(record.clone()) {
            left_out.fetch_add(1, Ordering::Relaxed);
        }
    })
}

fn json_line(record: &RequestRecord, left_out: u64) -> serde_json::Value {
    let mut line = json!({
        "time": record.time,
        "method": record.method,
        "target": record.target,
        "status": record.status,
        "code": record.code,
        "ec": record.ec,
        "reason": record.reason,
        "received": record.received,
        "sent": record.sent,
        "ms": u64::try_from(record.took.as_millis()).unwrap_or(u64::MAX),
        "complete": record.complete,
    });
    if left_out > 0 {
        line["left_out"] = left_out.into();
    }
    line
}

/// `PUT /examplebucket/a 403 0002-00000201 5 B in, 512 B out, 1 ms  SignatureDoesNotMatch: …`
fn line(record: &RequestRecord, colour: bool) -> String {
    let status = match record.status {
        0 => "cut".to_owned(),
        status => status.to_string(),
    };
    let (begin, end) = match record.status {
        _ if !colour => ("", ""),
        200..=399 => ("\x1b[32m", "\x1b[0m"),
        _ => ("\x1b[31m", "\x1b[0m"),
    };
    let mut rest = String::new();
    // Writing to a String does not fail.
    if let Some(ec) = &record.ec {
        let _ = write!(rest, " {ec}");
    }
    let _ = write!(rest, " {} B in, {} B out, {} ms", record.received, record.sent, record.took.as_millis());
    if record.status != 0 && !record.complete {
        rest.push_str(", broken off");
    }
    match (&record.code, &record.reason) {
        (Some(code), Some(reason)) => _ = write!(rest, "  {code}: {reason}"),
        (None, Some(text)) | (Some(text), None) => _ = write!(rest, "  {text}"),
        (None, None) => {}
    }
    format!("{} {} {begin}{status}{end}{}", plain(&record.method), plain(&record.target), plain(&rest))
}

/// The text on one line, without what could steer a terminal: some of it is what a client sent.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_sent_does_not_steer_the_terminal() {
        assert_eq!(plain("a\x1b[2Jb\r\nc\u{9b}d ü"), "a [2Jb  c d ü");
    }
}
