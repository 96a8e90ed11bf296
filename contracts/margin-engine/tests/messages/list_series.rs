//! ListSeries.

use cosmwasm_std::coin;
use protocol_api::engine::*;
use protocol_api::oracle::Validity;

use crate::common::*;

fn list(name: &str) -> ExecuteMsg {
    ExecuteMsg::ListSeries {
        series: vec![name.into()],
    }
}

#[test]
fn anyone_lists_on_grid_and_calendar_for_the_fee() {
    let mut world = World::new();
    let mallory = world.mallory.clone();
    let msg = list("BTC_USDC-25DEC26-101500-P");
    world.refused(&mallory, msg.clone(), "E_FUNDS_ONE_COIN");
    world.refused_with(
        &mallory,
        msg.clone(),
        &[coin(999_999, USD)],
        "E_ENGINE_LISTING_FEE",
    );
    world.refused_with(
        &mallory,
        msg.clone(),
        &[coin(1_000_001, USD)],
        "E_ENGINE_LISTING_FEE",
    );
    world.refused_with(
        &mallory,
        msg.clone(),
        &[coin(1_000_000, BTC)],
        "E_FUNDS_DENOM",
    );
    world
        .send(&mallory, msg.clone(), &[coin(1_000_000, USD)])
        .unwrap();
    assert_eq!(world.ledger(USD).fees.u128(), 1_000_000);
    // Again: it is passed over, and nothing is due.
    world.refused_with(
        &mallory,
        msg.clone(),
        &[coin(1_000_000, USD)],
        "E_FUNDS_UNWANTED",
    );
    world.ok(&mallory, msg);
    let names = ["BTC_USDC-25DEC26-1000-C", "BTC_USDC-25DEC26-1000-DP", PUT];
    let several = ExecuteMsg::ListSeries {
        series: names.map(String::from).to_vec(),
    };
    world
        .send(&mallory, several, &[coin(2_000_000, USD)])
        .unwrap();
    let expiries: ExpiriesResponse = world.query(&QueryMsg::Expiries {
        market: "BTC_USDC".into(),
        start_after: None,
        limit: None,
    });
    assert_eq!(
        expiries
            .expiries
            .iter()
            .map(|e| e.series)
            .collect::<Vec<_>>(),
        [1, 7]
    );
}

#[test]
fn names_off_the_grid_or_calendar_are_refused() {
    let mut world = World::new();
    let (mallory, owner) = (world.mallory.clone(), world.owner.clone());
    for (name, code) in [
        ("BTC_USDC-25DEC26-100001-C", "E_RISK_NAME"),
        ("BTC_USDC-25DEC26-0-C", "E_"),
        ("BTC_USDC-25DEC26-100000-X", "E_RISK_NAME"),
        ("BTC_USDC-25DEC2026-100000-C", "E_RISK_NAME"),
        ("btc_usdc-25DEC26-100000-C", "E_RISK_NAME"),
        ("BTC_USDC-25DEC26-100000-C ", "E_RISK_NAME"),
        ("ETH-25DEC26-100000-C", "E_ENGINE_UNKNOWN"),
        ("BTC_USDC-20NOV26-100000-C", "E_ENGINE_GRID"),
        ("BTC_USDC-19NOV26-100000-C", "E_ENGINE_GRID"),
        ("BTC_USDC-25DEC26-8388608000-C", "E_ENGINE_GRID"),
    ] {
        world.refused(&owner, list(name), code);
        world.refused_with(&mallory, list(name), &[coin(1_000_000, USD)], code);
    }
    for name in [
        "BTC_USDC-25DEC26T0801-100000-C",
        "BTC_USDC-26NOV26-100000-C",
        "BTC_USDC-1JAN27-100000-C",
        "BTC_USDC-24SEP27-100000-C",
    ] {
        let short = name == "BTC_USDC-24SEP27-100000-C" || name == "BTC_USDC-26NOV26-100000-C";
        if !short {
            world.refused_with(
                &mallory,
                list(name),
                &[coin(1_000_000, USD)],
                "E_ENGINE_GRID",
            );
        }
        // The owner may list any whole minute.
        world.ok(&owner, list(name));
    }
    world.refused(&owner, list("BTC_USDC-25DEC40-100000-C"), "E_ENGINE_GRID");
}

#[test]
fn a_full_expiry_and_a_closed_market_take_no_more() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let set = |expiry_series: u16, open: bool| ExecuteMsg::SetMarketParams {
        market: "BTC_USDC".into(),
        params: MarketParams {
            expiry_series,
            open,
            ..market_params()
        },
        effective_at: START,
    };
    world.ok(&owner, set(5, true));
    world.ok(&owner, list("BTC_USDC-25DEC26-70000-P"));
    let (mallory, next) = (world.mallory.clone(), "BTC_USDC-25DEC26-71000-P");
    let fee = [coin(1_000_000, USD)];
    world.refused_with(&mallory, list(next), &fee, "E_ENGINE_SERIES_CAP");
    // Whoever filled the date with strikes that nobody wants does not shut the owner out.
    world.ok(&owner, list(next));
    world.ok(&owner, list("BTC_USDC-27NOV26-71000-P"));
    world.ok(&owner, set(2_000, false));
    world.refused(
        &owner,
        list("BTC_USDC-25DEC26-72000-P"),
        "E_ENGINE_MARKET_CLOSED",
    );
}

#[test]
fn a_pause_stops_listings_by_others() {
    let mut world = World::new();
    let (guardian, mallory, owner) = (
        world.guardian.clone(),
        world.mallory.clone(),
        world.owner.clone(),
    );
    let pause = ExecuteMsg::Pause {
        actions: vec![PauseAction::List],
        seconds: 60,
    };
    world.ok(&guardian, pause);
    let msg = list("BTC_USDC-25DEC26-70000-P");
    world.refused_with(&mallory, msg.clone(), &[coin(1_000_000, USD)], "E_PAUSED");
    world.ok(&owner, msg);
}

#[test]
fn inv_5_terms_of_a_listed_series_never_change() {
    let mut world = World::funded();
    let (owner, before): (_, SeriesResponse) = (
        world.owner.clone(),
        world.query(&QueryMsg::Series {
            series: FUTURE.into(),
        }),
    );
    // A future keeps the reference price of its first listing.
    world.set_spot(120_000);
    world.ok(&owner, list(FUTURE));
    assert_eq!(
        world.query::<SeriesResponse>(&QueryMsg::Series {
            series: FUTURE.into()
        }),
        before
    );
    world.ok(&owner, list("BTC_USDC-27NOV26"));
    let other: SeriesResponse = world.query(&QueryMsg::Series {
        series: "BTC_USDC-27NOV26".into(),
    });
    assert_eq!(
        other.strike,
        cosmwasm_std::Decimal::from_ratio(120_000_u32, 1_u32)
    );
    // No message can touch unit, tick, grid, style or fixing of a market: a second listing is refused.
    let again = ExecuteMsg::AddMarket {
        listing: MarketListing {
            unit: percent(10),
            ..linear()
        },
    };
    world.refused(&owner, again, "E_ENGINE_TAKEN");
}

#[test]
fn fixing_terms_must_be_those_of_the_feed() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let fixing = FixingTerms {
        buckets: 30,
        bucket_seconds: 30,
    };
    let listing = MarketListing {
        symbol: "ODD".into(),
        fixing,
        ..linear()
    };
    world.ok(&owner, ExecuteMsg::AddMarket { listing });
    world.refused(
        &owner,
        list("ODD-25DEC26-100000-C"),
        "E_ENGINE_FIXING_TERMS",
    );
}

#[test]
fn without_a_record_of_the_feed_nothing_is_listed() {
    let mut world = World::bare();
    let (owner, mallory) = (world.owner.clone(), world.mallory.clone());
    world.ok(&owner, ExecuteMsg::AddMarket { listing: linear() });
    let key = protocol_api::record::market_record_key(1);
    for unreadable in [vec![], vec![1, 2, 3]] {
        world.raw(key.clone(), unreadable);
        for name in [CALL, FUTURE] {
            world.refused(&owner, list(name), "E_ENGINE_NO_RECORD");
            let fee = [coin(1_000_000, USD)];
            world.refused_with(&mallory, list(name), &fee, "E_ENGINE_NO_RECORD");
        }
    }
    // However bad its level: a price is there that the fixing can fall back on.
    world.set_level(Validity::Invalid);
    world.ok(&owner, list(CALL));
    world.ok(&owner, list(FUTURE));
    // What is listed is passed over as ever.
    world.silence();
    world.ok(&owner, list(CALL));
}

#[test]
fn lists_are_bounded() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let series: Vec<String> = (0..65)
        .map(|n| format!("BTC_USDC-25DEC26-{}-C", 500 * (n + 1)))
        .collect();
    world.refused(&owner, ExecuteMsg::ListSeries { series }, "E_ENGINE_LIST");
    world.refused(
        &owner,
        ExecuteMsg::ListSeries { series: vec![] },
        "E_ENGINE_LIST",
    );
}

/// Strikes that margin could not tell from infinity, nor from each other.
#[test]
fn attack_a_strike_far_above_the_price_is_not_listed() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let price: u64 = 100_000;
    world.set_spot(price);
    let far = |strike: u64| list(&format!("BTC_USDC-25DEC26-{strike}-P"));
    world.ok(&owner, far(256 * price));
    for strike in [256 * price + 500, 1_000_000_000, 8_000_000_000] {
        world.refused(&owner, far(strike), "E_ENGINE_GRID");
    }
    let coin = ExecuteMsg::ListSeries {
        series: vec!["BTC-25DEC26-8000000000-P".into()],
    };
    world.refused(&owner, coin, "E_ENGINE_GRID");
}
