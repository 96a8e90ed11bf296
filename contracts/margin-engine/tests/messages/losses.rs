//! Losses that nobody pays: CoverDebt past the grace, ShareLoss, the Loss query, withdrawals while a loss is shared.

use cosmwasm_std::{Int128, Uint128, coin};
use protocol_api::engine::*;

use crate::common::*;

pub const DAY: u64 = 86_400;
pub const WEEK: u64 = 7 * DAY;
const MILLION: i128 = 1_000_000_000_000;
/// Account 1 and 2 hold a tenth of a million.
const START_CASH: [(u64, i128); 4] = [
    (1, MILLION / 10),
    (2, MILLION / 10),
    (4, MILLION),
    (5, MILLION),
];

pub fn share(accounts: &[u64]) -> ExecuteMsg {
    share_in("BTC_USDC", accounts)
}

pub fn share_in(market: &str, accounts: &[u64]) -> ExecuteMsg {
    ExecuteMsg::ShareLoss {
        market: market.into(),
        accounts: accounts.to_vec(),
    }
}

pub fn cover(account: u64) -> ExecuteMsg {
    ExecuteMsg::CoverDebt { account }
}

impl World {
    pub fn anyone(&mut self, msg: ExecuteMsg) {
        let sender = self.app.api().addr_make("anyone");
        self.ok(&sender, msg);
    }

    pub fn nobody_may(&mut self, msg: ExecuteMsg, code: &str) {
        let sender = self.app.api().addr_make("anyone");
        self.refused(&sender, msg, code);
    }

    /// Account 5 buys all dollars of account 1 against its debt in coins.
    pub fn sell_its_dollars(&mut self) {
        let carol = self.owner_of(5);
        let dollars = self.cash(1, USD).unsigned_abs();
        let buy = ExecuteMsg::BuyCollateral {
            buyer: 5,
            debtor: 1,
            debt_denom: BTC.into(),
            collateral: coin(dollars, USD),
            max_pay: Uint128::new(900_000_000),
        };
        self.ok(&carol, buy);
    }

    pub fn loss(&self, account: Option<u64>) -> LossResponse {
        self.loss_in("BTC_USDC", account)
    }

    pub fn loss_in(&self, market: &str, account: Option<u64>) -> LossResponse {
        let market = market.into();
        self.query(&QueryMsg::Loss { market, account })
    }

    /// Anyone looks at all accounts in turn.
    pub fn look_at_all(&mut self, market: &str) {
        while let Some(next) = self.loss_in(market, None).unseen {
            self.anyone(share_in(market, &turn_from(next)));
        }
    }

    /// All are looked at, and the day of a round passes.
    pub fn pass_a_round(&mut self, market: &str) {
        self.look_at_all(market);
        self.advance(DAY);
    }

    /// What an account has gained since it put in its coins, with `spot` fixed and all legs settled.
    pub fn gained(&self, account: u64) -> i128 {
        let put_in = START_CASH.iter().find(|(id, _)| *id == account);
        self.cash(account, USD) - put_in.unwrap().1
    }
}

/// Account 1 sold 300 calls to 2 and 100 to 5 and owes about 10,000 USD; the grace of its debt is over, nobody has looked.
pub fn old_debt() -> World {
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(CALL, 300, 520)]).unwrap();
    world.trade(1, 5, &[(CALL, 100, 520)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 130_000);
    world.set_spot(130_000);
    world.anyone(ExecuteMsg::SettleAccounts {
        accounts: vec![1, 2, 5],
    });
    world.advance(DAY);
    world.publish();
    world
}

/// The same, written off.
pub fn written_off() -> (World, u128) {
    let mut world = old_debt();
    let debt = -world.cash(1, USD);
    assert!(debt > 9_000_000_000, "{debt}");
    world.anyone(cover(1));
    (world, debt.unsigned_abs())
}

fn cut(due: u128, gained: i128, all: i128) -> i128 {
    (due * gained.unsigned_abs()).div_ceil(all.unsigned_abs()) as i128
}

#[test]
fn a_debt_that_nobody_pays_is_shared_over_the_markets_gains() {
    let mut world = old_debt();
    let debt = -world.cash(1, USD);
    let gained = [world.gained(2), world.gained(5)];
    let all = gained[0] + gained[1];
    world.anyone(cover(1));
    assert_eq!(world.cash(1, USD), 0);
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
    let ledger = world.ledger(USD);
    assert_eq!((ledger.lost.u128() as i128, ledger.debt.u128()), (debt, 0));
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");

    // Preview and message are one function. 4 has not gained anything.
    let seen = world.loss(Some(2));
    world.anyone(share(&[2, 5, 4]));
    let due = debt.unsigned_abs();
    assert_eq!(
        seen.account.unwrap().moved.i128(),
        -debt,
        "no more is withheld than the loss"
    );
    assert_eq!(world.cash(4, USD), MILLION);
    let found = world.loss(Some(5));
    assert_eq!(found.due.u128(), due);
    assert_eq!(found.gains.u128() as i128, all);
    let part = found.account.unwrap();
    assert_eq!(part.gains.u128() as i128, gained[1]);
    assert_eq!(part.cut.u128() as i128, cut(due, gained[1], all));
    assert_eq!(part.moved, Int128::zero());
    world.nobody_may(share(&[2, 5, 4]), "E_ENGINE_NOTHING_DUE");

    world.pass_a_round("BTC_USDC");
    let treasury = world.ledger(USD).fees.u128();
    world.anyone(share(&[2, 5]));
    for (account, gained_before) in [(2, gained[0]), (5, gained[1])] {
        let paid = gained_before - world.gained(account);
        assert_eq!(paid, cut(due, gained_before, all), "account {account}");
    }
    let ledger = world.ledger(USD);
    assert_eq!((ledger.lost.u128(), ledger.withheld.u128()), (0, 0));
    assert!(ledger.fees.u128() - treasury <= 1, "a unit of rounding");
    world.nobody_may(share(&[2, 5]), "E_ENGINE_NOTHING_DUE");
    // Everything that is there can leave.
    for account in [2, 4, 5] {
        let all = world.cash(account, USD).unsigned_abs();
        world.withdraw(account, all, USD).unwrap();
    }
}

#[test]
fn the_order_of_calls_changes_nobodys_part() {
    let (world, debt) = written_off();
    let cash = [2, 4, 5].map(|account| world.cash(account, USD));
    let gained = [2, 4, 5].map(|account| world.gained(account));
    assert!(gained[0] > gained[2] && gained[2] > debt as i128 && gained[1] == 0);
    let all = gained[0] + gained[2];
    let fair: [i128; 3] = core::array::from_fn(|n| cash[n] - cut(debt, gained[n], all));
    // Calls in this order, then in the opposite one after the round; which of each find nothing to do.
    let ends = |calls: &[&[u64]], idle: [&[usize]; 2]| {
        let (mut world, _) = written_off();
        let mut calls = calls.to_vec();
        for idle in idle {
            for (place, accounts) in calls.iter().enumerate() {
                if idle.contains(&place) {
                    world.nobody_may(share(accounts), "E_ENGINE_NOTHING_DUE");
                } else {
                    world.anyone(share(accounts));
                }
            }
            world.pass_a_round("BTC_USDC");
            calls.reverse();
        }
        [2, 4, 5].map(|account| world.cash(account, USD))
    };
    assert_eq!(fair, ends(&[&[2, 4, 5]], [&[], &[]]));
    assert_eq!(fair, ends(&[&[5], &[2], &[4]], [&[], &[]]));
    assert_eq!(fair, ends(&[&[5, 5, 2], &[], &[2, 5]], [&[1, 2], &[1, 2]]));
    assert_eq!(fair, ends(&[&[2], &[4, 2], &[5]], [&[1], &[2]]));
}

#[test]
fn who_withdraws_meanwhile_leaves_his_part() {
    let (mut world, debt) = written_off();
    let (cash, gained) = (world.cash(2, USD), world.gained(2));
    let error = world.withdraw(2, cash.unsigned_abs(), USD).unwrap_err();
    assert!(error.contains("E_ENGINE_CASH"), "{error}");
    world.withdraw(2, cash.unsigned_abs() - debt, USD).unwrap();
    assert_eq!(world.cash(2, USD), 0);
    let part = world.loss(Some(2)).account.unwrap();
    assert_eq!(part.gains.u128() as i128, gained);
    // He alone is named, and nobody looks at the others for a week: he pays all of it.
    world.advance(WEEK - 1);
    world.nobody_may(share(&[2]), "E_ENGINE_NOTHING_DUE");
    world.advance(1);
    world.anyone(share(&[2]));
    assert_eq!((world.cash(2, USD), world.ledger(USD).lost.u128()), (0, 0));
    // One who comes after the loss is paid pays nothing.
    let all = world.cash(5, USD);
    world.withdraw(5, all.unsigned_abs(), USD).unwrap();
}

#[test]
fn a_withdrawal_after_the_round_gives_back_first() {
    let (mut world, debt) = written_off();
    let gained = [world.gained(2), world.gained(5)];
    let cash = world.cash(2, USD);
    world.anyone(share(&[2, 5]));
    world.pass_a_round("BTC_USDC");
    let left = cash - cut(debt, gained[0], gained[0] + gained[1]);
    world.withdraw(2, left.unsigned_abs(), USD).unwrap();
    assert_eq!(world.cash(2, USD), 0);
    assert_eq!(world.ledger(USD).lost.u128(), 0);
}

#[test]
fn a_young_debt_is_not_written_off() {
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 130_000);
    world.anyone(ExecuteMsg::SettleAccounts { accounts: vec![1] });
    world.advance(DAY - 1);
    world.nobody_may(cover(1), "E_ENGINE_NOTHING_DUE");
    world.advance(1);
    world.anyone(cover(1));
    assert_eq!(world.cash(1, USD), 0);
}

#[test]
fn insurance_pays_before_and_while_a_loss_is_shared() {
    let mut world = old_debt();
    let debt = (-world.cash(1, USD)).unsigned_abs();
    let gained = [world.gained(2), world.gained(5)];
    world.insure("BTC_USDC", 10_000_000_000);
    world.advance(3_600);
    world.anyone(cover(1));
    let (first, due) = (500_000_000, debt - 500_000_000);
    assert_eq!(world.ledger(USD).lost.u128(), due);
    // As much again in this hour; 9,000 USD are there when the next one counts.
    world.anyone(share(&[2, 5]));
    world.pass_a_round("BTC_USDC");
    let second = 500_000_000 + 450_000_000;
    world.anyone(share(&[2, 5]));
    assert_eq!(
        world.insurance("BTC_USDC").balance.u128(),
        10_000_000_000 - first - second
    );
    let all = gained[0] + gained[1];
    let paid = gained[0] - world.gained(2);
    assert_eq!(paid, cut(due - second, gained[0], all));
    assert_eq!(world.ledger(USD).lost.u128(), 0);
}

#[test]
fn insurance_that_pays_all_of_it_ends_the_round() {
    let (mut world, debt) = written_off();
    let cash = world.cash(2, USD);
    world.anyone(share(&[2]));
    world.insure("BTC_USDC", 20 * debt);
    world.advance(3_600);
    world.anyone(share(&[]));
    world.anyone(share(&[2]));
    assert_eq!(world.cash(2, USD), cash);
    let ledger = world.ledger(USD);
    assert_eq!((ledger.lost.u128(), ledger.withheld.u128()), (0, 0));
}

/// Who comes first after a round's time does not decide who pays.
#[test]
fn insurance_pays_before_a_withdrawal_ends_the_round() {
    let (mut world, debt) = written_off();
    let gained = [world.gained(2), world.gained(5)];
    world.anyone(share(&[2, 5]));
    world.insure("BTC_USDC", 20 * debt);
    world.advance(DAY);
    world.withdraw(2, 1, USD).unwrap();
    assert_eq!(world.ledger(USD).lost.u128(), 0);
    assert_eq!(world.insurance("BTC_USDC").balance.u128(), 19 * debt);
    world.anyone(share(&[5]));
    assert_eq!([world.gained(2) + 1, world.gained(5)], gained);
}

#[test]
fn gains_that_do_not_suffice_leave_the_rest_to_the_next_round() {
    let (mut world, debt) = written_off();
    // Both take what they may before the loss is shared: 2 is counted when it does.
    let own = world.gained(5);
    assert!(own > debt as i128);
    world.advance(WEEK);
    // Nobody was looked at in the first round: the second one runs.
    world.anyone(share(&[]));
    let found = world.loss(None);
    assert_eq!((found.round, found.due.u128()), (1, debt));
    assert_eq!(found.ends_at, Some(world.now() + DAY));
    world.anyone(share(&[5]));
    world.advance(WEEK);
    world.anyone(share(&[5]));
    assert_eq!(own - world.gained(5), debt as i128);
}

#[test]
fn inv_10_a_covered_account_stays_covered_and_needs_no_price() {
    let mut world = old_debt();
    // Insurance could pay the debt, an hour after the other: nothing has to stay.
    world.insure("BTC_USDC", world.cash(1, USD).unsigned_abs());
    // 2 has gained some 82,000 USD, sells puts that cost 48,000 of them at worst, and has 5,000 left to withdraw.
    let series = "BTC_USDC-26MAR27-60000-P";
    world.list(&[series]);
    world.market.expiries = vec![(DEC + 91 * 1_440, 300)];
    world.set_spot(130_000);
    world.trade(4, 2, &[(series, -80, 1)]).unwrap();
    let surplus = |world: &World| {
        let found: CoveredResponse = world.query(&QueryMsg::Covered { account: 2 });
        assert!(found.covered, "{found:?}");
        found.coins[0].surplus.unwrap().i128()
    };
    let most = surplus(&world) - 5_000_000_000;
    world.withdraw(2, most.unsigned_abs(), USD).unwrap();
    world.anyone(cover(1));
    world.silence();
    world.anyone(share(&[2]));
    assert_eq!(surplus(&world), 0);
    let part = world.loss(Some(2)).account.unwrap();
    assert_eq!(part.withheld.u128(), 5_000_000_000);
    // Its own coins above that are its own, without a price.
    world.deposit(2, 1_000_000, USD);
    let error = world.withdraw(2, 1_000_000, USD).unwrap_err();
    assert!(error.contains("E_ENGINE"), "what it gained is still owed");
}

#[test]
fn an_account_at_margin_keeps_its_initial_margin() {
    let mut world = old_debt();
    world.list(&["BTC_USDC-26MAR27-130000-C"]);
    world.market.expiries = vec![(DEC + 91 * 1_440, 300)];
    world.set_spot(130_000);
    // 2 sells calls at mark until little of its gain is free.
    let series = "BTC_USDC-26MAR27-130000-C";
    world.trade(4, 2, &[(series, -400, 2_000)]).unwrap();
    let before = world.health(2).initial_surplus.unwrap().i128();
    assert!(before > 0);
    world.anyone(cover(1));
    world.anyone(share(&[2]));
    let after = world.health(2).initial_surplus.unwrap().i128();
    let part = world.loss(Some(2)).account.unwrap();
    assert_eq!(before - after, part.withheld.u128() as i128);
    assert!(after >= 0, "{after}");
}

#[test]
fn dust_debts_withhold_no_more_than_they_are() {
    let mut world = old_debt();
    let all = world.cash(2, USD);
    world.deposit(1, (-world.cash(1, USD)).unsigned_abs() - 7, USD);
    world.anyone(cover(1));
    world.anyone(share(&[2, 5]));
    assert_eq!(all - world.cash(2, USD), 7);
    world.withdraw(2, all.unsigned_abs() - 7, USD).unwrap();
}

#[test]
fn attack_gains_sent_away_as_premium_are_counted_where_they_arrive() {
    let mut world = old_debt();
    world.list(&["BTC_USDC-26MAR27-130000-C"]);
    world.market.expiries = vec![(DEC + 91 * 1_440, 300)];
    world.set_spot(130_000);
    let series = "BTC_USDC-26MAR27-130000-C";
    // 2 buys one call from 4, its owner's other account, at a hundred times its price.
    let (before, gained) = (world.cash(4, USD), world.gained(2));
    world.trade(2, 4, &[(series, -1, 160_000)]).unwrap();
    let premium = world.cash(4, USD) - before;
    assert!(premium > 7_000_000_000, "{premium}");
    world.anyone(cover(1));
    world.anyone(share(&[2, 4]));
    let parts = [2, 4].map(|id| world.loss(Some(id)).account.unwrap().gains.u128() as i128);
    let lost_track = gained - parts[0] - parts[1];
    // What the call itself is worth is no gain at hand: it is 4's debt to 2.
    let call = 300_000_000;
    assert!(lost_track.abs() < call, "{gained} {parts:?}");
}

#[test]
fn coins_that_are_not_there_are_queued_for_and_the_round_pays_the_queue() {
    let (mut world, debt) = written_off();
    // Everybody without a gain leaves, then all of account 2 is asked for: the coins are a debt short.
    world.anyone(share(&[5]));
    let ledger = world.ledger(USD);
    assert!(ledger.withheld.u128() >= debt);
    for account in [4, 5, 2] {
        let cash = world.cash(account, USD).unsigned_abs();
        let free = if account == 2 { cash - debt } else { cash };
        world.withdraw(account, free, USD).unwrap();
    }
    world.pass_a_round("BTC_USDC");
    world.anyone(share(&[2, 5]));
    for account in [2, 5] {
        let cash = world.cash(account, USD).unsigned_abs();
        world.withdraw(account, cash, USD).unwrap();
    }
    let ledger = world.ledger(USD);
    assert_eq!((ledger.lost.u128(), ledger.withheld.u128()), (0, 0));
    assert_eq!(ledger.reserved.u128(), 0);
}

#[test]
fn bad_input_changes_nothing() {
    let (mut world, _) = written_off();
    world.nobody_may(share_in("ETH", &[2]), "E_ENGINE_UNKNOWN");
    world.nobody_may(share_in("BTC", &[2]), "E_ENGINE_NOTHING_DUE");
    world.nobody_may(share(&[99]), "E_ENGINE_NO_ACCOUNT");
    world.nobody_may(share(&[2; 17]), "E_ENGINE_LIST");
    world.nobody_may(share(&[1, 3, 4]), "E_ENGINE_NOTHING_DUE");
}

#[test]
fn a_debt_in_coins_is_shared_in_coins() {
    let mut world = World::liquidatable();
    world.deposit(2, 300_000_000, BTC);
    world.deposit(5, 900_000_000, BTC);
    world.trade(1, 2, &[(COIN_PUT, 300, 100)]).unwrap();
    world.trade(1, 5, &[(COIN_PUT, 100, 100)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 40_000);
    world.set_spot(40_000);
    let accounts = vec![1, 2, 5];
    world.anyone(ExecuteMsg::SettleAccounts { accounts });
    world.advance(DAY);
    world.publish();
    // Its dollars are sold first.
    world.nobody_may(cover(1), "E_ENGINE_ALIVE");
    world.sell_its_dollars();
    assert_eq!(world.cash(1, USD), 0);
    let debt = -world.cash(1, BTC);
    assert!(debt > 0);
    let before = [2, 5].map(|id| world.cash(id, BTC));
    world.anyone(cover(1));
    assert_eq!(world.ledger(BTC).lost.u128() as i128, debt);
    let market = "BTC";
    world.anyone(share_in(market, &[2, 5]));
    world.pass_a_round(market);
    world.anyone(share_in(market, &[2, 5]));
    let paid = [2, 5].map(|id| world.cash(id, BTC));
    let paid = [before[0] - paid[0], before[1] - paid[1]];
    // Alike per unit held, to the two units that rounding up takes.
    assert!((paid[0] - 3 * paid[1]).abs() <= 4, "{paid:?}");
    assert!(
        (0..=1).contains(&(paid[0] + paid[1] - debt)),
        "{paid:?} {debt}"
    );
    assert_eq!(world.ledger(BTC).lost.u128(), 0);
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
}
