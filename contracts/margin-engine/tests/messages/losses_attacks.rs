//! Ways past the haircut, and out of it, that are closed; random lives around it.

use cosmwasm_std::{Int128, Uint128, coin};
use protocol_api::engine::*;

use crate::common::liquidation::order;
use crate::common::*;
use crate::losses::*;

const MAR: u32 = DEC + 91 * 1_440;
pub const NEXT_CALL: &str = "BTC_USDC-26MAR27-130000-C";

impl World {
    #[track_caller]
    pub fn kept(&mut self, account: u64, amount: u128, denom: &str, code: &str) {
        let error = self.withdraw(account, amount, denom).unwrap_err();
        assert!(error.contains(code), "{error}, expected {code}");
    }

    pub fn part(&self, market: &str, account: u64) -> LossPart {
        self.loss_in(market, Some(account)).account.unwrap()
    }

    pub fn new_account(&mut self, name: &str) -> u64 {
        let user = self.app.api().addr_make(name);
        let venues = vec![self.venue.to_string(), self.liquidator().into_string()];
        self.ok(&user, ExecuteMsg::CreateAccount { venues });
        (1..)
            .find(|id| {
                let query = QueryMsg::Account { account: id + 1 };
                let found: Result<AccountResponse, _> =
                    self.app.wrap().query_wasm_smart(&self.engine, &query);
                found.is_err()
            })
            .unwrap()
    }

    pub fn expire_at(&mut self, spot: u64, accounts: &[u64]) {
        self.advance_to(u64::from(DEC) * 60 + 60);
        self.fix(DEC, spot);
        self.set_spot(spot);
        let accounts = accounts.to_vec();
        self.anyone(ExecuteMsg::SettleAccounts { accounts });
    }

    pub fn next_expiry(&mut self, names: &[&str], spot: u64) {
        if !names.is_empty() {
            self.list(names);
        }
        self.market.expiries = vec![(MAR, 300)];
        self.set_spot(spot);
    }

    pub fn second_market(&mut self, series: &[&str]) {
        let owner = self.owner.clone();
        let listing = MarketListing {
            symbol: "XBT_USDC".into(),
            ..linear()
        };
        self.ok(&owner, ExecuteMsg::AddMarket { listing });
        self.list(series);
    }
}

/// Account 2 has gained bitcoin from account 1 by puts that settle in them; account 5 has bitcoin to buy with.
pub fn won_in_coins() -> World {
    let mut world = World::liquidatable();
    world.deposit(2, 300_000_000, BTC);
    world.deposit(5, 900_000_000, BTC);
    world.trade(1, 2, &[(COIN_PUT, 300, 100)]).unwrap();
    world.expire_at(40_000, &[1, 2, 5]);
    world
}

/// Accounts 1 and another owe what 2 and 5, and 4, have gained.
pub fn two_losers() -> (World, u64) {
    let mut world = World::liquidatable();
    let other = world.new_account("dusty");
    world.deposit(other, 100_000_000_000, USD);
    world.trade(1, 2, &[(CALL, 300, 520)]).unwrap();
    world.trade(1, 5, &[(CALL, 100, 520)]).unwrap();
    world.trade(other, 4, &[(CALL, 400, 520)]).unwrap();
    world.expire_at(130_000, &[1, 2, 4, 5, other]);
    (world, other)
}

/// A dead debt of one unit is written off first. The real loss waits for the next round, and for a day every winner
/// withdraws past it.
#[test]
fn attack_a_dust_round_lets_nobody_out() {
    let (mut world, dusty) = two_losers();
    let owed = (-world.cash(dusty, USD)).unsigned_abs();
    world.deposit(dusty, owed - 1, USD);
    world.advance(DAY);
    world.publish();
    let debt = (-world.cash(1, USD)).unsigned_abs();
    assert!(debt > 9_000_000_000);
    world.anyone(cover(dusty));
    world.anyone(cover(1));
    let lost = world.ledger(USD).lost.u128();
    assert_eq!(
        (lost, world.loss_in("BTC_USDC", None).due.u128()),
        (debt + 1, 1)
    );
    for account in [2, 4, 5] {
        let all = world.cash(account, USD).unsigned_abs();
        world.kept(account, all - 1, USD, "E_ENGINE_CASH");
        world.kept(account, all - lost + 1, USD, "E_ENGINE_CASH");
        world.withdraw(account, all - lost, USD).unwrap();
        assert_eq!(world.part("BTC_USDC", account).withheld.u128(), lost);
    }
    assert_eq!(world.ledger(USD).withheld.u128(), 3 * lost);
}

/// Counted, an account spends what it may; then more is written off. What it does not have any more is not withheld of it.
#[test]
fn attack_no_count_makes_a_debtor() {
    let (mut world, dusty) = two_losers();
    world.advance(DAY);
    world.publish();
    world.anyone(cover(1));
    // Insurance could pay the other debt, an hour after the other: nothing has to stay for it.
    world.insure("BTC_USDC", world.cash(dusty, USD).unsigned_abs());
    world.anyone(share(&[2]));
    let all = world.cash(2, USD).unsigned_abs();
    world.withdraw(2, all, USD).unwrap();
    let withheld = world.part("BTC_USDC", 2).withheld;
    let lost = world.ledger(USD).lost;
    assert_eq!(withheld, lost);
    world.anyone(cover(dusty));
    assert!(world.ledger(USD).lost > lost);
    world.nobody_may(share(&[2]), "E_ENGINE_NOTHING_DUE");
    assert_eq!(world.cash(2, USD), 0);
    assert_eq!(world.part("BTC_USDC", 2).withheld, withheld);
}

/// A covered account whose covered surplus is nothing, but whose margin is small, withdraws its gain.
#[test]
fn attack_who_is_covered_and_withdraws_until_he_is_not_leaves_his_part() {
    let mut world = old_debt();
    let debt = world.cash(1, USD).unsigned_abs();
    world.insure("BTC_USDC", debt);
    let series = "BTC_USDC-26MAR27-60000-P";
    world.next_expiry(&[series], 130_000);
    world.trade(4, 2, &[(series, -80, 1)]).unwrap();
    let found: CoveredResponse = world.query(&QueryMsg::Covered { account: 2 });
    let surplus = found.coins[0].surplus.unwrap().i128();
    world.withdraw(2, surplus.unsigned_abs(), USD).unwrap();
    world.anyone(cover(1));
    assert_eq!(
        world.part("BTC_USDC", 2).gains.u128(),
        0,
        "tied up, says the count"
    );
    let free = world
        .health(2)
        .initial_surplus
        .unwrap()
        .i128()
        .unsigned_abs();
    assert!(free > 40_000_000_000, "{free}");
    // The puts may cost 48,000 USD: all that it has left are gains. It keeps of them what is lost, beside its margin.
    let cash = world.cash(2, USD).unsigned_abs();
    assert_eq!(cash, 48_000_000_000);
    world.kept(2, free, USD, "E_ENGINE_MARGIN");
    world.kept(2, free - debt + 1, USD, "E_ENGINE_MARGIN");
    world.withdraw(2, free - debt, USD).unwrap();
    assert_eq!(world.cash(2, USD).unsigned_abs(), cash - free + debt);
    // So all of that is counted.
    world.anyone(share(&[2]));
    assert_eq!(world.part("BTC_USDC", 2).withheld.u128(), debt);
    assert_eq!(world.health(2).initial_surplus.unwrap().i128(), 0);
}

/// Gains that are tied up while somebody has them counted are counted all the same once all that is lost can be withheld;
/// before, whoever names the account again counts what has come free.
#[test]
fn attack_who_ties_up_his_gains_while_they_are_counted_pays_his_share() {
    for spare in [2, 0] {
        let mut world = old_debt();
        let debt = (-world.cash(1, USD)).unsigned_abs();
        let series = "XBT_USDC-26MAR27-130000-P";
        world.second_market(&[series]);
        world.next_expiry(&[], 130_000);
        let gained = world.gained(2).unsigned_abs();
        // Each put may cost 1,300 USD: all but so many such debts, and a half, is tied up.
        let found: CoveredResponse = world.query(&QueryMsg::Covered { account: 2 });
        let surplus = found.coins[0].surplus.unwrap().i128().unsigned_abs();
        let tied_up = surplus - spare * debt - debt / 2;
        let puts = i64::try_from(tied_up / 1_300_000_000).unwrap();
        world.trade(4, 2, &[(series, -puts, 1)]).unwrap();
        world.anyone(cover(1));
        world.anyone(share(&[2]));
        let part = world.part("BTC_USDC", 2);
        if spare > 0 {
            assert_eq!((part.gains.u128(), part.withheld.u128()), (gained, debt));
        } else {
            assert!(part.gains == part.withheld && part.gains.u128() < debt);
            world.trade(2, 4, &[(series, -puts, 1)]).unwrap();
            world.anyone(share(&[2]));
        }
        world.anyone(share(&[5]));
        let gains = [2, 5].map(|id| world.part("BTC_USDC", id).gains.u128());
        assert_eq!(gains[0], gained);
        let cash = [2, 5].map(|id| world.cash(id, USD));
        world.pass_a_round("BTC_USDC");
        world.anyone(share(&[2, 5]));
        for (place, account) in [2, 5].into_iter().enumerate() {
            let back = (world.cash(account, USD) - cash[place]).unsigned_abs();
            let fair = (debt * gains[place]).div_ceil(gains[0] + gains[1]);
            assert_eq!(debt - back, fair, "account {account}");
        }
    }
}

/// The round took all that was withheld of an account: it is told so, by itself, and is as dead as any other debtor then.
#[test]
fn attack_a_gain_that_was_taken_whole_keeps_nobody_alive() {
    let mut world = old_debt();
    // 5 keeps no more than the debt, so the round takes all of what is counted.
    let debt = (-world.cash(1, USD)).unsigned_abs();
    let cash = world.cash(5, USD).unsigned_abs();
    world.withdraw(5, cash - debt, USD).unwrap();
    world.anyone(cover(1));
    world.anyone(share(&[5]));
    assert_eq!(world.part("BTC_USDC", 5).withheld.u128(), debt);
    world.advance(WEEK);
    // Nobody has looked at the others. Somebody ends the round and names another.
    world.anyone(share(&[4]));
    let ledger = world.ledger(USD);
    assert_eq!((ledger.lost.u128(), ledger.withheld.u128()), (0, 0));
    world.anyone(share(&[5]));
    assert_eq!(world.part("BTC_USDC", 5).withheld.u128(), 0);
    world.nobody_may(share(&[5]), "E_ENGINE_NOTHING_DUE");
}

/// In a market that settles in coins a little margin, for which not all of a gain can go, hides none of it from a loss that the
/// rest can bear.
#[test]
fn attack_a_gain_in_coins_that_is_free_but_for_a_bit_is_counted() {
    let mut world = won_in_coins();
    // Before anything is written off he takes out what was his.
    let dollars = world.cash(2, USD).unsigned_abs();
    world.withdraw(2, dollars, USD).unwrap();
    let found: AccountResponse = world.query(&QueryMsg::Account { account: 2 });
    let profits = found.profits;
    let gain = profits[0].realized.i128();
    let own = world.cash(2, BTC) - gain;
    assert!(gain > 0 && own > 0, "{profits:?}");
    world.withdraw(2, own.unsigned_abs(), BTC).unwrap();
    let series = "BTC-26MAR27-30000-P";
    world.next_expiry(&[series], 40_000);
    world.trade(5, 2, &[(series, -1, 1)]).unwrap();
    world.advance(DAY);
    world.publish();
    world.sell_its_dollars();
    world.anyone(cover(1));
    let lost = world.ledger(BTC).lost.u128();
    assert!(lost > 0);
    let all = world.cash(2, BTC).unsigned_abs();
    assert!(all > 2 * lost);
    world.kept(2, all, BTC, "E_ENGINE_CASH");
    world.kept(2, all - lost, BTC, "E_ENGINE_MARGIN");
    world.anyone(share_in("BTC", &[2]));
    let part = world.part("BTC", 2);
    assert_eq!(part.withheld.u128(), lost);
    assert!(
        part.gains.u128() > 2 * lost,
        "all of it counts, not what is withheld alone"
    );
    world.withdraw(2, all - 2 * lost, BTC).unwrap();
    assert_eq!(world.cash(2, BTC).unsigned_abs(), lost);
}

/// With a unit of a coin without a record in hand nothing is counted; the withdrawal leaves that coin out and passes.
#[test]
fn attack_a_dead_coin_in_hand_hides_no_gain() {
    let mut world = old_debt();
    world.ether();
    world.deposit(2, 1, "ueth");
    world.next_expiry(&[NEXT_CALL], 130_000);
    world.trade(4, 2, &[(NEXT_CALL, -1, 2_000)]).unwrap();
    world.anyone(cover(1));
    world.anyone(share(&[2]));
    assert!(world.part("BTC_USDC", 2).withheld.u128() > 9_000_000_000);
}

/// A premium in another market carries a gain past a running round.
#[test]
fn attack_a_gain_is_not_sent_away_through_another_market() {
    let mut world = old_debt();
    world.second_market(&["XBT_USDC-26MAR27-130000-C"]);
    world.next_expiry(&[], 130_000);
    world.anyone(cover(1));
    // Nobody has named 2 yet. 4 is its owner's other account.
    let ticks = i64::try_from(world.cash(2, USD) / 50_000).unwrap() - 1_000;
    let series = "XBT_USDC-26MAR27-130000-C";
    // The trade counts it first, so the money is not there.
    world.trade_refused(2, 4, &[(series, -1, ticks)], "E_ENGINE_MARGIN");
    // The rest is its own to spend.
    world.anyone(share(&[2]));
    let ticks = i64::try_from(world.cash(2, USD) / 50_000).unwrap() - 1_000;
    world.trade(2, 4, &[(series, -1, ticks)]).unwrap();
    assert!(world.part("BTC_USDC", 2).withheld.u128() > 9_000_000_000);
}

/// Nor does a slice of one's own falling account, paid with the cash that the loss may still ask for.
#[test]
fn attack_a_gain_is_not_paid_for_a_slice() {
    let mut world = old_debt();
    let debt = (-world.cash(1, USD)).unsigned_abs();
    world.insure("BTC_USDC", debt);
    let series = ["BTC_USDC-26MAR27-60000-C", "BTC_USDC-26MAR27-60000-P"];
    world.next_expiry(&series, 130_000);
    let future = [(series[0], 100, 14_000), (series[1], -100, 1)];
    world.trade(5, 4, &future).unwrap();
    world.withdraw(4, 925_000_000_000, USD).unwrap();
    let spare = world.cash(2, USD).unsigned_abs() - debt - 500_000_000;
    world.withdraw(2, spare, USD).unwrap();
    world.anyone(cover(1));
    world.set_spot(64_000);
    let taker = Taker {
        least_reward: Some(-100_000),
        ..world.taker(2, debt)
    };
    world.liquidation_refused(order(4, vec![taker.clone()]), "E_ENGINE_GAINS");
    // Once it is counted the rest is its own to spend.
    world.anyone(share(&[2]));
    world.deposit(2, debt, USD);
    world.liquidate(order(4, vec![taker])).unwrap();
}

/// What is withheld of an account's gains is no asset of it: its debts are written off, then it takes its rest.
#[test]
fn attack_who_has_withheld_gains_is_not_dead() {
    let (mut world, _) = written_off();
    world.next_expiry(&[NEXT_CALL], 130_000);
    world.anyone(share(&[2, 5]));
    let kept = world.part("BTC_USDC", 2).withheld.u128();
    assert!(kept > 9_000_000_000);
    // 2 keeps 60,000 and sells calls that cost it more.
    let spare = world.cash(2, USD).unsigned_abs() - 60_000_000_000;
    world.withdraw(2, spare.min(95_000_000_000), USD).unwrap();
    world.trade(2, 4, &[(NEXT_CALL, 150, 2_000)]).unwrap();
    world.advance_to(u64::from(MAR) * 60 + 60);
    world.fix(MAR, 210_000);
    world.set_spot(210_000);
    world.anyone(ExecuteMsg::SettleAccounts {
        accounts: vec![2, 4],
    });
    let owed = (-world.cash(2, USD)).unsigned_abs();
    assert!(owed > 0, "{}", world.cash(2, USD));
    world.insure("BTC_USDC", owed * 20);
    world.advance(DAY);
    world.publish();
    // Insurance would pay 2's debt, and then 2 be given back what it had all the time.
    world.nobody_may(cover(2), "E_ENGINE_ALIVE");
    world.anyone(share(&[2]));
    let left = -world.cash(2, USD);
    assert!(0 < left && left.unsigned_abs() < owed, "{left} {owed}");
    world.anyone(cover(2));
}

/// Whoever is named in a round's last second pays all of it; nobody has a day to name the others.
#[test]
fn attack_whoever_is_counted_late_has_time_to_name_others() {
    let (mut world, debt) = written_off();
    world.advance(DAY - 1);
    // 5 names 2, not itself.
    world.anyone(share(&[2]));
    world.advance(1);
    // 2 sees it and names 5 at once, and then half a day passes in which nobody comes.
    world.anyone(share(&[2, 5]));
    world.look_at_all("BTC_USDC");
    world.advance(DAY / 2);
    world.anyone(share(&[2, 5]));
    assert_eq!(world.ledger(USD).lost.u128(), 0);
    let (own, other) = (world.gained(2), world.gained(5));
    assert!(
        own > 0 && (own - 3 * other).abs() <= 4,
        "{debt}: {own} {other}"
    );
}

/// An owner owes a unit of another coin: debtors are not counted, for as long as they like.
#[test]
fn attack_a_debtor_of_a_unit_is_counted() {
    let mut world = old_debt();
    world.next_expiry(&["BTC-26MAR27-130000-C"], 130_000);
    world.deposit(4, 100_000_000, BTC);
    world.anyone(cover(1));
    let (gained, lost) = (world.gained(2), world.ledger(USD).lost);
    // 2 has 180,000 USD and no bitcoin; it buys one unit for a premium in bitcoin.
    world
        .trade(4, 2, &[("BTC-26MAR27-130000-C", 1, 1)])
        .unwrap();
    assert!(world.cash(2, BTC) < 0);
    world.anyone(share(&[2, 5]));
    let part = world.part("BTC_USDC", 2);
    assert_eq!(
        (part.gains.u128(), part.withheld),
        (gained.unsigned_abs(), lost)
    );
}

/// Cash goes into a standing bid while a round runs, uncounted.
#[test]
fn attack_no_gain_hides_in_escrow() {
    let (mut world, debt) = written_off();
    let (sender, consent) = (world.liquidator(), world.side(2).consent);
    let all = world.cash(2, USD).unsigned_abs();
    let reserve = |amount| ExecuteMsg::Reserve {
        account: 2,
        consent: consent.clone(),
        amount: Uint128::new(amount),
    };
    world.refused(&sender, reserve(all), "E_ENGINE_GAINS");
    world.refused(&sender, reserve(all - debt + 1), "E_ENGINE_GAINS");
    world.ok(&sender, reserve(all - debt));
    // What stayed is there to be counted.
    world.anyone(share(&[2]));
    assert_eq!(world.cash(2, USD), 0);
    assert_eq!(world.part("BTC_USDC", 2).withheld.u128(), debt);
}

/// One who was counted with all of his gain is not given back his rest by a withdrawal: his sum is zero and dropped.
#[test]
fn a_withdrawal_gives_back_whatever_the_sum_is() {
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(CALL, 390, 520)]).unwrap();
    world.trade(1, 5, &[(CALL, 10, 520)]).unwrap();
    world.expire_at(130_000, &[1, 2, 5]);
    world.advance(DAY);
    world.publish();
    world.anyone(cover(1));
    let all = world.cash(5, USD).unsigned_abs();
    world.anyone(share(&[2, 5]));
    let part = world.part("BTC_USDC", 5);
    assert_eq!(part.gains, part.withheld);
    world.pass_a_round("BTC_USDC");
    let left = all - part.cut.u128();
    let done = world.withdraw(5, left, USD);
    assert!(done.is_ok(), "{done:?}");
}

/// A cent of a dead coin sent to a dead account keeps its debt in coins for ever: nobody can buy it, nobody writes it off.
#[test]
fn attack_a_dead_coin_keeps_no_debt_from_being_written_off() {
    let mut world = World::liquidatable();
    world.ether();
    world.deposit(2, 300_000_000, BTC);
    world.deposit(5, 900_000_000, BTC);
    world.trade(1, 2, &[(COIN_PUT, 400, 100)]).unwrap();
    world.expire_at(40_000, &[1, 2, 5]);
    let market = oracle::Market::new(3_000, world.now(), &[]);
    world.publish_as(2, &market);
    world.advance(DAY);
    world.publish();
    world.sell_its_dollars();
    world.deposit(1, 1_000, "ueth");
    for _ in 0..400 {
        world.advance(DAY);
    }
    world.publish();
    let debt = world.cash(1, BTC).unsigned_abs();
    world.anyone(cover(1));
    assert_eq!(
        (world.cash(1, BTC), world.ledger(BTC).lost.u128()),
        (0, debt)
    );
}

/// Who owns winners sends a dead coin whose last price is high: the debt is never written off, no deficit is recorded.
#[test]
fn attack_a_coin_of_a_last_price_keeps_no_debt_from_being_written_off() {
    let mut world = old_debt();
    world.ether();
    let debt = (-world.cash(1, USD)).unsigned_abs();
    let market = oracle::Market::new(3_000, world.now() - 2 * 3_600, &[]);
    world.publish_as(2, &market);
    // Four coins that a chain halt has made worthless, at their last price 12,000 USD.
    world.deposit(1, 400_000_000, "ueth");
    for _ in 0..400 {
        world.advance(DAY);
    }
    world.publish();
    world.anyone(cover(1));
    assert_eq!(
        (world.cash(1, USD), world.ledger(USD).lost.u128()),
        (0, debt)
    );
    let all = world.cash(2, USD).unsigned_abs();
    world.kept(2, all, USD, "E_ENGINE_CASH");
    world.kept(2, all - debt + 1, USD, "E_ENGINE_CASH");
    world.withdraw(2, all - debt, USD).unwrap();
    assert_eq!(world.part("BTC_USDC", 2).withheld.u128(), debt);
}

#[test]
fn nothing_here_moves_without_an_event() {
    let (mut world, _) = written_off();
    let sender = world.owner_of(2);
    let amounts = vec![coin(1, USD)];
    let withdraw = ExecuteMsg::Withdraw {
        account: 2,
        amounts,
        to: None,
    };
    let response = world.ok(&sender, withdraw);
    let kinds: Vec<&str> = response
        .events
        .iter()
        .map(|event| event.ty.as_str())
        .collect();
    assert!(
        kinds.iter().any(|kind| kind.contains("gains_moved")),
        "{kinds:?}"
    );
    assert_eq!(world.part("BTC_USDC", 2).moved, Int128::zero());
}

mod fuzz {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Cover(u64),
        Share(u8, Vec<u64>),
        Withdraw(u64, u8),
        Deposit(u64, u32),
        Insure(u8, u32),
        Trade(u64, u64, u8, i64, i64),
        Reserve(u64, u8),
        Release(u64, u8),
        Wait(u32),
        Spot(u64),
        Claim(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        let account = || prop::sample::select(vec![1_u64, 2, 4, 5, 6]);
        prop_oneof![
            account().prop_map(Step::Cover),
            (0_u8..2, prop::collection::vec(account(), 0..4)).prop_map(|(m, a)| Step::Share(m, a)),
            (account(), 1_u8..=100).prop_map(|(who, part)| Step::Withdraw(who, part)),
            (account(), any::<u32>()).prop_map(|(who, amount)| Step::Deposit(who, amount)),
            (0_u8..2, any::<u32>()).prop_map(|(m, a)| Step::Insure(m, a)),
            (account(), account(), 0_u8..2, -200_i64..200, 1_i64..100_000)
                .prop_map(|(a, b, m, size, price)| Step::Trade(a, b, m, size, price)),
            (account(), 1_u8..=100).prop_map(|(who, part)| Step::Reserve(who, part)),
            (account(), 1_u8..=100).prop_map(|(who, part)| Step::Release(who, part)),
            (0_u32..100_000).prop_map(Step::Wait),
            (40_000_u64..400_000).prop_map(Step::Spot),
            account().prop_map(Step::Claim),
        ]
    }

    const MARKETS: [&str; 2] = ["BTC_USDC", "XBT_USDC"];
    const SERIES: [&str; 2] = ["BTC_USDC-26MAR27-130000-C", "XBT_USDC-26MAR27-130000-C"];

    fn play(world: &mut World, step: &Step) {
        let anyone = world.app.api().addr_make("anyone");
        let liquidator = world.liquidator();
        let done = match step {
            Step::Cover(id) => world.send(&anyone, cover(*id), &[]),
            Step::Share(market, accounts) => world.send(
                &anyone,
                share_in(MARKETS[usize::from(*market)], accounts),
                &[],
            ),
            Step::Withdraw(account, part) => {
                let cash = world.cash(*account, USD).max(0).unsigned_abs();
                world.withdraw(*account, cash * u128::from(*part) / 100, USD)
            }
            Step::Deposit(account, amount) => {
                world.deposit(*account, u128::from(*amount) + 1, USD);
                return;
            }
            Step::Insure(market, amount) => {
                world.insure(MARKETS[usize::from(*market)], u128::from(*amount) + 1);
                return;
            }
            Step::Trade(maker, taker, market, size, price) => world.trade(
                *maker,
                *taker,
                &[(SERIES[usize::from(*market)], *size, *price)],
            ),
            Step::Reserve(account, part) => {
                let cash = world.cash(*account, USD).max(0).unsigned_abs();
                let amount = Uint128::new(cash * u128::from(*part) / 100);
                let consent = world.side(*account).consent;
                world.send(
                    &liquidator,
                    ExecuteMsg::Reserve {
                        account: *account,
                        consent,
                        amount,
                    },
                    &[],
                )
            }
            Step::Release(account, part) => {
                let escrow = world.escrow(*account);
                let amount = Uint128::new(escrow * u128::from(*part) / 100);
                world.send(
                    &liquidator,
                    ExecuteMsg::Release {
                        account: *account,
                        amount,
                    },
                    &[],
                )
            }
            Step::Wait(seconds) => {
                world.advance(u64::from(*seconds));
                world.publish();
                return;
            }
            Step::Spot(spot) => {
                world.set_spot(*spot);
                return;
            }
            Step::Claim(account) => world.send(
                &anyone,
                ExecuteMsg::ClaimQueued {
                    account: *account,
                    denom: USD.into(),
                    to: None,
                },
                &[],
            ),
        };
        if let Err(error) = done {
            for code in ["CORRUPT", "IMBALANCE", "OVERFLOW", "anicked"] {
                assert!(!error.contains(code), "{step:?}: {error}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// Whatever happens, over two expiries, two markets and several debtors, nothing breaks and nothing withheld stays.
        #[test]
        fn inv_17_no_sequence_keeps_a_round_from_its_end(early in prop::collection::vec(step(), 1..30), late in prop::collection::vec(step(), 1..30), last in 60_000_u64..500_000) {
            let mut world = World::liquidatable();
            let dusty = world.new_account("dusty");
            world.deposit(dusty, 100_000_000_000, USD);
            world.second_market(&["XBT_USDC-25DEC26-100000-C", SERIES[1]]);
            world.list(&[SERIES[0]]);
            world.trade(1, 2, &[(CALL, 300, 520)]).unwrap();
            world.trade(1, 5, &[("XBT_USDC-25DEC26-100000-C", 100, 520)]).unwrap();
            world.trade(dusty, 4, &[(CALL, 400, 520)]).unwrap();
            world.expire_at(130_000, &[1, 2, 4, 5, dusty]);
            world.advance(DAY);
            world.market.expiries = vec![(MAR, 300)];
            world.publish();
            for step in &early {
                play(&mut world, step);
            }
            if world.now() < u64::from(MAR) * 60 {
                world.advance_to(u64::from(MAR) * 60 + 60);
            }
            world.fix(MAR, last);
            world.set_spot(last);
            for step in &late {
                play(&mut world, step);
            }
            let everybody: Vec<u64> = (1..=6).rev().collect();
            world.anyone(ExecuteMsg::SettleAccounts { accounts: everybody.clone() });
            for _ in 0..4 {
                for id in &everybody {
                    // Anyone takes a debtor's bids back.
                    play(&mut world, &Step::Release(*id, 100));
                    play(&mut world, &Step::Cover(*id));
                }
                for market in [0, 1] {
                    play(&mut world, &Step::Share(market, everybody.clone()));
                }
                play(&mut world, &Step::Wait(100_000));
                for market in [0, 1] {
                    play(&mut world, &Step::Share(market, everybody.clone()));
                }
            }
            let ledger = world.ledger(USD);
            prop_assert_eq!(ledger.debt.u128(), 0);
            if ledger.lost.u128() == 0 {
                prop_assert_eq!(ledger.withheld.u128(), 0);
            } else {
                for market in MARKETS {
                    let found = world.loss_in(market, None);
                    prop_assert!(found.lost.u128() == 0 || found.gains.u128() == 0, "{:?}", found);
                }
            }
        }
    }
}
