//! What happens to each request: addressing, authentication, the route, and the answer's headers.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::header::{self, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response};
use hyper::body::Incoming;

use crate::address::{Address, valid_bucket};
use crate::auth::{Identity, Signed};
use crate::call::{self, Call};
use crate::cors::Policy;
use crate::cors_rules;
use crate::error::{OssError, Result};
use crate::fault_plan::FaultPlan;
use crate::faults::Fault;
use crate::outgoing::{Ending, Outgoing};
use crate::page;
use crate::query::Query;
use crate::reason::reason;
use crate::request_body::RequestBody;
use crate::request_log::RequestRecord;
use crate::respond::{self, Answer, Remark};
use crate::routes;
use crate::state::State;
use crate::stream::Stream;
use crate::throttled_body::ThrottledBody;
use crate::traffic_limit::traffic_limit;

/// What is known of the other end of a connection.
#[derive(Debug)]
pub(crate) struct Peer {
    /// Whether the client is on this machine.
    pub(crate) loopback: bool,
    pub(crate) stream: Stream,
    /// A request was refused whose body waits for a `100 Continue`: the connection cannot go on.
    pub(crate) refused: AtomicBool,
}

impl Peer {
    pub(crate) fn new(stream: Stream, loopback: bool) -> Self {
        Self { loopback, stream, refused: AtomicBool::new(false) }
    }
}

/// What answers requests, shared by all connections.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) state: State,
    requests: AtomicU64,
}

impl Service {
    pub(crate) fn new(state: State) -> Self {
        Self { state, requests: AtomicU64::new(fastrand::u64(..)) }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The connection is to be cut without an answer.
    pub(crate) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
        peer: &Peer,
    ) -> io::Result<Response<Outgoing>> {
        let started = Instant::now();
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        // As OSS's: 24 hex digits.
        let request_id = format!("{:08X}{number:016X}", self.state.now() & 0xffff_ffff);
        let (parts, body) = request.into_parts();
        let mut body = RequestBody::new(body, &parts.headers, self.state.config.read_timeout);
        let host = call::host(&parts);
        let host_id = host.as_deref().unwrap_or_default().to_owned();
        let mut ending = Ending {
            log: Some(self.state.config.log.clone()),
            record: record(&parts, self.state.now()),
            started,
            received: body.received(),
        };
        let cors = self.cors(&parts, &host_id);
        let plan = FaultPlan::new(self.strike(&parts, &host_id));
        let arrived = plan.shift(self.state.now());
        if let Some(delay) = plan.delay {
            tokio::time::sleep(delay).await;
        }
        plan.throttle(&mut body);

        let mut rate = None;
        let result = match page::answer(&self.state, &parts, &host_id, peer.loopback) {
            Some(page) => {
                // Its own requests would fill the log that it shows.
                ending.log = None;
                page
            }
            None => match plan.error().and(host).and_then(|host| self.read(&parts, host, arrived, peer)) {
                Ok(call) if call.method == Method::OPTIONS => preflight(&cors, &call),
                Ok(call) => self.limited(&call, &mut body, &mut rate).await,
                Err(error) => Err(error),
            },
        };
        if let Err(error) = &result {
            ending.record.code = Some(error.code.clone().into_owned());
            ending.record.ec = error.ec.clone().map(Into::into);
            ending.record.reason = Some(reason(error, &parts, &host_id));
            ending.record.proof.clone_from(&error.proof);
        }
        if body.is_cut() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let mut answer =
            result.unwrap_or_else(|error| respond::error(&error, &parts.method, &request_id, &host_id));
        respond::stamp(answer.headers_mut(), &request_id, started.elapsed(), plan.shift(self.state.now()));
        plan.corrupt(answer.headers_mut());
        cors.decorate(&parts.method, &parts.headers, answer.headers_mut());
        if !body.drain() {
            peer.refused.store(true, Ordering::SeqCst);
            answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        ending.record.status = answer.status().as_u16();
        if self.state.config.page && ending.log.is_some() {
            page::sandbox(answer.headers_mut());
        }
        if let Some(Remark(text)) = answer.extensions_mut().remove() {
            ending.record.reason = Some(text);
        }
        Ok(answer.map(|body| Outgoing::new(ThrottledBody::new(body, rate, plan.cut_download), ending)))
    }

    /// What decides about a request of another origin.
    fn cors(&self, parts: &Parts, host: &str) -> Policy {
        let rules = || {
            parts.headers.get(header::ORIGIN)?;
            let bucket = self.state.config.hosts.address(host, parts.uri.path()).ok()?.bucket?;
            let document = self.state.store.bucket(&bucket)?.settings.remove("cors")?;
            // They were read before they were stored; rules that cannot be read allow nothing.
            Some(cors_rules::read(document.as_bytes()).unwrap_or_default())
        };
        rules().map_or_else(|| Policy::Server(self.state.config.cors.clone()), Policy::Bucket)
    }

    /// The faults that happen to a request.
    fn strike(&self, parts: &Parts, host: &str) -> Vec<Fault> {
        let address = self.state.config.hosts.address(host, parts.uri.path());
        let key = address.ok().and_then(|address| address.key).unwrap_or_default();
        self.state.faults.strike(parts.method.as_str(), &key)
    }

    /// Reads the head of a request and judges its signature.
    fn read(&self, parts: &Parts, host: String, arrived: u64, peer: &Peer) -> Result<Call> {
        let headers = parts.headers.clone();
        let path = parts.uri.path().to_owned();
        if !path.starts_with('/') && parts.method != Method::OPTIONS {
            return Err(OssError::new(400, "InvalidURI", "The target must begin with a slash."));
        }
        // A plus is a blank, as in forms: oss2 sends blanks so and signs them as %20. A plus itself comes as %2B.
        let raw_query = parts.uri.query().unwrap_or_default().replace('+', "%20");
        let address = self.state.config.hosts.address(&host, &path)?;
        if let Some(bucket) = &address.bucket {
            valid_bucket(bucket)?;
        }
        let query = Query::parse(&raw_query)?;
        if parts.method != Method::OPTIONS {
            self.find_bucket(&parts.method, &address, &query)?;
        }
        let identity = if parts.method == Method::OPTIONS {
            // A preflight is the browser's own: it is never signed, even where the URL is.
            Identity::Anonymous
        } else {
            let signed = Signed {
                method: parts.method.as_str(),
                address: &address,
                path: &path,
                query: &raw_query,
                headers: &headers,
            };
            self.state.authority.identify(&signed, arrived)?
        };
        let scheme = self.state.config.scheme;
        Ok(Call {
            method: parts.method.clone(),
            scheme,
            headers,
            host,
            query,
            address,
            identity,
            arrived,
            stream: peer.stream.clone(),
        })
    }

    /// Refuses a request for a bucket that is not there, before its signature is judged, as OSS does. The two
    /// operations that create a bucket, and every write where the first one creates it, pass.
    fn find_bucket(&self, method: &Method, address: &Address, query: &Query) -> Result<()> {
        let Some(bucket) = address.bucket.as_deref() else {
            return Ok(());
        };
        // Any other sub-resource of a bucket that is not there has nothing to act on.
        let sub_resource = query.names().find(|name| !name.starts_with("x-oss-"));
        let creates =
            *method == Method::PUT && address.key.is_none() && matches!(sub_resource, None | Some("acl"));
        if creates || self.state.config.create_buckets {
            return Ok(());
        }
        self.state.bucket(bucket).map(drop)
    }

    /// Runs a request at the speed that it asks for itself.
    async fn limited(&self, call: &Call, body: &mut RequestBody, rate: &mut Option<u64>) -> Result<Answer> {
        *rate = traffic_limit(call)?;
        if let Some(limit) = *rate {
            body.slow_down(limit);
        }
        routes::run(&self.state, call, body).await
    }
}

fn preflight(cors: &Policy, call: &Call) -> Result<Answer> {
    let mut answer = respond::empty(200);
    *answer.headers_mut() = cors.preflight(&call.headers)?;
    Ok(answer)
}

/// The record of a request that has just arrived.
fn record(parts: &Parts, now: u64) -> RequestRecord {
    let names =
        parts.uri.query().unwrap_or_default().split('&').map(|pair| pair.split('=').next().unwrap_or(pair));
    let names: Vec<_> = names.filter(|name| !name.is_empty() && !name.starts_with("x-oss-")).collect();
    let mark = if names.is_empty() { "" } else { "?" };
    RequestRecord {
        time: now,
        method: parts.method.to_string(),
        target: format!("{}{mark}{}", parts.uri.path(), names.join("&")),
        status: 0,
        code: None,
        ec: None,
        reason: None,
        proof: Vec::new(),
        received: 0,
        sent: 0,
        took: Duration::ZERO,
        complete: false,
    }
}
