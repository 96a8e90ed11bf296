//! The same story on a node: deployed, told in minutes, recorded, and replayed in this process.

use std::path::PathBuf;

use sandbox::Network as _;
use sandbox::Sandbox;
use sandbox::setup::quick_config;

use super::{DemoArgs, Pace, report, story};
use crate::deploy::{Deployment, deploy};
use crate::error::Result;
use crate::node::record::{Recorder, finish};
use crate::node::{NodeChain, refused, verify};
use crate::venue::{Venue, failed};

/// Where a run is recorded unless it is said.
const RECORD: &str = "optio-demo.jsonl";

/// Runs the demo on the node at this address.
///
/// # Errors
/// The node, the chain or a contract refuses, an invariant breaks, or the replay ends differently.
pub fn run(args: &DemoArgs, url: &str) -> Result<()> {
    let (client, key) = args.chain.connect(url)?;
    let record = args.record.clone();
    let record = record.unwrap_or_else(|| PathBuf::from(RECORD));
    let recorder = Recorder::to_file(&record)?;
    let mut chain = NodeChain::new(client, key, recorder.clone()).map_err(|e| refused(&e))?;
    let mut config = quick_config();
    // Every run has contracts of its own.
    config.salt = format!("demo {}", chain.now());
    let site = deploy(&mut chain, &mut Deployment::new(&config, false))?;
    let pace = Pace::quick(chain.now(), args.lead);
    let sandbox = Sandbox::at(chain, &site).map_err(|e| failed(&e))?;
    let venue = Venue::new(sandbox.boxed());
    let story = story::tell(venue, pace, args.seed, args.part)?;
    report(args, &story)?;
    let (client, _) = args.chain.connect(url)?;
    finish(&client, &recorder)?;
    let verdict = verify::replay(&recorder.entries())?;
    println!(
        "Replayed in this process: {} messages at their block times, {} stored records and {} balances equal. Record: {}",
        verdict.messages,
        verdict.records,
        verdict.balances,
        record.display()
    );
    Ok(())
}
