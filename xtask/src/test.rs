//! Every test of the workspace, its documentation's examples included.

use crate::command::run as command;

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let mut all = vec!["test", "--locked", "--workspace", "--all-features"];
    all.extend(arguments.iter().map(String::as_str));
    command("cargo", &all)
}
