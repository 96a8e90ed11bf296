//! Steps as they should go: shallow and deep, bids and open takers, whole and sliced, with and without insurance.

use protocol_api::engine::{LiquidatePreview, Standing};
use protocol_api::liquidation::{QueryMsg, Step};
use wasm_chain::Mode;

use crate::market::{CALL, USD, data, fallen, open, paid};

#[test]
fn a_shallow_account_is_sold_at_a_second_later_price() {
    let (mut market, seller) = fallen(970, 97_000.0);
    let taker = market.trader("taker", 1_000_000);
    assert_eq!(market.standing(&seller), Standing::Shallow);
    let first = market.step(&seller);
    assert_eq!(first.after, Standing::Shallow);
    assert!(market.auction(&seller).is_some());
    // Time alone confirms nothing.
    market.world.chain.advance(5);
    market.not_taken(&seller, &taker, -20_000);
    market.wait(25, 97_000.0);
    let sold = market.take(&seller, &taker, -20_000);
    assert_eq!(sold.before, Standing::Shallow);
    assert_eq!(sold.after, Standing::Healthy);
    // From the last look at the first price on, 25 seconds of ten minutes: -20,000 + 70,000 x 25 / 600.
    assert_eq!(sold.taken[0].reward, -17_084);
    assert_eq!(market.auction(&seller), None);
    let (equity, margin) = market.health(&seller);
    assert!(equity * 100 >= margin * 109 && equity * 100 <= margin * 112);
    assert_eq!(
        market.units(&seller, CALL) + market.units(&taker, CALL),
        -100
    );
    assert!(market.units(&taker, CALL) < 0);
}

#[test]
fn a_deep_account_is_sold_at_once() {
    let (mut market, seller) = fallen(900, 97_000.0);
    let taker = market.trader("taker", 1_000_000);
    assert_eq!(market.standing(&seller), Standing::Deep);
    let (equity, margin) = market.health(&seller);
    let before = market.cash(&taker);
    let sold = market.take(&seller, &taker, -20_000);
    assert_eq!(sold.after, Standing::Healthy);
    assert_eq!(sold.taken[0].reward, -20_000);
    // f = (1.10 - 0.90) / (1.10 + 0.02), a whole number of units above it: 17.9 of 100.
    assert_eq!(market.units(&taker, CALL), -18);
    // He pays f pi and 1 % on top: about 0.18 x (E + 0.02 M); and takes the cash and the loss of what he took over.
    let price = (equity + margin / 50) * 179 / 1_000;
    let off = (paid(&sold.taken[0]) - price * 101 / 100).abs();
    assert!(
        off * 100 < price,
        "{} against {price}",
        paid(&sold.taken[0])
    );
    assert!(market.cash(&taker) < before + 20_000 * USD as i128);
}

#[test]
fn bids_of_one_slot_share_pro_rata_and_an_open_taker_takes_the_rest() {
    let (mut market, seller) = fallen(800, 97_000.0);
    let [ann, bob, cat] = ["ann", "bob", "cat"].map(|name| market.trader(name, 1_000_000));
    let spot = 97_000.0;
    market.bid(&ann, 10_000, 1_200);
    market.bid(&bob, 10_000, 600);
    assert!(market.step(&seller).taken.is_empty(), "they wait");
    market.watch(&seller, 360, spot);
    let taker = open(&cat, 0);
    let query = QueryMsg::Preview(Step {
        account: seller.account,
        take: Some(taker.clone()),
        keeper: None,
        bids: None,
    });
    let shown: LiquidatePreview = market
        .world
        .chain
        .query(&market.world.liquidation, &query)
        .expect("preview");
    let outcome = market.try_take(&seller, &cat, taker, None).expect("step");
    let sold = data(&outcome);
    assert_eq!(shown.done, sold, "a preview is what happens");
    for account in shown.accounts {
        let is = market.account(account.account);
        // Bids that end give back their budgets only then.
        assert_eq!(account.legs, is.legs, "to the last leg");
    }
    let who: Vec<u64> = sold.taken.iter().map(|taken| taken.account).collect();
    assert_eq!(who, [ann.account, bob.account, cat.account]);
    let rewards: Vec<i32> = sold.taken.iter().map(|taken| taken.reward).collect();
    assert_eq!(rewards, [10_000, 10_000, 22_000]);
    let spent: Vec<i128> = sold.taken.iter().map(paid).collect();
    assert!(spent[0] <= 1_200 * USD as i128 && spent[1] <= 600 * USD as i128);
    assert!(spent[0] > spent[1] && spent[2] > 0);
    assert_eq!(sold.after, Standing::Healthy);
}

#[test]
fn an_insolvent_account_goes_at_the_same_schedule_and_insurance_pays() {
    let (mut market, seller) = fallen(-100, 108_000.0);
    assert_eq!(market.standing(&seller), Standing::Insolvent);
    market.fund("BTC_USDC", 1_000_000, 108_000.0);
    let taker = market.trader("taker", 1_000_000);
    let (equity, margin) = market.health(&seller);
    let before = market.insurance("BTC_USDC").balance.u128() as i128;
    let sold = market.take(&seller, &taker, -20_000);
    assert_eq!(
        (sold.before, sold.after),
        (Standing::Insolvent, Standing::Healthy)
    );
    // The whole account: pi = E + 0.02 M, below zero, out of the fund to the last unit.
    let price = equity - (-20_000 * margin).div_euclid(1_000_000);
    assert!(price < 0);
    assert_eq!(paid(&sold.taken[0]), price);
    let after = market.insurance("BTC_USDC").balance.u128() as i128;
    assert_eq!(after - before, price);
    assert!(market.account(seller.account).legs.is_empty());
    assert_eq!(market.cash(&seller), 0);
}

#[test]
fn a_keeper_is_paid_from_the_penalty() {
    let (mut market, seller) = fallen(900, 97_000.0);
    let [taker, keeper] = ["taker", "watcher"].map(|name| market.trader(name, 100_000));
    let before = market.cash(&keeper);
    let fund = market.insurance("BTC_USDC").balance.u128();
    let outcome = market.try_take(&seller, &taker, open(&taker, -20_000), Some(keeper.account));
    let sold = data(&outcome.expect("step"));
    let reward = sold.keeper_reward.u128();
    assert_eq!(market.cash(&keeper) - before, reward as i128);
    // paid = pay + ceil(1 % of pay); the keeper gets 5 dollars and 0.2 %, insurance the rest of the penalty.
    let paid = paid(&sold.taken[0]).unsigned_abs();
    let pay = paid * 100 / 101;
    let penalty = paid - pay;
    assert!(
        reward.abs_diff((5 * USD + pay / 500).min(penalty)) <= 2,
        "{reward}"
    );
    let fund = market.insurance("BTC_USDC").balance.u128() - fund;
    assert!((fund + reward).abs_diff(penalty) <= 2);
}

#[test]
fn native_and_wasm_sell_alike() {
    let run = |mode| {
        let mut market = crate::market::Market::new(mode);
        let seller = market.short("seller", 16_000);
        let bidder = market.trader("bidder", 1_000_000);
        market.bid(&bidder, -20_000, 500);
        market.climb(96_000.0);
        market.step(&seller);
        market.wait(60, 96_000.0);
        let sold = market.take(&seller, &bidder, -20_000);
        (sold, market.world.chain.dump_state())
    };
    let (native, wasm) = (run(Mode::Native), run(Mode::Wasm));
    assert_eq!(native.0, wasm.0);
    assert!(!native.0.taken.is_empty());
    assert!(native.1 == wasm.1, "the states differ");
}
