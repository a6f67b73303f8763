//! Transfers of several files at once: their workers, the progress bar, the report of each file.

mod interrupt;
mod progress;
mod report;
mod summary;

pub(crate) use progress::Bar;
use summary::Summary;

pub(crate) use report::{Done, Outcome, Problem};

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use oss_upload_ureq::{CancelToken, Options, Progress, RetryPolicy, Timeouts, Uploader};

use crate::arguments::{Network, Transfer};
use crate::failure::{Class, Failure};
use crate::log;
use crate::output;

/// What all files of a command share.
pub(crate) struct Session {
    pub(crate) uploader: Uploader,
    pub(crate) cancel: CancelToken,
    pub(crate) bar: Arc<Bar>,
    json: bool,
    /// Whether a line at the end says how many files went how.
    sums_up: bool,
    /// Whether standard output is taken by an object, so that reports go to standard error.
    output_is_taken: bool,
}

impl Session {
    /// `bytes` are those of all files together, where they are known.
    pub(crate) fn new(
        arguments: &Transfer,
        files: usize,
        bytes: Option<u64>,
        output_is_taken: bool,
        json: bool,
    ) -> Result<Self, Failure> {
        Ok(Self {
            uploader: uploader(&arguments.network)?,
            cancel: interrupt::token(),
            bar: Arc::new(Bar::new(files, bytes, arguments.quiet || log::is_shown())),
            json,
            sums_up: files > 1 && !json && !arguments.quiet,
            output_is_taken,
        })
    }

    /// Watches a file of which an earlier run has transferred some bytes, and says so.
    pub(crate) fn watch_rest(&self, file: &str, earlier: u64) -> impl FnMut(Progress) + Send + 'static {
        if earlier > 0 && !self.json {
            let text = format!("{file}: {earlier} bytes are stored already, by an earlier run");
            self.bar.suspend(|| output::note(output::escaped(&text)));
        }
        self.bar.watch_rest(earlier)
    }

    /// Does every job, at most `parallel` at once, and tells of each as it ends. One that fails stops no other.
    pub(crate) fn run<J: Sync>(
        &self,
        jobs: &[J],
        parallel: usize,
        work: impl Fn(&J) -> Outcome + Sync,
    ) -> Result<ExitCode, Failure> {
        let waiting = Mutex::new(jobs.iter().enumerate());
        let failed: Mutex<Option<(usize, Class)>> = Mutex::new(None);
        let summary = Mutex::new(Summary::default());
        let output: Mutex<Result<(), Failure>> = Mutex::new(Ok(()));
        let turn = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
        std::thread::scope(|scope| {
            for _ in 0..parallel.clamp(1, jobs.len().max(1)) {
                scope.spawn(|| {
                    while let Some((number, job)) = turn() {
                        let outcome = work(job);
                        summary.lock().unwrap_or_else(PoisonError::into_inner).add(&outcome.result);
                        if let Err(problem) = &outcome.result {
                            let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                            if failed.is_none_or(|(first, _)| number < first) {
                                *failed = Some((number, problem.class));
                            }
                        }
                        self.bar.file_ended();
                        let told = self.bar.suspend(|| outcome.tell(self.json, self.output_is_taken));
                        let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
                        // Nobody listens any more.
                        if told.is_err() && output.is_ok() {
                            *output = told;
                        }
                        if output.is_err() || self.cancel.is_cancelled() {
                            return;
                        }
                    }
                });
            }
        });
        self.bar.finish();
        output.into_inner().unwrap_or_else(PoisonError::into_inner)?;
        if self.sums_up {
            output::note(summary.into_inner().unwrap_or_else(PoisonError::into_inner).text());
        }
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(match failed {
            _ if self.cancel.is_cancelled() => ExitCode::from(Class::Interrupted as u8),
            Some((_, class)) => ExitCode::from(class as u8),
            None => ExitCode::SUCCESS,
        })
    }
}

/// An uploader as patient and careful as the arguments say. Every request to the service goes through one.
pub(crate) fn uploader(arguments: &Network) -> Result<Uploader, Failure> {
    let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
    let mut retry = RetryPolicy::default().max_attempts(arguments.attempts);
    if let Some(deadline) = arguments.deadline {
        retry = retry.deadline(seconds(deadline));
    }
    let timeouts =
        Timeouts::default().connect(seconds(arguments.connect_timeout)).idle(seconds(arguments.idle_timeout));
    let mut options =
        Options::default().retry(retry).timeouts(timeouts).allow_plain_http(arguments.allow_http);
    if let Some(rate) = arguments.limit_rate {
        options = options.bandwidth(rate);
    }
    Ok(Uploader::trusting(arguments.authorities.trust()?).options(options))
}
