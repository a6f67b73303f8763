//! What official SDKs signed verifies; what was changed on the way does not.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

mod support;

use oss_presign::verify::{
    ExpectedScope, ParsedUrl, ReceivedRequest, ScopePart, SignatureLocation, VerificationKey, VerifyError,
};
use oss_presign::{Excerpt, Product, Region, Scope, SigningKey, Timestamp};
use support::Vector;

/// A vector as a server receives it.
struct Arrived {
    method: String,
    bucket: Option<String>,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
}

impl Arrived {
    /// The SDK's own URL where it has one, and the headers it was signed with.
    fn new(vector: &Vector) -> Self {
        let mut headers: Vec<(String, Vec<u8>)> = vector
            .pairs("headers")
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.unwrap_or_default().as_bytes().to_vec()))
            .collect();
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            headers.push(("Host".to_owned(), vector.text("host").as_bytes().to_vec()));
        }
        let (method, bucket) = (vector.text("method").to_owned(), vector.text("bucket").to_owned());
        let after_scheme = vector.text("url").split_once("://").unwrap().1;
        let target = &after_scheme[after_scheme.find('/').unwrap()..];
        let (path, query) = target.split_once('?').unwrap();
        let bucket = (vector.text("style") != "path").then_some(bucket);
        Self { method, bucket, path: path.to_owned(), query: query.to_owned(), headers }
    }

    fn headers(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect()
    }

    fn received<'a>(&'a self, headers: &'a [(&'a str, &'a [u8])]) -> ReceivedRequest<'a> {
        ReceivedRequest {
            method: &self.method,
            bucket: self.bucket.as_deref(),
            path: &self.path,
            query: &self.query,
            headers,
        }
    }

    fn verify(&self, vector: &Vector, now: Timestamp) -> Result<(), VerifyError> {
        let (headers, expected) = (self.headers(), expected(vector));
        let received = self.received(&headers);
        let verified = received.presigned()?.verify(&expected, now, |id, scope| {
            let key = VerificationKey::new(SigningKey::derive(vector.text("access_key_secret"), scope));
            let key = match vector.optional("security_token") {
                Some(token) => key.with_security_token(token),
                None => key,
            };
            (id == vector.text("access_key_id")).then_some(key)
        })?;
        assert_eq!(verified.access_key_id(), vector.text("access_key_id"));
        Ok(())
    }
}

fn expected(vector: &Vector) -> ExpectedScope<'_> {
    ExpectedScope { region: Region::new(vector.text("region")).unwrap(), product: vector.scope().product() }
}

fn agreed() -> impl Iterator<Item = Vector> {
    support::read("presign.jsonl").into_iter().filter(|vector| vector.disputes().is_empty())
}

#[test]
fn every_agreed_url_verifies() {
    let mut count = 0;
    for vector in agreed() {
        let outcome = Arrived::new(&vector).verify(&vector, vector.time());
        assert_eq!(outcome, Ok(()), "{}", vector.id());
        count += 1;
    }
    assert_eq!(count, 235);
}

/// What a request claims can be read before it is verified, to find the key.
#[test]
fn every_agreed_url_is_read_as_it_was_signed() {
    for vector in agreed() {
        let (id, arrived) = (vector.id(), Arrived::new(&vector));
        let headers = arrived.headers();
        let parsed = arrived.received(&headers).presigned().unwrap();
        let (mut canonical_request, mut string_to_sign) = (String::new(), String::new());
        parsed.write_canonical_request(&mut canonical_request).unwrap();
        parsed.write_string_to_sign(&expected(&vector), &mut string_to_sign).unwrap();
        assert_eq!(canonical_request, vector.text("canonical_request"), "{id}");
        assert_eq!(string_to_sign, vector.text("string_to_sign"), "{id}");
        assert_eq!(parsed.signature(), vector.text("signature"), "{id}");
        let (url, expires) = (ParsedUrl::parse(&arrived.query).unwrap(), vector.expiry().seconds());
        assert_eq!(parsed.location(), SignatureLocation::Url { expires }, "{id}");
        assert_eq!((url.signed_at(), url.expires()), (vector.time(), expires), "{id}");
        assert_eq!(url.expires_at(), vector.time().saturating_add(u64::from(expires)), "{id}");
        assert_eq!(url.has_security_token(), vector.optional("security_token").is_some(), "{id}");
        // The line before the last names the additional headers.
        let names = vector.text("canonical_request").rsplit('\n').nth(1).unwrap();
        assert_eq!(url.additional_headers().collect::<Vec<_>>().join(";"), names, "{id}");
        for credential in [parsed.credential(), url.credential()] {
            assert_eq!(credential.access_key_id(), vector.text("access_key_id"), "{id}");
            assert_eq!(credential.date(), vector.scope().date(), "{id}");
            assert_eq!(credential.region(), vector.text("region"), "{id}");
            assert_eq!(credential.product(), vector.text("product"), "{id}");
        }
    }
}

#[test]
fn its_life_ends_with_its_last_second() {
    for vector in agreed().take(20) {
        let arrived = Arrived::new(&vector);
        let (start, seconds) = (vector.time(), u64::from(vector.expiry().seconds()));
        assert_eq!(arrived.verify(&vector, start.saturating_add(seconds - 1)), Ok(()), "{}", vector.id());
        let expired_at = start.saturating_add(seconds);
        assert_eq!(
            arrived.verify(&vector, expired_at),
            Err(VerifyError::Expired { expired_at, now: expired_at })
        );
        if start.unix() > 901 {
            let early = Timestamp::from_unix(start.unix() - 900).unwrap();
            assert_eq!(arrived.verify(&vector, early), Ok(()));
            let earlier = Timestamp::from_unix(start.unix() - 901).unwrap();
            assert_eq!(
                arrived.verify(&vector, earlier),
                Err(VerifyError::NotYetValid { signed_at: start, now: earlier })
            );
        }
    }
}

/// A proxy that joins two headers into one would make another signature of them, so there is no right one.
#[test]
fn a_signed_header_comes_once() {
    for vector in agreed().filter(|vector| !vector.pairs("headers").is_empty()).take(20) {
        let mut arrived = Arrived::new(&vector);
        let name = "X-Oss-Meta-Twice";
        arrived.headers.extend(
            [(name, "a"), ("x-oss-meta-twice", "b")].map(|(name, value)| (name.into(), value.into())),
        );
        let refused = arrived.verify(&vector, vector.time());
        let first = Excerpt::of(name);
        assert!(
            matches!(&refused, Err(VerifyError::DuplicateHeader { name }) if name.as_str().eq_ignore_ascii_case(first.as_str())),
            "{refused:?}"
        );
    }
}

/// The bucket of a host would run into such a path: `foo` and `bar/x` into `foobar`.
#[test]
fn a_path_begins_with_a_slash() {
    let plain = |vector: &Vector| vector.text("style") == "virtual" && !vector.text("url").contains(".com//");
    let vector = agreed().find(plain).unwrap();
    let mut arrived = Arrived::new(&vector);
    arrived.path.remove(0);
    assert_eq!(arrived.verify(&vector, vector.time()), Err(VerifyError::PathMalformed));
}

/// RFC 9110, section 11.4.
#[test]
fn a_blank_ends_the_authentication_scheme() {
    let received = |authorization: &str| {
        let headers = [("authorization", authorization.as_bytes())];
        let received =
            ReceivedRequest { method: "GET", bucket: None, path: "/", query: "", headers: &headers };
        received.authorized().err()
    };
    let fields = "Credential=id/20241112/cn-hangzhou/oss/aliyun_v4_request,Signature=00";
    let missing = Some(VerifyError::DateHeaderMissing);
    assert_eq!(received(&format!("OSS4-HMAC-SHA256 {fields}")), missing);
    for bad in [format!("OSS4-HMAC-SHA256{fields}"), format!("OSS4-HMAC-SHA256\t{fields}")] {
        assert_eq!(received(&bad), Some(VerifyError::AuthorizationMalformed));
    }
}

/// The example of the documentation of header signing, with the headers that carry its time.
fn documented(dates: &[(&str, &str)], authorization: &str, now: Timestamp) -> Result<(), VerifyError> {
    let mut headers = vec![
        ("Content-Disposition", "attachment"),
        ("Content-Length", "3"),
        ("Content-MD5", "ICy5YqxZB1uWSwcVLSNLcA=="),
        ("Content-Type", "text/plain"),
        ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
        ("Authorization", authorization),
    ];
    headers.extend(dates);
    let headers: Vec<_> = headers.into_iter().map(|(name, value)| (name, value.as_bytes())).collect();
    let received = ReceivedRequest {
        method: "PUT",
        bucket: Some("examplebucket"),
        path: "/exampleobject",
        query: "",
        headers: &headers,
    };
    let expected = ExpectedScope { region: Region::new("cn-hangzhou").unwrap(), product: Product::Oss };
    let key = |_: &str, scope: &Scope<'_>| {
        Some(VerificationKey::new(SigningKey::derive("yourAccessKeySecret", scope)))
    };
    received.authorized()?.verify(&expected, now, key).map(|verified| {
        assert_eq!(verified.signed_at().unix(), 1_744_353_684);
    })
}

const DOCUMENTED_DATE: &str = "Fri, 11 Apr 2025 06:41:24 GMT";

fn documented_authorization(date: &str, additional: &str, signature: &str) -> String {
    format!(
        "OSS4-HMAC-SHA256 Credential=testid/{date}/cn-hangzhou/oss/aliyun_v4_request,\
         AdditionalHeaders={additional},Signature={signature}"
    )
}

/// The first signature is the documentation's own. The others are of the same example with `Date` for `x-oss-date`:
/// its text as sent is the second line of the string to sign. They come of the documentation's steps in Python's
/// `hmac` and `hashlib`, which also give the first.
#[test]
fn date_stands_for_the_date_of_oss() {
    let now = Timestamp::from_unix(1_744_353_684).unwrap();
    let additional = "content-disposition;content-length";
    let by = |additional, signature| documented_authorization("20250411", additional, signature);
    let by_oss_date = by(additional, "d3694c2dfc5371ee6acd35e88c4871ac95a7ba01d3a2f476768fe61218590097");
    let by_date = by(additional, "d79b070522f9651fb319bc562fc3247d71198fde6b856d49865d510378f8fb25");
    let by_signed_date = by(
        "content-disposition;content-length;date",
        "fa9a0d2d335334f03da2f2879b8bfc70b0b11f7c2b4422729c04576650b5cdb2",
    );
    let (date, oss_date) = (("Date", DOCUMENTED_DATE), ("x-oss-date", "20250411T064124Z"));
    assert_eq!(documented(&[oss_date], &by_oss_date, now), Ok(()));
    assert_eq!(documented(&[date], &by_date, now), Ok(()));
    assert_eq!(documented(&[("date", &format!(" {DOCUMENTED_DATE}\t"))], &by_date, now), Ok(()));
    assert_eq!(documented(&[date], &by_signed_date, now), Ok(()));
    // Where both are there, the date of OSS counts, whatever the other says.
    assert_eq!(documented(&[("Date", "yesterday"), oss_date], &by_oss_date, now), Ok(()));
    assert_eq!(documented(&[date, oss_date], &by_date, now), Err(VerifyError::SignatureMismatch));
    // Another text of the same second is another string to sign.
    let other = [("Date", "Thu, 11 Apr 2025 06:41:24 GMT")];
    assert_eq!(documented(&other, &by_date, now), Err(VerifyError::SignatureMismatch));
}

#[test]
fn a_signed_header_needs_one_well_formed_date_of_now() {
    let now = Timestamp::from_unix(1_744_353_684).unwrap();
    let signature = "d79b070522f9651fb319bc562fc3247d71198fde6b856d49865d510378f8fb25";
    let authorization =
        |date| documented_authorization(date, "content-disposition;content-length", signature);
    let refused = |dates: &[(&str, &str)]| documented(dates, &authorization("20250411"), now).unwrap_err();
    let answer = |error: &VerifyError| (error.http_status(), error.code(), error.ec());

    let missing = refused(&[]);
    assert_eq!(missing, VerifyError::DateHeaderMissing);
    assert_eq!(answer(&missing), (403, "AccessDenied", Some("0002-00000503")));
    let date = |name| VerifyError::DateHeaderMalformed { name };
    for (name, value) in [
        ("Date", "20250411T064124Z"),
        ("Date", ""),
        ("Date", "Fri, 11 Apr 2025 06:41:24 CST"),
        ("Date", "Fri, 11 Apr 2025 14:41:24 +0800"),
        ("x-oss-date", DOCUMENTED_DATE),
        ("x-oss-date", ""),
    ] {
        let malformed = refused(&[(name, value)]);
        assert_eq!(malformed, date(name), "{name}: {value}");
        assert_eq!(answer(&malformed), (403, "AccessDenied", Some("0002-00000502")));
    }
    // A malformed date of OSS is not replaced by a good date.
    assert_eq!(refused(&[("x-oss-date", "now"), ("Date", DOCUMENTED_DATE)]), date("x-oss-date"));
    let twice = refused(&[("Date", DOCUMENTED_DATE), ("date", DOCUMENTED_DATE)]);
    assert!(matches!(twice, VerifyError::DuplicateHeader { .. }), "{twice:?}");

    let dates = [("Date", DOCUMENTED_DATE)];
    let authorized = authorization("20250411");
    for near in [now.unix() - 900, now.unix() + 900] {
        assert_eq!(documented(&dates, &authorized, Timestamp::from_unix(near).unwrap()), Ok(()));
    }
    for far in [now.unix() - 901, now.unix() + 901] {
        let far = Timestamp::from_unix(far).unwrap();
        let skewed = VerifyError::TimeTooSkewed { signed_at: now, now: far };
        assert_eq!(documented(&dates, &authorized, far), Err(skewed));
    }
    // A key of another day does not sign with the date of this one.
    let yesterday = documented(&dates, &authorization("20250410"), now).unwrap_err();
    assert!(matches!(yesterday, VerifyError::WrongScope { part: ScopePart::Date, .. }), "{yesterday:?}");
}

#[test]
fn a_list_of_additional_headers_has_no_empty_name() {
    let now = Timestamp::from_unix(1_744_353_684).unwrap();
    for (list, refused) in [
        ("", VerifyError::AdditionalHeadersEmpty),
        (";", VerifyError::AdditionalHeadersEmptyName),
        ("content-length;", VerifyError::AdditionalHeadersEmptyName),
        ("content-disposition;;content-length", VerifyError::AdditionalHeadersEmptyName),
    ] {
        let authorization = documented_authorization("20250411", list, "00");
        assert_eq!(documented(&[("Date", DOCUMENTED_DATE)], &authorization, now), Err(refused), "{list}");
    }
}

/// The order that `VerifyError` documents: a request that is wrong in several ways is refused for the first of them,
/// so mending one at a time leads through them all.
#[test]
fn the_first_reason_is_the_one_that_is_named() {
    let duplicate = |error: &VerifyError, wanted: &str| matches!(error, VerifyError::DuplicateParameter { name } if name.to_string() == wanted);
    let wrong = "x-oss-signature=a&x-oss-signature=b&x-oss-credential=c&x-oss-date=d&x-oss-expires=e\
                 &x-oss-additional-headers=&x-oss-security-token=f&x-oss-security-token=g&own=1&own=2";
    let parse = |query: &str, path: &str| {
        let received = ReceivedRequest { method: "PUT", bucket: None, path, query, headers: &[] };
        received.presigned().map(|_| ()).unwrap_err()
    };
    let mut query = wrong.to_owned();
    let mut mend = |from: &str, to: &str| {
        assert!(from.is_empty() || query.contains(from), "{from}");
        query = if from.is_empty() { format!("{to}&{query}") } else { query.replace(from, to) };
        parse(&query, "a")
    };
    assert_eq!(mend("own=1", "own=1"), VerifyError::MissingParameter { name: "x-oss-signature-version" });
    assert_eq!(mend("", "x-oss-signature-version=OSS2"), VerifyError::SignatureVersion);
    assert!(duplicate(&mend("=OSS2", "=OSS4-HMAC-SHA256"), "x-oss-signature"));
    assert_eq!(mend("&x-oss-signature=b", ""), VerifyError::CredentialMalformed);
    assert_eq!(
        mend("=c&", "=id%2Ftoday%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&"),
        VerifyError::CredentialDate
    );
    assert_eq!(mend("today", "20241112"), VerifyError::Date);
    assert_eq!(mend("=d&", "=20241112T083238Z&"), VerifyError::Expires);
    assert_eq!(mend("=e&", "=600&"), VerifyError::AdditionalHeadersEmpty);
    assert!(duplicate(&mend("-headers=&", "-headers=range&"), "x-oss-security-token"));
    assert_eq!(mend("&x-oss-security-token=g", ""), VerifyError::PathMalformed);
    let mut parse = |from: &str, to: &str| {
        query = query.replace(from, to);
        parse(&query, "/a")
    };
    assert!(duplicate(&parse("own=1", "own=1"), "own"));
    assert!(
        matches!(parse("&own=2", ""), VerifyError::HeaderMissing { name } if name.to_string() == "range")
    );
}

/// The signature is that of the official Python SDK (alibabacloud-oss-v2 1.4.1), of a URL whose query has this already.
#[test]
fn a_header_signs_parameters_of_presigned_urls_too() {
    let authorization = "OSS4-HMAC-SHA256 Credential=fake-access-key-id/20241112/cn-hangzhou/oss/aliyun_v4_request,\
                         Signature=80a6cd5ba836f2fdd4dca9e20d6643b3da024b4467d05b89d6655190f2b50426";
    let headers: [(&str, &[u8]); 3] = [
        ("authorization", authorization.as_bytes()),
        ("x-oss-date", b"20241112T083238Z"),
        ("x-oss-content-sha256", b"UNSIGNED-PAYLOAD"),
    ];
    let verify = |query| {
        let bucket = Some("examplebucket");
        let received = ReceivedRequest { method: "GET", bucket, path: "/a.txt", query, headers: &headers };
        let expected = ExpectedScope { region: Region::new("cn-hangzhou").unwrap(), product: Product::Oss };
        let now = Timestamp::from_unix(1_731_400_358).unwrap();
        received.authorized()?.verify(&expected, now, |_, scope| {
            Some(VerificationKey::new(SigningKey::derive("fake-access-key-secret", scope)))
        })
    };
    assert!(verify("acl&x-oss-signature=00&x-oss-expires=5").is_ok());
    for changed in ["acl&x-oss-expires=5", "acl&x-oss-signature=01&x-oss-expires=5", "acl"] {
        assert_eq!(verify(changed).unwrap_err(), VerifyError::SignatureMismatch, "{changed}");
    }
}

/// No HTTP library accepts such a name, but a server may show the canonical request of whatever it has.
#[test]
fn a_canonical_request_shows_names_that_are_not_ascii() {
    let query = "x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-signature=00&x-oss-date=20241112T083238Z&x-oss-expires=600\
                 &x-oss-credential=id%2F20241112%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&x-oss-additional-headers=X-%C3%9C";
    let write = |value: &[u8]| {
        let headers = [("X-Ü", value)];
        let received = ReceivedRequest { method: "GET", bucket: None, path: "/", query, headers: &headers };
        let mut text = String::new();
        received.presigned().unwrap().write_canonical_request(&mut text).map(|()| text)
    };
    assert!(write("中".as_bytes()).unwrap().ends_with("\nx-Ü:中\n\nx-Ü\nUNSIGNED-PAYLOAD"));
    assert!(write(b"\xff").is_err());
}
