//! Fetching an object in ranges by several futures.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::try_join_all;
use oss_upload::driver::{Get, Lanes, PartProgress, ProgressSink, Ranges, TransferProgress};
use oss_upload::files::Destination;
use oss_upload::{Downloaded, TransferError};

use crate::lane::{Lane, Piece};
use crate::sink::{Writer, finish, temporary};

/// Fetches into a file; `None` where there are no ranges to fetch.
pub(crate) async fn to_file(
    whole: &Lane,
    ranges: Ranges,
    lanes: usize,
    path: &Path,
) -> Result<Option<Downloaded>, TransferError> {
    let job = Job { whole, ranges: Mutex::new(ranges) };
    loop {
        match job.attempt(lanes, path).await {
            Err(error) => {
                let wait = job.ranges().retry(error, whole)?;
                tokio::time::sleep(wait).await;
            }
            done => return done,
        }
    }
}

/// What the futures share.
struct Job<'a> {
    whole: &'a Lane,
    ranges: Mutex<Ranges>,
}

/// A range that is being fetched: from this byte of the object on.
struct Fetch {
    lane: Lane,
    get: Get,
    offset: u64,
    /// What has come of it already.
    begun: Option<Piece<Downloaded>>,
}

impl Job<'_> {
    fn ranges(&self) -> std::sync::MutexGuard<'_, Ranges> {
        self.ranges.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lane(&self) -> Lane {
        self.whole.fork(self.whole.sign.clone())
    }

    async fn attempt(&self, lanes: usize, path: &Path) -> Result<Option<Downloaded>, TransferError> {
        let mut lane = self.lane();
        let mut get = self.ranges().first();
        let (begun, ending) = match lane.next(&mut get, None).await {
            Ok(piece) => (Some(piece), Ok(())),
            Err(error) => (None, Err(error)),
        };
        let outlook = self.ranges().begin(&get, ending)?;
        let Lanes::Several { size } = outlook else { return Ok(None) };
        let destination = temporary(path).await?;
        let whole_progress = TransferProgress::new(self.whole.activity.clone(), size, 0);
        let mut first = Some(Fetch { lane, get, offset: 0, begun });
        let work = (0..lanes.max(1)).map(|_| self.work(first.take(), &destination, &whole_progress));
        try_join_all(work).await?;
        let done = self.ranges().finish()?;
        finish(destination, done).await.map(Some)
    }

    /// Fetches one range after the other.
    async fn work(
        &self,
        mut next: Option<Fetch>,
        destination: &Destination,
        whole_progress: &Arc<TransferProgress>,
    ) -> Result<(), TransferError> {
        loop {
            let fetch = match next.take() {
                Some(fetch) => fetch,
                None => {
                    let range = self.ranges().next_range();
                    let Some((offset, get)) = range else { return Ok(()) };
                    Fetch { lane: self.lane(), get, offset, begun: None }
                }
            };
            let offset = fetch.offset;
            let done = fetch.drain(destination, whole_progress).await?;
            self.ranges().finished(offset, &done);
        }
    }
}

impl Fetch {
    /// Writes it to its place.
    async fn drain(
        mut self,
        destination: &Destination,
        whole_progress: &Arc<TransferProgress>,
    ) -> Result<Downloaded, TransferError> {
        let mut writer = Writer::new(destination.file().clone(), self.offset);
        let progress = PartProgress::new(whole_progress);
        loop {
            let next = match self.begun.take() {
                Some(piece) => piece,
                None => self.lane.next(&mut self.get, None).await?,
            };
            match next {
                Piece::Data(data) => writer.push(data).await?,
                Piece::Restart => writer.restart().await?,
                Piece::End(done) => {
                    writer.finish().await?;
                    return Ok(done);
                }
            }
            progress.moved(&self.lane.activity, 1, self.get.state().received());
        }
    }
}
