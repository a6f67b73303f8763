//! Stopping from another thread.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use oss_upload::TransferError;

/// Cancels a blocking transfer from another thread; clones cancel the same one.
///
/// A wait between attempts ends at once. A request that is being carried out ends at its next chunk, at the latest after the
/// idle time. An async transfer is cancelled by dropping its future.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    state: Arc<(Mutex<bool>, Condvar)>,
    /// The token of the whole, where this one is for its parts.
    parent: Option<Arc<CancelToken>>,
}

/// How late a wait notices that the token above its own was cancelled.
const GLANCE: Duration = Duration::from_millis(50);

impl CancelToken {
    /// Creates a token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels every transfer that has this token.
    pub fn cancel(&self) {
        *self.state.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.state.1.notify_all();
    }

    /// A token that is cancelled with this one, and can be without it.
    pub(crate) fn child(&self) -> Self {
        Self { state: Arc::default(), parent: Some(Arc::new(self.clone())) }
    }

    /// Returns whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        *self.state.0.lock().unwrap_or_else(PoisonError::into_inner)
            || self.parent.as_ref().is_some_and(|parent| parent.is_cancelled())
    }

    pub(crate) fn check(&self) -> Result<(), TransferError> {
        if self.is_cancelled() { Err(TransferError::Cancelled) } else { Ok(()) }
    }

    /// Sleeps, unless cancelled before or meanwhile.
    pub(crate) fn sleep(&self, mut time: Duration) -> Result<(), TransferError> {
        loop {
            self.check()?;
            if time.is_zero() {
                return Ok(());
            }
            let turn = if self.parent.is_some() { time.min(GLANCE) } else { time };
            let cancelled = self.state.0.lock().unwrap_or_else(PoisonError::into_inner);
            // What wakes it up is looked at above.
            drop(self.state.1.wait_timeout_while(cancelled, turn, |cancelled| !*cancelled));
            time = time.saturating_sub(turn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeper_wakes_up() {
        let token = CancelToken::new();
        assert!(token.sleep(Duration::ZERO).is_ok());
        let other = token.clone();
        let sleeper = std::thread::spawn(move || other.sleep(Duration::from_secs(3600)));
        token.cancel();
        assert!(matches!(sleeper.join().unwrap(), Err(TransferError::Cancelled)));
        assert!(token.check().is_err());
    }

    #[test]
    fn a_child_goes_with_its_parent_and_not_the_other_way() {
        let parent = CancelToken::new();
        let (one, other) = (parent.child(), parent.child());
        one.cancel();
        assert!(one.is_cancelled() && !parent.is_cancelled() && !other.is_cancelled());
        let sleeper = std::thread::spawn({
            let other = other.clone();
            move || other.sleep(Duration::from_secs(3600))
        });
        parent.cancel();
        assert!(matches!(sleeper.join().unwrap(), Err(TransferError::Cancelled)));
    }
}
