//! Nothing that is shown holds a secret, a token or a signature.
#![allow(clippy::unwrap_used)]

mod support;

use oss_presign_std::{Credentials, ManualClock};
use support::{BUCKET, SECRET, at, builder};

const TOKEN: &str = "fake-security-token";

fn assert_silent(what: &str, shown: &str, signature: &str) {
    for forbidden in [SECRET, TOKEN, signature, "x-oss-signature="] {
        assert!(!shown.contains(forbidden), "{what} shows {forbidden}: {shown}");
    }
}

#[test]
fn debug_and_errors_are_silent() {
    let credentials =
        Credentials::with_security_token(support::ID, SECRET, TOKEN).unwrap().expiring_at(at(1_731_400_400));
    let builder = builder().credentials(credentials.clone()).clock(ManualClock::new(at(1_731_400_358)));
    let described = format!("{builder:?}");
    let presigner = builder.build().unwrap();
    let request = presigner.put(BUCKET, "a").content_type("a/b").clamp_to_credentials();
    let presigned = request.presign().unwrap();
    let signature = presigned.url().rsplit_once('=').unwrap().1;
    assert_eq!(signature.len(), 64);
    assert!(
        presigned.url().contains(TOKEN),
        "the token is in the URL, so its absence elsewhere means something"
    );
    let authorized = request.authorize().unwrap();
    let (_, header_signature) = authorized.headers().next().unwrap().1.rsplit_once('=').unwrap();
    let shown = format!("{authorized:?} {authorized:#?}");
    assert_eq!(header_signature.len(), 64);
    assert_silent("AuthorizedRequest", &shown, header_signature);
    for (what, shown) in [
        ("PresignerBuilder", described),
        ("Credentials", format!("{credentials:?} {credentials:#?}")),
        ("Presigner", format!("{presigner:?} {presigner:#?}")),
        ("RequestBuilder", format!("{request:?} {request:#?}")),
        ("PresignedRequest", format!("{presigned:?} {presigned:#?}")),
    ] {
        assert!(!shown.is_empty());
        assert_silent(what, &shown, signature);
    }
    let errors = [
        presigner.put(BUCKET, "a").presign().unwrap_err(),
        presigner.put(BUCKET, "/a").presign().unwrap_err(),
        presigner.put(BUCKET, "a").query("x-oss-signature", signature).presign().unwrap_err(),
        presigner.put(BUCKET, "a").header("authorization", signature).presign().unwrap_err(),
        presigner.put(BUCKET, "a").header("x-oss-security-token", TOKEN).presign().unwrap_err(),
        Credentials::new("fake-id", [SECRET, "\n"].concat()).unwrap_err().into(),
        Credentials::with_security_token("fake-id", SECRET, [TOKEN, "\0"].concat()).unwrap_err().into(),
    ];
    for error in errors {
        assert_silent(error.code(), &format!("{error} {error:?} {error:#?}"), signature);
    }
}

/// Types that hold a secret only with features: who asks for credentials, and what signs for others.
#[cfg(all(
    feature = "serde",
    feature = "http",
    feature = "multipart",
    feature = "reqsign",
    feature = "system-clock"
))]
#[test]
fn every_public_type_is_silent() {
    use std::collections::BTreeSet;

    use oss_presign_std::*;

    let credentials = Credentials::with_security_token(support::ID, SECRET, TOKEN).unwrap();
    let now = at(1_731_400_358);
    let presigner = builder().credentials(credentials.clone()).clock(ManualClock::new(now)).build().unwrap();
    let day_key = DayKey::derive(&credentials, support::REGION, Product::Oss, now).unwrap();
    let signing_key = day_key.to_json().split("signing_key\":\"").nth(1).unwrap()[..64].to_owned();
    let broken = DayKey::from_json(&day_key.to_json().replace("aliyun_v4_request", "x")).unwrap_err();
    let uri = format!("https://user:{SECRET}@example.com/?token={TOKEN}");
    let plain_uri = CredentialsUri::new(uri.replace("https", "http")).unwrap_err();
    let process = CredentialProcess::new("/nonexistent/fake", [SECRET, TOKEN]);
    let failed = process.provide().unwrap_err();
    let mut request = http::Request::get("https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a");
    request = request.header("authorization", TOKEN);
    let signer = presigner.http(BUCKET, Addressing::VirtualHosted);
    let refused = signer.presign(&mut request.body(()).unwrap(), std::time::Duration::from_secs(60));
    let variables = |name: &str| match name {
        "OSS_ACCESS_KEY_ID" => Some(support::ID.into()),
        "OSS_ACCESS_KEY_SECRET" => Some([SECRET, "\n"].concat().into()),
        _ => None,
    };
    let plan =
        presigner.put(BUCKET, "a").presign_plan(PartLayout::new(5, 102_400).unwrap(), "fake-upload").unwrap();
    let signature = plan.request(PlanStep::Complete).unwrap().url().rsplit_once('=').unwrap().1.to_owned();
    let mut shown = BTreeSet::new();
    let mut show = |name: &'static str, texts: Vec<String>| {
        shown.insert(name);
        for text in texts {
            assert_silent(name, &text, &signature);
            assert!(!text.contains(&signing_key), "{name} shows the key: {text}");
        }
    };
    macro_rules! debug {
        ($($name:ident: $value:expr),* $(,)?) => {
            $({ let value = $value; show(stringify!($name), vec![format!("{value:?}"), format!("{value:#?}")]); })*
        };
    }
    macro_rules! error {
        ($($name:ident: $value:expr),* $(,)?) => {
            $({ let value = $value; show(stringify!($name), vec![format!("{value} {value:?}"), format!("{value:#?}")]); })*
        };
    }
    debug! {
        Credentials: &credentials,
        DayKey: &day_key,
        Presigner: &presigner,
        PresignerBuilder: builder().credentials(credentials.clone()),
        PresignerBuilder: builder().day_key(day_key.clone()),
        PresignerBuilder: builder().provider(process.clone()),
        RequestBuilder: presigner.put(BUCKET, "a").header("x-oss-meta-a", "b"),
        HttpSigner: signer,
        Verifier: Verifier::new(support::REGION, [credentials.clone()]).unwrap(),
        CredentialProcess: &process,
        CredentialsUri: CredentialsUri::new(uri.as_str()).unwrap(),
        EcsRamRole: EcsRamRole::new().role("fake-role"),
        Environment: Environment,
        CliProfile: CliProfile::new(),
        SharedProfile: SharedProfile::new(),
        OssutilProfile: OssutilProfile::new(),
        ProviderChain: ProviderChain::standard().then(process.clone()).then(CredentialsUri::new(uri.as_str()).unwrap()),
        Reqsign: Reqsign::new(reqsign_aliyun_oss::StaticCredentialProvider::new(support::ID, SECRET).with_security_token(TOKEN)),
        MultipartPlan: &plan,
    }
    error! {
        Error: Error::from(plain_uri.clone()),
        Error: Credentials::from_variables(variables).unwrap_err(),
        ProviderError: &plain_uri,
        ProviderError: &failed,
        ReadDayKeyError: &broken,
        Error: refused.unwrap_err(),
    }
    // Times, places and names, and refusals of those, hold no secret. Any other type has a line above.
    let without = "ClockError ClockOffset EnvironmentError HttpError Lifetime ManualClock ProfileSettings StandardSource SystemClock";
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for line in std::fs::read_to_string(path).unwrap().lines() {
                let declared = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "));
                let Some(declared) = declared else { continue };
                let name = declared.split(|character: char| !character.is_alphanumeric()).next().unwrap();
                let known = shown.contains(name) || without.split(' ').any(|known| known == name);
                assert!(known, "{name} is not formatted");
            }
        }
    }
}
