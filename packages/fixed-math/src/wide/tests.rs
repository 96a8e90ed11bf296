//! Against rows certified by ball arithmetic elsewhere, and against identities.

use super::black::{Inputs, Value, Vol};
use super::*;
use std::cell::RefCell;

type Function = fn(I64F64) -> Result<Rounded, WideError>;

fn rows(name: &str) -> Vec<Vec<I64F64>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/reference/rows");
    let text = std::fs::read_to_string(format!("{folder}/{name}.csv")).unwrap();
    let cell = |cell: &str| I64F64::from_bits(cell.parse().unwrap());
    text.lines()
        .map(|line| line.split(',').map(cell).collect())
        .collect()
}

fn assert_shape(rounded: &Rounded, what: &str) {
    let width = rounded.ceil - rounded.floor;
    assert!(width == I64F64::ZERO || width == I64F64::DELTA, "{what}");
    assert!(
        [rounded.floor, rounded.ceil].contains(&rounded.nearest),
        "{what}"
    );
}

#[test]
fn elementary_rows_are_exact() {
    let functions: [(&str, Function); 6] = [
        ("exp", exp),
        ("ln", ln),
        ("sqrt", sqrt),
        ("norm_pdf", norm_pdf),
        ("norm_cdf", norm_cdf),
        ("norm_quantile", norm_quantile),
    ];
    for (name, function) in functions {
        let rows = rows(name);
        assert!(rows.len() > 200);
        for row in rows {
            let rounded = function(row[0]).unwrap();
            assert_eq!(rounded.nearest, row[1], "{name} {}", row[0].to_bits());
            assert_shape(&rounded, name);
        }
    }
}

#[test]
fn black_rows_are_exact() {
    use super::black as b;
    let annual: [Value; 12] = [
        b::call,
        b::put,
        b::call_delta,
        b::digital,
        b::gamma,
        b::vega,
        b::theta,
        b::vanna,
        b::volga,
        b::charm,
        b::call_rho,
        b::put_rho,
    ];
    for row in rows("black76_all") {
        let vol = Vol::Annual {
            vol: row[2],
            years: row[3],
        };
        let inputs = Inputs {
            forward: row[0],
            strike: row[1],
            vol,
        };
        for (column, value) in annual.iter().enumerate() {
            let rounded = value(&inputs.into()).unwrap();
            assert_eq!(
                rounded.nearest,
                row[4 + column],
                "column {column} of {inputs:?}"
            );
            assert_shape(&rounded, "annual");
        }
    }
    let total: [Value; 6] = [
        b::call,
        b::put,
        b::call_delta,
        b::digital,
        b::gamma,
        b::total_vega,
    ];
    for row in rows("black76_total") {
        let inputs = Inputs {
            forward: row[0],
            strike: row[1],
            vol: Vol::Total(row[2]),
        };
        for (column, value) in total.iter().enumerate() {
            assert_eq!(
                value(&inputs.into()).unwrap().nearest,
                row[3 + column],
                "{column}: {inputs:?}"
            );
        }
    }
}

#[test]
fn exact_cases_are_exact() {
    let half = I64F64::ONE / 2;
    for (value, want) in [
        (exp(I64F64::ZERO), I64F64::ONE),
        (ln(I64F64::ONE), I64F64::ZERO),
        (sqrt(I64F64::from_num(9)), I64F64::from_num(3)),
        (sqrt(I64F64::ZERO), I64F64::ZERO),
        (norm_cdf(I64F64::ZERO), half),
        (norm_quantile(half), I64F64::ZERO),
    ] {
        assert_eq!(
            value,
            Ok(Rounded {
                floor: want,
                nearest: want,
                ceil: want
            })
        );
    }
}

#[test]
fn bad_input_is_an_error() {
    let (zero, minus) = (I64F64::ZERO, -I64F64::DELTA);
    assert_eq!(ln(zero), Err(WideError::Domain));
    assert_eq!(ln(minus), Err(WideError::Domain));
    assert_eq!(sqrt(minus), Err(WideError::Domain));
    assert_eq!(norm_quantile(zero), Err(WideError::Domain));
    assert_eq!(norm_quantile(I64F64::ONE), Err(WideError::Domain));
    assert_eq!(exp(I64F64::from_num(43.7)), Err(WideError::Range));
    assert_eq!(exp(I64F64::MAX), Err(WideError::Range));
    let inputs = Inputs {
        forward: I64F64::ONE,
        strike: zero,
        vol: Vol::Total(I64F64::ONE),
    };
    assert_eq!(super::black::call(&inputs.into()), Err(WideError::Domain));
    let inputs = Inputs {
        strike: I64F64::ONE,
        ..inputs
    };
    assert_eq!(super::black::vega(&inputs.into()), Err(WideError::Domain));
}

/// From a few bits the loop has to widen for most rows, and finds what it finds from many.
#[test]
fn the_loop_widens_until_decided() {
    type Evaluate = fn(I64F64, u32) -> Option<Ball>;
    let functions: [(&str, Kind, Evaluate); 3] = [
        ("exp", Kind::Positive, |x, prec| {
            elementary::exp(&ball_of(x, prec))
        }),
        ("ln", Kind::Signed, |x, prec| {
            elementary::ln(&BigInt::from(x.to_bits()), FRACTION, prec)
        }),
        ("norm_pdf", Kind::Positive, |x, prec| {
            normal::density(&ball_of(x, prec))
        }),
    ];
    for (name, kind, evaluate) in functions {
        let mut widened = 0;
        // The exact cases never get to the loop.
        let exact = [(I64F64::ZERO, I64F64::ONE), (I64F64::ONE, I64F64::ZERO)];
        for row in rows(name) {
            if exact.contains(&(row[0], row[1])) {
                continue;
            }
            let tried = RefCell::new(vec![]);
            let found = ziv_from(70, kind, |prec| {
                tried.borrow_mut().push(prec);
                evaluate(row[0], prec)
            });
            assert_eq!(found.unwrap().fit().unwrap().nearest, row[1], "{name}");
            let tried = tried.into_inner();
            assert!(tried.windows(2).all(|pair| pair[1] == 2 * pair[0]));
            widened += usize::from(tried.len() > 1);
        }
        assert!(widened > 40, "{name}: {widened}");
    }
}

/// A value at a tie is never decided, however narrow its ball; nor is a multiple of an ulp.
#[test]
fn an_exact_tie_ends_undecided() {
    let tie = BigInt::from(5);
    for radius in [0, 1] {
        let tried = RefCell::new(vec![]);
        let found = ziv(Kind::Signed, |prec| {
            tried.borrow_mut().push(prec);
            Some(Ball::from_bits(&tie, FRACTION + 1, prec).widen(radius))
        });
        assert_eq!(found, Err(WideError::Undecided));
        assert_eq!(tried.into_inner(), [192, 384, 768, 1536, 3072, 6144]);
    }
    // Asked of the loop, the exact cases would end so too.
    let one = ziv(Kind::Positive, |prec| {
        elementary::exp(&Ball::integer(0, prec))
    });
    assert_eq!(one, Err(WideError::Undecided));
    let half = ziv(Kind::Positive, |prec| {
        normal::lower_tail(&Ball::integer(0, prec))
    });
    assert_eq!(half, Err(WideError::Undecided));
}

/// Results within 2^-64 ulp of a multiple of half an ulp, and such below any ulp.
#[test]
fn close_cases_are_decided() {
    // e^(2^-64) = 1 + 2^-64 + 2^-129 + ...
    let x = I64F64::DELTA;
    let wanted = Rounded {
        floor: I64F64::ONE + x,
        nearest: I64F64::ONE + x,
        ceil: I64F64::ONE + x + x,
    };
    assert_eq!(exp(x), Ok(wanted));
    // sqrt(1 + 2^-64) = 1 + 2^-65 - 2^-131 + ...: just under a tie.
    let root = sqrt(I64F64::ONE + x).unwrap();
    assert_eq!(root.nearest, I64F64::ONE);
    // k^2 + k 2^-64 for k = 2^31: the root is k + 2^-65 less 2^-162, 2^-98 ulp under a tie.
    let k = 1i128 << 31;
    let root = sqrt(I64F64::from_bits(((k * k) << 64) + k)).unwrap();
    assert_eq!(root.nearest, I64F64::from_num(k));
    // Far tails: positive, so the floor is zero and the ceiling one ulp.
    let tail = Rounded {
        floor: I64F64::ZERO,
        nearest: I64F64::ZERO,
        ceil: x,
    };
    assert_eq!(norm_cdf(I64F64::from_num(-60)), Ok(tail));
    assert_eq!(norm_pdf(I64F64::MIN), Ok(tail));
    assert_eq!(exp(I64F64::MIN), Ok(tail));
    let upper = norm_cdf(I64F64::MAX).unwrap();
    assert_eq!((upper.nearest, upper.ceil - upper.floor), (I64F64::ONE, x));
}
