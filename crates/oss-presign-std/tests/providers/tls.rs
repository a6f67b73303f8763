//! Which servers are trusted with credentials, and that none is asked through a proxy. Both follow from variables of the
//! environment, so each case runs this binary once more as a child.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oss_presign_std::{CredentialsUri, EcsRamRole, ProvideCredentials, ProviderError};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;

use crate::double::Double;
use crate::support::answer_of_child;

/// Tells a child which provider asks which address.
const CHILD: &str = "OSS_PRESIGN_TEST_TLS_CHILD";

const JSON: &str = r#"{"Code":"Success","AccessKeyId":"STS.fake","AccessKeySecret":"fake-secret",
    "SecurityToken":"fake-token","Expiration":"2099-01-01T00:00:00Z"}"#;

#[test]
fn child() {
    let Ok(task) = env::var(CHILD) else { return };
    let (provider, address) = task.split_once(' ').unwrap();
    let credentials = match provider {
        "uri" => CredentialsUri::new(address).and_then(|provider| provider.provide()),
        "machine" => EcsRamRole::new().metadata_address(address).role("fake-role").provide(),
        "sts" => from_sts(address),
        other => panic!("{other}"),
    };
    match credentials {
        Ok(credentials) => println!("answer: {}", credentials.access_key_id()),
        Err(error) => println!("answer: {} {error}", error.code()),
    }
}

#[cfg(feature = "reqsign")]
fn from_sts(address: &str) -> Result<oss_presign_std::Credentials, ProviderError> {
    crate::reqsign::assume(address).provide()
}

#[cfg(not(feature = "reqsign"))]
fn from_sts(address: &str) -> Result<oss_presign_std::Credentials, ProviderError> {
    panic!("{address}")
}

/// What a child says that asks a provider with these variables: an access key id, or the error.
fn ask(provider: &str, address: &str, variables: &[(&str, &str)]) -> String {
    let task = format!("{provider} {address}");
    answer_of_child("tls::child", [(CHILD, task.as_str())].into_iter().chain(variables.iter().copied()))
}

/// A certificate for a name from an authority of nobody's, whose own certificate is written to a file.
fn issued(folder: &Path, name: &str, valid_until: i32) -> (Arc<ServerConfig>, PathBuf) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let file = folder.join("ca.pem");
    std::fs::write(&file, authority.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(authority, key);
    let key = KeyPair::generate().unwrap();
    let mut server = CertificateParams::new(vec![name.to_owned()]).unwrap();
    server.not_after = rcgen::date_time_ymd(valid_until, 1, 1);
    let certificate = server.signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        );
    (Arc::new(config.unwrap()), file)
}

#[test]
fn the_platforms_roots_are_trusted_and_those_of_ssl_cert_file() {
    let folder = tempfile::tempdir().unwrap();
    let (config, file) = issued(folder.path(), "localhost", 2099);
    let double = Double::start_tls(config, |received| match received.target.as_str() {
        "/" => (200, JSON.into()),
        _ => (200, format!(r#"{{"Credentials":{JSON}}}"#)),
    });
    let (file, nowhere) = (file.to_str().unwrap(), folder.path().join("none"));
    let nowhere = nowhere.to_str().unwrap();
    let providers = if cfg!(feature = "reqsign") { &["uri", "sts"][..] } else { &["uri"] };
    for provider in providers {
        let address = format!("{}/", double.base);
        let address = if *provider == "sts" { &double.base } else { &address };
        assert_eq!(ask(provider, address, &[("SSL_CERT_FILE", file)]), "STS.fake");
        // Elsewhere the system has its roots, whatever the variables say.
        if cfg!(target_os = "linux") {
            let other = rcgen::generate_simple_self_signed(vec!["other.example.com".to_owned()]).unwrap();
            let other_file = folder.path().join("other.pem");
            std::fs::write(&other_file, other.cert.pem()).unwrap();
            let said = ask(provider, address, &[("SSL_CERT_FILE", other_file.to_str().unwrap())]);
            assert!(said.contains("unknown authority") && said.contains("SSL_CERT_FILE"), "{said}");
            let said = ask(provider, address, &[("SSL_CERT_FILE", nowhere), ("SSL_CERT_DIR", nowhere)]);
            assert!(said.contains("no root certificates") && said.contains("ca-certificates"), "{said}");
        }
    }
}

#[test]
fn a_certificate_that_is_not_acceptable_is_said_why() {
    for (name, valid_until, part) in
        [("localhost", 2020, "expired"), ("other.example.com", 2099, "not valid for name")]
    {
        let folder = tempfile::tempdir().unwrap();
        let (config, file) = issued(folder.path(), name, valid_until);
        let double = Double::start_tls(config, |_| (200, JSON.into()));
        let said = ask("uri", &format!("{}/", double.base), &[("SSL_CERT_FILE", file.to_str().unwrap())]);
        assert!(said.contains("its certificate is not acceptable") && said.contains(part), "{said}");
    }
    let mail = Double::start_other(b"220 mail.example.com ESMTP\r\n");
    let said = ask("uri", &format!("https://{mail}/"), &[]);
    assert!(said.starts_with("ProviderUnreachable") && said.contains("TLS failed"), "{said}");
}

#[test]
fn no_proxy_is_asked_for_credentials() {
    let double = Double::start(|received| match received.method.as_str() {
        "PUT" => (200, "fake-token".into()),
        _ => (200, JSON.into()),
    });
    // Nothing listens there.
    let proxy = "http://127.0.0.1:1";
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        for provider in ["uri", "machine"] {
            assert_eq!(ask(provider, &double.base, &[(variable, proxy)]), "STS.fake", "{variable}");
        }
    }
}
