//! `Liquidate`: what the engine is asked, and what its answer changes.

use cosmwasm_std::{Binary, Uint128, from_json};
use protocol_api::engine::{Consent, LiquidateData, LiquidatePreview, Standing};
use protocol_api::liquidation::{ExecuteMsg, QueryMsg, Step, Take};

use crate::engine::fingerprint;
use crate::world::{SELLER, World, attribute, deep, liquidate, taken, terms, usdc};

fn accounts(world: &World) -> Vec<u64> {
    world.order().takers.iter().map(|t| t.account).collect()
}

#[test]
fn a_first_step_starts_an_auction_and_the_next_ones_keep_its_clock() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    let response = world.step();
    assert_eq!(world.order().auction, None);
    assert_eq!(world.order().terms, terms().auction);
    assert_eq!(
        attribute(&response, "auction_started", "at"),
        Some(start.to_string())
    );
    world.advance(60);
    world.script(deep(start));
    let response = world.step();
    assert_eq!(world.order().auction.unwrap().at, start);
    assert_eq!(world.order().auction.unwrap().price_time, start - 1);
    assert_eq!(attribute(&response, "auction_started", "at"), None);
    let kept = world.auction().unwrap();
    assert_eq!((kept.start.at, kept.touched), (start, start + 60));
    assert_eq!(kept.restarts_at, start + 60 + 3_600);
}

#[test]
fn attack_risk_26_an_auction_nobody_touched_starts_anew() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    // Touched in time: it runs on, five minutes older.
    world.advance(3_599);
    world.script(deep(start + 3_299));
    world.step();
    assert_eq!(world.order().auction.unwrap().at, start + 3_299);
    // Silent for the tail: the engine is told of no auction and starts one.
    world.advance(3_600);
    let again = world.now();
    world.script(deep(again));
    let response = world.step();
    assert_eq!(world.order().auction, None);
    assert_eq!(world.auction().unwrap().start.at, again);
    assert!(attribute(&response, "auction_started", "at").is_some());
}

/// No step is accepted while prices sell nobody: of that time five minutes count, or a sixth of a shorter schedule.
#[test]
fn attack_risk_33_no_price_falls_through_a_time_in_which_nobody_could_take() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    world.advance(599);
    let shown = world.auction().unwrap();
    assert_eq!((shown.start.at, shown.touched), (start + 299, start));
    world.script(deep(start + 299));
    let response = world.step();
    assert_eq!(world.order().auction.unwrap().at, start + 299);
    assert_eq!(
        attribute(&response, "auction_started", "at"),
        None,
        "it is the same"
    );
    assert_eq!(world.auction().unwrap().start.at, start + 299);
    let mut quick = terms();
    let schedule = &mut quick.auction.schedule;
    (schedule.knee_after, schedule.end_after) = (20, 60);
    (quick.tail, quick.nomination) = (120, 60);
    let owner = world.owner.clone();
    let msg = ExecuteMsg::SetTerms {
        terms: quick,
        effective_at: world.now() + 86_400,
    };
    world.send(&owner, &msg).unwrap();
    world.advance(86_400);
    let start = world.now();
    world.script(deep(start));
    world.step();
    world.advance(119);
    world.step();
    assert_eq!(world.order().auction.unwrap().at, start + 109);
}

/// Whoever steps, and however often, the price goes on falling, as fast as the schedule says and no faster.
#[test]
fn attack_nobody_holds_a_price_up_by_steps_or_hurries_it() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    for seconds in [1, 1, 299, 0, 300, 7] {
        world.advance(seconds);
        world.script(deep(start));
        world.step();
        assert_eq!(world.order().auction.unwrap().at, start);
    }
}

#[test]
fn attack_risk_33_a_clock_that_the_engine_sets_back_stays_back() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    world.advance(3_000);
    // Prices had a gap that ended 100 seconds ago.
    let resumed = world.now() - 100;
    world.script(deep(resumed));
    let response = world.step();
    assert!(attribute(&response, "auction_started", "at").is_some());
    world.advance(10);
    world.step();
    assert_eq!(world.order().auction.unwrap().at, resumed);
}

#[test]
fn a_healthy_account_ends_its_auction() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    world.script(LiquidateData {
        after: Standing::Healthy,
        ..deep(start)
    });
    let response = world.step();
    assert_eq!(
        attribute(&response, "auction_ended", "account"),
        Some(SELLER.to_string())
    );
    assert_eq!(world.auction(), None);
    // Another step on a healthy account changes nothing.
    world.script(LiquidateData {
        before: Standing::Healthy,
        after: Standing::Healthy,
        ..deep(start)
    });
    let response = world.step();
    assert_eq!(attribute(&response, "auction_ended", "account"), None);
    assert_eq!(world.auction(), None);
}

#[test]
fn liq_2_spec_example_bids_fill_by_reward_then_time_and_none_before_its_time() {
    let mut world = World::new();
    // The schedule gives 50,000 after 600 seconds.
    let start = world.now();
    world.script(deep(start));
    world.step();
    world.place(3, 20_000, 5_000).unwrap();
    world.place(4, 10_000, 5_000).unwrap();
    world.advance(10);
    world.place(2, 20_000, 5_000).unwrap();
    world.place(5, 60_000, 5_000).unwrap();
    world.advance(290);
    // 3 and 4 count to the second, 2 does not yet.
    world.script(deep(start));
    world.step();
    assert_eq!(accounts(&world), [4]);
    let asked = world.order().takers.into_iter().next().unwrap();
    assert_eq!((asked.reward, asked.escrowed), (Some(10_000), true));
    assert_eq!(asked.budget, Uint128::new(5_000));
    assert_eq!(
        asked.consent,
        Consent::Address {
            address: world.owner_of(4).to_string()
        }
    );
    world.advance(300);
    world.script(deep(start));
    world.step();
    // At 50,000: the older one of the slot first; 60,000 is out of reach.
    assert_eq!(accounts(&world), [4, 3, 2]);
    world.advance(600);
    world.script(deep(start));
    world.step();
    assert_eq!(accounts(&world), [4, 3, 2, 5]);
}

#[test]
fn four_take_in_a_step_and_the_open_taker_is_one_of_them() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    for account in [1, 3, 4, 5, 6, 7, 8] {
        world.place(account, -10_000, 5_000).unwrap();
    }
    world.place(4, 0, 5_000).unwrap();
    world.advance(600);
    world.script(deep(start));
    world.step();
    assert_eq!(accounts(&world), [3, 4, 5, 6], "the seller does not buy");
    let take = Take {
        account: 4,
        least_reward: 30_000,
        max_pay: Uint128::new(77),
        legs_fingerprint: Some(Binary::from(b"12345678")),
    };
    let sender = world.address("taker");
    world.script(deep(start));
    world.send(&sender, &liquidate(Some(take))).unwrap();
    let order = world.order();
    assert_eq!(accounts(&world), [3, 5, 6, 4], "his own bids are left out");
    assert_eq!(order.legs_fingerprint, Some(Binary::from(b"12345678")));
    let open = order.takers.last().unwrap().clone();
    // The fourth bid, for which he leaves no room, asks no more.
    assert_eq!(
        (open.reward, open.least_reward, open.escrowed),
        (Some(-10_000), Some(30_000), false)
    );
    assert_eq!(open.budget, Uint128::new(77));
    let address = sender.to_string();
    assert_eq!(open.consent, Consent::Address { address });
}

#[test]
fn a_step_looks_at_as_many_bids_as_its_sender_says() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    for account in [3, 4, 5, 6, 7] {
        world.place(account, -10_000, 5_000).unwrap();
    }
    world.advance(600);
    let keeper = world.address("keeper");
    let step = |bids, take| {
        ExecuteMsg::Liquidate(Step {
            account: SELLER,
            take,
            keeper: None,
            bids,
        })
    };
    for (bids, asked) in [(1, 1), (3, 3), (4, 4)] {
        world.script(deep(start));
        world.send(&keeper, &step(Some(bids), None)).unwrap();
        assert_eq!(accounts(&world), [3, 4, 5, 6][..asked]);
    }
    let take = Take {
        account: 8,
        least_reward: 0,
        max_pay: Uint128::new(77),
        legs_fingerprint: None,
    };
    for refused in [
        step(Some(0), None),
        step(Some(5), None),
        step(Some(u32::MAX), None),
        step(Some(3), Some(take)),
    ] {
        world.refused(&keeper, &refused, "E_LIQUIDATION_BIDS");
    }
}

#[test]
fn an_account_bids_once_a_step() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    for reward in [-20_000, -10_000, 0] {
        world.place(3, reward, 5_000).unwrap();
    }
    world.place(4, 0, 5_000).unwrap();
    world.advance(600);
    world.script(deep(start));
    world.step();
    assert_eq!(accounts(&world), [3, 4]);
    assert_eq!(world.order().takers[0].reward, Some(-20_000));
}

#[test]
fn liq_1_spec_example_bids_shrink_end_or_are_dropped_and_escrow_follows() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    for account in [3, 4, 5, 6] {
        world.place(account, 0, 5_000).unwrap();
    }
    world.check_escrow();
    world.advance(600);
    world.script(LiquidateData {
        taken: vec![taken(3, 0, 3_000), taken(5, 0, 4_500)],
        passed_over: vec![4],
        keeper_reward: Uint128::new(9),
        ..deep(start)
    });
    let response = world.step();
    let left: Vec<(u64, u128)> = world
        .bids()
        .iter()
        .map(|bid| (bid.place.account, bid.budget.u128()))
        .collect();
    assert_eq!(left, [(3, 2_000), (6, 5_000)]);
    world.check_escrow();
    let cash = |account: u64| world.state().accounts[&account].cash["uusdc"];
    assert_eq!(cash(4), 1_000_000, "passed over: all of it returns");
    assert_eq!(cash(5), 995_500, "500 is below the least budget");
    assert_eq!(cash(3), 995_000);
    let data: LiquidateData = from_json(response.data.unwrap()).unwrap();
    assert_eq!(data.keeper_reward, Uint128::new(9));
    // The struck ones are gone for their owners, too: they may bid there again.
    world.place(4, 0, 5_000).unwrap();
    world.check_escrow();
}

#[test]
fn attack_options_18_bids_that_cannot_take_block_nobody() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    for account in [3, 4, 5, 6] {
        world.place(account, -20_000, 1_000).unwrap();
    }
    world.place(7, -20_000, 1_000).unwrap();
    world.advance(600);
    world.script(LiquidateData {
        passed_over: vec![3, 4, 5, 6],
        ..deep(start)
    });
    world.step();
    world.script(deep(start));
    world.step();
    assert_eq!(accounts(&world), [7]);
    world.check_escrow();
}

#[test]
fn what_the_fund_pays_leaves_a_bid_as_it_was() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    world.place(3, 0, 5_000).unwrap();
    world.advance(600);
    world.script(LiquidateData {
        before: Standing::Insolvent,
        taken: vec![taken(3, 0, -800)],
        ..deep(start)
    });
    world.step();
    assert_eq!(world.bids()[0].budget, Uint128::new(5_000));
    world.check_escrow();
}

#[test]
fn an_engine_that_takes_more_than_a_budget_is_refused() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    world.place(3, 0, 5_000).unwrap();
    world.advance(600);
    world.script(LiquidateData {
        taken: vec![taken(3, 0, 5_001)],
        ..deep(start)
    });
    let keeper = world.address("keeper");
    world.refused(&keeper, &liquidate(None), "E_LIQUIDATION_ENGINE_ANSWER");
}

#[test]
fn a_step_that_the_engine_refuses_changes_nothing() {
    let mut world = World::new();
    let keeper = world.address("keeper");
    let msg = ExecuteMsg::Liquidate(Step {
        account: 666,
        take: None,
        keeper: None,
        bids: None,
    });
    world.refused(&keeper, &msg, "E_ENGINE_NO_PRICE");
}

#[test]
fn previews_ask_the_engine_exactly_what_the_step_asks() {
    let mut world = World::new();
    let start = world.now();
    world.script(deep(start));
    world.step();
    for account in [3, 4, 5, 6, 7] {
        world.place(account, 10_000, 5_000).unwrap();
    }
    world.advance(600);
    let take = Take {
        account: 8,
        least_reward: 30_000,
        max_pay: Uint128::new(77),
        legs_fingerprint: None,
    };
    let preview = QueryMsg::Preview(Step {
        account: SELLER,
        take: Some(take.clone()),
        keeper: None,
        bids: None,
    });
    let shown: LiquidatePreview = world.query(&preview);
    let sender = world.owner_of(8);
    let response = world.send(&sender, &liquidate(Some(take))).unwrap();
    let done: LiquidateData = from_json(response.data.unwrap()).unwrap();
    assert_eq!(shown.done, done);
    assert_eq!(done, fingerprint(&world.order()), "not scripted");
}

#[test]
fn liq_5_coins_sent_unasked_change_nothing() {
    let mut world = World::new();
    let giver = world.address("giver");
    world.mint(&giver, &[usdc(1_000)]);
    let keeper = world.address("keeper");
    world.mint(&keeper, &[usdc(1_000)]);
    let before = world.app.dump_wasm_raw(&world.contract);
    let to = world.contract.clone();
    cw_multi_test::Executor::send_tokens(&mut world.app, giver, to, &[usdc(500)]).unwrap();
    assert_eq!(world.app.dump_wasm_raw(&world.contract), before);
    let start = world.now();
    world.script(deep(start));
    world.step();
    world.place(3, 0, 5_000).unwrap();
    world.check_escrow();
    world.refused_with(&keeper, &liquidate(None), &[usdc(1)], "E_FUNDS_UNWANTED");
}
