//! Fits of chains whose truth is known, rounding with exact sums, certificates.

use calibrate::{
    ExpiryQuotes, Lognormal, Mixture, Quote, Settings, calendar_gap, certificate, fit_chain,
    fit_error, fit_slice, round_mixture,
};

fn part(weight: f64, forward: f64, total_vol: f64) -> Lognormal {
    Lognormal {
        weight,
        forward,
        total_vol,
    }
}

/// A skewed slice with at-the-money volatility near `v`, mean one.
fn skewed(v: f64) -> Mixture {
    let parts = vec![
        part(0.08, (-1.6 * v).exp(), 1.6 * v),
        part(0.32, (-0.3 * v).exp(), 1.1 * v),
        part(0.60, (0.3 * v).exp(), 0.8 * v),
    ];
    Mixture { parts }.shrunk(1.0)
}

/// The quotes a slice would give at strikes within 3.5 deviations.
fn quoted(mixture: &Mixture, years: f64) -> ExpiryQuotes {
    let v = mixture.atm_total_vol();
    let quote = |i: i32| {
        let moneyness = (f64::from(i) * 0.25 * v).exp();
        let vol = mixture.implied_total_vol(moneyness).unwrap() / years.sqrt();
        Quote { moneyness, vol }
    };
    ExpiryQuotes {
        years,
        quotes: (-14..=12).map(quote).collect(),
    }
}

#[test]
fn a_mixture_is_found_again() {
    for (years, v) in [(1.0 / 365.0, 0.03), (0.1, 0.15), (1.0, 0.5)] {
        let quotes = quoted(&skewed(v), years);
        let found = fit_slice(&quotes, &Settings::default(), None);
        let error = fit_error(&found, &quotes);
        assert!(error.rms < 0.02, "{years} years: {error:?}");
        assert!(error.strikes > 15);
    }
}

#[test]
fn error_statistics_count_what_they_say() {
    // A slice two vol points too high everywhere is two vol points off, whatever the weights.
    let (years, truth) = (0.25, Mixture::flat(0.5 * 0.25f64.sqrt()));
    let quotes = quoted(&truth, years);
    let high = Mixture::flat(0.52 * years.sqrt());
    let error = fit_error(&high, &quotes);
    assert!(
        (error.rms - 2.0).abs() < 1e-6 && (error.max - 2.0).abs() < 1e-6,
        "{error:?}"
    );
}

#[test]
fn sums_are_exact_for_any_mixture() {
    let mut state = 12_345_u64;
    let mut unit = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    for count in [1usize, 2, 3, 4] {
        for _ in 0..400 {
            let v = 0.01 + 0.8 * unit();
            let parts: Vec<Lognormal> = (0..count)
                .map(|_| {
                    part(
                        0.05 + unit(),
                        ((unit() - 0.5) * v).exp(),
                        v * (0.5 + unit()),
                    )
                })
                .collect();
            let total: f64 = parts.iter().map(|p| p.weight).sum();
            let parts = parts.iter().map(|p| Lognormal {
                weight: p.weight / total,
                ..*p
            });
            let mixture = Mixture {
                parts: parts.collect(),
            }
            .shrunk(1.0);
            let rounded = round_mixture(&mixture).unwrap();
            let weights: u64 = rounded.components.iter().map(|c| u64::from(c.weight)).sum();
            let mean: u128 = rounded
                .components
                .iter()
                .map(|c| u128::from(c.weight) * u128::from(c.forward))
                .sum();
            assert_eq!((weights, mean), (1 << 16, 1 << 48));
            assert!(rounded.components.is_sorted_by_key(|c| c.forward));
            // Rounding moves no price noticeably.
            for k in [0.7, 0.95, 1.0, 1.05, 1.5] {
                let moved = (rounded.mixture().call(k) - mixture.call(k)).abs();
                assert!(moved < 2e-5, "{count} components, k {k}: {moved}");
            }
        }
    }
}

#[test]
fn bad_mixtures_are_refused() {
    let empty = Mixture { parts: vec![] };
    assert!(
        round_mixture(&empty)
            .unwrap_err()
            .to_string()
            .starts_with("E_CALIBRATE_COMPONENTS: ")
    );
    let broken = Mixture {
        parts: vec![part(1.0, f64::NAN, 0.1)],
    };
    assert!(
        round_mixture(&broken)
            .unwrap_err()
            .to_string()
            .starts_with("E_CALIBRATE_NUMBER: ")
    );
}

#[test]
fn neighbours_that_cross_are_reconciled_and_proved() {
    // The earlier expiry's wing is fatter than the later one's: alone they break the condition.
    let near = Mixture {
        parts: vec![
            part(0.04, 0.80, 0.12),
            part(0.30, 0.99, 0.05),
            part(0.66, 1.0167, 0.035),
        ],
    }
    .shrunk(1.0);
    let far = Mixture {
        parts: vec![part(0.3, 0.985, 0.075), part(0.7, 1.0064, 0.05)],
    }
    .shrunk(1.0);
    assert!(calendar_gap(&near, &far).difference < -1e-4);
    let quotes = [quoted(&near, 0.02), quoted(&far, 0.03)];
    let fit = fit_chain(&quotes, &[], Settings::default());
    assert!(fit.rounds > 0 && fit.open.is_empty());
    let gap = calendar_gap(&fit.slices[0], &fit.slices[1]);
    assert!(gap.difference >= -1e-5, "{gap:?}");
    let rounded: Vec<_> = fit
        .slices
        .iter()
        .map(|s| round_mixture(s).unwrap())
        .collect();
    let points = certificate(&rounded[0], &rounded[1]).unwrap();
    assert!(points.len() >= 2 && points.len() <= 128);
}

#[test]
fn a_crossing_has_no_certificate() {
    let early = round_mixture(&Mixture::flat(0.2)).unwrap();
    let late = round_mixture(&Mixture::flat(0.19)).unwrap();
    let error = certificate(&early, &late).unwrap_err().to_string();
    assert!(error.starts_with("E_CALENDAR_"), "{error}");
    assert!(certificate(&late, &early).is_ok());
    let mut bent = late;
    bent.components[0].weight -= 1;
    let error = certificate(&bent, &early).unwrap_err().to_string();
    assert!(error.starts_with("E_SLICE_WEIGHT_SUM"), "{error}");
}

/// The worked example of docs/spec/calibration.md.
#[test]
fn spec_example_rounding() {
    let mixture = Mixture {
        parts: vec![part(0.25, 0.91, 0.3), part(0.75, 1.03, 0.2)],
    };
    let rounded = round_mixture(&mixture).unwrap();
    let [low, high] = &rounded.components[..] else {
        panic!("two components")
    };
    assert_eq!((low.weight, high.weight), (16_384, 49_152));
    // 0.91 x 2^32 = 3,908,420,239.36 and 1.03 x 2^32 = 4,423,816,314.88: with weights 1 : 3 the sum
    // f1 + 3 f2 must be 2^34 exactly.
    assert_eq!(low.forward + 3 * high.forward, 1 << 34);
    assert!(low.forward.abs_diff(3_908_420_239) <= 3 && high.forward.abs_diff(4_423_816_315) <= 1);
    assert_eq!(
        (low.total_vol, high.total_vol),
        (1_288_490_189, 858_993_459)
    );
}
