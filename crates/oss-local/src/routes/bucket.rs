//! Operations on buckets themselves.

use crate::address::valid_bucket;
use crate::auth::{Access, iso8601_unix};
use crate::call::Call;
use crate::error::{OssError, Result};
use crate::request_body::RequestBody;
use crate::respond::{self, Answer};
use crate::routes::{acl, owner};
use crate::state::State;
use crate::store::{Acl, BucketMeta, Versioning, Wanted};
use crate::xml::{self, Writer};

/// The storage classes, and how GetBucketStat writes them.
const STORAGE_CLASSES: [(&str, &str); 5] = [
    ("Standard", "Standard"),
    ("IA", "InfrequentAccess"),
    ("Archive", "Archive"),
    ("ColdArchive", "ColdArchive"),
    ("DeepColdArchive", "DeepColdArchive"),
];

/// The bucket of a request that only its owner may make.
pub(super) fn own(state: &State, call: &Call) -> Result<(String, BucketMeta)> {
    call.authorize(Access::Own, Acl::Private)?;
    let name = call.bucket()?;
    let meta = state.store.bucket(name).ok_or_else(|| OssError::no_such_bucket(name))?;
    Ok((name.to_owned(), meta))
}

/// ListBuckets (GetService).
pub(super) fn list_buckets(state: &State, call: &Call) -> Result<Answer> {
    call.authorize(Access::Own, Acl::Private)?;
    let limit = call.number("max-keys", 1..=1000)?.unwrap_or(100);
    let prefix = call.query.value("prefix").unwrap_or_default();
    let marker = call.query.value("marker").unwrap_or_default();
    let mut buckets = state.store.buckets();
    buckets.retain(|(name, _)| name.starts_with(prefix) && name.as_str() > marker);
    let truncated = buckets.len() as u64 > limit;
    buckets.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut xml = Writer::document();
    xml.open("ListAllMyBucketsResult");
    if truncated {
        xml.element("Prefix", prefix);
        xml.element("Marker", marker);
        xml.number("MaxKeys", limit);
        xml.element("IsTruncated", "true");
        xml.element("NextMarker", buckets.last().map_or("", |(name, _)| name));
    }
    owner::write(&mut xml);
    xml.open("Buckets");
    for (name, meta) in &buckets {
        xml.open("Bucket");
        describe(&mut xml, state, call, name, meta);
        xml.close("Bucket");
    }
    xml.close("Buckets");
    xml.close("ListAllMyBucketsResult");
    Ok(respond::xml(xml.finish()))
}

fn describe(xml: &mut Writer, state: &State, call: &Call, name: &str, meta: &BucketMeta) {
    let region = &state.authority.region;
    let (extranet, intranet) = if state.config.real_endpoints {
        (format!("oss-{region}.aliyuncs.com"), format!("oss-{region}-internal.aliyuncs.com"))
    } else {
        (call.endpoint().to_owned(), call.endpoint().to_owned())
    };
    xml.element("CreationDate", &iso8601_unix(meta.created));
    xml.element("ExtranetEndpoint", &extranet);
    xml.element("IntranetEndpoint", &intranet);
    xml.element("Location", &format!("oss-{region}"));
    xml.element("Name", name);
    xml.element("Region", region);
    xml.element("StorageClass", &meta.storage_class);
}

/// GetBucketInfo.
pub(super) fn info(state: &State, call: &Call) -> Result<Answer> {
    let (name, meta) = own(state, call)?;
    let mut xml = Writer::document();
    xml.open("BucketInfo");
    xml.open("Bucket");
    describe(&mut xml, state, call, &name, &meta);
    xml.element("DataRedundancyType", "LRS");
    xml.element("AccessMonitor", "Disabled");
    xml.element("BlockPublicAccess", if blocks_public_access(&meta) { "true" } else { "false" });
    xml.element("Comment", "");
    xml.element("CrossRegionReplication", "Disabled");
    xml.element("TransferAcceleration", "Disabled");
    xml.open("ServerSideEncryptionRule");
    xml.element("SSEAlgorithm", &encryption(&meta));
    xml.close("ServerSideEncryptionRule");
    owner::write(&mut xml);
    xml.open("AccessControlList");
    xml.element("Grant", meta.acl.as_str());
    xml.close("AccessControlList");
    if let Some(status) = versioning(&meta) {
        xml.element("Versioning", status);
    }
    xml.close("Bucket");
    xml.close("BucketInfo");
    Ok(respond::xml(xml.finish()))
}

/// The algorithm of the bucket's encryption rule, which is stored as the client sent it.
fn encryption(meta: &BucketMeta) -> String {
    let stored = meta.settings.get("encryption");
    let rule = stored.and_then(|document| xml::read(document.as_bytes(), "ServerSideEncryptionRule").ok());
    let default = rule.as_ref().and_then(|rule| rule.all("ApplyServerSideEncryptionByDefault").next());
    default.and_then(|default| default.text_of("SSEAlgorithm")).unwrap_or("None").to_owned()
}

fn blocks_public_access(meta: &BucketMeta) -> bool {
    let stored = meta.settings.get("publicAccessBlock");
    let block =
        stored.and_then(|document| xml::read(document.as_bytes(), "PublicAccessBlockConfiguration").ok());
    block.is_some_and(|block| block.text_of("BlockPublicAccess") == Some("true"))
}

fn versioning(meta: &BucketMeta) -> Option<&'static str> {
    match meta.versioning {
        Versioning::Off => None,
        Versioning::Enabled => Some("Enabled"),
        Versioning::Suspended => Some("Suspended"),
    }
}

/// GetBucketLocation.
pub(super) fn location(state: &State, call: &Call) -> Result<Answer> {
    own(state, call)?;
    let mut xml = Writer::document();
    xml.element("LocationConstraint", &format!("oss-{}", state.authority.region));
    Ok(respond::xml(xml.finish()))
}

/// GetBucketStat.
pub(super) async fn stat(state: &State, call: &Call) -> Result<Answer> {
    let (name, _) = own(state, call)?;
    let (objects, markers, uploads, parts, last) = state
        .store
        .run(move |store| {
            let all = Wanted { limit: usize::MAX, ..Wanted::default() };
            let versions = store.list_versions(&name, &all)?.objects;
            let last = versions.iter().map(|listed| listed.meta.modified).max().unwrap_or(0);
            let markers = versions.iter().filter(|listed| listed.meta.is_marker()).count();
            let (uploads, parts) = store.upload_counts(&name)?;
            Ok((store.list(&name, &all)?.objects, markers, uploads, parts, last))
        })
        .await?;
    let mut xml = Writer::document();
    xml.open("BucketStat");
    xml.number("Storage", objects.iter().map(|listed| listed.meta.size).sum());
    xml.number("ObjectCount", objects.len() as u64);
    xml.number("DeleteMarkerCount", markers as u64);
    xml.number("MultipartUploadCount", uploads as u64);
    xml.number("MultipartPartCount", parts as u64);
    xml.number("LiveChannelCount", 0);
    // In a new bucket 0.
    xml.number("LastModifiedTime", last);
    for (class, element) in STORAGE_CLASSES {
        let of_class = || objects.iter().filter(|listed| listed.meta.attributes.storage_class() == class);
        let size: u64 = of_class().map(|listed| listed.meta.size).sum();
        xml.number(&format!("{element}Storage"), size);
        if class != "Standard" {
            xml.number(&format!("{element}RealStorage"), size);
        }
        xml.number(&format!("{element}ObjectCount"), of_class().count() as u64);
    }
    xml.close("BucketStat");
    Ok(respond::xml(xml.finish()))
}

/// Whether the bucket is there.
pub(super) fn head(state: &State, call: &Call) -> Result<Answer> {
    own(state, call)?;
    Ok(respond::empty(200))
}

/// PutBucket.
pub(super) async fn put(state: &State, call: &Call, body: &mut RequestBody) -> Result<Answer> {
    call.authorize(Access::Own, Acl::Private)?;
    let name = call.bucket()?.to_owned();
    valid_bucket(&name)?;
    let mut meta = state.new_bucket();
    let acl = acl::bucket_acl(call)?;
    meta.acl = acl.unwrap_or(meta.acl);
    let document = body.collect(xml::MAX).await?;
    if !document.is_empty() {
        let root = xml::read(&document, "CreateBucketConfiguration")?;
        if let Some(class) = root.text_of("StorageClass") {
            if !STORAGE_CLASSES.iter().any(|(known, _)| *known == class) {
                return Err(OssError::invalid_argument(
                    "The specified storage class is not valid.",
                    "StorageClass",
                    class,
                ));
            }
            class.clone_into(&mut meta.storage_class);
        }
    }
    let location = name.clone();
    state
        .store
        .run(move |store| {
            // Its owner may create it again: that changes the ACL at most.
            if !store.create_bucket(&name, meta)?
                && let Some(acl) = acl
            {
                store.change_bucket(&name, |meta| meta.acl = acl)?;
            }
            Ok(())
        })
        .await?;
    let mut answer = respond::empty(200);
    respond::set(answer.headers_mut(), "location", &format!("/{location}"));
    Ok(answer)
}

/// DeleteBucket.
pub(super) async fn delete(state: &State, call: &Call) -> Result<Answer> {
    let (name, _) = own(state, call)?;
    state.store.run(move |store| store.remove_bucket(&name)).await?;
    Ok(respond::empty(204))
}

/// GetBucketVersioning.
pub(super) fn get_versioning(state: &State, call: &Call) -> Result<Answer> {
    let (_, meta) = own(state, call)?;
    let mut xml = Writer::document();
    xml.open("VersioningConfiguration");
    if let Some(status) = versioning(&meta) {
        xml.element("Status", status);
    }
    xml.close("VersioningConfiguration");
    Ok(respond::xml(xml.finish()))
}

/// PutBucketVersioning.
pub(super) async fn put_versioning(state: &State, call: &Call, body: &mut RequestBody) -> Result<Answer> {
    let (name, _) = own(state, call)?;
    let root = xml::read(&body.collect(xml::MAX).await?, "VersioningConfiguration")?;
    let versioning = match root.text_of("Status") {
        Some("Enabled") => Versioning::Enabled,
        Some("Suspended") => Versioning::Suspended,
        _ => return Err(OssError::malformed_xml("Status is either Enabled or Suspended.")),
    };
    state.store.run(move |store| store.change_bucket(&name, |meta| meta.versioning = versioning)).await?;
    Ok(respond::empty(200))
}
