//! `oss-presign put`, `get`, `head`, `delete`.

use std::time::Duration;

use oss_presign_std::{Credentials, Method, PresignedRequest, Presigner};

use crate::arguments::{Place, Sign, Style, parse_header};
use crate::curl;
use crate::failure::Failure;

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
    let mut request = presigner
        .request(method, &arguments.bucket, &arguments.key)
        .expires_in(Duration::from_secs(u64::from(arguments.expires)));
    if let Some(media_type) = &arguments.content_type {
        request = request.content_type(media_type);
    }
    for header in &arguments.headers {
        let (name, value) = parse_header(header)?;
        let lower_case = name.to_ascii_lowercase();
        if !lower_case.starts_with("x-oss-") && lower_case != "content-type" && lower_case != "content-md5" {
            return Err(
                format!("OSS does not sign header `{name}` by itself: use --additional-header").into()
            );
        }
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

fn presigner(place: &Place) -> Result<Presigner, Failure> {
    let Some(region) = &place.region else {
        return Err("no region: give --region or set OSS_REGION, for example to cn-hangzhou".into());
    };
    let builder = Presigner::builder().credentials(Credentials::from_env()?).region(region);
    let builder = match (&place.endpoint, place.style) {
        // A flag is meant for this one call, the environment for all of them.
        _ if place.internal => builder.internal(),
        _ if place.accelerate => builder.accelerate(),
        (Some(host), Style::Virtual) => builder.endpoint(host),
        (Some(host), Style::Path) => builder.path_style(host),
        (Some(host), Style::Cname) => builder.cname(host),
        (None, Style::Virtual) => builder,
        (None, Style::Path | Style::Cname) => {
            return Err("--style path and --style cname need --endpoint or OSS_ENDPOINT".into());
        }
    };
    Ok(builder.build()?)
}
