//! Payoffs against plain integer arithmetic, and the lowest payoff of books against brute force.

use pricing::Fx;
use pricing::payoff::{
    BookLeg, Kind, Payoff, PayoffError, Style, Terms, lowest_payoff, payoff_at_zero,
    slope_at_infinity,
};
use proptest::prelude::*;

const KINDS: [Kind; 5] = [
    Kind::Call,
    Kind::Put,
    Kind::DigitalCall,
    Kind::DigitalPut,
    Kind::Future,
];

fn fx(text: &str) -> Fx {
    text.parse().unwrap()
}

fn payoff(kind: Kind, strike: Fx) -> Payoff {
    Payoff {
        kind,
        strike,
        digital_payout: Fx::from_num(10),
    }
}

fn terms(style: Style, multiplier: u64) -> Terms {
    Terms { style, multiplier }
}

fn leg(kind: Kind, strike: u32, quantity: i64, style: Style, multiplier: u64) -> BookLeg {
    BookLeg {
        payoff: payoff(kind, Fx::from_num(strike)),
        terms: terms(style, multiplier),
        quantity,
    }
}

fn book_value(legs: &[BookLeg], price: Fx) -> i128 {
    legs.iter()
        .map(|leg| leg.payoff.per_unit(leg.terms, price).unwrap() * i128::from(leg.quantity))
        .sum()
}

#[test]
fn codes_round_trip() {
    for kind in KINDS {
        assert_eq!(Kind::from_code(kind.code()), Ok(kind));
    }
    assert_eq!(
        Kind::from_code(5),
        Err(PayoffError::UnknownKind { code: 5 })
    );
}

#[test]
fn spec_example_linear_call() {
    // docs/spec/payoffs.md: unit 0.01 BTC, coin of 6 decimals: multiplier 10,000.
    let linear = terms(Style::Linear, 10_000);
    let price = fx("100123.45678");
    let strike = fx("90000");
    let unit = |kind| payoff(kind, strike).per_unit(linear, price).unwrap();
    assert_eq!(linear.settlement_units(price), Ok(1_001_234_567));
    assert_eq!(unit(Kind::Call), 101_234_567);
    assert_eq!(unit(Kind::Put), 0);
    assert_eq!(unit(Kind::Future), 101_234_567);
    assert_eq!(unit(Kind::DigitalCall), 100_000);
    assert_eq!(unit(Kind::DigitalPut), 0);
}

#[test]
fn spec_example_least_price_that_reaches_a_strike() {
    // docs/spec/payoffs.md: (10 x 2^64 - 1) / 3 is whole.
    let three = terms(Style::Linear, 3);
    let least = Fx::from_bits(61_489_146_912_365_172_053);
    assert_eq!(3 * least.to_bits(), (10_i128 << 64) - 1);
    assert_eq!(three.settlement_units(least), Ok(10));
    assert_eq!(three.settlement_units(least - Fx::DELTA), Ok(9));
}

#[test]
fn spec_example_strike_that_is_no_binary_fraction() {
    // docs/spec/payoffs.md: strike 0.55 USD, multiplier 1,000,000.
    let linear = terms(Style::Linear, 1_000_000);
    assert_eq!(linear.strike_units(fx("0.55")), Ok(550_000));
    let call = payoff(Kind::Call, fx("0.55"));
    assert_eq!(call.per_unit(linear, fx("0.5612345")), Ok(11_234));
    let put = payoff(Kind::Put, fx("0.55"));
    assert_eq!(put.per_unit(linear, fx("0.5412345")), Ok(8_766));
    // The digital is decided by the same whole numbers: 0.55 settles at its own strike.
    let digital = payoff(Kind::DigitalCall, fx("0.55"));
    assert_eq!(digital.per_unit(linear, fx("0.55")), Ok(10_000_000));
    // An ulp lower it does not: whatever floors a price to fewer bits decides for the put.
    let below = fx("0.55") - Fx::DELTA;
    assert_eq!(digital.per_unit(linear, below), Ok(0));
    let other = payoff(Kind::DigitalPut, fx("0.55"));
    assert_eq!(other.per_unit(linear, below), Ok(10_000_000));
}

#[test]
fn spec_example_inverse_call() {
    // docs/spec/payoffs.md: unit 0.01 BTC, coin of 8 decimals: multiplier 1,000,000.
    let inverse = terms(Style::Inverse, 1_000_000);
    let (price, strike) = (fx("100000"), fx("90000"));
    let unit = |kind| payoff(kind, strike).per_unit(inverse, price).unwrap();
    assert_eq!(unit(Kind::Call), 100_000);
    assert_eq!(unit(Kind::Put), 0);
    assert_eq!(unit(Kind::Future), 100_000);
    assert_eq!(unit(Kind::DigitalCall), 100);
    // At 95,001 the call is floored: 1,000,000 (1 - 90,000 / 95,001) = 52,641.55...
    let call = payoff(Kind::Call, strike);
    assert_eq!(call.per_unit(inverse, fx("95001")), Ok(52_641));
}

#[test]
fn spec_example_lowest_of_a_put_spread() {
    // docs/spec/payoffs.md: short 3 puts at 90,000, long 3 puts at 80,000, long 1 future at 85,000.
    let linear = |kind, strike, quantity| leg(kind, strike, quantity, Style::Linear, 10_000);
    let spread = [linear(Kind::Put, 90_000, -3), linear(Kind::Put, 80_000, 3)];
    assert_eq!(lowest_payoff(&spread), Ok(Some(-300_000_000)));
    let mut hedged = spread.to_vec();
    hedged.push(linear(Kind::Future, 85_000, -1));
    assert_eq!(lowest_payoff(&hedged), Ok(None));
    assert_eq!(slope_at_infinity(&hedged), Ok(-10_000));
    hedged.push(linear(Kind::Call, 100_000, 1));
    // -300,000,000 + 50,000,000 at 80,000; -150,000,000 from 100,000 on.
    assert_eq!(lowest_payoff(&hedged), Ok(Some(-250_000_000)));
    assert_eq!(payoff_at_zero(&hedged), Ok(-300_000_000 + 850_000_000));
}

#[test]
fn bad_terms_are_refused() {
    let linear = terms(Style::Linear, 100);
    let inverse = terms(Style::Inverse, 100);
    let call = payoff(Kind::Call, Fx::from_num(-1));
    assert_eq!(call.per_unit(linear, Fx::ONE), Err(PayoffError::Negative));
    let call = payoff(Kind::Call, Fx::ONE);
    assert_eq!(
        call.per_unit(linear, Fx::from_num(-1)),
        Err(PayoffError::Price)
    );
    assert_eq!(call.value_at(Fx::from_num(-1)), Err(PayoffError::Price));
    assert_eq!(call.per_unit(inverse, Fx::ZERO), Err(PayoffError::Price));
    let mixed = [
        leg(Kind::Call, 1, 1, Style::Linear, 1),
        leg(Kind::Call, 1, 1, Style::Inverse, 1),
    ];
    assert_eq!(lowest_payoff(&mixed), Err(PayoffError::MixedStyles));
}

#[test]
fn extremes_do_not_wrap() {
    let most = Fx::MAX;
    let huge = terms(Style::Linear, u64::MAX);
    let call = payoff(Kind::Call, Fx::ZERO);
    let exact = (most.to_bits().unsigned_abs() >> 64) * u128::from(u64::MAX);
    let got = call.per_unit(huge, most).unwrap().unsigned_abs();
    assert!(got >= exact && got - exact <= u128::from(u64::MAX));
    let inverse = terms(Style::Inverse, u64::MAX);
    let put = payoff(Kind::Put, most);
    assert_eq!(put.per_unit(inverse, Fx::DELTA), Err(PayoffError::Range));
}

#[test]
fn single_books_have_their_exact_floor() {
    let short = |kind, strike| lowest_payoff(&[leg(kind, strike, -1, Style::Linear, 7)]).unwrap();
    assert_eq!(short(Kind::Call, 50), None);
    assert_eq!(short(Kind::Put, 50), Some(-350));
    assert_eq!(short(Kind::DigitalCall, 50), Some(-70));
    assert_eq!(short(Kind::DigitalPut, 0), Some(0));
    assert_eq!(short(Kind::DigitalCall, 0), Some(-70));
    assert_eq!(lowest_payoff(&[]), Ok(Some(0)));
    let coin = |kind, strike, quantity| {
        lowest_payoff(&[leg(kind, strike, quantity, Style::Inverse, 1_000)]).unwrap()
    };
    // Covered by the coin it is written on: a short inverse call loses at most one coin.
    assert_eq!(coin(Kind::Call, 50, -1), Some(-1_000));
    // It is a bound: no price makes the call pay more than 999.
    let call = payoff(Kind::Call, Fx::from_num(50));
    let most = call.per_unit(terms(Style::Inverse, 1_000), Fx::MAX);
    assert_eq!(most, Ok(999));
    assert_eq!(coin(Kind::Put, 50, -1), None);
    assert_eq!(coin(Kind::Put, 50, 1), Some(0));
    assert_eq!(coin(Kind::Call, 50, 1), Some(0));
    assert_eq!(coin(Kind::Future, 50, 1), None);
    assert_eq!(coin(Kind::DigitalCall, 50, -1), Some(-200));
    assert_eq!(coin(Kind::DigitalPut, 50, -1), None);
}

/// A coin of 18 decimals against decimals that no binary fraction hits: strikes and payouts of many bits, results of few.
#[test]
fn inverse_books_of_small_units_are_in_range() {
    let held = |kind, strike: &str, payout: &str, quantity| BookLeg {
        payoff: Payoff {
            kind,
            strike: fx(strike),
            digital_payout: fx(payout),
        },
        terms: terms(Style::Inverse, 1_000_000_000_000),
        quantity,
    };
    let coins = 1_000_000;
    for (step, payout, calls) in [
        ("20.000000000000000001", "0.1", coins),
        ("1.05", "1", 1_000 * coins),
    ] {
        let call = held(Kind::Call, step, payout, calls);
        let digital = held(Kind::DigitalCall, step, payout, 1);
        assert_eq!(lowest_payoff(&[call, digital]), Ok(Some(0)), "{step}");
        let short = [call, digital].map(|leg| BookLeg {
            quantity: -leg.quantity,
            ..leg
        });
        // A call of a coin costs a coin at most; the digital its payout where it begins.
        let low = lowest_payoff(&short).unwrap().unwrap();
        let coins = -i128::from(calls) * 1_000_000_000_000;
        assert!(
            low >= coins - 1_000_000_000_000 && low < coins + 1_000_000_000_000,
            "{low}"
        );
    }
}

#[test]
fn boxes_are_exact() {
    let linear = |kind, strike, quantity| leg(kind, strike, quantity, Style::Linear, 10_000);
    let mut book = vec![
        linear(Kind::Call, 90_000, 5),
        linear(Kind::Put, 90_000, -5),
        linear(Kind::Call, 100_000, -5),
        linear(Kind::Put, 100_000, 5),
    ];
    assert_eq!(lowest_payoff(&book), Ok(Some(500_000_000)));
    for leg in &mut book {
        leg.quantity = -leg.quantity;
    }
    assert_eq!(lowest_payoff(&book), Ok(Some(-500_000_000)));
}

fn any_kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(KINDS.to_vec())
}

prop_compose! {
    fn any_leg(style: Style, multipliers: Vec<u64>)(
        kind in any_kind(),
        strike in 0_u32..12,
        quantity in -4_i64..=4,
        multiplier in prop::sample::select(multipliers),
    ) -> BookLeg {
        leg(kind, strike, quantity, style, multiplier)
    }
}

/// The lowest value over prices `i / step` up to 40, beyond which these books are straight lines.
fn scan(legs: &[BookLeg], step: u32, from: u32) -> i128 {
    (from..40 * step)
        .map(|i| book_value(legs, Fx::from_num(i) / Fx::from_num(step)))
        .min()
        .unwrap()
}

proptest! {
    #[test]
    fn parity_and_digitals_are_exact(
        price in 1_u128..=(1 << 90), strike in 0_u128..=(1 << 90), multiplier in 1_u64..=1_000_000_000,
        inverse: bool,
    ) {
        let price = Fx::from_bits(price.cast_signed());
        let strike = Fx::from_bits(strike.cast_signed());
        let terms = terms(if inverse { Style::Inverse } else { Style::Linear }, multiplier);
        let unit = |kind| payoff(kind, strike).per_unit(terms, price);
        if let (Ok(call), Ok(put), Ok(future)) = (unit(Kind::Call), unit(Kind::Put), unit(Kind::Future)) {
            prop_assert_eq!(call - put, future);
            prop_assert!(call >= 0 && put >= 0 && (call == 0 || put == 0));
        }
        let (up, down) = (unit(Kind::DigitalCall).unwrap(), unit(Kind::DigitalPut).unwrap());
        prop_assert!(up == 0 || down == 0);
        if !inverse {
            prop_assert_eq!(up + down, i128::from(multiplier) * 10);
        }
    }

    #[test]
    fn linear_unit_is_the_floor_for_whole_strikes(
        price in 0_u64.., strike in 0_u32..1_000_000, multiplier in 1_u64..=1_000_000,
    ) {
        // Prices up to 2^24 with 40 fraction bits; the exact payoff times 2^40 as an integer.
        let bits = i128::from(price);
        let exact = (bits - (i128::from(strike) << 40)) * i128::from(multiplier);
        let call = payoff(Kind::Call, Fx::from_num(strike));
        let got = call.per_unit(terms(Style::Linear, multiplier), Fx::from_bits(bits << 24)).unwrap();
        prop_assert_eq!(got, (exact >> 40).max(0));
    }

    #[test]
    fn inverse_units_enclose_the_exact_payoff(
        price in 1_u64.., strike in 1_u32..100_000, multiplier in 1_u64..=1_000_000,
    ) {
        let price = i128::from(price);
        // multiplier (price - strike) / price with price in 2^-40.
        let top = (price - (i128::from(strike) << 40)) * i128::from(multiplier);
        let unit = |kind| payoff(kind, Fx::from_num(strike))
            .per_unit(terms(Style::Inverse, multiplier), Fx::from_bits(price << 24)).unwrap();
        prop_assert_eq!(unit(Kind::Call), top.div_euclid(price).max(0));
        prop_assert_eq!(unit(Kind::Put), (-top.div_euclid(price)).max(0));
    }

    #[test]
    fn attack_options_23_the_lowest_payoff_of_one_multiplier_is_that_of_a_scan(
        legs in prop::collection::vec(any_leg(Style::Linear, vec![4]), 0..8),
    ) {
        match lowest_payoff(&legs).unwrap() {
            Some(low) => prop_assert_eq!(low, scan(&legs, 4, 0)),
            None => prop_assert!(slope_at_infinity(&legs).unwrap() < 0),
        }
        if slope_at_infinity(&legs).unwrap() >= 0 {
            prop_assert!(lowest_payoff(&legs).unwrap().is_some());
        }
    }

    #[test]
    fn attack_options_23_the_lowest_payoff_of_mixed_multipliers_is_at_most_that_of_a_scan(
        legs in prop::collection::vec(any_leg(Style::Linear, vec![2, 3, 7]), 0..7),
    ) {
        let long: i64 = legs.iter().map(|leg| leg.quantity.abs()).sum();
        if let Some(low) = lowest_payoff(&legs).unwrap() {
            let scanned = scan(&legs, 84, 0);
            prop_assert!(low <= scanned, "{low} > {scanned}");
            prop_assert!(low >= scanned - i128::from(long), "{low} << {scanned}");
        } else {
            prop_assert!(slope_at_infinity(&legs).unwrap() < 0);
        }
    }

    #[test]
    fn attack_options_23_the_lowest_payoff_of_inverse_books_is_at_most_that_of_a_scan(
        legs in prop::collection::vec(any_leg(Style::Inverse, vec![1000, 3000]), 0..7),
    ) {
        let long: i64 = legs.iter().map(|leg| leg.quantity.abs()).sum();
        // Reciprocal grid: prices 5000 / i and the strikes' neighbours, from 1 / 200 to 5,000.
        let near = (1..12).flat_map(|k| [Fx::from_num(k), Fx::from_num(k) - Fx::DELTA]);
        let grid = (1..5_000).map(|i| Fx::from_num(5_000) / Fx::from_num(i));
        let far = [Fx::from_num(1_u64 << 40)];
        let scanned = grid.chain(near).chain(far).map(|price| book_value(&legs, price)).min().unwrap();
        match lowest_payoff(&legs).unwrap() {
            Some(low) => {
                prop_assert!(low <= scanned, "{low} > {scanned}");
                prop_assert!(low >= scanned - i128::from(long) - 8, "{low} << {scanned}");
            }
            None => {
                let far = book_value(&legs, Fx::from_num(1) / Fx::from_num(100_000));
                let near = book_value(&legs, Fx::from_num(1) / Fx::from_num(1_000));
                prop_assert!(far < near, "{far} {near}");
            }
        }
    }

    #[test]
    fn value_is_the_unit_payoff_in_usd(kind in any_kind(), price in 0_u32..100, strike in 0_u32..100) {
        let one = payoff(kind, Fx::from_num(strike));
        let unit = one.per_unit(terms(Style::Linear, 1), Fx::from_num(price)).unwrap();
        prop_assert_eq!(one.value_at(Fx::from_num(price)).unwrap(), Fx::from_num(unit));
    }
}
