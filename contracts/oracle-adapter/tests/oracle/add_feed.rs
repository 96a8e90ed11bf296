//! `AddFeed`: terms and policies within their hard ranges.

use protocol_api::oracle::{FeedPolicy, FeedResponse, FeedTerms, QueryMsg};

use crate::world::{World, decimal, policy, terms};

type Spoil = (&'static str, fn(&mut FeedTerms, &mut FeedPolicy));

/// Each spoils one field of an otherwise good feed.
const SPOILED: &[Spoil] = &[
    ("symbol", |t, _| t.symbol = String::new()),
    ("symbol", |t, _| t.symbol = "btc".into()),
    ("symbol", |t, _| t.symbol = "A".repeat(17)),
    ("price_bits", |t, _| t.price_bits = 49),
    ("fixing", |t, _| t.fixing.buckets = 5),
    ("fixing", |t, _| t.fixing.buckets = 241),
    ("fixing", |t, _| t.fixing.bucket_seconds = 0),
    ("fixing", |t, _| t.fixing.bucket_seconds = 7),
    ("fixing", |t, _| t.fixing.bucket_seconds = 120),
    ("reference_price", |t, _| t.reference_price = decimal("999")),
    ("reference_price", |t, _| {
        t.reference_price = decimal("1000000.1")
    }),
    ("sources", |_, p| p.sources.clear()),
    ("sources", |_, p| p.sources[0].name = String::new()),
    ("min_sources", |_, p| p.min_sources = 2),
    ("min_sources", |_, p| p.min_sources = 6),
    ("source_age", |_, p| p.source_age = 0),
    ("ages", |_, p| p.ages.aging = 0),
    ("ages", |_, p| p.ages.aging = 61),
    ("ages", |_, p| p.ages.stale = 10),
    ("ages", |_, p| p.ages.stale = 301),
    ("ages", |_, p| p.ages.dead = 901),
    ("min_price", |_, p| p.min_price = decimal("0")),
    ("min_price", |_, p| p.min_price = decimal("0.0000001")),
    ("max_price", |_, p| p.max_price = decimal("1000")),
    ("max_price", |_, p| p.max_price = decimal("8388608")),
    // 2^40 USD would fit the stored integers of few bits, but no settlement.
    ("max_price", |t, p| {
        t.price_bits = 12;
        p.max_price = decimal("1099511627776");
    }),
    ("slow_rate", |t, p| {
        // 5,000 units times 0.0001 move less than one in a second.
        t.price_bits = 8;
        (p.min_price, p.slow_rate) = (decimal("20"), decimal("0.0001"));
    }),
    ("uncertain_above", |_, p| {
        p.uncertain_above = decimal("0.050001")
    }),
    ("max_confidence", |_, p| {
        p.max_confidence = decimal("0.200001")
    }),
    ("jump", |_, p| p.jump = decimal("0.004")),
    ("jump", |_, p| p.jump = decimal("0.51")),
    ("slow_rate", |_, p| p.slow_rate = decimal("0.0010001")),
    ("slow_rate", |_, p| p.slow_rate = decimal("0")),
    ("normal_vol", |_, p| p.normal_vol = decimal("0.009")),
    ("max_regime", |_, p| p.max_regime = decimal("0.99")),
    ("max_regime", |_, p| p.max_regime = decimal("4.01")),
];

#[test]
fn attack_risk_22_every_field_has_a_hard_range() {
    for (field, spoil) in SPOILED {
        let (mut terms, mut policy) = (terms(60, 30), policy());
        spoil(&mut terms, &mut policy);
        let refused = World::empty().add_feed(1, &terms, &policy).unwrap_err();
        assert_eq!(refused, "E_FEED_RANGE", "{field}");
    }
}

#[test]
fn a_feed_is_added_once_and_read_back_as_given() {
    let mut world = World::empty();
    world.add_feed(7, &terms(60, 30), &policy()).unwrap();
    assert_eq!(
        world.add_feed(7, &terms(6, 60), &policy()).unwrap_err(),
        "E_FEED_EXISTS"
    );
    let answer: FeedResponse = world.query(&QueryMsg::Feed { feed: 7 }).unwrap();
    assert_eq!(
        (answer.terms, answer.policy.current),
        (terms(60, 30), policy())
    );
    assert_eq!(answer.quarantined_until, None);
    let silent = world.query::<serde_json::Value>(&QueryMsg::Record { feed: 7 });
    assert_eq!(silent.unwrap_err(), "E_FEED_SILENT");
}

#[test]
fn attack_risk_12_decimals_are_exact_or_refused() {
    let mut world = World::empty();
    let mut exact = terms(60, 30);
    exact.reference_price = decimal("100000.000000000232830644"); // 2^-32 rounded up
    world.add_feed(1, &exact, &policy()).unwrap();
    let answer: FeedResponse = world.query(&QueryMsg::Feed { feed: 1 }).unwrap();
    // One stored unit is 2^-32 = 0.00000000023283064365386962890625, shown rounded down.
    assert_eq!(
        answer.terms.reference_price,
        decimal("100000.000000000232830643")
    );
    let mut huge = policy();
    huge.max_price = cosmwasm_std::Decimal::MAX;
    assert_eq!(
        world.add_feed(2, &terms(60, 30), &huge).unwrap_err(),
        "E_FEED_RANGE"
    );
}
