//! Ways to carry money out before somebody else's loss is known, and feeds that fall silent one after the other.

use protocol_api::engine::{AccountResponse, CoveredResponse, ExecuteMsg, QueryMsg};
use protocol_api::oracle::Validity;

use crate::common::liquidation::order;
use crate::common::*;
use crate::losses::{DAY, cover, share};
use crate::losses_attacks::NEXT_CALL;
use crate::short::leaves_behind;

const OTHER: &str = "XBT_USDC-26MAR27-130000-C";

/// Sells to 4 as many units as margin allows.
fn sell_all_it_can(world: &mut World, seller: u64, (series, ticks): (&str, i64)) -> i64 {
    let mut sold = 0;
    for units in [1_000, 100, 10, 1] {
        while sold < 10_000 && world.trade(seller, 4, &[(series, units, ticks)]).is_ok() {
            sold += units;
        }
    }
    sold
}

/// Withdraws all that margin leaves, by halves of what is there.
fn withdraw_all_it_can(world: &mut World, account: u64) -> u128 {
    let mut out = 0;
    let mut part = world.cash(account, USD).unsigned_abs();
    while part > 0 {
        if world.withdraw(account, part, USD).is_ok() {
            out += part;
        }
        part /= 2;
    }
    out
}

/// A mark is pumped as far as the feed stays valid, or beyond. Options are sold on it, calls above the market or puts that look far
/// out of the money, and the premium is withdrawn. Then the price comes back to where the slow price has been all the time.
#[test]
fn attack_risk_19_options_sold_on_a_pumped_mark_leave_their_loss_behind() {
    for offer in [(FAR_CALL, 1_500), (PUT, 300)] {
        for (spot, level) in [
            (94_000, Validity::Valid),
            (98_000, Validity::Valid),
            (120_000, Validity::Jumped),
        ] {
            pump(offer, spot, level);
        }
    }
}

/// An accomplice pays more than the mark.
fn pump((series, ticks): (&str, i64), spot: u64, level: Validity) {
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(CALL, 300, 520)]).unwrap();
    let brought = world.cash(2, USD).unsigned_abs();
    world.deposit(1, 1_000_000_000_000, USD);
    world.advance(60);
    world.set_spot(spot);
    world.market.slow = 90_000;
    world.set_level(level);
    let sold = sell_all_it_can(&mut world, 2, (series, ticks));
    let found: CoveredResponse = world.query(&QueryMsg::Covered { account: 2 });
    // Where nothing opens he sells what he covers.
    assert_eq!(found.covered, level == Validity::Jumped, "{spot}: {sold}");
    let out = withdraw_all_it_can(&mut world, 2);
    let premium = u128::from(sold.unsigned_abs())
        * TICK_VALUE.unsigned_abs()
        * u128::from(ticks.unsigned_abs());
    assert!(sold > 0 && out <= brought + premium, "{spot}: {sold} {out}");
    world.set_spot(90_000);
    // A move within the scan: he may be sold, and whoever takes him is paid by what he left.
    let left = world.equity(2);
    assert!(
        left > 0,
        "{series} at {spot}: {sold} sold, {out} out, {left}"
    );
}

/// The largest winner settles himself alone and withdraws all that he can, and again when the loser is settled and nobody has
/// stepped. His gain stays until it is collected, then what the loser could not pay: that is shared over gains alone, his among
/// them. Nobody pays out of what he put in, and nobody waits in the end.
#[test]
fn attack_options_17_who_withdraws_before_anybody_steps_takes_nobodys_deposit() {
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(CALL, 300, 520)]).unwrap();
    world.trade(1, 5, &[(CALL, 100, 520)]).unwrap();
    let brought = [4, 5].map(|id| world.cash(id, USD));
    // While nothing is settled a gain is no cash, whoever looks or not.
    world.advance(60);
    world.set_spot(130_000);
    let cash = world.cash(2, USD).unsigned_abs();
    world.kept(2, cash + 1, USD, "E_ENGINE_CASH");
    world.expire_at(130_000, &[2]);
    let found: AccountResponse = world.query(&QueryMsg::Account { account: 2 });
    let gained = found.profits[0].realized.i128().unsigned_abs();
    let uncollected = |world: &World| {
        let all = world.ledger(USD).uncollected;
        assert_eq!(world.loss(None).uncollected, all);
        all.u128()
    };
    assert_eq!(
        uncollected(&world),
        90_000 * 1_000_000,
        "300 units, 300 USD each"
    );
    leaves_behind(&mut world, 2, gained);
    world.anyone(ExecuteMsg::SettleAccounts {
        accounts: vec![1, 5],
    });
    assert_eq!(uncollected(&world), 0);
    let debt = (-world.cash(1, USD)).unsigned_abs();
    assert!(debt > 9_000_000_000, "{debt}");
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), debt);
    leaves_behind(&mut world, 2, debt);
    world.advance(DAY);
    world.publish();
    world.anyone(cover(1));
    world.anyone(share(&[2, 4, 5]));
    world.pass_a_round("BTC_USDC");
    world.anyone(share(&[2, 4, 5]));
    let ledger = world.ledger(USD);
    assert_eq!((ledger.lost.u128(), ledger.withheld.u128()), (0, 0));
    let kept = [4, 5].map(|id| world.cash(id, USD));
    assert_eq!(kept[0], brought[0], "who gained nothing pays nothing");
    assert!(kept[1] >= brought[1], "{kept:?} of {brought:?}");
    assert!(world.cash(2, USD).unsigned_abs() < debt, "he pays as well");
    for id in [2, 4, 5] {
        let all = world.cash(id, USD).unsigned_abs();
        world.withdraw(id, all, USD).unwrap();
    }
    assert_eq!(world.ledger(USD).reserved.u128(), 0);
}

/// What is collected is paid, whoever else is not settled: of two losers one has paid, and as much of the gain leaves. Nor does
/// a trade carry the rest into another market; in this one it stays with who was paid it.
#[test]
fn attack_options_17_a_gain_leaves_as_far_as_it_is_collected() {
    let mut world = World::liquidatable();
    world.list(&[NEXT_CALL]);
    world.second_market(&[OTHER]);
    for (seller, units) in [(1, 100), (4, 200)] {
        world.trade(seller, 2, &[(CALL, units, 520)]).unwrap();
    }
    world.expire_at(130_000, &[2]);
    let all = world.cash(2, USD).unsigned_abs();
    let sold = 60_000 * 1_000_000;
    world.anyone(ExecuteMsg::SettleAccounts { accounts: vec![1] });
    assert_eq!(world.ledger(USD).uncollected.u128(), sold);
    // Nothing is lost yet: every loser so far has paid.
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
    world.kept(2, all - sold + 1, USD, "E_ENGINE_GAINS");
    // To his other account, for an option that is worth nothing.
    world.market.expiries = vec![(DEC + 91 * 1_440, 300)];
    world.set_spot(130_000);
    let ticks = i64::try_from(all / TICK_VALUE.unsigned_abs()).unwrap();
    world.trade_refused(5, 2, &[(OTHER, 1, ticks)], "E_ENGINE_GAINS");
    world.trade(5, 2, &[(NEXT_CALL, 1, ticks)]).unwrap();
    let paid = world.cash(5, USD).unsigned_abs() - sold;
    world.kept(5, paid, USD, "E_ENGINE_MARGIN");
    world.anyone(ExecuteMsg::SettleAccounts { accounts: vec![4] });
    world.withdraw(5, paid, USD).unwrap();
}

/// A loser is settled while his other legs have no price: what his coins lack is a deficit, until a step at a price knows better.
#[test]
fn a_settlement_that_cannot_be_priced_notes_what_coins_lack() {
    let settled = |bitcoins: u128| {
        let mut world = World::liquidatable();
        world.list(&[NEXT_CALL]);
        world.market.expiries.push((DEC + 91 * 1_440, 300));
        world.publish();
        world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
        world.trade(4, 1, &[(NEXT_CALL, 200, 300)]).unwrap();
        if bitcoins > 0 {
            world.deposit(1, bitcoins, BTC);
        }
        world.advance_to(u64::from(DEC) * 60 + 60);
        world.fix(DEC, 130_000);
        world.market.expiries = vec![];
        world.set_spot(130_000);
        world.anyone(ExecuteMsg::SettleAccounts { accounts: vec![1] });
        world
    };
    let mut world = settled(0);
    let debt = world.cash(1, USD).unsigned_abs();
    let noted = |world: &World| world.insurance("BTC_USDC").shortfall.u128();
    assert!(world.cash(1, USD) < 0);
    assert_eq!(noted(&world), debt);
    // With its calls, which it has a price for again.
    world.market.expiries = vec![(DEC + 91 * 1_440, 300)];
    world.set_spot(130_000);
    world.liquidate(order(1, vec![])).unwrap();
    assert!(world.equity(1) > 0);
    assert_eq!(noted(&world), 0);
    // A bitcoin stands for 130,000 USD.
    let world = settled(100_000_000);
    assert!(world.cash(1, USD) < 0);
    assert_eq!(noted(&world), 0);
}

/// Each of two feeds in turn is dead, without a record, unreadable or of any level: whoever owes legs closes them at a fair price.
#[test]
fn attack_options_11_feeds_dropped_in_turn_stop_no_close() {
    let levels = [
        Validity::Invalid,
        Validity::Stale,
        Validity::NoQuorum,
        Validity::Uncertain,
        Validity::Jumped,
        Validity::Aging,
    ];
    for which in 0..levels.len() + 3 {
        for feed in [1, 2] {
            let mut world = World::liquidatable();
            world.ether();
            let other = world.market.clone();
            world.publish_as(2, &other);
            world.deposit(1, 1_000, "ueth");
            world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
            world.drop_feed(feed, levels.get(which).copied(), which % 3);
            let closed = world.trade(2, 1, &[(CALL, 100, 520)]);
            assert!(closed.is_ok(), "{which} of feed {feed}: {closed:?}");
            assert_eq!(world.quantity(1, CALL), 0);
            let all = world.cash(1, USD).unsigned_abs();
            world.withdraw(1, all, USD).unwrap();
        }
    }
}

impl World {
    /// A feed at another level, or without a record, unreadable, or silent for a day.
    fn drop_feed(&mut self, feed: u16, level: Option<Validity>, how: usize) {
        let key = protocol_api::record::market_record_key(feed);
        let mut market = self.market.clone();
        market.published = self.now();
        match (level, how) {
            (Some(level), _) => market.level = level,
            (None, 0) => return self.raw(key, vec![]),
            (None, 1) => return self.raw(key, vec![9, 9, 9]),
            (None, _) => market.published = self.now() - 86_400,
        }
        self.publish_as(feed, &market);
    }
}
