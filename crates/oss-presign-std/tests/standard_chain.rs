//! The standard chain in environments of its own: each case runs this binary once more as a child.
#![cfg(feature = "providers-http")]
#![allow(clippy::unwrap_used)] // Clippy knows test functions, not those they call.

use std::env;
use std::fs;
use std::path::Path;

use oss_presign_std::{ProvideCredentials, ProviderChain};

mod support;

const CHILD: &str = "OSS_PRESIGN_TEST_CHILD";
/// The machine that tests run on may have a role, which is not for them to ask for.
const NO_MACHINE_ROLE: (&str, &str) = ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");

/// What a child says: an access key id, or the error.
fn chain(home: &Path, variables: &[(&str, &str)]) -> String {
    let home = home.to_str().unwrap();
    let own = [NO_MACHINE_ROLE, (CHILD, "1"), ("HOME", home)];
    support::answer_of_child("child", own.into_iter().chain(variables.iter().copied()))
}

#[test]
fn child() {
    if env::var_os(CHILD).is_some() {
        match ProviderChain::standard().provide() {
            Ok(credentials) => println!("answer: {}", credentials.access_key_id()),
            Err(error) => println!("answer: {} {error}", error.code()),
        }
    }
}

#[cfg(unix)] // HOME is where the home directory is read from.
#[test]
fn what_is_explicit_comes_first_and_what_is_broken_is_not_passed_over() {
    let home = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let answer = |variables: &[_]| chain(home.path(), variables);

    let nothing = answer(&[]);
    assert!(nothing.starts_with("ProviderExhausted"), "{nothing}");
    for part in [
        "OSS_ACCESS_KEY_ID",
        "OIDC_TOKEN_FILE",
        ".aliyun/config.json",
        ".alibabacloud/credentials",
        ".ossutilconfig",
    ] {
        assert!(nothing.contains(part), "{nothing}");
    }
    assert!(
        nothing.contains("ALIBABA_CLOUD_CREDENTIALS_URI") && nothing.contains(NO_MACHINE_ROLE.0),
        "{nothing}"
    );

    let uri = answer(&[("ALIBABA_CLOUD_CREDENTIALS_URI", "http://192.0.2.1/")]);
    assert!(uri.starts_with("ProviderMalformed"), "in the clear to another machine: {uri}");

    let shared = "[default]\ntype=access_key\naccess_key_id=fake-shared\naccess_key_secret=fake-secret\n";
    write(".alibabacloud/credentials", shared);
    assert_eq!(answer(&[]), "fake-shared");
    write(".ossutilconfig", "[default]\naccessKeyID=fake-ossutil\naccessKeySecret=fake-secret\n");
    assert_eq!(answer(&[]), "fake-shared");
    fs::remove_file(home.path().join(".alibabacloud/credentials")).unwrap();
    assert_eq!(answer(&[]), "fake-ossutil");
    write(".alibabacloud/credentials", shared);

    let empty = r#"{"current":"default","profiles":[{"name":"default","mode":"AK","access_key_id":"","access_key_secret":""}]}"#;
    write(".aliyun/config.json", empty);
    assert_eq!(answer(&[]), "fake-shared", "the CLI's first, empty profile is none");
    write(
        ".aliyun/config.json",
        &empty.replace(r#"id":"""#, r#"id":"fake-cli""#).replace(r#"secret":"""#, r#"secret":"s""#),
    );
    assert_eq!(answer(&[]), "fake-cli");
    assert_eq!(answer(&[("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true")]), "fake-shared");
    write(".aliyun/config.json", "{");
    let broken = answer(&[]);
    assert!(broken.starts_with("ProviderMalformed"), "{broken}");

    let variables = [("OSS_ACCESS_KEY_ID", "fake-variable"), ("OSS_ACCESS_KEY_SECRET", "fake-secret")];
    assert_eq!(answer(&variables), "fake-variable");
    let blank = [variables[0], ("OSS_ACCESS_KEY_SECRET", "fake-secret ")];
    let blank = answer(&blank);
    assert!(
        blank.starts_with("CredentialsOuterBlank"),
        "a key that is not valid is not passed over: {blank}"
    );
    assert!(!blank.contains("fake-secret"), "{blank}");
    let half = answer(&variables[..1]);
    assert!(half.starts_with("EnvironmentHalfSet"), "{half}");

    fs::remove_file(home.path().join(".aliyun/config.json")).unwrap();
    let pod = [
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/nonexistent/fake-token"),
        ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/fake"),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/fake"),
    ];
    let code = if cfg!(feature = "reqsign") { "ProviderOther" } else { "ProviderUnsupported" };
    let role = answer(&pod);
    assert!(role.starts_with(code), "a pod's role is not replaced by another identity: {role}");
    let half = answer(&pod[..2]);
    assert!(half.starts_with("EnvironmentHalfSet ALIBABA_CLOUD_OIDC_PROVIDER_ARN"), "{half}");
}
