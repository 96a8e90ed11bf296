//! The demo while things go wrong: nothing is lost, nothing done twice, the ledger stays exact. That every message went
//! in once and left the state it should is what the demo's own replay shows.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::localnet::Localnet;
use crate::proxy::cutting_proxy;

/// Time for what goes wrong, seconds.
const LEAD: [&str; 2] = ["--lead", "210"];

#[test]
#[ignore = "needs nodes: scripts/test faults"]
fn a_node_is_killed_in_the_middle() {
    let net = Localnet::up("killed", 28857, 1);
    let mut demo = net.demo(&net.url(0), &LEAD);
    demo.wait_for("bob sells");
    net.signal(0, "-9");
    std::thread::sleep(Duration::from_secs(3));
    net.start();
    demo.succeed();
}

#[test]
#[ignore = "needs nodes: scripts/test faults"]
fn one_validator_of_four_goes_and_comes_back() {
    let net = Localnet::up("validators", 28957, 4);
    let mut demo = net.demo(&net.url(0), &LEAD);
    demo.wait_for("series listed");
    net.signal(3, "-15");
    demo.wait_for("erin buys a box");
    net.start();
    demo.succeed();
    // The one that was away has the same history.
    let (height, time) = net.client(0).newest().unwrap();
    net.client(3).wait_until(time / 1_000_000_000).unwrap();
    assert!(net.client(3).newest().unwrap().0 + 5 >= height);
}

/// What no mempool should take: noise, and bytes that look like a transaction.
fn flood(port: u16, stop: &AtomicBool, sent: &AtomicU64) {
    let mut n = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        // Base64 of a short protobuf field with changing bytes.
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":{n},"method":"broadcast_tx_async","params":{{"tx":"Ch{:08}Cg=="}}}}"#,
            n % 100_000_000
        );
        let request = format!(
            "POST / HTTP/1.1\r\nHost: n\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) {
            let _ = stream.write_all(request.as_bytes());
            let mut reply = Vec::new();
            let _ = std::io::Read::read_to_end(&mut stream, &mut reply);
            if reply.starts_with(b"HTTP/1.1 200") {
                sent.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

#[test]
#[ignore = "needs nodes: scripts/test faults"]
fn the_mempool_is_flooded_with_invalid_transactions() {
    let net = Localnet::up("flooded", 29057, 1);
    let (stop, sent) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let port = net.port(0);
    let (stop_there, sent_there) = (stop.clone(), sent.clone());
    let flooding = std::thread::spawn(move || flood(port, &stop_there, &sent_there));
    let demo = net.demo(&net.url(0), &LEAD);
    demo.succeed();
    stop.store(true, Ordering::Relaxed);
    flooding.join().unwrap();
    let sent = sent.load(Ordering::Relaxed);
    println!("{sent} invalid transactions");
    assert!(sent > 1_000, "only {sent} were sent");
}

#[test]
#[ignore = "needs nodes: scripts/test faults"]
fn the_client_is_cut_off_between_broadcast_and_reply() {
    let net = Localnet::up("cut", 29157, 1);
    let (port, cuts) = cutting_proxy(net.port(0));
    let demo = net.demo(&format!("http://127.0.0.1:{port}"), &LEAD);
    demo.succeed();
    let cuts = cuts.load(Ordering::Relaxed);
    println!("{cuts} replies cut off");
    assert!(cuts > 20, "only {cuts} replies were cut off");
}
