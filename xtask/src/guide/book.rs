//! The guide as pages, and its front page in a browser.

pub(super) fn run() -> Result<(), String> {
    Err("not yet".into())
}
