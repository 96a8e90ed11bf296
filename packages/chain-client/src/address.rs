//! Where a node's RPC is, and how that is said: without user and secret.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use tendermint_rpc::HttpClientUrl;

use crate::error::ClientError;

/// How long a connection of our own may take, that tells why a request failed.
const CONNECT: Duration = Duration::from_secs(2);

/// The address of a node.
#[derive(Debug)]
pub(crate) struct Address {
    /// As the HTTP client takes it.
    pub url: HttpClientUrl,
    /// As people are told it.
    pub shown: String,
    /// Host and port.
    peer: String,
}

impl Address {
    /// Reads `http://host:port/path`, with or without scheme, user and path.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let (scheme, rest) = text
            .trim()
            .split_once("://")
            .unwrap_or(("http", text.trim()));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let shown = format!("{scheme}://{host}{path}");
        let wrong = || {
            ClientError::Input(format!(
                "{shown} is not the address of a node's RPC, such as http://127.0.0.1:26657"
            ))
        };
        let port = match scheme {
            "http" => "80",
            "https" => "443",
            _ => return Err(wrong()),
        };
        if host.is_empty() {
            return Err(wrong());
        }
        let url = format!("{scheme}://{authority}{path}");
        let url = url.parse::<HttpClientUrl>().map_err(|_| wrong())?;
        // The port comes last; an IPv6 address has its colons in brackets.
        let has_port = host.rsplit(']').next().is_some_and(|end| end.contains(':'));
        let peer = if has_port {
            host.to_owned()
        } else {
            format!("{host}:{port}")
        };
        Ok(Self { url, shown, peer })
    }

    /// Why no request comes through, as far as a connection shows it: the HTTP client does not say.
    pub fn trouble(&self) -> Option<String> {
        let mut peers = match self.peer.to_socket_addrs() {
            Ok(peers) => peers,
            Err(error) => return Some(error.to_string()),
        };
        let peer = peers.next()?;
        let error = TcpStream::connect_timeout(&peer, CONNECT).err()?;
        Some(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn an_address_may_leave_out_the_scheme() {
        for (text, shown, peer) in [
            (
                "127.0.0.1:26657",
                "http://127.0.0.1:26657",
                "127.0.0.1:26657",
            ),
            (
                "localhost:26657",
                "http://localhost:26657",
                "localhost:26657",
            ),
            ("http://[::1]:26657/", "http://[::1]:26657/", "[::1]:26657"),
            ("http://[::1]", "http://[::1]", "[::1]:80"),
            (
                "https://rpc.example/a/b",
                "https://rpc.example/a/b",
                "rpc.example:443",
            ),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(
                (address.shown.as_str(), address.peer.as_str()),
                (shown, peer)
            );
        }
    }

    #[test]
    fn an_address_is_shown_without_its_secret() {
        let address = Address::parse("http://user:secret@127.0.0.1:1/x").unwrap();
        assert_eq!(address.shown, "http://127.0.0.1:1/x");
        assert_eq!(address.peer, "127.0.0.1:1");
        for text in [
            "",
            "http://",
            "ftp://user:secret@host",
            "http://user:secret@a b",
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("E_CHAIN_INPUT: "), "{error}");
            assert!(error.ends_with("such as http://127.0.0.1:26657"), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
