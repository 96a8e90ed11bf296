//! Rows certified by ball arithmetic: prices, deltas and digital values exact, Greeks within one ulp.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    reason = "a test"
)]

use fixed_math::Fx;
use pricing::black76::Black76;
use pricing::greeks::Greeks;

fn rows(name: &str) -> Vec<Vec<Fx>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reference/rows");
    let text = std::fs::read_to_string(format!("{folder}/{name}.csv")).unwrap();
    let cell = |cell: &str| Fx::from_bits(cell.parse().unwrap());
    text.lines()
        .map(|line| line.split(',').map(cell).collect())
        .collect()
}

fn assert_near(got: Fx, want: Fx, what: &str) {
    assert!(
        (got - want).abs() <= Fx::DELTA,
        "{what}: {} not {}",
        got.to_bits(),
        want.to_bits()
    );
}

fn assert_twins(low: Fx, value: Fx, high: Fx, what: &str) {
    assert!(
        low <= value && value <= high,
        "{what}: {low} {value} {high}"
    );
    assert!(
        high - low <= Fx::DELTA * 2,
        "{what}: {} ulp",
        (high - low).to_bits()
    );
}

fn columns(g: &Greeks) -> [(&'static str, Fx); 9] {
    [
        ("call_delta", g.call_delta),
        ("gamma", g.gamma),
        ("vega", g.vega),
        ("theta", g.theta),
        ("vanna", g.vanna),
        ("volga", g.volga),
        ("charm", g.charm),
        ("call_rho", g.call_rho),
        ("put_rho", g.put_rho),
    ]
}

#[test]
fn attack_options_31_prices_and_greeks_are_the_certified_rows() {
    let rows = rows("black76_all");
    assert_eq!(
        rows.len(),
        400 + 84,
        "random ones and the ends of the domain"
    );
    for row in rows {
        let option = Black76::new(row[0], row[1], row[2], row[3]).unwrap();
        let prices = option.prices().unwrap();
        let exact = [
            prices.call,
            prices.put,
            option.call_delta().unwrap(),
            option.digital_call().unwrap(),
        ];
        assert_eq!(exact, [row[4], row[5], row[6], row[7]], "{row:?}");
        let greeks = option.greeks().unwrap();
        let (low, high) = (option.greeks_lo().unwrap(), option.greeks_hi().unwrap());
        let (low, high) = (columns(&low), columns(&high));
        for (index, (name, value)) in columns(&greeks).into_iter().enumerate() {
            let want = if index == 0 { row[6] } else { row[7 + index] };
            assert_near(value, want, name);
            // The reference is the real value rounded: it lies inside the twins too.
            assert_twins(low[index].1, want, high[index].1, name);
        }
        let (low, high) = (option.prices_lo().unwrap(), option.prices_hi().unwrap());
        assert_twins(low.call, row[4], high.call, "call");
        assert_twins(low.put, row[5], high.put, "put");
        let (low, high) = (
            option.call_delta_lo().unwrap(),
            option.call_delta_hi().unwrap(),
        );
        assert_twins(low, row[6], high, "call delta");
        let (low, high) = (
            option.digital_call_lo().unwrap(),
            option.digital_call_hi().unwrap(),
        );
        assert_twins(low, row[7], high, "digital");
    }
}

#[test]
fn attack_options_31_prices_by_total_vol_are_the_certified_rows() {
    let rows = rows("black76_total");
    assert_eq!(
        rows.len(),
        200 + 60,
        "random ones and the ends of the domain"
    );
    for row in rows {
        let option = Black76::with_total_vol(row[0], row[1], row[2]).unwrap();
        let prices = option.prices().unwrap();
        let exact = [
            prices.call,
            prices.put,
            option.call_delta().unwrap(),
            option.digital_call().unwrap(),
        ];
        assert_eq!(exact, [row[3], row[4], row[5], row[6]], "{row:?}");
        assert_near(option.gamma().unwrap(), row[7], "gamma");
        assert_near(option.total_vega().unwrap(), row[8], "total vega");
    }
}

#[test]
fn digital_greeks_are_the_certified_rows() {
    let rows = rows("digital_all");
    assert!(rows.len() > 100, "random ones and the ends of the domain");
    for row in rows {
        let option = Black76::new(row[0], row[1], row[2], row[3]).unwrap();
        let g = option.digital_greeks().unwrap();
        let columns = [
            ("delta", g.delta),
            ("gamma", g.gamma),
            ("vega", g.vega),
            ("theta", g.theta),
            ("vanna", g.vanna),
            ("volga", g.volga),
            ("charm", g.charm),
            ("call_rho", g.call_rho),
            ("put_rho", g.put_rho),
        ];
        for ((name, value), want) in columns.into_iter().zip(&row[4..]) {
            assert_near(value, *want, &format!("{name} of {row:?}"));
        }
    }
}
