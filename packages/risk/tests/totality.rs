//! No input the engine can hold makes margin fail: extremes of every number at once.

mod support;

use fixed_math::Fx;
use proptest::prelude::*;
use risk::{
    Band, Book, Context, FixingStage, FixingState, Kind, Leg, Level, MAX_QUANTITY, Regime,
    RiskError, assess, covered, explain, max_loss,
};
use support::*;

/// A positive price between `2^-40` and `2^62`.
fn prices() -> impl Strategy<Value = Fx> {
    (24_u32..126, any::<u64>()).prop_map(|(bit, low)| {
        let noise = i128::from(low) & ((1 << bit.min(60)) - 1);
        Fx::from_bits((1_i128 << bit) | noise)
    })
}

fn amounts() -> impl Strategy<Value = i128> {
    prop_oneof![
        any::<i128>(),
        any::<i64>().prop_map(i128::from),
        Just(i128::MIN),
        Just(i128::MAX)
    ]
}

fn quantities() -> impl Strategy<Value = i64> {
    prop_oneof![
        Just(MAX_QUANTITY),
        Just(-MAX_QUANTITY),
        -MAX_QUANTITY..MAX_QUANTITY,
        -9_i64..9
    ]
}

fn extreme_books() -> impl Strategy<Value = Book> {
    let market = proptest::sample::select(vec![LINEAR, INVERSE, ETH_LINEAR]);
    let days = proptest::sample::select(vec![0_u32, 1, 2, 7, 35, 180, 900]);
    let leg = (
        market,
        days,
        prop_oneof![0_u32..3, 30_u32..300, any::<u32>()],
        kinds(),
        quantities(),
    )
        .prop_map(|(m, d, k, kind, q)| leg(m, d, k, kind, q));
    let cash = proptest::collection::vec(amounts(), 4);
    (proptest::collection::vec(leg, 0..128), cash).prop_map(|(mut legs, cash)| {
        legs.sort_unstable();
        legs.dedup_by_key(|leg: &mut Leg| leg.key);
        legs.retain(|leg| u64::from(leg.key.strike) * 1_000 < 1 << 40);
        let cash = cash
            .into_iter()
            .enumerate()
            .map(|(id, amount)| (id as u16, amount))
            .collect();
        Book { cash, legs }
    })
}

fn extreme_contexts() -> impl Strategy<Value = Context> {
    let stage = prop_oneof![
        (any::<u32>(), prices(), prices()).prop_map(|(passed, low, high)| FixingStage::Window {
            passed,
            observed: Band {
                low: low.min(high),
                mid: low,
                high: low.max(high)
            }
        }),
        prices().prop_map(|price| FixingStage::Final { price }),
        (prices(), prices()).prop_map(|(low, high)| FixingStage::Pending {
            hull: Band {
                low,
                mid: low,
                high
            }
        }),
    ];
    let edges = (prices(), prices(), prices(), prices(), 0_i64..40);
    let fixing = (stage, proptest::sample::select(vec![0_u32, 1, 7]));
    let rates = (
        any::<u32>(),
        any::<u32>(),
        any::<u32>(),
        any::<i128>(),
        any::<i32>(),
    );
    let surface = (1_usize..4, 1_usize..5);
    (edges, proptest::option::of(fixing), rates, surface).prop_map(
        |(
            (low, mid, high, forward, late),
            fixing,
            (initial, calm, confidence, discount, beta),
            (parts, dates),
        )| {
            let mut context = context_with(parts);
            context.now = NOW + late.unsigned_abs() * 43_200;
            let state = &mut context.underlyings[0].state;
            state.spot = Band { low, mid, high };
            state.slow = high;
            state.regime = Regime {
                initial,
                maintenance: calm,
            };
            state.expiries.truncate(dates);
            for expiry in &mut state.expiries {
                expiry.forward = forward;
                expiry.confidence = confidence;
                expiry.discount = Fx::from_bits((discount & ((1 << 64) - 1)) | (1 << 40));
            }
            if let Some((stage, days)) = fixing {
                state.fixings = vec![FixingState {
                    expiry: expiry(days),
                    stage,
                }];
            }
            context.beta.entries = vec![risk::BetaEntry {
                driver: BTC,
                follower: ETH,
                beta,
            }];
            context
        },
    )
}

proptest! {
    #[test]
    fn attack_options_9_margin_is_total(book in extreme_books(), context in extreme_contexts()) {
        let initial = assess(&book, &context, Level::Initial);
        let maintenance = assess(&book, &context, Level::Maintenance);
        match (initial, maintenance) {
            (Ok(initial), Ok(maintenance)) => {
                prop_assert!(initial.margin >= 0 && maintenance.margin >= 0);
                // Amounts beyond 2^76 base units saturate; no real one does.
                let real = book.cash.iter().all(|(_, amount)| amount.unsigned_abs() < 1 << 70)
                    && [initial.surplus, initial.equity].iter().all(|v| v.unsigned_abs() < 1 << 76);
                prop_assert!(!real || initial.surplus <= maintenance.surplus);
            }
            // Payoffs beyond 127 bits: quantity x multiplier x price above 10^38 base units.
            (Err(RiskError::Payoff(_)), _) | (_, Err(RiskError::Payoff(_))) => {}
            other => prop_assert!(false, "{:?}", other),
        }
        let _ = max_loss(&book, &context);
        let _ = covered(&book, &context.markets);
    }

    #[test]
    fn explanations_are_total(book in extreme_books(), context in extreme_contexts()) {
        let mut book = book;
        book.legs.truncate(12);
        match explain(&book, &context, Level::Initial) {
            Ok(found) => prop_assert_eq!(found.legs.len(), book.legs.len()),
            Err(error) => prop_assert!(matches!(error, RiskError::Payoff(_)), "{error:?}"),
        }
    }
}

/// What no engine hands over is named: a market, a coin, an underlying that the context lacks, a quantity beyond six bytes, a
/// forward that is not positive.
#[test]
fn what_no_context_can_price_is_an_error_of_its_own() {
    let at = |book: &Book, context: &Context| {
        let [a, b] = [Level::Initial, Level::Maintenance].map(|level| assess(book, context, level));
        let (a, b) = (a.unwrap_err(), b.unwrap_err());
        assert_eq!(a, b);
        a
    };
    let call = |market, quantity| leg(market, 35, 100, Kind::Call, quantity);
    let one = book(&[], &[call(LINEAR, 1)]);
    let coded = |found: RiskError, expected: RiskError, code: &str| {
        assert_eq!(found, expected);
        assert!(found.to_string().starts_with(code), "{found}");
    };
    let whole = context();

    let elsewhere = book(&[], &[call(99, 1)]);
    let missing = RiskError::UnknownMarket { market: 99 };
    coded(at(&elsewhere, &whole), missing, "E_RISK_MARKET: ");
    assert_eq!(covered(&elsewhere, &whole.markets), Err(missing));

    let coin = RiskError::UnknownCoin { coin: 77 };
    let strange = book(&[(77, 1)], &[]);
    coded(at(&strange, &whole), coin, "E_RISK_COIN_UNKNOWN: ");

    let mut dark = context();
    dark.underlyings.retain(|held| held.state.underlying != BTC);
    let underlying = RiskError::UnknownUnderlying { underlying: BTC };
    coded(at(&one, &dark), underlying, "E_RISK_UNDERLYING: ");

    for quantity in [MAX_QUANTITY, -MAX_QUANTITY] {
        let most = book(&[], &[call(LINEAR, quantity)]);
        assert!(assess(&most, &whole, Level::Initial).is_ok());
        let over = book(&[], &[call(LINEAR, quantity + quantity.signum())]);
        coded(at(&over, &whole), RiskError::Quantity, "E_RISK_QUANTITY: ");
    }

    for forward in [Fx::ZERO, -Fx::ONE] {
        let mut flat = context();
        for expiry in &mut flat.underlyings[0].state.expiries {
            expiry.forward = forward;
        }
        let price = RiskError::NoPrice { underlying: BTC };
        coded(at(&one, &flat), price, "E_RISK_NO_PRICE: ");
    }

    // A move that the kernel could not price is clipped to one that it can, so it never refuses (`E_RISK_PRICING`).
    for tail in [i32::MIN, -10_000, 70_000, i32::MAX] {
        let mut wild = context();
        wild.underlyings[0].profile.tails[0].spot_move = tail;
        assert!(assess(&one, &wild, Level::Initial).is_ok(), "{tail}");
    }
}
