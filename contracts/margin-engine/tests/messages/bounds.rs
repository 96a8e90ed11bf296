//! Lists and messages in a world with more of everything than they may look at.

use cosmwasm_std::{coin, from_json};
use cw_multi_test::{BankSudo, SudoMsg};
use protocol_api::engine::*;
use risk::name::format_expiry;

use crate::common::liquidation::*;
use crate::common::paging::check_pages;
use crate::common::*;
use crate::losses::{DAY, cover, share};

/// Accounts 6 to 125 of one owner, each with three calls, which account 1 sold them.
const CROWD: core::ops::RangeInclusive<u64> = 6..=125;
const EVERYBODY: core::ops::RangeInclusive<u64> = 1..=125;
const HELD: u64 = 3;

fn crowd() -> World {
    let mut world = World::liquidatable();
    let owner = world.app.api().addr_make("crowd");
    let cash = vec![coin(1_000_000_000, USD)];
    let venues = vec![world.venue.to_string(), world.liquidator().into_string()];
    for _ in CROWD {
        let mint = BankSudo::Mint {
            to_address: owner.to_string(),
            amount: cash.clone(),
        };
        world.app.sudo(SudoMsg::Bank(mint)).unwrap();
        let venues = venues.clone();
        let create = ExecuteMsg::CreateAccount { venues };
        world.send(&owner, create, &cash).unwrap();
    }
    let buyers: Vec<u64> = CROWD.collect();
    let buy = |world: &World, buyers: &[u64]| -> Vec<Fill> {
        let fill = |buyer: &u64| world.fill(1, *buyer, &[(CALL, HELD as i64, 520)]);
        buyers.iter().map(fill).collect()
    };
    // With the seller 32 accounts, and no more.
    let error = world.settle(buy(&world, &buyers[..32])).unwrap_err();
    assert!(error.contains("E_ENGINE_LIST"), "{error}");
    for some in buyers.chunks(31) {
        world.settle(buy(&world, some)).unwrap();
    }
    world
}

/// Calls that somebody holds: those whose account has not settled.
fn open(world: &World) -> u64 {
    let series = CALL.into();
    let found: SeriesResponse = world.query(&QueryMsg::Series { series });
    found.open_interest.u64()
}

fn numbers(found: &AccountsResponse) -> Vec<u64> {
    found.accounts.iter().map(|found| found.account).collect()
}

fn settle_page(world: &mut World, start_after: Option<u64>, limit: Option<u32>) -> Option<u64> {
    let sender = world.mallory.clone();
    let page = ExecuteMsg::SettlePage { start_after, limit };
    let done: SettlePageData = from_json(world.ok(&sender, page).data.unwrap()).unwrap();
    done.last
}

#[test]
fn attack_risk_40_lists_and_cranks_have_bounds() {
    let mut world = crowd();
    let (everybody, crowd): (Vec<u64>, Vec<u64>) = (EVERYBODY.collect(), CROWD.collect());
    check_pages(50, &everybody, |start_after, limit| {
        numbers(&world.query(&QueryMsg::Accounts { start_after, limit }))
    });
    check_pages(50, &crowd, |start_after, limit| {
        let owner = world.app.api().addr_make("crowd").into_string();
        numbers(&world.query(&QueryMsg::AccountsByOwner {
            owner,
            start_after,
            limit,
        }))
    });
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 110_000);
    let all = CROWD.count() as u64;
    assert_eq!(open(&world), HELD * all);
    // Pages of 50, 30 and one account, of which the first holds nothing but five that are not of the crowd.
    for (start_after, limit, last, settled) in [
        (None, Some(u32::MAX), 50, 45),
        (Some(50), None, 80, 75),
        (Some(80), Some(0), 81, 76),
        (Some(81), Some(50), 125, 120),
    ] {
        assert_eq!(settle_page(&mut world, start_after, limit), Some(last));
        assert_eq!(open(&world), HELD * (all - settled), "{start_after:?}");
    }
    assert_eq!(settle_page(&mut world, Some(125), None), None);
}

#[test]
fn attack_risk_40_a_message_names_no_more_accounts_than_it_may() {
    let mut world = crowd();
    let crowd: Vec<u64> = CROWD.collect();
    let settle = |accounts: &[u64]| ExecuteMsg::SettleAccounts {
        accounts: accounts.to_vec(),
    };
    world.advance_to(u64::from(DEC) * 60 + 60);
    world.fix(DEC, 140_000);
    world.set_spot(140_000);
    world.nobody_may(settle(&[]), "E_ENGINE_LIST");
    world.nobody_may(settle(&crowd[..33]), "E_ENGINE_LIST");
    world.anyone(settle(&crowd[..32]));
    assert_eq!(open(&world), HELD * (crowd.len() as u64 - 32));
    // What account 1 owes is lost, and the winners share it.
    world.anyone(settle(&[1]));
    world.advance(DAY);
    world.publish();
    world.anyone(cover(1));
    assert!(world.ledger(USD).lost.u128() > 0);
    world.nobody_may(share(&crowd[..17]), "E_ENGINE_LIST");
    world.anyone(share(&crowd[..16]));
    let withheld = |account: &u64| {
        let account = *account;
        let found: AccountResponse = world.query(&QueryMsg::Account { account });
        found.profits.iter().any(|sum| !sum.withheld.is_zero())
    };
    let counted: Vec<bool> = crowd.iter().map(withheld).collect();
    assert_eq!(counted, crowd.iter().map(|id| *id < 22).collect::<Vec<_>>());
}

#[test]
fn attack_risk_40_a_page_looks_at_no_more_than_it_says() {
    let world = crowd();
    // Nearly everybody is below such a bound; who holds nothing has no health.
    let below = |start_after, limit| {
        let found: BelowHealthResponse = world.query(&QueryMsg::BelowHealth {
            bound: u32::MAX,
            start_after,
            limit,
        });
        let numbers: Vec<u64> = found.accounts.iter().map(|found| found.account).collect();
        (numbers, found.last)
    };
    let mut looked_at: u64 = 0;
    for (limit, last) in [
        (Some(u32::MAX), 50),
        (None, 80),
        (Some(0), 81),
        (Some(50), 125),
    ] {
        let start_after = Some(looked_at).filter(|after| *after > 0);
        let found = (looked_at + 1..=last).filter(|id| *id == 1 || CROWD.contains(id));
        assert_eq!(below(start_after, limit), (found.collect(), Some(last)));
        looked_at = last;
    }
    assert_eq!(below(Some(looked_at), None), (vec![], None));
    let states = |accounts: Vec<u64>| -> Result<Vec<LiquidationStateResponse>, String> {
        let query = QueryMsg::LiquidationStates { accounts };
        let found = world.app.wrap().query_wasm_smart(&world.engine, &query);
        found.map_err(|error| error.to_string())
    };
    assert_eq!(states(CROWD.take(32).collect()).unwrap().len(), 32);
    let error = states(CROWD.take(33).collect()).unwrap_err();
    assert!(error.contains("E_ENGINE_LIST"), "{error}");
}

#[test]
fn attack_risk_40_a_sale_and_a_closing_look_at_no_more_accounts_than_they_may() {
    let mut world = crowd();
    world.advance(3_600);
    world.set_spot(114_000);
    // Each insists, and has money for a little.
    let takers = |world: &World, count: u64| -> Vec<Taker> {
        let taker = |account| Taker {
            least_reward: Some(0),
            ..world.taker(account, 200_000_000)
        };
        (6..6 + count).map(taker).collect()
    };
    let step = |world: &World, count| LiquidateOrder {
        auction: begun(world.now(), 600),
        ..order(1, takers(world, count))
    };
    world.liquidation_refused(step(&world, 5), "E_ENGINE_LIST");
    let done = world.liquidate(step(&world, 4)).unwrap();
    let who: Vec<u64> = done.taken.iter().map(|taken| taken.account).collect();
    assert_eq!(who, [6, 7, 8, 9]);
    world.set_spot(150_000);
    let close = |world: &World, count: u64| DeleverageOrder {
        account: 1,
        auction: begun(world.now(), 3_600).unwrap(),
        end_after: 3_600,
        counterparties: (20..20 + count).collect(),
    };
    let error = world.deleverage(close(&world, 17)).unwrap_err();
    assert!(error.contains("E_ENGINE_LIST"), "{error}");
    let done = world.deleverage(close(&world, 16)).unwrap();
    let closed = done.counterparties.iter().filter(|one| one.paid.is_some());
    assert_eq!(closed.count(), 16);
}

/// Names of 105 strikes of the quarterly date in a market, and of one in each of the next 104 minutes.
fn series_of(symbol: &str) -> Vec<String> {
    let name = |minutes, strike| {
        let date = format_expiry(minutes).unwrap();
        format!("{symbol}-{date}-{strike}-C")
    };
    let strikes = (1..=105).map(|step| name(DEC, 500 * step));
    let dates = (1..105).map(|later| name(DEC + later, 100_000));
    strikes.chain(dates).collect()
}

#[test]
fn attack_risk_40_markets_dates_and_series_come_in_pages() {
    let mut world = World::new();
    let owner = world.owner.clone();
    for number in 3..=120 {
        let symbol = format!("M{number}");
        let listing = MarketListing { symbol, ..linear() };
        world.ok(&owner, ExecuteMsg::AddMarket { listing });
    }
    let series = series_of("M3");
    for some in series.chunks(64) {
        world.list(&some.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let markets: Vec<u16> = (1..=120).collect();
    check_pages(100, &markets, |start_after, limit| {
        let found: MarketsResponse = world.query(&QueryMsg::Markets { start_after, limit });
        found.markets.iter().map(|market| market.id).collect()
    });
    let market = || "M3".to_owned();
    let dates: Vec<u64> = (0..105).map(|later| u64::from(DEC + later) * 60).collect();
    check_pages(100, &dates, |start_after, limit| {
        let found: ExpiriesResponse = world.query(&QueryMsg::Expiries {
            market: market(),
            start_after,
            limit,
        });
        found.expiries.iter().map(|date| date.expiry).collect()
    });
    for (expiry, wanted) in [(None, &series[..]), (Some(dates[0]), &series[..105])] {
        check_pages(100, wanted, |start_after, limit| {
            let found: SeriesPageResponse = world.query(&QueryMsg::SeriesPage {
                market: market(),
                expiry,
                start_after,
                limit,
            });
            found.series.into_iter().map(|found| found.series).collect()
        });
    }
}

/// There are 16 at most, fewer than a page holds.
#[test]
fn attack_risk_40_venues_come_in_pages() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let set = |venue: &str| ExecuteMsg::SetVenue {
        venue: venue.into(),
        authorized: true,
    };
    let mut venues = vec![world.venue.to_string()];
    for number in 1..16 {
        let name = format!("venue {number}");
        venues.push(world.app.api().addr_make(&name).into_string());
        world.ok(&owner, set(&venues[number]));
    }
    let more = world.app.api().addr_make("one more");
    world.refused(&owner, set(more.as_str()), "E_ENGINE_RANGE");
    venues.sort_unstable();
    check_pages(100, &venues, |start_after, limit| {
        let found: VenuesResponse = world.query(&QueryMsg::Venues { start_after, limit });
        found.venues
    });
}
