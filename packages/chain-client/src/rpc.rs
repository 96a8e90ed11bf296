//! The node's RPC, blocking, with patience: a node that restarts is waited for.

use std::cell::Cell;
use std::future::Future;
use std::time::{Duration, Instant};

use cosmrs::tendermint::block::Height;
use tendermint_rpc::endpoint::{block, block_results, broadcast::tx_sync};
use tendermint_rpc::{Client as _, Error, HttpClient};
use tokio::runtime::Runtime;

use crate::address::Address;
use crate::error::ClientError;

/// Between two looks at the node.
pub(crate) const POLL: Duration = Duration::from_millis(100);
/// A single request may take this long.
const REQUEST: Duration = Duration::from_secs(15);

/// For longer than this nobody waits without knowing for whom.
const SILENCE: Duration = Duration::from_secs(2);
/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_secs(2);

pub(crate) struct Rpc {
    http: HttpClient,
    address: Address,
    runtime: Runtime,
    patience: Duration,
    notice: fn(&str),
    /// Whether the last request got no answer: see [`Rpc::welcome`].
    away: Cell<bool>,
}

impl Rpc {
    pub fn new(url: &str, patience: Duration, notice: fn(&str)) -> Result<Self, ClientError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ClientError::answer)?;
        let address = Address::parse(url)?;
        let http = HttpClient::builder(address.url.clone())
            .timeout(REQUEST)
            .build()
            .map_err(ClientError::input)?;
        Ok(Self {
            http,
            address,
            runtime,
            patience,
            notice,
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

    /// Attempts, less and less often, until the node answers or patience is over. What the node answers is final, also an
    /// error, and so is the answer of something that is no node.
    fn patiently<T, F>(&self, call: impl Fn() -> F) -> Result<T, ClientError>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let since = Instant::now();
        let (mut pause, mut silent) = (POLL, true);
        loop {
            let error = match self.welcome().and_then(|()| self.once(call())) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if answered(&error) {
                return Err(ClientError::answer(brief(&error)));
            }
            if foreign(&error) {
                let text = format!("{}: no node's RPC: {}", self.address.shown, brief(&error));
                return Err(ClientError::Answer(text));
            }
            let waited = since.elapsed();
            if waited >= self.patience {
                return Err(ClientError::Unreachable(self.said(&error)));
            }
            if silent && waited >= SILENCE {
                silent = false;
                (self.notice)(&format!("waiting for {}", self.said(&error)));
            }
            let next = if silent {
                SILENCE.min(self.patience)
            } else {
                self.patience
            };
            std::thread::sleep(pause.min(next.saturating_sub(waited)));
            pause = pause.saturating_mul(2).min(LONGEST);
        }
    }

    /// Who does not answer, and why.
    fn said(&self, error: &Error) -> String {
        let cause = self.address.trouble().unwrap_or_else(|| brief(error));
        format!("{}: {cause}", self.address.shown)
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

/// Whether an answer came, and it is none of a node: another address will be needed, not patience. A server in front of a
/// node that is busy or away says so (408, 429, 5xx), and is waited for.
fn foreign(error: &Error) -> bool {
    use tendermint_rpc::error::ErrorDetail;
    match error.detail() {
        ErrorDetail::HttpRequestFailed(failed) => {
            let status = failed.status.as_u16();
            (400..500).contains(&status) && ![408, 429].contains(&status)
        }
        ErrorDetail::Serde(_) | ErrorDetail::MalformedJson(_) => true,
        _ => false,
    }
}

/// An error in its own words, without the trace.
pub(crate) fn brief(error: &Error) -> String {
    use tendermint_rpc::error::ErrorDetail;
    match error.detail() {
        ErrorDetail::Response(answer) => answer.source.to_string(),
        ErrorDetail::Serde(_) => "the answer is not JSON-RPC".to_owned(),
        ErrorDetail::HttpRequestFailed(failed) => format!("HTTP status {}", failed.status),
        ErrorDetail::Http(_) => "the connection ended without an answer".to_owned(),
        detail => detail.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    use super::Rpc;
    use crate::error::ClientError;
    use crate::fake::{HEIGHT_7, Server};

    fn rpc(url: &str, patience: Duration) -> Rpc {
        Rpc::new(url, patience, |_| ()).unwrap()
    }

    #[test]
    fn an_address_without_a_scheme_is_asked() {
        let server = Server::answers(|_| HEIGHT_7.to_owned());
        let rpc = rpc(&server.address, Duration::from_secs(5));
        assert_eq!(rpc.height().unwrap(), 7);
    }

    #[test]
    fn what_is_no_rpc_fails_at_once() {
        let page = |status: &str, body: &str| {
            format!(
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        };
        for (answer, cause) in [
            (page("404 Not Found", "no"), "HTTP status 404 Not Found"),
            (
                page("200 OK", "<html></html>"),
                "the answer is not JSON-RPC",
            ),
            (page("200 OK", ""), "the answer is not JSON-RPC"),
        ] {
            let server = Server::answers(move |_| answer.clone());
            let since = Instant::now();
            let url = format!("http://user:secret@{}", server.address);
            let error = rpc(&url, Duration::from_secs(60)).height().unwrap_err();
            assert!(since.elapsed() < Duration::from_secs(10), "{error}");
            let said = format!(
                "E_CHAIN_ANSWER: http://{}: no node's RPC: {cause}",
                server.address
            );
            assert_eq!(error.to_string(), said);
            assert_eq!(server.requests(), 1);
        }
    }

    #[test]
    fn a_busy_server_is_asked_less_and_less_often() {
        let busy =
            "HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        let server = Server::answers(move |_| busy.to_owned());
        let error = rpc(&server.address, Duration::from_secs(3))
            .height()
            .unwrap_err();
        let said = format!(
            "E_CHAIN_UNREACHABLE: http://{}: HTTP status 429 Too Many Requests",
            server.address
        );
        assert_eq!(error.to_string(), said);
        // After 0, 0.1, 0.3, 0.7, 1.5 and 3 seconds, after a failure perhaps two requests at a time.
        assert!(
            (4..=12).contains(&server.requests()),
            "{}",
            server.requests()
        );
    }

    #[test]
    fn one_who_waits_is_told_for_whom_and_why() {
        static TOLD: AtomicUsize = AtomicUsize::new(0);
        let notice = |text: &str| {
            assert_eq!(
                text,
                "waiting for http://127.0.0.1:1: Connection refused (os error 111)"
            );
            TOLD.fetch_add(1, Ordering::Relaxed);
        };
        // Nobody listens on port 1.
        let rpc = Rpc::new(
            "http://user:secret@127.0.0.1:1",
            Duration::from_secs(4),
            notice,
        )
        .unwrap();
        let refused = "http://127.0.0.1:1: Connection refused (os error 111)".to_owned();
        assert_eq!(rpc.height(), Err(ClientError::Unreachable(refused)));
        assert_eq!(TOLD.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_name_that_nobody_has_is_named() {
        let error = rpc("no-such-host.invalid:1", Duration::ZERO)
            .height()
            .unwrap_err();
        let error = error.to_string();
        assert!(
            error.starts_with(
                "E_CHAIN_UNREACHABLE: http://no-such-host.invalid:1: failed to lookup"
            ),
            "{error}"
        );
    }
}
