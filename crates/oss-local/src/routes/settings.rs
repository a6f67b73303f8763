//! Settings of a bucket that are stored as the client sent them and given back: tags, CORS, lifecycle and the like.
//!
//! Of all of them only the CORS rules are applied, too.

use crate::call::Call;
use crate::cors_rules;
use crate::error::{OssError, Result};
use crate::request_body::RequestBody;
use crate::respond::{self, Answer, Remark};
use crate::routes::bucket::own;
use crate::state::State;
use crate::xml;

/// The most bytes of a policy, which is JSON.
const MAX_POLICY: usize = 16 * 1024;

struct Setting {
    /// The sub-resource.
    name: &'static str,
    /// The root of its XML document; None: JSON.
    root: Option<&'static str>,
    missing: Missing,
}

/// How OSS answers for a bucket that has no such setting.
enum Missing {
    /// NotFound, with this code.
    Error(&'static str),
    /// The document of an empty setting.
    Empty(&'static str),
}

const SETTINGS: [Setting; 9] = [
    Setting {
        name: "cors",
        root: Some("CORSConfiguration"),
        missing: Missing::Error("NoSuchCORSConfiguration"),
    },
    Setting {
        name: "encryption",
        root: Some("ServerSideEncryptionRule"),
        missing: Missing::Error("NoSuchServerSideEncryptionRule"),
    },
    Setting {
        name: "lifecycle",
        root: Some("LifecycleConfiguration"),
        missing: Missing::Error("NoSuchLifecycle"),
    },
    Setting {
        name: "logging",
        root: Some("BucketLoggingStatus"),
        missing: Missing::Empty("<BucketLoggingStatus/>"),
    },
    Setting { name: "policy", root: None, missing: Missing::Error("NoSuchBucketPolicy") },
    Setting {
        name: "publicAccessBlock",
        root: Some("PublicAccessBlockConfiguration"),
        missing: Missing::Empty(
            "<PublicAccessBlockConfiguration><BlockPublicAccess>false</BlockPublicAccess></PublicAccessBlockConfiguration>",
        ),
    },
    Setting {
        name: "referer",
        root: Some("RefererConfiguration"),
        missing: Missing::Empty(
            "<RefererConfiguration><AllowEmptyReferer>true</AllowEmptyReferer>\
             <AllowTruncateQueryString>true</AllowTruncateQueryString><RefererList/></RefererConfiguration>",
        ),
    },
    Setting {
        name: "tagging",
        root: Some("Tagging"),
        missing: Missing::Empty("<Tagging><TagSet/></Tagging>"),
    },
    Setting {
        name: "website",
        root: Some("WebsiteConfiguration"),
        missing: Missing::Error("NoSuchWebsiteConfiguration"),
    },
];

fn setting(name: &str) -> Result<&'static Setting> {
    let found = SETTINGS.iter().find(|setting| setting.name == name);
    found.ok_or_else(|| OssError::not_implemented(format_args!("the setting {name}")))
}

/// Stores a setting.
pub(super) async fn put(state: &State, call: &Call, body: &mut RequestBody, name: &str) -> Result<Answer> {
    let (bucket, _) = own(state, call)?;
    let setting = setting(name)?;
    let mut document = body.collect(if setting.root.is_some() { xml::MAX } else { MAX_POLICY }).await?;
    match setting.root {
        Some(root) => {
            let read = xml::read(&document, root)?;
            if name == "publicAccessBlock" {
                document = public_access_block(&read)?.into_bytes();
            }
        }
        None if serde_json::from_slice::<serde_json::Map<_, _>>(&document).is_ok() => {}
        None => {
            return Err(OssError::new(400, "InvalidPolicyDocument", "The policy is not a JSON object."));
        }
    }
    if name == "cors" {
        cors_rules::read(&document)?;
    }
    let document =
        String::from_utf8(document).map_err(|_| OssError::malformed_xml("The document is not UTF-8."))?;
    let name = setting.name;
    let store = move |store: &crate::store::Store| {
        store.change_bucket(&bucket, |meta| drop(meta.settings.insert(name.to_owned(), document)))
    };
    state.store.run(store).await?;
    let mut answer = respond::empty(200);
    if !matches!(name, "cors" | "tagging") {
        answer.extensions_mut().insert(Remark(format!("?{name} is stored and given back, but not applied")));
    }
    Ok(answer)
}

/// The document as OSS gives it back: a client may write `True`, and the SDKs read only `true`.
fn public_access_block(read: &xml::Element) -> Result<String> {
    let text = read.text_of("BlockPublicAccess").unwrap_or_default();
    let block = ["true", "false"].into_iter().find(|one| one.eq_ignore_ascii_case(text));
    let block =
        block.ok_or_else(|| OssError::malformed_xml("BlockPublicAccess is neither true nor false."))?;
    Ok(format!(
        "<PublicAccessBlockConfiguration><BlockPublicAccess>{block}</BlockPublicAccess></PublicAccessBlockConfiguration>"
    ))
}

/// Gives a setting back.
pub(super) fn get(state: &State, call: &Call, name: &str) -> Result<Answer> {
    let (bucket, meta) = own(state, call)?;
    let setting = setting(name)?;
    let document = match (meta.settings.get(name), &setting.missing) {
        (Some(document), _) => document.clone(),
        (None, Missing::Empty(document)) => format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{document}"),
        (None, Missing::Error(code)) => {
            let message = format!("The bucket has no setting ?{name}.");
            return Err(OssError::new(404, *code, message).detail("BucketName", bucket));
        }
    };
    let mut answer = respond::xml(document);
    if setting.root.is_none() {
        let json = http::HeaderValue::from_static("application/json");
        answer.headers_mut().insert(http::header::CONTENT_TYPE, json);
    }
    Ok(answer)
}

/// Removes a setting; one that is not there is as good as removed.
pub(super) async fn delete(state: &State, call: &Call, name: &str) -> Result<Answer> {
    let (bucket, _) = own(state, call)?;
    let name = setting(name)?.name;
    if call.query.value(name).is_some_and(|value| !value.is_empty()) {
        return Err(OssError::not_implemented(format_args!("the deletion of a part of ?{name}")));
    }
    let remove = move |store: &crate::store::Store| {
        store.change_bucket(&bucket, |meta| drop(meta.settings.remove(name)))
    };
    state.store.run(remove).await?;
    Ok(respond::empty(204))
}
