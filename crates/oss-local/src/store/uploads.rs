//! Multipart uploads between their start and their end.

use std::sync::Arc;

use super::content::{Content, Sink};
use super::index::{Index, Part, Upload};
use super::meta::{Attributes, PartMeta, UploadMeta};
use super::opened::{Store, existing, existing_mut};
use crate::error::{OssError, Result};

/// A part that a client names to complete an upload.
#[derive(Debug)]
pub(crate) struct NamedPart {
    pub(crate) number: u32,
    /// Without quotes; None takes whichever was sent last.
    pub(crate) etag: Option<String>,
}

/// The parts of a completed upload, joined.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) sink: Sink,
    pub(crate) parts: Vec<PartMeta>,
    pub(crate) attributes: Attributes,
}

/// Every part but the last has at least this many bytes.
const MIN_PART: u64 = 100 * 1024;

impl Store {
    pub(crate) fn begin_upload(&self, bucket: &str, mut meta: UploadMeta) -> Result<()> {
        let mut index = self.write();
        let found = existing_mut(&mut index, bucket)?;
        if found.meta.storage_class != "Standard" && meta.attributes.header("x-oss-storage-class").is_none() {
            meta.attributes.set_header("x-oss-storage-class", &found.meta.storage_class);
        }
        let charge = self.charge(meta.weight())?;
        let uploads = &mut found.uploads;
        if let Some(directory) = &self.directory {
            directory.write_json(&directory.upload(bucket, &meta.id).join("upload.json"), &meta)?;
        }
        uploads.insert(meta.id.clone(), Upload { meta, charge, parts: Default::default() });
        Ok(())
    }

    /// What is known of an upload and its parts, by number.
    pub(crate) fn upload(&self, bucket: &str, key: &str, id: &str) -> Result<(UploadMeta, Vec<PartMeta>)> {
        let index = self.read();
        let upload = find(&index, bucket, key, id)?;
        Ok((upload.meta.clone(), upload.parts.values().map(|part| part.meta.clone()).collect()))
    }

    /// The uploads of a bucket, by key and start.
    pub(crate) fn uploads(&self, bucket: &str) -> Result<Vec<UploadMeta>> {
        let index = self.read();
        let uploads = existing(&index, bucket)?.uploads.values();
        let mut uploads: Vec<_> = uploads.map(|upload| upload.meta.clone()).collect();
        uploads.sort_by(|a, b| (&a.key, &a.id).cmp(&(&b.key, &b.id)));
        Ok(uploads)
    }

    /// How many uploads a bucket has, and how many parts they have together.
    pub(crate) fn upload_counts(&self, bucket: &str) -> Result<(usize, usize)> {
        let index = self.read();
        let uploads = &existing(&index, bucket)?.uploads;
        Ok((uploads.len(), uploads.values().map(|upload| upload.parts.len()).sum()))
    }

    /// Adds a part, in the place of one with the same number.
    pub(crate) fn put_part(
        &self,
        bucket: &str,
        key: &str,
        id: &str,
        sink: Sink,
        meta: PartMeta,
    ) -> Result<()> {
        let number = meta.number;
        let charge = self.charge(PartMeta::WEIGHT)?;
        match (sink, &self.directory) {
            (Sink::File(mut staged), Some(directory)) => {
                staged.seal(&meta, directory.durable)?;
                let path = directory.part(bucket, id, number);
                {
                    let mut index = self.write();
                    let upload = find_mut(&mut index, bucket, key, id)?;
                    directory.place(staged, &path)?;
                    let content = Content::File(Arc::new(path.clone()));
                    upload.parts.insert(number, Part { meta, content, charge });
                }
                directory.sync_folder(&path)?;
            }
            (Sink::Memory(blocks), _) => {
                let content = Content::Memory(Arc::new(blocks.finish()));
                let mut index = self.write();
                find_mut(&mut index, bucket, key, id)?.parts.insert(number, Part { meta, content, charge });
            }
            (Sink::File(_), None) => return Err(std::io::Error::from(std::io::ErrorKind::Unsupported).into()),
        }
        Ok(())
    }

    /// Joins parts; the upload stays until it is [`end_upload`](Self::end_upload)ed. None takes all of them.
    pub(crate) fn join_parts(
        &self,
        bucket: &str,
        key: &str,
        id: &str,
        named: Option<&[NamedPart]>,
    ) -> Result<Joined> {
        let (attributes, opened) = {
            let index = self.read();
            let upload = find(&index, bucket, key, id)?;
            let chosen: Vec<&Part> = match named {
                None => upload.parts.values().collect(),
                Some(named) => chosen(upload, named)?,
            };
            // Opened under the lock: none of them is replaced in between.
            let opened = chosen.iter().map(|part| Ok((part.meta.clone(), part.content.open()?)));
            (upload.meta.attributes.clone(), opened.collect::<Result<Vec<_>>>()?)
        };
        let count = opened.len();
        let mut sink = self.sink()?;
        let mut parts = Vec::with_capacity(count);
        for (at, (meta, source)) in opened.into_iter().enumerate() {
            if meta.size < MIN_PART && at + 1 < count {
                return Err(OssError::new(
                    400,
                    "EntityTooSmall",
                    "Every part but the last must have at least 102400 bytes.",
                )
                .detail("MinSizeAllowed", MIN_PART.to_string())
                .detail("ProposedSize", meta.size.to_string())
                .detail("PartNumber", meta.number.to_string()));
            }
            sink.append(source, 0..meta.size)?;
            parts.push(meta);
        }
        Ok(Joined { sink, parts, attributes })
    }

    /// Forgets an upload and its parts.
    pub(crate) fn end_upload(&self, bucket: &str, key: &str, id: &str) -> Result<()> {
        let mut index = self.write();
        find(&index, bucket, key, id)?;
        if let Some(directory) = &self.directory {
            directory.remove_upload(bucket, id)?;
        }
        existing_mut(&mut index, bucket)?.uploads.remove(id);
        Ok(())
    }
}

fn chosen<'u>(upload: &'u Upload, named: &[NamedPart]) -> Result<Vec<&'u Part>> {
    if named.windows(2).any(|pair| matches!(pair, [a, b] if a.number >= b.number)) {
        return Err(OssError::new(400, "InvalidPartOrder", "The list of parts was not in ascending order."));
    }
    let part = |named: &NamedPart| {
        let found = upload.parts.get(&named.number);
        let found = found
            .filter(|part| named.etag.as_ref().is_none_or(|etag| etag.eq_ignore_ascii_case(&part.meta.etag)));
        found.ok_or_else(|| {
            OssError::new(
                400,
                "InvalidPart",
                "One or more of the specified parts could not be found or the specified entity tag might not have \
                 matched the part's entity tag.",
            )
            .detail("PartNumber", named.number.to_string())
        })
    };
    named.iter().map(part).collect()
}

fn find<'i>(index: &'i Index, bucket: &str, key: &str, id: &str) -> Result<&'i Upload> {
    let upload = existing(index, bucket)?.uploads.get(id);
    upload.filter(|upload| upload.meta.key == key).ok_or_else(|| no_such_upload(id))
}

fn find_mut<'i>(index: &'i mut Index, bucket: &str, key: &str, id: &str) -> Result<&'i mut Upload> {
    let upload = existing_mut(index, bucket)?.uploads.get_mut(id);
    upload.filter(|upload| upload.meta.key == key).ok_or_else(|| no_such_upload(id))
}

fn no_such_upload(id: &str) -> OssError {
    OssError::new(
        404,
        "NoSuchUpload",
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or \
         completed.",
    )
    .detail("UploadId", id)
}
