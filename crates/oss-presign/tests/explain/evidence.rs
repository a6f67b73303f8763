//! What the search is told beside the request changes what it can prove: what the signer returned, the bucket's region, the
//! server's time, the body's hash, and whose secrets are at hand.

use std::fmt::Write as _;

use oss_presign::Timestamp;
use oss_presign::diagnose::Message;
use oss_presign::explain::{
    BucketPlace, Evidence, Explanation, Finding, KnownSecret, SentRequest, explain, recognize_escapes,
};

use crate::kinds::{BUCKET, Case, ID, OTHER_ID, OTHER_SECRET, OTHER_TOKEN, SECRET, TOKEN, key, put, right};
use crate::plain::{Sheet, encode};
use crate::random::Random;

const OWN: KnownSecret<'_> =
    KnownSecret { name: None, access_key_id: ID, access_key_secret: SECRET, security_token: None };
const OTHER: KnownSecret<'_> = KnownSecret {
    name: None,
    access_key_id: OTHER_ID,
    access_key_secret: OTHER_SECRET,
    security_token: None,
};
/// Enough for each mistake by itself, and for some pairs.
const BUDGET: u32 = 5_000;
/// 2024-11-12T08:32:38Z, when each URL here is signed, for ten minutes.
const SIGNED_AT: u64 = 1_731_400_358;

/// A PUT without parameters and headers of its own.
fn upload() -> Case {
    let mut case = right(&mut Random(0), true);
    put(&mut case);
    key(&mut case, "a.bin");
    case.both(|sheet| {
        (sheet.date_time, sheet.day) = ("20241112T083238Z".into(), "20241112".into());
        (sheet.region, sheet.host) = ("cn-hangzhou".into(), format!("{BUCKET}.oss-cn-hangzhou.aliyuncs.com"));
        (sheet.expires, sheet.security_token) = (600, None);
        sheet.headers.clear();
    });
    case
}

/// Evidence without a request, which [`explained`] adds.
fn known<'a>(secrets: &'a [KnownSecret<'a>]) -> Evidence<'a> {
    Evidence::new(SentRequest { method: None, url: "", headers: None }, secrets)
}

fn explained(case: &Case, evidence: Evidence<'_>) -> Explanation {
    let url = case.url();
    let headers: Vec<(&str, &str)> =
        case.sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let sent = SentRequest { method: Some(&case.sent.method), url: &url, headers: Some(&headers) };
    explain(&Evidence { sent, ..evidence }, BUDGET)
}

/// The sentences of cases, for a snapshot. Each case proves exactly the codes that it names.
#[derive(Default)]
struct Sentences(String);

impl Sentences {
    fn add(&mut self, name: &str, codes: &[&str], explanation: &Explanation) {
        let found: Vec<_> = explanation.mistakes().iter().map(|mistake| mistake.code().as_str()).collect();
        assert_eq!(found, codes, "{name}: {explanation:?}");
        _ = writeln!(self.0, "{name}");
        for mistake in explanation.mistakes() {
            _ = writeln!(self.0, "  {}: {mistake}", mistake.code());
            for (what, text) in [("signed", mistake.signed()), ("sent  ", mistake.sent())] {
                if let Some(text) = text {
                    _ = writeln!(self.0, "    {what} {text}");
                }
            }
        }
        for hidden in [SECRET, OTHER_SECRET, TOKEN, OTHER_TOKEN] {
            assert!(!self.0.contains(hidden), "{name}: {}", self.0);
        }
    }
}

/// What the signer returned for what it signed.
fn returned<'a>(url: &'a str, headers: &'a [(&'a str, &'a str)]) -> Message<'a> {
    Message { method: "PUT", url, headers }
}

#[test]
fn what_the_signer_returned() {
    let mut sentences = Sentences::default();
    let case = |change: &dyn Fn(&mut Case)| {
        let mut case = upload();
        change(&mut case);
        case
    };
    for (name, code, headers, case) in [
        (
            "a type of nobody's",
            "content-type",
            &[("Content-Type", "application/x-own")][..],
            case(&|case| case.signed.header("content-type", "application/x-own")),
        ),
        (
            "a type that was replaced",
            "content-type",
            &[("Content-Type", "application/x-own")],
            case(&|case| {
                case.signed.header("content-type", "application/x-own");
                case.sent.header("content-type", "application/x-other");
            }),
        ),
        (
            "MD5 not sent",
            "content-md5",
            &[("Content-MD5", "kAFQmDzST7DWlj99KOF/cg==")],
            case(&|case| case.signed.header("content-md5", "kAFQmDzST7DWlj99KOF/cg==")),
        ),
        (
            "metadata not sent",
            "header-missing",
            &[("x-oss-meta-author", "alice")],
            case(&|case| case.signed.header("x-oss-meta-author", "alice")),
        ),
        (
            "metadata with another value",
            "header-value",
            &[("x-oss-meta-author", " alice ")],
            case(&|case| {
                case.signed.header("x-oss-meta-author", "alice");
                case.sent.header("x-oss-meta-author", "bob");
            }),
        ),
        (
            "another host",
            "host",
            &[("Host", "files.example.com")],
            case(&|case| {
                case.both(|sheet| sheet.additional = vec!["host".into()]);
                case.signed.host = "files.example.com".into();
            }),
        ),
        ("another key", "path", &[], case(&|case| case.sent.path = "/b.bin".into())),
        (
            "a parameter lost",
            "query-lost",
            &[],
            case(&|case| case.signed.query = vec![("callback-var".into(), "a b".into())]),
        ),
        (
            "a parameter with another value",
            "query-value",
            &[],
            case(&|case| {
                case.signed.query = vec![("partNumber".into(), "1".into())];
                case.sent.query = vec![("partNumber".into(), "2".into())];
            }),
        ),
    ] {
        let url = case.signed.url("0");
        let signed = returned(&url, headers);
        let with = explained(
            &case,
            Evidence { bucket: BucketPlace::Host(BUCKET), signed: Some(signed), ..known(&[OWN]) },
        );
        sentences.add(name, &[code], &with);
        let without = explained(&case, known(&[OWN]));
        assert_eq!(without.finding(), &Finding::NotFound, "{name}: {without:?}");
    }
    insta::assert_snapshot!(sentences.0);
}

#[test]
fn region_time_and_body() {
    let mut sentences = Sentences::default();
    let right = upload();
    let at = |seconds| Some(Timestamp::from_unix(seconds).unwrap());
    let as_sent = Finding::Right { method: "PUT".into() };

    let told = |region: &'static str| explained(&right, Evidence { region: Some(region), ..known(&[OWN]) });
    assert_eq!(told("cn-hangzhou").finding(), &as_sent);
    sentences.add("another bucket's region", &["region"], &told("cn-beijing"));

    let now = |seconds| explained(&right, Evidence { now: at(seconds), ..known(&[OWN]) });
    assert_eq!(now(SIGNED_AT + 599).finding(), &as_sent);
    sentences.add("too late", &["expired"], &now(SIGNED_AT + 600));
    // OSS refuses a signing time that is more than 15 minutes ahead.
    assert_eq!(now(SIGNED_AT - 900).finding(), &as_sent);
    sentences.add("too early", &["clock"], &now(SIGNED_AT - 901));

    let mut body = upload();
    // SHA-256 of `abc`, as FIPS 180-4 gives it.
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    body.signed.payload = hash.into();
    let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&hash[2 * at..][..2], 16).unwrap()).collect();
    let told = explained(&body, Evidence { body_sha256: bytes.as_slice().try_into().ok(), ..known(&[OWN]) });
    sentences.add("the body's hash", &["payload-hash"], &told);
    assert_eq!(explained(&body, known(&[OWN])).finding(), &Finding::NotFound);
    insta::assert_snapshot!(sentences.0);
}

#[test]
fn secrets_at_hand() {
    let mut sentences = Sentences::default();
    let by_other = |sheet: &mut Sheet| sheet.secret = OTHER_SECRET.into();
    let mut case = upload();
    by_other(&mut case.signed);
    sentences.add("another secret", &["access-key-id"], &explained(&case, known(&[OWN, OTHER])));
    case.both(|sheet| sheet.access_key_id = "LTAI5tDeletedLongAgo".into());
    sentences.add("an unknown id", &["access-key-id"], &explained(&case, known(&[OWN, OTHER])));

    let case = upload();
    let lined = format!("{SECRET}\n");
    let lined = KnownSecret { access_key_secret: &lined, ..OWN };
    sentences.add("a line end in the secret at hand", &["secret"], &explained(&case, known(&[lined])));

    let temporary = KnownSecret { security_token: Some(TOKEN), ..OWN };
    let no_token = explained(&case, known(&[temporary]));
    sentences.add("no token", &["security-token"], &no_token);
    let with_token = |signed: Option<&str>, sent: Option<&str>| {
        let mut case = upload();
        case.signed.security_token = signed.map(Into::into);
        case.sent.security_token = sent.map(Into::into);
        case
    };
    let case = with_token(Some(TOKEN), None);
    // The access key does not work without its token either.
    let twice = ["security-token", "security-token"];
    sentences.add("token not sent", &twice, &explained(&case, known(&[temporary])));
    let case = with_token(Some(TOKEN), Some(OTHER_TOKEN));
    sentences.add("another token sent", &twice, &explained(&case, known(&[temporary])));
    let case = with_token(Some(OTHER_TOKEN), Some(OTHER_TOKEN));
    sentences.add("token of another access key", &["security-token"], &explained(&case, known(&[temporary])));
    let mut case = with_token(Some(TOKEN), Some(TOKEN));
    let explanation = explained(&case, known(&[temporary]));
    assert_eq!(explanation.finding(), &Finding::Right { method: "PUT".into() });
    case.mangle.push(|url| {
        let once = encode(TOKEN, "");
        url.replace(&once, &encode(&once, ""))
    });
    sentences.add("token encoded twice", &twice, &explained(&case, known(&[temporary])));
    let unknown = explained(&case, known(&[OWN]));
    sentences.add("unknown token encoded twice", &["security-token"], &unknown);
    insta::assert_snapshot!(sentences.0);
}

/// Each of the places that a bucket may have makes another canonical request.
#[test]
fn the_place_of_the_bucket() {
    let told = |host: &str, path: &str, place: BucketPlace<'_>| {
        let mut case = upload();
        case.both(|sheet| (sheet.host, sheet.path) = (host.into(), path.into()));
        explained(&case, Evidence { bucket: place, ..known(&[OWN]) }).finding().clone()
    };
    let right = Finding::Right { method: "PUT".into() };
    let in_path = format!("/{BUCKET}/a.bin");
    for (host, path) in [
        (&*format!("{BUCKET}.oss-cn-hangzhou.aliyuncs.com"), "/a.bin"),
        ("oss-cn-hangzhou.aliyuncs.com", &in_path),
        ("127.0.0.1:9000", &in_path),
        (&format!("{BUCKET}.localhost:9000"), "/a.bin"),
    ] {
        assert_eq!(told(host, path, BucketPlace::Unknown), right, "{host}{path}");
    }
    assert_eq!(told("files.example.com", "/a.bin", BucketPlace::Host(BUCKET)), right);
    assert_eq!(told("files.example.com", &in_path, BucketPlace::Path), right);
    assert_ne!(told("files.example.com", "/a.bin", BucketPlace::Path), right);

    // OSS's canonical URI of a bucket ends in a slash, and that of the list of all buckets is one.
    for (host, path, uri) in [
        (format!("{BUCKET}.oss-cn-hangzhou.aliyuncs.com"), "", format!("/{BUCKET}/")),
        ("oss-cn-hangzhou.aliyuncs.com".into(), &*format!("/{BUCKET}"), format!("/{BUCKET}/")),
        ("oss-cn-hangzhou.aliyuncs.com".into(), "/", "/".into()),
        ("oss-cn-hangzhou.aliyuncs.com".into(), "", "/".into()),
    ] {
        let mut case = upload();
        case.both(|sheet| (sheet.host, sheet.path, sheet.uri) = (host.clone(), path.into(), uri.clone()));
        assert_eq!(explained(&case, known(&[OWN])).finding(), &right, "{host}{path}");
    }
}

/// Names of hosts have no letter case, but a signature of one does.
#[test]
fn a_host_in_capitals() {
    let mut case = upload();
    case.both(|sheet| sheet.additional = vec!["host".into()]);
    case.sent.host = case.sent.host.to_uppercase();
    let explanation = explained(&case, Evidence { bucket: BucketPlace::Host(BUCKET), ..known(&[OWN]) });
    let [mistake] = explanation.mistakes() else { panic!("{explanation:?}") };
    assert_eq!(
        mistake.says(),
        "The URL was signed for host `examplebucket.oss-cn-hangzhou.aliyuncs.com`, but went to \
         `EXAMPLEBUCKET.OSS-CN-HANGZHOU.ALIYUNCS.COM`."
    );
}

#[test]
fn escapes_are_recognized_without_a_secret() {
    let case = upload();
    let url = case.url();
    assert_eq!(recognize_escapes(&url), None);
    // Quotes are no escape.
    assert_eq!(recognize_escapes(&format!("'{url}'")), None);
    let mistake = recognize_escapes(&format!("\"{}\"", url.replace('&', "&amp;"))).unwrap();
    assert_eq!(mistake.says(), "The URL was escaped for HTML: it contains `&amp;` in place of `&`.");
    assert_eq!(
        mistake.remedy(),
        "Use the URL as the signer returned it, before it is escaped for HTML, JSON or mail."
    );
}

#[test]
fn nothing_to_explain() {
    let case = upload();
    assert_eq!(explained(&case, known(&[])).finding(), &Finding::Unreadable, "no secret");
    let unreadable = |mangle: fn(String) -> String| {
        let mut case = upload();
        case.mangle.push(mangle);
        let explanation = explained(&case, known(&[OWN]));
        assert_eq!(explanation.tried(), 0);
        explanation.finding().clone()
    };
    for mangle in [
        (|url: String| url.split_once("&x-oss-signature=").unwrap().0.to_owned()) as fn(String) -> String,
        |url| url.replace("x-oss-credential", "credential"),
        |url| url.replace(&encode("/oss/aliyun_v4_request", ""), ""),
        |url| url.replace("x-oss-date", "date"),
        // These digits are too few for a proof.
        |url| {
            let (before, after) = url.split_once("x-oss-signature=").unwrap();
            format!("{before}x-oss-signature={}{}", &after[..26], &after[64..])
        },
    ] {
        assert_eq!(unreadable(mangle), Finding::Unreadable);
    }
}

/// What is quoted from a request has a bounded length.
#[test]
fn long_texts_are_cut() {
    let mut case = upload();
    let long = "é".repeat(10_000);
    case.sent.query = vec![(long.clone(), "1".into())];
    let explanation = explained(&case, known(&[OWN]));
    let [mistake] = explanation.mistakes() else { panic!("{:?}", explanation.finding()) };
    assert_eq!(mistake.code().as_str(), "query-added");
    // 240 bytes, and a character of two bytes is never split.
    assert_eq!(mistake.sent(), Some(&*format!("{}…", "é".repeat(120))));
    assert!(!mistake.says().contains(&"é".repeat(121)) && mistake.says().contains('…'), "{mistake}");
}
