//! Keys, legs and names: round trips, order, and what does not parse.

mod support;

use fixed_math::Fx;
use proptest::prelude::*;
use risk::name::{format_expiry, format_name, parse_expiry, parse_name};
use risk::{Kind, MAX_EXPIRY_MINUTES, MarketTerms, RiskError, SeriesKey};
use support::*;

/// 2026-12-25 08:00 UTC: 1,798,185,600 seconds.
const CHRISTMAS: u32 = 29_969_760;

#[test]
fn spec_example_names() {
    let market = market(LINEAR);
    let key = |kind| SeriesKey {
        market: LINEAR,
        expiry: CHRISTMAS,
        strike: 100,
        kind,
    };
    for (kind, name) in [
        (Kind::Call, "BTC-25DEC26-100000-C"),
        (Kind::Put, "BTC-25DEC26-100000-P"),
        (Kind::DigitalCall, "BTC-25DEC26-100000-DC"),
        (Kind::DigitalPut, "BTC-25DEC26-100000-DP"),
        (Kind::Future, "BTC-25DEC26"),
    ] {
        assert_eq!(format_name("BTC", &key(kind), &market).unwrap(), name);
        let parsed = parse_name(name).unwrap();
        assert_eq!(parsed.symbol, "BTC");
        assert_eq!(parsed.key(&market, 100).unwrap(), key(kind));
    }
    assert_eq!(
        format_expiry(CHRISTMAS + 6 * 60 + 32).unwrap(),
        "25DEC26T1432"
    );
    assert_eq!(parse_expiry("1JAN00").unwrap(), 946_713_600 / 60);
    assert_eq!(
        format_expiry(parse_expiry("29FEB28T0001").unwrap()).unwrap(),
        "29FEB28T0001"
    );
    let fine = MarketTerms {
        strike_step: Fx::from_num(0.05),
        ..market
    };
    let key = SeriesKey {
        strike: 11,
        ..key(Kind::Call)
    };
    let name = format_name("XRP_USDC", &key, &fine).unwrap();
    assert_eq!(name, "XRP_USDC-25DEC26-0d55-C");
    assert_eq!(parse_name(&name).unwrap().key(&fine, 0).unwrap(), key);
}

#[test]
fn spec_example_packed_bytes() {
    let key = SeriesKey {
        market: 1,
        expiry: CHRISTMAS,
        strike: 100,
        kind: Kind::Put,
    };
    let bytes = [0, 1, 0x0e, 0x4a, 0x6b, 0, 0, 0, 0x03, 0x21];
    assert_eq!(key.pack(), Ok(bytes));
    assert_eq!(SeriesKey::unpack(&bytes), Ok(key));
    let number = (1_u128 << 64) + (29_969_760 << 35) + 100 * 8 + 1;
    assert_eq!(number.to_be_bytes()[6..], bytes);
}

#[test]
fn what_is_not_exactly_a_name_does_not_parse() {
    for name in [
        "",
        "BTC",
        "btc-25DEC26",
        "BTC-25DEC26-",
        "BTC-25DEC26-100000",
        "BTC-25DEC26-100000-X",
        "BTC-25DEC26-100000-C-",
        "BTC-025DEC26",
        "BTC-5DEC2026",
        "BTC-31JUN26",
        "BTC-25DEC26T0800",
        "BTC-25DEC26T2460",
        "BTC-25DEC26T143",
        "BTC-25DEC26-0100-C",
        "BTC-25DEC26-1d50-C",
        "BTC-25DEC26-1d-C",
        "BTC-25DEC26-+1-C",
        "BTC-25DEC26-1.5-C",
        "BTC-0DEC26",
        "BTC-29FEB26",
        "BTC-25DEC26-99999999999999999999-C",
    ] {
        assert_eq!(parse_name(name), Err(RiskError::Name), "{name}");
    }
    let off_grid = parse_name("BTC-25DEC26-100001-C").unwrap();
    assert_eq!(off_grid.key(&market(LINEAR), 0), Err(RiskError::Name));
}

#[test]
fn keys_know_their_limits() {
    let key = SeriesKey {
        market: 1,
        expiry: MAX_EXPIRY_MINUTES + 1,
        strike: 0,
        kind: Kind::Call,
    };
    assert_eq!(key.pack(), Err(RiskError::Expiry { minutes: 1 << 29 }));
    assert_eq!(
        SeriesKey::unpack(&[255; 10]),
        Err(RiskError::Kind { code: 7 })
    );
}

fn keys() -> impl Strategy<Value = SeriesKey> {
    (any::<u16>(), 0..=MAX_EXPIRY_MINUTES, any::<u32>(), kinds()).prop_map(
        |(market, expiry, strike, kind)| SeriesKey {
            market,
            expiry,
            strike,
            kind,
        },
    )
}

proptest! {
    #[test]
    fn packing_round_trips_and_keeps_the_order(a in keys(), b in keys()) {
        let (x, y) = (a.pack().unwrap(), b.pack().unwrap());
        prop_assert_eq!(SeriesKey::unpack(&x).unwrap(), a);
        prop_assert_eq!(a.cmp(&b), x.cmp(&y));
    }

    #[test]
    fn names_round_trip(expiry in 15_778_080_u32..68_374_079, strike: u32, kind in kinds()) {
        let market = market(LINEAR);
        let key = SeriesKey { market: LINEAR, expiry, strike, kind };
        if let Ok(name) = format_name("BTC_USDC", &key, &market) {
            prop_assert_eq!(parse_name(&name).unwrap().key(&market, strike).unwrap(), key);
        } else {
            prop_assert!(u64::from(strike) * 1_000 >= 1 << 40);
        }
    }
}
