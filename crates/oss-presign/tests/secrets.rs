//! No `Debug`, no `Display` and no error shows a secret, a security token or a signature.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use core::fmt::{Debug, Display};
use std::collections::BTreeSet;

use oss_presign::diagnose::{Attempt, Message, Refusal, diagnose};
use oss_presign::verify::{
    ExpectedScope, ParsedUrl, ReceivedForm, ReceivedRequest, VerificationKey, verify_form,
};
use oss_presign::*;

const SECRET: &str = "SecretThatNobodyMaySee123";
const TOKEN: &str = "TokenThatNobodyMaySee+/456789==";

/// What must not be shown, everything that was shown, and the types that showed it.
struct Shown {
    hidden: Vec<String>,
    texts: Vec<String>,
    types: BTreeSet<String>,
}

impl Shown {
    fn new(hidden: impl IntoIterator<Item = String>) -> Self {
        Self { hidden: hidden.into_iter().collect(), texts: Vec::new(), types: BTreeSet::new() }
    }

    fn debug<T: Debug>(&mut self, value: &T) {
        // `core::option::Option<oss_presign::diagnose::difference::Difference<'_>>`
        let words = std::any::type_name::<T>().split(|character: char| !character.is_alphanumeric());
        self.types.extend(words.map(str::to_owned));
        self.texts.push(format!("{value:?}"));
        self.texts.push(format!("{value:#?}"));
    }

    fn error(&mut self, error: &(impl Debug + Display)) {
        self.debug(error);
        self.texts.push(error.to_string());
    }

    /// A piece of a secret gives it away too: none of twelve characters may be there.
    fn check(&self, at_least: usize) {
        assert!(self.texts.len() >= at_least, "{}", self.texts.len());
        for hidden in &self.hidden {
            for piece in hidden.as_bytes().windows(12) {
                let piece = std::str::from_utf8(piece).unwrap();
                for text in &self.texts {
                    assert!(!text.contains(piece), "`{piece}` is shown: {text}");
                }
            }
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_unix(1_731_400_358).unwrap()
}

fn region() -> Region<'static> {
    Region::new("cn-hangzhou").unwrap()
}

fn credentials() -> Credentials<'static> {
    Credentials::new("fake-access-key-id", SECRET).unwrap().with_security_token(TOKEN).unwrap()
}

fn request<'a>() -> Request<'a> {
    let mut request = Request::put(Bucket::new("examplebucket").unwrap(), ObjectKey::new("a.jpg").unwrap());
    request.content_type("image/jpeg").unwrap();
    request
}

fn expected() -> ExpectedScope<'static> {
    ExpectedScope { region: region(), product: Product::Oss }
}

fn encoded_token() -> String {
    percent_encoding::utf8_percent_encode(TOKEN, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[test]
fn signing() {
    shown_when_signing().check(if cfg!(feature = "alloc") { 90 } else { 54 });
}

fn shown_when_signing() -> Shown {
    let (credentials, request, endpoint) = (credentials(), request(), Endpoint::public(region()));
    let (expiry, signer) = (Expiry::secs(600).unwrap(), Signer::new(&credentials, region(), now()));
    let (mut a, mut b, mut c, mut d) = ([0; 2048], [0; 2048], [0; 2048], [0; 2048]);
    let at = signer.at(now()).unwrap();
    let presigned = at.presign(&request, &endpoint, expiry, &mut a).unwrap();
    let authorized = at.sign_header(&request, &endpoint, &mut b).unwrap();
    let policy = PostPolicy::for_prefix(Bucket::new("examplebucket").unwrap(), "user/").unwrap();
    let form = signer.sign_form(&policy, &endpoint, now(), expiry, &mut c).unwrap();
    let page = at.many_keys(&request, &endpoint, expiry, &mut d).unwrap();
    let hidden = [SECRET, TOKEN, &encoded_token()].map(str::to_owned).into_iter();
    let signatures = [presigned.signature(), authorized.signature(), form.signed_policy().signature()];
    let hidden = hidden.chain(signatures.map(str::to_owned));
    // The policy in base64 holds the token.
    let hidden = hidden.chain([form.signed_policy().policy().to_owned()]);
    let mut shown = Shown::new(hidden);
    shown.debug(&credentials);
    shown.debug(&signer);
    shown.debug(&at);
    shown.debug(&page);
    shown.debug(&SigningKey::derive(SECRET, signer.scope()));
    let bytes = SigningKey::derive_bytes(SECRET, signer.scope());
    let bytes_in_decimal = format!("{:?}", bytes.as_bytes());
    shown.hidden.push(bytes_in_decimal[1..bytes_in_decimal.len() - 1].to_owned());
    let day_key = DayKey::from_bytes(credentials.identity(), *signer.scope(), bytes.as_bytes());
    let (mut e, mut f, mut g) = ([0; 2048], [0; 2048], [0; 2048]);
    let elsewhere = ExternalSigner::new(credentials.identity(), *signer.scope());
    shown.debug(&bytes);
    shown.debug(&day_key);
    shown.debug(&credentials.identity());
    shown.debug(&elsewhere);
    shown.debug(&elsewhere.prepare(&request, &endpoint, now(), expiry, &mut e).unwrap());
    shown.debug(&elsewhere.prepare_header(&request, &endpoint, now(), &mut f).unwrap());
    shown.debug(&elsewhere.prepare_form(&policy, &endpoint, now(), expiry, &mut g).unwrap());
    shown.error(&day_key.check_region(Region::new("cn-beijing").unwrap(), Product::Oss).unwrap_err());
    shown.debug(&request);
    shown.debug(&presigned);
    shown.debug(&authorized);
    shown.debug(&policy);
    shown.debug(&form);
    shown.debug(&form.signed_policy());
    #[cfg(feature = "alloc")]
    {
        let owned = PresignedRequest::from(&presigned);
        let url = owned.url().to_owned();
        shown.debug(&owned);
        shown.debug(&owned.clone().into_parts());
        let authorized = signer.sign_header_to_owned(&request, &endpoint, now()).unwrap();
        shown.debug(&authorized);
        shown.debug(&authorized.into_parts());
        shown.debug(&PresignedForm::from(&form));
        let mut urls = PresignedUrls::new();
        page.presign_all([ObjectKey::new("a").unwrap()], &mut urls).unwrap();
        shown.debug(&urls);
        shown.error(&owned.clone().with_header("Content-Type", TOKEN).unwrap_err());
        shown.error(&owned.with_header("x-oss-meta-a", &format!("{TOKEN}\n")).unwrap_err());
        for broken in [
            url.replace("https", "ftp"),
            url.replace('?', "?\u{fc}"),
            url.replace("x-oss-expires=600", "x-oss-expires=0"),
            url.replace("x-oss-expires", "expires"),
            url.replace("x-oss-date=", "x-oss-date=x"),
            url.clone() + "&x-oss-signature=0",
        ] {
            shown.error(&PresignedRequest::from_url("PUT", broken).unwrap_err());
        }
    }
    let tomorrow = now().saturating_add(86_400);
    let mut short = [0; 10];
    shown.error(&signer.presign(&request, &endpoint, tomorrow, expiry, &mut short).unwrap_err());
    shown.error(&signer.presign(&request, &endpoint, now(), expiry, &mut short).unwrap_err());
    shown.error(&signer.sign_header(&request, &endpoint, now(), &mut short).unwrap_err());
    shown.error(&signer.sign_form(&policy, &endpoint, now(), expiry, &mut short).unwrap_err());
    let ended = Signer::new(&credentials.expiring_at(now()), region(), now());
    shown.error(&ended.presign(&request, &endpoint, now(), expiry, &mut short).unwrap_err());
    shown
}

/// Secrets that someone put where they are refused.
#[test]
fn refusals_of_descriptions() {
    shown_when_refused().check(48);
}

fn shown_when_refused() -> Shown {
    let mut shown = Shown::new([SECRET, TOKEN, &encoded_token()].map(str::to_owned));
    for bad in [format!("{SECRET} "), format!("\n{SECRET}"), format!("{SECRET}\0x")] {
        shown.error(&Credentials::new("fake-access-key-id", &bad).unwrap_err());
        shown.error(&Error::from(Credentials::new("fake-access-key-id", &bad).unwrap_err()));
        shown.error(&Credentials::new(&bad, "fake").unwrap_err());
        shown.error(&credentials().with_security_token(&bad).unwrap_err());
    }
    let mut request = request();
    shown.error(&request.clone().header("x-oss-security-token", TOKEN).unwrap_err());
    shown.error(&request.clone().header("Authorization", TOKEN).unwrap_err());
    shown.error(&request.clone().header("content-type", TOKEN).unwrap_err());
    let broken_value = format!("{TOKEN}\r\n");
    shown.error(&request.clone().header("x-oss-meta-a", &broken_value).unwrap_err());
    shown.error(&request.query("x-oss-security-token", Some(TOKEN)).unwrap_err());
    let mut policy = PostPolicy::for_prefix(Bucket::new("examplebucket").unwrap(), "user/").unwrap();
    shown.error(&policy.clone().equals("x-oss-security-token", TOKEN).unwrap_err());
    let twice = policy.equals("x-oss-meta-a", TOKEN).unwrap().equals("x-oss-meta-a", SECRET);
    shown.error(&twice.unwrap_err());
    shown
}

#[test]
fn verification_and_diagnosis() {
    shown_when_verified().check(100);
}

fn shown_when_verified() -> Shown {
    let (credentials, request, endpoint) = (credentials(), request(), Endpoint::public(region()));
    let (expiry, signer) = (Expiry::secs(600).unwrap(), Signer::new(&credentials, region(), now()));
    let (mut a, mut b, mut c) = ([0; 2048], [0; 2048], [0; 2048]);
    let presigned = signer.presign(&request, &endpoint, now(), expiry, &mut a).unwrap();
    let authorized = signer.sign_header(&request, &endpoint, now(), &mut b).unwrap();
    let policy = PostPolicy::for_prefix(Bucket::new("examplebucket").unwrap(), "user/").unwrap();
    let form = signer.sign_form(&policy, &endpoint, now(), expiry, &mut c).unwrap();
    let signatures = [presigned.signature(), authorized.signature(), form.signed_policy().signature()];
    let encoded_token = encoded_token();
    let hidden = [SECRET, TOKEN, &encoded_token, form.signed_policy().policy()].into_iter();
    let mut shown = Shown::new(hidden.chain(signatures).map(str::to_owned));

    let known =
        || VerificationKey::new(SigningKey::derive(SECRET, signer.scope())).with_security_token(TOKEN);
    shown.debug(&known());
    shown.debug(&expected());
    let (path, query) = presigned.target().split_once('?').unwrap();
    shown.debug(&ParsedUrl::parse(query).unwrap());
    let content_type: [(&str, &[u8]); 1] = [("content-type", b"image/jpeg")];
    let bucket = Some("examplebucket");
    let received = ReceivedRequest { method: "PUT", bucket, path, query, headers: &content_type };
    shown.debug(&received);
    shown.debug(&received.presigned().unwrap());
    shown.debug(received.presigned().unwrap().credential());
    shown.debug(&received.presigned().unwrap().verify(&expected(), now(), |_, _| Some(known())).unwrap());
    let late = now().saturating_add(9999);
    let early = Timestamp::from_unix(now().unix() - 9999).unwrap();
    let elsewhere = ExpectedScope { region: Region::new("cn-beijing").unwrap(), product: Product::Oss };
    let stranger = || Some(VerificationKey::new(SigningKey::derive("other", signer.scope())));
    for refused in [
        received.presigned().unwrap().verify(&expected(), late, |_, _| Some(known())),
        received.presigned().unwrap().verify(&expected(), early, |_, _| Some(known())),
        received.presigned().unwrap().verify(&elsewhere, now(), |_, _| Some(known())),
        received.presigned().unwrap().verify(&expected(), now(), |_, _| None),
        received.presigned().unwrap().verify(&expected(), now(), |_, _| stranger()),
        received
            .presigned()
            .unwrap()
            .verify(&expected(), now(), |_, _| stranger().map(|key| key.with_security_token(TOKEN))),
        received.presigned().unwrap().verify(&expected(), now(), |_, _| Some(known().expiring_at(now()))),
    ] {
        shown.error(&refused.unwrap_err());
    }
    for broken in [
        query.replace("x-oss-signature=", "x-oss-signature=0&x-oss-signature="),
        query.replace("x-oss-security-token=", "x-oss-security-token=&x-oss-security-token="),
        query.replace("x-oss-credential=", "x-oss-credential=x%2F"),
        query.replace("x-oss-date=", "x-oss-date=0"),
        query.replace("x-oss-signature-version=", "x-oss-signature-version=1"),
    ] {
        shown.error(&ReceivedRequest { query: &broken, ..received }.presigned().unwrap_err());
    }

    let headers: Vec<(&str, &[u8])> =
        authorized.headers().map(|(name, value)| (name, value.as_bytes())).collect();
    let received = ReceivedRequest { query: "", headers: &headers, ..received };
    shown.debug(&received.authorized().unwrap());
    shown.error(&received.authorized().unwrap().verify(&expected(), late, |_, _| Some(known())).unwrap_err());

    let fields: Vec<(&str, &str)> = form.fields().collect();
    let received = ReceivedForm { bucket: "examplebucket", fields: &fields, content_length: 1 };
    shown.debug(&received);
    shown.debug(&received.presented().unwrap());
    let verify = |received: &ReceivedForm<'_>, now, key: Option<VerificationKey<'static>>| {
        verify_form(received, &expected(), now, |_, _| key)
    };
    shown.debug(&verify(&received, now(), Some(known())).unwrap());
    shown.error(&verify(&received, late, Some(known())).unwrap_err());
    shown.error(&verify(&received, now(), None).unwrap_err());
    shown.error(&verify(&received, now(), stranger()).unwrap_err());
    let other_bucket = ReceivedForm { bucket: "otherbucket", ..received };
    shown.error(&verify(&other_bucket, now(), Some(known())).unwrap_err());

    let mut canonical_request = String::new();
    presigned.write_canonical_request(&mut canonical_request).unwrap();
    let mut string_to_sign = String::new();
    presigned.write_string_to_sign(&mut string_to_sign).unwrap();
    let signed_headers = [("content-type", "image/jpeg")];
    let signed = Message { method: "PUT", url: presigned.url(), headers: &signed_headers };
    let other_token = canonical_request.replace("%3D%3D", "%3D%3d0");
    for server in [canonical_request.replace("image/jpeg", "text/plain"), other_token] {
        for sent in [
            signed,
            Message {
                headers: &[("content-type", "a"), ("Authorization", authorized.authorization())],
                ..signed
            },
            Message { url: presigned.url().split('&').next().unwrap(), ..signed },
        ] {
            let attempt = Attempt { signed: Some(signed), sent, clock: Some(now()) };
            let refusal = Refusal {
                status: 403,
                code: Some("SignatureDoesNotMatch"),
                canonical_request: Some(&server),
                string_to_sign: Some(&string_to_sign),
                ..Refusal::default()
            };
            shown.debug(&attempt);
            shown.debug(&refusal);
            let diagnosis = diagnose(&attempt, &refusal);
            shown.error(&diagnosis);
            shown.debug(&diagnosis.difference());
            shown.debug(&signed);
            shown.debug(diagnosis.cause());
        }
    }
    shown
}

#[cfg(feature = "explain")]
fn shown_when_explained() -> Shown {
    use oss_presign::explain::*;

    let (credentials, request, endpoint) = (credentials(), request(), Endpoint::public(region()));
    let (expiry, signer) = (Expiry::secs(600).unwrap(), Signer::new(&credentials, region(), now()));
    let (mut a, mut b) = ([0; 2048], [0; 2048]);
    let presigned = signer.presign(&request, &endpoint, now(), expiry, &mut a).unwrap();
    let policy = PostPolicy::for_prefix(Bucket::new("examplebucket").unwrap(), "user/").unwrap();
    let form = signer.sign_form(&policy, &endpoint, now(), expiry, &mut b).unwrap();
    let hidden = [SECRET, TOKEN, &encoded_token(), presigned.signature(), form.signed_policy().signature()];
    let mut shown = Shown::new(hidden.map(str::to_owned));
    let secrets = [KnownSecret::new(Some("work"), &credentials)];
    shown.debug(&secrets[0]);
    // The type was not sent as it was signed, and the URL is damaged.
    let headers = [("content-type", "text/plain"), ("x-oss-security-token", TOKEN)];
    for url in [presigned.url().to_owned(), presigned.url().replace('&', "&amp;")] {
        let sent = SentRequest { method: Some("PUT"), url: &url, headers: Some(&headers) };
        let evidence = Evidence::new(sent, &secrets);
        shown.debug(&sent);
        shown.debug(&evidence);
        let explanation = explain(&evidence, DEFAULT_BUDGET);
        shown.debug(&explanation);
        shown.debug(explanation.finding());
        for mistake in explanation.mistakes() {
            shown.error(mistake);
        }
    }
    let fields: Vec<(&str, &str)> = form.fields().collect();
    let fields = FormEvidence {
        fields: &fields,
        signed_policy: Some(form.signed_policy().policy()),
        secrets: &secrets,
        region: None,
        now: Some(now()),
    };
    shown.debug(&fields);
    shown.debug(&explain_form(&fields, DEFAULT_BUDGET));
    shown
}

#[cfg(feature = "explain")]
#[test]
fn explanations() {
    shown_when_explained().check(12);
}

/// Types that can hold nothing that is secret: kinds, names, places and times, and refusals of those. An `Excerpt` is a part
/// of the errors that are formatted.
#[cfg(feature = "explain")]
const WITHOUT_SECRETS: &str = "Addressing Bucket BucketError BucketPlace Callback CanonicalLine Certainty ContentMd5 \
    CredentialsPart Endpoint EndpointError Excerpt Expiry ExpiryError ListObjects MetaName Method MethodError MistakeCode \
    ObjectAcl ObjectKey ObjectKeyError Operator Place Product Region ResponseHeader Scheme Scope ScopeError ScopePart \
    ServerSideEncryption SignatureLocation StorageClass SymlinkTarget Tagging TimeError Timestamp ValueError \
    WithoutQueries";

/// A type that is neither formatted above nor in that list has no test.
#[cfg(feature = "explain")]
#[test]
fn every_public_type_is_formatted() {
    let shown = [shown_when_signing(), shown_when_refused(), shown_when_verified(), shown_when_explained()];
    let shown: BTreeSet<String> = shown.into_iter().flat_map(|shown| shown.types).collect();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut missing = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let public = text.lines().filter_map(|line| {
                let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
                rest.split(|character: char| !character.is_alphanumeric()).next()
            });
            missing.extend(public.filter(|name| !shown.contains(*name)).map(str::to_owned));
        }
    }
    let unknown: Vec<_> =
        missing.iter().filter(|name| !WITHOUT_SECRETS.split(' ').any(|known| known == *name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
