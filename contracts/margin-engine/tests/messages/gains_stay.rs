//! What gains owe to a loss, or to a deficit that may become one, does not leave by a trade: neither into another market, nor to
//! an account that has had its turn, nor as a debt in another coin.

use crate::common::liquidation::order;
use crate::common::*;
use crate::losses::*;
use crate::losses_attacks::won_in_coins;

/// Of the market with the loss, and of another one of its underlying.
const MINE: &str = "BTC_USDC-26MAR27-130000-P";
const OTHER: &str = "XBT_USDC-26MAR27-130000-P";

/// What account 1 owes is a deficit, or a loss already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Deficit,
    Loss,
}

/// Account 2 has gained 82,119 USD in BTC_USDC, nobody has named it; some 9,636 USD are missing there, which comes last. With
/// the account of a helper.
fn stage(stage: Stage) -> (World, u64, u128) {
    let mut world = old_debt();
    world.second_market(&[OTHER]);
    world.next_expiry(&[MINE], 130_000);
    let helper = world.new_account("helper");
    world.deposit(helper, 100_000_000_000, USD);
    let missing = match stage {
        Stage::Deficit => {
            world.liquidate(order(1, vec![])).unwrap();
            world.cash(1, USD).unsigned_abs()
        }
        Stage::Loss => {
            world.anyone(cover(1));
            world.ledger(USD).lost.u128()
        }
    };
    (world, helper, missing)
}

impl World {
    /// Account 2 cannot take out what is missing, to the unit.
    fn keeps(&mut self, missing: u128) {
        let cash = self.cash(2, USD).unsigned_abs();
        let withheld = self.part("BTC_USDC", 2).withheld.u128();
        let stays = missing - withheld;
        assert!(self.withdraw(2, cash - stays + 1, USD).is_err());
        self.withdraw(2, cash - stays, USD).unwrap();
    }
}

/// Puts sold in one market and bought in another cover each other, and tie nothing up: in each of them alone they may cost more
/// than all that was gained there.
#[test]
fn legs_of_another_market_hide_no_gain() {
    let (mut world, helper, debt) = stage(Stage::Loss);
    // The first trade counts it.
    world.trade(helper, 2, &[(MINE, -64, 1)]).unwrap();
    assert_eq!(world.part("BTC_USDC", 2).withheld.u128(), debt);
    world.trade(helper, 2, &[(OTHER, 64, 1)]).unwrap();
    assert_eq!(world.part("BTC_USDC", 2).withheld.u128(), debt);

    let (mut world, helper, missing) = stage(Stage::Deficit);
    let both = [(MINE, -64, 1), (OTHER, 64, 1)];
    world.trade_refused(helper, 2, &both[..1], "E_ENGINE_GAINS");
    world.trade_refused(helper, 2, &both, "E_ENGINE_GAINS");
    world.keeps(missing);
}

/// In one fill it pays its gain as premium in one market and is paid as much in another: no coin leaves.
#[test]
fn premiums_of_one_fill_carry_no_gain_into_another_market() {
    for at in [Stage::Loss, Stage::Deficit] {
        let (mut world, helper, debt) = stage(at);
        let ticks = i64::try_from(world.gained(2) / 50_000).unwrap() + 100;
        let legs = [(MINE, 1, ticks), (OTHER, -1, ticks - 40)];
        match at {
            Stage::Loss => {
                world.trade(helper, 2, &legs).unwrap();
                assert_eq!(world.part("BTC_USDC", 2).withheld.u128(), debt);
            }
            Stage::Deficit => {
                world.trade_refused(helper, 2, &legs, "E_ENGINE_GAINS");
                world.keeps(debt);
            }
        }
    }
}

/// It pays its gain to an account that was opened after the round began and has no turn.
#[test]
fn a_gain_is_counted_before_it_is_handed_on() {
    let (mut world, debt) = written_off();
    world.next_expiry(&[MINE], 130_000);
    let late = world.new_account("helper");
    let ticks = i64::try_from(world.gained(2) / 50_000).unwrap() - 1;
    world.trade(late, 2, &[(MINE, 1, ticks / 2)]).unwrap();
    assert_eq!(world.part("BTC_USDC", 2).withheld.u128(), debt);
    // It pays its part beside account 5, whoever has the rest of its gain.
    let (own, other) = (world.gained(2), world.gained(5));
    assert!(other < own + i128::try_from(debt).unwrap());
    world.look_at_all("BTC_USDC");
    world.advance(DAY);
    world.publish();
    world.anyone(share(&[2, 5]));
    assert_eq!(world.ledger(USD).lost.u128(), 0);
    assert!(other - world.gained(5) < i128::try_from(debt / 2).unwrap());
}

/// A gain in bitcoin is collateral for a debt in dollars, which leaves as a premium: it is counted before.
#[test]
fn a_gain_in_coins_is_counted_before_it_carries_a_debt() {
    let mut world = won_in_coins();
    let dollars = world.cash(2, USD).unsigned_abs();
    world.withdraw(2, dollars, USD).unwrap();
    let series = "BTC_USDC-26MAR27-10000-P";
    world.next_expiry(&[series], 40_000);
    let helper = world.new_account("helper");
    world.deposit(helper, 100_000_000, USD);
    world.advance(DAY);
    world.publish();
    world.sell_its_dollars();
    world.anyone(cover(1));
    let lost = world.ledger(BTC).lost;
    assert!(lost.u128() > 10_000_000 && world.cash(2, BTC) > 0);
    // Half of what its bitcoin are worth.
    let ticks = i64::try_from(world.cash(2, BTC) * 200 / 50_000).unwrap();
    world.trade(helper, 2, &[(series, 1, ticks)]).unwrap();
    assert!(world.cash(2, USD) < 0);
    assert_eq!(world.part("BTC", 2).withheld, lost);
}

/// A spread of another market, sold for nothing, is sure to cost 9,000 USD: it is carried by coins of one's own, not by the gain
/// that must stay, whichever comes first, the spread or the withdrawal of the coins.
#[test]
fn a_gain_carries_no_loss_of_another_market() {
    let spread = [
        ("XBT_USDC-26MAR27-260000-P", -90, 40),
        ("XBT_USDC-26MAR27-250000-P", 90, 1),
    ];
    for spread_first in [false, true] {
        let (mut world, helper, missing) = stage(Stage::Deficit);
        world.list(&spread.map(|(series, ..)| series));
        let cash = world.cash(2, USD).unsigned_abs();
        if spread_first {
            world.trade(helper, 2, &spread).unwrap();
            let cash = world.cash(2, USD).unsigned_abs();
            world.kept(2, cash - missing, USD, "E_ENGINE_MARGIN");
            world
                .withdraw(2, cash - missing - 9_000_000_000, USD)
                .unwrap();
        } else {
            world.withdraw(2, cash - missing, USD).unwrap();
            world.trade_refused(helper, 2, &spread, "E_ENGINE_MARGIN");
        }
        world.anyone(cover(1));
        world.anyone(share(&[2]));
        let lost = world.ledger(USD).lost;
        assert_eq!(world.part("BTC_USDC", 2).withheld, lost);
    }
}

/// At prices that are a little old only reducing trades pass. What the count withholds first is no cost of theirs.
#[test]
fn a_trade_that_counts_first_still_only_reduces() {
    let call = "BTC_USDC-26MAR27-130000-C";
    let mut world = old_debt();
    world.next_expiry(&[call], 130_000);
    let helper = world.new_account("helper");
    world.deposit(helper, 100_000_000_000, USD);
    world.trade(helper, 2, &[(call, -10, 2_000)]).unwrap();
    world.anyone(cover(1));
    world.publish();
    world.advance(20);
    world.trade(helper, 2, &[(call, 5, 2_000)]).unwrap();
    assert_eq!(world.part("BTC_USDC", 2).withheld, world.ledger(USD).lost);
}
