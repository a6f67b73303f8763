//! Signs requests for objects as they are needed.

use oss_presign_std::{Error, Method, PresignedRequest, Presigner};
use percent_encoding::percent_decode_str;

use crate::account::Account;
use crate::arguments::{Life, Place, Signing, Style, parse_header};
use crate::day_key;
use crate::destination::Destination;
use crate::failure::Failure;
use crate::output;

/// Signs for one bucket. Clones share the key of the day.
#[derive(Clone)]
pub(crate) struct ObjectSigner {
    presigner: Presigner,
    pub(crate) bucket: String,
    life: Life,
}

impl ObjectSigner {
    pub(crate) fn new(bucket: &str, signing: &Signing) -> Result<Self, Failure> {
        Self::for_place(bucket, &signing.place, signing.life)
    }

    pub(crate) fn for_place(bucket: &str, place: &Place, life: Life) -> Result<Self, Failure> {
        Ok(Self { presigner: presigner(place)?, bucket: bucket.to_owned(), life })
    }

    /// The same for another bucket.
    pub(crate) fn for_bucket(&self, bucket: &str) -> Self {
        Self { bucket: bucket.to_owned(), ..self.clone() }
    }

    /// A request for an object; an empty value makes a bare name.
    pub(crate) fn sign(
        &self,
        method: Method,
        key: &str,
        headers: &[(String, String)],
        query: &[(&str, String)],
    ) -> Result<PresignedRequest, Error> {
        let mut request = self.presigner.request(method, &self.bucket, key).lifetime(self.life);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        for (name, value) in query {
            request = request.query(name, value);
        }
        request.presign()
    }

    /// The same request for an object with a new signature: with the headers and parameters that it had.
    pub(crate) fn sign_again(
        &self,
        key: &str,
        earlier: &PresignedRequest,
    ) -> Result<PresignedRequest, Error> {
        let query = earlier.url().split_once('?').map_or("", |(_, query)| query);
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        let (of_signature, own): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| is_of_signature(name));
        let additional = of_signature.iter().find(|(name, _)| name == "x-oss-additional-headers");
        let mut request = self.presigner.request(earlier.method(), &self.bucket, key).lifetime(self.life);
        for (name, value) in earlier.headers() {
            request = request.header(name, value);
        }
        for name in additional.iter().flat_map(|(_, names)| names.split(';')) {
            request = request.additional_header(name);
        }
        for (name, value) in &own {
            request = request.query(name, value);
        }
        request.presign()
    }

    /// A request for the bucket.
    pub(crate) fn sign_bucket(
        &self,
        method: Method,
        query: &[(&str, String)],
    ) -> Result<PresignedRequest, Error> {
        let request = self.presigner.bucket_request(method, &self.bucket).lifetime(self.life);
        query.iter().fold(request, |request, (name, value)| request.query(name, value)).presign()
    }
}

/// Whether a query parameter is made by signing.
fn is_of_signature(name: &str) -> bool {
    const OTHERS: [&str; 5] = [
        "x-oss-credential",
        "x-oss-date",
        "x-oss-expires",
        "x-oss-security-token",
        "x-oss-additional-headers",
    ];
    name.starts_with("x-oss-signature") || OTHERS.contains(&name)
}

/// The presigner of a place, with its day key or the account's credentials.
pub(crate) fn presigner(place: &Place) -> Result<Presigner, Failure> {
    let (builder, destination) = match place.day_key() {
        Some(path) => {
            let day_key = day_key::read(path)?;
            let destination = day_key::destination(&day_key, place)?;
            (Presigner::builder().day_key(day_key), destination)
        }
        None => {
            let account = Account::find(place.profile.as_deref())?;
            let destination = Destination::of(place, &account.settings)?;
            let builder = match account.credentials.expires_at() {
                Some(_) => Presigner::builder().provider(account.provider()),
                None => Presigner::builder().credentials(account.credentials),
            };
            (builder, destination)
        }
    };
    if let Some(doubt) = destination.doubt() {
        output::warn("UnknownRegion", &doubt);
    }
    let Destination { region, endpoint, style } = destination;
    let builder = builder.region(region.value);
    let builder = match (endpoint, style) {
        // A flag is meant for this one call, the environment for all of them.
        _ if place.internal => builder.internal(),
        _ if place.dual_stack => builder.dual_stack(),
        _ if place.accelerate => builder.accelerate(),
        _ if place.accelerate_overseas => builder.accelerate_overseas(),
        (Some(host), Style::Virtual) => builder.endpoint(host.value),
        (Some(host), Style::Path) => builder.path_style(host.value),
        (Some(host), Style::Cname) => builder.cname(host.value),
        (None, Style::Virtual) => builder,
        (None, Style::Path | Style::Cname) => {
            return Err(Failure::unusable("--style path and --style cname need --endpoint or OSS_ENDPOINT"));
        }
    };
    Ok(builder.build()?)
}

/// The headers that OSS signs by itself: others would be sent by nobody.
pub(crate) fn bound_headers(
    content_type: Option<&str>,
    headers: &[String],
) -> Result<Vec<(String, String)>, Failure> {
    let mut bound = Vec::new();
    if let Some(media_type) = content_type {
        bound.push(("content-type".to_owned(), media_type.to_owned()));
    }
    for header in headers {
        let (name, value) = parse_header(header).map_err(Failure::unusable)?;
        let lower_case = name.to_ascii_lowercase();
        if !lower_case.starts_with("x-oss-") && lower_case != "content-type" && lower_case != "content-md5" {
            return Err(Failure::unusable(format!(
                "OSS does not sign header `{name}` by itself: bind it with --additional-header '{name}: {value}'"
            )));
        }
        bound.push((name.to_owned(), value.to_owned()));
    }
    Ok(bound)
}
