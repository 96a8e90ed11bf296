//! A server that answers every request as it is told.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A node at block 7.
pub(crate) const HEIGHT_7: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n\
    {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"response\":{\"data\":\"\",\"version\":\"1\",\"app_version\":\"0\",\
    \"last_block_height\":\"7\",\"last_block_app_hash\":\"\"}}}";

pub(crate) struct Server {
    /// Host and port.
    pub address: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// Answers each request, by its body, with a whole HTTP response.
    pub fn answers(answer: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(AtomicUsize::new(0));
        let count = requests.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut length = 0_u64;
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 0)
                    && !line.trim().is_empty()
                {
                    let line_text = std::mem::take(&mut line).to_ascii_lowercase();
                    if let Some(text) = line_text.strip_prefix("content-length:") {
                        length = text.trim().parse().unwrap();
                    }
                }
                // A connection that asks nothing only looks whether somebody is there.
                if length == 0 {
                    continue;
                }
                let mut body = String::new();
                if reader.take(length).read_to_string(&mut body).is_ok() {
                    count.fetch_add(1, Ordering::Relaxed);
                    let _ = stream.write_all(answer(&body).as_bytes());
                }
            }
        });
        Self { address, requests }
    }

    /// How many requests there were.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}
