//! Standard output, which may be closed or full, and standard error.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::AnsiColor;
use serde::Serialize;
use serde_json::json;

use crate::failure::{Class, Failure};

/// Writes a line of the result.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    write(format_args!("{text}\n"))
}

/// Writes a part of the result as it is.
pub(crate) fn write(text: impl Display) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    // Without the flush a full disk would only be noticed after the command has said that it succeeded.
    write!(output, "{text}").and_then(|()| output.flush()).map_err(|error| failed(&error))
}

/// Writes a line of JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    line(to_json(value)?)
}

/// A value as JSON. What this command tells of has no form that JSON lacks.
pub(crate) fn to_json(value: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::new(Class::Failed, error))
}

/// What a failure to write the result means.
pub(crate) fn failed(error: &io::Error) -> Failure {
    let (what, hint) = match error.kind() {
        io::ErrorKind::BrokenPipe => (
            "the program that reads standard output ended before it had everything".to_owned(),
            "read to the end, or write to a file",
        ),
        io::ErrorKind::StorageFull => {
            ("standard output is full".to_owned(), "make room on the disk, and run the command again")
        }
        _ => (format!("standard output cannot be written: {error}"), "write to another place"),
    };
    Failure::new(Class::LocalFile, what).with_code("OutputFailed").with_hint(hint)
}

/// Writes help: in colours where standard output is a terminal that wants them.
pub(crate) fn help(text: impl Display) -> Result<(), Failure> {
    let mut output = anstream::stdout().lock();
    write!(output, "{text}").and_then(|()| output.flush()).map_err(|error| failed(&error))
}

/// Writes a line for people to standard error, with its styles where that is a terminal that wants them. Where it is
/// closed there is nobody to tell.
pub(crate) fn note(text: impl Display) {
    drop(writeln!(anstream::stderr().lock(), "{text}"));
}

/// Whether standard error is read by a program.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Writes warnings as JSON from now on.
pub(crate) fn set_json(is_json: bool) {
    IS_JSON.store(is_json, Ordering::Relaxed);
}

/// Warns of what may go wrong later, and lets the command go on.
pub(crate) fn warn(code: &str, message: &str) {
    if IS_JSON.load(Ordering::Relaxed) {
        return note(json!({ "warning": { "code": code, "message": message } }));
    }
    let style = AnsiColor::Yellow.on_default().bold();
    note(wrapped(&format!("{style}oss-presign: warning:{style:#} {}", escaped(message))));
}

/// Writes a line that explains a result, for people who watch.
pub(crate) fn hint(text: impl Display) {
    if io::stderr().is_terminal() {
        note(text);
    }
}

/// A message of this command, which a pipeline may hold several of, and below it what to do.
pub(crate) fn complaint(message: &str, hint: Option<&str>) -> String {
    let style = AnsiColor::Red.on_default().bold();
    let mut text = format!("{style}oss-presign:{style:#} {message}");
    if let Some(hint) = hint {
        text.push_str(&format!("\n  {}", escaped_lines(hint)));
    }
    wrapped(&text)
}

/// Breaks lines between words where standard error is a terminal. Lines that begin with four blanks are commands to be
/// copied, and stay whole.
fn wrapped(text: &str) -> String {
    let width = terminal_size::terminal_size_of(io::stderr()).map(|(width, _)| usize::from(width.0));
    width.filter(|_| io::stderr().is_terminal()).map_or_else(|| text.to_owned(), |width| filled(text, width))
}

fn filled(text: &str, width: usize) -> String {
    let options = textwrap::Options::new(width)
        .subsequent_indent("  ")
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let lines = text
        .split('\n')
        .map(|line| if line.starts_with("    ") { line.to_owned() } else { textwrap::fill(line, &options) });
    lines.collect::<Vec<_>>().join("\n")
}

/// A text from elsewhere (a key, an answer of a server) with its control characters written as escapes: a terminal
/// obeys them. So are the marks that change the direction of text.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(commands_a_terminal) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if commands_a_terminal(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// The same line by line.
pub(crate) fn escaped_lines(text: &str) -> String {
    text.split('\n').map(escaped).collect::<Vec<_>>().join("\n")
}

fn commands_a_terminal(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_commands_are_not() {
        let text = "\u{1b}[1moss-presign:\u{1b}[0m one two three\n  hint of many words:\n    a command that is longer";
        let shown = "\u{1b}[1moss-presign:\u{1b}[0m one\n  two three\n  hint of many\n  words:\n    a command that is longer";
        assert_eq!(filled(text, 16), shown);
        assert_eq!(filled("https://example.com/a?b a", 8), "https://example.com/a?b\n  a");
    }

    #[test]
    fn terminals_are_not_commanded() {
        for (text, shown) in [
            ("photos/ü +1.jpg", "photos/ü +1.jpg"),
            ("a\u{1b}[31mb", r"a\u{1b}[31mb"),
            ("a\nb\r\tc", r"a\nb\r\tc"),
            ("\u{9b}2J\u{7f}", r"\u{9b}2J\u{7f}"),
            ("\u{202e}gpj.exe", r"\u{202e}gpj.exe"),
            (r"C:\new", r"C:\new"),
        ] {
            assert_eq!(escaped(text), shown);
        }
    }
}
