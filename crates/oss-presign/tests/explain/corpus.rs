//! Every kind of mistake many times, pairs of the commonest, and requests without a mistake.

use std::fmt::Write as _;

use oss_presign::explain::{
    DEFAULT_BUDGET, Evidence, Explanation, Finding, KnownSecret, SentRequest, explain,
};

use crate::first_signer;
use crate::kinds::{
    COMMONEST, Case, ID, Kind, OTHER_ID, OTHER_SECRET, OTHER_TOKEN, SECRET, TOKEN, others, right, without,
};
use crate::random::Random;

const REQUESTS_EACH: usize = 20;

/// Explains a case: by method and headers as they were sent, or by the bare URL.
fn explained(case: &Case, budget: u32) -> Explanation {
    let url = case.url();
    let headers: Vec<(&str, &str)> =
        case.sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let sent = SentRequest {
        method: case.said.then_some(case.sent.method.as_str()),
        url: &url,
        headers: case.said.then_some(headers.as_slice()),
    };
    let token = case.sent.security_token.as_ref().map(|_| TOKEN);
    let secrets = [
        KnownSecret { name: Some("a"), access_key_id: ID, access_key_secret: SECRET, security_token: token },
        KnownSecret {
            name: Some("b"),
            access_key_id: OTHER_ID,
            access_key_secret: OTHER_SECRET,
            security_token: Some(OTHER_TOKEN),
        },
    ];
    explain(&Evidence::new(sent, &secrets), budget)
}

/// The codes that were proved, sorted.
fn proved(explanation: &Explanation) -> Vec<&'static str> {
    let mut codes: Vec<_> = explanation.mistakes().iter().map(|mistake| mistake.code().as_str()).collect();
    codes.sort_unstable();
    codes
}

fn has_content_type(case: &Case) -> bool {
    case.signed.headers.iter().any(|(name, _)| name == "content-type")
}

/// What became of the cases of a kind.
#[derive(Default)]
struct Tally {
    named: usize,
    unnamed: usize,
    /// Proved, but as another mistake.
    wrong: usize,
    report: String,
}

impl Tally {
    fn count(&mut self, name: &str, case: &Case, expected: &mut [&'static str], explanation: &Explanation) {
        expected.sort_unstable();
        let codes = proved(explanation);
        if codes == expected {
            self.named += 1;
            return;
        }
        if codes.is_empty() {
            self.unnamed += 1
        } else {
            self.wrong += 1
        }
        _ = writeln!(
            self.report,
            "{name} (said: {}): {expected:?}, but {explanation:?}\n  {}\n  {}",
            case.said,
            case.url(),
            case.signed.canonical_request(),
        );
    }

    fn total(&self) -> usize {
        self.named + self.unnamed + self.wrong
    }
}

#[test]
fn single_mistakes_are_named() {
    let kinds: Vec<Kind> = COMMONEST.into_iter().chain(others()).collect();
    assert!(kinds.len() >= 25, "{}", kinds.len());
    let mut tally = Tally::default();
    for (at, kind) in kinds.iter().enumerate() {
        for request in 0..REQUESTS_EACH {
            let mut random = Random((at * REQUESTS_EACH + request) as u64);
            let mut case = right(&mut random, kind.needs_said || request % 2 == 0);
            (kind.make)(&mut random, &mut case);
            let mut expected = vec![kind.code];
            // A bare URL does not show its content type, and so the explanation names that as well.
            if !case.said && kind.code != "content-type" && has_content_type(&case) {
                expected.push("content-type");
            }
            tally.count(kind.name, &case, &mut expected, &explained(&case, DEFAULT_BUDGET));
        }
    }
    assert_eq!(tally.wrong, 0, "{}", tally.report);
    let share = tally.named * 1000 / tally.total();
    assert!(share >= 970, "{share} of 1000 named\n{}", tally.report);
    println!("{} kinds, {} of {} named, {} wrong", kinds.len(), tally.named, tally.total(), tally.wrong);
}

#[test]
fn mistakes_of_a_first_signer_are_named() {
    let mut tally = Tally::default();
    for (at, kind) in first_signer::kinds().iter().enumerate() {
        for request in 0..2 {
            let mut random = Random(3_000_000 + (at * 2 + request) as u64);
            let mut case = right(&mut random, true);
            (kind.make)(&mut random, &mut case);
            tally.count(kind.name, &case, &mut [kind.code], &explained(&case, DEFAULT_BUDGET));
        }
    }
    assert_eq!(tally.named, tally.total(), "{}", tally.report);
}

#[test]
fn pairs_of_the_commonest_are_named() {
    let mut tally = Tally::default();
    for (first, a) in COMMONEST.iter().enumerate() {
        for (second, b) in COMMONEST.iter().enumerate().skip(first + 1) {
            for request in 0..2 {
                let mut random = Random((first * 100 + second * 10 + request) as u64);
                let said = a.needs_said || b.needs_said || request == 0;
                let mut case = right(&mut random, said);
                if !said {
                    // It would be a third that the URL does not show.
                    without(&mut case.signed, "content-type");
                    without(&mut case.sent, "content-type");
                }
                (a.make)(&mut random, &mut case);
                (b.make)(&mut random, &mut case);
                let name = format!("{} + {}", a.name, b.name);
                tally.count(&name, &case, &mut [a.code, b.code], &explained(&case, DEFAULT_BUDGET));
            }
        }
    }
    assert_eq!(tally.named, tally.total(), "{}", tally.report);
    println!("{} pairs named", tally.named);
}

#[test]
fn requests_without_a_mistake_are_right() {
    let kinds = COMMONEST.len() + others().len();
    for request in 0..kinds * REQUESTS_EACH / 4 {
        let case = right(&mut Random(1_000_000 + request as u64), request % 2 == 0);
        let explanation = explained(&case, DEFAULT_BUDGET);
        let expected = Finding::Right { method: case.signed.method.clone() };
        // A bare URL does not show its content type, which is no mistake.
        let bound = case.signed.headers.iter().find(|(name, _)| name == "content-type");
        match (bound, explanation.mistakes()) {
            (Some((_, value)), [mistake]) if !case.said => {
                assert_eq!((mistake.signed(), mistake.sent()), (Some(value.as_str()), None));
                assert!(mistake.says().ends_with("what was sent is not known."), "{mistake}");
            }
            _ => assert_eq!(explanation.finding(), &expected, "{}", case.url()),
        }
    }
}

#[test]
fn nothing_is_proved_of_a_signature_by_an_unknown_secret() {
    for request in 0..8 {
        let mut case = right(&mut Random(2_000_000 + request), request % 2 == 0);
        case.signed.secret = format!("a secret that nobody knows {request}");
        let explanation = explained(&case, DEFAULT_BUDGET);
        assert_eq!(explanation.finding(), &Finding::NotFound);
        assert!(
            explanation.tried() > 1000 && explanation.tried() <= DEFAULT_BUDGET,
            "{}",
            explanation.tried()
        );
    }
}

#[test]
fn the_budget_is_kept() {
    let mut case = right(&mut Random(3), true);
    case.signed.secret = "a secret that nobody knows".into();
    for budget in [0, 1, 2, 100, 5000] {
        let explanation = explained(&case, budget);
        assert_eq!((explanation.tried(), explanation.finding()), (budget, &Finding::NotFound));
    }
}

#[test]
fn no_secret_and_no_token_is_shown() {
    let kinds = COMMONEST.into_iter().chain(others()).chain(first_signer::kinds());
    for kind in kinds {
        let mut random = Random(7);
        let mut case = right(&mut random, true);
        (kind.make)(&mut random, &mut case);
        let signature = (case.signature)(&case.signed);
        let shown = format!("{:?}", explained(&case, DEFAULT_BUDGET));
        for hidden in [SECRET, OTHER_SECRET, TOKEN, OTHER_TOKEN, "CAISfake%2Btoken", signature.as_str()] {
            assert!(!shown.contains(hidden), "{}: {shown}", kind.name);
        }
    }
}

/// What people read of each kind: one request by its bare URL, where that shows the mistake.
fn sentences_of(kinds: impl IntoIterator<Item = Kind>) -> String {
    let mut sentences = String::new();
    for kind in kinds {
        let mut random = Random(7);
        let mut case = right(&mut random, kind.needs_said);
        (kind.make)(&mut random, &mut case);
        _ = writeln!(sentences, "{}", kind.name);
        for mistake in explained(&case, DEFAULT_BUDGET).mistakes() {
            _ = writeln!(sentences, "  {}: {mistake}", mistake.code());
            for (what, text) in [("signed", mistake.signed()), ("sent  ", mistake.sent())] {
                if let Some(text) = text {
                    _ = writeln!(sentences, "    {what} {text}");
                }
            }
        }
    }
    sentences
}

#[test]
fn sentences() {
    let sentences = sentences_of(COMMONEST.into_iter().chain(others()));
    insta::assert_snapshot!(sentences);
}

#[test]
fn sentences_about_a_first_signer() {
    insta::assert_snapshot!(sentences_of(first_signer::kinds()));
}
