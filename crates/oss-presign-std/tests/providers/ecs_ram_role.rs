//! The machine's role, from a double of the metadata service that insists on its token.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use oss_presign_std::{Credentials, EcsRamRole, ManualClock, Presigner, ProvideCredentials, ProviderError};

use crate::double::{Double, Received};
use crate::support::{BUCKET, REGION, at};

/// 2024-11-12T08:32:38Z.
const NOW: u64 = 1_731_400_358;
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
const SECRET: &str = "fake-role-secret";
const TOKEN: &str = "fake-role-token";

/// What the service of one machine would answer at present.
#[derive(Clone)]
struct Service {
    role: Option<&'static str>,
    /// The number of the key that is given out, and its end.
    key: u32,
    expiration: &'static str,
    code: &'static str,
    /// Answers with this status whatever is asked.
    broken: Option<u16>,
    /// Its tokens are worth nothing by the time they are used.
    tokens_expire: bool,
}

impl Default for Service {
    fn default() -> Self {
        let expiration = "2024-11-12T14:32:38Z";
        Self {
            role: Some("fake-role"),
            key: 1,
            expiration,
            code: "Success",
            broken: None,
            tokens_expire: false,
        }
    }
}

impl Service {
    fn answer(&self, received: &Received) -> (u16, String) {
        if let Some(status) = self.broken {
            return (status, SECRET.into());
        }
        if (received.method.as_str(), received.target.as_str()) == ("PUT", "/latest/api/token") {
            let life = received.header("x-aliyun-ecs-metadata-token-ttl-seconds");
            return match life.and_then(|life| life.parse::<u32>().ok()) {
                Some(1..=21_600) => (200, "fake-metadata-token\n".into()),
                _ => (400, String::new()),
            };
        }
        if self.tokens_expire || received.header("x-aliyun-ecs-metadata-token") != Some("fake-metadata-token")
        {
            return (403, SECRET.into());
        }
        match (received.method.as_str(), received.target.strip_prefix(ROLES), self.role) {
            ("GET", Some(""), Some(role)) => (200, role.into()),
            ("GET", Some(asked), Some(role)) if asked == role => {
                let Self { key, expiration, code, .. } = self;
                let json = format!(
                    r#"{{"AccessKeyId":"STS.fake{key}","AccessKeySecret":"{SECRET}","Expiration":"{expiration}",
                        "SecurityToken":"{TOKEN}","LastUpdated":"2024-11-12T08:30:00Z","Code":"{code}"}}"#
                );
                (200, json)
            }
            _ => (404, String::new()),
        }
    }
}

fn start(service: Service) -> (Arc<Mutex<Service>>, Double) {
    let state = Arc::new(Mutex::new(service));
    let shared = Arc::clone(&state);
    (state, Double::start(move |received| shared.lock().unwrap().answer(received)))
}

fn provide(service: Service) -> Result<Credentials, ProviderError> {
    let (_, double) = start(service);
    EcsRamRole::new().metadata_address(&double.base).provide()
}

#[test]
fn a_token_then_the_role_then_its_credentials() {
    let (_, double) = start(Service::default());
    let credentials = EcsRamRole::new().metadata_address(&double.base).provide().unwrap();
    assert_eq!(credentials.access_key_id(), "STS.fake1");
    assert!(credentials.has_security_token());
    assert_eq!(credentials.expires_at(), Some(at(NOW + 6 * 3600)));
    let role = format!("GET {ROLES}fake-role");
    assert_eq!(double.asked(), ["PUT /latest/api/token".into(), format!("GET {ROLES}"), role.clone()]);
    let base = format!("{}/", double.base);
    EcsRamRole::new().metadata_address(base).role("fake-role").provide().unwrap();
    assert_eq!(double.asked(), ["PUT /latest/api/token", &role]);
}

#[test]
fn failures_by_kind() {
    let service = Service::default;
    let refused = |status| (provide(Service { broken: Some(status), ..service() }), "ProviderRefused");
    for (result, code) in [
        // Redirects are refused too: a token must not follow one.
        refused(302),
        refused(403),
        refused(404),
        refused(500),
        (provide(Service { tokens_expire: true, ..service() }), "ProviderRefused"),
        (provide(Service { role: None, ..service() }), "ProviderAbsent"),
        (provide(Service { role: Some(""), ..service() }), "ProviderMalformed"),
        (provide(Service { role: Some("two\r\nlines"), ..service() }), "ProviderMalformed"),
        (provide(Service { code: "Failed", ..service() }), "ProviderMalformed"),
        (provide(Service { expiration: "", ..service() }), "ProviderMalformed"),
        (provide(Service { expiration: "soon", ..service() }), "ProviderMalformed"),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(SECRET) && !shown.contains(TOKEN), "{shown}");
    }
    let (_, double) = start(Service::default());
    let other = EcsRamRole::new().metadata_address(&double.base).role("another").provide().unwrap_err();
    assert_eq!(other.code(), "ProviderRefused", "a role that was named is meant, so a chain does not go on");
}

#[test]
fn where_nothing_answers_there_is_no_machine_role() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let free = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = EcsRamRole::new().metadata_address(&free).provide().unwrap_err();
    assert!(error.is_absent(), "{error}");
    assert!(error.to_string().contains(&free), "{error}");
}

/// The time is that of all requests together.
#[test]
fn a_service_that_hangs_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", silent.local_addr().unwrap());
    let role = EcsRamRole::new().metadata_address(base).timeout(Duration::from_millis(50));
    let error = role.provide().unwrap_err();
    assert!(error.is_absent() && error.to_string().contains("too long"), "{error}");
    let (_, double) = start(Service::default());
    let role = EcsRamRole::new().metadata_address(&double.base).timeout(Duration::ZERO);
    assert_eq!(role.provide().unwrap_err().code(), "ProviderUnreachable");
    assert!(double.asked().is_empty());
}

#[test]
fn a_presigner_through_expiry_failure_and_recovery() {
    let (service, double) = start(Service::default());
    let clock = Arc::new(ManualClock::new(at(NOW)));
    let failures = Arc::new(Mutex::new(Vec::new()));
    let reported = Arc::clone(&failures);
    let presigner = Presigner::builder()
        .provider(EcsRamRole::new().metadata_address(&double.base))
        .region(REGION)
        .clock(Arc::clone(&clock))
        .refresh_by_caller()
        .on_refresh_failure(move |error| reported.lock().unwrap().push(error.code()))
        .build()
        .unwrap();
    let presign = || presigner.get(BUCKET, "a").clamp_to_credentials().presign();
    let end = at(NOW + 6 * 3600);
    assert!(presign().unwrap().url().contains("STS.fake1%2F20241112%2F"));
    assert!(presign().unwrap().url().contains("&x-oss-security-token=fake-role-token&"));

    // Five minutes ahead of the end, and not a second earlier, the provider is asked again.
    double.asked();
    clock.set(at(end.unix() - 301));
    assert_eq!(presigner.refresh_if_due(), Ok(false));
    assert!(double.asked().is_empty());
    clock.advance(1);
    service.lock().unwrap().broken = Some(500);
    assert_eq!(presigner.refresh_if_due().unwrap_err().code(), "ProviderRefused");
    assert_eq!(*failures.lock().unwrap(), ["ProviderRefused"]);
    let last = presign().unwrap();
    assert_eq!(last.expires_at(), end, "those at hand stay in use, and no URL outlives them");

    // The service still gives out what ends now: that is no replacement.
    service.lock().unwrap().broken = None;
    clock.set(end);
    assert_eq!(presigner.refresh_if_due().unwrap_err().code(), "ProviderExpired");
    let error = presign().unwrap_err();
    assert_eq!(error.code(), "CredentialsExpired");
    assert!(error.to_string().contains("2024-11-12T14:32:38Z"), "{error}");

    *service.lock().unwrap() = Service { key: 2, expiration: "2024-11-12T20:32:38Z", ..Service::default() };
    assert_eq!(presigner.refresh_if_due(), Ok(true));
    let renewed = presign().unwrap();
    assert!(renewed.url().contains("STS.fake2%2F"));
    assert_eq!(renewed.expires_at(), at(end.unix() + 900));

    // Before they are due, only a caller who insists gets others.
    service.lock().unwrap().key = 3;
    assert_eq!(presigner.refresh_if_due(), Ok(false));
    presigner.refresh().unwrap();
    assert_eq!(presigner.access_key_id(), "STS.fake3");

    let shown = format!("{presigner:?}");
    assert!(!shown.contains(SECRET) && !shown.contains(TOKEN), "{shown}");
}
