//! Pages of a chain, its expiry filter, and `Config`.

use protocol_api::lens::{ConfigResponse, QueryMsg, Ticker};

use crate::world::{FAR, NEAR, World};

const MARKET: &str = "BTC_USDC";

/// 56 series: 53 calls near, three series far.
fn listed() -> World {
    let mut world = World::new();
    let near: Vec<String> = (0..53)
        .map(|step| format!("{MARKET}-2JAN26-{}-C", 95_000 + 100 * step))
        .collect();
    world.list(&near.iter().map(String::as_str).collect::<Vec<_>>());
    world.list(&[
        "BTC_USDC-9JAN26-100000-P",
        "BTC_USDC-9JAN26",
        "BTC_USDC-9JAN26-100000-DC",
        "BTC-9JAN26-100000-C",
    ]);
    world
}

fn page(
    world: &World,
    expiry: Option<u32>,
    (start_after, limit): (Option<&str>, Option<u32>),
) -> Vec<String> {
    let query = QueryMsg::Chain {
        market: MARKET.into(),
        expiry: expiry.map(|minutes| u64::from(minutes) * 60),
        start_after: start_after.map(String::from),
        limit,
    };
    let name = |ticker: Ticker| ticker.instrument_name;
    world.chain(&query).unwrap().into_iter().map(name).collect()
}

#[test]
fn pages_join_to_the_whole_by_expiry_strike_and_kind() {
    let world = listed();
    for limit in [1, 7, 50] {
        let mut all: Vec<String> = Vec::new();
        loop {
            let after = all.last().map(String::as_str);
            let next = page(&world, None, (after, Some(limit)));
            if next.is_empty() {
                break;
            }
            assert!(next.len() <= limit as usize);
            all.extend(next);
        }
        assert_eq!(all.len(), 56);
        let strikes = (0..53).map(|step| format!("{MARKET}-2JAN26-{}-C", 95_000 + 100 * step));
        assert!(all.iter().take(53).eq(strikes.collect::<Vec<_>>().iter()));
        // The future's strike is its reference, 100,000, and it is the last of the kinds.
        assert_eq!(
            all[53..],
            [
                "BTC_USDC-9JAN26-100000-P",
                "BTC_USDC-9JAN26-100000-DC",
                "BTC_USDC-9JAN26"
            ]
        );
    }
}

#[test]
fn a_page_holds_1_to_50_and_30_when_nobody_says() {
    let world = listed();
    for (limit, wanted) in [(None, 30), (Some(0), 1), (Some(50), 50), (Some(51), 50)] {
        assert_eq!(page(&world, None, (None, limit)).len(), wanted, "{limit:?}");
    }
}

#[test]
fn one_expiry_alone() {
    let world = listed();
    let far = page(&world, Some(FAR), (None, Some(50)));
    assert_eq!(far.len(), 3);
    assert!(far.iter().all(|name| name.contains("9JAN26")));
    let near = page(&world, Some(NEAR), (None, Some(50)));
    let rest = page(&world, Some(NEAR), (Some(&near[49]), Some(50)));
    assert_eq!((near.len(), rest.len()), (50, 3));
    // After a series of an earlier expiry it begins, after one of a later it is over.
    assert_eq!(page(&world, Some(FAR), (Some(&near[9]), None)), far);
    assert!(page(&world, Some(NEAR), (Some(&far[0]), None)).is_empty());
    assert!(page(&world, Some(FAR + 1_440), (None, None)).is_empty());
}

#[test]
fn config_names_the_contracts_it_reads() {
    let world = World::new();
    let sandbox = &world.sandbox;
    let query = QueryMsg::Config {};
    let config: ConfigResponse = sandbox.chain.query(&sandbox.lens, &query).unwrap();
    assert_eq!(config.engine, sandbox.engine.to_string());
    assert_eq!(config.oracle, sandbox.oracle.to_string());
}
