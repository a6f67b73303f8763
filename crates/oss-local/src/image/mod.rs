//! `x-oss-process=image/…`: `resize` and `info`.

mod bounds;
mod parameter;
mod processing;
mod resize;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::{self, HeaderValue};
use parameter::{Action, parse};
use processing::{cost, gone, read_header, run};

use crate::body::Body;
use crate::call::Call;
use crate::error::{OssError, Result};
use crate::respond::{self, Answer};
use crate::state::State;
use crate::store::Found;

/// OSS's limit of an image that is processed: 20 MiB.
const MAX_INPUT: u64 = 20 * 1024 * 1024;

/// Whether somebody still waits for the result: not once this is dropped.
struct Wanted(Arc<AtomicBool>);

impl Default for Wanted {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Processes an object as the parameter says.
pub(crate) async fn answer(state: &State, call: &Call, found: Found, process: &str) -> Result<Answer> {
    let actions = parse(process)?;
    let size = found.meta.size;
    if size > MAX_INPUT {
        return Err(OssError::new(
            400,
            "ImageTooLarge",
            "This image is too large: at most 20 MiB can be processed.",
        ));
    }
    tokio::select! {
        done = process_in_turn(state, found, &actions) => done,
        // One that is still to send something has no image to ask for, so a closed side means that it has gone.
        () = call.stream.gone() => Err(gone()),
    }
}

async fn process_in_turn(state: &State, found: Found, actions: &[Action]) -> Result<Answer> {
    // Before the image is read: those that wait hold nothing.
    let turn = bounds::turn().await?;
    let Found { meta, source } = found;
    let size = meta.size;
    let bytes = state.store.run(move |_| {
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        source.read_chunks(0..size, |chunk| {
            bytes.extend_from_slice(&chunk);
            Ok(())
        })?;
        Ok(bytes)
    });
    let bytes = bytes.await?;
    let memory = bounds::memory(cost(&read_header(&bytes)?, actions)?).await?;
    let actions = actions.to_vec();
    let wanted = Wanted::default();
    let still = wanted.0.clone();
    let work = move || {
        // Held until the work ends, which is later than the client's leaving.
        let _held = (turn, memory);
        run(read_header(&bytes)?, bytes.len(), &actions, || still.load(Ordering::Relaxed))
    };
    let done = tokio::task::spawn_blocking(work).await;
    let (output, media_type) = done
        .unwrap_or_else(|_| Err(OssError::new(500, "InternalError", "The image could not be processed.")))?;
    let mut answer = respond::empty(200);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    respond::set(answer.headers_mut(), "last-modified", &respond::http_date(meta.modified));
    respond::set(answer.headers_mut(), "x-oss-object-type", meta.kind.as_str());
    *answer.body_mut() = Body::Bytes(output.into());
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_knows_when_nobody_waits_for_it() {
        let wanted = Wanted::default();
        let still = wanted.0.clone();
        assert!(still.load(Ordering::Relaxed));
        drop(wanted);
        assert!(!still.load(Ordering::Relaxed));
    }
}
