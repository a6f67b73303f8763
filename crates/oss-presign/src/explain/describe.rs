//! The sentence of a mistake: what was signed, and what was sent.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use super::candidates::{Candidate, Context};
use super::change::{Change, TokenEdit};
use super::code::MistakeCode;
use super::evidence::KnownSecret;
use super::explanation::{Mistake, excerpt};
use super::signing_draft::{Chain, SecretDraft};
use super::spelling::Spelling;

/// Describes a mistake that makes the signature. It quotes no secret and no security token.
pub(super) fn describe(candidate: &Candidate<'_>, context: Context<'_, '_>) -> Mistake {
    let Candidate { code, change, .. } = candidate;
    let subject = subject(context);
    let mistake = |says: String| Mistake::new(*code, says, None, None);
    let both = |says: String, signed: &str, sent: &str| Mistake::new(*code, says, Some(signed), Some(sent));
    match change {
        Change::Method(signed) => {
            let sent = &*context.draft.method;
            both(format!("{subject} was signed for {signed}, but {sent} was sent."), signed, sent)
        }
        Change::Header { name, .. } if *code == MistakeCode::AdditionalHeaders => {
            mistake(format!("Header `{name}` was signed, but x-oss-additional-headers does not name it."))
        }
        Change::Header { name, value } => header(*code, context, name, value.as_deref()),
        Change::AdditionalHeader { name, .. } => mistake(format!(
            "Header `{name}` was signed as an additional header, but x-oss-additional-headers does not name it."
        )),
        Change::AdditionalHeaderDropped(name) => {
            mistake(format!("x-oss-additional-headers names `{name}`, but the header was not signed."))
        }
        Change::AdditionalNames(names) => {
            let (signed, sent) = (names.join(";"), context.presented.additional.join(";"));
            let says = if signed.is_empty() {
                format!(
                    "The line of additional headers was signed empty, but the request names `{}`.",
                    excerpt(&sent)
                )
            } else if sent.is_empty() {
                format!(
                    "The line of additional headers was signed as `{}`, but the request names none.",
                    excerpt(&signed)
                )
            } else {
                format!(
                    "The line of additional headers was signed as `{}`, but the request names `{}`.",
                    excerpt(&signed),
                    excerpt(&sent)
                )
            };
            both(says, &signed, &sent)
        }
        Change::Buckets(_) | Change::Key { .. } | Change::PathSpelling(_) | Change::PathAsSent { .. } => {
            path(candidate, context)
        }
        Change::ParameterDropped(name) => {
            let name = shown(name);
            let says = format!("Query parameter `{name}` is in the URL, but was not signed.");
            Mistake::new(*code, says, None, Some(&name))
        }
        Change::OwnParametersDropped => mistake(format!(
            "{subject} was signed without any query parameter but those of the signature itself."
        )),
        Change::ParameterRestored { name, .. } => {
            let name = shown(name);
            let says = format!("Query parameter `{name}` was signed, but is not in the URL.");
            Mistake::new(*code, says, Some(&name), None)
        }
        Change::ParameterValue { name, value } => parameter_value(*code, context, name, value),
        Change::ParameterSpelling { name, spelling } => {
            mistake(format!("The value of query parameter `{}` was signed {}.", shown(name), spelling.says()))
        }
        Change::QuerySpelling(Spelling::Raw) => {
            mistake("The query was signed without percent-encoding.".into())
        }
        Change::QuerySpelling(spelling) => mistake(format!("The query was signed {}.", spelling.says())),
        Change::QueryAsSent => {
            mistake("The query was signed in the encoding that it has in the URL, which is not OSS's.".into())
        }
        Change::QueryOrder(order) => {
            mistake(format!("The query was signed with its parameters {}.", order.says()))
        }
        Change::BareEquals => {
            mistake("The query was signed with `=` after the name of a parameter without value.".into())
        }
        Change::Token { edit, .. } => mistake(token(*edit, context)),
        Change::Payload { value, of_body } => {
            let says = if *of_body {
                "The last line was signed as the hash of the body instead of UNSIGNED-PAYLOAD.".into()
            } else if value.is_empty() {
                "The last line was signed empty instead of as UNSIGNED-PAYLOAD.".into()
            } else if value == "UNSIGNED-PAYLOAD" {
                "The last line was signed as UNSIGNED-PAYLOAD, but x-oss-content-sha256 has another value."
                    .into()
            } else {
                String::from(
                    "The last line was signed as the hash of an empty body instead of UNSIGNED-PAYLOAD.",
                )
            };
            // Without the header, OSS puts UNSIGNED-PAYLOAD into the last line.
            let sent = context.draft.header("x-oss-content-sha256").unwrap_or("UNSIGNED-PAYLOAD");
            both(says, value, sent)
        }
        Change::Layout(layout) => mistake(format!("The canonical request was signed {}.", layout.says())),
        Change::Region { region, .. } => {
            let sent = &context.presented.region;
            both(
                format!("The key was derived for region `{region}`, but the credential names `{sent}`."),
                region,
                sent,
            )
        }
        Change::Product { product, .. } => {
            let sent = &context.presented.product;
            both(
                format!("The key was derived for product `{product}`, but the credential names `{sent}`."),
                product,
                sent,
            )
        }
        Change::Day { date, .. } => {
            let sent = &context.presented.date;
            both(
                format!("The key was derived for the day {date}, but the credential names {sent}."),
                date,
                sent,
            )
        }
        Change::Time { date_time, hours, minutes, .. } => {
            let sent = &context.presented.date_time;
            let offset = format!("UTC{hours:+}:{minutes:02}");
            both(
                format!(
                    "The string to sign has the time {date_time}, as a clock of {offset} shows it, but the request says {sent}."
                ),
                date_time,
                sent,
            )
        }
        Change::Secret(draft) => mistake(secret(*draft, context)),
        Change::KeyPrefix(_) => {
            mistake("The key was derived from the secret without `aliyun_v4` before it.".into())
        }
        Change::Chain(Chain::Hex) => mistake(
            "A step of the key's derivation took the hex digits of the key before it instead of its bytes."
                .into(),
        ),
        Change::Chain(_) => {
            mistake("The secret itself was taken for the signing key: the derivation was left out.".into())
        }
        Change::SigV4(part) => mistake(format!("{subject} was signed with {}.", part.says())),
        Change::Digest(digest) => mistake(format!("The string to sign ends in {}.", digest.says())),
    }
}

/// Returns the subject of a sentence about what was signed.
const fn subject(context: Context<'_, '_>) -> &'static str {
    context.presented.location.subject()
}

/// Returns a text of the request for a sentence.
fn shown(bytes: &[u8]) -> String {
    excerpt(&String::from_utf8_lossy(bytes))
}

fn header(code: MistakeCode, context: Context<'_, '_>, name: &str, value: Option<&str>) -> Mistake {
    let subject = subject(context);
    let known = context.presented.headers.is_some() || name == "host";
    let sent = if name == "host" { Some(context.presented.host) } else { context.presented.header(name) };
    if name == "x-oss-security-token" {
        let says = match value {
            None => "Header `x-oss-security-token` was sent, but not signed.",
            Some(_) => "Header `x-oss-security-token` was signed with another value.",
        };
        return Mistake::new(code, says, None, None);
    }
    if let ("host", Some(signed), Some(sent)) = (name, value, sent) {
        let says =
            format!("{subject} was signed for host `{}`, but went to `{}`.", excerpt(signed), excerpt(sent));
        return Mistake::new(code, says, value, Some(sent));
    }
    let quoted = |value: &str| format!("{name}: {}", excerpt(value));
    let says = match (value, sent) {
        (Some(signed), Some(sent)) => format!(
            "{subject} was signed with `{}`, but the request carried `{}`.",
            quoted(signed),
            excerpt(sent)
        ),
        (Some(signed), None) if known => {
            format!("{subject} was signed with `{}`, but the request carried none.", quoted(signed))
        }
        (Some(signed), None) => {
            format!("{subject} was signed with `{}`; what was sent is not known.", quoted(signed))
        }
        (None, Some(sent)) => {
            format!("The request carried `{}`, but was signed without that header.", quoted(sent))
        }
        (None, None) => format!("{subject} was signed without header `{name}`."),
    };
    let is_form = name == "content-type" && sent.is_some_and(|sent| sent.starts_with("multipart/form-data"));
    let note =
        if is_form { " The body was sent as a form; a presigned URL takes the bare file." } else { "" };
    Mistake::new(code, says + note, value, sent)
}

fn path(candidate: &Candidate<'_>, context: Context<'_, '_>) -> Mistake {
    let mut draft = context.draft.clone();
    candidate.change.apply(&mut draft);
    let (signed, sent) = (draft.path.text(), context.draft.path.text());
    let bucket = shown(&context.draft.path.bucket);
    let says = match &candidate.change {
        Change::Buckets(0) => format!(
            "The canonical URI was signed without the bucket: it begins with /{bucket}/ whatever the host is."
        ),
        Change::Buckets(_) => format!("The canonical URI was signed with the bucket `{bucket}` twice."),
        Change::PathSpelling(Spelling::Twice) => "The key was signed percent-encoded twice.".into(),
        Change::PathSpelling(spelling) => format!("The key was signed {}.", spelling.says()),
        Change::PathAsSent { .. } => {
            "The path was signed in the encoding that it has in the URL, which is not OSS's.".into()
        }
        Change::Key { edit, .. } => String::from(edit.says()),
        _ => String::new(),
    };
    Mistake::new(candidate.code, says, Some(&signed), Some(&sent))
}

fn parameter_value(code: MistakeCode, context: Context<'_, '_>, name: &[u8], value: &[u8]) -> Mistake {
    let sent = context.draft.query.find(name).map(|parameter| shown(&parameter.value));
    let (name, signed) = (shown(name), shown(value));
    let how = if signed.is_empty() { "without a value".into() } else { format!("as `{signed}`") };
    let says = match &sent {
        Some(sent) => format!("Query parameter `{name}` was signed {how}, but was sent as `{sent}`."),
        None => format!("Query parameter `{name}` was signed {how}, but was not sent."),
    };
    Mistake::new(code, says, Some(&signed), sent.as_deref())
}

fn token(edit: TokenEdit, context: Context<'_, '_>) -> String {
    match edit {
        TokenEdit::NotSigned => "The security token is in the URL, but was not signed.".into(),
        TokenEdit::NotSent => "The security token was signed, but is not in the URL.".into(),
        TokenEdit::Unencoded => "The security token was signed without percent-encoding.".into(),
        TokenEdit::EncodedTwice => "The security token was signed percent-encoded twice.".into(),
        TokenEdit::SentTwiceEncoded => "The security token was percent-encoded twice in the URL.".into(),
        TokenEdit::Other(index) => match name_of(context, index) {
            Some(name) => format!(
                "The URL was signed with the security token of profile `{name}`, but carries another."
            ),
            None => "The URL was signed with the security token at hand, but carries another.".into(),
        },
    }
}

fn name_of<'c>(context: Context<'c, '_>, index: usize) -> Option<Cow<'c, str>> {
    context.evidence.secrets.get(index).and_then(|known| known.name).map(|name| Cow::Owned(excerpt(name)))
}

fn secret(draft: SecretDraft, context: Context<'_, '_>) -> String {
    let subject = subject(context);
    if draft.index != context.signing.secret.index {
        return match name_of(context, draft.index) {
            Some(name) => format!(
                "{subject} was signed with the secret of profile `{name}`, but names another access key id."
            ),
            None => format!(
                "{subject} was signed with a secret that does not belong to the access key id it names."
            ),
        };
    }
    if draft.is_id {
        return format!("{subject} was signed with the access key id in place of the secret.");
    }
    if draft.trimmed {
        return "The secret at hand has blanks or a line end around it that the signer's had not.".into();
    }
    let what = match (draft.before, draft.after) {
        ("", "\n" | "\r\n" | "\r") => "a line end after",
        ("", "\0") => "a zero byte after",
        ("", _) => "a blank after",
        ("\"" | "'", _) => "quotes around",
        ("\u{feff}", _) => "a byte order mark before",
        _ => "a blank before",
    };
    format!("{subject} was signed with {what} the secret.")
}

/// Describes a request that one of the secrets signed, but that names an access key id to which none of them belongs.
pub(super) fn unknown_id(known: &KnownSecret<'_>, subject: &str) -> Mistake {
    let owner = match known.name {
        Some(name) => format!("the secret of profile `{}`", excerpt(name)),
        None => "the secret at hand".into(),
    };
    let says =
        format!("{subject} was signed with {owner}, but names an access key id that does not belong to it.");
    Mistake::new(MistakeCode::AccessKeyId, says, Some(known.access_key_id), None)
}
