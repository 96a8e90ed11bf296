//! One node each: deployment, the demo's two parts, and a past, at the same time, for what they do is wait for blocks.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::localnet::Localnet;

/// By how much later a step is killed the next time; blocks come four times a second.
const LATER: Duration = Duration::from_millis(60);

/// A step that was announced, and how long after that the deployment was killed.
type Kill = (String, Duration);

/// Takes a deployment to its next step and kills it: at once at a step that is new, later than last time at the same
/// step. The kill belongs to the step that was announced last. `None` when the deployment came to its end.
fn killed_at_next_step(net: &Localnet, last: Option<&Kill>) -> Option<Kill> {
    let mut child = net
        .deploy_command(&[])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    if !line.starts_with("will ") {
        assert!(child.wait().unwrap().success());
        return None;
    }
    let after = match last {
        Some((same, after)) if *same == line => *after + LATER,
        _ => Duration::ZERO,
    };
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    let said = lines.map_while(Result::ok);
    let line = said
        .filter(|l| l.starts_with("will "))
        .last()
        .unwrap_or(line);
    Some((line, after))
}

#[test]
#[ignore = "needs a node: scripts/test chain"]
fn deployment_survives_a_kill_at_every_step() {
    let net = Localnet::up("deploy", 28657, 1);
    let dry = net.deploy_command(&["--dry-run"]).output().unwrap();
    let said = String::from_utf8(dry.stdout).unwrap();
    assert!(
        said.contains("would store oracle_adapter") && said.contains("nothing was sent"),
        "{said}"
    );
    assert!(net.client(0).codes().unwrap().is_empty());
    let mut killed: Vec<Kill> = Vec::new();
    while let Some(kill) = killed_at_next_step(&net, killed.last()) {
        killed.push(kill);
        assert!(killed.len() < 300, "no progress: {killed:#?}");
    }
    let steps: BTreeSet<&String> = killed.iter().map(|(line, _)| line).collect();
    println!("killed {} times: {killed:#?}", killed.len());
    let plan = said
        .lines()
        .filter(|line| line.starts_with("would"))
        .count();
    assert_eq!(steps.len(), plan, "not killed at every step: {killed:#?}");
    // Nothing twice: as many codes as contracts, and the owner has one account.
    assert_eq!(
        net.client(0).codes().unwrap().len(),
        sandbox::plan::PARTS.len()
    );
    let state = std::fs::read_to_string(net.file("deployments/optio-local.json")).unwrap();
    let state: serde_json::Value = serde_json::from_str(&state).unwrap();
    let engine = state["contracts"]["engine"]["address"].as_str().unwrap();
    let query = serde_json::json!({ "accounts_by_owner": { "owner": state["owner"] } });
    let answer = net
        .client(0)
        .smart(engine, query.to_string().as_bytes())
        .unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["accounts"].as_array().unwrap().len(), 1);
    // Once more: everything is found.
    let again = net.deploy_command(&[]).output().unwrap();
    let said = String::from_utf8(again.stdout).unwrap();
    assert!(
        said.contains(&format!("0 done, {plan} were done before")),
        "{said}"
    );
}

/// Runs a part of the demo and looks for what it must have said.
fn tells(net: &Localnet, more: &[&str], steps: &[&str]) {
    let said = net.demo(&net.url(0), more).succeed();
    println!("{said}");
    for step in steps {
        assert!(said.contains(step), "not said: {step:?}\n{said}");
    }
}

#[test]
#[ignore = "needs a node: scripts/test chain"]
fn the_market_on_a_node_replays_to_the_same_state() {
    let net = Localnet::up("market", 28757, 1);
    let steps = [
        "takes a slice of grace",
        "grace is healthy again",
        "everybody settled",
    ];
    tells(&net, &["--part", "market", "--lead", "150"], &steps);
}

#[test]
#[ignore = "needs a node: scripts/test chain"]
fn the_gap_on_a_node_replays_to_the_same_state() {
    let net = Localnet::up("gap", 28807, 1);
    tells(&net, &["--part", "gap"], &["judy has no leg any more"]);
}

/// What the record of a past ends with.
fn end_of(record: &Path) -> Value {
    let text = std::fs::read_to_string(record).unwrap();
    let end: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    end["end"].clone()
}

#[test]
#[ignore = "needs a node: scripts/test chain"]
fn a_network_begins_with_a_past() {
    let net = Localnet::make("past", 28707, 1);
    let genesis = net.file("node0/wasmd/config/genesis.json");
    let past = net.file("past.jsonl");
    let arguments = [&genesis, &past].map(|path| path.to_str().unwrap());
    let mut begin = net.optio(&["gas", "--genesis", arguments[0], "--past", arguments[1]]);
    let said = begin.output().unwrap();
    assert!(said.status.success(), "{said:?}");
    // Once only.
    let said = begin.output().unwrap();
    let error = String::from_utf8(said.stderr).unwrap();
    assert!(error.contains("E_OPTIO_GENESIS"), "{error}");
    net.start();
    let client = net.client(0);
    let end = end_of(&past);
    let contracts = end["contracts"].as_object().unwrap();
    assert_eq!(contracts.len(), 4 * sandbox::plan::PARTS.len());
    let (height, _) = client.newest().unwrap();
    for (address, there) in contracts {
        let hex = |bytes: Vec<u8>| cosmwasm_std::HexBinary::from(bytes);
        let records = client.contract_state(address, height).unwrap();
        let here: Vec<_> = records
            .into_iter()
            .map(|(key, value)| [hex(key), hex(value)])
            .collect();
        assert_eq!(serde_json::to_value(here).unwrap(), *there, "{address}");
    }
    for (address, held) in end["balances"].as_object().unwrap() {
        let here = client.balance(address, "uusdc").unwrap();
        assert_eq!(held["uusdc"], here.to_string(), "{address}");
    }
    // The codes are known to whoever deploys.
    let dry = net.deploy_command(&["--dry-run"]).output().unwrap();
    let said = String::from_utf8(dry.stdout).unwrap();
    assert!(!said.contains("would store"), "{said}");
}
