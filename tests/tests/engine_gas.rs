//! What trading and margin cost on the VM, pinned: a 4-leg quote between two 32-leg accounts, a margin check of 64 legs
//! over 4 expiries, the same of as many strikes as an account can hold inside what a window has observed, and that neither
//! depends on how many accounts there are.

use cosmwasm_std::{Coin, coin};
use optio_tests::crowd::copies;
use optio_tests::gas::hold;
use optio_tests::month::{self, EXPIRIES, minutes, show};
use protocol_api::engine::{ExecuteMsg, HealthResponse, QueryMsg};
use protocol_api::exchange::QuoteLeg;
use sandbox::setup::{USDC, WINDOW};
use sandbox::{Sandbox, Trader};
use wasm_chain::GasReport;

/// Most SDK gas of a 4-leg quote between two 32-leg accounts.
const QUOTE_BUDGET: u64 = 220_000;
/// Most SDK gas of a withdrawal that tests the margin of 64 legs over 4 expiries at a valid price, but for the bank's transfer.
const MARGIN_BUDGET: u64 = 60_000;

fn world() -> (Sandbox, Vec<String>) {
    let mut world = month::deploy();
    let strike = |n: usize| 80_000 + 1_000 * n;
    let names: Vec<String> = EXPIRIES
        .iter()
        .flat_map(|(_, day)| {
            (0..16).map(move |n| {
                format!(
                    "BTC_USDC-{day}-{}-{}",
                    strike(n),
                    if n < 8 { "P" } else { "C" }
                )
            })
        })
        .collect();
    for chunk in names.chunks(32) {
        let chunk: Vec<&str> = chunk.iter().map(String::as_str).collect();
        world.list_series(&chunk).expect("listed");
    }
    (world, names)
}

fn rich(world: &mut Sandbox, name: &str) -> Trader {
    month::trader(world, name, 1_000_000)
}

/// Ten lots of every leg, 16 legs a quote.
fn fill(world: &mut Sandbox, maker: &Trader, taker: &Trader, names: &[String]) {
    for (place, chunk) in names.chunks(16).enumerate() {
        let nonce = 1_000 * maker.account + 100 * taker.account + place as u64;
        let quote = world.quote(maker, nonce, 10, legs(chunk));
        world.take(taker, quote, 10).expect("taken");
    }
}

/// Short for the maker in the first and third expiry, long in the others: neither side is covered, so that both
/// go through the full grid.
fn legs(names: &[String]) -> Vec<QuoteLeg> {
    let leg = |series: &String| {
        let short = series.contains("-2JAN26") || series.contains("-16JAN26");
        QuoteLeg {
            series: series.clone(),
            ratio: if short { -1 } else { 1 },
            price: 100,
        }
    };
    names.iter().map(leg).collect()
}

/// Gas of a 4-leg quote between two accounts that hold 32 legs each.
fn quote_gas(world: &mut Sandbox, maker: &Trader, taker: &Trader, names: &[String]) -> GasReport {
    let picked: Vec<String> = names.iter().step_by(8).take(4).cloned().collect();
    let quote = world.quote(maker, 7, 10, legs(&picked));
    world.take(taker, quote, 10).expect("taken").gas
}

#[test]
fn a_quote_of_four_legs_between_two_32_leg_accounts() {
    let (mut world, names) = world();
    let (maker, taker) = (rich(&mut world, "maker"), rich(&mut world, "taker"));
    let held: Vec<String> = names.iter().step_by(2).cloned().collect();
    fill(&mut world, &maker, &taker, &held);
    let gas = quote_gas(&mut world, &maker, &taker, &held);
    show("4-leg quote, 32-leg accounts", &gas);
    world.audit().expect("invariants");
    hold("take a 4-leg quote, two 32-leg accounts", gas.total);
    assert!(gas.total <= QUOTE_BUDGET, "{} SDK gas", gas.total);
}

#[test]
fn a_margin_check_of_64_legs_over_4_expiries() {
    let (mut world, names) = world();
    let (maker, taker) = (rich(&mut world, "maker"), rich(&mut world, "taker"));
    fill(&mut world, &maker, &taker, &names);
    let account = maker.account;
    let msg = ExecuteMsg::Withdraw {
        account,
        amounts: vec![coin(1, USDC)],
        to: None,
    };
    let withdrawn = |world: &mut Sandbox| {
        let done = world.engine_as(&maker.address, &msg, &[]);
        let gas = done.expect("withdrawn").gas;
        show("withdrawal tested over 64 legs", &gas);
        let health: HealthResponse = world
            .chain
            .query(&world.engine, &QueryMsg::Health { account })
            .expect("health");
        assert!(!health.covered && health.legs.len() == 64);
        // The budget is the margin test's: without the transfer that pays out.
        (gas.total, gas.total - gas.bank)
    };
    let (total, tested) = withdrawn(&mut world);
    hold("withdraw, margin of 64 legs over 4 expiries", total);
    hold(
        "withdraw, margin of 64 legs over 4 expiries, but for the transfer",
        tested,
    );
    assert!(tested <= MARGIN_BUDGET, "{tested} SDK gas");
    // In its last hour the first expiry may settle anywhere: its strikes are looked at too. After a day's silence the
    // surface has jumped, for a minute.
    let last_hour = u64::from(minutes(EXPIRIES[0].0)) * 60 - 3_600;
    world.chain.set_time(last_hour);
    month::publish(&mut world, 90_000.0);
    let (total, _) = withdrawn(&mut world);
    hold(
        "withdraw, margin of 64 legs over 4 expiries, at four prices",
        total,
    );
    world.chain.advance(60);
    month::publish(&mut world, 90_000.0);
    let (_, tested) = withdrawn(&mut world);
    assert!(tested <= MARGIN_BUDGET, "{tested} SDK gas");
}

#[test]
fn a_margin_check_of_128_strikes_that_a_window_has_observed() {
    let mut world = month::deploy();
    let (days, day) = EXPIRIES[0];
    let strike = |n: usize| 84_000 + 100 * n;
    let names: Vec<String> = (0..128)
        .map(|n| format!("BTC_USDC-{day}-{}-C", strike(n)))
        .collect();
    for chunk in names.chunks(32) {
        let chunk: Vec<&str> = chunk.iter().map(String::as_str).collect();
        world.list_series(&chunk).expect("listed");
    }
    let (maker, taker) = (rich(&mut world, "maker"), rich(&mut world, "taker"));
    // Long and short in turn: the payoff bends the other way at each strike.
    let legs = |chunk: &[String]| -> Vec<QuoteLeg> {
        let leg = |(place, series): (usize, &String)| QuoteLeg {
            series: series.clone(),
            ratio: if place % 2 == 0 { -2 } else { 1 },
            price: 100,
        };
        chunk.iter().enumerate().map(leg).collect()
    };
    for (nonce, chunk) in (0..).zip(names.chunks(16)) {
        let quote = world.quote(&maker, nonce, 10, legs(chunk));
        world.take(&taker, quote, 10).expect("taken");
    }
    // Observed from 84,000 to 97,000: every strike is where the expiry may still settle.
    let window = u64::from(minutes(days)) * 60 - WINDOW.seconds();
    for (step, spot) in [84_000.0, 97_000.0, 90_000.0].into_iter().enumerate() {
        world.chain.set_time(window + 60 * step as u64);
        month::publish(&mut world, spot);
    }
    let account = maker.account;
    let msg = ExecuteMsg::Withdraw {
        account,
        amounts: vec![coin(1, USDC)],
        to: None,
    };
    let done = world.engine_as(&maker.address, &msg, &[]);
    let gas = done.expect("withdrawn").gas;
    show("withdrawal tested over 128 strikes in a window", &gas);
    let health: HealthResponse = world
        .chain
        .query(&world.engine, &QueryMsg::Health { account })
        .expect("health");
    assert!(!health.covered && health.legs.len() == 128);
    hold("withdraw, margin of 128 strikes in a window", gas.total);
}

/// Accounts beside those that trade.
fn crowd(world: &mut Sandbox, others: u64) {
    let first = world.open_account("other", &[]).expect("account");
    let numbers = copies(world, &first, others - 1);
    assert_eq!(rich(world, "last").account, numbers.end);
}

/// SDK gas of a deposit, of a withdrawal that tests the margin, and of a quote taken, among so many other accounts.
fn among(others: u64) -> [(&'static str, u64); 3] {
    let (mut world, names) = world();
    crowd(&mut world, others);
    let (maker, taker) = (rich(&mut world, "maker"), rich(&mut world, "taker"));
    fill(&mut world, &maker, &taker, &names[..16]);
    let quote = quote_gas(&mut world, &maker, &taker, &names[..16]).total;
    let account = maker.account;
    let coins = [coin(1_000, USDC)];
    world.chain.mint(&maker.address, &coins).expect("minted");
    let mut send = |msg: ExecuteMsg, funds: &[Coin]| {
        let sent = world.engine_as(&maker.address, &msg, funds);
        sent.expect("accepted").gas.total
    };
    let deposit = send(ExecuteMsg::Deposit { account }, &coins);
    let msg = ExecuteMsg::Withdraw {
        account,
        amounts: vec![coin(1, USDC)],
        to: None,
    };
    let withdrawal = send(msg, &[]);
    world.audit().expect("invariants");
    [
        ("take a quote", quote),
        ("deposit", deposit),
        ("withdraw, margin tested", withdrawal),
    ]
}

#[test]
fn gas_does_not_grow_with_the_number_of_accounts() {
    for ((what, few), (_, many)) in among(10).into_iter().zip(among(100_000)) {
        println!("{what}: {few} among 10 accounts, {many} among 100,000");
        // Longer numbers in messages and events cost a few units of gas.
        assert!(many.abs_diff(few) * 100 <= few, "{what}: {few} and {many}");
    }
}
