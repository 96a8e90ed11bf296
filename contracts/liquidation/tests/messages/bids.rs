//! `PlaceBid`, `WithdrawBid`.

use cosmwasm_std::Uint128;
use protocol_api::engine::Standing;
use protocol_api::liquidation::{BidsResponse, ExecuteMsg, QueryMsg};

use crate::engine::Account;
use crate::world::{World, attribute};

fn withdraw(account: u64, reward: i32) -> ExecuteMsg {
    ExecuteMsg::WithdrawBid { account, reward }
}

#[test]
fn a_bid_moves_its_budget_into_escrow_and_back() {
    let mut world = World::new();
    let response = world.place(3, 20_000, 5_000).unwrap();
    let active_at = world.now() + 300;
    assert_eq!(
        attribute(&response, "bid_placed", "active_at"),
        Some(active_at.to_string())
    );
    let bid = world.bids().into_iter().next().unwrap();
    assert_eq!(
        (bid.place.reward, bid.place.active_at, bid.place.account),
        (20_000, active_at, 3)
    );
    assert_eq!(bid.bidder, world.owner_of(3).to_string());
    assert_eq!(world.state().accounts[&3].cash["uusdc"], 995_000);
    world.check_escrow();
    let owner = world.owner_of(3);
    let response = world.send(&owner, &withdraw(3, 20_000)).unwrap();
    assert_eq!(
        attribute(&response, "bid_ended", "released"),
        Some("5000".into())
    );
    assert_eq!(world.state().accounts[&3].cash["uusdc"], 1_000_000);
    assert!(world.bids().is_empty());
    world.check_escrow();
    world.refused(&owner, &withdraw(3, 20_000), "E_LIQUIDATION_NO_BID");
}

#[test]
fn a_bid_needs_a_slot_a_budget_and_room() {
    let mut world = World::new();
    let owner = world.owner_of(3);
    let bid = |reward, budget| ExecuteMsg::PlaceBid {
        account: 3,
        reward,
        budget: Uint128::new(budget),
    };
    for reward in [5_000, -30_000, 1_010_000, i32::MIN, i32::MAX] {
        world.refused(&owner, &bid(reward, 5_000), "E_LIQUIDATION_REWARD");
    }
    world.refused(&owner, &bid(0, 999), "E_LIQUIDATION_BUDGET");
    world.refused(&owner, &bid(0, 1_000_001), "E_ENGINE_CONSENT");
    world.send(&owner, &bid(0, 1_000)).unwrap();
    world.refused(&owner, &bid(0, 1_000), "E_LIQUIDATION_BID_EXISTS");
    for reward in [-20_000, 1_000_000, 10_000] {
        world.send(&owner, &bid(reward, 1_000)).unwrap();
    }
    world.refused(&owner, &bid(20_000, 1_000), "E_LIQUIDATION_TOO_MANY_BIDS");
    world.place(4, 20_000, 1_000).unwrap();
    let mine: BidsResponse = world.query(&QueryMsg::BidsByAccount { account: 3 });
    let rewards: Vec<i32> = mine.bids.iter().map(|bid| bid.place.reward).collect();
    assert_eq!(rewards, [-20_000, 0, 10_000, 1_000_000]);
}

#[test]
fn only_who_may_trade_for_the_account_bids_and_takes_back() {
    let mut world = World::new();
    let stranger = world.owner_of(4);
    let bid = ExecuteMsg::PlaceBid {
        account: 3,
        reward: 0,
        budget: Uint128::new(5_000),
    };
    world.refused(&stranger, &bid, "E_ENGINE_CONSENT");
    world.place(3, 0, 5_000).unwrap();
    world.refused(&stranger, &withdraw(3, 0), "E_LIQUIDATION_UNAUTHORIZED");
    // The account changes hands: its new owner has the bid, the old one has not.
    let (old, new) = (world.owner_of(3), world.address("new owner"));
    world.change(|state| state.accounts.get_mut(&3).unwrap().owner = new.to_string());
    world.refused(&old, &withdraw(3, 0), "E_LIQUIDATION_UNAUTHORIZED");
    world.send(&new, &withdraw(3, 0)).unwrap();
    world.check_escrow();
}

#[test]
fn anyone_takes_back_the_bid_of_who_is_late_or_owes_below_maintenance() {
    let owe = |own: &mut Account| {
        own.cash.insert("ubtc".into(), -1);
    };
    let defaults: [fn(&mut Account); 2] = [
        |own| own.late = true,
        |own| own.standing = Some(Standing::Shallow),
    ];
    for default in defaults {
        let mut world = World::new();
        world.place(3, 0, 5_000).unwrap();
        let stranger = world.owner_of(4);
        let unauthorized = "E_LIQUIDATION_UNAUTHORIZED";
        world.refused(&stranger, &withdraw(3, 0), unauthorized);
        // Neither alone: to owe a unit, as after a slice; to be late or below maintenance with nothing owed.
        world.change(|state| owe(state.accounts.get_mut(&3).unwrap()));
        world.refused(&stranger, &withdraw(3, 0), unauthorized);
        world.change(|state| {
            let own = state.accounts.get_mut(&3).unwrap();
            own.cash.clear();
            default(own);
        });
        world.refused(&stranger, &withdraw(3, 0), unauthorized);
        world.change(|state| owe(state.accounts.get_mut(&3).unwrap()));
        world.send(&stranger, &withdraw(3, 0)).unwrap();
        assert!(world.bids().is_empty());
        world.check_escrow();
    }
}

#[test]
fn bids_page_in_the_order_in_which_they_fill() {
    let mut world = World::new();
    for (account, reward) in [(5, 0), (3, 10_000), (4, -20_000), (6, 0)] {
        world.place(account, reward, 1_000).unwrap();
        world.advance(1);
    }
    let all = world.bids();
    let order: Vec<u64> = all.iter().map(|bid| bid.place.account).collect();
    assert_eq!(order, [4, 5, 6, 3]);
    let page = QueryMsg::Bids {
        start_after: Some(all[1].place),
        limit: Some(1),
    };
    let page: BidsResponse = world.query(&page);
    assert_eq!(page.bids, all[2..3]);
}
