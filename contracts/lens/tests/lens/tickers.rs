//! Every field of a ticker, by kind, style and state of the feed, against the model and hand-worked numbers.

use cosmwasm_std::{Coin, Decimal};
use protocol_api::engine::SeriesKind;
use protocol_api::exchange::QuoteLeg;
use protocol_api::lens::Ticker;
use sandbox::setup::USDC;

use crate::model::Expiry;
use crate::world::{DISCOUNT, FAR, NEAR, SPOT, START, World, expiry};

/// USD that the sandbox's digitals pay.
const PAYOUT: f64 = 1_000.0;
const LINEAR: &str = "BTC_USDC";
const INVERSE: &str = "BTC";

const KINDS: [(&str, SeriesKind); 4] = [
    ("C", SeriesKind::Call),
    ("P", SeriesKind::Put),
    ("DC", SeriesKind::DigitalCall),
    ("DP", SeriesKind::DigitalPut),
];
const STRIKES: [u32; 3] = [90_000, 100_000, 110_000];
const DATES: [(&str, u32); 2] = [("2JAN26", NEAR), ("9JAN26", FAR)];

fn number(value: impl ToString) -> f64 {
    value.to_string().parse().unwrap()
}

/// Equal but for what a hundred roundings in floating point make.
fn near(value: f64, expected: f64, what: &str) {
    let slack = 1e-9 * expected.abs() + 1e-12;
    assert!(
        (value - expected).abs() <= slack,
        "{what}: {value}, expected {expected}"
    );
}

/// What the mark of an option or a digital should be.
fn mark(at: &Expiry, strike: f64, kind: SeriesKind, market: &str) -> f64 {
    let usd = match kind {
        SeriesKind::Call => at.call(strike),
        SeriesKind::Put => at.call(strike) - at.forward + strike,
        SeriesKind::DigitalCall => PAYOUT * at.above(strike),
        _ => PAYOUT * (1.0 - at.above(strike)),
    };
    match market {
        INVERSE => usd * at.discount / at.forward,
        _ => usd * at.discount,
    }
}

fn check_vol(ticker: &Ticker, at: &Expiry, strike: f64) {
    let name = &ticker.instrument_name;
    if !matches!(ticker.kind, SeriesKind::Call | SeriesKind::Put) {
        assert_eq!(
            (ticker.mark_iv, ticker.greeks.as_ref()),
            (None, None),
            "{name}"
        );
        return;
    }
    near(
        number(ticker.mark_iv.unwrap()),
        100.0 * at.vol(strike),
        name,
    );
    let shown = ticker.greeks.as_ref().unwrap();
    let shown = [shown.delta, shown.gamma, shown.vega, shown.theta, shown.rho];
    let expected = at.greeks(strike, ticker.kind == SeriesKind::Call);
    for (value, wanted) in shown.into_iter().zip(expected) {
        near(number(value), wanted, name);
    }
}

#[test]
fn options_and_digitals_of_both_styles_on_both_expiries() {
    let mut world = World::new();
    let mut rows = Vec::new();
    for market in [LINEAR, INVERSE] {
        for (date, minutes) in DATES {
            for strike in STRIKES {
                for (letters, kind) in KINDS {
                    let name = format!("{market}-{date}-{strike}-{letters}");
                    rows.push((name, market, (minutes, strike, kind)));
                }
            }
        }
    }
    let names: Vec<&str> = rows.iter().map(|(name, ..)| name.as_str()).collect();
    world.list(&names);
    world.advance(1);
    world.publish(101_000.0, 99_000.0);
    for (name, market, (minutes, strike, kind)) in &rows {
        let ticker = world.ticker(market, name);
        let forward = if *minutes == NEAR {
            101_000_u32
        } else {
            99_000
        };
        assert_eq!(ticker.kind, *kind);
        assert_eq!(ticker.expiration_timestamp, u64::from(*minutes) * 60);
        assert_eq!(ticker.strike, Decimal::from_ratio(*strike, 1_u32));
        assert_eq!(
            ticker.index_price,
            Some(Decimal::from_ratio(100_000_u32, 1_u32))
        );
        assert_eq!(
            ticker.underlying_price,
            Some(Decimal::from_ratio(forward, 1_u32))
        );
        assert_eq!(ticker.open_interest.u64(), 0);
        let at = expiry(*minutes, f64::from(forward), 1);
        let strike = f64::from(*strike);
        let expected = mark(&at, strike, *kind, market);
        near(number(ticker.mark_price.unwrap()), expected, name);
        check_vol(&ticker, &at, strike);
    }
}

/// The integers of the worked example in docs/spec/surface.md: 26,743,620,703,291,804,257,534 / 2^64, and 10,000 more.
#[test]
fn spec_example_marks_to_the_last_digit_toward_zero() {
    let mut world = World::new();
    let rows = [
        ("BTC_USDC-9JAN26-110000-C", "1404.469127602743645186"),
        ("BTC_USDC-9JAN26-110000-P", "11091.969127602743645186"),
        ("BTC-9JAN26-110000-C", "0.014044691276027436"),
        ("BTC-9JAN26-110000-P", "0.110919691276027436"),
    ];
    world.list(&rows.map(|(name, _)| name));
    for (name, mark) in rows {
        let market = name.split('-').next().unwrap();
        let ticker = world.ticker(market, name);
        assert_eq!(ticker.mark_price.unwrap().to_string(), mark, "{name}");
    }
}

/// docs/spec/lens.md, *Greeks*: Black's formula at the vol whose price is 1,449.7745833318645, by a solver in floating point.
#[test]
fn spec_example_greeks_of_a_ticker() {
    let mut world = World::new();
    let name = "BTC_USDC-9JAN26-110000-C";
    world.list(&[name]);
    let ticker = world.ticker(LINEAR, name);
    let greeks = ticker.greeks.unwrap();
    for (value, expected, what) in [
        (ticker.mark_iv.unwrap().to_string(), 77.736_375_887_3, "vol"),
        (greeks.delta.to_string(), 0.225_814_434_5, "delta"),
        (greeks.gamma.to_string(), 0.000_025_585_608_5, "gamma"),
        (greeks.vega.to_string(), 45.409_417_294_1, "vega"),
        (greeks.theta.to_string(), -211.797_811_895_9, "theta"),
        (greeks.rho.to_string(), -0.330_998_763_3, "rho"),
    ] {
        near(number(value), expected, what);
    }
}

/// Without discount a linear future is quoted at its forward, an inverse one at the coins it pays: `1 - reference / forward`.
#[test]
fn futures_of_both_styles() {
    let mut world = World::new();
    let (linear, inverse) = ("BTC_USDC-2JAN26", "BTC-2JAN26");
    world.list(&[linear, inverse]);
    // 1 - 100,000 / 91,000 = -9 / 91, and 1 - 100,000 / 110,000 = 1 / 11.
    for (forward, coins) in [
        (91_000.0, "-0.098901098901098901"),
        (110_000.0, "0.090909090909090909"),
    ] {
        world.advance(1);
        world.publish(forward, forward);
        for (market, name, mark) in [
            (LINEAR, linear, forward.to_string()),
            (INVERSE, inverse, coins.to_string()),
        ] {
            let ticker = world.ticker(market, name);
            assert_eq!(ticker.kind, SeriesKind::Future);
            assert_eq!(ticker.strike.to_string(), "100000");
            let shown = ticker.mark_price.unwrap().to_string();
            assert_eq!(shown, mark, "{name}");
            assert_eq!((ticker.mark_iv, ticker.greeks), (None, None));
            assert_eq!(number(ticker.underlying_price.unwrap()), forward);
        }
    }
}

/// With one, a trade at the mark of either is worth nothing: F = 110,000, D = 31/32.
#[test]
fn futures_are_discounted_as_margin_discounts_them() {
    let mut world = World::new();
    let (linear, inverse) = ("BTC_USDC-9JAN26", "BTC-9JAN26");
    world.list(&[linear, inverse]);
    world.advance(1);
    world.publish(SPOT, 110_000.0);
    // 100,000 + 31/32 of 10,000, and 31/32 of 1/11.
    for (market, name, mark) in [
        (LINEAR, linear, 109_687.5),
        (INVERSE, inverse, 31.0 / 352.0),
    ] {
        near(
            number(world.ticker(market, name).mark_price.unwrap()),
            mark,
            name,
        );
    }
}

/// The band of the worked example in docs/spec/oracle.md, 99,950 to 100,050, which age widens.
#[test]
fn the_index_is_the_middle_of_the_band() {
    let mut world = World::new();
    let name = "BTC_USDC-9JAN26-100000-C";
    world.list(&[name]);
    world.advance(1);
    world.publish_spots([99_900.0, 99_950.0, 100_000.0, 100_040.0, 100_100.0]);
    for _ in 0..2 {
        let index = world.ticker(LINEAR, name).index_price;
        assert_eq!(index, Some(Decimal::from_ratio(100_000_u32, 1_u32)));
        world.advance(42);
    }
}

/// Calls, puts and digitals hang together as their payoffs do.
#[test]
fn parities_hold() {
    let mut world = World::new();
    let name = |market: &str, letters: &str| format!("{market}-9JAN26-110000-{letters}");
    for (market, forward, payout) in [
        (LINEAR, DISCOUNT * (SPOT - 110_000.0), DISCOUNT * PAYOUT),
        (INVERSE, -0.1 * DISCOUNT, PAYOUT / SPOT * DISCOUNT),
    ] {
        let marks = KINDS.map(|(letters, _)| {
            let name = name(market, letters);
            world.list(&[&name]);
            number(world.ticker(market, &name).mark_price.unwrap())
        });
        near(marks[0] - marks[1], forward, market);
        near(marks[2] + marks[3], payout, market);
    }
}

/// The terms stay, what a price would be needed for goes.
fn check_unpriced(ticker: &Ticker, index: bool) {
    let name = &ticker.instrument_name;
    assert!(!name.is_empty() && ticker.expiration_timestamp > START);
    assert_eq!(ticker.index_price.is_some(), index, "{name}");
    assert_eq!(ticker.mark_price, None, "{name}");
    assert_eq!(ticker.mark_iv, None, "{name}");
    assert_eq!(ticker.underlying_price, None, "{name}");
    assert_eq!(ticker.greeks, None, "{name}");
}

#[test]
fn without_a_usable_price_only_terms_and_open_interest_are_shown() {
    let mut world = World::new();
    for market in [LINEAR, INVERSE] {
        let mut names: Vec<String> = vec![format!("{market}-2JAN26")];
        names.extend(KINDS.map(|(letters, _)| format!("{market}-2JAN26-100000-{letters}")));
        world.list(&names.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let all = |world: &World| [world.tickers(LINEAR), world.tickers(INVERSE)].concat();
    let priced = all(&world);
    assert_eq!(priced.len(), 10);
    assert!(priced.iter().all(|ticker| ticker.mark_price.is_some()));
    // Beyond 60 s of age the price is stale and shown as indicative; beyond 300 s it is none.
    let indicative = |world: &World| all(world).iter().filter(|ticker| ticker.indicative).count();
    assert_eq!(indicative(&world), 0);
    world.advance(60);
    assert_eq!(indicative(&world), 0);
    world.advance(1);
    assert_eq!(indicative(&world), 10);
    world.advance(239);
    assert!(all(&world).iter().all(|ticker| ticker.mark_price.is_some()));
    world.advance(1);
    let dead = all(&world);
    for (ticker, before) in dead.iter().zip(&priced) {
        check_unpriced(ticker, false);
        let terms = |of: &Ticker| {
            let name = of.instrument_name.clone();
            (name, of.kind, of.strike, of.expiration_timestamp)
        };
        assert_eq!(terms(ticker), terms(before));
    }
    // A feed that no longer quotes the expiry still has an index.
    world.publish_far_only();
    all(&world)
        .iter()
        .for_each(|ticker| check_unpriced(ticker, true));
}

/// The last second is priced, the expiry itself is not.
#[test]
fn nothing_is_priced_from_its_expiry_on() {
    let mut world = World::new();
    let name = "BTC_USDC-2JAN26-100000-C";
    world.list(&[name]);
    world.advance(u64::from(NEAR) * 60 - 2 - START);
    world.publish(SPOT, SPOT);
    world.advance(1);
    let ticker = world.ticker(LINEAR, name);
    // The one observation is all of the mean. At the money: 100,000 (2 N(s / 2) - 1) for the kernel's least s, 2^-20.
    near(number(ticker.mark_price.unwrap()), 0.038_046_464_454, name);
    world.advance(1);
    check_unpriced(&world.ticker(LINEAR, name), true);
}

/// Greeks are of the time that is left, and open interest is what was traded.
#[test]
fn time_passes_and_trades_count() {
    let mut world = World::new();
    let name = "BTC_USDC-9JAN26-100000-P";
    world.list(&[name]);
    let coins = [Coin::new(50_000_000_000_u128, USDC)];
    let maker = world.sandbox.open_account("maker", &coins).unwrap();
    let taker = world.sandbox.open_account("taker", &coins).unwrap();
    let leg = QuoteLeg {
        series: name.into(),
        ratio: -1,
        price: 5_000,
    };
    let quote = world.sandbox.quote(&maker, 1, 7, vec![leg]);
    world.sandbox.take(&taker, quote, 7).unwrap();
    assert_eq!(world.ticker(LINEAR, name).open_interest.u64(), 7);
    let day = 86_400;
    world.advance(day);
    world.publish(SPOT, SPOT);
    let ticker = world.ticker(LINEAR, name);
    assert_eq!(ticker.open_interest.u64(), 7);
    check_vol(&ticker, &expiry(FAR, SPOT, day), 100_000.0);
}

/// A call that is worth nothing to the last digit has a mark, but no vol.
#[test]
fn what_has_no_value_is_absent_alone() {
    let mut world = World::new();
    let name = "BTC_USDC-2JAN26-900000-C";
    world.list(&[name]);
    let ticker = world.ticker(LINEAR, name);
    assert_eq!(ticker.mark_price.unwrap().to_string(), "0");
    assert_eq!((ticker.mark_iv, ticker.greeks), (None, None));
    assert_eq!(number(ticker.underlying_price.unwrap()), SPOT);
}
