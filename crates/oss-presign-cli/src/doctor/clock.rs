//! The clock, by a server's.

use std::time::Duration;

use oss_presign_std::{Clock as _, SystemClock, Timestamp};
use oss_upload::driver::UrlParts;
use oss_upload::parse_http_date;
use oss_upload_ureq::Trust;

use super::Finding;
use crate::advice::Advice;

/// OSS refuses what was signed by a clock that is further off, in seconds.
const CLOCK_TOLERANCE: u64 = 15 * 60;
/// A clock this far off works for now and points at one that nobody sets, in seconds.
const CLOCK_NOTICEABLE: u64 = 60;

/// Judges the clock by a server's, where there is an address of one.
pub(super) fn judged(address: Option<&str>, trust: Trust) -> Finding {
    const SUBJECT: &str = "clock";
    let now = match SystemClock.timestamp() {
        Ok(now) => now,
        Err(error) => return Finding::problem(SUBJECT, error.to_string()),
    };
    let Some(address) = address else {
        return Finding::good(SUBJECT, format!("{now}; give --reach to compare it with the endpoint's"));
    };
    match server_time(address, trust) {
        Ok(server) => compared(now, server),
        Err(reason) => Finding::problem(SUBJECT, format!("{now}; {address} was not reached: {reason}")),
    }
}

fn compared(now: Timestamp, server: Timestamp) -> Finding {
    const SUBJECT: &str = "clock";
    let off = now.unix().abs_diff(server.unix());
    let direction = if now > server { "ahead of" } else { "behind" };
    let text = format!("{now}, {off} s {direction} the server's");
    if off > CLOCK_TOLERANCE {
        let why = if now > server {
            "OSS refuses URLs from the future"
        } else {
            "URLs expire before they are used"
        };
        Finding::problem(SUBJECT, format!("{text}: {why}; set the clock, by NTP for example"))
    } else if off > CLOCK_NOTICEABLE {
        Finding::notice(
            SUBJECT,
            format!("{text}: OSS tolerates {CLOCK_TOLERANCE} s; set the clock, by NTP for example"),
        )
    } else {
        Finding::good(SUBJECT, format!("{now}, the same as the server's within {off} s"))
    }
}

/// The `Date` of whatever the server answers.
fn server_time(address: &str, trust: Trust) -> Result<Timestamp, String> {
    const TIMEOUT: Duration = Duration::from_secs(5);
    let client = oss_upload_ureq::client_with(oss_upload_ureq::client_builder().build(), trust);
    let request = client.get(address).config();
    let request = request.timeout_global(Some(TIMEOUT)).http_status_as_error(false).max_redirects(0);
    let request = request.max_redirects_will_error(false);
    // As transfers do: a proxy would look for the server on its own machine.
    let is_local = UrlParts::parse(address).is_some_and(|url| url.is_loopback());
    let request = if is_local { request.proxy(None) } else { request };
    let answer = request.build().call().map_err(|error| reason(&oss_upload_ureq::connection_error(error)))?;
    let date = answer.headers().get("date").and_then(|date| parse_http_date(date.to_str().ok()?));
    let date = date.ok_or("it answers without a date")?;
    Timestamp::from_unix(date).map_err(|error| error.to_string())
}

fn reason(error: &oss_upload_ureq::Error) -> String {
    match Advice::on_transfer(error) {
        Some(Advice { message: Some(message), hint }) => format!("{message}; {hint}"),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn clocks() {
        let at = |seconds: u64| Timestamp::from_unix(1_731_400_358 + seconds).unwrap();
        for (now, server, state, part) in [
            (at(5), at(0), State::Good, "within 5 s"),
            (at(0), at(61), State::Notice, "61 s behind"),
            (at(901), at(0), State::Problem, "from the future"),
            (at(0), at(901), State::Problem, "expire before"),
        ] {
            let finding = compared(now, server);
            assert!(finding.state == state && finding.text.contains(part), "{finding:?}");
        }
    }
}
