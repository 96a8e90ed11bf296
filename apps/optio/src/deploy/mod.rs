//! `optio deploy`: the contracts on a real chain, in steps that can be interrupted anywhere.
//!
//! What has been done is read off the chain, never off a file: codes are known by checksum, contracts by their predicted
//! address, and every message by a query that shows its effect. The state file only tells others where things are.

mod drive;
mod state;

use std::path::PathBuf;

use clap::Args;
use sandbox::plan::Config;

use crate::error::{CliError, Result};
use crate::node::record::Recorder;
use crate::node::{NodeArgs, NodeChain, refused};

pub use drive::{Deployment, deploy};

/// Put the contracts on a blockchain.
///
/// Stores, instantiates, wires and lists the contracts; does only what is not done yet, and verifies all of it.
#[derive(Debug, Args)]
pub struct DeployArgs {
    /// The node's RPC, as http://127.0.0.1:26657.
    #[arg(long)]
    pub node: String,
    /// What to deploy, JSON; tests/chain/local.json is the local network's.
    #[arg(long)]
    pub config: PathBuf,
    /// Where addresses are written; deployments/CHAIN-ID.json unless said.
    #[arg(long)]
    pub state: Option<PathBuf>,
    /// Print what is missing and send nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// How the blockchain is reached and paid.
    #[command(flatten)]
    pub chain: NodeArgs,
}

/// Runs the command.
///
/// # Errors
/// No node, no key, an artefact missing, a refusal, or a step that does not show after it was taken.
pub fn run(args: &DeployArgs) -> Result<()> {
    let config = read_config(&args.config)?;
    let (client, key) = args.chain.connect(&args.node)?;
    let mut chain = NodeChain::new(client, key, Recorder::default()).map_err(|e| refused(&e))?;
    let path = args.state.clone().unwrap_or_else(|| {
        PathBuf::from("deployments").join(format!("{}.json", chain.client.chain_id()))
    });
    let mut deployment = Deployment::new(&config, args.dry_run);
    let site = deploy(&mut chain, &mut deployment)?;
    if args.dry_run {
        println!("dry run: nothing was sent");
        return Ok(());
    }
    state::write(&path, chain.client.chain_id(), &site, &deployment)?;
    println!(
        "{} done, {} were done before; addresses in {}",
        deployment.done,
        deployment.found,
        path.display()
    );
    Ok(())
}

fn read_config(path: &std::path::Path) -> Result<Config> {
    let text = std::fs::read_to_string(path).map_err(|e| CliError::file(path, e))?;
    serde_json::from_str(&text).map_err(|e| CliError::file(path, e))
}
