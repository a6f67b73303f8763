//! What a log shows of spans when they close.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

/// A log in memory.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs what this thread does, as long as the result lives.
    pub fn start(&self) -> tracing::subscriber::DefaultGuard {
        let log = tracing_subscriber::fmt().with_writer(self.clone()).with_ansi(false);
        let log = log.with_max_level(tracing::Level::TRACE).with_span_events(FmtSpan::CLOSE);
        tracing::subscriber::set_default(log.finish())
    }

    /// All of it.
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
