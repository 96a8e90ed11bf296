//! A proxy before a node that passes every broadcast on and swallows the reply to every second one.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Its port, and how many replies it has swallowed.
pub fn cutting_proxy(node: u16) -> (u16, Arc<AtomicU64>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let cuts = Arc::new(AtomicU64::new(0));
    let counter = cuts.clone();
    let broadcasts = Arc::new(AtomicU64::new(0));
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (counter, broadcasts) = (counter.clone(), broadcasts.clone());
            std::thread::spawn(move || serve(client, node, (&counter, &broadcasts)));
        }
    });
    (port, cuts)
}

/// One message: head and body.
fn message(from: &mut impl BufRead) -> Option<Vec<u8>> {
    let (mut bytes, mut length, mut chunked) = (Vec::new(), 0, false);
    loop {
        let line = line(from)?;
        bytes.extend_from_slice(line.as_bytes());
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        chunked |= lower.starts_with("transfer-encoding: chunked");
        if line == "\r\n" {
            break;
        }
    }
    while chunked {
        let head = line(from)?;
        let size = usize::from_str_radix(head.trim(), 16).ok()?;
        bytes.extend_from_slice(head.as_bytes());
        // A chunk ends with a line break of its own; the empty one is the last.
        take(from, size + 2, &mut bytes)?;
        chunked = size > 0;
    }
    take(from, length, &mut bytes)?;
    Some(bytes)
}

fn line(from: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    let read = from.read_line(&mut line).ok()?;
    (read > 0).then_some(line)
}

fn take(from: &mut impl BufRead, length: usize, bytes: &mut Vec<u8>) -> Option<()> {
    let mut part = vec![0; length];
    from.read_exact(&mut part).ok()?;
    bytes.extend(part);
    Some(())
}

fn serve(
    mut client: TcpStream,
    node: u16,
    (cuts, broadcasts): (&AtomicU64, &AtomicU64),
) -> Option<()> {
    let mut requests = BufReader::new(client.try_clone().ok()?);
    loop {
        let request = message(&mut requests)?;
        let mut upstream = TcpStream::connect(("127.0.0.1", node)).ok()?;
        upstream.write_all(&request).ok()?;
        let reply = message(&mut BufReader::new(upstream))?;
        let broadcast = request.windows(17).any(|part| part == b"broadcast_tx_sync");
        if broadcast && broadcasts.fetch_add(1, Ordering::Relaxed) % 2 == 0 {
            cuts.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        client.write_all(&reply).ok()?;
    }
}
