//! The mathematics on the VM: the same bits as natively, and gas within the budgets and the snapshot.

use math_probe::Function;
use optio_tests::gas::hold;
use optio_tests::probe::{Probe, arguments, market_rows, native, reference_rows, rows};
use optio_tests::random::Random;

/// The functions that contracts use, with the points each is compared on: 10^5 in all.
const EXACT: [(Function, usize); 12] = [
    (Function::Exp, 12_000),
    (Function::Ln, 12_000),
    (Function::Sqrt, 12_000),
    (Function::NormCdf, 12_000),
    (Function::NormPdf, 12_000),
    (Function::NormQuantile, 8_000),
    (Function::CallPut, 10_000),
    (Function::Black76, 8_000),
    // All nine Greeks and both sides, folded into two numbers.
    (Function::PriceAndGreeks, 6_000),
    (Function::ImpliedVol, 4_000),
    // 32 pricings each: of one lognormal, and of three.
    (Function::GridLeg, 2_000),
    (Function::GridLeg3, 2_000),
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

/// VM gas of a reference row by itself, less that of a row that computes nothing; budgets of the median where there is one.
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
        let rows = reference_rows(function);
        let gas = probe.row_gas(function, &rows);
        let of = format!("of {} reference rows", rows.len() / function.arguments());
        hold(&format!("VM gas of {function:?}, median {of}"), gas.median);
        hold(&format!("VM gas of {function:?}, worst {of}"), gas.worst);
        if let Some(budget) = budget {
            assert!(gas.median <= budget, "{function:?}: {}", gas.median);
        }
    }
}

/// Rows that widen, of 2,000 of a market and of the reference rows: the table in docs/spec/pricing.md.
const WIDENED: [(Function, usize, usize); 3] = [
    (Function::CallPut, 0, 28),
    (Function::PriceAndGreeks, 0, 117),
    (Function::ImpliedVol, 0, 3),
];

#[test]
fn how_often_the_rounding_takes_the_wide_path() {
    let probe = Probe::start();
    for (function, of_market, of_reference) in WIDENED {
        let market = market_rows(function, 2_000, &mut Random::new(7));
        assert_eq!(probe.widened(function, &market), of_market, "{function:?}");
        let reference = reference_rows(function);
        let widened = probe.widened(function, &reference);
        assert_eq!(widened, of_reference, "{function:?}");
    }
}

/// Near the money at a vol of a half: the first power of two as a forward whose Greeks widen.
#[test]
fn greeks_widen_by_their_size() {
    let probe = Probe::start();
    let one = 1_i128 << 64;
    for (years, first) in [(one >> 8, 33), (one >> 14, 27)] {
        let widened = |power: u32| {
            let forward = one << power;
            let row = [forward, forward + (forward >> 8), one >> 1, years];
            probe.widened(Function::PriceAndGreeks, &row)
        };
        assert_eq!((widened(first - 1), widened(first)), (0, 1));
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
