//! The guess, the steps, and the certificate.
use super::*;

fn f64_of(x: Float) -> f64 {
    let m = x.mantissa;
    let v = m.l3 as f64
        + (m.l2 as f64 + (m.l1 as f64 + m.l0 as f64 / 2f64.powi(28)) / 2f64.powi(28))
            / 2f64.powi(28);
    v * 2f64.powi(-28) * 2f64.powi(x.exponent as i32)
}
#[test]
fn stages() {
    let text = std::fs::read_to_string("/tmp/t/iv_in.csv").unwrap();
    let (mut g, mut e1, mut e2, mut n, mut none1, mut none2) = (0f64, 0f64, 0f64, 0, 0, 0);
    for line in text.lines() {
        let v: Vec<Fx> = line
            .split(',')
            .map(|x| Fx::from_bits(x.parse().unwrap()))
            .collect();
        let (f, k, s) = (v[0], v[1], v[2]);
        let Ok(b) = Black76::with_total_vol(f, k, s) else {
            continue;
        };
        let out = b.out_price(crate::black76::Rounding::Nearest).unwrap();
        if out.to_bits() < 1 << 20 {
            continue;
        }
        let log = Black76::log(f, k).unwrap();
        let (low, high) = (f.min(k), f.max(k));
        if out >= low {
            continue;
        }
        if low.wrapping_sub(out).to_bits() < 1 << 20 {
            continue;
        }
        let target = Target {
            log,
            price: ln(out).minus(ln(low)),
            rest: ln(low - out).minus(ln(low)),
        };
        let start = guess::total_vol(&Sides {
            low,
            high,
            out,
            log,
        });
        n += 1;
        let err = |x: Float| {
            // relative error with s exact
            let m = Float::from_fx(s);
            let d = if m.exponent == x.exponent {
                x.mantissa.minus(m.mantissa)
            } else {
                return f64_of(x) / s.to_num::<f64>() - 1.0;
            };
            (f64_of(Float {
                mantissa: d,
                exponent: 0,
            })) / (f64_of(Float {
                mantissa: m.mantissa,
                exponent: 0,
            }))
        };
        let eg = err(start).abs();
        if eg > 0.12 {
            println!("guess {eg} {line}");
        }
        g = g.max(eg);
        match improve(start, &target) {
            None => {
                none1 += 1;
                if none1 < 9 {
                    println!("none1 {eg} {line}");
                }
            }
            Some(x) => {
                let a = err(x).abs();
                if a > 1e-4 {
                    println!("step1 {a} {eg} {line}");
                }
                e1 = e1.max(a);
                match improve(x, &target) {
                    None => none2 += 1,
                    Some(y) => e2 = e2.max(err(y).abs()),
                }
            }
        }
    }
    println!(
        "n {n} guess {g} step1 2^{} step2 2^{} none {none1} {none2}",
        e1.log2(),
        e2.log2()
    );
}
#[test]
fn paths() {
    let text = std::fs::read_to_string("/tmp/t/iv_in.csv").unwrap();
    let (mut n, mut err, mut worst, mut counts) = (0, 0, 0i128, [0; 5]);
    for line in text.lines() {
        let v: Vec<Fx> = line
            .split(',')
            .map(|x| Fx::from_bits(x.parse().unwrap()))
            .collect();
        let (f, k, s) = (v[0], v[1], v[2]);
        let Ok(b) = Black76::with_total_vol(f, k, s) else {
            continue;
        };
        let out = b.out_price(crate::black76::Rounding::Nearest).unwrap();
        let (low, high) = (f.min(k), f.max(k));
        if out >= low || out == Fx::ZERO {
            continue;
        }
        n += 1;
        let log = Black76::log(f, k).unwrap();
        let search = Search {
            forward: f,
            strike: k,
            log,
            out,
            years: None,
        };
        let target = Target {
            log,
            price: ln(out).minus(ln(low)),
            rest: ln(low - out).minus(ln(low)),
        };
        let start = guess::total_vol(&Sides {
            low,
            high,
            out,
            log,
        });
        let two = improve(start, &target).and_then(|s| improve(s, &target));
        let p = match two {
            None => 3,
            Some(x) => match search.certified(search.vol_of(x)) {
                Ok(Some(_)) => 0,
                _ => match improve(x, &target) {
                    None => 2,
                    Some(y) => match search.certified(search.vol_of(y)) {
                        Ok(Some(_)) => 1,
                        other => {
                            if counts[4] < 6 {
                                println!("{line} {} {other:?} {}", out.to_bits(), f64_of(y));
                            }
                            4
                        }
                    },
                },
            },
        };
        counts[p] += 1;
        if p != 0 && counts[p] < 4 {
            println!("path {p} {line} out {}", out.to_bits());
        }
        match search.solve() {
            Ok(iv) => {
                let d = (iv.vol.to_bits() - s.to_bits()).abs();
                if out.to_bits() > 1 << 70 {
                    worst = worst.max(d);
                }
            }
            Err(e) => {
                err += 1;
                if err < 5 {
                    println!("{e:?} {line} out {}", out.to_bits());
                }
            }
        }
    }
    println!("n {n} counts {counts:?} errors {err} worst {worst}");
}
