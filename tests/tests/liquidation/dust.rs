//! Ten thousand accounts too small to be worth anybody's while: what they cost keepers, and what they cost others.

use cosmwasm_std::{Coin, CosmosMsg, WasmMsg, to_json_binary};
use optio_tests::crowd;
use protocol_api::engine::{self, BelowHealthResponse, HealthResponse, Standing};
use protocol_api::liquidation::{ExecuteMsg, Step};
use sandbox::Trader;
use sandbox::setup::{SAT, USDC};
use wasm_chain::{Mode, Outcome};

use crate::market::{CALL, Market, USD, open};

/// Gas for a millionth of a dollar, dear on purpose: 25 dollars for a billion.
const GAS_FOR_A_UNIT: u64 = 40;
/// An inverse call, whose premium is paid in the other coin.
const INVERSE: &str = "BTC-2JAN26-90000-C";
/// The grace of debts, seconds.
const DAY: u64 = 86_400;
/// Steps in one transaction.
const BATCH: usize = 50;

impl Market {
    /// One account short one unit of the call, opened by messages, and copies of it up to `count` in all. The copies are
    /// written into the store: another account trades their units and holds their cash by messages, and is taken apart.
    fn dust(&mut self, count: u64, dollars: u128) -> (Trader, u64) {
        self.world.chain.take_gas_reports();
        let first = self.trader("dust", dollars);
        self.sell(&first, CALL, 1, 2_000);
        let opening = self.world.chain.take_gas_reports();
        let opening = opening.iter().map(|report| report.total).sum();
        let copies = count - 1;
        let whale = self.trader("whale", (dollars + 1) * u128::from(copies));
        self.sell(&whale, CALL, copies, 2_000);
        let spare = self.cash(&whale) - self.cash(&first) * i128::from(copies);
        self.withdraw(&whale, spare.unsigned_abs());
        let empty = self.world.open_account("empty", &[]).expect("account");
        crowd::empty(&mut self.world, whale.account, empty.account);
        crowd::copies(&mut self.world, &first, copies);
        self.audit();
        (first, opening)
    }

    fn withdraw(&mut self, trader: &Trader, amount: u128) {
        let msg = engine::ExecuteMsg::Withdraw {
            account: trader.account,
            amounts: vec![Coin::new(amount, USDC)],
            to: None,
        };
        let paid_out = self.world.engine_as(&trader.address, &msg, &[]);
        paid_out.expect("withdrawn");
    }

    /// Leaves the account its initial margin.
    fn withdraw_spare(&mut self, trader: &Trader) {
        let account = trader.account;
        let query = engine::QueryMsg::Health { account };
        let health: HealthResponse = self
            .world
            .chain
            .query(&self.world.engine, &query)
            .expect("health");
        let spare = health.initial_surplus.expect("priced").i128();
        self.withdraw(trader, spare.unsigned_abs());
    }

    /// Half a percent a minute from a price, until the account may be sold at once; the price then.
    fn climb_until_deep(&mut self, trader: &Trader, mut spot: f64) -> f64 {
        while matches!(self.standing(trader), Standing::Healthy | Standing::Shallow) {
            spot *= 1.005;
            self.world.chain.advance(60);
            self.publish(spot);
        }
        spot
    }

    /// The accounts that bots find below maintenance, and the most gas that a page of them costs.
    fn found(&self) -> (Vec<u64>, u64) {
        let (mut all, mut most, mut start_after) = (Vec::new(), 0, None);
        loop {
            let query = engine::QueryMsg::BelowHealth {
                bound: 1_000_000,
                start_after,
                limit: Some(50),
            };
            let chain = &self.world.chain;
            let page: (BelowHealthResponse, _) = chain
                .query_metered(&self.world.engine, &query)
                .expect("page");
            most = most.max(page.1.total);
            all.extend(page.0.accounts.iter().map(|found| found.account));
            start_after = page.0.last;
            if start_after.is_none() {
                return (all, most);
            }
        }
    }

    /// Steps on many accounts, so many in a transaction; with a taker who is the keeper too.
    fn sweep(&mut self, accounts: &[u64], taker: Option<&Trader>) -> Vec<Outcome> {
        let sender = taker.map_or_else(|| self.keeper.clone(), |taker| taker.address.clone());
        let step = |account: &u64| {
            let msg = ExecuteMsg::Liquidate(Step {
                account: *account,
                take: taker.map(|taker| open(taker, 0)),
                keeper: taker.map(|taker| taker.account),
                bids: None,
            });
            CosmosMsg::Wasm(WasmMsg::Execute {
                contract_addr: self.world.liquidation.to_string(),
                msg: to_json_binary(&msg).expect("JSON"),
                funds: vec![],
            })
        };
        let batches: Vec<Vec<CosmosMsg>> = accounts
            .chunks(BATCH)
            .map(|chunk| chunk.iter().map(step).collect())
            .collect();
        let sent = batches.into_iter();
        sent.map(|batch| self.world.chain.execute_all(&sender, batch).expect("steps"))
            .collect()
    }
}

/// The sum of an attribute over the steps.
fn sum(outcomes: &[Outcome], event: &str, attribute: &str) -> u128 {
    let events = outcomes.iter().flat_map(|outcome| &outcome.response.events);
    let of_kind = events.filter(|found| found.ty == event);
    let attributes = of_kind.flat_map(|found| &found.attributes);
    let found = attributes.filter(|found| found.key == attribute);
    found
        .map(|found| found.value.parse::<u128>().expect("a number"))
        .sum()
}

fn gas(outcomes: &[Outcome]) -> u64 {
    outcomes.iter().map(|outcome| outcome.gas.total).sum()
}

/// What gas costs, base units, rounded up.
fn price_of(gas: u64) -> u128 {
    gas.div_ceil(GAS_FOR_A_UNIT).into()
}

/// All of them fall at once. Keepers find them page by page, start their auctions, and take them five minutes later,
/// at a reward of 1.5 %, each whole by one step: what they earn is far above their gas, and the last costs what the first did.
#[test]
fn attack_risk_27_ten_thousand_dust_accounts_earn_keepers_more_than_their_gas() {
    let count = 10_000;
    let mut market = Market::new(Mode::Wasm);
    let (first, opening) = market.dust(count, 200);
    let spot = market.climb_until_deep(&first, 90_000.0);
    let (equity, margin) = market.health(&first);
    let (below, page) = market.found();
    assert_eq!(below.len() as u64, count);
    let started = market.sweep(&below, None);
    market.wait(300, spot);
    let taker = market.trader("taker", 10_000_000);
    let sold = market.sweep(&below, Some(&taker));
    assert_eq!(market.found().0, [0_u64; 0], "none is left");
    assert_eq!(market.units(&taker, CALL), -(count as i64));
    market.audit();
    // The taker gains what the accounts were worth beyond what he paid for them, less the penalty that he gets back as keeper.
    let paid = sum(&sold, "wasm-slice_taken", "paid");
    let back = sum(&sold, "wasm-liquidation_stepped", "keeper_reward");
    let gained = equity.unsigned_abs() * u128::from(count) + back - paid;
    let spent = price_of(gas(&started) + gas(&sold));
    println!(
        "equity {equity}, margin {margin}: {count} steps to start {} gas, {count} to sell {} gas, {spent} units; earned {gained} \
         units; opening one {opening} gas; a page of 50 {page} gas",
        gas(&started),
        gas(&sold)
    );
    assert!(spent * 100 <= gained, "{spent} spent, {gained} gained");
    assert!(gas(&started) + gas(&sold) < opening * count);
    for sweep in [&started, &sold] {
        let (one, last) = (sweep[0].gas.total, sweep[sweep.len() - 1].gas.total);
        assert!(one.abs_diff(last) * 100 <= one, "{one} and {last}");
    }
}

/// A spread one strike step wide has margin for all that it can lose but a unit. When it falls below, no reward pays for the
/// steps, and nobody needs them: what it can leave unpaid is far less than the gas and fees of opening it.
#[test]
fn attack_risk_27_dust_that_no_reward_pays_for_cost_more_to_open_than_it_can_leave_unpaid() {
    let mut market = Market::new(Mode::Wasm);
    let (near, far) = ("BTC_USDC-2JAN26-97000-C", "BTC_USDC-2JAN26-97100-C");
    market.world.list_series(&[near, far]).expect("listed");
    let house = market.house.clone();
    let fees = market.ledger().coins[0].fees.u128();
    market.world.chain.take_gas_reports();
    let owner = market.trader("owner", 2);
    market.trade((&house, &owner), far, 1, 10);
    market.sell(&owner, near, 1, 10);
    let opening = market.world.chain.take_gas_reports();
    let opening: u64 = opening.iter().map(|report| report.total).sum();
    let fees = market.ledger().coins[0].fees.u128() - fees;
    market.withdraw_spare(&owner);
    let cash = market.cash(&owner).unsigned_abs();
    let spot = market.climb_until_deep(&owner, 90_000.0);
    let (equity, margin) = market.health(&owner);
    let started = market.sweep(&[owner.account], None);
    market.wait(300, spot);
    let taker = market.trader("taker", 1_000);
    let sold = market.sweep(&[owner.account], Some(&taker));
    assert!(market.account(owner.account).legs.is_empty());
    let unpaid = USD - cash;
    let steps = gas(&started) + gas(&sold);
    println!(
        "cash {cash}, at {spot} equity {equity}, margin {margin}; at most {unpaid} units unpaid; opened for {opening} gas and {fees} \
         units of fees; sold for {steps} gas"
    );
    assert!(steps < opening, "{steps} and {opening}");
    assert!(unpaid <= price_of(opening) + fees, "{unpaid} unpaid");
}

impl Market {
    /// What an account has of the other coin.
    fn bitcoin(&self, trader: &Trader) -> i128 {
        let account = self.account(trader.account);
        let own = account.cash.iter().find(|cash| cash.denom == SAT);
        own.map_or(0, |cash| cash.amount.i128())
    }
}

/// Whoever makes an account fall that owes a little of a coin which bidders do not have makes all of them debtors. They go on
/// bidding for as long as the grace of debts, and nobody else takes their bids back; after it they must have paid.
#[test]
fn attack_options_18_a_debt_in_a_slice_shuts_no_bidder_out() {
    let mut market = Market::new(Mode::Native);
    let house = market.house.clone();
    let seller = market.short("seller", 15_000);
    market.trade((&house, &seller), INVERSE, 1, 100);
    let brought = market.bitcoin(&seller);
    assert!(brought < 0, "a premium of {brought} is owed");
    let bidder = market.trader("bidder", 1_000_000);
    market.bid(&bidder, -20_000, 500_000);
    market.bid(&bidder, 1_000_000, 1_000);
    market.wait(300, 90_000.0);
    let keeper = market.keeper.clone();
    let back = ExecuteMsg::WithdrawBid {
        account: bidder.account,
        reward: 1_000_000,
    };

    let mut spot = 90_000.0;
    for round in 0..3 {
        spot = market.climb_until_deep(&seller, spot);
        let sold = market.step(&seller);
        assert_eq!(sold.taken.len(), 1, "round {round}");
        assert_eq!(sold.taken[0].account, bidder.account);
        let owes = -market.bitcoin(&bidder);
        assert!(owes > 0, "round {round}: {owes}");
        let refused = market
            .send(&keeper, &back)
            .expect_err("his own")
            .to_string();
        assert!(refused.contains("E_LIQUIDATION_UNAUTHORIZED"), "{refused}");
        market.audit();
    }

    // A day later he has not paid: whoever comes takes a bid back, and the other takes nothing.
    market.world.chain.advance(DAY);
    market.publish(spot);
    market.send(&keeper, &back).expect("a late debtor's bid");
    market.climb_until_deep(&seller, spot);
    let sold = market.step(&seller);
    assert!(
        sold.taken.is_empty() && sold.passed_over.len() == 1,
        "{sold:?}"
    );
    assert_eq!(market.account(bidder.account).escrow.u128(), 0);
    market.audit();
}
