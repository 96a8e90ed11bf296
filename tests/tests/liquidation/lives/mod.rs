//! Random lives with liquidations: a handful of accounts near their margin in a linear and an inverse market, prices that leap,
//! feeds that fall silent, and every message of the liquidation contract and of the engine's last rungs, sent by anybody about
//! anybody.
//!
//! After each message, passed or refused: the ledger is audited, whoever neither acted nor was below maintenance has what he
//! had, and a refusal says why in a code that its sender can act on. After each life nothing is stuck.
//!
//! `PROPTEST_CASES=500 cargo test -p optio-tests --test liquidation lives` lives longer.

mod acts;
mod auctions;
mod dispatch;
mod ending;
mod life;
mod money;
mod refusals;
mod watch;

use std::cell::RefCell;
use std::collections::BTreeMap;

use acts::{Act, act, opening};
use life::Life;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestError, TestRunner};

/// Unless told otherwise (`PROPTEST_CASES`, `PROPTEST_RNG_SEED`).
const CASES: u32 = 60;
const SEED: RngSeed = RngSeed::Fixed(1);

type Acts = (Vec<Act>, Vec<Act>);

fn live((opening, acts): &Acts) -> Life {
    let mut life = Life::new();
    for act in opening.iter().chain(acts) {
        life.act(act);
    }
    life.end();
    life
}

type Counts = BTreeMap<String, usize>;

/// So many random lives; what their messages came to.
fn lives(cases: u32, rng_seed: RngSeed) -> Counts {
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        rng_seed,
        source_file: Some(file!()),
        ..ProptestConfig::default()
    });
    let sum = RefCell::new(Counts::new());
    let acts = (opening(), vec(act(), 20..120));
    let done = runner.run(&acts, |acts| {
        for (what, times) in live(&acts).seen {
            *sum.borrow_mut().entry(what).or_default() += times;
        }
        Ok(())
    });
    match done {
        // One line: a life is long.
        Err(TestError::Fail(reason, acts)) => panic!("{reason}\nafter {acts:?}"),
        done => done.expect("nothing is given up"),
    }
    sum.into_inner()
}

/// What the lives of the usual seed must have seen, all together: each kind of message accepted, and what came of it.
const HAPPENS: [(&str, usize); 27] = [
    ("step: ok", 100),
    ("step sold, Deep", 2),
    ("step sold, Critical", 2),
    ("step sold, Insolvent", 5),
    ("take: ok", 5),
    ("take_backstop: ok", 1),
    ("place_bid: ok", 20),
    ("withdraw_bid: ok", 10),
    ("create_backstop: ok", 20),
    ("deposit_backstop: ok", 20),
    ("withdraw_backstop: ok", 20),
    ("nominate: ok", 20),
    ("deleverage, Deep", 1),
    ("deleverage, Critical", 2),
    ("deleverage, Insolvent", 5),
    ("cover_debt: ok", 5),
    ("wasm-debt_covered", 2),
    ("wasm-debt_written_off", 3),
    ("wasm-estate_taken", 1),
    ("share_loss: ok", 5),
    ("wasm-loss_shared", 3),
    ("wasm-insurance_paid", 10),
    ("buy_collateral: ok", 10),
    ("fund_insurance: ok", 10),
    ("settle: ok", 20),
    ("fix: ok", 20),
    ("trade: ok", 100),
];

#[test]
fn attack_options_10_no_life_leaves_anything_stuck() {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let cases = cases.and_then(|number| number.parse().ok());
    let cases = cases.unwrap_or(CASES);
    let seed = match ProptestConfig::default().rng_seed {
        RngSeed::Random => SEED,
        chosen => chosen,
    };
    let seen = lives(cases, seed);
    let messages: usize = seen
        .iter()
        .filter(|(what, _)| what.contains(": "))
        .map(|(_, times)| times)
        .sum();
    println!("{messages} messages: {seen:#?}");
    for (what, least) in HAPPENS.iter().filter(|_| cases >= CASES && seed == SEED) {
        let times = seen.get(*what).copied().unwrap_or(0);
        assert!(times >= *least, "{what}: {times} times, not {least}");
    }
}
