//! A template of keys: what is accepted makes a key of every path, and a fixed one the same key of all.
//!
//! Input: a template, and on the next line the path of a file.
#![no_main]

use key_template::KeyTemplate;
use libfuzzer_sys::fuzz_target;

/// The command is no library; this part of it depends on nothing else of it.
#[path = "../../crates/oss-presign-cli/src/key_template.rs"]
mod key_template;

fuzz_target!(|input: &str| {
    let (template, path) = input.split_once('\n').unwrap_or((input, "a/b.txt"));
    match KeyTemplate::parse(template) {
        None => assert!(!template.starts_with("oss://")),
        Some(Err(said)) => assert!(!said.is_empty() && !said.chars().any(char::is_control), "{said:?}"),
        Some(Ok(parsed)) => {
            assert!(!parsed.bucket.is_empty() && !parsed.bucket.contains('/'));
            let key = parsed.key(path);
            match parsed.fixed() {
                Some(fixed) => assert_eq!(key, fixed),
                // A template with a place in it, or a folder, takes something of the path.
                None => {
                    assert!(template.contains(['{', '}']) || template.ends_with('/') || key.ends_with(path))
                }
            }
            // Without braces the text of the template is the key's.
            let (_, text) = template["oss://".len()..].split_once('/').unwrap_or_default();
            if !text.contains(['{', '}']) {
                assert!(key.starts_with(text), "{template} {key}");
            }
        }
    }
});
