//! The mathematics on the VM: the same bits as natively, and gas within the budgets and the snapshot.

use math_probe::Function;
use optio_tests::gas::hold;
use optio_tests::probe::{Probe, arguments, native, rows};
use optio_tests::random::Random;

/// The functions that contracts use, with the points each is compared on: 10^5 in all.
const EXACT: [(Function, usize); 8] = [
    (Function::Exp, 14_000),
    (Function::Ln, 14_000),
    (Function::Sqrt, 14_000),
    (Function::NormCdf, 14_000),
    (Function::NormPdf, 14_000),
    (Function::NormQuantile, 8_000),
    (Function::CallPut, 12_000),
    (Function::Black76, 10_000),
];

/// Rows in one query.
const BATCH: usize = 1_000;

#[test]
fn native_equals_wasm_bit_for_bit_on_a_hundred_thousand_points() {
    let probe = Probe::start();
    let mut random = Random::new(20_261_121);
    let mut answered = 0;
    for (function, points) in EXACT {
        for _ in 0..points / BATCH {
            let batch = arguments(function, BATCH, &mut random);
            let (wasm, _) = probe.run(function, &batch);
            assert_eq!(wasm, native(function, &batch), "{function:?}");
            answered += rows(&wasm).iter().filter(|row| row.is_ok()).count();
        }
    }
    assert_eq!(
        EXACT.iter().map(|(_, points)| points).sum::<usize>(),
        100_000
    );
    // Most points lie in the domain; the rest compare error codes.
    assert!(answered > 80_000, "{answered}");
}

/// VM gas of a row by itself, less that of a row that computes nothing; budgets of the median where there is one.
const COSTS: [(Function, Option<u64>); 11] = [
    (Function::Exp, None),
    (Function::Ln, None),
    (Function::Sqrt, None),
    (Function::NormCdf, None),
    (Function::NormPdf, None),
    (Function::NormQuantile, None),
    (Function::CallPut, Some(1_000_000)),
    (Function::PriceAndGreeks, Some(2_100_000)),
    (Function::ImpliedVol, Some(4_200_000)),
    (Function::NaiveCallPut, None),
    (Function::FloatCallPut, None),
];

#[test]
fn what_the_mathematics_costs() {
    let probe = Probe::start();
    for (function, budget) in COSTS {
        let rows = arguments(function, 201, &mut Random::new(7));
        let gas = probe.row_gas(function, &rows);
        hold(
            &format!("VM gas of {function:?}, median of 201 rows"),
            gas.median,
        );
        hold(
            &format!("VM gas of {function:?}, worst of 201 rows"),
            gas.worst,
        );
        if let Some(budget) = budget {
            assert!(gas.median <= budget, "{function:?}: {}", gas.median);
        }
    }
}

/// Most VM gas of one leg in 32 pricings, a lognormal.
const LEG_BUDGET: u64 = 2_400_000;

/// What one leg more costs, in 32 pricings that stand ready.
#[test]
fn what_a_leg_in_the_grid_costs() {
    let probe = Probe::start();
    let rows = arguments(Function::GridLeg, 51, &mut Random::new(7));
    for (name, count, leg, without) in [
        ("1 lognormal", 1, Function::GridLeg, Function::GridShocks),
        ("3 lognormals", 3, Function::GridLeg3, Function::GridShocks3),
    ] {
        let gas = probe.gas_over(leg, without, &rows).worst;
        hold(
            &format!("VM gas of a leg in 32 pricings of {name}, worst of 51 rows"),
            gas,
        );
        assert!(gas <= count * LEG_BUDGET, "{gas}");
    }
}

/// Most SDK gas of a margin's arithmetic.
const MARGIN_BUDGET: u64 = 14_000;

/// 128 legs x 60 pricings x 3 lognormals, the pricings' preparation included.
#[test]
fn what_the_arithmetic_of_a_margin_costs() {
    let rows = arguments(Function::GridMargin, 5, &mut Random::new(7));
    let gas = Probe::start().row_gas(Function::GridMargin, &rows).worst;
    hold(
        "VM gas of a margin's arithmetic, 128 legs x 60 pricings x 3 lognormals, worst of 5 rows",
        gas,
    );
    assert!(gas / 140_000 <= MARGIN_BUDGET, "{gas} VM gas");
}
