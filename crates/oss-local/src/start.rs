//! From the builder to a running server.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use crate::auth::Authority;
use crate::faults::Faults;
use crate::running::{BlockingServer, RunningServer, accept};
use crate::server::Server;
use crate::service::Service;
use crate::state::State;
use crate::store::Store;
use crate::tls;
use crate::usage::Usage;

impl Server {
    /// Starts the server on the current tokio runtime, which needs its I/O and time drivers.
    ///
    /// # Errors
    /// The address cannot be bound, the store cannot be opened, or the region or a bucket's name is not valid.
    pub async fn start(mut self) -> io::Result<RunningServer> {
        if let Err(error) = oss_presign::Region::new(&self.region) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, error.to_string()));
        }
        let (storage, memory_limit) = (self.storage.clone(), self.memory_limit);
        let store = tokio::task::spawn_blocking(move || Store::open(&storage, memory_limit)).await??;
        for bucket in &self.buckets {
            bucket.open(&store, &self.config)?;
        }
        let listener = TcpListener::bind(self.address).await.map_err(|error| {
            let why = match error.kind() {
                io::ErrorKind::AddrInUse => "another program listens there already".into(),
                _ => error.to_string(),
            };
            io::Error::new(error.kind(), format!("cannot listen on {}: {why}", self.address))
        })?;
        let address = listener.local_addr()?;
        let names: Vec<_> = self.buckets.iter().map(|bucket| bucket.name.as_str()).collect();
        let (acceptor, authority_pem) = match &self.tls {
            None => (None, None),
            Some(tls) => tls::acceptor(tls, address, &names).map(|(acceptor, pem)| (Some(acceptor), pem))?,
        };
        self.config.scheme = if acceptor.is_some() { "https" } else { "http" };
        let token = self.config.page.then(page_token).transpose()?;
        self.config.token.clone_from(&token);
        let usage = Usage {
            address,
            scheme: self.config.scheme,
            token,
            region: self.region.clone(),
            access_key_ids: self.credentials.iter().map(|credential| credential.id().to_owned()).collect(),
            storage: self.storage.clone(),
            memory_limit: self.memory_limit,
        };
        let authority = Authority { region: self.region, credentials: self.credentials };
        let faults = Arc::new(Faults::default());
        self.faults.into_iter().for_each(|rule| faults.add(rule));
        let service = Arc::new(Service::new(State {
            config: self.config,
            authority,
            store: Arc::new(store),
            faults: faults.clone(),
        }));
        let (stop, stopped) = watch::channel(false);
        let (done, finished) = oneshot::channel();
        tokio::spawn(async move {
            let cut = accept(listener, service, stopped, acceptor).await;
            // Nobody may be waiting for it.
            let _ = done.send(cut);
        });
        Ok(RunningServer { address, usage, authority: authority_pem, faults, stop, finished })
    }

    /// Starts the server on a thread and a runtime of its own, for programs and tests without one.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_blocking(self) -> io::Result<BlockingServer> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("oss-local")
            .enable_io()
            .enable_time()
            .build()?;
        let server = runtime.block_on(self.start())?;
        let (address, usage, authority) = (server.address, server.usage.clone(), server.authority.clone());
        let (faults, stop) = (server.faults.clone(), server.stop.clone());
        let thread = std::thread::Builder::new().name("oss-local".into()).spawn(move || {
            runtime.block_on(server.finished());
        })?;
        Ok(BlockingServer { address, usage, authority, faults, stop, thread: Some(thread) })
    }
}

/// 128 random bits, in hex.
fn page_token() -> io::Result<String> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}
