//! `--verbose`: what transfers do, on standard error.

use oss_presign_std::PresignedRequest;

/// Shows requests, retries and answers from now on.
pub(crate) fn show() {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::DEBUG)
        .with_target(false)
        .with_ansi(false)
        // It would panic over a standard error that is closed.
        .log_internal_errors(false)
        .init();
}

/// Whether they are shown.
pub(crate) fn is_shown() -> bool {
    tracing::enabled!(tracing::Level::DEBUG)
}

/// A request that is about to be sent. Its query holds the signature, which is nobody's business.
pub(crate) fn request(request: &PresignedRequest) {
    let url = request.url().split('?').next().unwrap_or_default();
    tracing::debug!("{} {url}", request.method().as_str());
}

/// A transfer that succeeded.
pub(crate) fn answered(attempts: u32, request_id: Option<&str>) {
    tracing::debug!(attempts, request_id, "done");
}
