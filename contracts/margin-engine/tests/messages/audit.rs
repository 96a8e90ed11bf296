//! The checks that every message of every test passes find what they look for: each is shown stores that no message leaves behind.

use cosmwasm_std::testing::MockStorage;
use cosmwasm_std::{
    ContractInfo, Deps, Env, Event, Order, Response, Storage, Uint128, coin, to_json_vec,
};
use margin_engine::audit::{Answered, AuditError, check_message};
use protocol_api::engine::*;

use crate::common::*;
use crate::insurance::at_knee;

/// The engine's store as it is.
fn store(world: &World) -> MockStorage {
    let mut store = MockStorage::new();
    for (key, value) in world.dump() {
        store.set(&key, &value);
    }
    store
}

/// What the check says if the message made one store of the other, at the world's prices and time.
fn said(
    world: &World,
    stores: (&MockStorage, &MockStorage),
    msg: &ExecuteMsg,
    events: Vec<Event>,
) -> Result<(), AuditError> {
    let response = Response::new().add_events(events);
    answered(world, stores, msg, Some(&response))
}

fn answered(
    world: &World,
    (before, after): (&MockStorage, &MockStorage),
    msg: &ExecuteMsg,
    response: Option<&Response>,
) -> Result<(), AuditError> {
    let all = |store: &MockStorage| -> Vec<Vec<u8>> {
        store
            .range(None, None, Order::Ascending)
            .map(|(key, _)| key)
            .collect()
    };
    let mut keys = all(before);
    keys.extend(all(after));
    keys.retain(|key| before.get(key) != after.get(key));
    let written: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
    let with = |storage| Deps {
        storage,
        api: world.app.api(),
        querier: world.app.wrap(),
    };
    let env = Env {
        block: world.app.block_info(),
        transaction: None,
        contract: ContractInfo {
            address: world.engine.clone(),
        },
    };
    check_message(&Answered {
        before: with(before),
        after: with(after),
        env: &env,
        msg: &to_json_vec(msg).unwrap(),
        response,
        written: &written,
    })
}

#[track_caller]
fn broken(found: Result<(), AuditError>, invariant: &str) {
    let AuditError::Broken(broken) = found.unwrap_err() else {
        panic!("the store cannot be read");
    };
    assert_eq!(broken.invariant, invariant, "{broken}");
}

fn fills(world: &World, maker: u64, taker: u64) -> ExecuteMsg {
    let fills = vec![world.fill(maker, taker, &[(CALL, 400, 520)])];
    ExecuteMsg::SettleFills { fills }
}

fn settle(accounts: &[u64]) -> ExecuteMsg {
    let accounts = accounts.to_vec();
    ExecuteMsg::SettleAccounts { accounts }
}

/// Account 1 sells 400 calls to account 2: the stores before and after it.
fn traded(world: &mut World) -> (MockStorage, MockStorage) {
    let before = store(world);
    world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
    (before, store(world))
}

#[test]
fn inv_3_a_trade_without_margin_is_found() {
    let mut world = World::funded();
    let (before, after) = traded(&mut world);
    let msg = fills(&world, 1, 2);
    said(&world, (&before, &after), &msg, vec![]).unwrap();
    // The same trade at a price at which it is worth too much, and at none.
    world.set_spot(120_000);
    broken(said(&world, (&before, &after), &msg, vec![]), "INV-3");
    world.silence();
    broken(said(&world, (&before, &after), &msg, vec![]), "INV-3");
}

#[test]
fn inv_3_and_4_a_withdrawal_too_much_is_found() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
    let whole = store(&world);
    let amounts = vec![coin(10_000_000_000, USD)];
    let msg = |account| ExecuteMsg::Withdraw {
        account,
        amounts: amounts.clone(),
        to: None,
    };
    world.withdraw(1, 10_000_000_000, USD).unwrap();
    let less = store(&world);
    said(&world, (&whole, &less), &msg(1), vec![]).unwrap();
    world.set_spot(115_000);
    broken(said(&world, (&whole, &less), &msg(1), vec![]), "INV-3");
    // Settled at 130,000 it owes coins.
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 130_000);
    broken(said(&world, (&whole, &less), &msg(1), vec![]), "INV-4");
}

/// Where the first market's insurance is stored.
const INSURANCE: &[u8] = b"\x01u\x00\x01";

/// Where the first market is stored.
const MARKET: &[u8] = b"\x01m\x00\x01";

#[test]
fn inv_5_other_terms_are_found() {
    let world = World::new();
    let mut other = World::bare();
    let owner = other.owner.clone();
    let listing = btc_coin();
    other.ok(&owner, ExecuteMsg::AddCoin { listing });
    let mut listing = linear();
    listing.tick = listing.tick + listing.tick;
    other.ok(&owner, ExecuteMsg::AddMarket { listing });
    let (before, mut after) = (store(&world), store(&world));
    after.set(MARKET, &store(&other).get(MARKET).unwrap());
    broken(
        said(&world, (&before, &after), &settle(&[]), vec![]),
        "INV-5",
    );
}

#[test]
fn inv_5_another_settlement_price_is_found() {
    let fixed_at = |dollars| {
        let mut world = World::new();
        world.advance_to(u64::from(DEC) * 60 + 60);
        world.fix(DEC, dollars);
        let (owner, expiry) = (world.owner.clone(), u64::from(DEC) * 60);
        let market = "BTC_USDC".into();
        world.ok(&owner, ExecuteMsg::FixExpiry { market, expiry });
        world
    };
    let (world, other) = (fixed_at(100_000), fixed_at(100_001));
    let stores = (store(&world), store(&other));
    let found = said(&world, (&stores.0, &stores.1), &settle(&[]), vec![]);
    broken(found, "INV-5");
}

#[test]
fn inv_7_a_debt_past_its_cap_is_found() {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 100_000_000_000, USD);
    let before = store(&world);
    world.trade(2, 1, &[(CALL, 100, 520)]).unwrap();
    let msg = ExecuteMsg::SettleFills {
        fills: vec![world.fill(2, 1, &[(CALL, 100, 520)])],
    };
    said(&world, (&before, &store(&world)), &msg, vec![]).unwrap();
    let (owner, denom, effective_at) = (world.owner.clone(), USD.into(), world.now());
    let terms = CoinTerms {
        weight_initial: cosmwasm_std::Decimal::one(),
        weight_maintenance: cosmwasm_std::Decimal::one(),
        debt_cap: Uint128::new(1_000_000_000),
        ..coin_terms()
    };
    let lower = ExecuteMsg::SetCoinTerms {
        denom,
        terms,
        effective_at,
    };
    world.ok(&owner, lower);
    let found = said(&world, (&before, &store(&world)), &msg, vec![]);
    broken(found, "INV-7");
}

#[test]
fn inv_8_collateral_that_went_too_cheap_is_found() {
    let mut world = crate::buy_collateral::debt_world();
    world.advance(86_400);
    world.publish();
    let before = store(&world);
    let (bob, msg) = (
        world.bob.clone(),
        crate::buy_collateral::buy(1_000_000, u128::MAX),
    );
    world.ok(&bob, msg.clone());
    let after = store(&world);
    said(&world, (&before, &after), &msg, vec![]).unwrap();
    // A twentieth is the largest discount.
    world.set_spot(115_000);
    said(&world, (&before, &after), &msg, vec![]).unwrap();
    world.set_spot(116_000);
    broken(said(&world, (&before, &after), &msg, vec![]), "INV-8");
}

#[test]
fn inv_10_a_covered_account_that_others_uncover_is_found() {
    let mut world = World::funded();
    let (before, after) = traded(&mut world);
    let found = said(&world, (&before, &after), &settle(&[1]), vec![]);
    broken(found, "INV-10");
}

#[test]
fn inv_12_an_insurance_that_pays_twice_at_once_is_found() {
    let mut world = World::funded();
    let market = "BTC_USDC";
    let before = store(&world);
    world.insure(market, 19);
    let after = store(&world);
    let fund = ExecuteMsg::FundInsurance {
        market: market.into(),
    };
    said(&world, (&before, &after), &fund, vec![]).unwrap();
    broken(said(&world, (&after, &before), &fund, vec![]), "INV-12");
}

/// A step on a solvent account: the stores before and after it, the order and its events.
fn stepped(world: &mut World) -> (MockStorage, MockStorage, ExecuteMsg, Vec<Event>) {
    let before = store(world);
    let order = at_knee(world, vec![world.taker(4, 900_000_000_000)]);
    let msg = ExecuteMsg::Liquidate(order);
    let sender = world.liquidator();
    let done = world.ok(&sender, msg.clone());
    let own = done.events.into_iter().filter_map(|mut event| {
        event.ty = event.ty.strip_prefix("wasm-")?.to_owned();
        Some(event)
    });
    (before, store(world), msg, own.collect())
}

#[test]
fn inv_14_a_step_that_lowers_health_is_found() {
    let mut world = World::short_calls(111_000);
    let (mut before, after, msg, events) = stepped(&mut world);
    said(&world, (&before, &after), &msg, events.clone()).unwrap();
    // Nobody knows whether the taker has his margin.
    world.silence();
    broken(
        said(&world, (&before, &after), &msg, events.clone()),
        "INV-14",
    );
    // The step undone, but for its penalty.
    world.set_spot(111_000);
    before.set(INSURANCE, &after.get(INSURANCE).unwrap());
    broken(said(&world, (&after, &before), &msg, events), "INV-14");
}

/// The stored insurance of the first market once it has held so much for an hour.
fn insurance_of(amount: u128) -> Vec<u8> {
    let mut world = World::funded();
    world.insure("BTC_USDC", amount);
    world.advance(3_600);
    world.insure("BTC_USDC", 1);
    store(&world).get(INSURANCE).unwrap()
}

#[test]
fn inv_15_an_insurance_that_pays_for_a_solvent_account_is_found() {
    let mut world = World::short_calls(111_000);
    let (mut before, mut after, msg, events) = stepped(&mut world);
    before.set(INSURANCE, &insurance_of(1_000_000));
    after.set(INSURANCE, &insurance_of(1_000_000));
    said(&world, (&before, &after), &msg, events.clone()).unwrap();
    after.set(INSURANCE, &insurance_of(999_999));
    broken(said(&world, (&before, &after), &msg, events), "INV-15");
}

#[test]
fn inv_16_a_closing_that_makes_positions_is_found() {
    let mut world = World::funded();
    let (before, after) = traded(&mut world);
    let order = DeleverageOrder {
        account: 1,
        auction: AuctionStart {
            at: 0,
            price_time: 0,
        },
        end_after: 60,
        counterparties: vec![2],
    };
    let found = said(
        &world,
        (&before, &after),
        &ExecuteMsg::Deleverage(order.clone()),
        vec![],
    );
    // Who was covered is found first.
    broken(found, "INV-10");
    world.trade(1, 2, &[(CALL, 1, 520)]).unwrap();
    let found = said(
        &world,
        (&after, &store(&world)),
        &ExecuteMsg::Deleverage(order),
        vec![],
    );
    broken(found, "INV-16");
}

#[test]
fn inv_18_a_refused_message_that_wrote_is_found() {
    let mut world = World::funded();
    let (before, after) = traded(&mut world);
    let msg = fills(&world, 1, 2);
    answered(&world, (&before, &before), &msg, None).unwrap();
    broken(answered(&world, (&before, &after), &msg, None), "INV-18");
}
