//! A line for each request: for people on standard error, for programs as JSON on standard output.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::time::Duration;

use oss_local::RequestRecord;
use serde::Serialize;

/// Lines that wait to be written.
const AHEAD: usize = 4096;
/// How long the last lines may take to be written when the server has ended.
const PATIENCE: Duration = Duration::from_secs(2);

/// The thread that writes. The server never waits for a terminal or a full pipe: lines that cannot be written in time
/// are counted instead.
pub(super) struct Log(SyncSender<Message>);

enum Message {
    Record(RequestRecord),
    /// Everything before it has been written.
    Flush(SyncSender<()>),
}

impl Log {
    /// Starts the thread, and returns what gives it records.
    pub(super) fn start(
        as_json: bool,
    ) -> io::Result<(Self, impl Fn(&RequestRecord) + Send + Sync + 'static)> {
        let (sender, messages) = mpsc::sync_channel(AHEAD);
        let left_out = Arc::new(AtomicU64::new(0));
        let counter = left_out.clone();
        std::thread::Builder::new().name("log".into()).spawn(move || write(&messages, &counter, as_json))?;
        let records = sender.clone();
        let listener = move |record: &RequestRecord| {
            if let Err(TrySendError::Full(_)) = records.try_send(Message::Record(record.clone())) {
                left_out.fetch_add(1, Ordering::Relaxed);
            }
        };
        Ok((Self(sender), listener))
    }

    /// Waits until what was recorded is written, unless nobody reads it.
    pub(super) fn flush(&self) {
        let (done, written) = mpsc::sync_channel(1);
        if self.0.try_send(Message::Flush(done)).is_ok() {
            let _ = written.recv_timeout(PATIENCE);
        }
    }
}

fn write(messages: &Receiver<Message>, left_out: &AtomicU64, as_json: bool) {
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for message in messages {
        let record = match message {
            Message::Record(record) => record,
            Message::Flush(done) => {
                let _ = done.try_send(());
                continue;
            }
        };
        let missing = left_out.swap(0, Ordering::Relaxed);
        // Nobody may read the lines any more; the server goes on.
        if as_json {
            let _ = write_json(&record, missing);
        } else {
            let note =
                if missing == 0 { String::new() } else { format!("… {missing} requests are not shown\n") };
            let _ = writeln!(io::stderr(), "{note}{}", line(&record, colour));
        }
    }
}

/// A line of JSON; it says how many lines before it were left out, if any were.
#[derive(Serialize)]
struct JsonLine<'a> {
    #[serde(flatten)]
    record: &'a RequestRecord,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<NonZeroU64>,
}

fn write_json(record: &RequestRecord, left_out: u64) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &JsonLine { record, left_out: NonZeroU64::new(left_out) })?;
    writeln!(out)
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
