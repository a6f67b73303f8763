//! The workspace's source files as text.

use std::io;
use std::path::Path;

/// A file and its path below the workspace's folder, with `/` between folders.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

/// Reads every Rust file below a folder named `src`, sorted by path. Build output and hidden folders are left out.
pub(super) fn read(root: &Path) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    read_folder(root, "", &mut sources)?;
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn read_folder(root: &Path, below: &str, sources: &mut Vec<Source>) -> Result<(), String> {
    let folder = root.join(below);
    let failed = |error: io::Error| format!("{}: {error}", folder.display());
    for entry in folder.read_dir().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{below}{name}");
        if entry.file_type().map_err(failed)?.is_dir() {
            if name != "target" && !name.starts_with('.') {
                read_folder(root, &format!("{path}/"), sources)?;
            }
        } else if name.ends_with(".rs") && is_below_src(below) {
            let text = std::fs::read_to_string(entry.path()).map_err(failed)?;
            sources.push(Source { path, text });
        }
    }
    Ok(())
}

fn is_below_src(folder: &str) -> bool {
    folder.split('/').any(|name| name == "src")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_found() {
        let sources = read(&crate::command::root()).unwrap();
        let has = |path: &str| sources.iter().any(|source| source.path == path);
        assert!(has("xtask/src/structure/source.rs"));
        assert!(has("crates/oss-presign/src/lib.rs"));
        assert!(has("benches/src/main.rs"));
        assert!(!has("crates/oss-presign/tests/vectors.rs"));
    }
}
