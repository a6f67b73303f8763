//! Faults on demand: what a server or a network does wrong, for those who test how their program takes it.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// What goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing is done, and this error is answered.
    Status {
        /// The status, 200 to 599.
        status: u16,
        /// The `Code` of the error, such as `ServiceUnavailable`.
        code: String,
    },
    /// The request is handled only after this time.
    Delay(Duration),
    /// The connection is cut without an answer once this many bytes of the request's body have arrived.
    CutUpload(u64),
    /// The connection is cut once this many bytes of the answer's body are sent.
    CutDownload(u64),
    /// The answer's `x-oss-hash-crc64ecma` is not that of the object.
    WrongCrc,
    /// The server's clock is off by this many seconds, in the check of the request and in the answer's `Date`.
    Skew(i64),
    /// The request's body is read at this many bytes per second.
    SlowRead(u64),
}

/// Which requests a [`Fault`] happens to: all, unless narrowed.
///
/// From text, as a command line has it: `status=503,code=ServiceUnavailable,method=PUT,key=logs/*,nth=1`. One of
/// `status`, `delay` (milliseconds), `cut-upload`, `cut-download` (bytes), `wrong-crc`, `skew` (seconds),
/// `slow-read` (bytes per second); then any of `method`, `key`, `nth`, `times`; and `code` beside `status`.
#[derive(Clone, Debug)]
pub struct FaultRule {
    fault: Fault,
    method: Option<String>,
    key: Option<String>,
    /// The first request that it happens to, from 1, and how many in all.
    first: u64,
    times: u64,
    /// Requests that matched so far, over all clones.
    seen: Arc<AtomicU64>,
}

impl FaultRule {
    /// A rule for every request.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self { fault, method: None, key: None, first: 1, times: u64::MAX, seen: Arc::default() }
    }

    /// Only requests of this method.
    #[must_use]
    pub fn method(self, method: impl Into<String>) -> Self {
        Self { method: Some(method.into().to_ascii_uppercase()), ..self }
    }

    /// Only objects whose key matches the pattern, in which `*` stands for any text.
    #[must_use]
    pub fn key(self, pattern: impl Into<String>) -> Self {
        Self { key: Some(pattern.into()), ..self }
    }

    /// Only the `n`th request that matches, counted from 1.
    #[must_use]
    pub fn nth(self, n: u64) -> Self {
        Self { first: n, times: 1, ..self }
    }

    /// Only the first `n` requests that match.
    #[must_use]
    pub fn times(self, n: u64) -> Self {
        Self { first: 1, times: n, ..self }
    }

    /// Counts a request; true if it is to go wrong.
    fn strikes(&self, method: &str, key: &str) -> bool {
        let method_matches = self.method.as_ref().is_none_or(|wanted| wanted == method);
        if !method_matches || !self.key.as_ref().is_none_or(|pattern| matches(pattern, key)) {
            return false;
        }
        let number = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        number >= self.first && number - self.first < self.times
    }
}

/// A pattern with `*` for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return text.ends_with(piece);
        }
        match text.find(piece) {
            Some(at) => text = text.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

/// A [`FaultRule`] that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRuleError(String);

impl fmt::Display for FaultRuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: write one of status=503, delay=200, cut-upload=1000, cut-download=1000, wrong-crc, skew=-900, \
             slow-read=10000, and narrow it with method=PUT, key=logs/*, nth=1 or times=3",
            self.0
        )
    }
}

impl std::error::Error for FaultRuleError {}

impl FromStr for FaultRule {
    type Err = FaultRuleError;

    fn from_str(text: &str) -> Result<Self, FaultRuleError> {
        let (mut fault, mut code) = (None, None);
        let mut rule = Self::new(Fault::WrongCrc);
        for part in text.split(',') {
            let (name, value) = part.trim().split_once('=').unwrap_or((part.trim(), ""));
            let wrong = || FaultRuleError(format!("`{part}` is not understood"));
            let number = || value.parse::<u64>().map_err(|_| wrong());
            let found = match name {
                "status" => {
                    let status =
                        value.parse().ok().filter(|status| (200..=599).contains(status)).ok_or_else(wrong)?;
                    Some(Fault::Status { status, code: String::new() })
                }
                "delay" => Some(Fault::Delay(Duration::from_millis(number()?))),
                "cut-upload" => Some(Fault::CutUpload(number()?)),
                "cut-download" => Some(Fault::CutDownload(number()?)),
                "wrong-crc" if value.is_empty() => Some(Fault::WrongCrc),
                "skew" => Some(Fault::Skew(value.parse().map_err(|_| wrong())?)),
                "slow-read" => Some(Fault::SlowRead(number()?)),
                _ => None,
            };
            match (found, name) {
                (Some(_), _) if fault.is_some() => {
                    return Err(FaultRuleError(format!("`{part}` is a second fault in one rule")));
                }
                (Some(found), _) => fault = Some(found),
                (None, "code") => code = Some(value.to_owned()),
                (None, "method") => rule = rule.method(value),
                (None, "key") => rule = rule.key(value),
                (None, "nth") => rule = rule.nth(number()?),
                (None, "times") => rule = rule.times(number()?),
                _ => return Err(wrong()),
            }
        }
        let mut fault = fault.ok_or_else(|| FaultRuleError("the rule names no fault".into()))?;
        match (&mut fault, code) {
            (Fault::Status { status, code }, given) => {
                *code = given
                    .unwrap_or_else(|| if *status < 500 { "BadRequest" } else { "InternalError" }.into());
            }
            (_, Some(_)) => return Err(FaultRuleError("`code` stands beside `status` alone".into())),
            (_, None) => {}
        }
        Ok(Self { fault, ..rule })
    }
}

/// The rules of a running server.
#[derive(Debug, Default)]
pub(crate) struct Faults(RwLock<Vec<FaultRule>>);

impl Faults {
    pub(crate) fn add(&self, rule: FaultRule) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    pub(crate) fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The faults that happen to a request.
    pub(crate) fn strike(&self, method: &str, key: &str) -> Vec<Fault> {
        let rules = self.0.read().unwrap_or_else(PoisonError::into_inner);
        rules.iter().filter(|rule| rule.strikes(method, key)).map(|rule| rule.fault.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_keys() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("logs/*", "logs/1", true),
            ("logs/*", "log", false),
            ("*.jpg", "a.jpg", true),
            ("*.jpg", "a.jpg.txt", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXc", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn rules_count_what_they_match() {
        let faults = Faults::default();
        faults.add("status=503,method=put,key=a*,nth=2".parse().unwrap());
        let strikes = |method, key| !faults.strike(method, key).is_empty();
        assert!(!strikes("PUT", "a1") && !strikes("GET", "a1") && !strikes("PUT", "b"));
        assert!(strikes("PUT", "a2") && !strikes("PUT", "a3"));
        faults.clear();
        faults.add("wrong-crc,times=2".parse().unwrap());
        assert!(strikes("GET", "x") && strikes("PUT", "y") && !strikes("PUT", "z"));
    }

    #[test]
    fn rules_are_read_from_text() {
        let rule: FaultRule = "delay=20".parse().unwrap();
        assert_eq!(rule.fault, Fault::Delay(Duration::from_millis(20)));
        let rule: FaultRule = "status=503".parse().unwrap();
        assert_eq!(rule.fault, Fault::Status { status: 503, code: "InternalError".into() });
        let rule: FaultRule = "skew=-900".parse().unwrap();
        assert_eq!(rule.fault, Fault::Skew(-900));
        for text in [
            "",
            "status=99",
            "status",
            "delay=x",
            "wrong-crc=1",
            "skew=1,delay=1",
            "method=PUT",
            "delay=1,code=A",
            "other=1",
        ] {
            assert!(text.parse::<FaultRule>().is_err(), "{text}");
        }
    }
}
