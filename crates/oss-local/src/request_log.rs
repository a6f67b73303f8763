//! What the server did, request by request: for a terminal, a program, and the page.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use oss_presign::explain::Mistake;
use serde::{Serialize, Serializer};

/// Records that the page can show.
const KEPT: usize = 200;

/// One request and its answer, recorded when the answer has been sent or has broken off.
///
/// Serialized, `took` is the number `ms` of whole milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RequestRecord {
    /// When the head had arrived, by the server's clock: seconds since 1970 UTC.
    pub time: u64,
    /// The method.
    pub method: String,
    /// The path as it was sent, still percent-encoded, and the names of the parameters that are not the signature's.
    pub target: String,
    /// The status; 0 where the connection was cut without an answer.
    pub status: u16,
    /// The `Code` of a refusal.
    pub code: Option<String>,
    /// The fine-grained code of a refusal.
    pub ec: Option<String>,
    /// Why the request was refused, or what of it has no effect here, in a sentence.
    pub reason: Option<String>,
    /// Why its signature was refused: the mistakes that make the signature that was sent. Empty where the signature is
    /// right, and where no mistake that is known makes it.
    #[serde(serialize_with = "mistakes")]
    pub proof: Vec<Mistake>,
    /// Bytes of the request's body.
    pub received: u64,
    /// Bytes of the answer's body.
    pub sent: u64,
    /// From the head's arrival to the end of the answer.
    #[serde(rename = "ms", serialize_with = "milliseconds")]
    pub took: Duration,
    /// Whether the whole answer was handed to the network.
    pub complete: bool,
}

fn mistakes<S: Serializer>(proof: &[Mistake], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(proof.iter().map(|mistake| {
        serde_json::json!({
            "code": mistake.code().as_str(),
            "says": mistake.says(),
            "signed": mistake.signed(),
            "sent": mistake.sent(),
        })
    }))
}

fn milliseconds<S: Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(took.as_millis()).unwrap_or(u64::MAX))
}

type Listener = dyn Fn(&RequestRecord) + Send + Sync;

/// Takes records: keeps the last of them, and tells a listener if there is one.
#[derive(Clone, Default)]
pub(crate) struct RequestLog {
    listener: Option<Arc<Listener>>,
    recent: Arc<Mutex<Recent>>,
}

#[derive(Debug, Default)]
struct Recent {
    /// Of the next record.
    number: u64,
    records: VecDeque<RequestRecord>,
}

impl RequestLog {
    pub(crate) fn listen(&mut self, listener: impl Fn(&RequestRecord) + Send + Sync + 'static) {
        self.listener = Some(Arc::new(listener));
    }

    pub(crate) fn add(&self, record: RequestRecord) {
        if let Some(listener) = &self.listener {
            listener(&record);
        }
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.records.len() == KEPT {
            recent.records.pop_front();
        }
        recent.records.push_back(record);
        recent.number += 1;
    }

    /// The records that are kept from this number on, and the number of the next one.
    pub(crate) fn since(&self, number: u64) -> (u64, Vec<RequestRecord>) {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let first = recent.number - recent.records.len() as u64;
        let skip = usize::try_from(number.saturating_sub(first)).unwrap_or(usize::MAX);
        (recent.number, recent.records.iter().skip(skip).cloned().collect())
    }
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestLog").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_records_are_kept_and_numbered() {
        let log = RequestLog::default();
        for status in 0..250 {
            log.add(RequestRecord {
                time: 0,
                method: "GET".into(),
                target: "/".into(),
                status,
                code: None,
                ec: None,
                reason: None,
                proof: Vec::new(),
                received: 0,
                sent: 0,
                took: Duration::ZERO,
                complete: true,
            });
        }
        let statuses = |since| log.since(since).1.iter().map(|record| record.status).collect::<Vec<_>>();
        assert_eq!(statuses(0).len(), KEPT);
        assert_eq!(statuses(248), [248, 249]);
        assert_eq!(statuses(250), Vec::<u16>::new());
        assert_eq!(statuses(u64::MAX), Vec::<u16>::new());
        assert_eq!(log.since(0).0, 250);
    }
}
