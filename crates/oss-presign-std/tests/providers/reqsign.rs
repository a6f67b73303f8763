//! A role assumed by reqsign's provider, from a double of STS.

use oss_presign_std::{ProvideCredentials, Reqsign};
use reqsign_aliyun_oss::{AssumeRoleWithOidcCredentialProvider, Credential, EnvCredentialProvider};
use reqsign_core::StaticEnv;

use crate::double::Double;
use crate::support::at;

const TOKEN: &str = "fake-oidc-token";

pub(crate) fn assume(sts: &str) -> Reqsign<AssumeRoleWithOidcCredentialProvider> {
    let folder = tempfile::tempdir().unwrap().keep();
    let file = folder.join("token");
    std::fs::write(&file, TOKEN).unwrap();
    Reqsign::new(
        AssumeRoleWithOidcCredentialProvider::new()
            .with_role_arn("acs:ram::1:role/fake")
            .with_oidc_provider_arn("acs:ram::1:oidc-provider/fake")
            .with_oidc_token_file(file.to_str().unwrap())
            .with_sts_endpoint(sts),
    )
}

#[test]
fn a_role_assumed_with_oidc() {
    let double = Double::start(|received| {
        assert!(received.target.contains("Action=AssumeRoleWithOIDC"));
        assert!(received.target.contains("OIDCToken=fake-oidc-token"));
        let body = r#"{"Credentials":{"AccessKeyId":"STS.fake","AccessKeySecret":"fake-secret",
            "SecurityToken":"fake-token","Expiration":"2024-11-12T08:32:38Z"}}"#;
        (200, body.into())
    });
    let credentials = assume(&double.base).provide().unwrap();
    assert_eq!(credentials.access_key_id(), "STS.fake");
    assert!(credentials.has_security_token());
    assert_eq!(credentials.expires_at(), Some(at(1_731_400_358)));
}

#[test]
fn what_sts_refuses_is_named_by_its_code_alone() {
    let refusal =
        r#"{"RequestId":"fake","Message":"fake-secret-words","Code":"AuthenticationFail.OIDCToken.Expired"}"#;
    for (status, body, part) in [
        (400, refusal, "STS refused with AuthenticationFail.OIDCToken.Expired"),
        (500, "fake-secret-words", "was not assumed"),
        (200, "fake-secret-words", "was not assumed"),
    ] {
        let double = Double::start(move |_| (status, body.into()));
        let provider = assume(&double.base);
        let error = provider.provide().unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        let shown = format!("{error} {error:?} {provider:?}");
        assert!(!shown.contains("fake-secret-words") && !shown.contains(TOKEN), "{shown}");
    }
}

/// A service that assumes roles for others has more than one environment.
#[test]
fn a_context_of_the_callers() {
    let environment = |id: &str, secret: &str| StaticEnv {
        home_dir: None,
        envs: [("ALIBABA_CLOUD_ACCESS_KEY_ID", id), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    };
    let provided = |id, secret| {
        let context = reqsign_core::Context::new().with_env(environment(id, secret));
        Reqsign::with_context(EnvCredentialProvider::new(), context).provide()
    };
    assert_eq!(provided("fake-id", "fake-secret").unwrap().access_key_id(), "fake-id");
    assert_eq!(provided("fake-id", " fake-secret").unwrap_err().code(), "CredentialsOuterBlank");
}

#[test]
fn one_that_is_not_configured_is_absent() {
    #[derive(Debug)]
    struct Nothing;
    impl reqsign_core::ProvideCredential for Nothing {
        type Credential = Credential;
        async fn provide_credential(
            &self,
            _: &reqsign_core::Context,
        ) -> reqsign_core::Result<Option<Credential>> {
            Ok(None)
        }
    }
    assert!(Reqsign::new(Nothing).provide().unwrap_err().is_absent());
}
