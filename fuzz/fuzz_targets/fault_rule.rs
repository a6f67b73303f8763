//! A fault rule of the local server's command line never panics, and its error says what to write.
//!
//! Input: a rule.
#![no_main]

use libfuzzer_sys::fuzz_target;
use oss_local::FaultRule;

fuzz_target!(|input: &str| {
    match input.parse::<FaultRule>() {
        Ok(rule) => assert!(!format!("{rule:?}").is_empty()),
        Err(error) => assert!(error.to_string().contains("write one of"), "{error}"),
    }
});
