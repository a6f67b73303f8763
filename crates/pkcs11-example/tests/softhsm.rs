//! The example with SoftHSM, a token in software: Debian's package `softhsm2`.
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use std::path::Path;
use std::process::{Command, Output};

use oss_presign::{Bucket, Credentials, Endpoint, Expiry, ObjectKey, Region, Request, Signer, Timestamp};

/// Where Debian has the module.
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const NOW: u64 = 1_731_400_358;
/// As long as real ones: SoftHSM takes no key for HMAC-SHA256 of less than 32 bytes, `aliyun_v4` included.
const SECRET: &str = "fakeAccessKeySecretOf30Letters";

fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The same request, signed here by the secret.
fn signed_here() -> String {
    let now = Timestamp::from_unix(NOW).unwrap();
    let credentials = Credentials::new("fake-access-key-id", SECRET).unwrap();
    let signer = Signer::new(&credentials, Region::new("cn-hangzhou").unwrap(), now);
    let key = ObjectKey::new("photos/ü +1.jpg").unwrap();
    let mut request = Request::put(Bucket::new("examplebucket").unwrap(), key);
    request.content_type("image/jpeg").unwrap();
    let (endpoint, mut url) = (Endpoint::public(signer.scope().region()), [0; 512]);
    let presigned = signer.presign(&request, &endpoint, now, Expiry::secs(600).unwrap(), &mut url);
    presigned.unwrap().url().to_owned()
}

#[test]
fn a_token_signs_by_keys_that_it_does_not_give_out() {
    if !Path::new(MODULE).exists() {
        // `cargo xtask test` installs it, and then insists.
        assert!(std::env::var_os("OSS_PRESIGN_SOFTHSM").is_none(), "{MODULE} is missing");
        println!("skipped: {MODULE} is missing: apt-get install softhsm2");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("softhsm2.conf");
    let tokens = folder.path().join("tokens");
    std::fs::create_dir(&tokens).unwrap();
    let text = format!("directories.tokendir = {}\nobjectstore.backend = file\n", tokens.display());
    std::fs::write(&settings, text).unwrap();
    output(Command::new("softhsm2-util").env("SOFTHSM2_CONF", &settings).args([
        "--init-token",
        "--free",
        "--label",
        "oss-presign",
        "--pin",
        "1234",
        "--so-pin",
        "12345678",
    ]));
    let ran = output(
        Command::new(env!("CARGO_BIN_EXE_pkcs11-example"))
            .args([MODULE, "oss-presign", &NOW.to_string()])
            .env("SOFTHSM2_CONF", &settings)
            .env("PKCS11_PIN", "1234")
            .env("OSS_ACCESS_KEY_ID", "fake-access-key-id")
            .env("OSS_ACCESS_KEY_SECRET", SECRET),
    );
    let url = signed_here();
    let expected = format!("day-key={url}\nsecret={url}\ngives-out=false\n");
    assert_eq!(String::from_utf8(ran.stdout).unwrap(), expected);
}
