//! Random lives of the whole protocol, natively and as wasm, against a reference model: the real exchange with signed
//! quotes, the real adapter with signed reports, the engine and the liquidation contract on one chain.
//!
//! The model ([`model`]) is written from the specification and calls nothing of what it predicts. After every accepted message
//! the ledger is audited, and accounts, ledger, series and quotes equal the model's; a refused one carries a code that the
//! model allows, and changes nothing anywhere. The margin engine alone, with debts that bear interest, has another model beside it
//! (`contracts/margin-engine/tests`).
//!
//! `PROPTEST_CASES=1000 cargo test -p optio-tests --test stateful lives` sends 10^5 messages, and counts them.

mod check;
mod life;
mod model;
mod money;
mod prices;
mod steps;
mod trades;

use std::cell::RefCell;
use std::collections::BTreeMap;

use life::Life;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use steps::{Step, ending, step};
use wasm_chain::Mode;

/// What lives must have seen, all together, and what many of them.
const HAPPENS: [&str; 19] = [
    "trade",
    "covered",
    "at margin",
    "reduced",
    "withdrawn at margin",
    "a quote taken in part",
    "several quotes in one order",
    "cancelled",
    "settled",
    "a gain is collected, then withdrawn",
    "rung 1",
    "rung 2",
    "rung 3",
    "rung 4",
    "E_ENGINE_REDUCE_ONLY",
    "E_EXCHANGE_CANCELLED",
    "E_EXCHANGE_EXPIRED",
    "E_EXCHANGE_FILLED",
    "E_SIGNATURES_FEW",
];
const HAPPENS_RARELY: [&str; 15] = [
    "a quote taken again",
    "a leg waits for an earlier date",
    "debt",
    "queued",
    "claimed",
    "E_ENGINE_DEBTOR",
    "E_ENGINE_FEE",
    "E_ENGINE_GIFT",
    "E_ENGINE_LEG",
    "E_ENGINE_MARGIN",
    "E_ENGINE_NOT_LISTED",
    "E_EXCHANGE_DUPLICATE_QUOTE",
    "E_EXCHANGE_LIMIT",
    "E_EXCHANGE_TOO_MANY_RANGES",
    "E_REPORT_STALE",
];
/// So many lives are many.
const MANY: u32 = 500;

/// Steps while dates come, and steps once all have their price.
type Steps = (Vec<Step>, Vec<Step>);

fn live(mode: Mode, (steps, ending): &Steps) -> Life {
    let mut life = Life::new(mode);
    for step in steps {
        life.act(step);
    }
    life.fix_all();
    for step in ending {
        life.act(step);
    }
    life.end();
    life
}

type Seen = BTreeMap<String, usize>;

/// So many random lives, each of so many steps; what they have seen.
fn lives(cases: u32, steps: std::ops::Range<usize>, run: impl Fn(&Steps) -> Life) -> (usize, Seen) {
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        max_shrink_iters: 2_000,
        source_file: Some(file!()),
        ..ProptestConfig::default()
    });
    let sum = RefCell::new((0, Seen::new()));
    let steps = (vec(step(), steps), vec(ending(), 0..32));
    let done = runner.run(&steps, |steps| {
        let life = run(&steps);
        let (messages, seen) = &mut *sum.borrow_mut();
        *messages += life.verdicts.len();
        for (what, times) in life.seen {
            *seen.entry(what).or_default() += times;
        }
        Ok(())
    });
    match done {
        // One line: a life is long.
        Err(TestError::Fail(reason, steps)) => panic!("{reason}\nafter {steps:?}"),
        done => done.expect("nothing is given up"),
    }
    sum.into_inner()
}

/// How many lives `scripts/test` asks for.
fn asked_for() -> u32 {
    let command = include_str!("../../../scripts/test").lines();
    let line = command.map(str::trim).find(|line| {
        line.starts_with("PROPTEST_CASES=") && line.contains("--test stateful lives_agree")
    });
    let cases = line.and_then(|line| line["PROPTEST_CASES=".len()..].split(' ').next());
    cases.unwrap().parse().unwrap()
}

#[test]
fn lives_agree_with_the_reference_model() {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let cases = cases.and_then(|number| number.parse().ok()).unwrap_or(40);
    let (messages, seen) = lives(cases, 1..200, |steps| live(Mode::Native, steps));
    println!("{messages} messages: {seen:#?}");
    let least = if cases >= asked_for() { 100_000 } else { 0 };
    assert!(messages >= least, "only {messages} messages");
    let rare = HAPPENS_RARELY.iter().filter(|_| cases >= MANY);
    for what in HAPPENS.iter().chain(rare) {
        assert!(seen.contains_key(*what), "{what} never happened: {seen:?}");
    }
}

#[test]
fn lives_on_the_vm_agree_with_the_reference_model_and_with_native_ones() {
    let (messages, _) = lives(14, 1..250, |steps| {
        let [native, wasm] = [Mode::Native, Mode::Wasm].map(|mode| live(mode, steps));
        assert_eq!(native.verdicts, wasm.verdicts, "the same decisions");
        let same = native.world.chain.dump_state() == wasm.world.chain.dump_state();
        assert!(same, "the same state");
        wasm
    });
    println!("{messages} messages");
    assert!(messages >= 1_000, "only {messages} messages");
}
