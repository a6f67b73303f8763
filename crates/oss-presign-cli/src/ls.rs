//! `oss-presign ls`: the objects of a bucket, a folder's worth or all of them.

use serde_json::json;

use crate::arguments::{List, Named};
use crate::failure::Failure;
use crate::listing::{self, Found};
use crate::object_signer::ObjectSigner;
use crate::output;
use crate::transfer::uploader;

/// Lists, a line for each.
pub(crate) fn run(arguments: &List, json: bool) -> Result<(), Failure> {
    let Named { bucket, key } = arguments.name.named()?;
    let prefix = key.unwrap_or_default();
    let signer = ObjectSigner::new(&bucket, &arguments.signing)?;
    let uploader = uploader(&arguments.network)?;
    let delimiter = if arguments.recursive { "" } else { "/" };
    let mut is_empty = true;
    let listed = listing::each(&signer, &prefix, delimiter, &uploader, |found| {
        is_empty = false;
        line(&bucket, found, json)
    });
    if listed.is_ok() && is_empty && !json {
        output::hint(format_args!("no object under oss://{bucket}/{}", output::escaped(&prefix)));
    }
    listed
}

fn line(bucket: &str, found: Found, json: bool) -> Result<(), Failure> {
    match found {
        Found::Object(object) if json => output::json(
            &json!({ "key": object.key, "size": object.size, "last_modified": object.last_modified }),
        ),
        Found::Folder(folder) if json => output::json(&json!({ "folder": folder })),
        Found::Object(object) => output::line(format_args!(
            "{:>12}  {}  oss://{bucket}/{}",
            object.size,
            output::escaped(&object.last_modified),
            output::escaped(&object.key)
        )),
        Found::Folder(folder) => output::line(format_args!(
            "{:>12}  {:24}  oss://{bucket}/{}",
            "folder",
            "",
            output::escaped(&folder)
        )),
    }
}
