//! The same life on the contracts themselves: accounts opened, books traded, keepers sending messages. What margin is
//! computed from is read back from the oracle's record, so that the pure depth can be given the very same prices.

mod listing;
mod rungs;

use std::collections::BTreeMap;

use cosmwasm_std::{Coin, Uint128, from_json};
use fixed_math::Fx;
use pricing::payoff::Style;
use protocol_api::engine::{
    self, AccountId, AccountResponse, InsuranceResponse, LiquidateData, LiquidationStateResponse,
    Standing,
};
use protocol_api::exchange::QuoteLeg;
use protocol_api::liquidation::{ExecuteMsg, Step, Take};
use protocol_api::oracle::{Action, Permission, permission, validity_at};
use protocol_api::record::{MarketRecord, decode, market_record_key, to_state};
use protocol_std::reply::unwrap;
use risk::{Book, Context, Leg, MarketTerms, QUOTE_COIN, SeriesKey, Underlying, default_profile};
use sandbox::report::stored_vol;
use sandbox::setup::{BTC, USDC, WINDOW};
use sandbox::{Sandbox, Trader};
use serde::de::DeserializeOwned;
use wasm_chain::{ChainError, Mode, Outcome};

pub use listing::converted;
use listing::{GRID, MARKET, MULTIPLIER, TICK_VALUE, deposit, name, ticks};

use super::agents::Agent;
use super::path::Path;
use super::rules::Rules;
use super::run::Prices;
use super::sale::BUDGET;
use super::waterfall::Walk;
use crate::error::{CliError, Result};
use crate::margined::empty;
use crate::venue::{failed, report};

/// A feed that is silent for five minutes has a gap: reports come at least so often, seconds.
pub const HEARTBEAT: u64 = 240;
/// What a buyer starts with, quote base units.
const RICH: u128 = 1_000_000_000_000_000;

/// Prices as the contracts saw them.
pub struct Recorded {
    contexts: Vec<Option<Context>>,
    kept: Vec<bool>,
}

impl Prices for Recorded {
    fn count(&self) -> usize {
        self.contexts.len()
    }

    fn kept(&self, tick: usize) -> bool {
        self.kept[tick]
    }

    fn context(&self, tick: usize) -> Result<Option<Context>> {
        Ok(self.contexts[tick].clone())
    }
}

/// What became of an account on the contracts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// What buyers paid in all, penalty included, with the tick.
    pub paid: Vec<(usize, i128)>,
    /// Equity at its last look.
    pub equity: i128,
    /// What it held then.
    pub book: Book,
    /// When it first fell.
    pub fell: Option<usize>,
    /// When it was closed against the other side.
    pub closed: Option<usize>,
}

/// A life on the contracts.
pub struct Played {
    /// Accounts as they started.
    pub agents: Vec<Agent>,
    /// What became of them.
    pub seen: Vec<Seen>,
    /// What margin was computed from.
    pub prices: Recorded,
    /// Insurance when the last life is over, before it is asked for what is still owed.
    pub fund: u128,
    /// Who bore what accounts lacked.
    pub walk: Walk,
    /// Agents that could not be brought onto the contracts: no price allowed them to open, or the exchange refused.
    pub left_out: usize,
}

/// An account with its buyer.
struct Pair {
    seller: Trader,
    buyer: Trader,
    agent: usize,
    since: Option<u64>,
    /// From when it may be closed against the buyer, who was named.
    ripe: Option<u64>,
}

struct Stage<'a> {
    world: Sandbox,
    rules: &'a Rules,
    keeper: AccountId,
    names: BTreeMap<String, SeriesKey>,
    live: Vec<Pair>,
    /// Sellers and buyers, as they came.
    accounts: Vec<(AccountId, AccountId)>,
    /// What accounts owed when they were closed.
    owed: BTreeMap<AccountId, u128>,
    played: Played,
    opened: usize,
    /// Whether the newest price allows to open.
    open: bool,
}

/// Plays agents (ascending by first tick) along a path of BTC.
///
/// # Errors
/// When a message fails that should not, or the ledger's audit does.
pub fn play(
    mode: Mode,
    path: &Path<'_>,
    agents: &[Agent],
    rules: &Rules,
    fund: u128,
) -> Result<Played> {
    let start = path.ticks.first().map_or(0, |tick| tick.time);
    let world = Sandbox::deploy(mode, start - 7_200, WINDOW).map_err(|e| failed(&e))?;
    // Looked at with every tick.
    let world = world.unaudited();
    let mut stage = Stage::new(world, rules, fund)?;
    let mut next = 0;
    for (at, tick) in path.ticks.iter().enumerate() {
        let context = stage.publish(path, at)?;
        if let Some(context) = &context {
            // Who comes while a new surface is unconfirmed waits until prices allow to open.
            while let Some(agent) = agents.get(next).filter(|a| stage.open && a.life.0 <= at) {
                stage.admit(agent, at, context)?;
                next += 1;
            }
            stage.look(at, tick.kept)?;
        }
        stage.audit()?;
        stage.played.prices.contexts.push(context);
        stage.played.prices.kept.push(tick.kept);
    }
    stage.finish()
}

impl<'a> Stage<'a> {
    fn new(mut world: Sandbox, rules: &'a Rules, fund: u128) -> Result<Self> {
        let keeper = world.open_account("watcher", &[]);
        let keeper = keeper.map_err(|e| failed(&e))?.account;
        let giver = world.chain.address("giver");
        let coins = [Coin::new(fund, USDC)];
        let msg = engine::ExecuteMsg::FundInsurance {
            market: MARKET.0.to_owned(),
        };
        world.chain.mint(&giver, &coins).map_err(|e| failed(&e))?;
        let funded = world.engine_as(&giver, &msg, &coins);
        funded.map_err(|e| failed(&e))?;
        Ok(Self {
            world,
            rules,
            keeper,
            names: BTreeMap::new(),
            live: Vec::new(),
            accounts: Vec::new(),
            owed: BTreeMap::new(),
            played: Played {
                agents: Vec::new(),
                seen: Vec::new(),
                prices: Recorded {
                    contexts: Vec::new(),
                    kept: Vec::new(),
                },
                fund: 0,
                walk: Walk::default(),
                left_out: 0,
            },
            opened: 0,
            open: false,
        })
    }

    /// Publishes the surface of a tick; what the record then says.
    fn publish(&mut self, path: &Path<'_>, at: usize) -> Result<Option<Context>> {
        let tick = path.ticks[at];
        self.world.chain.set_time(tick.time);
        if !tick.priced {
            return Ok(None);
        }
        let mut said = report(BTC, tick.time, tick.spot, &path.surface(at))?;
        said.realized_vol = stored_vol(path.realized_vol(at));
        self.world.publish(&said).map_err(|e| failed(&e))?;
        self.context().map(Some)
    }

    fn context(&mut self) -> Result<Context> {
        let corrupt = || CliError::input("the oracle's record cannot be read");
        let key = market_record_key(BTC);
        let bytes = self.world.chain.query_raw(&self.world.oracle, &key);
        let record: MarketRecord = decode(&bytes.ok_or_else(corrupt)?).map_err(|_| corrupt())?;
        let now = self.world.chain.now();
        self.open = permission(validity_at(&record, now), Action::Open) == Permission::Yes;
        let mut context = empty(now);
        context.markets.push(MarketTerms {
            id: MARKET.1,
            underlying: BTC,
            settle_coin: QUOTE_COIN,
            style: Style::Linear,
            multiplier: MULTIPLIER,
            tick_value: TICK_VALUE,
            strike_step: Fx::from_num(GRID),
            digital_payout: Fx::from_num(1_000),
        });
        context.underlyings.push(Underlying {
            state: to_state(BTC, &record, now).map_err(|_| corrupt())?,
            profile: default_profile(),
        });
        Ok(context)
    }

    /// Opens an account and its buyer, trades the book between them at mark.
    fn admit(&mut self, agent: &Agent, at: usize, context: &Context) -> Result<()> {
        let found = converted(&agent.book).filter(|_| at < agent.life.1);
        let Some(legs) = found else {
            self.played.left_out += 1;
            return Ok(());
        };
        let deposit = deposit(agent, &legs, context)?;
        self.opened += 1;
        let name = format!("seller {}", self.opened);
        let coins = if deposit > 0 {
            vec![Coin::new(deposit, USDC)]
        } else {
            vec![]
        };
        let world = &mut self.world;
        let seller = world.open_account(&name, &coins).map_err(|e| failed(&e))?;
        let buyer = world.open_account(&name.replace("seller", "buyer"), &[Coin::new(RICH, USDC)]);
        let buyer = buyer.map_err(|e| failed(&e))?;
        let quoted = self.quoted(&legs, context)?;
        let quote = self.world.quote(&seller, 1, 1, quoted);
        if self.world.take(&buyer, quote, 1).is_err() {
            self.played.left_out += 1;
            return Ok(());
        }
        let mut own = agent.clone();
        own.life.0 = at;
        own.book = self.book(seller.account)?;
        own.worth = self.realized(buyer.account)?;
        self.accounts.push((seller.account, buyer.account));
        self.live.push(Pair {
            seller,
            buyer,
            agent: self.played.agents.len(),
            since: None,
            ripe: None,
        });
        self.played.agents.push(own);
        self.played.seen.push(Seen::default());
        Ok(())
    }

    /// The seller's legs at mark; series are listed when first named.
    fn quoted(&mut self, legs: &[Leg], context: &Context) -> Result<Vec<QuoteLeg>> {
        let mut quoted = Vec::with_capacity(legs.len());
        for leg in legs {
            let name = name(&leg.key);
            if self.names.insert(name.clone(), leg.key).is_none() {
                let msg = engine::ExecuteMsg::ListSeries {
                    series: vec![name.clone()],
                };
                let owner = self.world.owner.clone();
                let listed = self.world.engine_as(&owner, &msg, &[]);
                listed.map_err(|e| failed(&e))?;
            }
            quoted.push(QuoteLeg {
                series: name,
                ratio: leg.quantity,
                price: ticks(leg, context)?,
            });
        }
        Ok(quoted)
    }

    /// Every account is looked at; those below maintenance are stepped.
    fn look(&mut self, at: usize, kept: bool) -> Result<()> {
        let mut live = std::mem::take(&mut self.live);
        for page in live.chunks_mut(32) {
            let accounts = page.iter().map(|pair| pair.seller.account).collect();
            for (pair, state) in page.iter_mut().zip(self.states(accounts)?) {
                self.step(at, kept, pair, &state)?;
            }
        }
        live.retain(|pair| {
            let over = self.played.agents[pair.agent].life.1 <= at;
            let sold = self.played.seen[pair.agent].book.legs.is_empty();
            !over && !sold
        });
        self.live = live;
        Ok(())
    }

    fn states(&self, accounts: Vec<AccountId>) -> Result<Vec<LiquidationStateResponse>> {
        let query = engine::QueryMsg::LiquidationStates { accounts };
        let states = self.world.chain.query(&self.world.engine, &query);
        states.map_err(|e| failed(&e))
    }

    fn step(
        &mut self,
        at: usize,
        kept: bool,
        pair: &mut Pair,
        state: &LiquidationStateResponse,
    ) -> Result<()> {
        let mut state = state.clone();
        let healthy = |s: &LiquidationStateResponse| s.standing == Some(Standing::Healthy);
        if healthy(&state) {
            (pair.since, pair.ripe) = (None, None);
        } else {
            let now = self.world.chain.now();
            let since = *pair.since.get_or_insert(now);
            self.played.seen[pair.agent].fell.get_or_insert(at);
            if kept && now >= since + self.rules.delay {
                state = self.act(at, pair)?;
                if healthy(&state) {
                    (pair.since, pair.ripe) = (None, None);
                }
            }
        }
        let equity = state.equity.map_or(0, |equity| equity.i128());
        let book = self.book(pair.seller.account)?;
        let seen = &mut self.played.seen[pair.agent];
        (seen.equity, seen.book) = (equity, book);
        Ok(())
    }

    /// What a keeper does about an account below maintenance: a step, and below it the rung of who holds the other sides.
    fn act(&mut self, at: usize, pair: &mut Pair) -> Result<LiquidationStateResponse> {
        let seller = pair.seller.account;
        let paid = self.liquidate(pair)?.map(|paid| (at, paid));
        self.played.seen[pair.agent].paid.extend(paid);
        let state = self.states(vec![seller])?.remove(0);
        if self.rules.closes && state.standing != Some(Standing::Healthy) {
            self.close(at, pair)?;
            return Ok(self.states(vec![seller])?.remove(0));
        }
        Ok(state)
    }

    /// A step with the buyer if he may take now, else one without; what he paid.
    fn liquidate(&mut self, pair: &Pair) -> Result<Option<i128>> {
        let take = Take {
            account: pair.buyer.account,
            least_reward: self.rules.appetite,
            max_pay: Uint128::new(BUDGET),
            legs_fingerprint: None,
        };
        let sent = match self.send(pair, Some(take)) {
            Err(error) if error.to_string().contains("E_ENGINE_NOT_TAKEN") => self.send(pair, None),
            sent => sent,
        };
        let data: LiquidateData = data(&sent.map_err(|e| failed(&e))?)?;
        Ok(data.taken.first().map(|taken| taken.paid.i128()))
    }

    fn send(
        &mut self,
        pair: &Pair,
        take: Option<Take>,
    ) -> std::result::Result<Outcome, ChainError> {
        let msg = ExecuteMsg::Liquidate(Step {
            account: pair.seller.account,
            take,
            keeper: Some(self.keeper),
            bids: None,
        });
        let sender = pair.buyer.address.clone();
        self.world.liquidation_as(&sender, &msg, &[])
    }

    fn account(&self, account: AccountId) -> Result<AccountResponse> {
        let query = engine::QueryMsg::Account { account };
        let found = self.world.chain.query(&self.world.engine, &query);
        found.map_err(|e| failed(&e))
    }

    /// What an account's sum in the market is.
    fn realized(&self, account: AccountId) -> Result<i128> {
        let profits = self.account(account)?.profits;
        let own = profits.iter().find(|sum| sum.market == MARKET.0);
        Ok(own.map_or(0, |sum| sum.realized.i128()))
    }

    fn book(&self, account: AccountId) -> Result<Book> {
        let found = self.account(account)?;
        let quote = found.cash.iter().filter(|cash| cash.denom == USDC);
        let amounts = quote.map(|cash| (QUOTE_COIN, cash.amount.i128()));
        let legs = found.legs.iter().filter_map(|leg| {
            Some(Leg {
                key: *self.names.get(&leg.series)?,
                quantity: leg.quantity.i64(),
            })
        });
        Ok(Book {
            cash: amounts.filter(|entry| entry.1 != 0).collect(),
            legs: legs.collect(),
        })
    }

    fn audit(&self) -> Result<()> {
        let audit = self.world.audit();
        audit.map_err(|e| CliError::new("E_OPTIO_INVARIANT", e.to_string()))
    }

    fn insurance(&self) -> Result<InsuranceResponse> {
        let query = engine::QueryMsg::Insurance {
            market: MARKET.0.to_owned(),
        };
        let found = self.world.chain.query(&self.world.engine, &query);
        found.map_err(|e| failed(&e))
    }

    fn finish(mut self) -> Result<Played> {
        self.played.fund = self.insurance()?.balance.u128();
        self.walk_down()?;
        Ok(self.played)
    }
}

/// What a step answered; the chain wraps the data in one field.
fn data<T: DeserializeOwned>(outcome: &Outcome) -> Result<T> {
    let unread = || CliError::input("the step's answer cannot be read");
    let wrapped = outcome.response.data.as_ref().ok_or_else(unread)?;
    let json = unwrap(wrapped.as_slice()).ok_or_else(unread)?;
    from_json(json).map_err(|_| unread())
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::Binary;
    use cw_multi_test::AppResponse;
    use wasm_chain::{GasReport, Outcome};

    use super::data;

    /// A length of 123 is written as the byte of an opening brace: nothing may look for JSON there.
    #[test]
    fn an_answer_of_any_length_is_read() {
        for length in 2_u8..128 {
            let json = format!("{{{}}}", " ".repeat(usize::from(length) - 2));
            let wrapped = [&[0x0a, length], json.as_bytes()].concat();
            let response = AppResponse {
                data: Some(Binary::from(wrapped)),
                ..AppResponse::default()
            };
            let gas = GasReport::default();
            let read: serde_json::Map<_, _> = data(&Outcome { response, gas }).unwrap();
            assert!(read.is_empty());
        }
    }
}
