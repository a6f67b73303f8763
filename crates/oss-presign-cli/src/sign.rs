//! `oss-presign put`, `get`, `head`, `delete`.

use std::time::Duration;

use oss_presign_std::{Method, PresignedRequest};

use crate::arguments::{Sign, parse_header};
use crate::curl;
use crate::failure::Failure;
use crate::object_signer::{bound_headers, presigner};

/// Signs, and prints the result in the form that was asked for.
pub(crate) fn run(method: Method, arguments: &Sign) -> Result<(), Failure> {
    let request = presign(method, arguments)?;
    if arguments.form.json {
        println!("{}", serde_json::to_string(&request)?);
    } else if arguments.form.curl {
        println!("{}", curl::command(&request, arguments.form.file.as_deref()));
    } else {
        println!("{}", request.url());
        // Beside the URL, not in its way: the URL alone goes into a variable or a file.
        for (name, value) in request.headers() {
            eprintln!("send with it: {name}: {value}");
        }
        eprintln!("works until {} with {}", request.expires_at(), request.method().as_str());
    }
    Ok(())
}

fn presign(method: Method, arguments: &Sign) -> Result<PresignedRequest, Failure> {
    let presigner = presigner(&arguments.place)?;
    let bound = bound_headers(arguments.content_type.as_deref(), &arguments.headers)?;
    let mut request = presigner
        .request(method, &arguments.bucket, &arguments.key)
        .expires_in(Duration::from_secs(u64::from(arguments.expires)));
    for (name, value) in &bound {
        request = request.header(name, value);
    }
    for header in &arguments.additional_headers {
        let (name, value) = parse_header(header)?;
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
