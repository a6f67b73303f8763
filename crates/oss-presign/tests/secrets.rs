//! No `Debug`, no `Display` and no error shows a secret, a security token or a signature.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use core::fmt::{Debug, Display};

use oss_presign::diagnose::{Attempt, Message, Refusal, diagnose};
use oss_presign::verify::{
    ExpectedScope, ParsedUrl, ReceivedForm, ReceivedRequest, VerificationKey, verify_form,
};
use oss_presign::*;

const SECRET: &str = "SecretThatNobodyMaySee123";
const TOKEN: &str = "TokenThatNobodyMaySee+/456789==";

/// What must not be shown, and everything that was shown.
struct Shown {
    hidden: Vec<String>,
    texts: Vec<String>,
}

impl Shown {
    fn debug(&mut self, value: &impl Debug) {
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
    let mut shown = Shown { hidden: hidden.collect(), texts: Vec::new() };
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
        shown.debug(&signer.sign_header_to_owned(&request, &endpoint, now()).unwrap());
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
    shown.check(if cfg!(feature = "alloc") { 84 } else { 54 });
}

/// Secrets that someone put where they are refused.
#[test]
fn refusals_of_descriptions() {
    let mut shown =
        Shown { hidden: [SECRET, TOKEN, &encoded_token()].map(str::to_owned).to_vec(), texts: Vec::new() };
    for bad in [format!("{SECRET} "), format!("\n{SECRET}"), format!("{SECRET}\0x")] {
        shown.error(&Credentials::new("fake-access-key-id", &bad).unwrap_err());
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
    shown.check(48);
}

#[test]
fn verification_and_diagnosis() {
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
    let hidden = hidden.chain(signatures).map(str::to_owned).collect();
    let mut shown = Shown { hidden, texts: Vec::new() };

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
            shown.debug(diagnosis.cause());
        }
    }
    shown.check(100);
}
