//! The deployed protocol as demo and replay drive it: publish, trade, settle, and after every
//! accepted message the engine's ledger is audited and its gas is noted.

use std::collections::BTreeMap;

use calibrate::certificate;
use cosmwasm_std::{Addr, Coin, Int128, Uint128};
use protocol_api::engine::{
    AccountId, AccountResponse, ExecuteMsg, HealthResponse, LedgerResponse, QueryMsg,
};
use protocol_api::exchange::{QuoteLeg, SignedQuote, TakeQuotes};
use protocol_api::oracle::report::{ExpiryReport, Report, SourcePrice};
use protocol_api::record::PackedExpiry;
use protocol_api::{lens, liquidation};
use sandbox::report::{packed, stored};
use sandbox::setup::Window;
use sandbox::{Network, Sandbox, Trader, network};
use wasm_chain::{Chain, ChainError, GasReport, Mode, Outcome};

use crate::error::{CliError, Result};
use crate::fitted::{FittedChain, FittedExpiry};

/// SDK gas of the messages of one name.
#[derive(Debug, Clone, Default)]
pub struct GasTally {
    /// Per message: total gas, and the part the VM charged.
    pub each: Vec<(u64, u64)>,
}

/// The protocol with its book-keeping, on a chain.
pub struct Venue<C = Chain> {
    /// The contracts.
    pub sandbox: Sandbox<C>,
    /// Gas by what was done.
    pub gas: BTreeMap<String, GasTally>,
    /// Messages that went through; the engine's ledger was audited after each.
    pub messages: u64,
    /// Messages that were refused, by error code.
    pub refused: BTreeMap<String, u64>,
    /// Invariants that did not hold, in words.
    pub violations: Vec<String>,
    nonce: u64,
}

/// Turns a refusal of the chain into an error of the command.
pub fn failed(error: &ChainError) -> CliError {
    let text = error.to_string();
    let code = error.code().unwrap_or("E_OPTIO_CHAIN");
    // The chain wraps what a contract said in the messages that led there.
    let said = text
        .rfind(code)
        .map_or(text.as_str(), |at| &text[at + code.len()..]);
    CliError::new(code, said.trim_start_matches(':'))
}

impl Venue {
    /// Deploys the contracts in this process, at a block time.
    ///
    /// # Errors
    /// When an artefact is missing or a contract refuses its set-up.
    pub fn deploy(mode: Mode, start: u64, window: Window) -> Result<Self> {
        Sandbox::deploy(mode, start, window)
            .map(Self::new)
            .map_err(|e| failed(&e))
    }
}

impl<C: Network> Venue<C> {
    /// The protocol as it is deployed.
    pub fn new(sandbox: Sandbox<C>) -> Self {
        Self {
            // Violations are counted here, not taken for refusals.
            sandbox: sandbox.unaudited(),
            gas: BTreeMap::new(),
            messages: 0,
            refused: BTreeMap::new(),
            violations: Vec::new(),
            nonce: 0,
        }
    }

    /// Block time, unix seconds.
    pub fn now(&self) -> u64 {
        self.sandbox.chain.now()
    }

    /// Notes a message's gas and checks the audited invariants over the engine's store.
    fn done(&mut self, what: &str, gas: &GasReport) {
        self.messages += 1;
        self.gas
            .entry(what.to_owned())
            .or_default()
            .each
            .push((gas.total, gas.calls.iter().map(|c| c.vm).sum()));
        if let Err(error) = self.sandbox.audit() {
            self.violations
                .push(format!("after {what} at {}: {error}", self.now()));
        }
    }

    fn settle_result(
        &mut self,
        what: &str,
        result: std::result::Result<Outcome, ChainError>,
    ) -> Result<Outcome> {
        match result {
            Ok(outcome) => {
                self.done(what, &outcome.gas);
                Ok(outcome)
            }
            Err(error) => {
                *self.refused.entry(failed(&error).code).or_default() += 1;
                Err(failed(&error))
            }
        }
    }

    /// Publishes a fitted surface carried to the present time and spot.
    ///
    /// # Errors
    /// When a certificate is not to be had or the adapter refuses the report.
    pub fn publish(&mut self, feed: u16, fitted: &FittedChain, spot: f64) -> Result<()> {
        self.publish_report(&report(feed, self.now(), spot, fitted)?)
    }

    /// Publishes a report.
    ///
    /// # Errors
    /// When the adapter refuses it.
    pub fn publish_report(&mut self, report: &Report) -> Result<()> {
        let result = self.sandbox.publish(report);
        self.settle_result("publish", result).map(drop)
    }

    /// Opens an account with new coins.
    ///
    /// # Errors
    /// When the engine refuses.
    pub fn open(&mut self, name: &str, coins: &[(u128, &str)]) -> Result<Trader> {
        let coins: Vec<Coin> = coins
            .iter()
            .map(|(amount, denom)| Coin::new(*amount, *denom))
            .collect();
        let trader = self
            .sandbox
            .open_account(name, &coins)
            .map_err(|e| failed(&e))?;
        let reports = self.sandbox.chain.take_gas();
        let gas = reports.iter().rev().nth(1).cloned().unwrap_or_default();
        self.done("create account, deposit", &gas);
        Ok(trader)
    }

    /// Sends the engine a message as somebody.
    ///
    /// # Errors
    /// When the engine refuses.
    pub fn engine(
        &mut self,
        what: &str,
        sender: &Addr,
        msg: &ExecuteMsg,
        funds: &[Coin],
    ) -> Result<()> {
        let result = self.sandbox.engine_as(sender, msg, funds);
        self.settle_result(what, result).map(drop)
    }

    /// Sends the liquidation contract a message as somebody; its events say what was done.
    ///
    /// # Errors
    /// When the contract or the engine refuses.
    pub fn liquidation(
        &mut self,
        what: &str,
        sender: &Addr,
        msg: &liquidation::ExecuteMsg,
    ) -> Result<Outcome> {
        let result = self.sandbox.liquidation_as(sender, msg, &[]);
        self.settle_result(what, result)
    }

    /// Lists series as the owner, who may name any expiry, at most 64 a message.
    ///
    /// # Errors
    /// When the engine refuses.
    pub fn list(&mut self, series: &[String]) -> Result<()> {
        let owner = self.sandbox.owner.clone();
        for page in series.chunks(64) {
            let msg = ExecuteMsg::ListSeries {
                series: page.to_vec(),
            };
            self.engine(&format!("list {} series", page.len()), &owner, &msg, &[])?;
        }
        Ok(())
    }

    /// The maker signs a quote for lots of the legs, from his view.
    pub fn quote(&mut self, maker: &Trader, legs: Vec<QuoteLeg>, lots: u64) -> SignedQuote {
        self.nonce += 1;
        self.sandbox.quote(maker, self.nonce, lots, legs)
    }

    /// The taker takes all of a quote.
    ///
    /// # Errors
    /// When exchange or engine refuse.
    pub fn take(&mut self, taker: &Trader, quote: SignedQuote, reduce_only: bool) -> Result<()> {
        let (legs, lots) = (quote.quote.legs.len(), quote.quote.lots);
        let what = format!("take quote, {legs} legs");
        let what = if legs == 1 {
            what.replace("legs", "leg")
        } else {
            what
        };
        let order = TakeQuotes {
            account: taker.account,
            quotes: vec![quote],
            lots,
            min_lots: lots,
            limit: Int128::new(i64::MAX.into()),
            max_fee_per_lot: Uint128::MAX / Uint128::from(lots.u64().max(1)),
            reduce_only,
        };
        let result = self.sandbox.take_order(taker, order);
        self.settle_result(&what, result).map(drop)
    }

    /// Fixes an expiry in the adapter and takes it over for these markets.
    ///
    /// # Errors
    /// When the ladder does not allow it yet.
    pub fn fix(&mut self, feed: u16, expiry: u64, markets: &[&str]) -> Result<()> {
        let result = self.sandbox.fix(feed, expiry);
        self.settle_result("fix the price", result)?;
        for market in markets {
            let result = self.sandbox.fix_market(market, expiry);
            self.settle_result("fix the expiry", result)?;
        }
        Ok(())
    }

    /// Settles accounts by number, 32 at most a message.
    ///
    /// # Errors
    /// When the engine refuses.
    pub fn settle(&mut self, accounts: &[AccountId]) -> Result<()> {
        for page in accounts.chunks(32) {
            let result = self.sandbox.settle(page);
            let what = format!("settle {} accounts", page.len());
            self.settle_result(&what, result)?;
        }
        Ok(())
    }

    /// Health of an account.
    ///
    /// # Errors
    /// When the query fails.
    pub fn health(&self, account: AccountId) -> Result<HealthResponse> {
        self.ask(&QueryMsg::Health { account })
    }

    /// An account.
    ///
    /// # Errors
    /// When the query fails.
    pub fn account(&self, account: AccountId) -> Result<AccountResponse> {
        self.ask(&QueryMsg::Account { account })
    }

    /// The ledger.
    ///
    /// # Errors
    /// When the query fails.
    pub fn ledger(&self) -> Result<LedgerResponse> {
        self.ask(&QueryMsg::Ledger {})
    }

    /// Any query to the engine.
    ///
    /// # Errors
    /// When the query fails.
    pub fn ask<T: serde::de::DeserializeOwned>(&self, msg: &QueryMsg) -> Result<T> {
        network::ask(&self.sandbox.chain, &self.sandbox.engine, msg).map_err(|e| failed(&e))
    }

    /// Any query to the liquidation contract.
    ///
    /// # Errors
    /// When the query fails.
    pub fn ask_liquidation<T: serde::de::DeserializeOwned>(
        &self,
        msg: &liquidation::QueryMsg,
    ) -> Result<T> {
        network::ask(&self.sandbox.chain, &self.sandbox.liquidation, msg).map_err(|e| failed(&e))
    }

    /// Any query to the lens.
    ///
    /// # Errors
    /// When the query fails.
    pub fn ask_lens<T: serde::de::DeserializeOwned>(&self, msg: &lens::QueryMsg) -> Result<T> {
        network::ask(&self.sandbox.chain, &self.sandbox.lens, msg).map_err(|e| failed(&e))
    }
}

/// A report of a fitted chain carried to another time and spot: forwards move with the spot,
/// slices shrink with the time left. Realised vol is the normal one.
///
/// # Errors
/// When two neighbouring slices can no longer be proved in order.
pub fn report(feed: u16, now: u64, spot: f64, fitted: &FittedChain) -> Result<Report> {
    let carried = fitted.carried(now, spot)?;
    let mut expiries: Vec<ExpiryReport> = Vec::with_capacity(carried.expiries.len());
    for (at, e) in carried.expiries.iter().enumerate() {
        expiries.push(ExpiryReport {
            entry: pack(e),
            quoted: e.quoted,
            grid: grid(e, carried.expiries.get(at + 1))?,
        });
    }
    Ok(Report {
        feed,
        epoch: 1,
        time: u32::try_from(now).unwrap_or(u32::MAX),
        realized_vol: 1 << 15,
        sources: sources(spot),
        expiries,
    })
}

fn pack(e: &FittedExpiry) -> PackedExpiry {
    PackedExpiry {
        expiry: u32::try_from(e.expiry / 60).unwrap_or(u32::MAX),
        forward: stored(e.forward),
        discount_deficit: 0,
        confidence: 0,
        slice: packed(&e.integers),
    }
}

/// Certificate points between an expiry and the later one: those at hand, else new ones.
fn grid(e: &FittedExpiry, later: Option<&FittedExpiry>) -> Result<Vec<u32>> {
    match later {
        Some(_) if !e.grid.is_empty() => Ok(e.grid.clone()),
        Some(later) => certificate(&e.integers, &later.integers).map_err(|e| CliError::of(&e)),
        None => Ok(Vec::new()),
    }
}

/// Five sources a few basis points apart, the same at every call.
fn sources(spot: f64) -> Vec<SourcePrice> {
    let source = |(source, apart): (u8, f64)| SourcePrice {
        source,
        price: stored(spot * (1.0 + 1e-4 * apart)),
        confidence: 13,
        age: 0,
    };
    let apart = [-1.2, 0.4, 0.0, -0.3, 0.9];
    (0u8..).zip(apart).map(source).collect()
}
