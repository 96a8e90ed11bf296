//! A round of a loss looks at all accounts before it ends.

use protocol_api::engine::*;

use crate::common::*;
use crate::losses::*;
use crate::losses_attacks::{NEXT_CALL, two_losers};

const MARKET: &str = "BTC_USDC";

fn unseen(world: &World) -> Option<u64> {
    world.loss_in(MARKET, None).unseen
}

fn is_paid(world: &World) -> bool {
    world.ledger(USD).lost.is_zero()
}

/// 2 gained three times what 5 did. 5 is counted, and whoever counts it has nothing against 2.
#[test]
fn attack_risk_31_a_winner_whom_nobody_names_pays_his_share() {
    let (mut world, debt) = written_off();
    let gained = [world.gained(2), world.gained(5)];
    world.anyone(share(&[5]));
    assert_eq!(unseen(&world), Some(4));
    world.advance(DAY);
    // The day is over, and 4, 3, 2, 1 have their turn.
    world.nobody_may(share(&[5]), "E_ENGINE_NOTHING_DUE");
    world.look_at_all(MARKET);
    assert_eq!(unseen(&world), None);
    // 2 was counted late: half a day more.
    assert!(!is_paid(&world));
    world.advance(DAY / 2);
    world.anyone(share(&[2, 5]));
    assert!(is_paid(&world));
    let paid = [gained[0] - world.gained(2), gained[1] - world.gained(5)];
    let all = gained[0] + gained[1];
    for (paid, gained) in paid.into_iter().zip(gained) {
        let fair = (debt * gained.unsigned_abs()).div_ceil(all.unsigned_abs());
        assert_eq!(paid.unsigned_abs(), fair);
    }
}

#[test]
fn accounts_have_their_turn_from_the_last_one_down() {
    let (mut world, _) = written_off();
    assert_eq!(unseen(&world), Some(5));
    // 3 and 4 have gained nothing, and it is not their turn.
    world.nobody_may(share(&[4, 3]), "E_ENGINE_NOTHING_DUE");
    assert_eq!(unseen(&world), Some(5));
    world.anyone(share(&[5, 3, 4]));
    assert_eq!(unseen(&world), Some(3));
    // That is what is due, and once.
    world.anyone(share(&[3]));
    world.nobody_may(share(&[3]), "E_ENGINE_NOTHING_DUE");
    // Who withdraws is looked at.
    world.withdraw(2, 1, USD).unwrap();
    assert_eq!(unseen(&world), Some(1));
    assert_eq!(
        world.loss_in(MARKET, Some(1)).unseen,
        None,
        "as `ShareLoss` of 1 would leave it"
    );
    world.anyone(share(&[1]));
    assert_eq!(unseen(&world), None);
    world.advance(DAY);
    world.anyone(share(&[]));
    assert!(is_paid(&world));
}

/// Accounts that are opened once the round has begun hold nothing up, however many; those before it do, sixteen a message.
#[test]
fn attack_new_accounts_keep_no_round_from_its_end() {
    let mut world = old_debt();
    let crowd = world.app.api().addr_make("crowd");
    let open = |world: &mut World| {
        let venues = vec![];
        world.ok(&crowd, ExecuteMsg::CreateAccount { venues });
    };
    for _ in 0..35 {
        open(&mut world);
    }
    world.anyone(cover(1));
    assert_eq!(unseen(&world), Some(40));
    for left in [24, 8] {
        open(&mut world);
        world.anyone(share(&turn_from(left + 16)));
        assert_eq!(unseen(&world), Some(left));
    }
    world.pass_a_round(MARKET);
    open(&mut world);
    world.anyone(share(&[]));
    assert!(is_paid(&world));
}

/// Nobody cares to look: a round waits six days more, and no longer, also when somebody is counted in its last second.
#[test]
fn a_round_ends_after_a_week_whoever_was_looked_at() {
    for late in [0, WEEK - 1] {
        let (mut world, _) = written_off();
        let latest = world.now() + WEEK;
        world.advance(late);
        world.anyone(share(&[2]));
        let found = world.loss_in(MARKET, None);
        assert_eq!(found.ends_at_latest, Some(latest));
        assert!(found.ends_at <= found.ends_at_latest && found.unseen == Some(5));
        world.advance(WEEK - 1 - late);
        world.nobody_may(share(&[2]), "E_ENGINE_NOTHING_DUE");
        world.advance(1);
        world.anyone(share(&[2]));
        assert!(is_paid(&world));
    }
}

/// 2 is not covered, and has everybody looked at while nobody can say what it could withdraw.
#[test]
fn attack_a_look_without_a_price_is_no_turn() {
    let mut world = old_debt();
    world.next_expiry(&[NEXT_CALL], 130_000);
    world.trade(4, 2, &[(NEXT_CALL, -1, 2_000)]).unwrap();
    world.anyone(cover(1));
    world.advance(61);
    world.anyone(share(&[5, 4, 3, 2, 1]));
    assert_eq!(unseen(&world), Some(2));
    world.advance(DAY);
    world.nobody_may(share(&[2, 1]), "E_ENGINE_NOTHING_DUE");
    assert!(!is_paid(&world));
    world.publish();
    world.anyone(share(&[2, 1]));
    assert_eq!(unseen(&world), None);
    let part = world.loss_in(MARKET, Some(2)).account.unwrap();
    assert_eq!(part.withheld, world.ledger(USD).lost);
}

/// What was written off meanwhile is the next round's, which looks at all again.
#[test]
fn the_next_round_begins_with_the_last_account_again() {
    let (mut world, other) = two_losers();
    world.advance(DAY);
    world.publish();
    world.anyone(cover(1));
    world.look_at_all(MARKET);
    world.anyone(cover(other));
    assert_eq!(unseen(&world), None);
    world.advance(DAY);
    world.anyone(share(&[]));
    let next = world.loss_in(MARKET, None);
    assert_eq!((next.round, next.unseen), (1, Some(other)));
    assert_eq!(next.ends_at, Some(world.now() + DAY));
}
