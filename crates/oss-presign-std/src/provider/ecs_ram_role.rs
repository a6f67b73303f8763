//! The role of the machine: credentials from the metadata service of ECS.

use std::ffi::OsString;
use std::fmt;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::http_get::{Client, address};
use super::{ProvideCredentials, ProviderError, issued};
use crate::credentials::Credentials;
use crate::environment::variable;

const PROVIDER: &str = "the ECS metadata service";
const ADDRESS: &str = "http://100.100.100.200";
/// The default time for all requests. The metadata service is in the machine's own network and responds quickly if it exists.
const TIMEOUT: Duration = Duration::from_secs(2);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ROLES: &str = "/latest/meta-data/ram/security-credentials/";
const TOKEN: &str = "x-aliyun-ecs-metadata-token";
const TOKEN_LIFE: &str = "x-aliyun-ecs-metadata-token-ttl-seconds";
/// The lifetime of a metadata token. A new one is requested each time, because credentials are fetched rarely.
const TOKEN_LIFE_SECONDS: &str = "60";
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";

/// Fetches the credentials of the RAM role of an ECS instance, only in the hardened mode of the metadata service: with a token
/// (`PUT /latest/api/token`).
#[must_use]
pub struct EcsRamRole {
    base: String,
    role: Option<String>,
    timeout: Duration,
}

impl Default for EcsRamRole {
    fn default() -> Self {
        Self::new()
    }
}

impl EcsRamRole {
    /// Creates a provider for the role that the metadata service names.
    pub fn new() -> Self {
        Self { base: ADDRESS.into(), role: None, timeout: TIMEOUT }
    }

    /// Limits the total time of all requests. The default is 2 seconds.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Uses this role instead of asking for its name, which saves a request.
    pub fn role(self, name: impl Into<String>) -> Self {
        Self { role: Some(name.into()), ..self }
    }

    /// Uses a metadata service at another address, such as `http://127.0.0.1:8080`.
    pub fn metadata_address(self, base: impl Into<String>) -> Self {
        let base: String = base.into();
        Self { base: base.trim_end_matches('/').to_owned(), ..self }
    }

    /// Creates a provider for the role in `ALIBABA_CLOUD_ECS_METADATA` or, if that is not set, the role that the metadata
    /// service names.
    ///
    /// # Errors
    /// [`ProviderError::Absent`] if `ALIBABA_CLOUD_ECS_METADATA_DISABLED` is `true`.
    pub fn from_env() -> Result<Self, ProviderError> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    pub(super) fn from_variables(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, ProviderError> {
        if variable(&lookup, DISABLED)?.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return Err(ProviderError::Absent { provider: PROVIDER, what: format!("{DISABLED} is set") });
        }
        Ok(Self { role: variable(&lookup, ROLE)?, ..Self::new() })
    }

    /// Returns a client for one request, limited to the time that remains of the total.
    fn client(&self, began: Instant) -> Result<Client, ProviderError> {
        let left = self.timeout.saturating_sub(began.elapsed());
        if left.is_zero() {
            let address = address(&self.base);
            return Err(ProviderError::Unreachable { address, reason: "it took too long".into() });
        }
        Ok(Client::new(left.min(CONNECT_TIMEOUT), left))
    }

    fn get(&self, path: &str, token: &str, began: Instant) -> Result<Zeroizing<Vec<u8>>, ProviderError> {
        let answer = self.client(began)?.get(&[&self.base, path].concat(), Some((TOKEN, token)))?;
        if answer.status() == 404 && self.role.is_none() {
            let what = "the machine has no role: attach one".into();
            return Err(ProviderError::Absent { provider: PROVIDER, what });
        }
        answer.success()
    }

    fn text(&self, body: &[u8], of: &str) -> Result<Zeroizing<String>, ProviderError> {
        let text = std::str::from_utf8(body).ok().map(str::trim);
        // Anything but a single word cannot be used in a header or a path.
        let text = text.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()));
        let what = || format!("{} answered with something that is no {of}", address(&self.base));
        text.map(|text| Zeroizing::new(text.to_owned()))
            .ok_or_else(|| ProviderError::Malformed { what: what() })
    }
}

impl ProvideCredentials for EcsRamRole {
    fn provide(&self) -> Result<Credentials, ProviderError> {
        let began = Instant::now();
        let url = [&self.base, "/latest/api/token"].concat();
        let token = self.client(began)?.put(&url, (TOKEN_LIFE, TOKEN_LIFE_SECONDS));
        let token = token.map_err(|error| match error {
            // Only machines of ECS have a metadata service.
            ProviderError::Unreachable { address, reason } => ProviderError::Absent {
                provider: PROVIDER,
                what: format!("{address} was not reached: {reason}"),
            },
            error => error,
        })?;
        let token = self.text(&token.success()?, "token")?;
        let role = match &self.role {
            Some(role) => Zeroizing::new(role.clone()),
            None => self.text(&self.get(ROLES, &token, began)?, "role")?,
        };
        let body = self.get(&[ROLES, &role].concat(), &token, began)?;
        let credentials = issued::credentials(&body, &address(&self.base))?;
        if credentials.has_security_token() && credentials.expires_at().is_some() {
            Ok(credentials)
        } else {
            let what = format!("the answer of {} has no token or no expiration", address(&self.base));
            Err(ProviderError::Malformed { what })
        }
    }
}

impl fmt::Debug for EcsRamRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EcsRamRole")
            .field("address", &self.base)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_environment() {
        let from = |name: &'static str, value: &'static str| {
            EcsRamRole::from_variables(|asked| (asked == name).then(|| value.into()))
        };
        let role = |provider: Result<EcsRamRole, _>| provider.unwrap().role;
        assert_eq!(role(from("ALIBABA_CLOUD_ECS_METADATA", "fake-role")).as_deref(), Some("fake-role"));
        assert_eq!(role(from("ALIBABA_CLOUD_ECS_METADATA", "")), None, "an empty variable is not set");
        assert_eq!(role(from("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "false")), None);
        for disabled in ["true", "TRUE"] {
            let error = from("ALIBABA_CLOUD_ECS_METADATA_DISABLED", disabled).unwrap_err();
            assert!(error.is_absent(), "{error}");
        }
        // ECS, "Instance metadata": the address and the hardened mode are the same on every instance.
        assert_eq!(EcsRamRole::default().base, "http://100.100.100.200");
    }
}
