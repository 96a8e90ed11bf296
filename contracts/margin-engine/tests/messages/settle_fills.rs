//! SettleFills.

use cosmwasm_std::{Binary, Decimal, Uint64, Uint128, coin};
use protocol_api::engine::*;
use protocol_api::oracle::Validity;

use crate::common::*;

fn set_params(world: &mut World, change: impl FnOnce(&mut MarketParams)) {
    let mut params = market_params();
    change(&mut params);
    let (owner, effective_at) = (world.owner.clone(), world.now());
    let msg = ExecuteMsg::SetMarketParams {
        market: "BTC_USDC".into(),
        params,
        effective_at,
    };
    world.ok(&owner, msg);
}

#[test]
fn premium_and_fees_move_once_and_legs_mirror() {
    let mut world = World::funded();
    let done = world
        .trade(1, 2, &[(CALL, 100, 520), (PUT, -50, 300)])
        .unwrap();
    // 1 BTC x 2,600 USD bought, 0.5 BTC x 1,500 USD sold.
    let premium = 2_600_000_000 - 750_000_000;
    // Maker 0.01 %, taker 0.03 % of 90,000 USD x 1.5 BTC, all below the caps.
    assert_eq!(world.cash(1, USD), 100_000_000_000 + premium - 13_500_000);
    assert_eq!(world.cash(2, USD), 100_000_000_000 - premium - 40_500_000);
    assert_eq!(
        (world.quantity(1, CALL), world.quantity(2, CALL)),
        (-100, 100)
    );
    assert_eq!((world.quantity(1, PUT), world.quantity(2, PUT)), (50, -50));
    let account: AccountResponse = world.query(&QueryMsg::Account { account: 1 });
    let realised = Int128View(premium - 13_500_000);
    assert_eq!(account.profits[0].realized.i128(), realised.0);
    let event = done
        .events
        .iter()
        .find(|event| event.ty == "wasm-fill_settled")
        .unwrap();
    let value = |key: &str| {
        let found = event
            .attributes
            .iter()
            .find(|attribute| attribute.key == key);
        found.unwrap().value.clone()
    };
    assert_eq!(
        ["maker", "taker", "premium", "maker_fee", "taker_fee"].map(value),
        ["1", "2", "1850000000", "13500000", "40500000"]
    );
    let series: SeriesResponse = world.query(&QueryMsg::Series {
        series: CALL.into(),
    });
    assert_eq!(series.open_interest.u64(), 100);
}

struct Int128View(i128);

#[test]
fn only_authorised_venues_that_both_accounts_admit() {
    let mut world = World::funded();
    let fill = world.fill(1, 2, &[(CALL, 1, 500)]);
    let msg = ExecuteMsg::SettleFills { fills: vec![fill] };
    let (mallory, owner) = (world.mallory.clone(), world.owner.clone());
    world.refused(&mallory, msg.clone(), "E_ENGINE_UNAUTHORIZED");
    // Authorised by the owner of the engine, but not admitted by the accounts.
    let venue = mallory.to_string();
    world.ok(
        &owner,
        ExecuteMsg::SetVenue {
            venue: venue.clone(),
            authorized: true,
        },
    );
    world.refused(&mallory, msg.clone(), "E_ENGINE_VENUE");
    let alice = world.alice.clone();
    world.ok(
        &alice,
        ExecuteMsg::AdmitVenue {
            account: 1,
            venue: venue.clone(),
            admitted: true,
        },
    );
    world.refused(&mallory, msg.clone(), "E_ENGINE_VENUE");
    let bob = world.bob.clone();
    world.ok(
        &bob,
        ExecuteMsg::AdmitVenue {
            account: 2,
            venue: venue.clone(),
            admitted: true,
        },
    );
    world.ok(&mallory, msg.clone());
    world.ok(
        &owner,
        ExecuteMsg::SetVenue {
            venue,
            authorized: false,
        },
    );
    world.refused(&mallory, msg, "E_ENGINE_UNAUTHORIZED");
}

#[test]
fn consent_is_the_owners_or_a_live_delegates() {
    let mut world = World::funded();
    let alice = world.alice.clone();
    let mut fill = world.fill(1, 2, &[(CALL, 1, 500)]);
    let public_key = Binary::from([[3].as_slice(), &[7; 32]].concat());
    let key = Consent::Key {
        public_key: public_key.clone(),
    };
    let send = |world: &mut World, fill: &Fill| world.settle(vec![fill.clone()]);
    for wrong in [
        key.clone(),
        Consent::Address {
            address: world.bob.to_string(),
        },
        Consent::Address {
            address: alice.to_string().to_uppercase(),
        },
    ] {
        fill.maker.consent = wrong;
        assert!(
            send(&mut world, &fill)
                .unwrap_err()
                .contains("E_ENGINE_CONSENT")
        );
    }
    let delegate = DelegateId::Key { public_key };
    let give = |scopes: Vec<Scope>| ExecuteMsg::SetDelegate {
        account: 1,
        delegate: delegate.clone(),
        grant: Some(Grant {
            scopes,
            expires_at: START + 60,
        }),
    };
    fill.maker.consent = key;
    world.ok(&alice, give(vec![Scope::WithdrawToOwner]));
    assert!(
        send(&mut world, &fill)
            .unwrap_err()
            .contains("E_ENGINE_CONSENT")
    );
    world.ok(&alice, give(vec![Scope::Trade]));
    send(&mut world, &fill).unwrap();
    world.advance(60);
    world.publish();
    assert!(
        send(&mut world, &fill)
            .unwrap_err()
            .contains("E_ENGINE_CONSENT")
    );
}

#[test]
fn shapes_that_are_refused() {
    let mut world = World::funded();
    let refused = |world: &mut World, fills: Vec<Fill>, code: &str| {
        let error = world.settle(fills).unwrap_err();
        assert!(error.contains(code), "{error}");
    };
    refused(&mut world, vec![], "E_ENGINE_LIST");
    let empty = world.fill(1, 2, &[]);
    refused(&mut world, vec![empty], "E_ENGINE_LIST");
    let own = world.fill(1, 1, &[(CALL, 1, 500)]);
    refused(&mut world, vec![own], "E_ENGINE_SELF_TRADE");
    let twice = world.fill(1, 2, &[(CALL, 1, 500), (CALL, 2, 500)]);
    refused(&mut world, vec![twice], "E_ENGINE_LIST");
    let zero = world.fill(1, 2, &[(CALL, 0, 500)]);
    refused(&mut world, vec![zero], "E_ENGINE_LEG");
    let huge = world.fill(1, 2, &[(CALL, i64::MIN, 500)]);
    refused(&mut world, vec![huge], "E_ENGINE_LEG");
    let wide = world.fill(1, 2, &[(CALL, 1 << 40, 0)]);
    refused(&mut world, vec![wide], "E_ENGINE_OVERFLOW");
    let negative = world.fill(1, 2, &[(CALL, 1, -1)]);
    refused(&mut world, vec![negative], "E_ENGINE_LEG");
    let unlisted = world.fill(1, 2, &[("BTC_USDC-25DEC26-99000-C", 1, 1)]);
    refused(&mut world, vec![unlisted], "E_ENGINE_NOT_LISTED");
    let no_market = world.fill(1, 2, &[("DOGE-25DEC26-99000-C", 1, 1)]);
    refused(&mut world, vec![no_market], "E_ENGINE_UNKNOWN");
    let no_name = world.fill(1, 2, &[("BTC_USDC-25DEC26-0100000-C", 1, 1)]);
    refused(&mut world, vec![no_name], "E_RISK_NAME");
    let mixed = world.fill(1, 2, &[(CALL, 1, 500), (COIN_CALL, 1, 1)]);
    refused(&mut world, vec![mixed], "E_ENGINE_MIXED_COINS");
    let nobody = Fill {
        maker: FillSide {
            account: 99,
            ..world.side(1)
        },
        ..world.fill(1, 2, &[(CALL, 1, 500)])
    };
    refused(&mut world, vec![nobody], "E_ENGINE_NO_ACCOUNT");
    let many: Vec<Fill> = (0..129)
        .map(|_| world.fill(1, 2, &[(CALL, 1, 500)]))
        .collect();
    refused(&mut world, many, "E_ENGINE_LIST");
}

#[test]
fn all_fills_settle_or_none() {
    let mut world = World::funded();
    let good = world.fill(1, 2, &[(CALL, 1, 500)]);
    let bad = world.fill(1, 2, &[(CALL, 1, -1)]);
    assert!(world.settle(vec![good.clone(), bad]).is_err());
    assert_eq!(world.quantity(1, CALL), 0);
    // Several makers and takers in one message; each account is tested once, after the last.
    world.deposit(3, 1_000_000_000, USD);
    let back = world.fill(2, 3, &[(CALL, 1, 510)]);
    world.settle(vec![good, back]).unwrap();
    assert_eq!(
        (
            world.quantity(1, CALL),
            world.quantity(2, CALL),
            world.quantity(3, CALL)
        ),
        (-1, 0, 1)
    );
}

#[test]
fn fees_are_bounded_by_what_each_side_allows() {
    let mut world = World::funded();
    let mut fill = world.fill(1, 2, &[(CALL, 100, 520)]);
    fill.taker.max_fee = Some(Uint128::new(26_999_999));
    let error = world.settle(vec![fill.clone()]).unwrap_err();
    assert!(
        error.contains("E_ENGINE_FEE: the fee of account 2 is 27000000"),
        "{error}"
    );
    fill.taker.max_fee = Some(Uint128::new(27_000_000));
    fill.maker.max_fee = Some(Uint128::new(9_000_000));
    world.settle(vec![fill]).unwrap();
    // Cheap options pay at most 12.5 % of the premium.
    let before = world.cash(2, USD);
    world.trade(1, 2, &[(FAR_CALL, 100, 2)]).unwrap();
    assert_eq!(before - world.cash(2, USD), 10_000_000 + 1_250_000);
}

#[test]
fn inv_3_uncovered_and_short_of_margin_is_refused() {
    let mut world = World::new();
    world.deposit(1, 5_000_000_000, USD);
    world.deposit(2, 100_000_000_000, USD);
    // 5,000 USD cannot carry a short call on one BTC.
    world.trade_refused(1, 2, &[(CALL, 100, 520)], "E_ENGINE_MARGIN: account 1");
    world.trade(1, 2, &[(CALL, 10, 520)]).unwrap();
    assert!(world.health(1).initial_surplus.unwrap().i128() >= 0);
}

#[test]
fn inv_3_both_covered_trade_without_any_price() {
    let mut world = World::funded();
    world.silence();
    let spread = [(CALL, 100, 520), (FAR_CALL, -100, 100)];
    world.trade(1, 2, &spread).unwrap();
    assert!(world.health(1).covered && world.health(2).covered);
    assert_eq!(world.health(1).equity, None);
    // Without a price the fee is its cap: 12.5 % of 2,600 and of 500 USD.
    assert_eq!(
        world.ledger(USD).fees.u128(),
        2 * (325_000_000 + 62_500_000)
    );
    // A naked call is not covered.
    world.trade_refused(1, 2, &[(CALL, 1, 520)], "E_ENGINE_NO_PRICE");
    // Six times the spread is more than alice has.
    let more: Vec<_> = spread
        .iter()
        .map(|(name, q, p)| (*name, q * 6, *p))
        .collect();
    world.trade_refused(1, 2, &more, "E_ENGINE_NO_PRICE");
}

#[test]
fn the_oracles_level_decides_who_may_open() {
    let mut world = World::funded();
    for level in [
        Validity::Invalid,
        Validity::NoQuorum,
        Validity::Stale,
        Validity::Uncertain,
        Validity::Jumped,
        Validity::Aging,
    ] {
        world.set_level(level);
        world.trade_refused(1, 2, &[(CALL, 10, 520)], "E_ENGINE_NO_PRICE");
    }
    world.set_level(Validity::Valid);
    world.trade(1, 2, &[(CALL, 10, 520)]).unwrap();
    // Age alone closes openings; reducing at a price both sides agree on goes on.
    world.advance(11);
    world.trade_refused(1, 2, &[(CALL, 10, 520)], "E_ENGINE_NO_PRICE");
    world.trade(1, 2, &[(CALL, -5, 520)]).unwrap();
}

#[test]
fn attack_options_11_reducing_is_always_allowed() {
    let mut world = World::new();
    world.deposit(1, 30_000_000_000, USD);
    world.deposit(2, 100_000_000_000, USD);
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    // The price runs away: alice is far below initial margin.
    world.advance(60);
    world.set_spot(115_000);
    let surplus = world.health(1).initial_surplus.unwrap().i128();
    assert!(surplus < 0);
    // She may not add or open something else,
    world.trade_refused(2, 1, &[(CALL, -1, 3_200)], "E_ENGINE_MARGIN: account 1");
    world.trade_refused(2, 1, &[(PUT, 1, 1)], "E_ENGINE_MARGIN: account 1");
    // nor buy back at a price that makes her worse,
    world.trade_refused(2, 1, &[(CALL, 50, 10_000)], "E_ENGINE_MARGIN: account 1");
    // but buying back near the mark of about 16,000 USD is allowed.
    world.trade(2, 1, &[(CALL, 50, 3_250)]).unwrap();
    assert!(world.health(1).initial_surplus.unwrap().i128() > surplus);
    // The same holds where the side asks for it itself.
    let mut fill = world.fill(2, 1, &[(CALL, 51, 3_250)]);
    fill.taker.reduce_only = true;
    assert!(
        world
            .settle(vec![fill])
            .unwrap_err()
            .contains("E_ENGINE_REDUCE_ONLY")
    );
}

#[test]
fn attack_risk_11_reducing_without_any_price_never_lowers_the_covered_surplus() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    world.silence();
    // Alice's loss is unbounded: buying back for money is refused unless she ends covered.
    let free = world.fill(2, 1, &[(CALL, 50, 1_000)]);
    assert!(
        world
            .settle(vec![free])
            .unwrap_err()
            .contains("E_ENGINE_NO_PRICE")
    );
    // Trading her collateral away to a friend by a last close at an absurd price is refused.
    let cash = world.cash(1, USD);
    let absurd = i64::try_from(cash / TICK_VALUE / 100).unwrap() + 100;
    world.trade_refused(2, 1, &[(CALL, 100, absurd)], "E_ENGINE_MARGIN");
    // A close that leaves her covered is fine, and so is one for nothing.
    world.trade(2, 1, &[(CALL, 50, 0)]).unwrap();
    world.trade(2, 1, &[(CALL, 50, 500)]).unwrap();
    assert!(world.health(1).covered);
}

#[test]
fn a_closed_market_and_a_pause_leave_only_reducing() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 10, 520)]).unwrap();
    set_params(&mut world, |params| params.open = false);
    world.trade_refused(1, 2, &[(CALL, 1, 520)], "E_ENGINE_REDUCE_ONLY");
    world.trade(1, 2, &[(CALL, -1, 530)]).unwrap();
    set_params(&mut world, |_| {});
    let guardian = world.guardian.clone();
    let pause = ExecuteMsg::Pause {
        actions: vec![PauseAction::Open],
        seconds: 600,
    };
    world.ok(&guardian, pause);
    world.trade_refused(1, 2, &[(CALL, 1, 520)], "E_ENGINE_REDUCE_ONLY");
    world.trade(1, 2, &[(CALL, -1, 530)]).unwrap();
    world.advance(600);
    world.publish();
    world.trade(1, 2, &[(CALL, 1, 520)]).unwrap();
}

#[test]
fn open_interest_has_a_cap_that_closing_may_pass() {
    let mut world = World::funded();
    set_params(&mut world, |params| params.series_cap = Uint64::new(10));
    world.trade_refused(1, 2, &[(CALL, 11, 500)], "E_ENGINE_OI_CAP");
    world.trade(1, 2, &[(CALL, 10, 500)]).unwrap();
    set_params(&mut world, |params| params.series_cap = Uint64::new(5));
    world.trade_refused(1, 2, &[(CALL, 1, 500)], "E_ENGINE_OI_CAP");
    world.trade(1, 2, &[(CALL, -2, 500)]).unwrap();
    // Handing a position on leaves the open interest as it is.
    world.deposit(3, 50_000_000_000, USD);
    world.trade(2, 3, &[(CALL, 4, 500)]).unwrap();
    let series: SeriesResponse = world.query(&QueryMsg::Series {
        series: CALL.into(),
    });
    assert_eq!(series.open_interest.u64(), 8);
}

/// Limits net vega in BTC.
fn limit(world: &mut World, dollars: u64) {
    let mut profile = Profile::from(&risk::default_profile());
    profile.vega_limit = Uint64::new(dollars * 1_000_000);
    let (owner, effective_at) = (world.owner.clone(), world.now());
    let msg = ExecuteMsg::SetProfile {
        underlying: 1,
        profile,
        effective_at,
    };
    world.ok(&owner, msg);
}

/// Sellers of 1 BTC of the call lose 1,348.94 dollars when vols rise, of the far one 438.57; who buys it outright is covered and has no limit.
#[test]
fn net_vega_has_a_limit_that_only_growth_meets() {
    let mut world = World::funded();
    limit(&mut world, 3_000);
    world.trade(1, 2, &[(CALL, 200, 520)]).unwrap();
    let refused = world.trade(1, 2, &[(CALL, 50, 520)]).unwrap_err();
    let text = "E_ENGINE_VEGA_LIMIT: net vega of account 1 in underlying 1 would be -3372";
    assert!(refused.contains(text), "{refused}");
    let asked = world.fill(1, 2, &[(CALL, 50, 520)]);
    let told: SimulateFillsResponse = world.query(&QueryMsg::SimulateFills { fills: vec![asked] });
    assert!(told.error.unwrap().starts_with("E_ENGINE_VEGA_LIMIT"));
    // Vol bought elsewhere makes room.
    world.trade(2, 1, &[(FAR_CALL, 100, 100)]).unwrap();
    world.trade(1, 2, &[(CALL, 40, 520)]).unwrap();
    // Below what is held: closing and offsetting go on, adding does not.
    limit(&mut world, 1_000);
    world.trade(1, 2, &[(CALL, -10, 520)]).unwrap();
    world.trade(2, 1, &[(FAR_CALL, 10, 100)]).unwrap();
    world.trade_refused(1, 2, &[(CALL, 1, 520)], "E_ENGINE_VEGA_LIMIT");
    // A future has no vega; the next seller starts from none.
    world.trade(1, 2, &[(FUTURE, 1, 18_000)]).unwrap();
    world.deposit(3, 50_000_000_000, USD);
    world.trade(3, 2, &[(CALL, 10, 520)]).unwrap();
    world.trade_refused(3, 2, &[(CALL, 100, 520)], "E_ENGINE_VEGA_LIMIT");
    world.audit();
}

/// `2^72` base units are 5.25 x 10^18 hundred-millionths of a BTC of 90,000 dollars.
#[test]
fn attack_a_book_past_the_size_limit_only_reduces_whatever_its_margin() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 2, 520)]).unwrap();
    let most = (1_u128 << 72) / 900;
    let terms = CoinTerms {
        cap: Uint128::new(2 * most),
        ..coin_terms()
    };
    let (owner, effective_at) = (world.owner.clone(), world.now());
    let set = ExecuteMsg::SetCoinTerms {
        denom: BTC.into(),
        terms,
        effective_at,
    };
    world.ok(&owner, set);
    world.deposit(1, most + 1_000, BTC);
    let surplus = world.health(1).initial_surplus.unwrap().i128();
    assert!(surplus > 1 << 71, "the limit is no part of the margin");
    world.trade_refused(1, 2, &[(CALL, 1, 520)], "E_ENGINE_SIZE_LIMIT");
    let asked = world.fill(1, 2, &[(CALL, 1, 520)]);
    let told: SimulateFillsResponse = world.query(&QueryMsg::SimulateFills { fills: vec![asked] });
    assert!(told.error.unwrap().starts_with("E_ENGINE_SIZE_LIMIT"));
    let refused = world.withdraw(1, 1, BTC).unwrap_err();
    assert!(refused.contains("E_ENGINE_SIZE_LIMIT"), "{refused}");
    // Reducing: a short leg shrinks, and it costs so little that the surplus rises. At a fair price it would fall, since what
    // decides it is a fallen price, at which a call owes next to nothing.
    world.trade(1, 2, &[(CALL, -1, 1)]).unwrap();
    // Whoever gets below it is free again.
    world.withdraw(1, 1_000_000_000_000, BTC).unwrap();
    world.trade(1, 2, &[(CALL, 1, 520)]).unwrap();
    world.audit();
}

#[test]
fn net_vega_counts_from_when_an_account_is_no_longer_covered() {
    let mut world = World::funded();
    world.deposit(1, 800_000_000_000, USD);
    limit(&mut world, 1_000);
    world.trade(1, 2, &[(PUT, 900, 300)]).unwrap();
    let free = world.health(1).initial_surplus.unwrap().i128();
    let refused = world.withdraw(1, free.unsigned_abs(), USD).unwrap_err();
    assert!(refused.contains("E_ENGINE_VEGA_LIMIT"), "{refused}");
    world.withdraw(1, 100_000_000_000, USD).unwrap();
    assert!(world.health(1).covered);
}

/// An account over its limit in BTC closes what it has in ETH, even when nothing there has a price.
#[test]
fn a_limit_is_no_business_of_another_underlying() {
    let mut world = World::funded();
    let owner = world.owner.clone();
    let listing = MarketListing {
        symbol: "ETH_USDC".into(),
        underlying: 2,
        ..linear()
    };
    world.ok(&owner, ExecuteMsg::AddMarket { listing });
    let market = oracle::Market::new(90_000, world.now(), &[(NOV, 70), (DEC, 150)]);
    world.publish_as(2, &market);
    let call = "ETH_USDC-25DEC26-100000-C";
    world.list(&[call]);
    world.trade(1, 2, &[(CALL, 200, 520)]).unwrap();
    world.trade(1, 2, &[(call, 10, 520)]).unwrap();
    limit(&mut world, 1_000);
    world.raw(protocol_api::record::market_record_key(2), vec![]);
    world.trade(1, 2, &[(call, -10, 520)]).unwrap();
}

#[test]
fn nothing_trades_from_expiry_on() {
    let mut world = World::funded();
    world.trade(1, 2, &[(NOV_CALL, 10, 520)]).unwrap();
    let expiry = u64::from(NOV) * 60;
    world.advance_to(expiry - 1);
    world.trade(1, 2, &[(NOV_CALL, -1, 1)]).unwrap();
    world.advance_to(expiry);
    world.trade_refused(1, 2, &[(NOV_CALL, -1, 1)], "E_ENGINE_EXPIRED");
    world.fix(NOV, 90_000);
    world.trade_refused(1, 2, &[(NOV_CALL, -1, 1)], "E_ENGINE_EXPIRED");
}

#[test]
fn futures_move_price_less_reference() {
    let mut world = World::funded();
    let series: SeriesResponse = world.query(&QueryMsg::Series {
        series: FUTURE.into(),
    });
    assert_eq!(series.strike, Decimal::from_ratio(90_000_u32, 1_u32));
    // 1 BTC at 90,500 USD: 500 USD above the reference.
    world.trade(1, 2, &[(FUTURE, 100, 18_100)]).unwrap();
    assert_eq!(
        world.cash(2, USD),
        100_000_000_000 - 500_000_000 - 27_000_000
    );
    assert_eq!(
        world.cash(1, USD),
        100_000_000_000 + 500_000_000 - 9_000_000
    );
}

#[test]
fn inverse_markets_settle_in_the_coin_and_cover_by_it() {
    let mut world = World::new();
    world.deposit(1, 100_000_000, BTC);
    world.deposit(2, 10_000_000, BTC);
    world.silence();
    // A call on one BTC against one BTC is covered; bought for 0.03 BTC, 60 ticks of 0.0005.
    world.trade(1, 2, &[(COIN_CALL, 100, 60)]).unwrap();
    // Fees are shares of the coin: 0.01 % and 0.03 % of 1 BTC.
    assert_eq!(world.cash(1, BTC), 100_000_000 + 3_000_000 - 10_000);
    assert_eq!(world.cash(2, BTC), 10_000_000 - 3_000_000 - 30_000);
    assert!(world.health(1).covered);
    // One unit more than the coins held is not covered any more.
    world.trade_refused(1, 2, &[(COIN_CALL, 4, 1)], "E_ENGINE_NO_PRICE");
    // A short put on the coin is never covered by coins.
    world.trade_refused(1, 2, &[(COIN_PUT, 1, 1)], "E_ENGINE_NO_PRICE");
}

#[test]
fn coins_of_another_denom_carry_margin_but_never_cover() {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 100_000_000_000, USD);
    world
        .trade(1, 2, &[(CALL, 100, 520), (FAR_CALL, -100, 100)])
        .unwrap();
    assert!(!world.health(1).covered);
    assert!(world.health(1).initial_surplus.unwrap().i128() > 0);
    world.silence();
    world.trade_refused(
        1,
        2,
        &[(CALL, 1, 520), (FAR_CALL, -1, 100)],
        "E_ENGINE_NO_PRICE",
    );
}

#[test]
fn debtors_only_reduce() {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 100_000_000_000, USD);
    // Paid with coins as collateral: buying for 2,600 USD leaves negative cash.
    world.trade(2, 1, &[(CALL, 100, 520)]).unwrap();
    assert_eq!(world.cash(1, USD), -2_600_000_000 - 27_000_000);
    assert_eq!(world.ledger(USD).debt.u128(), 2_627_000_000);
    let health = world.health(1);
    assert!(health.debtor && health.initial_surplus.unwrap().i128() > 0);
    world.trade_refused(2, 1, &[(CALL, 1, 520)], "E_ENGINE_REDUCE_ONLY");
    world.trade_refused(2, 1, &[(PUT, 1, 1)], "E_ENGINE_REDUCE_ONLY");
    world.trade(2, 1, &[(CALL, -50, 560)]).unwrap();
    world.deposit(1, 5_000_000_000, USD);
    world.trade(2, 1, &[(PUT, 1, 1)]).unwrap();
}

#[test]
fn inv_7_openings_may_not_pass_the_cap_on_debt() {
    let mut world = World::new();
    world.deposit(1, 200_000_000, BTC);
    world.deposit(2, 100_000_000_000, USD);
    let owner = world.owner.clone();
    let terms = CoinTerms {
        weight_initial: Decimal::one(),
        weight_maintenance: Decimal::one(),
        depeg: Decimal::zero(),
        cap: Uint128::new(1_000_000_000_000),
        debt_cap: Uint128::new(1_000_000_000),
    };
    let msg = ExecuteMsg::SetCoinTerms {
        denom: USD.into(),
        terms,
        effective_at: START,
    };
    world.ok(&owner, msg);
    world.trade_refused(2, 1, &[(CALL, 100, 520)], "E_ENGINE_DEBT_CAP");
    world.trade(2, 1, &[(CALL, 30, 520)]).unwrap();
    // Settlement may pass it: alice is short, and the call ends 30,000 USD in the money.
    world.deposit(3, 200_000_000, BTC);
    world.trade(3, 2, &[(FAR_CALL, 100, 100)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 150_000);
    world.ok(&owner, ExecuteMsg::SettleAccounts { accounts: vec![3] });
    assert!(world.ledger(USD).debt.u128() > 1_000_000_000);
}

#[test]
fn an_account_holds_at_most_128_legs() {
    let mut world = World::funded();
    let names: Vec<String> = (0..130_u32)
        .map(|n| format!("BTC_USDC-25DEC26-{}-C", 60_000 + 500 * n))
        .collect();
    for chunk in names.chunks(60) {
        let list: Vec<&str> = chunk.iter().map(String::as_str).collect();
        world.list(&list);
    }
    let legs = |from: usize, to: usize| -> Vec<(&str, i64, i64)> {
        names[from..to]
            .iter()
            .map(|name| (name.as_str(), 1, 1_000))
            .collect()
    };
    world.trade(1, 2, &legs(0, 64)).unwrap();
    world.trade(1, 2, &legs(64, 128)).unwrap();
    world.trade_refused(1, 2, &legs(128, 129), "E_ENGINE_LEG_LIMIT");
    let account: AccountResponse = world.query(&QueryMsg::Account { account: 1 });
    assert_eq!(account.legs.len(), 128);
    // The record of 128 legs in one expiry stays far below 16 bytes a leg.
    let longest = world
        .dump()
        .into_iter()
        .map(|(_, value)| value.len())
        .max()
        .unwrap();
    assert!(longest < 128 * 6, "{longest}");
}

/// A digital call of the quarterly expiry in each of 33 markets that differ by name alone.
fn many_markets() -> (World, Vec<String>) {
    let mut world = World::funded();
    let owner = world.owner.clone();
    let names: Vec<String> = (0..33).map(|n| format!("M{n}-25DEC26-100000-C")).collect();
    for n in 0..33 {
        let symbol = format!("M{n}");
        let listing = MarketListing { symbol, ..linear() };
        world.ok(&owner, ExecuteMsg::AddMarket { listing });
    }
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    world.list(&all);
    (world, names)
}

#[test]
fn a_33rd_market_is_refused_by_name_and_closing_is_not() {
    let (mut world, names) = many_markets();
    for name in &names[..32] {
        world.trade(1, 2, &[(name, 1, 520)]).unwrap();
    }
    let more = [(names[32].as_str(), 1, 520)];
    world.trade_refused(1, 2, &more, "E_ENGINE_MARKET_LIMIT");
    // One market closed makes room; its sum goes when there are too many, the smallest loss first.
    world.trade(2, 1, &[(&names[5], 1, 524)]).unwrap();
    world.trade(1, 2, &more).unwrap();
    let account: AccountResponse = world.query(&QueryMsg::Account { account: 1 });
    let markets: Vec<&str> = account.profits.iter().map(|p| p.market.as_str()).collect();
    assert_eq!((markets.len(), markets.contains(&"M5")), (32, false));
    // Everything settles, and whoever lost most where is still known.
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 104_500);
    let mallory = world.mallory.clone();
    world.ok(
        &mallory,
        ExecuteMsg::SettleAccounts {
            accounts: vec![1, 2],
        },
    );
    for account in [1, 2] {
        let found: AccountResponse = world.query(&QueryMsg::Account { account });
        assert_eq!((found.legs.len(), found.profits.len()), (0, 32));
    }
}

#[test]
fn a_market_whose_sum_is_zero_settles_beside_32_others() {
    let (mut world, names) = many_markets();
    // 32 closed markets, each with a sum; then one traded for nothing, which leaves no sum until it settles.
    for (loss, name) in (1_i64..).zip(&names[..32]) {
        world.trade(1, 2, &[(name, 1, 520)]).unwrap();
        world.trade(2, 1, &[(name, 1, 520 + loss)]).unwrap();
    }
    world.trade(1, 2, &[(&names[32], 1, 0)]).unwrap();
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 104_500);
    let mallory = world.mallory.clone();
    world.ok(
        &mallory,
        ExecuteMsg::SettleAccounts {
            accounts: vec![1, 2],
        },
    );
    let sums = |account: u64| -> Vec<(String, i128)> {
        let found: AccountResponse = world.query(&QueryMsg::Account { account });
        let sum = |p: &ProfitView| (p.market.clone(), p.realized.i128());
        found.profits.iter().map(sum).collect()
    };
    // Alice lost 45 USD and the fee, an eighth of a tick, in the last; of the others the one with the least loss was dropped.
    let alice = sums(1);
    assert!(alice.contains(&("M32".into(), -45_006_250)));
    assert_eq!(
        (alice.len(), alice.iter().any(|(m, _)| m == "M0")),
        (32, false)
    );
    assert_eq!(sums(2).len(), 32);
}

/// Alice: a long call far in the money, two short calls above it, a crumb of a coin without a feed.
fn spread_with_a_crumb() -> World {
    let mut world = World::new();
    let owner = world.owner.clone();
    let listing = CoinListing {
        denom: "udead".into(),
        underlying: 7,
        ..btc_coin()
    };
    world.ok(&owner, ExecuteMsg::AddCoin { listing });
    world.deposit(1, 30_000_000_000, USD);
    world.deposit(2, 100_000_000_000, USD);
    world
        .trade(2, 1, &[(CALL, 100, 520), (FAR_CALL, -200, 100)])
        .unwrap();
    let alice = world.alice.clone();
    let crumb = vec![coin(1, "udead")];
    world
        .app
        .sudo(cw_multi_test::SudoMsg::Bank(
            cw_multi_test::BankSudo::Mint {
                to_address: alice.to_string(),
                amount: crumb.clone(),
            },
        ))
        .unwrap();
    let deposit = ExecuteMsg::Deposit { account: 1 };
    world.send(&alice, deposit, &crumb).unwrap();
    world.set_spot(118_000);
    assert!(!world.health(1).covered);
    world
}

#[test]
fn inv_3_a_crumb_of_a_coin_without_a_feed_enables_and_blocks_nothing() {
    let mut world = spread_with_a_crumb();
    // The long call, worth some 18,000 USD a coin, is not given to a friend.
    world.trade_refused(2, 1, &[(CALL, -100, 0)], "account 1");
    // A fair close still counts at the price of the feed that lives.
    world.trade(2, 1, &[(FAR_CALL, 10, 900)]).unwrap();
}

#[test]
fn inv_3_without_a_price_only_a_change_covered_by_itself_reduces() {
    let mut world = spread_with_a_crumb();
    world.silence();
    world.trade_refused(2, 1, &[(CALL, -100, 0)], "E_ENGINE_NO_PRICE");
    world.trade_refused(2, 1, &[(CALL, -100, 5_000)], "E_ENGINE_NO_PRICE");
    // Shorts taken back for nothing can only help.
    world.trade(2, 1, &[(FAR_CALL, 10, 0)]).unwrap();
    assert_eq!(world.quantity(1, FAR_CALL), -190);
}

#[test]
fn inv_3_an_expiry_without_a_slice_is_a_market_without_a_price() {
    let mut world = World::funded();
    world.trade(1, 2, &[(CALL, 100, 520)]).unwrap();
    world.market.expiries.clear();
    world.publish();
    world.trade_refused(1, 2, &[(CALL, 10, 520)], "E_ENGINE_NO_PRICE");
    let left = world.withdraw(1, 1, USD).unwrap_err();
    assert!(left.contains("E_ENGINE_NO_PRICE"), "{left}");
    // Reducing goes on by the rule that needs none.
    world.trade(2, 1, &[(CALL, 50, 0)]).unwrap();
    world.trade(2, 1, &[(CALL, 50, 500)]).unwrap();
    assert!(world.health(1).covered);
}
