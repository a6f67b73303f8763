//! Credentials from a URI.

use std::net::TcpListener;

use oss_presign_std::{CredentialsUri, ProvideCredentials};

use crate::double::Double;
use crate::support::at;

const JSON: &str = r#"{"Code":"Success","AccessKeyId":"STS.fake","AccessKeySecret":"fake-secret",
    "SecurityToken":"fake-token","Expiration":"2024-11-12T08:32:38Z"}"#;

#[test]
fn one_get_of_the_uri_as_it_is() {
    let double = Double::start(|_| (200, JSON.into()));
    let provider = CredentialsUri::new(format!("{}/path/?user=a%20b&x", double.base)).unwrap();
    let credentials = provider.provide().unwrap();
    assert_eq!(credentials.access_key_id(), "STS.fake");
    assert_eq!(credentials.expires_at(), Some(at(1_731_400_358)));
    assert_eq!(double.asked(), ["GET /path/?user=a%20b&x"]);
}

/// What happened is said by its kind, because the client's own words may quote the URI.
#[test]
fn a_server_that_is_not_reached_is_said_why() {
    let mail = Double::start_other(b"220 mail.example.com ESMTP\r\n");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (uri, reason) in [
        (format!("http://{mail}/fake-path"), "the exchange failed"),
        (format!("http://{closed}/fake-path"), "connection refused"),
        ("http://[::1/fake-path".into(), "its URL is not valid"),
    ] {
        let error = CredentialsUri::new(uri).unwrap().provide().unwrap_err();
        assert_eq!(error.code(), "ProviderUnreachable");
        let shown = error.to_string();
        assert!(shown.ends_with(&format!("was not reached: {reason}")), "{shown}");
        assert!(!shown.contains("fake-path"), "{shown}");
    }
}

#[test]
fn failures_quote_neither_the_answer_nor_the_uri() {
    for (status, body, code) in [
        (302, JSON.to_owned(), "ProviderRefused"),
        (404, "fake-secret".into(), "ProviderRefused"),
        (200, "fake-secret".into(), "ProviderMalformed"),
        (200, "fake-secret ".repeat(10_000), "ProviderUnreachable"),
    ] {
        let double = Double::start(move |_| (status, body.clone()));
        let provider = CredentialsUri::new(format!("{}/fake-path?fake-query", double.base)).unwrap();
        let error = provider.provide().unwrap_err();
        assert_eq!(error.code(), code);
        assert!(!error.is_absent(), "a URI that was named is meant");
        let shown = format!("{error} {error:?} {provider:?}");
        assert!(shown.contains(&double.base), "{shown}");
        for hidden in ["fake-secret", "fake-path", "fake-query"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
