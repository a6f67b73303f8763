//! The time that passes while nothing moves.

use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;

use oss_upload::driver::Activity;
use oss_upload::{TimeoutKind, TransferError};
use tokio::time::{Instant, timeout_at};

/// Awaits `work` as long as something moves at least once per `idle`, and no longer than until `ends`.
pub(crate) async fn while_moving<T>(
    activity: &Activity,
    idle: Duration,
    ends: Option<Instant>,
    work: impl Future<Output = T>,
) -> Result<T, TransferError> {
    let mut work = std::pin::pin!(work);
    if ends.is_some_and(|ends| ends <= Instant::now()) {
        return Err(TransferError::Timeout(TimeoutKind::Attempt));
    }
    // What is there already needs no timer: on a fast line that is nearly every chunk.
    if let Poll::Ready(done) = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
        return Ok(done);
    }
    activity.touch();
    let started = Instant::from_std(activity.started());
    loop {
        let moved = activity.moved();
        let idle_ends = started + moved.saturating_add(idle);
        let (until, kind) = match ends {
            Some(ends) if ends < idle_ends => (ends, TimeoutKind::Attempt),
            _ => (idle_ends, TimeoutKind::Idle),
        };
        match timeout_at(until, &mut work).await {
            Ok(done) => return Ok(done),
            Err(_) if kind == TimeoutKind::Idle && activity.moved() > moved => {}
            Err(_) => return Err(TransferError::Timeout(kind)),
        }
    }
}
