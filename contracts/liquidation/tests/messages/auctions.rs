//! `Auctions`: all that run, by account number, in pages.

use protocol_api::engine::{AuctionStart, LiquidateData, Standing};
use protocol_api::liquidation::{AuctionView, AuctionsResponse, ExecuteMsg, QueryMsg, Step};

use crate::world::{World, deep, terms};

fn page(world: &World, start_after: Option<u64>, limit: Option<u32>) -> Vec<AuctionView> {
    let msg = QueryMsg::Auctions { start_after, limit };
    world.query::<AuctionsResponse>(&msg).auctions
}

/// A step of the account by anyone, whose auction began now.
fn step(world: &mut World, account: u64) {
    let (keeper, now) = (world.address("keeper"), world.now());
    world.script(deep(now));
    let msg = ExecuteMsg::Liquidate(Step {
        account,
        take: None,
        keeper: None,
        bids: None,
    });
    world.send(&keeper, &msg).unwrap();
}

/// 35 accounts, the last one first, a second apart: account 1 in the last of 35 seconds.
fn running() -> (World, u64) {
    let mut world = World::new();
    let start = world.now();
    for account in (1..=35).rev() {
        step(&mut world, account);
        world.advance(1);
    }
    (world, start)
}

#[test]
fn auctions_come_by_account_each_with_its_own_clock() {
    let (world, start) = running();
    let expected = |account: u64| {
        let at = start + 35 - account;
        AuctionView {
            account,
            start: AuctionStart {
                at,
                price_time: at - 1,
            },
            touched: at,
            restarts_at: at + u64::from(terms().tail),
        }
    };
    let all: Vec<AuctionView> = (1..=35).map(expected).collect();
    assert_eq!(page(&world, None, Some(100)), all);
    assert_eq!(page(&world, None, Some(u32::MAX)), all);
    assert_eq!(page(&world, None, None), all[..30]);
    assert_eq!(page(&world, Some(30), None), all[30..]);
    assert_eq!(page(&world, Some(7), Some(2)), all[7..9]);
    assert!(page(&world, Some(35), None).is_empty());
}

#[test]
fn an_auction_that_ended_is_gone_and_a_touched_one_keeps_its_start() {
    let (mut world, start) = running();
    let before = page(&world, None, Some(100));
    let now = world.now();
    // Account 5 is touched again, its clock going on; account 4 is healthy.
    world.script(deep(start + 30));
    let keeper = world.address("keeper");
    let again = |account| {
        ExecuteMsg::Liquidate(Step {
            account,
            take: None,
            keeper: None,
            bids: None,
        })
    };
    world.send(&keeper, &again(5)).unwrap();
    world.script(LiquidateData {
        after: Standing::Healthy,
        ..deep(start + 31)
    });
    world.send(&keeper, &again(4)).unwrap();
    let after = page(&world, None, Some(100));
    assert_eq!(after[..3], before[..3]);
    assert_eq!(after[4..], before[5..]);
    let touched = AuctionView {
        touched: now,
        restarts_at: now + u64::from(terms().tail),
        ..before[4].clone()
    };
    assert_eq!(after[3], touched);
}
