//! Ctrl-C ends transfers in order: nothing half-done stays on the disk.

use oss_upload_ureq::CancelToken;

use crate::failure::Class;
use crate::output;

/// A token that is cancelled by the first Ctrl-C; a second one ends the process.
pub(crate) fn token() -> CancelToken {
    let token = CancelToken::new();
    let cancelled = token.clone();
    // Where this cannot be set up, Ctrl-C does what it always does.
    if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
        std::thread::spawn(move || {
            runtime.block_on(async {
                if tokio::signal::ctrl_c().await.is_ok() {
                    output::note("oss-presign: stopping; press Ctrl-C once more to stop at once");
                    cancelled.cancel();
                }
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(Class::Interrupted as i32);
                }
            });
        });
    }
    token
}
