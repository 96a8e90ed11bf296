//! The checks that every message of every test passes find what they look for: each is shown stores that no message leaves behind.

use cosmwasm_std::testing::MockStorage;
use cosmwasm_std::{
    BankMsg, Coin, ContractInfo, Decimal, Deps, Env, Event, Order, Response, Storage, Uint128,
    coin, to_json_vec,
};
use margin_engine::audit::{Answered, AuditError, audit, check_message};
use protocol_api::engine::*;

use crate::buy_collateral::{buy, debt_world};
use crate::common::*;
use crate::insurance::{at_knee, insolvent};
use crate::losses::{cover, old_debt, share};
use crate::withdraw::short_world;

/// The engine's store as it is.
fn store(world: &World) -> MockStorage {
    let mut store = MockStorage::new();
    for (key, value) in world.dump() {
        store.set(&key, &value);
    }
    store
}

/// A message and what the engine answered to it.
struct Sent {
    msg: ExecuteMsg,
    funds: Vec<Coin>,
    /// `None`: it refused.
    response: Option<Response>,
}

impl Sent {
    fn new(msg: ExecuteMsg) -> Self {
        Self {
            msg,
            funds: vec![],
            response: Some(Response::new()),
        }
    }

    /// With events of the engine.
    fn telling(self, events: Vec<Event>) -> Self {
        let response = Some(Response::new().add_events(events));
        Self { response, ..self }
    }

    /// What the check says if it made one store of the other, at the world's prices and time.
    fn said(&self, world: &World, before: &MockStorage, after: &MockStorage) -> Checked {
        let all = |store: &MockStorage| -> Vec<Vec<u8>> {
            let records = store.range(None, None, Order::Ascending);
            records.map(|(key, _)| key).collect()
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
            funds: &self.funds,
            msg: &to_json_vec(&self.msg).unwrap(),
            response: self.response.as_ref(),
            written: &written,
        })
    }
}

type Checked = Result<(), AuditError>;

#[track_caller]
fn broken(found: Checked, invariant: &str) {
    let AuditError::Broken(broken) = found.unwrap_err() else {
        panic!("the store cannot be read");
    };
    assert_eq!(broken.invariant, invariant, "{broken}");
}

/// Account 1 sells 400 calls to account 2.
fn fills(world: &World) -> Sent {
    let fills = vec![world.fill(1, 2, &[(CALL, 400, 520)])];
    Sent::new(ExecuteMsg::SettleFills { fills })
}

fn settle() -> Sent {
    Sent::new(ExecuteMsg::SettleAccounts { accounts: vec![] })
}

/// The stores before and after account 1 sold 400 calls to account 2.
fn traded(world: &mut World) -> (MockStorage, MockStorage) {
    let before = store(world);
    world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
    (before, store(world))
}

/// The stores before and after account 1, short 400 calls, took 10,000 USD out, and the message.
fn withdrawn(world: &mut World) -> (MockStorage, MockStorage, Sent) {
    world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
    let before = store(world);
    world.withdraw(1, 10_000_000_000, USD).unwrap();
    let amounts = vec![coin(10_000_000_000, USD)];
    let (account, to) = (1, None);
    let mut sent = Sent::new(ExecuteMsg::Withdraw {
        account,
        amounts: amounts.clone(),
        to,
    });
    sent.response = Some(Response::new().add_message(send(amounts)));
    (before, store(world), sent)
}

fn send(amount: Vec<Coin>) -> BankMsg {
    let to_address = "anyone".into();
    BankMsg::Send { to_address, amount }
}

#[test]
fn inv_1_a_coin_too_many_or_too_few_is_found() {
    let mut world = World::funded();
    let (before, after, mut sent) = withdrawn(&mut world);
    sent.said(&world, &before, &after).unwrap();
    for amount in [9_999_999_999, 10_000_000_001] {
        let amount = vec![coin(amount, USD)];
        sent.response = Some(Response::new().add_message(send(amount)));
        broken(sent.said(&world, &before, &after), "INV-1");
    }
    let (before, sent) = (store(&world), Sent::new(ExecuteMsg::Deposit { account: 1 }));
    world.deposit(1, 5, USD);
    let funds = |amount| Sent {
        funds: vec![coin(amount, USD)],
        ..Sent::new(sent.msg.clone())
    };
    funds(5).said(&world, &before, &store(&world)).unwrap();
    broken(funds(6).said(&world, &before, &store(&world)), "INV-1");
}

#[test]
fn inv_3_a_trade_without_margin_is_found() {
    let mut world = World::funded();
    let (before, after) = traded(&mut world);
    let sent = fills(&world);
    sent.said(&world, &before, &after).unwrap();
    // The same trade at a price at which it is worth too much, and at none.
    world.set_spot(120_000);
    broken(sent.said(&world, &before, &after), "INV-3");
    world.silence();
    broken(sent.said(&world, &before, &after), "INV-3");
}

#[test]
fn inv_3_and_4_a_withdrawal_too_much_is_found() {
    let mut world = World::funded();
    let (before, after, sent) = withdrawn(&mut world);
    world.set_spot(115_000);
    broken(sent.said(&world, &before, &after), "INV-3");
    // Settled at 130,000 it owes coins.
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 130_000);
    broken(sent.said(&world, &before, &after), "INV-4");
}

/// Where the first market's insurance and terms are stored.
const INSURANCE: &[u8] = b"\x01u\x00\x01";
const MARKET: &[u8] = b"\x01m\x00\x01";

#[test]
fn inv_5_other_terms_are_found() {
    let world = World::new();
    let mut other = World::bare();
    let (owner, listing) = (other.owner.clone(), btc_coin());
    other.ok(&owner, ExecuteMsg::AddCoin { listing });
    let mut listing = linear();
    listing.tick = listing.tick + listing.tick;
    other.ok(&owner, ExecuteMsg::AddMarket { listing });
    let (before, mut after) = (store(&world), store(&world));
    after.set(MARKET, &store(&other).get(MARKET).unwrap());
    broken(settle().said(&world, &before, &after), "INV-5");
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
    broken(
        settle().said(&world, &store(&world), &store(&other)),
        "INV-5",
    );
}

#[test]
fn inv_7_a_debt_past_its_cap_is_found() {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 100_000_000_000, USD);
    let before = store(&world);
    world.trade(2, 1, &[(CALL, 100, 520)]).unwrap();
    let fills = vec![world.fill(2, 1, &[(CALL, 100, 520)])];
    let sent = Sent::new(ExecuteMsg::SettleFills { fills });
    sent.said(&world, &before, &store(&world)).unwrap();
    let (owner, denom, effective_at) = (world.owner.clone(), USD.into(), world.now());
    let terms = CoinTerms {
        weight_initial: Decimal::one(),
        weight_maintenance: Decimal::one(),
        debt_cap: Uint128::new(1_000_000_000),
        ..coin_terms()
    };
    let lower = ExecuteMsg::SetCoinTerms {
        denom,
        terms,
        effective_at,
    };
    world.ok(&owner, lower);
    broken(sent.said(&world, &before, &store(&world)), "INV-7");
}

#[test]
fn inv_8_collateral_that_went_too_cheap_is_found() {
    let mut world = debt_world();
    world.advance(86_400);
    world.publish();
    let (before, bob, msg) = (store(&world), world.bob.clone(), buy(1_000_000, u128::MAX));
    world.ok(&bob, msg.clone());
    let (after, sent) = (store(&world), Sent::new(msg));
    sent.said(&world, &before, &after).unwrap();
    // A twentieth is the largest discount.
    world.set_spot(115_000);
    sent.said(&world, &before, &after).unwrap();
    world.set_spot(116_000);
    broken(sent.said(&world, &before, &after), "INV-8");
}

#[test]
fn inv_10_a_covered_account_that_others_uncover_is_found() {
    let mut world = World::funded();
    let (before, after) = traded(&mut world);
    broken(settle().said(&world, &before, &after), "INV-10");
}

/// Stored insurance of the first market before and after it paid, in one hour, as much as it may in so many messages.
fn paid(messages: usize) -> (Vec<u8>, Vec<u8>) {
    let mut world = insolvent(100_000_000_000);
    let fund = |world: &World| store(world).get(INSURANCE).unwrap();
    let before = fund(&world);
    for _ in 0..messages {
        let order = at_knee(&world, vec![world.taker(4, 1)]);
        world.liquidate(order).unwrap();
    }
    (before, fund(&world))
}

#[test]
fn inv_12_an_insurance_that_pays_twice_at_once_is_found() {
    let world = World::funded();
    for (messages, found) in [(1, None), (2, Some("INV-12"))] {
        let (mut before, mut after) = (store(&world), store(&world));
        let (was, is) = paid(messages);
        before.set(INSURANCE, &was);
        after.set(INSURANCE, &is);
        let said = settle().said(&world, &before, &after);
        match found {
            None => said.unwrap(),
            Some(invariant) => broken(said, invariant),
        }
    }
}

/// A step on a solvent account: the stores before and after it, and the message.
fn stepped(world: &mut World) -> (MockStorage, MockStorage, Sent) {
    let before = store(world);
    let order = at_knee(world, vec![world.taker(4, 900_000_000_000)]);
    let msg = ExecuteMsg::Liquidate(order);
    let sender = world.liquidator();
    let done = world.ok(&sender, msg.clone());
    let own = done.events.into_iter().filter_map(|mut event| {
        event.ty = event.ty.strip_prefix("wasm-")?.to_owned();
        Some(event)
    });
    let sent = Sent::new(msg).telling(own.collect());
    (before, store(world), sent)
}

#[test]
fn inv_14_a_step_that_costs_more_than_its_reward_is_found() {
    let mut world = World::short_calls(111_000);
    let (before, after, sent) = stepped(&mut world);
    sent.said(&world, &before, &after).unwrap();
    // Nobody knows whether the taker has his margin.
    world.silence();
    broken(sent.said(&world, &before, &after), "INV-14");
    // The same slice at a price at which it was worth less to be rid of.
    world.set_spot(100_000);
    broken(sent.said(&world, &before, &after), "INV-14");
}

#[test]
fn inv_15_an_insurance_that_pays_for_a_solvent_account_is_found() {
    let mut world = World::short_calls(111_000);
    let (mut before, mut after, sent) = stepped(&mut world);
    let (was, is) = paid(1);
    before.set(INSURANCE, &was);
    after.set(INSURANCE, &is);
    broken(sent.said(&world, &before, &after), "INV-15");
}

#[test]
fn inv_16_an_other_side_that_is_left_below_maintenance_is_found() {
    let mut world = World::funded();
    let (before, after, paying) = withdrawn(&mut world);
    let auction = AuctionStart {
        at: 0,
        price_time: 0,
    };
    let order = DeleverageOrder {
        account: 2,
        auction,
        end_after: 60,
        counterparties: vec![1],
    };
    let event = Event::new("deleveraged").add_attribute("counterparty", "1");
    let mut sent = Sent::new(ExecuteMsg::Deleverage(order)).telling(vec![event]);
    let paid = paying.response.unwrap().messages;
    sent.response = sent.response.map(|response| response.add_submessages(paid));
    sent.said(&world, &before, &after).unwrap();
    world.set_spot(111_000);
    broken(sent.said(&world, &before, &after), "INV-16");
}

#[test]
fn inv_18_a_refused_message_that_wrote_is_found() {
    let mut world = World::funded();
    let (before, after) = traded(&mut world);
    let refused = Sent {
        response: None,
        ..fills(&world)
    };
    refused.said(&world, &before, &before).unwrap();
    broken(refused.said(&world, &before, &after), "INV-18");
}

#[test]
fn inv_19_legs_that_move_without_their_owners_are_found() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
    let before = store(&world);
    world.trade(1, 2, &[(CALL, 1, 520)]).unwrap();
    let after = store(&world);
    broken(settle().said(&world, &before, &after), "INV-19");
    let order = at_knee(&world, vec![]);
    let step = Sent::new(ExecuteMsg::Liquidate(order));
    broken(step.said(&world, &before, &after), "INV-19");
}

/// What the audit of the whole store says once the records are gone whose keys begin so, or are as they were in another.
fn audited(world: &World, prefix: &[u8], other: &MockStorage) -> Checked {
    let mut tampered = store(world);
    let records: Vec<_> = tampered.range(None, None, Order::Ascending).collect();
    for (key, _) in records
        .into_iter()
        .filter(|(key, _)| key.starts_with(prefix))
    {
        match other.get(&key) {
            Some(value) => tampered.set(&key, &value),
            None => tampered.remove(&key),
        }
    }
    audit(&tampered, |denom| world.bank(&world.engine, denom))
}

#[test]
fn what_the_store_may_not_be_is_found() {
    let mut world = World::funded();
    let (before, _) = traded(&mut world);
    let nothing = MockStorage::new();
    audited(&world, b"none", &nothing).unwrap();
    broken(audited(&world, b"\x01s", &before), "INV-2");
    broken(audited(&world, b"\x01e", &nothing), "INV-5");
    broken(audit(&store(&world), |_| 1), "INV-1");
    let poorer = store(&world);
    world.deposit(1, 5, USD);
    broken(audited(&world, b"\x01a", &poorer), "INV-1");
}

#[test]
fn what_queues_deficits_and_losses_may_not_be_is_found() {
    let nothing = MockStorage::new();
    let mut world = short_world();
    world.withdraw(2, 30_000_000_000, USD).unwrap();
    broken(audited(&world, b"\x01w", &nothing), "INV-9");
    let mut world = insolvent(1_000_000);
    world.liquidate(at_knee(&world, vec![])).unwrap();
    broken(audited(&world, b"\x01x", &nothing), "INV-13");
    let mut world = old_debt();
    world.anyone(cover(1));
    world.anyone(share(&[2]));
    broken(audited(&world, b"\x01j", &nothing), "INV-17");
}
