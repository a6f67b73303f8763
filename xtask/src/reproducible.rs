//! `cargo xtask reproducible`: the command that is shipped is the same bytes, wherever it is built.

use crate::command::{copy_sources, output, target};
use crate::dist;

pub(crate) fn run(_: &[String]) -> Result<(), String> {
    let folder = target().join("reproducible");
    // Of different lengths, because a path that slips in shows by its length, too.
    let [one, other] = [folder.join("a"), folder.join("another-folder")];
    // Both copies first: a build takes minutes, in which the sources may change.
    [&one, &other].into_iter().try_for_each(|copy| copy_sources(copy))?;
    let programs = [dist::build(&one)?, dist::build(&other)?];
    let sums = output("sha256sum", &programs.each_ref().map(String::as_str))?;
    println!("{sums}");
    let mut sums = sums.lines().map(|line| line.split(' ').next());
    if sums.next() == sums.next() {
        println!("two builds in two folders are the same bytes");
        return Ok(());
    }
    // Names what differs, as far as it is text.
    let strings = |program: &str| output("strings", &["--all", program]);
    let (one, other) = (strings(&programs[0])?, strings(&programs[1])?);
    let differing = one.lines().zip(other.lines()).filter(|(one, other)| one != other).take(10);
    differing.for_each(|(one, other)| println!("- {one}\n+ {other}"));
    Err("two builds differ".into())
}
