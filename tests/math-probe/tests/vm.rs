//! The compiled probe on the VM: the same bits as native code, and gas within the stated limits.
//!
//! Needs the artefact (`scripts/build-wasm math-probe`); without it the tests say so and pass, unless
//! `WASM_ARTIFACTS` is set.

mod support;

use math_probe::Function;
use support::{Probe, argument_rows, shared_rows};

/// Every function gives the same bytes on the VM as natively.
#[test]
fn native_and_wasm_agree_bit_for_bit() {
    let Some(probe) = Probe::start() else { return };
    for function in support::EXACT {
        let rows = argument_rows(function, 500);
        let (answer, _) = probe.run(function, &rows);
        assert_eq!(answer, support::native(function, &rows), "{function:?}");
    }
}

/// As above on 10^5 rows a function: `cargo test -p math-probe --release -- --ignored`.
#[test]
#[ignore = "minutes: 10^5 rows a function"]
fn native_and_wasm_agree_on_a_hundred_thousand() {
    let Some(probe) = Probe::start() else { return };
    for function in support::EXACT {
        let rows = argument_rows(function, 100_000);
        for chunk in rows.chunks(2_000) {
            let (answer, _) = probe.run(function, chunk);
            assert_eq!(answer, support::native(function, chunk), "{function:?}");
        }
    }
}

/// Gas a row, median and worst over the vectors (or seeded rows), less the cost of the call.
#[test]
fn gas_stays_within_its_limits() {
    let Some(probe) = Probe::start() else { return };
    for (function, limit) in support::LIMITS {
        let rows = shared_rows(function).unwrap_or_else(|| argument_rows(function, 300));
        let gas = probe.gas(function, &rows[..rows.len().min(300)]);
        println!("{function:?}: median {} worst {}", gas.median, gas.worst);
        assert!(
            gas.median <= limit,
            "{function:?}: median {} above {limit}",
            gas.median
        );
    }
}
