//! Escrow, insurance, deficits: Reserve, Release, FundInsurance, CoverDebt, SetLiquidator, and insolvent accounts.

use cosmwasm_std::{Addr, Uint128, coin};
use protocol_api::engine::*;

use crate::common::liquidation::*;
use crate::common::*;

const PLENTY: u128 = 900_000_000_000;

fn reserve(world: &World, account: u64, amount: u128) -> ExecuteMsg {
    ExecuteMsg::Reserve {
        account,
        consent: world.side(account).consent,
        amount: Uint128::new(amount),
    }
}

fn release(account: u64, amount: u128) -> ExecuteMsg {
    let amount = Uint128::new(amount);
    ExecuteMsg::Release { account, amount }
}

/// The schedule's knee, reward 5 %.
pub fn at_knee(world: &World, takers: Vec<Taker>) -> LiquidateOrder {
    LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(1, takers)
    }
}

#[test]
fn escrow_leaves_cash_and_comes_back() {
    let mut world = World::liquidatable();
    let contract = world.liquidator();
    world.ok(&contract, reserve(&world, 4, 300_000_000_000));
    assert_eq!(world.cash(4, USD), 700_000_000_000);
    assert_eq!(world.ledger(USD).escrow.u128(), 300_000_000_000);
    // It is of the account that it came from.
    world.refused(&contract, release(5, 100_000_000_000), "E_ENGINE_ESCROW");
    world.ok(&contract, release(4, 100_000_000_000));
    assert_eq!(world.escrow(4), 200_000_000_000);
    world.ok(&contract, release(4, 200_000_000_000));
    assert_eq!(world.cash(4, USD), 1_000_000_000_000);
    assert_eq!(world.ledger(USD).escrow.u128(), 0);
    world.refused(&contract, release(4, 1), "E_ENGINE_ESCROW");
}

#[test]
fn what_is_reserved_must_be_there_to_withdraw() {
    let mut world = World::liquidatable();
    let contract = world.liquidator();
    world.refused(&contract, reserve(&world, 4, 0), "E_ENGINE_CASH");
    world.refused(
        &contract,
        reserve(&world, 4, 1_000_000_000_001),
        "E_ENGINE_CASH",
    );
    // Account 3 has not admitted the contract; bob cannot speak for account 4.
    world.refused(&contract, reserve(&world, 3, 1), "E_ENGINE_VENUE");
    let foreign = ExecuteMsg::Reserve {
        account: 4,
        consent: world.side(2).consent,
        amount: Uint128::new(1),
    };
    world.refused(&contract, foreign, "E_ENGINE_CONSENT");
    // What margins a position stays.
    world.trade(4, 2, &[(CALL, 400, 520)]).unwrap();
    world.refused(
        &contract,
        reserve(&world, 4, 1_000_000_000_000),
        "E_ENGINE_MARGIN",
    );
}

#[test]
fn a_bid_in_escrow_pays_from_it() {
    let mut world = World::short_calls(111_000);
    let contract = world.liquidator();
    world.ok(&contract, reserve(&world, 4, 50_000_000_000));
    let cash = world.cash(4, USD);
    let bid = Taker {
        reward: Some(10_000),
        escrowed: true,
        ..world.taker(4, 50_000_000_000)
    };
    let done = world.liquidate(at_knee(&world, vec![bid.clone()])).unwrap();
    let paid = done.taken[0].paid.i128();
    assert_eq!(
        world.ledger(USD).escrow.u128() as i128,
        50_000_000_000 - paid
    );
    // His cash took over the seller's, in proportion, and paid nothing.
    let part = world.cash(4, USD) - cash;
    assert!(part > 0, "{part}");
    // More than is there is passed over: escrow never goes below zero.
    let mut world = World::short_calls(111_000);
    assert_eq!(
        world
            .liquidate(at_knee(&world, vec![bid]))
            .unwrap()
            .taken
            .len(),
        0
    );
}

#[test]
fn what_a_replaced_contract_held_in_escrow_goes_back_to_each_account() {
    let mut world = World::liquidatable();
    let (owner, contract) = (world.owner.clone(), world.liquidator());
    let cash = [4, 5].map(|account| world.cash(account, USD));
    for account in [4, 5] {
        let bid = reserve(&world, account, 1_000_000);
        world.ok(&contract, bid);
    }
    let set = |liquidator: &Addr| ExecuteMsg::SetLiquidator {
        liquidator: liquidator.to_string(),
    };
    let next = world.app.api().addr_make("next");
    // No standing bid keeps the contract in office.
    world.ok(&owner, set(&next));
    let config: ConfigResponse = world.query(&QueryMsg::Config {});
    assert_eq!(config.liquidator, Some(next.to_string()));
    world.refused(&contract, release(4, 0), "E_ENGINE_UNAUTHORIZED");
    // Every account has it back at once, whoever looks; the first message that touches it writes so.
    for (account, cash) in [4, 5].into_iter().zip(cash) {
        assert_eq!((world.cash(account, USD), world.escrow(account)), (cash, 0));
    }
    world.withdraw(4, cash[0].unsigned_abs(), USD).unwrap();
    assert_eq!(world.ledger(USD).escrow.u128(), 1_000_000);
    // The next contract can take out of escrow nothing that it did not put there.
    world.refused(&next, release(5, 1), "E_ENGINE_ESCROW");
    let venue = next.to_string();
    let admit = ExecuteMsg::AdmitVenue {
        account: 5,
        venue,
        admitted: true,
    };
    let carol = world.owner_of(5);
    world.ok(&carol, admit);
    let bid = reserve(&world, 5, 2_000_000);
    world.ok(&next, bid);
    assert_eq!(world.escrow(5), 2_000_000);
    assert_eq!(world.ledger(USD).escrow.u128(), 2_000_000);
    world.ok(&next, release(5, 2_000_000));
    // The old one's book still names bids that are gone: it never comes back.
    world.refused(&owner, set(&contract), "E_ENGINE_RANGE");
    world.refused(&owner, set(&next), "E_ENGINE_RANGE");
    let bad = ExecuteMsg::SetLiquidator {
        liquidator: "nobody".into(),
    };
    world.refused(&owner, bad, "E_ENGINE_CHAIN");
}

#[test]
fn insurance_takes_quote_coins_only() {
    let mut world = World::liquidatable();
    let mallory = world.mallory.clone();
    let fund = |market: &str| ExecuteMsg::FundInsurance {
        market: market.into(),
    };
    world.refused_with(&mallory, fund("BTC"), &[], "E_FUNDS");
    world.refused_with(&mallory, fund("BTC"), &[coin(5, BTC)], "E_FUNDS");
    world.refused_with(&mallory, fund("ETH"), &[coin(5, USD)], "E_ENGINE_UNKNOWN");
    world.insure("BTC", 5_000);
    let found = world.insurance("BTC");
    assert_eq!((found.balance.u128(), found.available.u128()), (5_000, 0));
    world.advance(3_600);
    let found = world.insurance("BTC");
    assert_eq!(found.available.u128(), 250, "half of the hour's at once");
    assert_eq!(found.hour_ends, (world.now() / 3_600 + 1) * 3_600);
    assert_eq!(world.ledger(USD).insurance.u128(), 5_000);
}

/// Account 1 insolvent, with `fund` in the market's insurance since the hour before.
pub fn insolvent(fund: u128) -> World {
    let mut world = World::liquidatable();
    world.trade(1, 2, &[(CALL, 400, 520)]).unwrap();
    world.insure("BTC_USDC", fund);
    world.advance(3_600);
    world.set_spot(131_000);
    assert!(world.equity(1) < 0);
    world
}

#[test]
fn an_insolvent_account_goes_whole_and_insurance_pays_what_it_lacks() {
    let mut world = insolvent(1_000_000_000_000);
    let equity = world.equity(1);
    let before = world.equity(4);
    let done = world
        .liquidate(at_knee(&world, vec![world.taker(4, 1)]))
        .unwrap();
    assert_eq!(
        (done.before, done.after),
        (Standing::Insolvent, Standing::Healthy)
    );
    // pi = E: the deficit, all of it from insurance, and no reward on top; nothing is left.
    assert_eq!(
        (done.taken[0].reward, done.taken[0].paid.i128()),
        (0, equity)
    );
    assert_eq!((world.cash(1, USD), world.quantity(1, CALL)), (0, 0));
    let balance = world.insurance("BTC_USDC").balance.u128() as i128;
    assert_eq!(balance, 1_000_000_000_000 + done.taken[0].paid.i128());
    assert!((world.equity(4) - before).abs() <= 2);
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
}

#[test]
fn attack_options_19_insurance_in_hourly_pieces_pays_what_one_step_would_and_health_stays() {
    let at_once = paid_at_once();
    let mut world = insolvent(100_000_000_000);
    let (equity, margin) = world.health_of(1);
    let done = world
        .liquidate(at_knee(&world, vec![world.taker(4, 1)]))
        .unwrap();
    assert_eq!(done.after, Standing::Insolvent);
    let paid = -done.taken[0].paid.i128();
    let cap = 5_000_000_000;
    let spent = |world: &World| 100_000_000_000 - world.insurance("BTC_USDC").balance.u128();
    assert!(spent(&world) <= cap && paid > 0);
    let (left, rest) = world.health_of(1);
    assert!(rest < margin);
    // h is as it was, to a unit of the book.
    let (was, is) = (equity as f64 / margin as f64, left as f64 / rest as f64);
    assert!(is >= was - 1e-9 && is < was + 0.01, "{was} {is}");
    // In the same hour as much again and then nothing more, whoever comes; the deficit is on record and those who are not
    // covered wait.
    world
        .liquidate(at_knee(&world, vec![world.taker(5, 1)]))
        .unwrap();
    assert!(spent(&world) <= 2 * cap && world.insurance("BTC_USDC").available.u128() < 400_000_000);
    let again = world
        .liquidate(at_knee(&world, vec![world.taker(5, 1)]))
        .unwrap();
    assert!(again.taken.is_empty(), "{again:?}");
    assert_eq!(
        world.insurance("BTC_USDC").shortfall.u128() as i128,
        -world.equity(1)
    );
    let pieces = 2 + hourly_until_healthy(&mut world);
    assert_eq!((world.quantity(1, CALL), world.cash(1, USD)), (0, 0));
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
    // What comes to the seller is rounded up once a piece.
    let in_pieces = 100_000_000_000 - world.insurance("BTC_USDC").balance.u128();
    let more = in_pieces.checked_sub(at_once).unwrap();
    assert!(
        pieces > 2 && more <= pieces,
        "{in_pieces}, {at_once} at once"
    );
}

/// The next hours pay on, until nothing is left; how many pieces there were.
fn hourly_until_healthy(world: &mut World) -> u128 {
    for piece in 1..=20 {
        world.advance(3_600);
        world.publish();
        let step = at_knee(world, vec![world.taker(4, 1)]);
        if world.liquidate(step).unwrap().after == Standing::Healthy {
            return piece;
        }
    }
    panic!("it goes on for ever");
}

/// What the same account costs a fund that may pay all of it in one step.
fn paid_at_once() -> u128 {
    let fund = 1_000_000_000_000;
    let mut world = insolvent(fund);
    let step = at_knee(&world, vec![world.taker(4, 1)]);
    assert_eq!(world.liquidate(step).unwrap().after, Standing::Healthy);
    fund - world.insurance("BTC_USDC").balance.u128()
}

#[test]
fn attack_options_17_withdrawals_that_are_not_covered_wait_while_deficits_exceed_insurance() {
    let mut world = insolvent(1_000_000);
    // 4 is short and not covered, 2 is long and covered.
    world.trade(4, 5, &[(FAR_CALL, 10, 3_000)]).unwrap();
    world.withdraw(4, 1_000_000, USD).unwrap();
    world.liquidate(order(1, vec![])).unwrap();
    let shortfall = world.insurance("BTC_USDC").shortfall.u128() as i128;
    assert_eq!(shortfall, -world.equity(1));
    let error = world.withdraw(4, 1_000_000, USD).unwrap_err();
    assert!(error.contains("E_ENGINE_SHORTFALL"), "{error}");
    world.withdraw(2, 1_000_000, USD).unwrap();
    // The sum is what the steps saw: recomputed when one looks again, gone when the account is paid up.
    world.advance(60);
    world.set_spot(133_000);
    world.liquidate(order(1, vec![])).unwrap();
    assert_eq!(
        world.insurance("BTC_USDC").shortfall.u128() as i128,
        -world.equity(1)
    );
    world.deposit(1, 200_000_000_000, USD);
    world.liquidate(order(1, vec![])).unwrap();
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
    world.withdraw(4, 1_000_000, USD).unwrap();
}

#[test]
fn a_dead_debt_is_paid_by_the_markets_that_lost_it() {
    let mut world = insolvent(60_000_000_000);
    // Nobody bids; the expiry comes and leaves a debt.
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 130_000);
    world.set_spot(130_000);
    let mallory = world.mallory.clone();
    let cover = ExecuteMsg::CoverDebt { account: 1 };
    world.ok(
        &mallory,
        ExecuteMsg::SettleAccounts {
            accounts: vec![1, 2],
        },
    );
    let owed = -world.cash(1, USD);
    assert!(owed > 0);
    world.refused(
        &mallory,
        ExecuteMsg::CoverDebt { account: 2 },
        "E_ENGINE_ALIVE",
    );
    // A coin worth nothing that somebody sends it changes nothing; one without a price is nothing.
    world.ether();
    world.deposit(1, 7, "ueth");
    assert!(owed > 6_000_000_000, "more than an hour's worth");
    for round in 0..4 {
        if world.cash(1, USD) == 0 {
            break;
        }
        world.ok(&mallory, cover.clone());
        if round == 0 {
            world.ok(&mallory, cover.clone());
            world.refused(&mallory, cover.clone(), "E_ENGINE_NOTHING_DUE");
        }
        world.advance(3_600);
    }
    assert_eq!(world.cash(1, USD), 0);
    assert_eq!(
        world.insurance("BTC_USDC").balance.u128() as i128,
        60_000_000_000 - owed
    );
    world.refused(&mallory, cover, "E_ENGINE_ALIVE");
    assert_eq!(world.insurance("BTC_USDC").shortfall.u128(), 0);
}

#[test]
fn attack_risk_29_another_markets_insurance_stays_untouched() {
    let mut world = insolvent(10_000);
    world.insure("BTC", 900_000_000_000);
    world.advance(3_600);
    world.publish();
    for _ in 0..3 {
        world
            .liquidate(at_knee(&world, vec![world.taker(4, 1)]))
            .unwrap();
        world.advance(3_600);
        world.publish();
    }
    assert_eq!(world.insurance("BTC").balance.u128(), 900_000_000_000);
    assert!(
        world.insurance("BTC_USDC").balance.u128() > 0,
        "a tenth an hour never empties it"
    );
}

#[test]
fn an_account_without_prices_is_an_error_and_nothing_else() {
    let mut world = World::short_calls(111_000);
    world.silence();
    world.liquidation_refused(
        at_knee(&world, vec![world.taker(4, PLENTY)]),
        "E_ENGINE_NO_PRICE",
    );
    let state = world.state_of(1);
    assert_eq!((state.standing, state.allowed), (None, false));
}
