//! The mistakes of the corpus: each changes what is signed, what is sent, or the URL on its way.

use crate::plain::{Dialect, OSS, Sheet, base64_hmac_sha1, encode, joined, lower_case_escapes};
use crate::random::Random;

/// Two credentials: those that should sign, and those of another profile.
pub(crate) const ID: &str = "LTAI5tFakeAccessKeyId";
pub(crate) const SECRET: &str = "FakeSecret+for/tests=1";
pub(crate) const OTHER_ID: &str = "LTAI5tOtherAccessKeyId";
pub(crate) const OTHER_SECRET: &str = "OtherSecret/for+tests=2";
pub(crate) const TOKEN: &str = "CAISfake+token/with==signs";
pub(crate) const OTHER_TOKEN: &str = "CAISother+token/of==another";
pub(crate) const BUCKET: &str = "examplebucket";

pub(crate) struct Case {
    pub(crate) signed: Sheet,
    pub(crate) sent: Sheet,
    /// Makes the signature of what was signed; hex of the code where there is none.
    pub(crate) signature: fn(&Sheet) -> String,
    /// What happens to the URL on its way.
    pub(crate) mangle: Vec<fn(String) -> String>,
    /// Whether the explanation is told method and headers of what was sent, or gets the bare URL.
    pub(crate) said: bool,
}

pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) code: &'static str,
    /// Whether the mistake lies in the method or the headers that were sent, which a bare URL cannot show.
    pub(crate) needs_said: bool,
    pub(crate) make: fn(&mut Random, &mut Case),
}

const KEYS: [&str; 7] = [
    "photos/2024/a.jpg",
    "a b/c d.png",
    "docs/1+1=2.pdf",
    "图片/测试 文件.jpg",
    "data/100%.csv",
    "x/~user/(1)'s.txt",
    "logs/2024-11-12.json",
];

/// A request that is signed and sent rightly.
pub(crate) fn right(random: &mut Random, said: bool) -> Case {
    let date_time = random.of(&["20241112T083238Z", "20240229T235959Z", "20251231T000001Z"]).to_string();
    let region = random.of(&["cn-hangzhou", "cn-shanghai", "eu-central-1", "ap-southeast-1"]).to_string();
    let get = random.below(2) == 0;
    let mut sheet = Sheet {
        method: if get { "GET" } else { "PUT" }.into(),
        host: format!("{BUCKET}.oss-{region}.aliyuncs.com"),
        uri: String::new(),
        path: String::new(),
        query: Vec::new(),
        headers: Vec::new(),
        additional: Vec::new(),
        access_key_id: ID.into(),
        secret: SECRET.into(),
        security_token: None,
        day: date_time[..8].into(),
        date_time,
        region,
        product: "oss".into(),
        expires: [60, 600, 3600][random.below(3)],
        payload: "UNSIGNED-PAYLOAD".into(),
        dialect: OSS,
        query_text: None,
    };
    if get && random.below(3) == 0 {
        sheet.query.push(("x-oss-process".into(), "image/resize,w_100".into()));
    }
    if get && random.below(4) == 0 {
        sheet.query.push(("response-content-disposition".into(), "attachment; filename=a b.txt".into()));
    }
    if !get && random.below(2) == 0 {
        let content_type = random.of(&["image/jpeg", "text/plain", "application/octet-stream"]);
        sheet.header("content-type", content_type);
    }
    if said && random.below(3) == 0 {
        sheet.header("x-oss-meta-author", "张三 & sons");
    }
    let mut case =
        Case { signed: sheet.clone(), sent: sheet, signature: Sheet::signature, mangle: Vec::new(), said };
    if random.below(3) == 0 {
        token(&mut case);
    }
    key(&mut case, random.of(&KEYS));
    case
}

impl Case {
    pub(crate) fn both(&mut self, change: impl Fn(&mut Sheet)) {
        change(&mut self.signed);
        change(&mut self.sent);
    }

    pub(crate) fn url(&self) -> String {
        let url = self.sent.url(&(self.signature)(&self.signed));
        self.mangle.iter().fold(url, |url, mangle| mangle(url))
    }
}

pub(crate) fn key(case: &mut Case, key: &str) {
    let encoded = encode(key, "/");
    case.both(|sheet| {
        sheet.uri = format!("/{BUCKET}/{encoded}");
        sheet.path = format!("/{encoded}");
    });
}

/// A key that has what a mistake needs.
fn key_of(random: &mut Random, case: &mut Case, keys: &[&str]) {
    key(case, random.of(keys));
}

pub(crate) fn token(case: &mut Case) {
    case.both(|sheet| sheet.security_token = Some(TOKEN.into()));
}

pub(crate) fn put(case: &mut Case) {
    case.both(|sheet| {
        sheet.method = "PUT".into();
        sheet.query.clear();
    });
}

fn get(case: &mut Case) {
    case.both(|sheet| {
        sheet.method = "GET".into();
        sheet.headers.retain(|(name, _)| name != "content-type");
    });
}

pub(crate) fn without(sheet: &mut Sheet, name: &str) {
    sheet.headers.retain(|(other, _)| other != name);
}

const BLANKS: [&str; 3] = ["a b.txt", "my photos/summer 2024.jpg", "图 片/测 试.png"];
const ESCAPES: [&str; 4] = ["a b.txt", "图片/一.jpg", "100%/x y.csv", "a+b/c.txt"];

fn plus_in_path(random: &mut Random, case: &mut Case) {
    key_of(random, case, &BLANKS);
    case.signed.uri = case.signed.uri.replace("%20", "+");
}

fn double_encoded_in_transit(_: &mut Random, case: &mut Case) {
    // A key that has an escape; what was signed stays as it is.
    if !case.sent.path.contains('%') {
        key(case, "a b.txt");
    }
    case.sent.path = case.sent.path.replace('%', "%25");
}

fn content_type_differs(random: &mut Random, case: &mut Case) {
    put(case);
    case.signed.header("content-type", random.of(&["text/plain", "image/jpeg", "application/json"]));
    case.sent.header("content-type", random.of(&["image/webp", "video/mp4"]));
}

fn method(_: &mut Random, case: &mut Case) {
    case.sent.method = if case.sent.method == "GET" { "HEAD" } else { "POST" }.into();
}

fn host_swapped(_: &mut Random, case: &mut Case) {
    case.both(|sheet| sheet.additional = vec!["host".into()]);
    case.sent.host = format!("{BUCKET}.oss-{}-internal.aliyuncs.com", case.sent.region);
}

fn known_header_missing(random: &mut Random, case: &mut Case) {
    put(case);
    let (name, value) = random.of(&[
        ("x-oss-object-acl", "private"),
        ("x-oss-forbid-overwrite", "true"),
        ("x-oss-storage-class", "IA"),
        ("x-oss-object-acl", "public-read"),
    ]);
    case.signed.header(name, value);
}

fn parameter_added(random: &mut Random, case: &mut Case) {
    let (name, value) = random.of(&[("v", "3"), ("utm_source", "mail"), ("fbclid", "Iw x"), ("t", "")]);
    case.sent.query.push((name.into(), value.into()));
}

fn region_decorated(_: &mut Random, case: &mut Case) {
    case.signed.region = format!("oss-{}", case.signed.region);
    // The signer writes the region as it was given into the credential as well.
    case.sent.region.clone_from(&case.signed.region);
}

fn secret_with_line_feed(_: &mut Random, case: &mut Case) {
    case.signed.secret.push('\n');
}

fn ampersands_escaped(_: &mut Random, case: &mut Case) {
    case.mangle.push(|url| url.replace('&', "&amp;"));
}

/// The ten commonest, which are also combined in pairs.
pub(crate) const COMMONEST: [Kind; 10] = [
    Kind {
        name: "content-type differs",
        code: "content-type",
        needs_said: false,
        make: content_type_differs,
    },
    Kind { name: "oss- before the region", code: "region", needs_said: false, make: region_decorated },
    Kind { name: "plus signed for a blank", code: "path-encoding", needs_said: false, make: plus_in_path },
    Kind {
        name: "encoded twice in transit",
        code: "path-encoding",
        needs_said: false,
        make: double_encoded_in_transit,
    },
    Kind { name: "host swapped", code: "host", needs_said: false, make: host_swapped },
    Kind {
        name: "header signed, not sent",
        code: "header-missing",
        needs_said: false,
        make: known_header_missing,
    },
    Kind { name: "parameter added", code: "query-added", needs_said: false, make: parameter_added },
    Kind { name: "&amp;", code: "url-escaped", needs_said: false, make: ampersands_escaped },
    Kind { name: "another method", code: "method", needs_said: true, make: method },
    Kind {
        name: "line feed behind the secret",
        code: "secret",
        needs_said: false,
        make: secret_with_line_feed,
    },
];

macro_rules! kinds {
    ($($name:literal $code:literal $said:literal $make:expr;)*) => {
        [$(Kind { name: $name, code: $code, needs_said: $said, make: $make }),*]
    };
}

/// The others.
pub(crate) fn others() -> Vec<Kind> {
    let kinds = kinds![
        "content-type signed, none sent" "content-type" false |random, case| {
            put(case);
            case.signed.header("content-type", random.of(&["text/csv", "video/mp4", "application/pdf"]));
            without(&mut case.sent, "content-type");
        };
        "content-type sent, none signed" "content-type" true |random, case| {
            put(case);
            without(&mut case.signed, "content-type");
            case.sent.header("content-type", random.of(&["text/plain;charset=UTF-8", "x-own/type"]));
        };
        "charset added" "content-type" true |_, case| {
            put(case);
            case.signed.header("content-type", "text/html");
            case.sent.header("content-type", "text/html; charset=utf-8");
        };
        "a form's type" "content-type" true |_, case| {
            put(case);
            without(&mut case.signed, "content-type");
            case.sent.header("content-type", "multipart/form-data; boundary=----WebKitFormBoundaryA1");
        };
        "content-md5 sent, not signed" "content-md5" true |_, case| {
            put(case);
            case.sent.header("content-md5", "XrY7u+Ae7tCTyyK7j1rNww==");
        };
        "content-md5 signed in hex" "content-md5" true |_, case| {
            put(case);
            case.signed.header("content-md5", "5eb63bbbe01eeed093cb22bb8f5acdc3");
            case.sent.header("content-md5", "XrY7u+Ae7tCTyyK7j1rNww==");
        };
        "header added" "header-added" true |random, case| {
            let (name, value) = random.of(&[
                ("x-oss-meta-camera", "Canon"),
                ("x-oss-object-acl", "public-read-write"),
                ("x-oss-callback", "eyJ9"),
            ]);
            case.sent.header(name, value);
        };
        "header value differs" "header-value" true |random, case| {
            let (name, signed, sent) = random.of(&[
                ("x-oss-forbid-overwrite", "true", "false"),
                ("x-oss-storage-class", "IA", "Standard"),
                ("x-oss-object-acl", "private", "public-read"),
            ]);
            case.signed.header(name, signed);
            case.sent.header(name, sent);
        };
        "header value signed with its blanks" "header-value" true |_, case| {
            case.signed.header("x-oss-meta-name", " outer ");
            case.sent.header("x-oss-meta-name", " outer ");
        };
        "port signed with the host" "host" false |_, case| {
            case.both(|sheet| sheet.additional = vec!["host".into()]);
            case.signed.host.push_str(":443");
        };
        "additional header listed and dropped" "additional-headers" true |_, case| {
            case.sent.additional = vec!["content-length".into()];
            case.sent.header("content-length", "42");
            case.signed.query_text = Some(case.sent.canonical_query());
        };
        "bucket missing from the canonical URI" "path" false |_, case| {
            case.signed.uri.clone_from(&case.signed.path);
        };
        "bucket twice" "path" false |_, case| {
            case.signed.uri = format!("/{BUCKET}{}", case.signed.uri);
        };
        "key signed as encoded twice" "path-encoding" false |random, case| {
            key_of(random, case, &ESCAPES);
            case.signed.uri = case.signed.uri.replace('%', "%25");
        };
        "key signed unencoded" "path-encoding" false |random, case| {
            key_of(random, case, &BLANKS);
            case.signed.uri = case.signed.uri.replace("%20", " ");
            if case.signed.uri.contains("%E") {
                case.signed.uri = format!("/{BUCKET}/图 片/测 试.png");
            }
        };
        "slashes of the key escaped" "path-encoding" false |random, case| {
            let name = random.of(&["a/b.txt", "photos/2024/11/x.jpg", "图/片 1.png"]);
            key(case, name);
            case.signed.uri = format!("/{BUCKET}/{}", encode(name, ""));
        };
        "escapes in lower case" "path-encoding" false |random, case| {
            let name = random.of(&["图片/一.jpg", "a+b.txt", "ü/é.png"]);
            key(case, name);
            let lower = lower_case_escapes(&encode(name, "/"));
            case.signed.uri = format!("/{BUCKET}/{lower}");
        };
        "composed and decomposed" "path-encoding" false |random, case| {
            let (composed, decomposed) = random.of(&[
                ("caf\u{e9}.txt", "cafe\u{301}.txt"),
                ("\u{fc}ber/\u{e5}.jpg", "u\u{308}ber/a\u{30a}.jpg"),
                ("\u{d55c}.png", "\u{1112}\u{1161}\u{11ab}.png"),
            ]);
            key(case, decomposed);
            case.signed.uri = format!("/{BUCKET}/{}", encode(composed, "/"));
            if random.below(2) == 0 {
                std::mem::swap(&mut case.signed.uri, &mut case.sent.uri);
                case.sent.path = format!("/{}", encode(composed, "/"));
                case.signed.uri = format!("/{BUCKET}/{}", encode(decomposed, "/"));
            }
        };
        "slash doubled before the key" "path" false |_, case| {
            case.signed.uri = case.signed.uri.replacen(&format!("/{BUCKET}/"), &format!("/{BUCKET}//"), 1);
        };
        "double slash collapsed" "path" false |random, case| {
            let name = random.of(&["a/b/c.txt", "photos/2024/x y.jpg"]);
            key(case, name);
            case.signed.uri = format!("/{BUCKET}/{}", encode(&name.replacen('/', "//", 1), "/"));
        };
        "dot segments resolved by the signer" "path" false |random, case| {
            let (name, resolved) = random.of(&[("a/../b.txt", "b.txt"), ("x/./y z.txt", "x/y z.txt")]);
            key(case, name);
            case.signed.uri = format!("/{BUCKET}/{}", encode(resolved, "/"));
        };
        "line feed behind the key" "path" false |_, case| {
            case.signed.uri.push_str("%0A");
        };
        "subresource lost" "query-lost" false |random, case| {
            case.signed.query.push((random.of(&["acl", "tagging", "uploads"]).to_owned(), String::new()));
        };
        "equals sign behind an empty value" "query-encoding" false |_, case| {
            get(case);
            case.both(|sheet| sheet.query.push(("acl".into(), String::new())));
            let text = case.signed.canonical_query();
            case.signed.query_text = Some(text.replacen("acl", "acl=", 1));
        };
        "value left out" "query-value" false |_, case| {
            case.both(|sheet| sheet.query = vec![("x-oss-process".into(), "image/info".into())]);
            case.signed.query = vec![("x-oss-process".into(), String::new())];
        };
        "\\u0026" "url-escaped" false |_, case| {
            case.mangle.push(|url| url.replace('&', "\\u0026"));
        };
        "quoted-printable" "url-escaped" false |_, case| {
            case.mangle.push(|url| url.replace('=', "=3D"));
        };
        "sorted by raw names" "query-encoding" false |_, case| {
            // Of these, only `!` stands before `-` both as itself and as an escape.
            let names = ["a!", "a/", "a-"];
            case.both(|sheet| sheet.query = names.map(|name| (name.into(), "1".into())).into());
            let mut pairs = case.signed.parameters();
            pairs.sort();
            case.signed.query_text = Some(joined(&pairs));
        };
        "sorted without regard to case" "query-encoding" false |_, case| {
            let names = ["Zoom", "alpha"];
            case.both(|sheet| sheet.query = names.map(|name| (name.into(), "1".into())).into());
            let mut pairs = case.signed.parameters();
            pairs.sort_by_key(|(name, _)| name.to_lowercase());
            case.signed.query_text = Some(joined(&pairs));
        };
        "plus signed for a blank in the query" "query-encoding" false |_, case| {
            let disposition = ("response-content-disposition".into(), "attachment; filename=a b".into());
            case.both(|sheet| sheet.query = [disposition.clone()].into());
            let text = case.signed.canonical_query();
            case.signed.query_text = Some(text.replace("%20", "+"));
        };
        "tilde escaped" "query-encoding" false |_, case| {
            case.both(|sheet| sheet.query = [("x-oss-process".into(), "style/~thumb".into())].into());
            let text = case.signed.canonical_query();
            case.signed.query_text = Some(text.replace('~', "%7E"));
        };
        "token not signed" "security-token" false |_, case| {
            token(case);
            case.signed.security_token = None;
        };
        "token encoded twice" "security-token" false |_, case| {
            token(case);
            case.signed.security_token = Some(encode(TOKEN, ""));
        };
        "token of another profile" "security-token" false |_, case| {
            token(case);
            case.signed.security_token = Some(OTHER_TOKEN.into());
        };
        "token signed unencoded" "security-token" false |_, case| {
            token(case);
            let text = case.signed.canonical_query();
            case.signed.query_text = Some(text.replace(&encode(TOKEN, ""), TOKEN));
        };
        "-internal behind the region" "region" false |_, case| {
            case.both(|sheet| sheet.region.push_str("-internal"));
        };
        "another region in the key" "region" false |random, case| {
            let region = random.of(&["cn-beijing", "us-west-1", "cn-shenzhen"]).to_owned();
            case.signed.query_text = Some(case.sent.canonical_query());
            case.signed.region = region;
        };
        "another product" "product" false |_, case| {
            case.signed.query_text = Some(case.sent.canonical_query());
            case.signed.product = "oss-cloudbox".into();
        };
        "key of the day before or after" "date" false |random, case| {
            case.signed.query_text = Some(case.sent.canonical_query());
            let (before, after) = match case.signed.day.as_str() {
                "20241112" => ("20241111", "20241113"),
                "20240229" => ("20240228", "20240301"),
                _ => ("20251230", "20260101"),
            };
            case.signed.day = random.of(&[before, after]).to_owned();
        };
        "scope dated in local time" "date" false |_, case| {
            let after = match case.signed.day.as_str() {
                "20241112" => "20241113",
                "20240229" => "20240301",
                _ => "20260101",
            };
            case.both(|sheet| sheet.day = after.into());
        };
        "local time in the string to sign" "date" false |_, case| {
            case.signed.query_text = Some(case.sent.canonical_query());
            // Eight hours later: the clock of China.
            let (date_time, day) = match case.signed.day.as_str() {
                "20241112" => ("20241112T163238Z", "20241112"),
                "20240229" => ("20240301T075959Z", "20240301"),
                _ => ("20251231T080001Z", "20251231"),
            };
            (case.signed.date_time, case.signed.day) = (date_time.into(), day.into());
        };
        "blank behind the secret" "secret" false |_, case| case.signed.secret.push(' ');
        "secret of another profile" "secret-of-profile" false |_, case| {
            case.signed.secret = OTHER_SECRET.into();
        };
        "id and secret swapped" "secret" false |_, case| {
            case.both(|sheet| {
                sheet.secret = ID.into();
                sheet.access_key_id = SECRET.into();
            });
        };
        "id of nobody" "access-key-id" false |_, case| {
            case.both(|sheet| sheet.access_key_id = "LTAI5tDeletedLongAgo".into());
        };
        "secret without prefix" "secret" false |_, case| {
            case.signed.dialect = Dialect { key_prefix: "", ..OSS };
        };
        "constants of SigV4" "algorithm" false |_, case| {
            case.signed.query_text = Some(case.sent.canonical_query());
            case.signed.product = "s3".into();
            case.signed.dialect = Dialect {
                algorithm: "AWS4-HMAC-SHA256",
                key_prefix: "AWS4",
                terminator: "aws4_request",
                hex_keys: false,
            };
        };
        "keys in hex" "algorithm" false |_, case| {
            case.signed.dialect = Dialect { hex_keys: true, ..OSS };
        };
        "hash of an empty body" "payload-hash" false |_, case| {
            // SHA-256 of nothing, as FIPS 180-4 gives it.
            case.signed.payload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into();
        };
        "signature in base64" "algorithm" false |_, case| case.signature = Sheet::base64_signature;
        "signature in upper case" "algorithm" false |_, case| {
            case.signature = |sheet| sheet.signature().to_uppercase();
        };
        "V1 under the parameters of V4" "algorithm" false |_, case| {
            put(case);
            case.both(|sheet| {
                sheet.headers.clear();
                sheet.security_token = None;
            });
            key(case, "photos/a b.jpg");
            // OSS, "Include a V1 signature in the URL": the end of the URL's life stands in the line of the date.
            case.signature = |sheet| {
                let signed_at = match sheet.day.as_str() {
                    "20241112" => 1_731_400_358,
                    "20240229" => 1_709_251_199,
                    _ => 1_767_139_201,
                };
                let end = signed_at + u64::from(sheet.expires);
                base64_hmac_sha1(&sheet.secret, &format!("PUT\n\n\n{end}\n/{BUCKET}/photos/a b.jpg"))
            };
        };
        "signature cut" "signature-damaged" false |_, case| {
            case.signature = |sheet| sheet.signature()[..61].to_owned();
        };
        "blank in the signature" "signature-damaged" false |_, case| {
            case.signature = |sheet| format!("{} {}", &sheet.signature()[..40], &sheet.signature()[40..]);
        };
        "quotes around the URL" "signature-damaged" false |_, case| {
            case.mangle.push(|url| format!("\"{url}\""));
        };
        "cut at the last &" "url-cut" false |_, case| {
            case.mangle.push(|url| url[..url.rfind('&').unwrap()].to_owned());
        };
    ];
    kinds.into_iter().collect()
}
