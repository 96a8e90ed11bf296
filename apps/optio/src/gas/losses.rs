//! Losses that a network began with: each is shared by a message that counts the gains, or by one that ends the round.

use std::path::Path;

use cosmwasm_std::Addr;
use protocol_api::engine::{AccountId, ExecuteMsg};
use sandbox::network;
use serde_json::from_value;

use super::scenario::{World, ok};
use crate::error::{CliError, Result};
use crate::node::record::{self, Entry, Recorder};
use crate::node::{NodeChain, refused};

/// The market that is lost in.
pub const MARKET: &str = "BTC_USDC";

/// A deployment whose market has a loss that can be shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Its engine.
    pub engine: Addr,
    /// Who owes it, until that is written off.
    pub debtor: AccountId,
    /// Who gained it.
    pub winners: Vec<AccountId>,
    /// Whether gains have been counted, so that the next message ends the round.
    pub counted: bool,
}

/// The losses of a past, in the order of their deployments.
pub fn losses(past: &[Entry]) -> Vec<Loss> {
    let mut losses: Vec<Loss> = Vec::new();
    for entry in past {
        let Entry::Message { contract, msg, .. } = entry else {
            continue;
        };
        match from_value(msg.clone()) {
            Ok(ExecuteMsg::SettleAccounts { accounts }) => {
                if let Some((debtor, winners)) = accounts.split_first() {
                    losses.push(Loss {
                        engine: contract.clone(),
                        debtor: *debtor,
                        winners: winners.to_vec(),
                        counted: false,
                    });
                }
            }
            Ok(ExecuteMsg::ShareLoss { .. }) => {
                let shared = losses.iter_mut().filter(|loss| loss.engine == *contract);
                shared.for_each(|loss| loss.counted = true);
            }
            _ => {}
        }
    }
    losses
}

/// Shares losses, measured: the winners' gains are counted, or the round ends that has counted them.
///
/// # Errors
/// A contract refuses.
pub fn share(world: &mut World, losses: &[Loss]) -> Result<()> {
    let keeper = world.keeper.clone();
    for loss in losses {
        let Loss { engine, .. } = loss;
        if !loss.counted {
            let cover = loss.cover();
            ok(network::send(
                &mut world.chain,
                &keeper,
                engine,
                &cover,
                &[],
            ))?;
        }
        world.chain.measure_overhead(true);
        let done = network::send(&mut world.chain, &keeper, engine, &loss.share(), &[]);
        world.chain.measure_overhead(false);
        ok(done)?;
    }
    Ok(())
}

impl Loss {
    /// Writes the debt off, once it is a day old.
    pub fn cover(&self) -> ExecuteMsg {
        let account = self.debtor;
        ExecuteMsg::CoverDebt { account }
    }

    /// Goes on with the round of the loss: all accounts in their turn, of whom the last one gained or owes.
    pub fn share(&self) -> ExecuteMsg {
        let last = self
            .winners
            .iter()
            .fold(self.debtor, |last, id| last.max(*id));
        let accounts = (1..=last).rev().collect();
        ExecuteMsg::ShareLoss {
            market: MARKET.to_owned(),
            accounts,
        }
    }
}

/// Begins the record with the past that the network began with; the losses in it.
///
/// # Errors
/// The past cannot be read, the node does not answer, or its losses are not those that the past ends with.
pub fn take_over(chain: &NodeChain, recorder: &Recorder, path: &Path) -> Result<Vec<Loss>> {
    let past = record::read(path)?;
    let losses = losses(&past);
    let Some(Entry::End { contracts, .. }) = past.last() else {
        return Err(CliError::input("the past has no end"));
    };
    let (height, _) = chain.client.newest().map_err(|e| refused(&e))?;
    for loss in &losses {
        let here = chain.client.contract_state(loss.engine.as_str(), height);
        let there = contracts.get(&loss.engine).into_iter().flatten();
        let there = there.map(|(key, value)| (key.to_vec(), value.to_vec()));
        if !here.is_ok_and(|here| here.into_iter().eq(there)) {
            let what = "the network did not begin with this past, or it has gone on";
            return Err(CliError::input(format!("{}: {what}", path.display())));
        }
    }
    for entry in past {
        if !matches!(entry, Entry::Chain { .. } | Entry::End { .. }) {
            recorder.add(entry);
        }
    }
    Ok(losses)
}
