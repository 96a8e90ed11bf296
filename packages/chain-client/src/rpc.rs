//! The node's RPC, blocking, with patience: a node that restarts is waited for.

use std::cell::Cell;
use std::future::Future;
use std::time::{Duration, Instant};

use cosmrs::tendermint::block::Height;
use tendermint_rpc::endpoint::{block, block_results, broadcast::tx_sync};
use tendermint_rpc::{Client as _, Error, HttpClient};
use tokio::runtime::Runtime;

use crate::error::ClientError;

/// Between two looks at the node.
pub(crate) const POLL: Duration = Duration::from_millis(100);
/// A single request may take this long.
const REQUEST: Duration = Duration::from_secs(15);

pub(crate) struct Rpc {
    http: HttpClient,
    runtime: Runtime,
    patience: Duration,
    /// Whether the last request got no answer: see [`Rpc::welcome`].
    away: Cell<bool>,
}

impl Rpc {
    pub fn new(url: &str, patience: Duration) -> Result<Self, ClientError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ClientError::answer)?;
        let address = url
            .parse::<tendermint_rpc::HttpClientUrl>()
            .map_err(|e| ClientError::Input(format!("{url}: {e}")))?;
        let http = HttpClient::builder(address)
            .timeout(REQUEST)
            .build()
            .map_err(ClientError::input)?;
        Ok(Self {
            http,
            runtime,
            patience,
            away: Cell::new(false),
        })
    }

    /// One attempt.
    fn once<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let result = self.runtime.block_on(call);
        if result.as_ref().is_err_and(|error| !answered(error)) {
            self.away.set(true);
        }
        result
    }

    /// A node that was away may have been started again; until it makes a block it answers, but not sensibly: some queries
    /// are not known yet, and contracts would see no time. So its next block is waited for.
    fn welcome(&self) -> Result<(), Error> {
        if !self.away.get() {
            return Ok(());
        }
        let height = || {
            self.once(self.http.abci_info())
                .map(|i| i.last_block_height)
        };
        let (found, since) = (height()?, Instant::now());
        while height()? <= found {
            if since.elapsed() >= self.patience {
                return Err(Error::timeout(self.patience));
            }
            std::thread::sleep(POLL);
        }
        self.away.set(false);
        Ok(())
    }

    /// Attempts until the node answers or patience is over. What the node answers is final, also an error.
    fn patiently<T, F>(&self, call: impl Fn() -> F) -> Result<T, ClientError>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let since = Instant::now();
        loop {
            match self.welcome().and_then(|()| self.once(call())) {
                Ok(answer) => return Ok(answer),
                Err(error) if answered(&error) => return Err(ClientError::answer(brief(&error))),
                Err(error) if since.elapsed() >= self.patience => {
                    return Err(ClientError::Unreachable(brief(&error)));
                }
                Err(_) => std::thread::sleep(POLL),
            }
        }
    }

    /// The chain's id.
    pub fn chain_id(&self) -> Result<String, ClientError> {
        let status = self.patiently(|| self.http.status())?;
        Ok(status.node_info.network.to_string())
    }

    /// The application's version, as its build says.
    pub fn version(&self) -> Result<String, ClientError> {
        let info = self.patiently(|| self.http.abci_info())?;
        Ok(info.version)
    }

    /// Height of the newest block that has been executed: its results and its state are there. The node's own status
    /// runs ahead of that.
    pub fn height(&self) -> Result<u64, ClientError> {
        let info = self.patiently(|| self.http.abci_info())?;
        Ok(info.last_block_height.value())
    }

    pub fn block(&self, height: u64) -> Result<block::Response, ClientError> {
        let height = Height::try_from(height).map_err(ClientError::answer)?;
        self.patiently(|| self.http.block(height))
    }

    pub fn block_results(&self, height: u64) -> Result<block_results::Response, ClientError> {
        let height = Height::try_from(height).map_err(ClientError::answer)?;
        self.patiently(|| self.http.block_results(height))
    }

    /// Hands a transaction to the mempool, once: the caller decides what a failure means.
    pub fn broadcast(&self, bytes: &[u8]) -> Result<tx_sync::Response, Error> {
        self.once(self.http.broadcast_tx_sync(bytes))
    }

    /// Asks the application; `height` 0 is the newest state. An error of the application is [`ClientError::Refused`].
    pub fn ask(&self, path: &str, request: Vec<u8>, height: u64) -> Result<Vec<u8>, ClientError> {
        let height = Height::try_from(height).ok().filter(|h| h.value() > 0);
        let path = path.to_owned();
        let answer = self.patiently(|| {
            self.http
                .abci_query(Some(path.clone()), request.clone(), height, false)
        })?;
        if answer.code.is_ok() {
            Ok(answer.value)
        } else {
            Err(ClientError::Refused(answer.log))
        }
    }
}

/// Whether the node itself said no: its answer came, and it is an error.
pub(crate) fn answered(error: &Error) -> bool {
    use tendermint_rpc::error::ErrorDetail;
    matches!(error.detail(), ErrorDetail::Response(_))
}

/// An error in its own words, without the trace.
pub(crate) fn brief(error: &Error) -> String {
    use tendermint_rpc::error::ErrorDetail;
    match error.detail() {
        ErrorDetail::Response(answer) => answer.source.to_string(),
        detail => detail.to_string(),
    }
}
