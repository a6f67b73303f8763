//! `oss-presign doctor`: what signing would use, and what is wrong with it.

mod clock;

use std::path::Path;
use std::process::ExitCode;

use oss_presign::{Endpoint, Region};
use oss_presign_std::{Clock as _, ProfileSettings, ProviderError, SystemClock};
use oss_upload::driver::UrlParts;
use serde::Serialize;

use crate::account::{self, Account};
use crate::arguments::{Doctor, Place};
use crate::day_key;
use crate::destination::{Destination, Found};
use crate::failure::{Class, Failure};
use crate::output;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Good,
    /// Nothing is there, and nothing needs to be.
    Absent,
    /// Works, and may not be what was meant.
    Notice,
    Problem,
}

/// What was found out about one thing.
#[derive(Debug, Serialize)]
struct Finding {
    subject: &'static str,
    state: State,
    text: String,
}

#[derive(Serialize)]
struct Report {
    good: bool,
    findings: Vec<Finding>,
}

/// Looks, and tells. Fails where signing would fail or what it signs would be refused.
pub(crate) fn run(arguments: &Doctor, json: bool) -> Result<ExitCode, Failure> {
    let mut findings = Vec::new();
    let trust = arguments.authorities.trust()?;
    let place = &arguments.place;
    let destination = match place.day_key() {
        Some(path) => by_day_key(path, place, &mut findings),
        None => Destination::of(place, &credentials(place.profile.as_deref(), &mut findings)),
    };
    match destination {
        Ok(destination) => {
            findings.push(region(&destination));
            let endpoint = endpoint(&arguments.place, &destination, &mut findings);
            findings.push(clock::judged(arguments.reach.then_some(endpoint).flatten().as_deref(), trust));
        }
        Err(failure) => {
            let text = [Some(failure.message), failure.hint].into_iter().flatten().collect::<Vec<_>>();
            findings.push(Finding { subject: "region", state: State::Problem, text: text.join(": ") });
            findings.push(clock::judged(None, trust));
        }
    }
    let good = findings.iter().all(|finding| finding.state != State::Problem);
    if json {
        output::json(&Report { good, findings })?;
    } else {
        let lines: Vec<String> = findings.iter().map(Finding::line).collect();
        output::line(lines.join("\n"))?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(Class::Failed as u8) })
}

impl Finding {
    fn good(subject: &'static str, text: impl Into<String>) -> Self {
        Self { subject, state: State::Good, text: text.into() }
    }

    fn notice(subject: &'static str, text: impl Into<String>) -> Self {
        Self { subject, state: State::Notice, text: text.into() }
    }

    fn problem(subject: &'static str, text: impl Into<String>) -> Self {
        Self { subject, state: State::Problem, text: text.into() }
    }

    fn line(&self) -> String {
        let mark = match self.state {
            State::Good => "ok",
            State::Absent => "-",
            State::Notice => "note",
            State::Problem => "PROBLEM",
        };
        format!("{mark:<8} {:<12} {}", self.subject, output::escaped(&self.text))
    }
}

/// Goes through the places up to the one that decides.
fn credentials(profile: Option<&str>, findings: &mut Vec<Finding>) -> ProfileSettings {
    const SUBJECT: &str = "credentials";
    for &source in account::places(profile) {
        match account::ask(source, profile) {
            Ok(found) => {
                let mut text = format!("{}: access key id {}", source.name(), found.access_key_id());
                if found.has_security_token() {
                    text.push_str(", temporary");
                }
                findings.push(match (found.expires_at(), SystemClock.timestamp()) {
                    (Some(end), Ok(now)) if end <= now => {
                        Finding::problem(SUBJECT, format!("{text}, ended at {end}: get new ones"))
                    }
                    (Some(end), _) => {
                        Finding::good(SUBJECT, format!("{text}, until {end}: URLs end then at the latest"))
                    }
                    (None, _) => Finding::good(SUBJECT, text),
                });
                return source.settings(profile).unwrap_or_else(|error| {
                    findings.push(Finding::problem(SUBJECT, format!("{}: {error}", source.name())));
                    ProfileSettings::default()
                });
            }
            Err(error) if account::is_passed_over(&error, profile) => {
                let text = match error {
                    ProviderError::Absent { what, .. } => what,
                    ProviderError::Environment(_) => "OSS_ACCESS_KEY_ID is not set".to_owned(),
                    error => error.to_string(),
                };
                let text = format!("not from {}: {text}", source.name());
                findings.push(Finding { subject: SUBJECT, state: State::Absent, text });
            }
            Err(error) => {
                let text = format!("{}: {error}; nothing after it is asked", source.name());
                findings.push(Finding::problem(SUBJECT, text));
                return ProfileSettings::default();
            }
        }
    }
    if let Err(failure) = Account::find(profile) {
        let hint = failure.hint.unwrap_or_default();
        let hint = hint.split("; `oss-presign doctor`").next().unwrap_or_default();
        let what = failure.message.split(':').next().unwrap_or_default();
        findings.push(Finding::problem(SUBJECT, format!("{what}: {hint}")));
    }
    ProfileSettings::default()
}

/// Judges a day key.
fn by_day_key(path: &Path, place: &Place, findings: &mut Vec<Finding>) -> Result<Destination, Failure> {
    const SUBJECT: &str = "day key";
    let day_key = match day_key::read(path) {
        Ok(day_key) => day_key,
        Err(failure) => {
            findings.push(Finding::problem(SUBJECT, failure.message));
            return Destination::of(place, &ProfileSettings::default());
        }
    };
    let core = day_key.to_core()?;
    let (id, scope, end) = (day_key.access_key_id(), core.scope(), core.signs_until());
    let text = format!("{}: access key id {id}, {scope}", path.display());
    let destination = day_key::destination(&day_key, place)?;
    findings.push(match SystemClock.timestamp() {
        _ if destination.region.value != scope.region().as_str() => {
            Finding::problem(SUBJECT, format!("{text}: not for region {}", destination.region.value))
        }
        Ok(now) if now >= end => {
            Finding::problem(SUBJECT, format!("{text}, ended at {end}: ask for today's"))
        }
        Ok(now) if now < scope.starts_at() => {
            Finding::problem(SUBJECT, format!("{text}, begins at {}: ask for today's", scope.starts_at()))
        }
        _ => Finding::good(SUBJECT, format!("{text}, signs until {end}")),
    });
    Ok(destination)
}

fn region(destination: &Destination) -> Finding {
    const SUBJECT: &str = "region";
    match destination.doubt() {
        Some(doubt) => Finding::notice(SUBJECT, doubt),
        None => {
            let Found { value, at } = &destination.region;
            Finding::good(SUBJECT, format!("{value}, from {at}"))
        }
    }
}

/// Judges the endpoint, and gives the address at which it can be reached.
fn endpoint(place: &Place, destination: &Destination, findings: &mut Vec<Finding>) -> Option<String> {
    const SUBJECT: &str = "endpoint";
    let region = &destination.region.value;
    let found = match &destination.endpoint {
        _ if place.internal => fixed(format!("oss-{region}-internal.aliyuncs.com"), "--internal"),
        _ if place.dual_stack => fixed(format!("{region}.oss.aliyuncs.com"), "--dual-stack"),
        _ if place.accelerate => fixed("oss-accelerate.aliyuncs.com".to_owned(), "--accelerate"),
        _ if place.accelerate_overseas => {
            fixed("oss-accelerate-overseas.aliyuncs.com".to_owned(), "--accelerate-overseas")
        }
        Some(found) => found.clone(),
        None => fixed(format!("oss-{region}.aliyuncs.com"), "the region"),
    };
    let Found { value, at } = &found;
    let checked = Endpoint::new(value, destination.style.addressing()).and_then(|endpoint| {
        // A region that is none is judged above.
        Region::new(region).map_or(Ok(()), |region| endpoint.check_region(region))
    });
    if let Err(error) = checked {
        findings.push(Finding::problem(SUBJECT, format!("{value}, from {at}: {error}")));
        return None;
    }
    let (scheme, host) = value.split_once("://").unwrap_or(("https", value));
    let host = host.trim_end_matches('/');
    let address = format!("{scheme}://{host}/");
    findings.push(match host.strip_suffix(".aliyuncs.com") {
        Some(label) if label.ends_with("-internal") => {
            let text =
                format!("{value}, from {at}, is reached only from Alibaba Cloud's own network in {region}");
            Finding::notice(SUBJECT, text)
        }
        _ if UrlParts::parse(&address).is_some_and(|url| url.is_loopback()) => {
            Finding::good(SUBJECT, format!("{value}, from {at}, a server on this machine"))
        }
        _ if scheme == "http" => {
            let text =
                format!("{value}, from {at}, is plain http: transfers to other machines need --allow-http");
            Finding::notice(SUBJECT, text)
        }
        _ => Finding::good(SUBJECT, format!("{value}, from {at}")),
    });
    Some(address)
}

fn fixed(value: String, at: &'static str) -> Found {
    Found { value, at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Style;

    fn found(value: &str) -> Found {
        fixed(value.to_owned(), "OSS_REGION")
    }

    fn endpoint_of(host: &str) -> (State, String) {
        let destination =
            Destination { region: found("cn-hangzhou"), endpoint: Some(found(host)), style: Style::Virtual };
        let mut findings = Vec::new();
        endpoint(&Place::default(), &destination, &mut findings);
        let finding = findings.remove(0);
        (finding.state, finding.text)
    }

    #[test]
    fn endpoints() {
        for (host, state, part) in [
            ("oss-cn-hangzhou.aliyuncs.com", State::Good, ""),
            ("https://oss-accelerate.aliyuncs.com", State::Good, ""),
            ("static.example.com", State::Good, ""),
            ("oss-cn-hangzhou-internal.aliyuncs.com", State::Notice, "own network"),
            ("http://127.0.0.1:9000", State::Good, "this machine"),
            ("http://oss.example.com", State::Notice, "--allow-http"),
            ("oss-cn-beijing.aliyuncs.com", State::Problem, "else the endpoint of `cn-hangzhou`"),
            ("photos.oss-cn-hangzhou.aliyuncs.com", State::Problem, "write `oss-cn-hangzhou.aliyuncs.com`"),
            ("https://h/path", State::Problem, ""),
        ] {
            let told = endpoint_of(host);
            assert!(told.0 == state && told.1.contains(part), "{host}: {told:?}");
        }
    }
}
