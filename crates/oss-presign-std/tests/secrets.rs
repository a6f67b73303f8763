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
