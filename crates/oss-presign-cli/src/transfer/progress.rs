//! How far all files together are, on a terminal.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use oss_upload_ureq::Progress;

/// One bar for everything: bytes, rate, time left, files, retries.
pub(crate) struct Bar {
    bar: ProgressBar,
    files: usize,
    ended: AtomicU64,
    retries: AtomicU64,
    /// Files that wait before they are tried again.
    waiting: AtomicU64,
    /// Whether the bytes of all files were known from the beginning.
    total_is_known: bool,
}

/// Where one file stands.
struct Position {
    bar: Arc<Bar>,
    moved: u64,
    attempt: u32,
    waits: bool,
    total_added: bool,
}

/// A file whose transfer ends in a wait, by an interruption for one, waits no longer.
impl Drop for Position {
    fn drop(&mut self) {
        if self.waits {
            self.bar.count_waiting(false);
        }
    }
}

/// What is drawn while everything moves, and while something waits: then a rate and a time left mean nothing.
const MOVING: &str = "{wide_bar} {percent}% {bytes}/{total_bytes} {bytes_per_sec} {eta} left{msg}";
const WAITING: &str = "{wide_bar} {percent}% {bytes}/{total_bytes}{msg}";

impl Bar {
    /// Draws on standard error, and there only on a terminal.
    pub(crate) fn new(files: usize, bytes: Option<u64>, quiet: bool) -> Self {
        let hidden = quiet || !std::io::stderr().is_terminal();
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(bytes.unwrap_or(0)), target);
        let [ended, retries, waiting] = [0, 0, 0].map(AtomicU64::new);
        let bar = Self { bar, files, ended, retries, waiting, total_is_known: bytes.is_some() };
        bar.draw(MOVING);
        bar.describe();
        bar
    }

    /// What the adapter tells of one file goes here.
    pub(crate) fn watch(self: &Arc<Self>) -> impl FnMut(Progress) + Send + 'static {
        self.watch_rest(0)
    }

    /// The same for a file of which an earlier run has transferred some bytes: they say nothing about the rate.
    pub(crate) fn watch_rest(self: &Arc<Self>, earlier: u64) -> impl FnMut(Progress) + Send + 'static {
        let bar = Arc::clone(self);
        if earlier > 0 {
            bar.bar.inc(earlier);
            bar.bar.reset_eta();
        }
        let position = Mutex::new(Position {
            bar: bar.clone(),
            moved: earlier,
            attempt: 1,
            waits: false,
            total_added: bar.total_is_known,
        });
        move |progress| bar.moved(&mut position.lock().unwrap_or_else(PoisonError::into_inner), progress)
    }

    fn moved(&self, position: &mut Position, progress: Progress) {
        if let Some(total) = progress.total.filter(|_| !position.total_added) {
            self.bar.inc_length(total);
            position.total_added = true;
        }
        if progress.waits.is_some() != position.waits {
            position.waits = progress.waits.is_some();
            self.count_waiting(position.waits);
        }
        if progress.attempt > position.attempt {
            self.retries.fetch_add(u64::from(progress.attempt - position.attempt), Ordering::Relaxed);
            position.attempt = progress.attempt;
            self.describe();
        }
        if progress.transferred >= position.moved {
            self.bar.inc(progress.transferred - position.moved);
        } else {
            // A new attempt begins anew.
            self.bar.dec(position.moved - progress.transferred);
        }
        position.moved = progress.transferred;
    }

    /// One file more waits, or one less.
    fn count_waiting(&self, waits: bool) {
        let before = if waits {
            self.waiting.fetch_add(1, Ordering::Relaxed)
        } else {
            self.waiting.fetch_sub(1, Ordering::Relaxed)
        };
        match (before, waits) {
            (0, true) => self.draw(WAITING),
            (1, false) => self.draw(MOVING),
            _ => {}
        }
        self.describe();
    }

    fn draw(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }

    pub(crate) fn file_ended(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
        self.describe();
    }

    /// Does something with the terminal that the bar must not disturb.
    pub(crate) fn suspend<T>(&self, act: impl FnOnce() -> T) -> T {
        self.bar.suspend(act)
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn describe(&self) {
        let mut text = String::new();
        if self.files > 1 {
            text = format!(", {} of {} files", self.ended.load(Ordering::Relaxed), self.files);
        }
        match self.retries.load(Ordering::Relaxed) {
            0 => {}
            1 => text.push_str(", 1 retry"),
            retries => text.push_str(&format!(", {retries} retries")),
        }
        match self.waiting.load(Ordering::Relaxed) {
            0 => {}
            1 if self.files == 1 => text.push_str(", waiting to try again"),
            waiting => text.push_str(&format!(", {waiting} waiting to try again")),
        }
        self.bar.set_message(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_attempts_add_up() {
        let bar = Arc::new(Bar::new(2, Some(30), true));
        let (mut one, mut other) = (bar.watch(), bar.watch());
        one(Progress::new(10, Some(10), 1));
        other(Progress::new(15, Some(20), 1));
        assert_eq!(bar.bar.position(), 25);
        other(Progress::new(0, Some(20), 2));
        assert_eq!(bar.bar.position(), 10);
        assert_eq!(bar.bar.message(), ", 0 of 2 files, 1 retry");
        other(Progress::new(20, Some(20), 3));
        bar.file_ended();
        assert_eq!((bar.bar.position(), bar.bar.length()), (30, Some(30)));
        assert_eq!(bar.bar.message(), ", 1 of 2 files, 2 retries");
    }

    #[test]
    fn what_an_earlier_run_did_counts_once() {
        let bar = Arc::new(Bar::new(1, Some(100), true));
        let mut rest = bar.watch_rest(60);
        assert_eq!(bar.bar.position(), 60);
        rest(Progress::new(70, Some(100), 1));
        assert_eq!(bar.bar.position(), 70);
    }

    #[test]
    fn a_wait_is_named_until_something_moves() {
        let bar = Arc::new(Bar::new(1, Some(10), true));
        let mut one = bar.watch();
        one(Progress::new(10, Some(10), 1));
        one(Progress::new(10, Some(10), 1).waiting(std::time::Duration::from_secs(5), 2));
        assert_eq!(bar.bar.message(), ", 1 retry, waiting to try again");
        one(Progress::new(0, Some(10), 2));
        assert_eq!(bar.bar.message(), ", 1 retry");
        one(Progress::new(10, Some(10), 2).waiting(std::time::Duration::from_secs(5), 3));
        drop(one);
        assert_eq!(bar.bar.message(), ", 2 retries");
    }

    #[test]
    fn sizes_that_come_later_are_added() {
        let bar = Arc::new(Bar::new(1, None, true));
        let mut one = bar.watch();
        one(Progress::new(0, None, 1));
        one(Progress::new(5, Some(10), 1));
        one(Progress::new(10, Some(10), 1));
        assert_eq!((bar.bar.position(), bar.bar.length()), (10, Some(10)));
    }
}
