//! `oss-presign put`, `get`, `head`, `delete`.

use std::time::Duration;

use oss_presign_std::{Method, PresignedRequest};

use crate::arguments::{Sign, parse_header};
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
    // Beside the URL, not in its way: the URL alone goes into a variable or a file.
    for (name, value) in request.headers() {
        output::hint(format_args!("send with it: {name}: {value}"));
    }
    output::hint(format_args!("works until {} with {}", request.expires_at(), request.method().as_str()));
    Ok(())
}

fn presign(method: Method, arguments: &Sign) -> Result<PresignedRequest, Failure> {
    let (bucket, key) = arguments.name.bucket_and_key()?;
    let presigner = presigner(&arguments.place)?;
    let bound = bound_headers(arguments.content_type.as_deref(), &arguments.headers)?;
    let mut request = presigner
        .request(method, &bucket, &key)
        .expires_in(Duration::from_secs(u64::from(arguments.expires)));
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
    if arguments.sign_host {
        request = request.sign_host();
    }
    if arguments.allow_dot_segments {
        request = request.allow_dot_segments();
    }
    Ok(request.presign()?)
}
