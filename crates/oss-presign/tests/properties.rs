//! What holds for every input, tried with thousands.

#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use std::collections::BTreeMap;

use oss_presign::verify::{
    ExpectedScope, ParsedUrl, ReceivedForm, ReceivedRequest, VerificationKey, verify_form,
};
use oss_presign::{
    Addressing, Bucket, Credentials, Endpoint, Expiry, Method, ObjectKey, PostPolicyWithCapacity, Product,
    Region, RequestWithCapacity, Signer, SigningKey, Timestamp,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use proptest::prelude::*;

const SECRET: &str = "fake-access-key-secret";
const BUCKET: &str = "examplebucket";

/// OSS's rule for a query, in another crate's words.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const PATH: &AsciiSet = &QUERY.remove(b'/');

#[derive(Debug, Clone)]
struct Input {
    method: Method,
    addressing: Addressing,
    key: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    additional: Vec<bool>,
    token: Option<String>,
    now: u64,
    seconds: u32,
}

fn inputs() -> impl Strategy<Value = Input> {
    let methods = prop_oneof![Just(Method::Get), Just(Method::Put), Just(Method::Post), Just(Method::Delete)];
    let addressings =
        prop_oneof![Just(Addressing::VirtualHosted), Just(Addressing::Path), Just(Addressing::Cname)];
    let key = prop_oneof!["\\PC{1,60}", "[a-zA-Z0-9%/+ .~\\\\\u{0}-\u{1f}]{1,60}"];
    let query = prop::collection::btree_map("[a-zA-Z0-9%&=+/ é中~._-]{1,10}", "\\PC{0,12}", 0..6);
    let names = "(x-oss-meta-[a-z]{1,4}|X-Oss-[A-Z]{2}|abc|range|content-type|Zz)";
    let headers = prop::collection::btree_map(names, "[!-~é中][ \t!-~é中]{0,12}[!-~]", 0..6);
    let token = prop::option::of("[A-Za-z0-9+/=]{1,80}");
    let rest = (token, 0u64..253_402_000_000, 1u32..=604_800);
    let additional = prop::collection::vec(any::<bool>(), 6);
    (methods, addressings, key, query, headers, additional, rest).prop_map(
        |(method, addressing, key, query, headers, additional, (token, now, seconds))| {
            // Names that differ in letter case alone are one header.
            let mut seen = std::collections::BTreeSet::new();
            let headers =
                headers.into_iter().filter(|(name, _)| seen.insert(name.to_ascii_lowercase())).collect();
            let query = query.into_iter().filter(|(name, _)| !name.starts_with("x-oss-")).collect();
            Input { method, addressing, key, query, headers, additional, token, now, seconds }
        },
    )
}

impl Input {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.now).unwrap()
    }

    fn request(&self) -> RequestWithCapacity<'_, 32> {
        let key = ObjectKey::allowing_dot_segments(&self.key).unwrap();
        let mut request = RequestWithCapacity::new(self.method, Bucket::new(BUCKET).unwrap(), key);
        for (name, value) in &self.query {
            request.query(name, Some(value)).unwrap();
        }
        for ((name, value), additional) in self.headers.iter().zip(&self.additional) {
            request.header(name, value).unwrap();
            if *additional {
                request.additional_header(name).unwrap();
            }
        }
        request
    }

    fn signer(&self) -> Signer<'_> {
        let credentials = Credentials::new("fake-access-key-id", SECRET).unwrap();
        let credentials = match &self.token {
            Some(token) => credentials.with_security_token(token).unwrap(),
            None => credentials,
        };
        Signer::new(&credentials, region(), self.now())
    }

    fn endpoint(&self) -> Endpoint<'_> {
        Endpoint::new("oss.example.com:8080", self.addressing).unwrap()
    }

    fn known(&self, scope: &oss_presign::Scope<'_>) -> VerificationKey<'_> {
        let key = VerificationKey::new(SigningKey::derive(SECRET, scope));
        match &self.token {
            Some(token) => key.with_security_token(token),
            None => key,
        }
    }

    fn verifies(&self, target: &str, headers: &[(&str, &str)], by_header: bool) -> bool {
        let headers: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let bucket = (self.addressing != Addressing::Path).then_some(BUCKET);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let method = self.method.as_str();
        let received = ReceivedRequest { method, bucket, path, query, headers: &headers };
        let presented = if by_header { received.authorized() } else { received.presigned() };
        let expected = ExpectedScope { region: region(), product: Product::Oss };
        let verified = presented.and_then(|presented| {
            presented.verify(&expected, self.now(), |_, scope| Some(self.known(scope)))
        });
        verified.is_ok()
    }
}

fn region() -> Region<'static> {
    Region::new("cn-hangzhou").unwrap()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The URL says what was described, in the only encoding there is, and verifies.
    #[test]
    fn presigned_urls(input in inputs()) {
        let (request, signer, endpoint) = (input.request(), input.signer(), input.endpoint());
        let (mut buffer, expiry) = ([0; 8192], Expiry::secs(input.seconds).unwrap());
        let presigned = signer.presign(&request, &endpoint, input.now(), expiry, &mut buffer).unwrap();
        prop_assert_eq!(
            presigned.url().len(),
            signer.url_length(&request, &endpoint, input.now(), expiry).unwrap()
        );
        let (path, query) = presigned.target().split_once('?').unwrap();
        let encoded_key = utf8_percent_encode(&input.key, PATH).to_string();
        let before = if input.addressing == Addressing::Path { "/examplebucket/" } else { "/" };
        prop_assert_eq!(path, format!("{before}{encoded_key}"));
        prop_assert_eq!(decode(path), format!("{before}{}", input.key));

        let pairs: Vec<(String, String)> = query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        let own: BTreeMap<String, String> =
            pairs.iter().filter(|(name, _)| !name.starts_with("x-oss-")).cloned().collect();
        prop_assert_eq!(&own, &input.query);
        let signing = pairs.iter().filter(|(name, _)| name.starts_with("x-oss-")).count();
        let additional = pairs.iter().any(|(name, _)| name == "x-oss-additional-headers");
        prop_assert_eq!(signing, 5 + usize::from(input.token.is_some()) + usize::from(additional));
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            prop_assert_eq!(utf8_percent_encode(&decode(name), QUERY).to_string(), name);
            prop_assert_eq!(utf8_percent_encode(&decode(value), QUERY).to_string(), value);
        }

        let headers: Vec<(&str, &str)> = presigned.headers().collect();
        prop_assert!(input.verifies(presigned.target(), &headers, false));
        // A client that escapes more, or in lower case, says the same.
        let (bytes, hex) = (path.bytes(), |byte: u8| format!("%{byte:02x}"));
        let all = bytes.map(|byte| if byte.is_ascii_alphabetic() { hex(byte) } else { char::from(byte).into() });
        if !path.contains('%') {
            let target = format!("{}?{query}", all.collect::<String>());
            prop_assert!(input.verifies(&target, &headers, false));
        }
        let with_more = format!("{}&a", presigned.target());
        prop_assert!(!input.verifies(&with_more, &headers, false));
    }

    #[test]
    fn authorization_headers(input in inputs()) {
        let (request, signer, endpoint) = (input.request(), input.signer(), input.endpoint());
        let mut buffer = [0; 8192];
        let authorized = signer.sign_header(&request, &endpoint, input.now(), &mut buffer).unwrap();
        let headers: Vec<(&str, &str)> = authorized.headers().collect();
        prop_assert!(input.verifies(authorized.target(), &headers, true));
        let longer = format!("{}x", authorized.target());
        prop_assert!(!input.verifies(&longer, &headers, true));
    }

    /// A form that the builder allows verifies as it is handed out.
    #[test]
    fn forms(
        key in "[ -~é中]{1,20}",
        values in prop::collection::btree_map("x-oss-meta-[a-z]{1,3}", "[ -~é中\t\"\\\\]{0,12}", 0..5),
        length in 0u64..1000,
        input in inputs(),
    ) {
        let Ok(key) = ObjectKey::new(&key) else { return Ok(()) };
        let policy = PostPolicyWithCapacity::<32>::for_key(Bucket::new(BUCKET).unwrap(), key);
        let Ok(mut policy) = policy else { return Ok(()) };
        policy.content_length_range(length..=length).unwrap();
        for (at, (name, value)) in values.iter().enumerate() {
            match at % 3 {
                0 => policy.equals(name, value),
                1 => policy.starts_with(name, value).and_then(|policy| policy.value(name, value)),
                _ => policy.none_of(name, &["\u{7fff}"]).and_then(|policy| policy.value(name, value)),
            }.unwrap();
        }
        let (signer, endpoint, mut buffer) = (input.signer(), input.endpoint(), [0; 8192]);
        let expiry = Expiry::secs(input.seconds).unwrap();
        let form = signer.sign_form(&policy, &endpoint, input.now(), expiry, &mut buffer).unwrap();
        let fields: Vec<(&str, &str)> = form.fields().collect();
        let verify = |bucket, content_length| {
            let received = ReceivedForm { bucket, fields: &fields, content_length };
            let expected = ExpectedScope { region: region(), product: Product::Oss };
            verify_form(&received, &expected, input.now(), |_, scope| Some(input.known(scope)))
        };
        let verified = verify(BUCKET, length);
        prop_assert_eq!(verified.map(|verified| verified.expires_at()), Ok(Some(form.expires_at())));
        prop_assert!(verify("otherbucket", length).is_err());
        prop_assert!(verify(BUCKET, length + 1).is_err());
    }

    /// Whatever arrives, nothing panics.
    #[test]
    fn arbitrary_requests(
        path in "\\PC{0,30}",
        query in "(x-oss-(signature|signature-version|credential|date|expires|additional-headers)=(OSS4-HMAC-SHA256|[0-9TZ]{16}|[a-z0-9/%;]{0,20})&?|[a-z%=&+]{0,10}){0,8}",
        authorization in "(OSS4-HMAC-SHA256 )?((Credential|Signature|AdditionalHeaders)=[a-z0-9/;_]{0,30},? ?){0,4}",
        value in prop::collection::vec(any::<u8>(), 0..20),
        time in "\\PC{0,20}",
    ) {
        let _ = ParsedUrl::parse(&query);
        let _ = Timestamp::parse_iso8601_basic(&time);
        let _ = Endpoint::virtual_hosted(&path).map(|_| ());
        let _ = Region::new(&path).map(|_| ());
        let headers: [(&str, &[u8]); 4] = [
            ("authorization", authorization.as_bytes()),
            ("x-oss-date", time.as_bytes()),
            ("x-oss-meta-a", &value),
            ("x-oss-content-sha256", b"UNSIGNED-PAYLOAD"),
        ];
        let received = ReceivedRequest { method: &time, bucket: None, path: &path, query: &query, headers: &headers };
        let expected = ExpectedScope { region: region(), product: Product::Oss };
        let now = Timestamp::from_unix(1_731_400_358).unwrap();
        for presented in [received.presigned(), received.authorized()].into_iter().flatten() {
            let verified = presented.verify(&expected, now, |_, scope| {
                Some(VerificationKey::new(SigningKey::derive(SECRET, scope)))
            });
            prop_assert!(verified.is_err());
        }
    }

    /// Policies that were signed and are almost, or not at all, policies.
    #[test]
    fn arbitrary_policies(
        policy in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "[{}\\[\\]\",:$a0 ]{0,40}".prop_map(String::into_bytes),
            "\\{\"expiration\":\"2030-0[0-9]-0[0-9]T00:00:00Z\",\"conditions\":\\[(\\[\"(eq|in|starts-with)\",\"\\$key\",\"?\\[?\"(\\\\u[0-9d]{4}|a)*\"\\]?\\]?,?){0,3}\\]\\}"
                .prop_map(String::into_bytes),
        ],
    ) {
        let credentials = Credentials::new("fake-access-key-id", SECRET).unwrap();
        let now = Timestamp::from_unix(1_731_400_358).unwrap();
        let (signer, mut buffer) = (Signer::new(&credentials, region(), now), [0; 2048]);
        let signed = signer.sign_policy(&policy, now, &mut buffer).unwrap();
        let fields: Vec<(&str, &str)> = signed.fields().collect();
        let received = ReceivedForm { bucket: BUCKET, fields: &fields, content_length: 0 };
        let expected = ExpectedScope { region: region(), product: Product::Oss };
        let verified = verify_form(&received, &expected, now, |_, scope| {
            Some(VerificationKey::new(SigningKey::derive(SECRET, scope)))
        });
        prop_assert!(verified.is_err());
    }
}
