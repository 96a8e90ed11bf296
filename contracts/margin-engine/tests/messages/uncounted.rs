//! Gains that nobody has counted yet, at a moment when no price could tell what of them is free; and what a simulation says past a limit.

use cosmwasm_std::{Uint128, coin};
use protocol_api::engine::{ExecuteMsg, LossPart, QueryMsg, SimulateFillsResponse};

use crate::common::*;
use crate::losses::*;
use crate::losses_attacks::NEXT_CALL;

const MARKET: &str = "BTC_USDC";
const ETH: &str = "ueth";

impl World {
    fn part_of(&self, account: u64) -> LossPart {
        self.loss_in(MARKET, Some(account)).account.unwrap()
    }

    fn ether_at(&mut self, dollars: u64) {
        let market = oracle::Market::new(dollars, self.now(), &[]);
        self.publish_as(2, &market);
    }
}

/// A round runs, 2 was not counted. While the feed of a leg of its own is a minute late it pays what it gained to a late debtor
/// for his coins, which is no trade that reduces.
#[test]
fn a_gain_is_not_paid_for_a_late_debtors_coins_while_a_loss_is_shared() {
    let mut world = World::liquidatable();
    world.ether();
    world.ether_at(3_000);
    let late = world.new_account("late");
    world.deposit(late, 10_000_000_000, ETH);
    world.trade(1, 2, &[(CALL, 300, 520)]).unwrap();
    world.trade(1, 5, &[(CALL, 100, 520)]).unwrap();
    world.trade(late, 4, &[(CALL, 300, 520)]).unwrap();
    world.expire_at(130_000, &[1, 2, 4, 5, late]);
    world.ether_at(3_000);
    world.next_expiry(&[NEXT_CALL], 130_000);
    world.trade(5, 2, &[(NEXT_CALL, 1, 2_000)]).unwrap();
    world.advance(DAY);
    world.publish();
    world.ether_at(3_000);
    // What it put in, and more, leaves before there is a loss.
    let spare = world.cash(2, USD).unsigned_abs() - 60_000_000_000;
    world.withdraw(2, spare, USD).unwrap();
    world.anyone(cover(1));
    let lost = world.ledger(USD).lost.u128();
    assert!(lost > 9_000_000_000 && world.loss_in(MARKET, None).due.u128() == lost);
    world.advance(61);
    world.ether_at(3_000);
    let buyer = world.owner_of(2);
    let buy = |coins| ExecuteMsg::BuyCollateral {
        buyer: 2,
        debtor: late,
        debt_denom: USD.into(),
        collateral: coin(coins, ETH),
        max_pay: Uint128::new(u128::MAX),
    };
    world.refused_with(&buyer, buy(2_000_000_000), &[], "E_ENGINE_DEBTOR");
    world.ok(&buyer, buy(1_000_000_000));
    assert_eq!(world.part_of(2).withheld.u128(), lost);
}

/// 2, a winner that is not covered, hands its gain to its owner's other account, which lost as much there long ago, while a round
/// runs. With prices it is counted first, and in a minute without any as well: what is withheld of both, and what was lost.
fn handed_on(is_late: bool) -> (u128, u128) {
    let mut world = World::liquidatable();
    let other = world.new_account("other");
    world.deposit(other, 300_000_000_000, USD);
    world.trade(1, 2, &[(CALL, 300, 520)]).unwrap();
    world.trade(1, 5, &[(CALL, 100, 520)]).unwrap();
    world.trade(other, 4, &[(CALL, 301, 520)]).unwrap();
    world.expire_at(130_000, &[1, 2, 4, 5, other]);
    world.next_expiry(&[NEXT_CALL], 130_000);
    world.trade(2, other, &[(NEXT_CALL, 1, 2_000)]).unwrap();
    world.advance(DAY);
    world.publish();
    world.anyone(cover(1));
    let lost = world.ledger(USD).lost.u128();
    assert!(lost > 9_000_000_000 && world.loss_in(MARKET, None).due.u128() == lost);
    if is_late {
        world.advance(61);
    }
    let gained = world.gained(2);
    let ticks = i64::try_from(gained / TICK_VALUE).unwrap();
    world.trade(other, 2, &[(NEXT_CALL, 1, ticks)]).unwrap();
    world.publish();
    world.anyone(share(&[5, other, 4, 3, 2, 1]));
    let withheld = world.part_of(2).withheld.u128() + world.part_of(other).withheld.u128();
    (withheld, lost)
}

#[test]
fn a_gain_is_counted_before_it_is_handed_on_whatever_the_feed_says() {
    for is_late in [false, true] {
        let (withheld, lost) = handed_on(is_late);
        assert_eq!(withheld, lost, "late: {is_late}");
    }
}

#[test]
fn a_simulation_past_the_leg_limit_says_what_execution_says() {
    let mut world = World::new();
    world.deposit(1, 1_000_000_000_000, USD);
    world.deposit(2, 1_000_000_000_000, USD);
    let names: Vec<String> = (0..129)
        .map(|n| format!("BTC_USDC-25DEC26-{}-C", 120_500 + 500 * n))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for some in names.chunks(64) {
        world.list(some);
    }
    for some in names[..128].chunks(32) {
        let legs: Vec<(&str, i64, i64)> = some.iter().map(|name| (*name, 1, 100)).collect();
        world.trade(1, 2, &legs).unwrap();
    }
    let more = [(names[128], 1, 100)];
    let refused = world.trade(1, 2, &more).unwrap_err();
    assert!(refused.contains("E_ENGINE_LEG_LIMIT"), "{refused}");
    let query = QueryMsg::SimulateFills {
        fills: vec![world.fill(1, 2, &more)],
    };
    let said: Result<SimulateFillsResponse, _> =
        world.app.wrap().query_wasm_smart(&world.engine, &query);
    assert!(said.unwrap().error.unwrap().contains("E_ENGINE_LEG_LIMIT"));
}
