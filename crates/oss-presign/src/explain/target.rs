//! The signature that was sent, as the bytes that a search looks for.

use alloc::string::String;
use alloc::vec::Vec;

use subtle::ConstantTimeEq as _;

use super::code::MistakeCode;
use super::explanation::Mistake;
use crate::base64;
use crate::hex::hex_value;

/// The fewest hex digits of a cut signature that are a proof: half of them.
const FEWEST_DIGITS: usize = 32;

/// An authentication code to look for, and the mistake in how the signature was written.
#[derive(Clone, Debug)]
pub(super) struct Target {
    code: Vec<u8>,
    pub(super) mistake: Option<Mistake>,
}

impl Target {
    /// Returns whether a code is the one to look for. It compares in constant time, because the codes are signatures.
    pub(super) fn is(&self, code: &[u8]) -> bool {
        code.get(..self.code.len()).is_some_and(|beginning| bool::from(beginning.ct_eq(&self.code)))
    }

    /// Returns the codes that the text of a signature may stand for.
    pub(super) fn all(signature: &str) -> Vec<Self> {
        if let Some(code) = code_of(signature).filter(|code| code.len() == 32) {
            let mistake = case_mistake(signature);
            return alloc::vec![Self { code, mistake }];
        }
        let mut targets = Vec::new();
        // Decoding as `application/x-www-form-urlencoded` makes blanks of the plus signs of base64.
        let base64 = signature.trim().replace(' ', "+");
        if base64.len() >= 27 && base64::is_base64(&base64) {
            let says = "The signature was written in base64 instead of 64 hex digits.";
            let mistake = Some(Mistake::new(MistakeCode::Algorithm, says, None, None));
            let code: Vec<u8> = base64::Decoded::new(&base64).collect();
            if code.len() >= 20 {
                targets.push(Self { code, mistake });
            }
        }
        let digits: String = signature.chars().filter(char::is_ascii_hexdigit).collect();
        let mut damaged = |digits: &str, says: String| {
            let whole = digits.get(..digits.len() / 2 * 2).and_then(code_of);
            if let Some(code) = whole.filter(|code| code.len() * 2 >= FEWEST_DIGITS) {
                let mistake = Some(Mistake::new(MistakeCode::SignatureDamaged, says, None, None));
                targets.push(Self { code, mistake });
            }
        };
        let others = digits.len() < signature.len();
        match digits.len() {
            64 => damaged(
                &digits,
                "The signature has characters that are no hex digits between its 64 digits.".into(),
            ),
            length @ ..64 if !others => {
                damaged(
                    &digits,
                    alloc::format!("The signature was cut: {length} of its 64 digits are left."),
                );
            }
            65.. => {
                if let Some(whole) = digits.get(..64) {
                    let says = alloc::format!(
                        "Something was added after the signature: it has {} digits instead of 64.",
                        signature.len()
                    );
                    damaged(whole, says);
                }
            }
            _ => {}
        }
        targets
    }
}

/// Returns the bytes of hex digits.
fn code_of(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(hex_value(*high)? << 4 | hex_value(*low)?));
    bytes.collect::<Option<Vec<u8>>>().filter(|_| rest.is_empty())
}

fn case_mistake(signature: &str) -> Option<Mistake> {
    let (upper, lower) = (
        signature.bytes().any(|byte| byte.is_ascii_uppercase()),
        signature.bytes().any(|byte| byte.is_ascii_lowercase()),
    );
    match (upper, lower) {
        (false, _) => None,
        (true, false) => Some(Mistake::new(
            MistakeCode::Algorithm,
            "The signature was written in upper-case hex digits instead of lower-case ones.",
            None,
            None,
        )),
        (true, true) => Some(Mistake::new(
            MistakeCode::SignatureDamaged,
            "The letter case of the signature was changed: its hex digits are lower-case.",
            None,
            None,
        )),
    }
}
