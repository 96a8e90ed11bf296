//! What the contracts answer, held against the model.

use std::collections::BTreeMap;

use protocol_api::engine::{
    AccountResponse, CoveredResponse, HealthResponse, InsuranceResponse, LedgerResponse, QueryMsg,
    SeriesPageResponse,
};
use protocol_api::exchange::{self, CancelledResponse, NonceRange, QuoteStatusResponse};
use serde::de::DeserializeOwned;

use crate::life::{DENOMS, Life};
use crate::model::series::{MARKETS, SERIES};
use crate::model::venue::Offer;
use crate::model::{Covered, Holder, TREASURY};

fn ask<T: DeserializeOwned>(life: &Life, query: &QueryMsg) -> T {
    life.world
        .chain
        .query(&life.world.engine, query)
        .expect("answered")
}

/// Compares accounts, ledger and series with the model; says which accounts are covered.
pub fn compare(life: &Life) -> Vec<bool> {
    let covered = (0..=TREASURY)
        .map(|account| compare_account(life, account))
        .collect();
    compare_ledger(life);
    for market in 0..MARKETS.len() {
        compare_series(life, market);
    }
    covered
}

/// Whether a market is short of insurance for deficits.
pub fn is_short(life: &Life) -> bool {
    MARKETS.iter().any(|market| {
        let market = (*market).into();
        let found: InsuranceResponse = ask(life, &QueryMsg::Insurance { market });
        !found.shortfall.is_zero()
    })
}

/// An account as the engine shows it.
fn found(life: &Life, account: usize) -> Holder {
    let number = life.number(account);
    let found: AccountResponse = ask(life, &QueryMsg::Account { account: number });
    let mut holder = Holder::default();
    for cash in found.cash {
        let coin = DENOMS.iter().position(|denom| *denom == cash.denom);
        holder.cash[coin.expect("no other coin came in")] = cash.amount.i128();
    }
    for leg in found.legs {
        let series = SERIES.iter().position(|series| series.name == leg.series);
        holder.add(series.expect("listed"), leg.quantity.i64());
    }
    assert!(found.escrow.is_zero());
    holder
}

fn compare_account(life: &Life, account: usize) -> bool {
    let expected = life.model.view(account, life.now());
    assert_eq!(found(life, account), expected, "account {account}");
    let query = QueryMsg::Covered {
        account: life.number(account),
    };
    let covered: CoveredResponse = ask(life, &query);
    match expected.covered() {
        Covered::Yes => assert!(covered.covered, "covered: {expected:?}"),
        Covered::No => assert!(!covered.covered, "not covered: {expected:?}"),
        Covered::Perhaps => {}
    }
    covered.covered
}

/// Every term of the ledger, and the bank.
fn compare_ledger(life: &Life) {
    let ledger: LedgerResponse = ask(life, &QueryMsg::Ledger {});
    for found in ledger.coins {
        let Some(coin) = DENOMS.iter().position(|denom| *denom == found.denom) else {
            assert!(found.held.is_zero(), "{found:?}");
            continue;
        };
        let model = &life.model;
        let cash = || model.holders.iter().map(|holder| holder.cash[coin]);
        let bank = life.wallet(&life.world.engine, coin);
        assert_eq!(
            bank,
            model.held[coin] + model.gifts[coin],
            "INV-1: bank of {}",
            found.denom
        );
        let told = [
            found.held,
            found.bank,
            found.debt,
            found.reserved,
            found.fees,
        ];
        let debt = -cash().map(|cash| cash.min(0)).sum::<i128>();
        let expected = [
            model.held[coin],
            bank,
            debt,
            model.reserved(coin),
            model.fees[coin],
        ];
        assert_eq!(
            told.map(|term| term.u128() as i128),
            expected,
            "ledger: {found:?}"
        );
        assert_eq!(
            found.cash.i128(),
            cash().sum::<i128>(),
            "cash of {}",
            found.denom
        );
        assert_eq!(
            found.unsettled.i128(),
            model.unsettled(coin),
            "unsettled {}",
            found.denom
        );
        assert_eq!(
            found.uncollected.u128() as i128,
            model.uncollected(coin),
            "uncollected {}",
            found.denom
        );
        let none = [found.insurance, found.withheld, found.lost, found.escrow];
        assert!(
            none.iter().all(|term| term.is_zero()) && found.interest.is_zero(),
            "{found:?}"
        );
    }
}

fn compare_series(life: &Life, market: usize) {
    let query = QueryMsg::SeriesPage {
        market: MARKETS[market].into(),
        expiry: None,
        start_after: None,
        limit: None,
    };
    let page: SeriesPageResponse = ask(life, &query);
    let told: BTreeMap<&str, _> = page
        .series
        .iter()
        .map(|found| {
            let payoff = found.payoff.map(|payoff| payoff.i128());
            (
                found.series.as_str(),
                (found.open_interest.u64(), found.unsettled.i64(), payoff),
            )
        })
        .collect();
    let own = SERIES
        .iter()
        .enumerate()
        .filter(|(_, series)| series.market == market);
    let expected: BTreeMap<&str, _> = own
        .map(|(place, series)| {
            let (long, net) = life.model.open_interest(place);
            let price = life.model.oracle.fixed.get(&series.date);
            (
                series.name,
                (long as u64, net, price.map(|price| series.payoff(*price))),
            )
        })
        .collect();
    assert_eq!(told, expected, "INV-2: open interest, net and payoff");
}

/// Whether the settlement price of a series is known.
pub fn has_price(life: &Life, series: usize) -> bool {
    life.model.oracle.fixed.contains_key(&SERIES[series].date)
}

pub fn initial_surplus(life: &Life, account: usize) -> Option<i128> {
    let query = QueryMsg::Health {
        account: life.number(account),
    };
    let health: HealthResponse = ask(life, &query);
    health.initial_surplus.map(|surplus| surplus.i128())
}

/// INV-3: who is not covered and has withdrawn has initial surplus.
pub fn at_margin(life: &Life, account: usize) {
    let query = QueryMsg::Covered {
        account: life.number(account),
    };
    let covered: CoveredResponse = ask(life, &query);
    let surplus = initial_surplus(life, account);
    assert!(
        covered.covered || surplus.is_some_and(|left| left >= 0),
        "INV-3: {surplus:?} after a withdrawal"
    );
}

fn ask_exchange<T: DeserializeOwned>(life: &Life, query: &exchange::QueryMsg) -> T {
    life.world
        .chain
        .query(&life.world.exchange, query)
        .expect("answered")
}

/// How much of these quotes is used up, and whether they are cancelled.
pub fn quotes(life: &Life, offers: &[Offer]) {
    for offer in offers {
        let (account, nonce) = (life.number(offer.maker), offer.nonce.into());
        let status: QuoteStatusResponse =
            ask_exchange(life, &exchange::QueryMsg::QuoteStatus { account, nonce });
        let venue = &life.model.venue;
        let expected = QuoteStatusResponse {
            filled: venue.filled(offer.maker, offer.nonce).into(),
            cancelled: venue.is_cancelled(offer.maker, offer.nonce),
        };
        assert_eq!(status, expected, "quote {offer:?}");
    }
}

pub fn every_quote(life: &Life) {
    for group in &life.groups {
        let offers: Vec<Offer> = group.iter().map(|(offer, _)| offer.clone()).collect();
        quotes(life, &offers);
    }
}

/// Which numbers of a maker are cancelled.
pub fn cancelled(life: &Life, maker: usize) {
    let query = exchange::QueryMsg::Cancelled {
        account: life.number(maker),
    };
    let found: CancelledResponse = ask_exchange(life, &query);
    let venue = &life.model.venue;
    let ranges = venue
        .ranges(maker)
        .into_iter()
        .map(|(from, to)| NonceRange {
            from: from.into(),
            to: to.into(),
        });
    let expected = CancelledResponse {
        floor: venue.floor(maker).into(),
        ranges: ranges.collect(),
    };
    assert_eq!(found, expected, "cancelled numbers of {maker}");
}
