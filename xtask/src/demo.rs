//! The main job, from credentials to an uploaded object, against the embedded server.

pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    let mut all =
        vec!["run", "--quiet", "--locked", "--package", "oss-presign-cli", "--example", "demo", "--"];
    all.extend(arguments.iter().map(String::as_str));
    crate::command::run("cargo", &all)
}
