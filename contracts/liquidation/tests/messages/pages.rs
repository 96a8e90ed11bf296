//! Lists with more records than a page holds.

use protocol_api::liquidation::*;

use crate::engine::Account;
use crate::paging::check_pages;
use crate::world::{World, deep};

#[test]
fn attack_risk_40_auctions_come_in_pages() {
    let mut world = World::new();
    let (keeper, now) = (world.address("keeper"), world.now());
    let accounts: Vec<u64> = (1..=105).collect();
    for account in &accounts {
        world.script(deep(now));
        let step = Step {
            account: *account,
            take: None,
            keeper: None,
            bids: None,
        };
        world.send(&keeper, &ExecuteMsg::Liquidate(step)).unwrap();
    }
    check_pages(100, &accounts, |start_after, limit| {
        let found: AuctionsResponse = world.query(&QueryMsg::Auctions { start_after, limit });
        found.auctions.iter().map(|found| found.account).collect()
    });
}

#[test]
fn attack_risk_40_bids_come_in_pages() {
    let mut world = World::new();
    let rich = world.state().accounts[&1].clone();
    for account in 10..=27 {
        let owner = world.owner_of(account).into_string();
        let rich = rich.clone();
        world.change(|state| {
            state.accounts.insert(account, Account { owner, ..rich });
        });
    }
    let rewards = [-20_000, 0, 50_000, 1_000_000];
    let mut places = Vec::new();
    for reward in rewards {
        for account in 1..=27 {
            world.place(account, reward, 1_000).unwrap();
            places.push(BidPlace {
                reward,
                active_at: world.now() + 300,
                account,
            });
        }
    }
    check_pages(100, &places, |start_after, limit| {
        let found: BidsResponse = world.query(&QueryMsg::Bids { start_after, limit });
        found.bids.iter().map(|bid| bid.place).collect()
    });
    for account in [1, 27] {
        let own: BidsResponse = world.query(&QueryMsg::BidsByAccount { account });
        let own: Vec<i32> = own.bids.iter().map(|bid| bid.place.reward).collect();
        assert_eq!(own, rewards);
    }
}

#[test]
fn attack_risk_40_backstops_come_in_pages() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let groups: Vec<u16> = (1..=105).collect();
    for group in &groups {
        let (group, markets) = (*group, vec!["BTC_USDC".into()]);
        let create = ExecuteMsg::CreateBackstop { group, markets };
        world.send(&owner, &create).unwrap();
    }
    check_pages(100, &groups, |start_after, limit| {
        let found: BackstopsResponse = world.query(&QueryMsg::Backstops { start_after, limit });
        found.backstops.iter().map(|found| found.group).collect()
    });
}
