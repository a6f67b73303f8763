//! Stopping from another thread.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use oss_upload::TransferError;

/// Cancels a blocking transfer from another thread; clones cancel the same one.
///
/// Waits between attempts end at once; a running exchange ends at its next chunk, at the latest when the idle time
/// is over. Async transfers need none: drop the future.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    state: Arc<(Mutex<bool>, Condvar)>,
}

impl CancelToken {
    /// A token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels every transfer that has this token.
    pub fn cancel(&self) {
        *self.state.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.state.1.notify_all();
    }

    /// Whether [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        *self.state.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn check(&self) -> Result<(), TransferError> {
        if self.is_cancelled() { Err(TransferError::Cancelled) } else { Ok(()) }
    }

    /// Sleeps, unless cancelled before or meanwhile.
    pub(crate) fn sleep(&self, time: Duration) -> Result<(), TransferError> {
        let cancelled = self.state.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.state.1.wait_timeout_while(cancelled, time, |cancelled| !*cancelled);
        let (cancelled, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *cancelled { Err(TransferError::Cancelled) } else { Ok(()) }
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
}
