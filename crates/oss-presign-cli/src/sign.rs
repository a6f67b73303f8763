//! `oss-presign put`, `get`, `head`, `delete`.

use oss_presign_std::{Method, PresignedRequest};

use crate::arguments::{Named, Sign, parse_header};
use crate::curl;
use crate::failure::Failure;
use crate::object_signer::{bound_headers, presigner};
use crate::output;

/// Signs, and prints the result in the form that was asked for.
pub(crate) fn run(method: Method, arguments: &Sign, json: bool) -> Result<(), Failure> {
    let request = presign(method, arguments)?;
    if json {
        return output::json(&request);
    }
    if arguments.form.curl {
        return output::line(curl::command(&request, arguments.form.file.as_deref()));
    }
    output::line(request.url())?;
    if arguments.form.url {
        return Ok(());
    }
    // Beside the URL, not in its way: the URL alone goes into a variable or a file.
    for (name, value) in request.headers() {
        output::hint(format_args!("send with it: {name}: {value}"));
    }
    output::hint(format_args!("works until {} with {}", request.expires_at(), request.method().as_str()));
    Ok(())
}

fn presign(method: Method, arguments: &Sign) -> Result<PresignedRequest, Failure> {
    let Named { bucket, key } = arguments.name.named()?;
    // A key that was forgotten must not create or delete the bucket.
    if key.is_none() && !matches!(method, Method::Get | Method::Head) && arguments.query.is_empty() {
        arguments.name.bucket_and_key()?;
    }
    let presigner = presigner(&arguments.place)?;
    let bound = bound_headers(arguments.content_type.as_deref(), &arguments.headers)?;
    let request = match &key {
        Some(key) => presigner.request(method, &bucket, key),
        None => presigner.bucket_request(method, &bucket),
    };
    let mut request = request.lifetime(arguments.life);
    for (name, value) in &bound {
        request = request.header(name, value);
    }
    for header in &arguments.additional_headers {
        let (name, value) = parse_header(header).map_err(Failure::unusable)?;
        request = request.header(name, value).additional_header(name);
    }
    for parameter in &arguments.query {
        request = match parameter.split_once('=') {
            Some((name, value)) => request.query(name, value),
            None => request.sub_resource(parameter),
        };
    }
    if let Some(id) = &arguments.version_id {
        request = request.query("versionId", id);
    }
    if arguments.sign_host {
        request = request.sign_host();
    }
    if arguments.allow_dot_segments {
        request = request.allow_dot_segments();
    }
    Ok(request.presign()?)
}
