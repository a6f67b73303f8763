//! How much image processing there is at a time, in the whole process: memory for pixels, and one image a core.

use std::sync::LazyLock;
use std::time::Duration;

use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::error::{OssError, Result};

/// All images that are being processed take at most this together.
pub(super) const MAX_PIXEL_BYTES: u64 = 256 * 1024 * 1024;
/// What the memory is counted in.
const UNIT: u64 = 64 * 1024;
/// How long an image may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

static MEMORY: Semaphore = Semaphore::const_new((MAX_PIXEL_BYTES / UNIT) as usize);
static CORES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, |cores| cores.get())));

/// Waits until a core is free for one more image.
///
/// # Errors
/// ServiceUnavailable where others take too long.
pub(super) async fn turn() -> Result<SemaphorePermit<'static>> {
    in_time(CORES.acquire()).await
}

/// Waits until there is memory for an image whose pixels take this many bytes.
///
/// # Errors
/// ImageTooLarge where it would never fit, and ServiceUnavailable where others take too long.
pub(super) async fn memory(bytes: u64) -> Result<SemaphorePermit<'static>> {
    if bytes > MAX_PIXEL_BYTES {
        return Err(OssError::new(
            400,
            "ImageTooLarge",
            format!(
                "The pixels would take {bytes} bytes, and the local server has {MAX_PIXEL_BYTES} for all images."
            ),
        ));
    }
    let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
    in_time(MEMORY.acquire_many(units)).await
}

async fn in_time(
    permit: impl Future<Output = std::result::Result<SemaphorePermit<'static>, AcquireError>>,
) -> Result<SemaphorePermit<'static>> {
    match timeout(PATIENCE, permit).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(OssError::new(
            503,
            "ServiceUnavailable",
            "Other images are being processed: try again later.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The clock stands still and jumps to the next deadline when nothing else can happen.
    #[tokio::test(start_paused = true)]
    async fn what_does_not_fit_waits_and_is_told_to_come_back() {
        let all = memory(MAX_PIXEL_BYTES).await.unwrap();
        assert_eq!(memory(1).await.unwrap_err().status, 503);
        drop(all);
        let waiting = tokio::spawn(memory(MAX_PIXEL_BYTES));
        assert!(waiting.await.unwrap().is_ok());
    }
}
