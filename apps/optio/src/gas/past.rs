//! What a chain must have lived through before a loss can be shared: a debt that is a day old, and a round of another.
//!
//! The past is four deployments, each with a seller who owes what two others gained. Nobody has counted the loss of the
//! first and the third; the gains of the second and the fourth were counted a day ago. Whatever else is to be known about
//! them is read off the record.

use std::path::Path;

use cosmwasm_std::Coin;
use protocol_api::engine::{AccountId, ExecuteMsg};
use protocol_api::exchange::QuoteLeg;
use sandbox::plan::{PARTS, Part};
use sandbox::report::{SurfaceExpiry, build};
use sandbox::setup::{self, BTC, USDC, Window};
use sandbox::{Network, Sandbox, Trader};
use wasm_chain::Identity;

use super::losses::{Loss, MARKET, losses};
use super::scenario::ok;
use crate::data::time::format_expiry;
use crate::error::{CliError, Result};
use crate::node::genesis::{Artifact, Genesis};
use crate::node::record::Recorder;
use crate::node::{Recorded, artifact};

const DAY: u64 = 86_400;
const WINDOW: Window = Window {
    buckets: 6,
    bucket_seconds: 30,
};
/// Of each deployment, whether the round of its loss has counted gains. A first half for codes that are unpinned.
const COUNTED: [bool; 4] = [false, true, false, true];
/// Days from one deployment to the next, which is played in less.
const APART: u64 = 3;
/// Days from the last one, or more, to the beginning of the chain: the time of its round is over by then.
const LAST: u64 = 4;
/// From a deployment, at midnight, to its expiry at eight the day after.
const EXPIRY: u64 = 32 * 3_600;
/// To the second expiry.
const LATER: u64 = EXPIRY + 7 * DAY;
/// Between two reports while the price is fixed, seconds, and how long before the expiry they begin.
const RHYTHM: u64 = 10;
const LEAD: u64 = 200;
/// The price when all trade, and where it ends, USD.
const TRADED: f64 = 90_000.0;
const FIXED: f64 = 115_000.0;
/// Price of the call, ticks: a thousand dollars.
const PREMIUM: i64 = 2_000;

/// Writes a past into a genesis, and its record.
///
/// # Errors
/// A file cannot be read or written, the genesis is none or has contracts already, an artefact is missing.
pub fn begin(path: &Path, past: &Path, prefix: &str) -> Result<()> {
    let text = std::fs::read_to_string(path).map_err(|e| CliError::file(path, e))?;
    let value = serde_json::from_str(&text).map_err(|e| CliError::file(path, e))?;
    let genesis = Genesis::new(value)?;
    let identity = Identity {
        chain_id: genesis.chain_id.clone(),
        // Lives as long as the command; the VM's address functions want it so.
        prefix: prefix.to_owned().leak(),
    };
    let chain = Recorded::new(identity, Recorder::to_file(past)?);
    let entries = play(chain, genesis.time)?.finish()?;
    let value = genesis.begin_with(&artifacts()?, &entries)?;
    // Whole or not at all.
    let part = path.with_extension("part");
    std::fs::write(&part, value.to_string()).map_err(|e| CliError::file(&part, e))?;
    std::fs::rename(&part, path).map_err(|e| CliError::file(path, e))?;
    println!(
        "{} begins with {} losses; their record: {}",
        path.display(),
        losses(&entries).len(),
        past.display()
    );
    Ok(())
}

fn artifacts() -> Result<Vec<Artifact>> {
    let read = |part: &Part| {
        let (wasm, _) = artifact(part.code)?;
        let name = part.code.name();
        Ok(Artifact { name, wasm })
    };
    PARTS.iter().map(read).collect()
}

/// Plays the past of a chain that begins at this time, unix seconds.
///
/// # Errors
/// An artefact is missing, or a contract refuses.
pub fn play(mut chain: Recorded, begins: u64) -> Result<Recorded> {
    for (later, counted) in (0..COUNTED.len() as u64).rev().zip(COUNTED) {
        let start = (begins / DAY).saturating_sub(later * APART + LAST) * DAY;
        ok(chain.reach(start))?;
        let site = ok(chain.deploy(&setup::config(WINDOW), "owner"))?;
        let mut story = Story {
            world: ok(Sandbox::at(chain, &site))?,
            start,
        };
        let loss = story.lose()?;
        if counted {
            story.count(&loss)?;
        }
        chain = story.world.chain;
    }
    Ok(chain)
}

/// One deployment in progress.
struct Story {
    world: Sandbox<Recorded>,
    start: u64,
}

impl Story {
    /// A seller without insurance behind him owes 8,000 dollars at an expiry that pays 25,000; house and ann gained it
    /// seven to three.
    fn lose(&mut self) -> Result<Loss> {
        let house = self.trader("house", 50_000_000)?;
        let seller = self.trader("seller", 16_000)?;
        let ann = self.trader("ann", 100_000)?;
        self.publish(TRADED)?;
        let call = format!("{MARKET}-{}-90000-C", format_expiry(self.start + EXPIRY));
        let series = vec![call.clone()];
        // The owner: he may list any expiry.
        let owner = self.world.owner.clone();
        ok(self
            .world
            .engine_as(&owner, &ExecuteMsg::ListSeries { series }, &[]))?;
        self.trade(&seller, &house, &call, 100)?;
        self.trade(&house, &ann, &call, 30)?;
        self.settle(&[seller.account, house.account, ann.account])?;
        Ok(Loss {
            engine: self.world.engine.clone(),
            debtor: seller.account,
            winners: vec![house.account, ann.account],
            counted: false,
        })
    }

    /// The expiry comes and is fixed, and the accounts are settled: first who owes, then who gained.
    fn settle(&mut self, accounts: &[AccountId]) -> Result<()> {
        let expiry = self.start + EXPIRY;
        ok(self.world.chain.reach(expiry - LEAD))?;
        while self.world.chain.now() <= expiry {
            self.publish(FIXED)?;
            ok(self.world.chain.reach(self.world.chain.now() + RHYTHM))?;
        }
        ok(self.world.fix(BTC, expiry))?;
        ok(self.world.fix_market(MARKET, expiry))?;
        ok(self.world.settle(accounts)).map(drop)
    }

    /// A day later the debt is written off, and the gains are counted for a round of another day.
    fn count(&mut self, loss: &Loss) -> Result<()> {
        let keeper = self.world.keeper.clone();
        ok(self.world.chain.reach(self.world.chain.now() + DAY))?;
        for msg in [loss.cover(), loss.share()] {
            ok(self.world.engine_as(&keeper, &msg, &[]))?;
        }
        Ok(())
    }

    fn trader(&mut self, name: &str, dollars: u128) -> Result<Trader> {
        let coins = [Coin::new(dollars * 1_000_000, USDC)];
        ok(self.world.open_account(name, &coins))
    }

    /// Sells calls; a seller is the maker once.
    fn trade(&mut self, seller: &Trader, buyer: &Trader, call: &str, units: u64) -> Result<()> {
        let leg = QuoteLeg {
            series: call.to_owned(),
            ratio: -1,
            price: PREMIUM,
        };
        let quote = self.world.quote(seller, 1, units, vec![leg]);
        ok(self.world.take(buyer, quote, units)).map(drop)
    }

    /// A report of all sources, flat 50 % vol.
    fn publish(&mut self, spot: f64) -> Result<()> {
        let now = self.world.chain.now();
        let expiries = [EXPIRY, LATER].map(|after| self.start + after);
        let left = expiries.into_iter().filter(|expiry| *expiry > now);
        let surface: Vec<SurfaceExpiry> = left
            .map(|expiry| {
                let vol = 0.5 * ((expiry - now) as f64 / 31_536_000.0).sqrt();
                SurfaceExpiry::flat((expiry / 60) as u32, spot, vol)
            })
            .collect();
        let report = build(BTC, now, spot, &surface)
            .ok_or_else(|| CliError::input("the surface breaks the calendar condition"))?;
        ok(self.world.publish(&report)).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{Addr, Binary, HexBinary};
    use sandbox::network;
    use serde_json::{Value, json};

    use super::*;
    use crate::node::genesis::tests::empty;
    use crate::node::record::Entry;
    use crate::node::verify;

    fn played(begins: u64) -> (Recorded, Recorder) {
        let identity = Identity {
            chain_id: "optio-local".to_owned(),
            prefix: "wasm",
        };
        let recorder = Recorder::default();
        let chain = Recorded::new(identity, recorder.clone());
        (play(chain, begins).unwrap(), recorder)
    }

    #[test]
    fn a_genesis_has_all_that_the_past_left() {
        let genesis = Genesis::new(empty()).unwrap();
        let (chain, _) = played(genesis.time);
        let past = chain.finish().unwrap();
        assert_eq!(verify::replay(&past).unwrap().records, records(&past));
        let genesis = genesis.begin_with(&artifacts().unwrap(), &past).unwrap();
        let wasm = &genesis["app_state"]["wasm"];
        assert_eq!(wasm["codes"].as_array().unwrap().len(), 5);
        let contracts = wasm["contracts"].as_array().unwrap();
        let Some(Entry::End {
            contracts: states,
            balances,
        }) = past.last()
        else {
            panic!("no end")
        };
        assert_eq!((contracts.len(), states.len()), (20, 20));
        for contract in contracts {
            let address = Addr::unchecked(contract["contract_address"].as_str().unwrap());
            let model = |(key, value): &(HexBinary, HexBinary)| {
                let value = Binary::from(value.as_slice());
                json!({ "key": key.to_hex().to_uppercase(), "value": value })
            };
            let state: Vec<Value> = states[&address].iter().map(model).collect();
            assert_eq!(contract["contract_state"], Value::Array(state));
        }
        // Each engine holds what its three traders brought in; nobody has a coin beside it.
        let held: Vec<_> = balances
            .iter()
            .filter(|(_, held)| !held[USDC].is_zero())
            .collect();
        assert_eq!(held.len(), COUNTED.len());
        let supply = &genesis["app_state"]["bank"]["supply"][1];
        let minted = 4 * 50_116_000_000_000_u64;
        assert_eq!(
            *supply,
            json!({ "denom": USDC, "amount": minted.to_string() })
        );
    }

    fn records(past: &[Entry]) -> usize {
        match past.last() {
            Some(Entry::End { contracts, .. }) => contracts.values().map(Vec::len).sum(),
            _ => 0,
        }
    }

    /// On every day of the week, at its first and last second; at once, when a run ends, or a month later.
    #[test]
    fn what_is_left_to_do_is_to_count_or_to_end_whenever_the_chain_is_used() {
        const MIDNIGHT: u64 = 1_795_824_000;
        for day in 0..7 {
            let begins = MIDNIGHT + day * DAY + [0, DAY - 1][day as usize % 2];
            let (mut chain, recorder) = played(begins);
            assert!(chain.now() < begins);
            let later = [0, 1_800, 30 * DAY][day as usize % 3];
            chain.reach(begins + later).unwrap();
            let losses = losses(&recorder.entries());
            let counted: Vec<bool> = losses.iter().map(|loss| loss.counted).collect();
            assert_eq!(counted, COUNTED);
            for loss in losses {
                let keeper = chain.party("keeper");
                let mut send =
                    |msg: &ExecuteMsg| network::send(&mut chain, &keeper, &loss.engine, msg, &[]);
                if !loss.counted {
                    send(&loss.cover()).unwrap();
                }
                let outcome = send(&loss.share()).unwrap();
                let said = |what: &str| {
                    let events = outcome.response.events.iter();
                    events.filter(|event| event.ty == what).count()
                };
                assert_eq!(said("wasm-loss_shared"), usize::from(loss.counted));
                assert_eq!(said("wasm-gains_moved"), 2);
            }
        }
    }
}
