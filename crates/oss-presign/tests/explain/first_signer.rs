//! The mistakes of whoever writes a first signer from OSS's documentation, and rarer damage on the way. Each is told with
//! method and headers, so that nothing else is unknown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::kinds::{BUCKET, Case, ID, Kind, SECRET, key, put, token};
use crate::plain::{Dialect, OSS, Sheet, base64_hmac_sha1, encode, hex, hmac, joined, lower_case_escapes};

macro_rules! kinds {
    ($($name:literal $code:literal $make:expr;)*) => {
        vec![$(Kind { name: $name, code: $code, needs_said: true, make: $make }),*]
    };
}

pub(crate) fn kinds() -> Vec<Kind> {
    [canonical_request(), paths(), queries(), headers(), key_and_string_to_sign(), damage()]
        .into_iter()
        .flatten()
        .collect()
}

/// Signs `host` too, so that no line of the canonical request is empty.
fn host_signed(case: &mut Case) {
    put(case);
    case.both(|sheet| sheet.additional = vec!["host".into()]);
}

fn canonical_request() -> Vec<Kind> {
    kinds![
        "no blank line after the headers" "algorithm" |_, case| {
            host_signed(case);
            case.signature = |sheet| sheet.signature_of(&sheet.canonical_request().replace("\n\nhost\n", "\nhost\n"));
        };
        "no line of additional headers" "algorithm" |_, case| {
            host_signed(case);
            case.signature = |sheet| sheet.signature_of(&sheet.canonical_request().replace("\n\nhost\n", "\n\n"));
        };
        "line feed after the last line" "algorithm" |_, case| {
            case.signature = |sheet| sheet.signature_of(&(sheet.canonical_request() + "\n"));
        };
        "no last line" "algorithm" |_, case| {
            case.signature = |sheet| {
                sheet.signature_of(sheet.canonical_request().strip_suffix("\nUNSIGNED-PAYLOAD").unwrap())
            };
        };
        "carriage returns" "algorithm" |_, case| {
            case.signature = |sheet| sheet.signature_of(&sheet.canonical_request().replace('\n', "\r\n"));
        };
        "last line empty" "payload-hash" |_, case| case.signed.payload.clear();
        "hash sent, UNSIGNED-PAYLOAD signed" "payload-hash" |_, case| {
            put(case);
            // SHA-256 of `abc`, as FIPS 180-4 gives it. OSS takes the last line from this header.
            let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
            case.both(|sheet| sheet.header("x-oss-content-sha256", hash));
        };
    ]
}

fn paths() -> Vec<Kind> {
    kinds![
        "no slash between bucket and key" "path" |_, case| {
            case.signed.uri = case.signed.uri.replacen(&format!("/{BUCKET}/"), &format!("/{BUCKET}"), 1);
        };
        "double slash collapsed by the signer" "path" |_, case| {
            key(case, "a//b/c.txt");
            case.signed.uri = format!("/{BUCKET}/a/b/c.txt");
        };
        "plus sent for a blank" "path-encoding" |_, case| {
            key(case, "a b/c d.txt");
            case.sent.path = "/a+b/c+d.txt".into();
        };
        "line feed sent after the key" "path" |_, case| {
            key(case, "a.txt\n");
            case.signed.uri = format!("/{BUCKET}/a.txt");
        };
        "last dot segment resolved" "path" |_, case| {
            key(case, "a/b/..");
            // RFC 3986, section 5.2.4: `/a/b/..` is `/a/`.
            case.signed.uri = format!("/{BUCKET}/a/");
        };
        "decomposed by the signer" "path-encoding" |_, case| {
            key(case, "caf\u{e9}.txt");
            case.signed.uri = format!("/{BUCKET}/cafe%CC%81.txt");
        };
        "signed as it was sent" "path-encoding" |_, case| {
            key(case, "x/~user/(1).txt");
            case.sent.path = "/x/%7Euser/(1).txt".into();
            case.signed.uri = format!("/{BUCKET}{}", case.sent.path);
        };
        "tilde of the key escaped" "path-encoding" |_, case| {
            key(case, "~user/a.txt");
            case.signed.uri = format!("/{BUCKET}/%7Euser/a.txt");
        };
        "key as in a form" "path-encoding" |_, case| {
            key(case, "~user/a b*.txt");
            case.signed.uri = format!("/{BUCKET}/%7Euser/a+b*.txt");
        };
        "key by encodeURIComponent" "path-encoding" |_, case| {
            key(case, "it's/(a b)*!.txt");
            case.signed.uri = format!("/{BUCKET}/it's/(a%20b)*!.txt");
        };
        "key by encodeURI" "path-encoding" |_, case| {
            key(case, "a=b&c@d e.txt");
            case.signed.uri = format!("/{BUCKET}/a=b&c@d%20e.txt");
        };
    ]
}

/// A request with one parameter of its own.
fn parameter(case: &mut Case, name: &str, value: &str) {
    case.both(|sheet| sheet.query = vec![(name.into(), value.into())]);
}

/// A request with parameters of its own that all have the value `1`, signed in the order that a function makes.
fn ordered(case: &mut Case, names: &[&str], order: impl Fn(&mut Vec<(String, String)>)) {
    case.both(|sheet| sheet.query = names.iter().map(|name| ((*name).into(), "1".into())).collect());
    let mut pairs = case.signed.parameters();
    order(&mut pairs);
    case.signed.query_text = Some(joined(&pairs));
}

/// Signs the query in an encoding that leaves some characters as they are.
fn query_keeping(case: &mut Case, kept: &str) {
    let pairs = case.signed.parameters();
    let mut pairs: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name, kept), encode(value, kept))).collect();
    pairs.sort();
    case.signed.query_text = Some(pairs.join("&"));
}

fn queries() -> Vec<Kind> {
    kinds![
        "sorted by names before their encoding" "query-encoding" |_, case| {
            // `-` stands before `/`, but after the `%` of its escape; `a` tells this order from one that ignores case.
            ordered(case, &["B/", "B-", "a"], |pairs| pairs.sort());
        };
        "sorted as pairs" "query-encoding" |_, case| {
            // `-` stands before the `=` after a shorter name.
            ordered(case, &["a", "a-b"], |pairs| {
                pairs.sort_by_key(|(name, value)| format!("{name}={value}"));
            });
        };
        "not sorted" "query-encoding" |_, case| {
            ordered(case, &["b", "a"], |_| {});
            case.mangle.push(|url| {
                let (head, query) = url.split_once('?').unwrap();
                let (own, others): (Vec<_>, Vec<_>) = query.split('&').partition(|pair| !pair.starts_with("x-oss-"));
                let order = ["version", "credential", "date", "expires", "security-token", "signature="];
                let others = order.iter().filter_map(|name| others.iter().copied().find(|pair| pair.contains(name)));
                let own = own.into_iter().rev();
                format!("{head}?{}", own.chain(others).collect::<Vec<_>>().join("&"))
            });
        };
        "query unencoded" "query-encoding" |_, case| query_keeping(case, "/,=+%; ");
        "query encoded twice" "query-encoding" |_, case| {
            let text = case.signed.canonical_query();
            case.signed.query_text = Some(text.replace('%', "%25"));
        };
        "escapes of the query in lower case" "query-encoding" |_, case| {
            case.signed.query_text = Some(lower_case_escapes(&case.signed.canonical_query()));
        };
        "query by encodeURIComponent" "query-encoding" |_, case| {
            parameter(case, "response-content-disposition", "attachment; filename=(it's*).txt");
            query_keeping(case, "!'()*");
        };
        "query by encodeURI" "query-encoding" |_, case| {
            parameter(case, "response-content-disposition", "attachment; filename=a,b.txt");
            query_keeping(case, ";,/?:@&=+$!*'()#");
        };
        "query signed as it was sent" "query-encoding" |_, case| {
            parameter(case, "response-content-disposition", "attachment; filename=a b.txt");
            // HTML forms write a blank as a plus sign, which is a plus sign in a query of OSS.
            case.mangle.push(|url| url.replace("%20", "+"));
            case.signed.query_text = Some(case.signed.canonical_query().replace("%20", "+"));
        };
        "one value encoded twice" "query-encoding" |_, case| {
            parameter(case, "x-oss-process", "image/info");
            case.signed.query_text = Some(case.signed.canonical_query().replace("image%2F", "image%252F"));
        };
        "one value unencoded" "query-encoding" |_, case| {
            parameter(case, "x-oss-process", "image/info");
            case.signed.query_text = Some(case.signed.canonical_query().replace("image%2F", "image/"));
        };
        "plus sent for a blank in a value" "query-value" |_, case| {
            parameter(case, "response-content-disposition", "attachment; filename=a b.txt");
            case.mangle.push(|url| url.replace("%20", "+"));
        };
        "value encoded twice on its way" "query-value" |_, case| {
            key(case, "a.txt");
            parameter(case, "prefix", "a b");
            case.mangle.push(|url| url.replace("%20", "%2520"));
        };
        "own parameters left out" "query-added" |_, case| {
            case.sent.query = vec![("utm_source".into(), "mail".into()), ("utm_medium".into(), "web".into())];
            case.signed.query.clear();
        };
        "a parameter of the signature left out" "query-added" |_, case| {
            let text = case.signed.canonical_query();
            let kept: Vec<_> = text.split('&').filter(|pair| !pair.starts_with("x-oss-expires=")).collect();
            case.signed.query_text = Some(kept.join("&"));
        };
    ]
}

fn headers() -> Vec<Kind> {
    kinds![
        "additional header signed, not listed" "additional-headers" |_, case| {
            case.sent.header("content-language", "zh-CN");
            case.signed.header("content-language", "zh-CN");
            case.signed.query_text = Some(case.sent.canonical_query());
            case.signed.additional = vec!["content-language".into()];
        };
        "host signed, not listed" "additional-headers" |_, case| {
            case.both(|sheet| sheet.headers.clear());
            case.signature = |sheet| {
                let text = sheet.canonical_request().replacen("\n\n", &format!("\nhost:{}\n\n", sheet.host), 1);
                sheet.signature_of(&text)
            };
        };
        "header signed, not listed" "additional-headers" |_, case| {
            case.both(|sheet| {
                sheet.headers.clear();
                sheet.header("range", "bytes=0-9");
            });
            case.signature = |sheet| {
                sheet.signature_of(&sheet.canonical_request().replacen("\n\n", "\nrange:bytes=0-9\n\n", 1))
            };
        };
        "every header in the line of additional headers" "additional-headers" |_, case| {
            put(case);
            case.both(|sheet| {
                sheet.headers.clear();
                sheet.header("content-type", "text/plain");
            });
            case.signed.query_text = Some(case.sent.canonical_query());
            case.signed.additional = vec!["content-type".into()];
        };
        "line of additional headers left empty" "additional-headers" |_, case| {
            host_signed(case);
            case.signature = |sheet| sheet.signature_of(&sheet.canonical_request().replace("\n\nhost\n", "\n\n\n"));
        };
        "MD5 sent in hex" "content-md5" |_, case| {
            put(case);
            // RFC 1321: MD5 of `abc`.
            case.signed.header("content-md5", "kAFQmDzST7DWlj99KOF/cg==");
            case.sent.header("content-md5", "900150983cd24fb0d6963f7d28e17f72");
        };
        "MD5 signed as base64 of its digits" "content-md5" |_, case| {
            put(case);
            let digits = STANDARD.encode("900150983cd24fb0d6963f7d28e17f72");
            case.signed.header("content-md5", &digits);
            case.sent.header("content-md5", "kAFQmDzST7DWlj99KOF/cg==");
        };
        "metadata sent under another name" "header-missing" |_, case| {
            put(case);
            case.signed.header("x-oss-meta-camera", "Canon");
            case.sent.header("x-meta-camera", "Canon");
        };
        "header sent without its x-" "header-missing" |_, case| {
            put(case);
            case.signed.header("x-oss-tagging", "a=b");
            case.sent.header("oss-tagging", "a=b");
        };
        "content type in other letters" "content-type" |_, case| {
            put(case);
            case.signed.header("content-type", "application/x-own");
            case.sent.header("content-type", "application/X-Own");
        };
        "host signed without its port" "host" |_, case| {
            host_signed(case);
            case.sent.host.push_str(":8443");
        };
        "host of the service signed" "host" |_, case| {
            host_signed(case);
            case.both(|sheet| sheet.host = format!("{BUCKET}.oss.example.com"));
            case.signed.host = "oss.example.com".into();
        };
    ]
}

fn secret(case: &mut Case, secret: String) {
    case.signed.secret = secret;
}

fn key_and_string_to_sign() -> Vec<Kind> {
    kinds![
        "line end of Windows after the secret" "secret" |_, case| secret(case, format!("{SECRET}\r\n"));
        "quotes around the secret" "secret" |_, case| secret(case, format!("\"{SECRET}\""));
        "byte order mark before the secret" "secret" |_, case| secret(case, format!("\u{feff}{SECRET}"));
        "blank before the secret" "secret" |_, case| secret(case, format!(" {SECRET}"));
        "id in place of the secret" "secret" |_, case| secret(case, ID.into());
        "no derivation" "secret" |_, case| {
            case.signature =
                |sheet| hex(&hmac(sheet.secret.as_bytes(), sheet.before_hash() + &hex(&sheet.hash())));
        };
        "SigV4 for the product oss" "algorithm" |_, case| {
            case.signed.query_text = Some(case.sent.canonical_query());
            case.signed.dialect = Dialect {
                algorithm: "AWS4-HMAC-SHA256",
                key_prefix: "AWS4",
                terminator: "aws4_request",
                hex_keys: false,
            };
        };
        "prefix of SigV4" "algorithm" |_, case| {
            case.signed.dialect = Dialect { key_prefix: "AWS4", ..OSS };
        };
        "name of SigV4" "algorithm" |_, case| {
            case.signed.dialect = Dialect { algorithm: "AWS4-HMAC-SHA256", ..OSS };
        };
        "end of SigV4's scope" "algorithm" |_, case| {
            case.signed.query_text = Some(case.sent.canonical_query());
            case.signed.dialect = Dialect { terminator: "aws4_request", ..OSS };
        };
        "hash in capitals" "algorithm" |_, case| {
            case.signature = |sheet| sheet.signature_with(hex(&sheet.hash()).to_uppercase().as_bytes());
        };
        "bytes of the hash" "algorithm" |_, case| {
            case.signature = |sheet| sheet.signature_with(&sheet.hash());
        };
        "no hash" "algorithm" |_, case| {
            case.signature = |sheet| sheet.signature_with(sheet.canonical_request().as_bytes());
        };
        "V2 under the parameters of V4" "algorithm" |_, case| {
            put(case);
            case.both(|sheet| {
                sheet.headers.clear();
                sheet.security_token = None;
                (sheet.date_time, sheet.day) = ("20241112T083238Z".into(), "20241112".into());
            });
            key(case, "photos/a b.jpg");
            // OSS, "Include a V2 signature in a URL": HMAC-SHA256, an empty line of additional headers, and the resource
            // percent-encoded. 2024-11-12T08:32:38Z is 1731400358.
            case.signature = |sheet: &Sheet| {
                let end = 1_731_400_358 + u64::from(sheet.expires);
                let text = format!("PUT\n\n\n{end}\n\n%2F{BUCKET}%2Fphotos%2Fa%20b.jpg");
                STANDARD.encode(hmac(sheet.secret.as_bytes(), text))
            };
        };
        "V1 with the token" "algorithm" |_, case| {
            put(case);
            case.both(|sheet| {
                sheet.headers.clear();
                (sheet.date_time, sheet.day) = ("20241112T083238Z".into(), "20241112".into());
            });
            token(case);
            key(case, "a.txt");
            // OSS, "Include a V1 signature in a URL": the token is one of the resource's parameters.
            case.signature = |sheet: &Sheet| {
                let end = 1_731_400_358 + u64::from(sheet.expires);
                let token = sheet.security_token.as_deref().unwrap();
                let resource = format!("/{BUCKET}/a.txt?x-oss-security-token={token}");
                base64_hmac_sha1(&sheet.secret, &format!("PUT\n\n\n{end}\n{resource}"))
            };
        };
        "product of AWS" "product" |_, case| case.both(|sheet| sheet.product = "s3".into());
        "end of the scope misspelt" "algorithm" |_, case| {
            case.both(|sheet| sheet.dialect = Dialect { terminator: "aliyun_v4", ..OSS });
        };
        "another algorithm named" "algorithm" |_, case| {
            let other = case.signed.canonical_query().replace("OSS4-HMAC-SHA256", "OSS4-HMAC-SHA512");
            case.signed.query_text = Some(other);
            case.mangle.push(|url| url.replace("OSS4-HMAC-SHA256", "OSS4-HMAC-SHA512"));
        };
        "date with separators" "date" |_, case| {
            case.both(|sheet| (sheet.date_time, sheet.day) = ("2024-11-12T08:32:38Z".into(), "20241112".into()));
        };
    ]
}

fn damage() -> Vec<Kind> {
    kinds![
        "&#38;" "url-escaped" |_, case| case.mangle.push(|url| url.replace('&', "&#38;"));
        // Gson writes both of them so.
        "\\u0026 and \\u003d" "url-escaped" |_, case| {
            case.mangle.push(|url| url.replace('&', "\\u0026").replace('=', "\\u003d"));
        };
        "backslashes of a shell" "url-escaped" |_, case| case.mangle.push(|url| url.replace('&', "\\&"));
        "percent-encoded as a whole" "url-escaped" |_, case| {
            case.mangle.push(|url| {
                let (head, query) = url.split_once('?').unwrap();
                format!("{head}?{}", encode(query, "&"))
            });
        };
        "percent-encoded twice" "url-escaped" |_, case| {
            key(case, "a.txt");
            case.mangle.push(|url| url.replace('%', "%25"));
        };
        "broken into lines" "signature-damaged" |_, case| {
            case.mangle.push(|url| format!("{}\r\n{}", &url[..70], &url[70..]));
        };
        "no lifetime" "url-cut" |_, case| {
            case.mangle.push(|url| {
                let (head, query) = url.split_once('?').unwrap();
                let kept: Vec<_> = query.split('&').filter(|pair| !pair.starts_with("x-oss-expires=")).collect();
                format!("{head}?{}", kept.join("&"))
            });
        };
        "more after the signature" "signature-damaged" |_, case| {
            case.signature = |sheet| sheet.signature() + "0a";
        };
        "letters of the signature in both cases" "signature-damaged" |_, case| {
            case.signature = |sheet| {
                let signature = sheet.signature();
                let letter = signature.find(|digit: char| digit.is_ascii_lowercase()).unwrap();
                let (before, after) = signature.split_at(letter + 1);
                format!("{}{}", before.to_uppercase(), after.to_lowercase())
            };
        };
    ]
}
