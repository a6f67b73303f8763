//! What users stumble on, and what the server answers: each provoked for real, and the sentence that the user reads.
//!
//! The table is a snapshot, because people read it; the causes are asserted one by one.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use oss_local::{BlockingServer, Clock, Credential, Server};
use oss_presign::diagnose::{Attempt, Cause, Certainty, Diagnosis, Message, Refusal, diagnose};
use oss_presign::{
    Bucket, Credentials, Endpoint, Expiry, Method, ObjectKey, PostPolicy, Region, Request, RequestError,
    Scheme, Signer, Timestamp,
};
use oss_upload::ServiceError;
use oss_upload::driver::ResponseHead;

const ID: &str = "fake-access-key-id";
const SECRET: &str = "fake-access-key-secret";
/// 2024-11-12T08:32:38Z.
const NOW: u64 = 1_731_400_358;

/// One URL as it was handed out.
#[derive(Clone)]
struct Signed {
    method: &'static str,
    url: String,
    headers: Vec<(String, String)>,
}

/// How to sign; the fields are what the cases vary.
struct Plan<'a> {
    id: &'a str,
    secret: &'a str,
    token: Option<&'a str>,
    region: &'a str,
    method: Method,
    bucket: &'a str,
    key: &'a str,
    headers: &'a [(&'a str, &'a str)],
    query: &'a [(&'a str, &'a str)],
    sign_host: bool,
    signed_at: u64,
}

const PUT: Plan<'_> = Plan {
    id: ID,
    secret: SECRET,
    token: None,
    region: "cn-hangzhou",
    method: Method::Put,
    bucket: "examplebucket",
    key: "photos/a b.jpg",
    headers: &[],
    query: &[],
    sign_host: false,
    signed_at: NOW,
};
const GET: Plan<'_> = Plan { method: Method::Get, ..PUT };

impl Plan<'_> {
    fn sign(&self, server: &BlockingServer) -> Signed {
        self.sign_by(server, false)
    }

    /// The same in an `Authorization` header.
    fn authorize(&self, server: &BlockingServer) -> Signed {
        self.sign_by(server, true)
    }

    fn sign_by(&self, server: &BlockingServer, by_header: bool) -> Signed {
        let now = Timestamp::from_unix(self.signed_at).unwrap();
        let mut credentials = Credentials::new(self.id, self.secret).unwrap();
        if let Some(token) = self.token {
            credentials = credentials.with_security_token(token).unwrap();
        }
        let signer = Signer::new(&credentials, Region::new(self.region).unwrap(), now);
        let host = server.host();
        let endpoint = Endpoint::path_style(&host).unwrap().with_scheme(Scheme::Http);
        let (bucket, key) = (Bucket::new(self.bucket).unwrap(), ObjectKey::new(self.key).unwrap());
        let mut request = Request::new(self.method, bucket, key);
        for (name, value) in self.headers {
            request.header(name, value).unwrap();
            if *name == "range" || *name == "content-length" {
                request.additional_header(name).unwrap();
            }
        }
        for (name, value) in self.query {
            request.query(name, Some(value)).unwrap();
        }
        if self.sign_host {
            request.sign_host().unwrap();
        }
        let mut buffer = vec![0; 4096];
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        if by_header {
            let signed = signer.sign_header(&request, &endpoint, now, &mut buffer).unwrap();
            let (method, headers) = (self.method.as_str(), signed.headers().map(owned).collect());
            return Signed { method, url: signed.url().to_owned(), headers };
        }
        let presigned =
            signer.presign(&request, &endpoint, now, Expiry::secs(600).unwrap(), &mut buffer).unwrap();
        let headers = presigned.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Signed {
            method: presigned.method().as_str(),
            url: presigned.url().to_owned(),
            headers: headers.collect(),
        }
    }
}

impl Signed {
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn header(self, name: &str, value: &str) -> Self {
        self.with(|sent| {
            sent.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            sent.headers.push((name.to_owned(), value.to_owned()));
        })
    }

    fn url(self, from: &str, to: &str) -> Self {
        assert!(self.url.contains(from), "{from}");
        self.with(|sent| sent.url = sent.url.replacen(from, to, 1))
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// Sends it over a socket and reads what comes; `body` goes with a length unless it is `None`.
    fn send(&self, server: &BlockingServer, body: Option<&[u8]>) -> (Vec<u8>, u16, Vec<(String, String)>) {
        let after_scheme = self.url.split_once("://").unwrap().1;
        let (host, target) = after_scheme.split_at(after_scheme.find('/').unwrap());
        let mut head = format!("{} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", self.method);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        if let Some(body) = body
            && !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        {
            write!(head, "Content-Length: {}\r\n", body.len()).unwrap();
        }
        let mut stream = TcpStream::connect(server.addr()).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(b"\r\n").unwrap();
        // The server may refuse and close before the body is through.
        let _ = stream.write_all(body.unwrap_or_default());
        // Nothing follows, however much was announced.
        stream.shutdown(Shutdown::Write).unwrap();
        let mut received = Vec::new();
        stream.read_to_end(&mut received).unwrap();
        let end = received.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let text = String::from_utf8(received[..end].to_vec()).unwrap();
        let status = text[9..12].parse().unwrap();
        let headers = text.lines().skip(1).map(|line| line.split_once(": ").unwrap());
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        (received[end + 4..].to_vec(), status, headers)
    }
}

/// What a user reads: with everything known, and with the bare URL alone.
struct Explained {
    known: Diagnosis,
    bare: Diagnosis,
}

fn explain(server: &BlockingServer, signed: &Signed, sent: &Signed, body: Option<&[u8]>) -> Explained {
    let (body, status, headers) = sent.send(server, body);
    assert!(status >= 300, "{status}: nothing was refused");
    let mut answer = ResponseHead::new(status);
    for (name, value) in &headers {
        answer.record(name, value.as_bytes());
    }
    let error = ServiceError::read(&answer, &body);
    let canonical_request = error.field("CanonicalRequest");
    let refusal = Refusal {
        status,
        code: given(error.code()),
        ec: given(error.ec()),
        message: given(error.message()),
        canonical_request: canonical_request.as_deref(),
        server_time: answer
            .date
            .and_then(oss_upload::parse_http_date)
            .map(|t| Timestamp::from_unix(t).unwrap()),
        ..Refusal::default()
    };
    let (signed_headers, sent_headers) = (signed.pairs(), sent.pairs());
    let signed = Message { method: signed.method, url: &signed.url, headers: &signed_headers };
    let sent = Message { method: sent.method, url: &sent.url, headers: &sent_headers };
    let known = Attempt { signed: Some(signed), sent, clock: None };
    let bare = Attempt { signed: None, sent, clock: None };
    Explained { known: diagnose(&known, &refusal), bare: diagnose(&bare, &refusal) }
}

fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// A table that grows by one stumble a line.
struct Table<'s> {
    server: &'s BlockingServer,
    text: String,
}

impl Table<'_> {
    fn row(&mut self, stumble: &str, signed: &Signed, sent: &Signed, fits: impl Fn(&Cause) -> bool) {
        self.row_with(stumble, signed, sent, Some(b"body"), fits);
    }

    fn row_with(
        &mut self,
        stumble: &str,
        signed: &Signed,
        sent: &Signed,
        body: Option<&[u8]>,
        fits: impl Fn(&Cause) -> bool,
    ) {
        let Explained { known, bare } = explain(self.server, signed, sent, body);
        assert!(fits(known.cause()), "{stumble}: {known:?}");
        assert_eq!(known.certainty(), Certainty::Certain, "{stumble}: {known:?}");
        assert!(bare.certainty() <= known.certainty());
        self.line(stumble, &known, &bare);
    }

    fn line(&mut self, stumble: &str, known: &Diagnosis, bare: &Diagnosis) {
        let port = self.server.addr().port().to_string();
        let [known, bare] = [known, bare].map(|diagnosis| diagnosis.to_string().replace(&port, "PORT"));
        writeln!(self.text, "{stumble}\n    {known}").unwrap();
        if known != bare {
            writeln!(self.text, "    (from the URL alone) {bare}").unwrap();
        }
    }
}

fn server() -> BlockingServer {
    Server::new()
        .credential(Credential::new(ID, SECRET))
        .credential(Credential::new("STS.fake", SECRET).security_token("fake-token").expires_at(NOW + 60))
        .credential(Credential::new("STS.dead", SECRET).security_token("fake-token").expires_at(NOW - 60))
        .clock(Clock::fixed(NOW))
        .start_blocking()
        .unwrap()
}

#[test]
fn what_users_stumble_on() {
    let server = server();
    let mut table = Table { server: &server, text: String::new() };
    let plain = PUT.sign(&server);
    let jpeg = Plan { headers: &[("content-type", "image/jpeg")], ..PUT }.sign(&server);

    let sent = plain.clone().header("content-type", "image/png");
    table
        .row("a browser adds a Content-Type", &plain, &sent, |c| matches!(c, Cause::HeaderUnexpected { .. }));
    let sent = jpeg.clone().header("content-type", "image/png");
    table.row("another Content-Type than was signed", &jpeg, &sent, |c| {
        matches!(c, Cause::HeaderDiffers { .. })
    });
    let sent = jpeg.clone().with(|sent| sent.headers.clear());
    table.row("no Content-Type though one was signed", &jpeg, &sent, |c| {
        matches!(c, Cause::HeaderMissing { .. })
    });

    let misspelt = Region::new("oss-cn-hangzhou-internal").unwrap_err();
    writeln!(table.text, "region misspelt\n    (before anything is signed) {misspelt}").unwrap();
    let beijing = Plan { region: "cn-beijing", ..PUT }.sign(&server);
    table.row("another region than the bucket's", &beijing, &beijing, |c| {
        matches!(c, Cause::WrongRegion { .. })
    });

    let sent = plain.clone().url("a%20b", "a+b");
    table.row("a blank becomes a plus sign", &plain, &sent, |c| matches!(c, Cause::Path { .. }));
    let sent = plain.clone().url("a%20b", "a%2520b");
    table.row("the path is encoded twice", &plain, &sent, |c| matches!(c, Cause::DoubleEncoding));

    let bound = Plan { sign_host: true, ..PUT }.sign(&server);
    let sent = bound.clone().url("127.0.0.1", "localhost");
    table.row("the host is swapped after signing", &bound, &sent, |c| matches!(c, Cause::Host { .. }));

    let dead = Plan { id: "STS.dead", token: Some("fake-token"), ..PUT }.sign(&server);
    table.row("the URL dies with its STS token", &dead, &dead, |c| matches!(c, Cause::SecurityTokenExpired));
    let tokenless = Plan { id: "STS.fake", ..PUT }.sign(&server);
    table.row("an STS key without its token", &tokenless, &tokenless, |c| matches!(c, Cause::SecurityToken));

    let meta = Plan { headers: &[("x-oss-meta-owner", "42")], ..PUT }.sign(&server);
    let sent = meta.clone().with(|sent| sent.headers.clear());
    table.row("x-oss-meta-* is signed but not sent", &meta, &sent, |c| {
        matches!(c, Cause::HeaderMissing { .. })
    });
    let sent = plain.clone().header("x-oss-meta-proxy", "1");
    table.row("a proxy adds x-oss-*", &plain, &sent, |c| matches!(c, Cause::HeaderUnexpected { .. }));
    let ranged = Plan { method: Method::Get, headers: &[("range", "bytes=0-1")], ..PUT }.sign(&server);
    let sent = ranged.clone().with(|sent| sent.headers.clear());
    table.row_with("an additional header is not sent", &ranged, &sent, None, |c| {
        matches!(c, Cause::HeaderMissing { .. })
    });

    let early = Plan { signed_at: NOW + 3600, ..PUT }.sign(&server);
    table.row("the signer's clock is an hour fast", &early, &early, |c| matches!(c, Cause::ClockSkew { .. }));
    let late = Plan { signed_at: NOW - 3600, ..PUT }.sign(&server);
    table.row("the URL has expired", &late, &late, |c| matches!(c, Cause::Expired { .. }));

    let sent = plain.clone().with(|sent| sent.url.push_str("&download=1"));
    table.row("a parameter is added after signing", &plain, &sent, |c| {
        matches!(c, Cause::ParameterAdded { .. })
    });
    let sent = plain.clone().with(|sent| sent.url.truncate(sent.url.find('&').unwrap()));
    // The server calls it unsigned or malformed; both mean that the URL was cut.
    table.row("the URL is cut at an ampersand", &plain, &sent, |c| {
        matches!(c, Cause::ParameterLost { .. } | Cause::SignatureMissing | Cause::SignatureVersion)
    });
    let sent = plain.clone().with(|sent| drop(sent.url.split_off(sent.url.len() - 3)));
    table.row("the end of the URL is lost", &plain, &sent, |c| matches!(c, Cause::ParameterChanged { .. }));

    let form = b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nbody\r\n--b--\r\n";
    let sent = plain.clone().header("content-type", "multipart/form-data; boundary=b");
    table.row_with("the body is a form instead of the bare file", &plain, &sent, Some(form), |c| {
        matches!(c, Cause::FormBody)
    });

    let get = GET.sign(&server);
    let sent = get.clone().with(|sent| sent.method = "HEAD");
    table.row_with("HEAD with a URL for GET", &get, &sent, None, |c| matches!(c, Cause::Method { .. }));
    let sent = get.clone().with(|sent| sent.method = "DELETE");
    table.row_with("another method", &get, &sent, None, |c| matches!(c, Cause::Method { .. }));
    let sent = plain.clone().header("Authorization", "Bearer fake");
    table.row("Authorization beside the signature", &plain, &sent, |c| {
        matches!(c, Cause::AuthorizationBeside)
    });

    let stranger = Plan { id: "fake-stranger", ..PUT }.sign(&server);
    table.row("an access key that nobody has", &stranger, &stranger, |c| {
        matches!(c, Cause::UnknownAccessKey { .. })
    });
    let wrong_secret = Plan { secret: "another-fake-secret", ..PUT }.sign(&server);
    let Explained { known, bare } = explain(&server, &wrong_secret, &wrong_secret, Some(b"body"));
    assert!(matches!(known.cause(), Cause::SignedOtherwise { .. }));
    assert_eq!((known.certainty(), bare.certainty()), (Certainty::Likely, Certainty::Likely));
    table.line("the secret of another key", &known, &bare);

    let sent = Message { method: "PUT", url: &plain.url, headers: &[] };
    let attempt = Attempt { signed: Some(sent), sent, clock: None };
    let opaque = diagnose(&attempt, &Refusal { status: 403, ..Refusal::default() });
    assert_eq!((opaque.cause(), opaque.certainty()), (&Cause::Opaque, Certainty::Possible));
    table.line("an opaque 403", &opaque, &opaque);
    let silent = diagnose(&attempt, &Refusal::default());
    assert_eq!(silent.cause(), &Cause::NoAnswer);
    table.line("no answer at all (CORS)", &silent, &silent);

    insta::assert_snapshot!("stumbles", table.text);
}

#[test]
fn what_the_server_answers() {
    let server = server();
    let mut table = Table { server: &server, text: String::new() };
    let plain = PUT.sign(&server);
    let stored = Plan { key: "there", ..PUT }.sign(&server);
    assert_eq!(stored.send(&server, Some(b"body")).1, 200);

    let change = |from: &str, to: &str| plain.clone().url(from, to);
    let seven_days = change("x-oss-expires=600", "x-oss-expires=604801");
    table.row("0002-00000232", &plain, &seven_days, |c| matches!(c, Cause::ExpiresRange));
    let date = change("id%2F20241112%2F", "id%2F2024-11-12%2F");
    table.row("0002-00000223", &plain, &date, |c| matches!(c, Cause::CredentialMalformed));
    let credential = change("%2Faliyun_v4_request", "");
    table.row("0002-00000224", &plain, &credential, |c| matches!(c, Cause::CredentialMalformed));
    let version = change("OSS4-HMAC-SHA256", "OSS5-HMAC-SHA256");
    table.row("0002-00000066", &plain, &version, |c| matches!(c, Cause::SignatureVersion));
    let unsigned = plain.clone().with(|sent| sent.url.truncate(sent.url.find("&x-oss-signature=").unwrap()));
    table.row("0002-00000219", &plain, &unsigned, |c| matches!(c, Cause::SignatureMissing));
    let empty = change("x-oss-credential", "x-oss-additional-headers=&x-oss-credential");
    table.row("0002-00000076", &plain, &empty, |c| matches!(c, Cause::AdditionalHeadersEmpty));
    let hole = change("x-oss-credential", "x-oss-additional-headers=a%3B&x-oss-credential");
    table.row("0002-00000210", &plain, &hole, |c| matches!(c, Cause::AdditionalHeadersEmpty));

    let forbid =
        |value| Plan { key: "there", headers: &[("x-oss-forbid-overwrite", value)], ..PUT }.sign(&server);
    let no = forbid("true");
    table.row("FileAlreadyExists", &no, &no, |c| matches!(c, Cause::ObjectExists));
    let odd = Plan { headers: &[("x-oss-forbid-overwrite", "maybe")], ..PUT }.sign(&server);
    table.row("0017-00000279", &odd, &odd, |c| matches!(c, Cause::ForbidOverwriteValue));
    // The MD5 of nothing.
    let md5 = Plan { headers: &[("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==")], ..PUT }.sign(&server);
    table.row("InvalidDigest", &md5, &md5, |c| matches!(c, Cause::ContentMd5));
    table.row_with("MissingContentLength", &plain, &plain, None, |c| matches!(c, Cause::LengthMissing));
    let huge = plain.clone().header("Content-Length", "5368709121");
    table.row("EntityTooLarge", &plain, &huge, |c| matches!(c, Cause::BodyTooLarge));
    let absent = GET.sign(&server);
    table.row_with("NoSuchKey", &absent, &absent, None, |c| matches!(c, Cause::NoSuchKey));
    // Without this header OSS answers a range that lies outside with the whole object.
    let standard = [("x-oss-range-behavior", "standard")];
    let range = Plan { method: Method::Get, key: "there", headers: &standard, ..PUT }.sign(&server);
    let outside = range.clone().header("Range", "bytes=100-");
    table.row_with("InvalidRange", &range, &outside, None, |c| matches!(c, Cause::InvalidRange));
    let upload = Plan { query: &[("partNumber", "1"), ("uploadId", "fake")], ..PUT }.sign(&server);
    table.row("NoSuchUpload", &upload, &upload, |c| matches!(c, Cause::NoSuchUpload));
    let post = Plan { method: Method::Post, ..PUT }.sign(&server);
    table.row("MethodNotAllowed", &post, &post, |c| matches!(c, Cause::MethodNotAllowed));

    let uploads = Plan { method: Method::Post, key: "parts", query: &[("uploads", "")], ..PUT }.sign(&server);
    let begun = String::from_utf8(uploads.send(&server, Some(b"")).0).unwrap();
    let id = begun.split("<UploadId>").nth(1).unwrap().split('<').next().unwrap();
    let with_id = [("uploadId", id)];
    let complete = Plan { method: Method::Post, key: "parts", query: &with_id, ..PUT }.sign(&server);
    let list = |parts: &[(u32, &str)]| {
        let part = |(number, etag): &(u32, &str)| {
            format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
        };
        let parts: String = parts.iter().map(part).collect();
        format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>").into_bytes()
    };
    let mut etags = Vec::new();
    for number in ["1", "2"] {
        let query = [("partNumber", number), ("uploadId", id)];
        let part = Plan { key: "parts", query: &query, ..PUT }.sign(&server);
        let (_, _, headers) = part.send(&server, Some(b"body"));
        etags.push(headers.into_iter().find(|(name, _)| name == "etag").unwrap().1);
    }
    table.row_with("InvalidPart", &complete, &complete, Some(&list(&[(1, "\"0\"")])), |c| {
        matches!(c, Cause::InvalidPart)
    });
    let backwards = list(&[(2, &etags[1]), (1, &etags[0])]);
    table.row_with("InvalidPartOrder", &complete, &complete, Some(&backwards), |c| {
        matches!(c, Cause::InvalidPartOrder)
    });
    let small = list(&[(1, &etags[0]), (2, &etags[1])]);
    table
        .row_with("EntityTooSmall", &complete, &complete, Some(&small), |c| matches!(c, Cause::BodyTooSmall));
    let strange = Plan { bucket: "nosuchbucket", ..GET }.sign(&server);
    table.row_with("NoSuchBucket", &strange, &strange, None, |c| matches!(c, Cause::NoSuchBucket));

    insta::assert_snapshot!("answers", table.text);
}

impl Table<'_> {
    /// For what is not signed in its URL: the server's own words settle it.
    fn told(&mut self, answer: &str, sent: &Signed, body: Option<&[u8]>, fits: impl Fn(&Cause) -> bool) {
        let Explained { bare, .. } = explain(self.server, sent, sent, body);
        assert!(fits(bare.cause()), "{answer}: {bare:?}");
        self.line(answer, &bare, &bare);
    }
}

#[test]
fn what_the_server_answers_to_a_signed_header() {
    let server = server();
    let mut table = Table { server: &server, text: String::new() };
    let early = Plan { signed_at: NOW - 3600, ..PUT }.authorize(&server);
    table.told("0002-00000504", &early, Some(b"body"), |c| matches!(c, Cause::ClockSkew { .. }));
    let beijing = Plan { region: "cn-beijing", ..PUT }.authorize(&server);
    table.told("0002-00000228", &beijing, Some(b"body"), |c| matches!(c, Cause::WrongRegion { .. }));
    let good = PUT.authorize(&server);
    let malformed = good.clone().with(|sent| {
        let value = &mut sent.headers.iter_mut().find(|(name, _)| name == "authorization").unwrap().1;
        *value = value.replace("Credential=", "Credentials=");
    });
    table.told("0002-00000213", &malformed, Some(b"body"), |c| matches!(c, Cause::CredentialMalformed));
    let hashed = good.header("x-oss-content-sha256", "STREAMING");
    table.told("0002-00000214", &hashed, Some(b"body"), |c| matches!(c, Cause::ContentSha256));
    insta::assert_snapshot!("headers", table.text);
}

/// A form that the policy allows, with its fields changed by `change`, and a file of that many bytes.
fn form(
    server: &BlockingServer,
    region: &str,
    change: impl FnOnce(&mut Vec<(String, String)>),
    files: &[usize],
) -> (Signed, Vec<u8>) {
    let now = Timestamp::from_unix(NOW).unwrap();
    let credentials = Credentials::new(ID, SECRET).unwrap();
    let signer = Signer::new(&credentials, Region::new(region).unwrap(), now);
    let host = server.host();
    let endpoint = Endpoint::path_style(&host).unwrap().with_scheme(Scheme::Http);
    let bucket = Bucket::new("examplebucket").unwrap();
    let mut policy = PostPolicy::for_key(bucket, ObjectKey::new("form.txt").unwrap()).unwrap();
    policy.content_length_range(2..=8).unwrap();
    let mut buffer = vec![0; 4096];
    let signed = signer.sign_form(&policy, &endpoint, now, Expiry::secs(600).unwrap(), &mut buffer).unwrap();
    let mut fields: Vec<_> =
        signed.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    change(&mut fields);
    let mut body = String::new();
    for (name, value) in &fields {
        write!(body, "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
    }
    for bytes in files {
        let file = "x".repeat(*bytes);
        let head = "Content-Disposition: form-data; name=\"file\"; filename=\"f\"";
        write!(body, "--b\r\n{head}\r\nContent-Type: text/plain\r\n\r\n{file}\r\n").unwrap();
    }
    body.push_str("--b--\r\n");
    let headers = vec![("content-type".to_owned(), "multipart/form-data; boundary=b".to_owned())];
    (Signed { method: "POST", url: signed.url().to_owned(), headers }, body.into_bytes())
}

#[test]
fn what_the_server_answers_to_a_form() {
    type Fields = Vec<(String, String)>;
    let server = server();
    let mut table = Table { server: &server, text: String::new() };
    let set = |name: &'static str, value: &'static str| {
        move |fields: &mut Fields| {
            for field in fields.iter_mut().filter(|field| field.0 == name) {
                field.1 = value.to_owned();
            }
        }
    };
    let replace = |name: &'static str, from: &'static str, to: &'static str| {
        move |fields: &mut Fields| {
            for field in fields.iter_mut().filter(|field| field.0 == name) {
                assert!(field.1.contains(from), "{name}");
                field.1 = field.1.replace(from, to);
            }
        }
    };
    let good = |_: &mut Fields| {};
    let (sent, body) = form(&server, "cn-hangzhou", good, &[4]);
    assert_eq!(sent.send(&server, Some(&body)).1, 204, "the form itself is right");

    let mut told = |answer: &str, (sent, body): (Signed, Vec<u8>), fits: fn(&Cause) -> bool| {
        table.told(answer, &sent, Some(&body), fits);
    };
    let hangzhou = "cn-hangzhou";
    let without = |fields: &mut Fields| fields.retain(|field| field.0 != "x-oss-signature");
    told("0002-00000703", form(&server, hangzhou, without, &[4]), |c| matches!(c, Cause::SignatureMissing));
    let empty = set("x-oss-signature", "");
    told("0002-00000704", form(&server, hangzhou, empty, &[4]), |c| matches!(c, Cause::SignatureMissing));
    let other = set("x-oss-signature", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    told("0002-00000705", form(&server, hangzhou, other, &[4]), |c| matches!(c, Cause::FormSignature));
    let version = set("x-oss-signature-version", "OSS5-HMAC-SHA256");
    told("0002-00000701", form(&server, hangzhou, version, &[4]), |c| matches!(c, Cause::SignatureVersion));
    let credential = replace("x-oss-credential", "/aliyun_v4_request", "");
    told("0002-00000710", form(&server, hangzhou, credential, &[4]), |c| {
        matches!(c, Cause::CredentialMalformed)
    });
    told("0002-00000715", form(&server, "cn-beijing", good, &[4]), |c| {
        matches!(c, Cause::WrongRegion { .. })
    });
    let key = set("key", "elsewhere.txt");
    told("AccessDenied, a condition", form(&server, hangzhou, key, &[4]), |c| {
        matches!(c, Cause::PolicyCondition)
    });
    told("EntityTooSmall", form(&server, hangzhou, good, &[1]), |c| matches!(c, Cause::BodyTooSmall));
    told("EntityTooLarge", form(&server, hangzhou, good, &[9]), |c| matches!(c, Cause::BodyTooLarge));
    told("IncorrectNumberOfFilesInPOSTRequest", form(&server, hangzhou, good, &[]), |c| {
        matches!(c, Cause::FormFiles)
    });
    let (sent, _) = form(&server, hangzhou, good, &[4]);
    told("MalformedPOSTRequest", (sent, b"no form".to_vec()), |c| matches!(c, Cause::FormMalformed));
    // Signed as it is, so that only its content is wrong.
    let credentials = Credentials::new(ID, SECRET).unwrap();
    let now = Timestamp::from_unix(NOW).unwrap();
    let signer = Signer::new(&credentials, Region::new(hangzhou).unwrap(), now);
    let mut buffer = vec![0; 4096];
    let signed = signer.sign_policy(b"{\"conditions\":1}", now, &mut buffer).unwrap();
    let fields: Fields = signed.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let odd = move |old: &mut Fields| {
        old.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
        old.extend(fields);
    };
    told("InvalidPolicyDocument", form(&server, hangzhou, odd, &[4]), |c| matches!(c, Cause::PolicyDocument));
    insta::assert_snapshot!("forms", table.text);
}

/// Where the two requests look alike, the server's canonical request shows what arrived.
#[test]
fn the_first_differing_line() {
    let server = server();
    let signed = Plan { headers: &[("x-oss-meta-a", "1")], ..PUT }.sign(&server);
    // The signer's note says one thing, the request that went out another; a proxy would do this.
    let (body, status, _) = signed.clone().header("x-oss-meta-a", "2").send(&server, Some(b"body"));
    let error = ServiceError::read(&ResponseHead::new(status), &body);
    let canonical_request = error.field("CanonicalRequest").unwrap();
    let headers = [("x-oss-meta-a", "1")];
    let message = Message { method: "PUT", url: &signed.url, headers: &headers };
    for text in [canonical_request.clone(), canonical_request.replace('\n', " ")] {
        let refusal = Refusal {
            status,
            code: Some("SignatureDoesNotMatch"),
            canonical_request: Some(&text),
            ..Refusal::default()
        };
        let attempt = Attempt { signed: Some(message), sent: message, clock: None };
        let diagnosis = diagnose(&attempt, &refusal);
        let difference = diagnosis.difference().unwrap();
        assert_eq!(difference.expected(), "x-oss-meta-a:1");
        assert!(difference.received().starts_with("x-oss-meta-a:2"), "{difference}");
        assert_eq!(diagnosis.certainty(), Certainty::Certain);
    }
}

/// What cannot be built needs no diagnosis.
#[test]
fn impossible_by_construction() {
    let put = || {
        let (bucket, key) = (Bucket::new("examplebucket").unwrap(), ObjectKey::new("a").unwrap());
        Request::put(bucket, key)
    };
    assert!(ObjectKey::new("a/../b").is_err());
    assert!(matches!(put().query("x-oss-expires", Some("1")), Err(RequestError::ReservedQuery { .. })));
    assert!(matches!(put().header("Authorization", "x"), Err(RequestError::ReservedHeader { .. })));
}
