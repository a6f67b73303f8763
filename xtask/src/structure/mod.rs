//! `cargo xtask structure`: what the shape of the source files must be, whatever is in them.
//!
//! The core's files form no circle, it has one path for every target, and no file outgrows a reader.

mod circles;
mod length;
mod pointer_width;
mod source;

use source::Source;

/// The core's sources, below the workspace's folder.
const CORE: &str = "crates/oss-presign/src/";

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let sources = source::read(&crate::command::root())?;
    let core: Vec<&Source> = sources.iter().filter(|source| source.path.starts_with(CORE)).collect();
    if core.is_empty() {
        return Err(format!("{CORE} holds no source file"));
    }
    let mut found = Vec::from_iter(circles::find(CORE, &core)?);
    found.extend(pointer_width::find(&core));
    found.extend(length::find(&sources));
    if found.is_empty() {
        println!(
            "structure: no circle in the core's {} files; none of {} files is too long",
            core.len(),
            sources.len()
        );
        Ok(())
    } else {
        Err(format!("structure:\n{}", found.join("\n")))
    }
}
