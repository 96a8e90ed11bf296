//! AddCoin, SetCoinTerms, AddMarket, SetMarketParams.

use cosmwasm_std::{Decimal, Uint128};
use protocol_api::engine::*;

use crate::common::*;

fn add(listing: CoinListing) -> ExecuteMsg {
    ExecuteMsg::AddCoin { listing }
}

fn market(change: impl FnOnce(&mut MarketListing)) -> ExecuteMsg {
    let mut listing = MarketListing {
        symbol: "NEW".into(),
        ..linear()
    };
    change(&mut listing);
    ExecuteMsg::AddMarket { listing }
}

#[test]
fn coins_have_ranges() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let coin = |denom: &str| CoinListing {
        denom: denom.into(),
        underlying: 2,
        ..btc_coin()
    };
    world.refused(&owner, add(coin(BTC)), "E_ENGINE_TAKEN");
    world.refused(&owner, add(coin("u")), "E_ENGINE_RANGE: `denom`");
    world.refused(
        &owner,
        add(CoinListing {
            decimals: 19,
            ..coin("ueth")
        }),
        "`decimals`",
    );
    let terms = |change: fn(&mut CoinTerms)| {
        let mut terms = coin_terms();
        change(&mut terms);
        CoinListing {
            terms,
            ..coin("ueth")
        }
    };
    for (listing, field) in [
        (
            terms(|t| t.weight_maintenance = percent(101)),
            "weight_maintenance",
        ),
        (terms(|t| t.weight_initial = percent(91)), "weight_initial"),
        (terms(|t| t.depeg = percent(101)), "depeg"),
        (terms(|t| t.cap = Uint128::MAX), "cap"),
        (terms(|t| t.debt_cap = Uint128::MAX), "debt_cap"),
    ] {
        world.refused(&owner, add(listing), field);
    }
    for n in 0..3 {
        world.ok(&owner, add(coin(&format!("coin{n}"))));
    }
    world.refused(&owner, add(coin("coin3")), "E_ENGINE_RANGE: `underlying`");
    let coins: CoinsResponse = world.query(&QueryMsg::Coins {});
    assert_eq!(
        coins.coins.iter().map(|coin| coin.id).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4]
    );
}

#[test]
fn attack_risk_35_terms_change_at_the_stated_time_and_not_before() {
    let mut world = World::new();
    let owner = world.owner.clone();
    world.deposit(1, 100_000_000, BTC);
    let before = world.health(1).initial_surplus.unwrap();
    let lower = CoinTerms {
        weight_initial: percent(50),
        ..coin_terms()
    };
    let set = |effective_at: u64| ExecuteMsg::SetCoinTerms {
        denom: BTC.into(),
        terms: lower.clone(),
        effective_at,
    };
    world.refused(&owner, set(START - 1), "E_ENGINE_TIME");
    world.refused(&owner, set(START + 367 * 86_400), "E_ENGINE_TIME");
    world.ok(&owner, set(START + 100));
    let coins: CoinsResponse = world.query(&QueryMsg::Coins {});
    let planned = coins.coins[1].terms.next.as_ref().expect("planned");
    assert_eq!(planned.effective_at, START + 100);
    world.advance(99);
    world.publish();
    assert_eq!(world.health(1).initial_surplus.unwrap(), before);
    world.advance(1);
    world.publish();
    assert!(world.health(1).initial_surplus.unwrap() < before);
    // The quote coin keeps weight one.
    let usd = ExecuteMsg::SetCoinTerms {
        denom: USD.into(),
        terms: coin_terms(),
        effective_at: world.now(),
    };
    world.refused(&owner, usd, "E_ENGINE_RANGE: `weight_initial`");
    let none = ExecuteMsg::SetCoinTerms {
        denom: "no".into(),
        terms: coin_terms(),
        effective_at: world.now(),
    };
    world.refused(&owner, none, "E_ENGINE_UNKNOWN");
}

#[test]
fn attack_risk_12_units_and_ticks_that_are_not_whole_are_refused() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let tiny = Decimal::from_ratio(1_u32, 1_000_000_000_u32);
    for (msg, field) in [
        (market(|m| m.unit = tiny), "unit"),
        (market(|m| m.unit = Decimal::zero()), "unit"),
        (market(|m| m.tick = tiny), "tick"),
        (market(|m| m.tick = Decimal::zero()), "tick"),
        (market(|m| m.strike_step = Decimal::zero()), "strike_step"),
        (market(|m| m.symbol = "X".into()), "symbol"),
        (market(|m| m.symbol = "lower".into()), "symbol"),
        (market(|m| m.symbol = "A-B".into()), "symbol"),
        (market(|m| m.symbol = "ABCDEFGHIJKLMNOPQ".into()), "symbol"),
        (market(|m| m.settle_denom = BTC.into()), "settle_denom"),
        (market(|m| m.settle_denom = "no".into()), "E_ENGINE_UNKNOWN"),
        (market(|m| m.style = MarketStyle::Inverse), "settle_denom"),
        (market(|m| m.calendar.at = 86_400), "at"),
        (market(|m| m.calendar.at = 30), "at"),
        (market(|m| m.calendar.daily = 367), "daily"),
        (market(|m| m.calendar.weekly = 105), "weekly"),
        (market(|m| m.calendar.monthly = 37), "monthly"),
        (market(|m| m.calendar.quarterly = 21), "quarterly"),
        (market(|m| m.fixing.buckets = 5), "buckets"),
        (market(|m| m.fixing.bucket_seconds = 7), "bucket_seconds"),
        (market(|m| m.fixing.bucket_seconds = 0), "bucket_seconds"),
        (market(|m| m.params.taker_rate = percent(2)), "taker_rate"),
        (market(|m| m.params.maker_rate = percent(2)), "maker_rate"),
        (
            market(|m| m.params.fee_premium_cap = percent(26)),
            "fee_premium_cap",
        ),
        (market(|m| m.params.expiry_series = 2_001), "expiry_series"),
    ] {
        world.refused(&owner, msg, field);
    }
    // An inverse market whose unit is not a whole number of quote units per dollar is refused too.
    let fine = MarketListing {
        symbol: "FINE".into(),
        unit: Decimal::permille(1),
        tick: Decimal::one(),
        ..inverse()
    };
    world.ok(&owner, ExecuteMsg::AddMarket { listing: fine });
    let odd_unit = Decimal::from_ratio(1_u32, 10_000_000_u32);
    let odd = MarketListing {
        symbol: "ODD".into(),
        unit: odd_unit,
        tick: Decimal::one(),
        ..inverse()
    };
    world.refused(
        &owner,
        ExecuteMsg::AddMarket { listing: odd },
        "E_RISK_TERMS",
    );
}

/// Whole units round by less than one; a tick so small would cost less than that.
#[test]
fn attack_an_inverse_market_whose_tick_is_worth_less_than_its_rounding_is_refused() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let ticks = |units: u32| ExecuteMsg::AddMarket {
        listing: MarketListing {
            symbol: "FINE".into(),
            tick: Decimal::from_ratio(units, 1_000_000_u32),
            ..inverse()
        },
    };
    world.refused(&owner, ticks(7), "tick");
    world.ok(&owner, ticks(8));
}

#[test]
fn markets_are_shown_as_listed() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let params = MarketParams {
        taker_rate: Decimal::bps(5),
        ..market_params()
    };
    let set = ExecuteMsg::SetMarketParams {
        market: "BTC".into(),
        params,
        effective_at: START + 5,
    };
    world.ok(&owner, set);
    let found: MarketResponse = world.query(&QueryMsg::Market {
        market: "BTC".into(),
    });
    let listed = inverse();
    assert_eq!(
        (found.id, found.symbol.as_str(), found.underlying),
        (2, "BTC", 1)
    );
    assert_eq!(
        (found.unit, found.tick, found.strike_step),
        (listed.unit, listed.tick, listed.strike_step)
    );
    assert_eq!(
        (found.multiplier.u64(), found.tick_value.u64()),
        (1_000_000, 500)
    );
    assert_eq!(
        (found.calendar.clone(), found.fixing),
        (listed.calendar, listed.fixing)
    );
    assert_eq!(found.params.current, market_params());
    let planned = found.params.next.as_ref().expect("planned");
    assert_eq!(planned.effective_at, START + 5);
    let all: MarketsResponse = world.query(&QueryMsg::Markets {
        start_after: Some(1),
        limit: None,
    });
    assert_eq!(all.markets, [found]);
    let unknown = ExecuteMsg::SetMarketParams {
        market: "NO".into(),
        params: market_params(),
        effective_at: START,
    };
    world.refused(&owner, unknown, "E_ENGINE_UNKNOWN");
}
