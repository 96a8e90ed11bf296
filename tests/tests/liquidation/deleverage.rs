//! Auto-deleveraging on the real engine: accounts that nobody took.

use cosmwasm_std::from_json;
use protocol_api::engine::{AccountId, DeleverageData, LiquidateData, Standing};
use protocol_api::liquidation::{ExecuteMsg, NomineesResponse, QueryMsg};
use protocol_std::reply;
use sandbox::Trader;
use wasm_chain::{ChainError, Mode, Outcome};

use crate::market::{CALL, Market, USD, fallen};

impl Market {
    /// Some of the calls that the house bought go on to these traders.
    fn pass_on(&mut self, parts: &[(&Trader, u64)]) {
        let house = self.house.clone();
        for (buyer, units) in parts {
            self.trade((&house, buyer), CALL, *units, 2_000);
        }
    }

    fn nominees(&self, seller: &Trader) -> Vec<AccountId> {
        let account = seller.account;
        let found: NomineesResponse = self
            .world
            .chain
            .query(&self.world.liquidation, &QueryMsg::Nominees { account })
            .expect("nominees");
        found.table.map_or_else(Vec::new, |table| table.nominees)
    }

    fn nominate(&mut self, seller: &Trader, named: &[&Trader]) -> Result<Outcome, ChainError> {
        let msg = ExecuteMsg::Nominate {
            account: seller.account,
            candidates: named.iter().map(|trader| trader.account).collect(),
        };
        let keeper = self.keeper.clone();
        self.send(&keeper, &msg)
    }

    fn try_close(&mut self, seller: &Trader) -> Result<Outcome, ChainError> {
        let keeper = self.keeper.clone();
        let account = seller.account;
        self.send(&keeper, &ExecuteMsg::Deleverage { account })
    }

    /// Closes an account whose table is ripe; a preview says the same.
    fn close(&mut self, seller: &Trader) -> DeleverageData {
        let account = seller.account;
        let query = QueryMsg::PreviewDeleverage { account };
        let shown: DeleverageData = self
            .world
            .chain
            .query(&self.world.liquidation, &query)
            .expect("preview");
        let outcome = self.try_close(seller).expect("closed");
        let bytes = outcome.response.data.as_ref().expect("data").as_slice();
        let done = from_json(reply::unwrap(bytes).expect("wrapped")).expect("DeleverageData");
        assert_eq!(shown, done);
        done
    }

    /// The schedule passes and nobody takes the account.
    fn let_pass(&mut self, seller: &Trader, spot: f64) {
        self.step(seller);
        self.watch(seller, 3_600, spot);
    }
}

fn refused(result: Result<Outcome, ChainError>, code: &str) {
    let error = result.expect_err("refused").to_string();
    assert!(error.contains(code), "{error}");
}

#[test]
fn an_insolvent_account_that_nobody_takes_ends_at_nothing() {
    let spot = 108_000.0;
    let (mut market, seller) = fallen(-100, spot);
    let [ann, bob] = ["ann", "bob"].map(|name| market.trader(name, 100_000));
    market.pass_on(&[(&ann, 30), (&bob, 20)]);
    let house = market.house.clone();
    let all = [&house, &ann, &bob];
    // Too early while the schedule runs.
    market.step(&seller);
    let early = market.nominate(&seller, &all);
    refused(early, "E_ENGINE_NO_DELEVERAGE");
    market.watch(&seller, 3_600, spot);
    market.nominate(&seller, &all).expect("nominated");
    let unripe = market.try_close(&seller);
    refused(unripe, "E_LIQUIDATION_UNRIPE");
    market.watch(&seller, 600, spot);
    let (equity, _) = market.health(&seller);
    let done = market.close(&seller);
    assert_eq!(
        (done.before, done.after),
        (Standing::Insolvent, Standing::Healthy)
    );
    assert!((done.shared.u128() as i128 + equity).abs() <= 2);
    assert!(market.account(seller.account).legs.is_empty());
    assert!((0..=3).contains(&market.cash(&seller)));
    assert_eq!(market.auction(&seller), None);
    assert_eq!(market.insurance("BTC_USDC").shortfall.u128(), 0);
    assert_eq!(all.map(|trader| market.units(trader, CALL)), [0; 3]);
    // Per unit all got the same: their parts are 50, 30 and 20 of 100.
    let got = |trader: &Trader| {
        let found = done.counterparties.iter();
        let found = found.filter(|c| c.account == trader.account);
        -found.map(|c| c.paid.expect("closed").i128()).sum::<i128>()
    };
    let sum: i128 = all.map(got).iter().sum();
    for (trader, units) in all.into_iter().zip([50, 30, 20]) {
        assert!((got(trader) - sum * units / 100).abs() <= 2);
    }
}

#[test]
fn attack_options_35_whoever_would_be_taken_names_those_before_him() {
    let spot = 97_000.0;
    let (mut market, seller) = fallen(600, spot);
    let [ann, bob] = ["ann", "bob"].map(|name| market.trader(name, 100_000));
    market.pass_on(&[(&ann, 60), (&bob, 10)]);
    market.let_pass(&seller, spot);
    // Bob's enemy names him alone; bob names her who gained more.
    market.nominate(&seller, &[&bob]).expect("nominated");
    market.nominate(&seller, &[&ann]).expect("nominated");
    assert_eq!(market.nominees(&seller), [ann.account, bob.account]);
    market.watch(&seller, 600, spot);
    let owned = market.health(&ann).0;
    let done = market.close(&seller);
    // Sixty calls less are enough; nobody's worth changed: a solvent account is closed at mark.
    assert_eq!((done.after, done.shared.u128()), (Standing::Healthy, 0));
    let units = [&seller, &ann, &bob].map(|trader| market.units(trader, CALL));
    assert_eq!(units, [-40, 0, 10]);
    assert!((market.health(&ann).0 - owned).abs() <= 2);
}

#[test]
fn attack_risk_24_resting_bids_at_absurd_rewards_play_no_role() {
    let spot = 108_000.0;
    let run = |bids: bool| {
        let (mut market, seller) = fallen(-100, spot);
        let bidder = market.trader("bidder", 100_000);
        if bids {
            market.bid(&bidder, 1_000_000, 1_000);
            market.bid(&bidder, 10_000, 1_000);
        }
        market.let_pass(&seller, spot);
        let step = market.step(&seller);
        assert!(step.taken.is_empty(), "there is no reward to be had");
        let house = market.house.clone();
        market.nominate(&seller, &[&house]).expect("nominated");
        market.watch(&seller, 600, spot);
        market.close(&seller).counterparties
    };
    assert_eq!(run(false), run(true));
}

#[test]
fn a_step_that_finds_a_taker_goes_before() {
    let spot = 97_000.0;
    let (mut market, seller) = fallen(600, spot);
    market.let_pass(&seller, spot);
    let house = market.house.clone();
    market.nominate(&seller, &[&house]).expect("nominated");
    let taker = market.trader("taker", 1_000_000);
    let sold: LiquidateData = market.take(&seller, &taker, 0);
    assert_eq!(sold.after, Standing::Healthy);
    market.watch(&seller, 600, spot);
    let over = market.try_close(&seller);
    refused(over, "E_LIQUIDATION_NO_AUCTION");
    assert!(market.nominees(&seller).is_empty());
}

impl Market {
    /// Fails unless the message is refused with the code and every byte of the chain stays.
    fn unchanged(&mut self, msg: &ExecuteMsg, code: &str) {
        let before = self.world.chain.dump_state();
        let keeper = self.keeper.clone();
        refused(self.send(&keeper, msg), code);
        assert!(self.world.chain.dump_state() == before, "{msg:?}");
    }

    /// Closing the account and its preview are refused alike.
    fn not_closed(&mut self, account: AccountId, code: &str) {
        let query = QueryMsg::PreviewDeleverage { account };
        let chain = &self.world.chain;
        let shown = chain.query::<_, DeleverageData>(&self.world.liquidation, &query);
        let error = shown.expect_err("refused").to_string();
        assert!(error.contains(code), "{error}");
        self.unchanged(&ExecuteMsg::Deleverage { account }, code);
    }
}

#[test]
fn bad_nominations_and_closings_are_typed_errors_and_change_nothing() {
    let spot = 97_000.0;
    let (mut market, seller) = fallen(600, spot);
    let account = seller.account;
    let house = market.house.account;
    let bystander = market.trader("bystander", 1_000).account;
    let name = |account, candidates: &[AccountId]| ExecuteMsg::Nominate {
        account,
        candidates: candidates.to_vec(),
    };
    let no_auction = "E_LIQUIDATION_NO_AUCTION";
    for unknown in [account, bystander, 0, 77, AccountId::MAX] {
        market.unchanged(&name(unknown, &[house]), no_auction);
        market.not_closed(unknown, no_auction);
    }
    market.let_pass(&seller, spot);
    let no_nominee = "E_LIQUIDATION_NO_NOMINEE";
    market.not_closed(account, no_nominee);
    for (candidates, code) in [
        (vec![], "E_LIQUIDATION_NOMINEES"),
        (vec![house; 9], "E_LIQUIDATION_NOMINEES"),
        (vec![bystander], no_nominee),
        (vec![account], no_nominee),
        (vec![house, 77], "E_ENGINE_NO_ACCOUNT"),
        (vec![AccountId::MAX], "E_ENGINE_NO_ACCOUNT"),
    ] {
        market.unchanged(&name(account, &candidates), code);
    }
    market
        .send(&seller.address, &name(account, &[house, house]))
        .expect("named twice, stands once");
    assert_eq!(market.nominees(&seller), [house]);
    market.unchanged(&ExecuteMsg::Deleverage { account }, "E_LIQUIDATION_UNRIPE");
    market.watch(&seller, 599, spot);
    market.world.chain.advance(61);
    market.not_closed(account, "E_ENGINE_NO_PRICE");
    market.unchanged(&name(account, &[house]), "E_ENGINE_NO_PRICE");
    market.publish(spot);
    market.close(&seller);
}

#[test]
fn native_and_wasm_close_alike() {
    let run = |mode| {
        let mut market = Market::new(mode);
        let seller = market.short("seller", 16_000);
        let ann = market.trader("ann", 100_000);
        market.pass_on(&[(&ann, 30)]);
        market.climb(108_000.0);
        market.let_pass(&seller, 108_000.0);
        let house = market.house.clone();
        market
            .nominate(&seller, &[&house, &ann])
            .expect("nominated");
        market.watch(&seller, 600, 108_000.0);
        (market.close(&seller), market.world.chain.dump_state())
    };
    let (native, wasm) = (run(Mode::Native), run(Mode::Wasm));
    assert_eq!(native.0, wasm.0);
    assert!(native.0.counterparties.iter().all(|c| c.paid.is_some()));
    assert!(native.1 == wasm.1, "the states differ");
}

/// A gap in prices sets the clock back, and no winner throws the table away by the first step after it.
#[test]
fn attack_a_step_after_a_gap_in_prices_ends_no_table() {
    let mut market = Market::new(wasm_chain::Mode::Native);
    let mut terms = sandbox::setup::liquidation_terms();
    let schedule = &mut terms.auction.schedule;
    (schedule.knee_after, schedule.end_after) = (100, 600);
    (terms.tail, terms.nomination) = (3_600, 600);
    let owner = market.world.owner.clone();
    let effective_at = market.world.chain.now() + 86_400;
    let set = ExecuteMsg::SetTerms {
        terms,
        effective_at,
    };
    market.send(&owner, &set).expect("in their ranges");
    for _ in 0..=1_440 {
        market.world.chain.advance(60);
        market.report(90_000.0);
    }
    let seller = market.short("seller", 20_000);
    let mut spot = 90_000.0;
    while market.health(&seller).0 * 10 > market.health(&seller).1 * 8 {
        let to = spot * 1.002;
        market.climb_from(spot, to);
        spot = to;
    }
    for _ in 0..12 {
        market.step(&seller);
        market.wait(60, spot);
    }
    market.step(&seller);
    let was = market.auction(&seller).expect("runs").start;
    // Silence for seven minutes, then prices again, and nobody steps.
    market.world.chain.advance(420);
    market.publish(spot);
    market.wait(610, spot);
    let house = market.house.clone();
    market.nominate(&seller, &[&house]).expect("nominated");
    let found = market.step(&seller).auction;
    assert!(found.at > was.at, "the gap set the clock back");
    assert_eq!(market.nominees(&seller), [house.account]);
}

/// Of what insurance was asked for at the first closing, 500 USD, a step between two closings draws as well: more than the other
/// half, so that nothing is left for the second.
#[test]
fn attack_what_a_step_draws_from_insurance_is_not_paid_to_a_closing_again() {
    let paid = |with_step: bool| {
        let spot = 108_000.0;
        let (mut market, seller) = fallen(-100, spot);
        let [ann, taker] = ["ann", "taker"].map(|name| market.trader(name, 1_000_000));
        let house = market.house.clone();
        // Half of the calls are ann's.
        market.trade((&house, &ann), CALL, 50, 36_000);
        market.fund("BTC_USDC", 10_000, spot);
        market.let_pass(&seller, spot);
        market.nominate(&seller, &[&ann]).expect("named");
        market.wait(300, spot);
        let first = market.close(&seller).insured.u128();
        let before = insured(&market);
        if with_step {
            market.take(&seller, &taker, 0);
        }
        let step = before - insured(&market);
        // The next hour of the fund.
        let mut left = 3_600 - market.world.chain.now() % 3_600;
        while left > 0 {
            let part = left.min(250);
            market.wait(part, spot);
            left -= part;
            market.step(&seller);
        }
        market.nominate(&seller, &[&house]).expect("named");
        market.wait(300, spot);
        [first, step, market.close(&seller).insured.u128()]
    };
    assert_eq!(paid(false), [250 * USD, 0, 250 * USD]);
    let [first, step, second] = paid(true);
    assert_eq!((first, second), (250 * USD, 0));
    assert!(step > 250 * USD, "{step}");
}

fn insured(market: &Market) -> u128 {
    market.insurance("BTC_USDC").balance.u128()
}
