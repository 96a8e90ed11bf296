//! `CancelQuotes` and `PruneQuotes`: who may, and what follows.

mod common;

use common::*;
use protocol_api::exchange::*;

fn cancel(account: u64, from: u64, to: u64) -> ExecuteMsg {
    ExecuteMsg::CancelQuotes {
        account,
        from: from.into(),
        to: to.into(),
    }
}

#[test]
fn a_cancelled_quote_is_never_filled_again() {
    let mut world = World::new();
    let owner = world.owner_of(MAKER);
    let part_taken = world.signed(world.quote(3, 5, 500));
    world
        .take(world.order(vec![part_taken.clone()], 1, 1_000))
        .unwrap();
    world.send(&owner, &cancel(MAKER, 2, 4)).unwrap();
    assert!(world.status(MAKER, 3).cancelled);
    assert!(!world.status(MAKER, 5).cancelled);
    world.refused(
        world.order(vec![part_taken], 1, 1_000),
        "E_EXCHANGE_CANCELLED",
    );
    let after = world.signed(world.quote(5, 5, 500));
    world.take(world.order(vec![after], 1, 1_000)).unwrap();
}

#[test]
fn only_who_may_trade_for_the_account_cancels() {
    let mut world = World::new();
    let stranger = world.owner_of(TAKER);
    let error = world.send(&stranger, &cancel(MAKER, 0, 10)).unwrap_err();
    assert!(error.contains("E_EXCHANGE_UNAUTHORIZED"), "{error}");
    assert!(!world.status(MAKER, 3).cancelled);
    let owner = world.owner_of(MAKER);
    let error = world.send(&owner, &cancel(MAKER, 11, 10)).unwrap_err();
    assert!(error.contains("E_EXCHANGE_BAD_RANGE"), "{error}");
}

/// What an account's former owner cancelled stays cancelled, so it must not be able to use the numbers up.
#[test]
fn whoever_had_the_account_before_leaves_nonces_to_its_next_owner() {
    let mut world = World::new();
    let former = world.owner_of(MAKER);
    for (from, to) in [(0, u64::MAX), (1 << 63, 1 << 63), (5, NONCE_REACH)] {
        let error = world.send(&former, &cancel(MAKER, from, to)).unwrap_err();
        assert!(error.contains("E_EXCHANGE_FAR_NONCE"), "{error}");
    }
    world
        .send(&former, &cancel(MAKER, 0, NONCE_REACH - 1))
        .unwrap();
    let next = world.signed(world.quote(NONCE_REACH, 5, 500));
    world.take(world.order(vec![next], 1, 1_000)).unwrap();
}

#[test]
fn a_quote_that_cannot_be_cancelled_yet_cannot_be_taken() {
    let mut world = World::new();
    let far = world.signed(world.quote(NONCE_REACH + 1, 5, 500));
    world.refused(
        world.order(vec![far.clone()], 1, 1_000),
        "E_EXCHANGE_FAR_NONCE",
    );
    let owner = world.owner_of(MAKER);
    world.send(&owner, &cancel(MAKER, 0, 1)).unwrap();
    world.take(world.order(vec![far], 1, 1_000)).unwrap();
}

#[test]
fn anyone_prunes_cancelled_records_and_no_others() {
    let mut world = World::new();
    for nonce in [1, 2] {
        let signed = world.signed(world.quote(nonce, 5, 500));
        world.take(world.order(vec![signed], 1, 1_000)).unwrap();
    }
    let owner = world.owner_of(MAKER);
    world.send(&owner, &cancel(MAKER, 0, 1)).unwrap();
    let stranger = world.app.api().addr_make("stranger");
    let nonces = vec![1u64.into(), 2u64.into(), 3u64.into()];
    world
        .send(
            &stranger,
            &ExecuteMsg::PruneQuotes {
                account: MAKER,
                nonces,
            },
        )
        .unwrap();
    assert_eq!(world.status(MAKER, 1).filled.u64(), 0);
    assert_eq!(world.status(MAKER, 2).filled.u64(), 1);
    let quote = world.signed(world.quote(1, 5, 500));
    world.refused(world.order(vec![quote], 1, 1_000), "E_EXCHANGE_CANCELLED");
    let nonces = vec![0u64.into(); 101];
    let error = world
        .send(
            &stranger,
            &ExecuteMsg::PruneQuotes {
                account: MAKER,
                nonces,
            },
        )
        .unwrap_err();
    assert!(error.contains("E_EXCHANGE_TOO_MANY_NONCES"), "{error}");
}
