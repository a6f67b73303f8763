//! Mistakes with the content type, about which users of every SDK ask most.

use alloc::borrow::Cow;
use alloc::format;

use super::candidate::Commonness::{Common, Known, Rare};
use super::candidate::{Candidates, Context};
use crate::explain::change::Change;
use crate::explain::code::MistakeCode;
use crate::search::split_first;

const NAME: &str = "content-type";

/// The commonest media types, the commonest first.
const TYPES: [&str; 28] = [
    "application/octet-stream",
    "image/jpeg",
    "image/png",
    "text/plain",
    "application/json",
    "video/mp4",
    "application/pdf",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "image/gif",
    "image/webp",
    "text/html",
    "text/csv",
    "application/zip",
    "image/svg+xml",
    "text/css",
    "application/javascript",
    "text/javascript",
    "application/xml",
    "text/xml",
    "audio/mpeg",
    "video/quicktime",
    "application/gzip",
    "binary/octet-stream",
    "image/jpg",
    "image/*",
    "application/x-zip-compressed",
    "*/*",
];

/// Media types by the extension of the object's name.
const EXTENSIONS: [(&str, &str); 44] = [
    ("7z", "application/x-7z-compressed"),
    ("aac", "audio/aac"),
    ("apk", "application/vnd.android.package-archive"),
    ("avi", "video/x-msvideo"),
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("gz", "application/gzip"),
    ("heic", "image/heic"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ico", "image/x-icon"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("md", "text/markdown"),
    ("mkv", "video/x-matroska"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("rar", "application/vnd.rar"),
    ("svg", "image/svg+xml"),
    ("tar", "application/x-tar"),
    ("ts", "video/mp2t"),
    ("txt", "text/plain"),
    ("wasm", "application/wasm"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webp", "image/webp"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

const CHARSETS: [&str; 4] = ["; charset=utf-8", ";charset=UTF-8", "; charset=UTF-8", ";charset=utf-8"];

pub(super) fn add<'a>(context: Context<'_, 'a>, candidates: &mut Candidates<'a>) {
    let sent = context.draft.header(NAME);
    let mut add = |commonness, value: Option<Cow<'a, str>>| {
        if value.as_deref() != sent {
            let change = Change::Header { name: Cow::Borrowed(NAME), value };
            candidates.add(commonness, MistakeCode::ContentType, change);
        }
    };
    add(Common, None);
    if let Some(signed) = context.evidence.signed.and_then(|signed| signed.header(NAME)) {
        add(Common, Some(Cow::Borrowed(signed)));
    }
    // A request without a body is hardly ever signed with a content type, unless it was sent with one.
    if sent.is_none() && !matches!(&*context.draft.method, "PUT" | "POST") {
        return;
    }
    let by_extension = context.presented.extension().and_then(|extension| {
        let found = EXTENSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension));
        found.map(|(_, content_type)| *content_type)
    });
    if let Some(content_type) = by_extension {
        add(Common, Some(Cow::Borrowed(content_type)));
    }
    for (at, content_type) in TYPES.into_iter().enumerate() {
        add(if at < 9 { Common } else { Known }, Some(Cow::Borrowed(content_type)));
    }
    for charset in CHARSETS {
        for content_type in by_extension.into_iter().chain(TYPES) {
            if ["text/", "json", "xml", "javascript", "form-urlencoded"]
                .iter()
                .any(|kind| content_type.contains(kind))
            {
                add(Known, Some(Cow::Owned(format!("{content_type}{charset}"))));
            }
        }
    }
    if let Some(sent) = sent {
        // The media type without its parameters, such as the boundary of a form.
        let (bare, _) = split_first(sent, b';');
        let bare = bare.trim();
        add(Common, Some(Cow::Owned(bare.into())));
        add(Known, Some(Cow::Owned(sent.to_ascii_lowercase())));
        add(Rare, Some(Cow::Borrowed("")));
        for charset in CHARSETS {
            add(Known, Some(Cow::Owned(format!("{bare}{charset}"))));
        }
    }
}
