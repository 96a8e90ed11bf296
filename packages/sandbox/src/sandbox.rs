//! The deployed protocol and the parties that use it.

use cosmwasm_std::{Addr, Coin, Int128, Uint128};
use margin_engine::audit::audit;
use protocol_api::engine::{self, AccountId, ConfigResponse, DelegateId, Grant, Scope};
use protocol_api::exchange::{self, Quote, QuoteLeg, SignedQuote, TakeQuotes};
use protocol_api::liquidation;
use protocol_api::oracle::report::{Domain, Report};
use protocol_api::oracle::{self, FeedKind};
use serde::Serialize;
use serde_json::Value;
use wasm_chain::{Chain, ChainError, Mode, Outcome};

use crate::codes;
use crate::keys::Signer;
use crate::network::{Network, ask, send};
use crate::plan::{self, Site};
use crate::setup::{self, Window};
use crate::{quote, report};

/// Everything deployed, wired and listed, on a chain.
pub struct Sandbox<C = Chain> {
    /// The chain.
    pub chain: C,
    /// Owner of the contracts.
    pub owner: Addr,
    /// Anyone: carries reports, settles.
    pub keeper: Addr,
    /// The oracle adapter.
    pub oracle: Addr,
    /// The margin engine.
    pub engine: Addr,
    /// The exchange.
    pub exchange: Addr,
    /// The lens: tickers.
    pub lens: Addr,
    /// Auctions, standing bids, backstops.
    pub liquidation: Addr,
    /// The fee account's number.
    pub treasury: AccountId,
    /// Whether every accepted message is followed by [`Self::audit`], which makes a violation the message's error. It looks
    /// at every account; on a chain that others run it is off.
    audited: bool,
    publishers: Vec<Signer>,
}

/// A party with one account and a quote key that may trade for it.
#[derive(Clone, Debug)]
pub struct Trader {
    /// Owner of the account.
    pub address: Addr,
    /// The account's number.
    pub account: AccountId,
    /// Signs quotes.
    pub key: Signer,
}

/// How far ahead quotes stay good, and quote keys.
const QUOTE_SECONDS: u64 = 60;
const KEY_SECONDS: u64 = 366 * 86_400;

impl Sandbox {
    /// Deploys the contracts in this process, pinned, at a block time, and lists coins and markets.
    ///
    /// # Errors
    /// An artefact is missing, or a contract refuses the set-up.
    pub fn deploy(mode: Mode, start: u64, window: Window) -> Result<Self, ChainError> {
        let mut chain = Chain::new(mode);
        chain.set_time(start);
        let owner = chain.address("owner");
        let make = |chain: &mut Chain, part: &plan::Part, msg: &Value| {
            let code = codes::store(chain, part.code)?;
            chain.pin(code);
            chain.instantiate(code, &owner, msg, &[], part.name)
        };
        let site = plan::deploy(&mut chain, &setup::config(window), owner.clone(), make)?;
        let mut sandbox = Self::at(chain, &site)?;
        sandbox.audited = true;
        Ok(sandbox)
    }
}

impl<C: Network> Sandbox<C> {
    /// The protocol as it is deployed on a chain.
    ///
    /// # Errors
    /// There is no engine, or it names no treasury.
    pub fn at(mut chain: C, site: &Site) -> Result<Self, ChainError> {
        let engine = site.at(plan::ENGINE);
        let config: ConfigResponse = ask(&chain, &engine, &engine::QueryMsg::Config {})?;
        let treasury = config.treasury;
        Ok(Self {
            keeper: chain.party("keeper"),
            treasury: treasury.ok_or_else(|| ChainError::new("no treasury"))?,
            chain,
            owner: site.owner.clone(),
            oracle: site.at(plan::ORACLE),
            engine,
            exchange: site.at(plan::EXCHANGE),
            lens: site.at(plan::LENS),
            liquidation: site.at(plan::LIQUIDATION),
            audited: false,
            publishers: setup::publishers(),
        })
    }

    /// The same without audits: for a caller that makes them itself.
    #[must_use]
    pub fn unaudited(mut self) -> Self {
        self.audited = false;
        self
    }

    /// Sends a contract a message, and looks at the ledger after it.
    ///
    /// # Errors
    /// The contract refuses, or an invariant does not hold.
    pub fn send<M: Serialize>(
        &mut self,
        sender: &Addr,
        contract: &Addr,
        msg: &M,
        funds: &[Coin],
    ) -> Result<Outcome, ChainError> {
        let outcome = send(&mut self.chain, sender, contract, msg, funds)?;
        if self.audited {
            self.audit()?;
        }
        Ok(outcome)
    }

    /// The same with the kind of chain hidden.
    pub fn boxed<'a>(self) -> Sandbox<Box<dyn Network + 'a>>
    where
        C: 'a,
    {
        Sandbox {
            chain: Box::new(self.chain),
            owner: self.owner,
            keeper: self.keeper,
            oracle: self.oracle,
            engine: self.engine,
            exchange: self.exchange,
            lens: self.lens,
            liquidation: self.liquidation,
            treasury: self.treasury,
            audited: self.audited,
            publishers: self.publishers,
        }
    }

    /// Sends the engine a message.
    ///
    /// # Errors
    /// The engine refuses.
    pub fn engine_as(
        &mut self,
        sender: &Addr,
        msg: &engine::ExecuteMsg,
        funds: &[Coin],
    ) -> Result<Outcome, ChainError> {
        let engine = self.engine.clone();
        self.send(sender, &engine, msg, funds)
    }

    /// Signs a report with the first five publishers and publishes it.
    ///
    /// # Errors
    /// The adapter refuses.
    pub fn publish(&mut self, report: &Report) -> Result<Outcome, ChainError> {
        let chain_id = self.chain.chain_id();
        let domain = Domain {
            chain_id: &chain_id,
            contract: self.oracle.as_str(),
            feed: report.feed,
            kind: FeedKind::Market,
        };
        let signers: Vec<(u8, &Signer)> = (0..)
            .zip(&self.publishers)
            .take(setup::THRESHOLD.into())
            .collect();
        let msg = report::sign(report, &domain, &signers);
        let (keeper, oracle) = (self.keeper.clone(), self.oracle.clone());
        self.send(&keeper, &oracle, &msg, &[])
    }

    /// Opens an account that admits the exchange and the liquidation contract, with newly minted coins and a quote key.
    ///
    /// # Errors
    /// The engine refuses.
    pub fn open_account(&mut self, name: &str, coins: &[Coin]) -> Result<Trader, ChainError> {
        let address = self.chain.party(name);
        if !coins.is_empty() {
            self.chain.fund(&address, coins)?;
        }
        let venues = vec![self.exchange.to_string(), self.liquidation.to_string()];
        let msg = engine::ExecuteMsg::CreateAccount { venues };
        let outcome = self.engine_as(&address, &msg, coins)?;
        let account = outcome
            .attribute("account")
            .and_then(|number| number.parse().ok());
        let account = account.expect("account_created names the account");
        let key = Signer::from_name(&format!("{name} quotes"));
        let msg = engine::ExecuteMsg::SetDelegate {
            account,
            delegate: DelegateId::Key {
                public_key: key.public(),
            },
            grant: Some(Grant {
                scopes: vec![Scope::Trade],
                expires_at: self.chain.now() + KEY_SECONDS,
            }),
        };
        self.engine_as(&address, &msg, &[])?;
        Ok(Trader {
            address,
            account,
            key,
        })
    }

    /// Sends the liquidation contract a message.
    ///
    /// # Errors
    /// The contract or the engine refuses.
    pub fn liquidation_as(
        &mut self,
        sender: &Addr,
        msg: &liquidation::ExecuteMsg,
        funds: &[Coin],
    ) -> Result<Outcome, ChainError> {
        let liquidation = self.liquidation.clone();
        self.send(sender, &liquidation, msg, funds)
    }

    /// Lists series; anyone may.
    ///
    /// # Errors
    /// The engine refuses.
    pub fn list_series(&mut self, series: &[&str]) -> Result<Outcome, ChainError> {
        let series = series.iter().map(ToString::to_string).collect();
        let keeper = self.keeper.clone();
        self.engine_as(&keeper, &engine::ExecuteMsg::ListSeries { series }, &[])
    }

    /// A quote of the maker for `lots` of the legs, open to anyone for a minute.
    pub fn quote(&self, maker: &Trader, nonce: u64, lots: u64, legs: Vec<QuoteLeg>) -> SignedQuote {
        let quote = Quote {
            account: maker.account,
            nonce: nonce.into(),
            expires_at: self.chain.now() + QUOTE_SECONDS,
            taker: None,
            lots: lots.into(),
            max_fee_per_lot: Uint128::MAX / Uint128::from(lots.max(1)),
            legs,
        };
        let chain_id = self.chain.chain_id();
        quote::sign_direct(quote, &chain_id, self.exchange.as_str(), &maker.key)
    }

    /// Takes all `lots` of a quote at any price it asks.
    ///
    /// # Errors
    /// The exchange or the engine refuses.
    pub fn take(
        &mut self,
        taker: &Trader,
        quote: SignedQuote,
        lots: u64,
    ) -> Result<Outcome, ChainError> {
        let order = TakeQuotes {
            account: taker.account,
            quotes: vec![quote],
            lots: lots.into(),
            min_lots: lots.into(),
            limit: Int128::new(i64::MAX.into()),
            max_fee_per_lot: Uint128::MAX / Uint128::from(lots.max(1)),
            reduce_only: false,
        };
        self.take_order(taker, order)
    }

    /// Sends an order.
    ///
    /// # Errors
    /// The exchange or the engine refuses.
    pub fn take_order(&mut self, taker: &Trader, order: TakeQuotes) -> Result<Outcome, ChainError> {
        let msg = exchange::ExecuteMsg::TakeQuotes(order);
        let exchange = self.exchange.clone();
        self.send(&taker.address, &exchange, &msg, &[])
    }

    /// Makes the settlement price of an expiry (unix seconds) final in the adapter.
    ///
    /// # Errors
    /// The ladder does not allow it yet.
    pub fn fix(&mut self, feed: u16, expiry: u64) -> Result<Outcome, ChainError> {
        let msg = oracle::ExecuteMsg::Fix { feed, expiry };
        let (keeper, oracle) = (self.keeper.clone(), self.oracle.clone());
        self.send(&keeper, &oracle, &msg, &[])
    }

    /// Takes the fixing over into the engine.
    ///
    /// # Errors
    /// The adapter has none yet.
    pub fn fix_market(&mut self, market: &str, expiry: u64) -> Result<Outcome, ChainError> {
        let msg = engine::ExecuteMsg::FixExpiry {
            market: market.into(),
            expiry,
        };
        let keeper = self.keeper.clone();
        self.engine_as(&keeper, &msg, &[])
    }

    /// Cranks accounts by number.
    ///
    /// # Errors
    /// The engine refuses.
    pub fn settle(&mut self, accounts: &[AccountId]) -> Result<Outcome, ChainError> {
        let msg = engine::ExecuteMsg::SettleAccounts {
            accounts: accounts.to_vec(),
        };
        let keeper = self.keeper.clone();
        self.engine_as(&keeper, &msg, &[])
    }

    /// Checks every invariant over the engine's whole store.
    ///
    /// # Errors
    /// The first invariant that does not hold.
    pub fn audit(&self) -> Result<(), ChainError> {
        let bank = |denom: &str| {
            let held = self.chain.balance(&self.engine, denom).unwrap_or_default();
            Uint128::try_from(held).map_or(u128::MAX, |held| held.u128())
        };
        let storage = self.chain.storage(&self.engine)?;
        audit(storage.as_ref(), bank).map_err(|error| ChainError::new(error.to_string()))
    }
}
