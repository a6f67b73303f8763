//! Lines on their way from standard input over the cores to standard output.
//!
//! The calling thread reads, as much at once as the input has; a worker for each core signs, and a thread writes. The
//! workers take turns, chunk by chunk, and the writer takes the answers in the same turns: so the order is kept without
//! sorting, and a chunk is answered as soon as it is read. What is under way is bounded by the channels.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use memchr::{memchr, memchr_iter, memrchr};
use oss_presign::Timestamp;
use zeroize::Zeroizing;

use super::answers::Answers;
use super::sign::LineSigner;
use super::{Broken, Outcome};

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;
/// The longest line that is read, in bytes: an object's key has 1023 of them, and a security token a few thousand.
const MOST_LINE: usize = 1 << 20;
/// Chunks that wait for a worker, and answers that wait for the writer, for each worker.
const WAITING: usize = 2;

/// Whole lines, and the number of the first. Erased, because lines may hold secrets.
struct Chunk {
    first: u64,
    text: Zeroizing<Vec<u8>>,
    /// The text is only the beginning of a line that is longer than any request.
    is_too_long: bool,
}

pub(super) fn run<C>(
    input: impl Read,
    output: impl Write + Send,
    note: impl Fn(&str) + Send,
    signers: Vec<LineSigner<'_, C>>,
) -> Result<Outcome, Broken>
where
    C: Fn() -> Result<Timestamp, String> + Sync,
{
    thread::scope(|scope| {
        let (mut to_workers, mut from_workers) = (Vec::new(), Vec::new());
        for mut signer in signers {
            let (to_worker, chunks) = sync_channel::<Chunk>(WAITING);
            let (to_writer, answers) = sync_channel(WAITING);
            to_workers.push(to_worker);
            from_workers.push(answers);
            scope.spawn(move || {
                for chunk in chunks {
                    if to_writer.send(answer(&mut signer, &chunk)).is_err() {
                        break;
                    }
                }
            });
        }
        let writer = scope.spawn(move || write(output, note, &from_workers));
        let read = read(input, &to_workers);
        drop(to_workers);
        let outcome = writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        read.map(|()| outcome).map_err(Broken::Input)
    })
}

/// Reads to the end, or until nobody takes what is read.
fn read(mut input: impl Read, workers: &[SyncSender<Chunk>]) -> io::Result<()> {
    let mut turns = workers.iter().cycle();
    let mut send = |chunk| turns.next().is_some_and(|worker| worker.send(chunk).is_ok());
    let mut number = 1;
    let mut text = Zeroizing::new(Vec::with_capacity(2 * CHUNK));
    // Whether the line that is being read is too long and was answered already.
    let mut is_skipping = false;
    loop {
        let start = text.len();
        text.resize(start + CHUNK, 0);
        let count = loop {
            match input.read(&mut text[start..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        text.truncate(start + count.as_ref().map_or(0, |count| *count));
        if !matches!(count, Ok(1..)) {
            if !text.is_empty() && !is_skipping {
                send(Chunk { first: number, text, is_too_long: false });
            }
            return count.map(drop);
        }
        if is_skipping {
            let Some(end) = memchr(b'\n', &text) else {
                text.clear();
                continue;
            };
            text.drain(..=end);
            is_skipping = false;
        }
        let complete = match memrchr(b'\n', &text) {
            Some(last) => last + 1,
            None if text.len() > MOST_LINE => {
                is_skipping = true;
                text.len()
            }
            None => continue,
        };
        // Room from the start: growing would leave copies behind that nobody erases.
        let mut rest = Zeroizing::new(Vec::with_capacity(2 * CHUNK));
        rest.extend_from_slice(&text[complete..]);
        text.truncate(complete);
        let lines = memchr_iter(b'\n', &text).count().max(1) as u64;
        if !send(Chunk { first: number, text, is_too_long: is_skipping }) {
            return Ok(());
        }
        (text, number) = (rest, number + lines);
    }
}

fn answer<C>(signer: &mut LineSigner<'_, C>, chunk: &Chunk) -> io::Result<Answers>
where
    C: Fn() -> Result<Timestamp, String>,
{
    let mut answers = signer.answers();
    if chunk.is_too_long {
        answers.too_long(chunk.first, MOST_LINE)?;
        return Ok(answers);
    }
    let mut rest = chunk.text.as_slice();
    for number in chunk.first.. {
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        signer.answer(&rest[..end], number, &mut answers)?;
        rest = rest.get(end + 1..).unwrap_or_default();
        if rest.is_empty() {
            break;
        }
    }
    Ok(answers)
}

/// Writes the answers of the workers in turns, until a turn brings none.
fn write(
    mut output: impl Write,
    note: impl Fn(&str),
    workers: &[Receiver<io::Result<Answers>>],
) -> Result<Outcome, Broken> {
    let mut outcome = Outcome::AllSigned;
    for worker in workers.iter().cycle() {
        let Ok(answers) = worker.recv() else { break };
        let answers = answers.map_err(Broken::Output)?;
        outcome = outcome.max(answers.outcome);
        if !answers.notes.is_empty() {
            note(String::from_utf8_lossy(&answers.notes).trim_end());
        }
        output.write_all(&answers.lines).and_then(|()| output.flush()).map_err(Broken::Output)?;
    }
    Ok(outcome)
}
