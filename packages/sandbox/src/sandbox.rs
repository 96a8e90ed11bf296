//! The deployed protocol and the parties that use it.

use cosmwasm_std::{Addr, Coin, Int128, Storage, Uint128};
use margin_engine::audit::{AuditError, audit};
use protocol_api::engine::{self, AccountId, DelegateId, Grant, Scope};
use protocol_api::exchange::{self, Quote, QuoteLeg, SignedQuote, TakeQuotes};
use protocol_api::lens;
use protocol_api::liquidation;
use protocol_api::oracle::report::{Domain, Report};
use protocol_api::oracle::{self, FeedKind};
use wasm_chain::{Chain, ChainError, Mode, Outcome};

use crate::keys::Signer;
use crate::setup::{self, BTC, ETH, GWEI, SAT, Window};
use crate::{codes, quote, report};

/// Everything deployed, wired and listed.
pub struct Sandbox {
    /// The chain.
    pub chain: Chain,
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
    /// Deploys the contracts, pinned, at a block time, and lists coins and markets.
    ///
    /// # Errors
    /// An artefact is missing, or a contract refuses the set-up.
    pub fn deploy(mode: Mode, start: u64, window: Window) -> Result<Self, ChainError> {
        let mut chain = Chain::new(mode);
        chain.set_time(start);
        let (owner, keeper) = (chain.address("owner"), chain.address("keeper"));
        let name = |index: u8| Signer::from_name(&format!("publisher {index}"));
        let publishers: Vec<Signer> = (0..setup::PUBLISHERS).map(name).collect();
        let mut ids = [0; 5];
        for (id, code) in ids.iter_mut().zip([
            &codes::ORACLE,
            &codes::ENGINE,
            &codes::EXCHANGE,
            &codes::LENS,
            &codes::LIQUIDATION,
        ]) {
            *id = chain.store(code)?;
            chain.pin(*id);
        }
        let msg = oracle::InstantiateMsg {
            owner: owner.to_string(),
            guardian: None,
            signers: publishers.iter().map(Signer::public).collect(),
            threshold: setup::THRESHOLD,
        };
        let oracle = chain.instantiate(ids[0], &owner, &msg, &[], "oracle")?;
        let msg = engine::InstantiateMsg {
            owner: owner.to_string(),
            guardian: None,
            oracle: oracle.to_string(),
            params: setup::engine_params(),
            cap_ramp: 0,
            quote_coin: setup::quote_coin(),
        };
        let engine = chain.instantiate(ids[1], &owner, &msg, &[], "engine")?;
        let msg = lens::InstantiateMsg {
            engine: engine.to_string(),
            oracle: oracle.to_string(),
        };
        let lens = chain.instantiate(ids[3], &owner, &msg, &[], "lens")?;
        let msg = exchange::InstantiateMsg {
            engine: engine.to_string(),
        };
        let exchange = chain.instantiate(ids[2], &owner, &msg, &[], "exchange")?;
        let msg = liquidation::InstantiateMsg {
            owner: owner.to_string(),
            engine: engine.to_string(),
            terms: setup::liquidation_terms(),
        };
        let liquidation = chain.instantiate(ids[4], &owner, &msg, &[], "liquidation")?;
        let mut sandbox = Self {
            chain,
            owner,
            keeper,
            oracle,
            engine,
            exchange,
            lens,
            liquidation,
            treasury: 0,
            publishers,
        };
        sandbox.list(window)?;
        Ok(sandbox)
    }

    fn list(&mut self, window: Window) -> Result<(), ChainError> {
        let owner = self.owner.clone();
        let feeds = [
            (BTC, "BTC", "90000", "100", "5000000"),
            (ETH, "ETH", "3000", "10", "1000000"),
        ];
        for (feed, symbol, price, low, high) in feeds {
            let terms = setup::feed_terms(symbol, price, window);
            let policy = setup::feed_policy(low, high);
            let msg = oracle::ExecuteMsg::AddFeed {
                feed,
                terms,
                policy,
            };
            self.chain.execute(&owner, &self.oracle, &msg, &[])?;
        }
        self.treasury = self.open_account("treasury", &[])?.account;
        let venue = self.exchange.to_string();
        let liquidator = self.liquidation.to_string();
        let mut msgs = vec![
            engine::ExecuteMsg::SetLiquidator { liquidator },
            engine::ExecuteMsg::SetTreasury {
                account: self.treasury,
            },
            engine::ExecuteMsg::SetVenue {
                venue,
                authorised: true,
            },
        ];
        for (denom, feed, decimals) in [(SAT, BTC, 8), (GWEI, ETH, 9)] {
            msgs.push(engine::ExecuteMsg::AddCoin {
                listing: setup::coin(denom, feed, decimals),
            });
        }
        for (symbol, feed) in [("BTC", BTC), ("ETH", ETH)] {
            let linear = setup::linear(&format!("{symbol}_USDC"), feed, window);
            msgs.push(engine::ExecuteMsg::AddMarket { listing: linear });
            let inverse = setup::inverse(symbol, feed, window);
            msgs.push(engine::ExecuteMsg::AddMarket { listing: inverse });
        }
        for msg in msgs {
            self.engine_as(&owner, &msg, &[])?;
        }
        Ok(())
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
        self.chain.execute(sender, &self.engine, msg, funds)
    }

    /// Signs a report with the first five publishers and publishes it.
    ///
    /// # Errors
    /// The adapter refuses.
    pub fn publish(&mut self, report: &Report) -> Result<Outcome, ChainError> {
        let chain_id = self.chain.block().chain_id;
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
        self.chain.execute(&self.keeper, &self.oracle, &msg, &[])
    }

    /// Opens an account that admits the exchange and the liquidation contract, with newly minted coins and a quote key.
    ///
    /// # Errors
    /// The engine refuses.
    pub fn open_account(&mut self, name: &str, coins: &[Coin]) -> Result<Trader, ChainError> {
        let address = self.chain.address(name);
        if !coins.is_empty() {
            self.chain.mint(&address, coins)?;
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
                expires: self.chain.now() + KEY_SECONDS,
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
        self.chain.execute(sender, &self.liquidation, msg, funds)
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
            expires_at: (self.chain.now() + QUOTE_SECONDS).into(),
            taker: None,
            lots: lots.into(),
            max_fee_per_lot: Uint128::MAX / Uint128::from(lots.max(1)),
            legs,
        };
        let chain_id = self.chain.block().chain_id;
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
        self.chain
            .execute(&taker.address, &self.exchange, &msg, &[])
    }

    /// Makes the settlement price of an expiry (unix minutes) final in the adapter.
    ///
    /// # Errors
    /// The ladder does not allow it yet.
    pub fn fix(&mut self, feed: u16, expiry: u32) -> Result<Outcome, ChainError> {
        let msg = oracle::ExecuteMsg::Fix { feed, expiry };
        self.chain.execute(&self.keeper, &self.oracle, &msg, &[])
    }

    /// Takes the fixing over into the engine.
    ///
    /// # Errors
    /// The adapter has none yet.
    pub fn fix_market(&mut self, market: &str, expiry: u32) -> Result<Outcome, ChainError> {
        let expiry = u64::from(expiry) * 60;
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
    pub fn audit(&self) -> Result<(), AuditError> {
        let bank = |denom: &str| {
            let held = self.chain.balance(&self.engine, denom).unwrap_or_default();
            Uint128::try_from(held).map_or(u128::MAX, |held| held.u128())
        };
        let storage = self.chain.app().contract_storage(&self.engine);
        let storage: &dyn Storage = storage.as_ref();
        audit(storage, bank)
    }
}
