//! `optio gas`: every message of the gas snapshot on a node and in this process, from the same state at the same time.

mod fallen;
mod losses;
mod page;
mod past;
mod scenario;

use std::path::PathBuf;

use chain_client::Key;
use clap::Args;
use sandbox::plan::PARTS;
use sandbox::setup::{self, Window};
use sandbox::{Network as _, Sandbox};

use crate::deploy::{Deployment, deploy};
use crate::error::{CliError, Result};
use crate::measurements::write_section;
use crate::node::record::{self, Entry, Recorder};
use crate::node::{NodeArgs, NodeChain, refused, verify};
use crate::venue::failed;

/// Sixty buckets, as short as they may be.
const WINDOW: Window = Window {
    buckets: 60,
    bucket_seconds: 5,
};
/// How far node and meter may be apart, per cent.
const TOLERANCE: f64 = 3.0;

/// Hold the gas meter of this process against a node.
///
/// Plays the messages of the gas snapshot on a local network, with the codes unpinned and then pinned by a vote, replays them in this process and
/// compares; fails where the meter is more than 3 % off.
#[derive(Debug, Args)]
pub struct GasArgs {
    /// The node's RPC: a local network.
    #[arg(long, required_unless_present_any = ["genesis", "again"])]
    pub node: Option<String>,
    /// Key files of validators that hold a majority, for the vote that pins the codes.
    #[arg(long, required_unless_present_any = ["genesis", "again"])]
    pub validator_key: Vec<PathBuf>,
    /// Measure nothing. Instead write the state of four deployments that are some days old into this genesis file of a network
    /// that has not started, and their record to `--past`: losses can be shared only once debts have aged.
    #[arg(long, requires = "past", conflicts_with = "node")]
    pub genesis: Option<PathBuf>,
    /// Record that `--genesis` wrote for this network; without it the messages that share a loss are left out.
    #[arg(long)]
    pub past: Option<PathBuf>,
    /// Page whose section `node-gas` is rewritten.
    #[arg(long)]
    pub page: Option<PathBuf>,
    /// Where the run is recorded.
    #[arg(long, default_value = "optio-gas.jsonl")]
    pub record: PathBuf,
    /// Send nothing: compare and print the run recorded in `--record` once more.
    #[arg(long)]
    pub again: bool,
    /// How the chain is reached and paid.
    #[command(flatten)]
    pub chain: NodeArgs,
}

/// Runs the command.
///
/// # Errors
/// The node or a contract refuses, the replay differs, or a message is further off than 3 %.
pub fn run(args: &GasArgs) -> Result<()> {
    if let (Some(genesis), Some(past)) = (&args.genesis, &args.past) {
        return past::begin(genesis, past, &args.chain.prefix);
    }
    if !args.again {
        measure(args)?;
    }
    let entries = record::read(&args.record)?;
    let lines = page::lines(&entries, &verify::replay(&entries)?);
    let version = match entries.first() {
        Some(Entry::Chain { version, .. }) => version,
        _ => "",
    };
    let text = page::text(&lines, version);
    println!("{text}");
    if let Some(path) = &args.page {
        write_section(path, "node-gas", &text)?;
    }
    match lines.iter().find(|line| line.off().abs() > TOLERANCE) {
        Some(line) => Err(CliError::new(
            "E_OPTIO_GAS",
            format!("{}: the meter is off by {:.1} %", line.message, line.off()),
        )),
        None => Ok(()),
    }
}

fn measure(args: &GasArgs) -> Result<()> {
    let keys: std::result::Result<Vec<Key>, _> = args
        .validator_key
        .iter()
        .map(|path| Key::load(Some(path), ""))
        .collect();
    let validators = keys.map_err(|e| refused(&e))?;
    // There is one unless a genesis is named.
    let node = args.node.as_deref().unwrap_or_default();
    let (client, key) = args.chain.connect(node)?;
    let recorder = Recorder::to_file(&args.record)?;
    let mut chain = NodeChain::new(client, key, recorder.clone()).map_err(|e| refused(&e))?;
    let losses = match &args.past {
        Some(path) => losses::take_over(&chain, &recorder, path)?,
        None => Vec::new(),
    };
    let mut config = setup::config(WINDOW);
    config.liquidation = setup::quick_liquidation_terms();
    config.salt = format!("gas {}", chain.now());
    let mut deployment = Deployment::new(&config, false);
    let site = deploy(&mut chain, &mut deployment)?;
    let codes = unpinned(&chain, &deployment)?;
    let mut sandbox = Sandbox::at(chain, &site).map_err(|e| failed(&e))?;
    let (now, later) = losses.split_at(losses.len() / 2);
    losses::share(&mut sandbox, now)?;
    let mut sandbox = scenario::play(sandbox, &codes, &validators)?;
    losses::share(&mut sandbox, later)?;
    record::finish(&sandbox.chain.client, &recorder)
}

/// The deployed codes, artefact and number.
fn unpinned<'a>(chain: &NodeChain, deployment: &Deployment<'_>) -> Result<Vec<(&'a str, u64)>> {
    let codes: Vec<(&str, u64)> = PARTS
        .iter()
        .filter_map(|part| Some((part.code.name(), deployment.codes.get(part.name)?.id)))
        .collect();
    let pinned = chain.client.pinned().map_err(|e| refused(&e))?;
    if codes.iter().any(|(_, id)| pinned.contains(id)) {
        return Err(CliError::input(
            "the codes are pinned already: scripts/localnet reset",
        ));
    }
    Ok(codes)
}
