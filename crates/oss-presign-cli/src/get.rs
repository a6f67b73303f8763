//! `oss-presign get`: one download signed, or with `-r` those of every object under a prefix.

use oss_presign_std::{Method, PresignedRequest};
use serde::Serialize;

use crate::arguments::{Get, Named};
use crate::failure::Failure;
use crate::files::Filter;
use crate::listing;
use crate::object_signer::{ObjectSigner, bound_headers};
use crate::output;
use crate::sign;
use crate::transfer::uploader;

/// A line of `get -r`.
#[derive(Serialize)]
struct Line<'a> {
    key: &'a str,
    size: u64,
    #[serde(flatten)]
    request: &'a PresignedRequest,
}

/// Signs one, or lists and signs many.
pub(crate) fn run(arguments: &Get, json: bool) -> Result<(), Failure> {
    if !arguments.recursive {
        return sign::run(Method::Get, &arguments.sign, json);
    }
    let sign = &arguments.sign;
    if sign.form.curl {
        return Err(Failure::unusable("--curl is for one object: leave -r out"));
    }
    let Named { bucket, key } = sign.name.named()?;
    let prefix = key.unwrap_or_default();
    let filter = Filter::new(&arguments.include, &arguments.exclude)?;
    let signer = ObjectSigner::for_place(&bucket, &sign.place, sign.life)?;
    let headers = bound_headers(sign.content_type.as_deref(), &sign.headers)?;
    if !sign.additional_headers.is_empty() || sign.version_id.is_some() || sign.sign_host {
        return Err(Failure::unusable(
            "--additional-header, --sign-host and --version-id are for one object: leave -r out",
        ));
    }
    let query = sign.parameters();
    let uploader = uploader(&arguments.network)?;
    listing::each_object(&signer, &prefix, &uploader, |object| {
        // As `upload -r` has them.
        if !filter.takes(listing::below(&object.key, &prefix)) {
            return Ok(());
        }
        let request = signer.sign(Method::Get, &object.key, &headers, &query)?;
        if sign.form.url {
            return output::line(request.url());
        }
        output::json(&Line { key: &object.key, size: object.size, request: &request })
    })
}
