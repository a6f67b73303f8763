//! A program that signs by the key of one day: it has no secret, signs what the program with the secret signs, and ends with
//! its day.

use super::board::Board;
use super::{FOLDER, Row, Settings, build, elf, progress};

/// The secret of every program in the firmware's folder.
const SECRET: &[u8] = b"fake-access-key-secret";
/// The codes that lead from the secret to the day key, which is the last, by Python's `hmac`: of the date 20241112, then of
/// `cn-hangzhou`, `oss` and `aliyun_v4_request`. Those before it are as good as the secret for all regions or products of
/// the day.
const CODES: [&str; 4] = [
    "ad41e6018c0bd6e2726c5b1b04df353a0798fa5535639d1bb0deabcb7d3340b1",
    "73eea4006145ac197efd97766e1a1c60902e111185bb72c34b9790003439b6f8",
    "dfbf2f473a25baf90df7512ca1cbe38d53c6a97f582c7dd916f708e7bbeb82c0",
    "ff038d20d532dfaacf0af29b90c350a60818127981efb796476cc39845ec3155",
];
/// A piece of a secret of this length gives it away.
const PIECE: usize = 8;

/// `url` is what the program with the secret signed on this board.
pub(super) fn run(board: &Board, settings: Settings, url: &str) -> Result<Row, String> {
    progress(&format!("{}: a day key", board.name));
    build(board, settings, "day_key", "z", &[])?;
    let read = |program: &str| {
        let path = format!("{FOLDER}/{}/{}/release/{program}", settings.target_folder(), board.target);
        let path = crate::command::root().join(path);
        std::fs::read(&path)
            .map(|bytes| (path.clone(), bytes))
            .map_err(|error| format!("{}: {error}", path.display()))
    };
    let ((path, program), (_, with_secret), (empty, _)) =
        (read("day_key")?, read("presign")?, read("empty")?);
    check_secrets(&program, &with_secret)?;

    let outcome = board.run_counting(settings, "day_key")?;
    let signed = outcome.text.lines().find(|line| line.starts_with("url="));
    let days_end = [outcome.value("before_midnight"), outcome.value("midnight")];
    if outcome.code != Some(0) || signed != Some(url) || days_end != [Some("signed"), Some("StaleKey")] {
        return Err(format!("{}: by a day key {:?}\n{}\nnot {url}", board.name, outcome.code, outcome.text));
    }
    let stack_bytes = outcome.number("stack")?;
    Ok(Row {
        board: format!("{}/day_key", board.name),
        target: board.target,
        flash_bytes: elf::flash_bytes(&path)?.saturating_sub(elf::flash_bytes(&empty)?),
        stack_bytes,
        ram_bytes: stack_bytes + outcome.number("static")?,
        heap_bytes: None,
        instructions: outcome.number("instructions")?,
        panics: 0,
    })
}

/// The program has the day key and nothing that leads to more. That the search finds what is there, the program with the
/// secret shows.
fn check_secrets(program: &[u8], with_secret: &[u8]) -> Result<(), String> {
    let codes = CODES.map(bytes);
    let [Some(date), Some(region), Some(product), Some(day_key)] = &codes else {
        return Err("a code is not hex".to_owned());
    };
    if !contains(program, day_key) || !contains_piece(with_secret, SECRET) {
        return Err("the search for secrets in a program does not find what is there".to_owned());
    }
    if contains_piece(program, SECRET)
        || [date, region, product].iter().any(|code| contains_piece(program, code))
    {
        return Err("the program that signs by a day key contains a part of a secret".to_owned());
    }
    Ok(())
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn contains(program: &[u8], text: &[u8]) -> bool {
    program.windows(text.len()).any(|window| window == text)
}

/// The id begins as the secret does, and is no secret: `fake-access-key-`.
fn contains_piece(program: &[u8], secret: &[u8]) -> bool {
    secret
        .windows(PIECE)
        .filter(|piece| !contains(b"fake-access-key-id", piece))
        .any(|piece| contains(program, piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_a_secret_is_found_and_the_id_is_none() {
        assert!(contains_piece(b"\0fake-access-key-secret\0", SECRET));
        assert!(contains_piece(b"\0y-secret\0", SECRET));
        assert!(!contains_piece(b"fake-access-key-id\0-secret", SECRET));
    }
}
