//! The one-word kernel against rows computed with ball arithmetic (`scripts/gen-tables/grid_rows.py`).

use fixed_math::grid::{self, Mixture, NORM_CDF_ERROR, Part, Strike};

/// Rows of a committed table, header skipped; outputs are floors in units of `2^-64`.
fn rows(text: &str) -> Vec<Vec<i128>> {
    text.lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect()
}

/// log2 of an error in units of `2^-64`.
fn log2(error: i128) -> f64 {
    (error as f64).log2() - 64.0
}

#[test]
fn ln_is_within_its_bound() {
    let mut worst = 0;
    for row in rows(include_str!("data/grid_ln.csv")) {
        let got = i128::from(grid::ln(u64::try_from(row[0]).unwrap())) << 20;
        let error = (got - row[1]).abs();
        assert!(
            error <= 1 << 22,
            "ln {}: error 2^{:.2}",
            row[0],
            log2(error)
        );
        worst = worst.max(error);
    }
    println!("ln: worst error 2^{:.2}", log2(worst));
}

#[test]
fn exp_is_within_its_bound() {
    let mut worst = 0.0_f64;
    for row in rows(include_str!("data/grid_exp.csv")) {
        let got = i128::from(grid::exp(i64::try_from(row[0]).unwrap())) << 24;
        let error = (got - row[1]).abs() - (1 << 24);
        assert!(
            error <= row[1] >> 38,
            "exp {}: {got} for {}",
            row[0],
            row[1]
        );
        if row[0] > 0 {
            worst = worst.max(error as f64 / row[1] as f64);
        }
    }
    println!("exp: worst relative error 2^{:.2}", worst.log2());
}

#[test]
fn norm_cdf_is_within_its_bound() {
    let mut worst = 0;
    for row in rows(include_str!("data/grid_cdf.csv")) {
        let got = i128::from(grid::norm_cdf(i64::try_from(row[0]).unwrap())) << 20;
        let error = (got - row[1]).abs();
        assert!(
            error <= i128::from(NORM_CDF_ERROR) + 1,
            "cdf {}: error 2^{:.2}",
            row[0],
            log2(error)
        );
        worst = worst.max(error);
    }
    println!("cdf: worst error 2^{:.2}", log2(worst));
}

fn parts(row: &[i128]) -> Vec<Part> {
    row[1..16]
        .chunks(3)
        .filter(|part| part[0] > 0)
        .map(|part| Part {
            weight: u32::try_from(part[0]).unwrap(),
            mass: i64::try_from(part[1]).unwrap(),
            vol: i64::try_from(part[2]).unwrap(),
        })
        .collect()
}

#[test]
fn mixtures_are_within_their_bounds() {
    check_mixtures(include_str!("data/grid_mixture.csv"));
}

/// Any number of fresh rows: see `scripts/gen-tables/grid_rows.py`.
#[test]
#[ignore = "needs rows written by scripts/gen-tables/grid_rows.py DIR N SEED, and GRID_ROWS=DIR"]
fn many_mixtures_are_within_their_bounds() {
    let folder = std::env::var("GRID_ROWS").unwrap();
    check_mixtures(&std::fs::read_to_string(format!("{folder}/grid_mixture.csv")).unwrap());
}

fn check_mixtures(text: &str) {
    let (mut worst, mut used) = (0.0_f64, 0.0_f64);
    for row in rows(text) {
        let mixture = Mixture::new(&parts(&row)).unwrap();
        let strike = Strike::from_moneyness(u64::try_from(row[0]).unwrap());
        let (call, digital) = mixture.values(&strike);
        let call_error = ((i128::from(call) << 24) - row[16]).abs();
        let digital_error = ((i128::from(digital) << 24) - row[17]).abs();
        let call_bound = i128::from(mixture.call_error(&strike)) << 24;
        let digital_bound = i128::from(mixture.digital_error()) << 24;
        assert!(
            call_error < call_bound,
            "{row:?}: {call_error} {call_bound}"
        );
        assert!(
            digital_error < digital_bound,
            "{row:?}: {digital_error} {digital_bound}"
        );
        worst = worst.max(call_error as f64 / call_bound as f64);
        used = used.max(digital_error as f64 / digital_bound as f64);
        let bounds = mixture.bounds(&strike);
        assert!(i128::from(bounds.call_lo) << 24 <= row[16] + 1);
        assert!(i128::from(bounds.call_hi) << 24 >= row[16]);
        assert!(i128::from(bounds.digital_lo) << 24 <= row[17] + 1);
        assert!(i128::from(bounds.digital_hi) << 24 >= row[17]);
    }
    println!("mixtures: call uses {worst:.3} of its bound, digital {used:.3}");
}
