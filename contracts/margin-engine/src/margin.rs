//! Covered test, health and the reducing rule, at the prices that the oracle's level allows.

use fixed_math::Fx;
use protocol_api::oracle::{Action, Permission, permission};
use risk::liquidation::Health;
use risk::{
    Beta, Book, Coin, Context, Feed, Leg, Level, MarketTerms, QUOTE_COIN, RiskError, Underlying,
    UnderlyingState, assess, covered, net_vegas, only_shrinks, reducing_without_price,
};

use crate::core::account::Account;
use crate::core::num::neg;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::state::{self, CoinRecord};

/// One of the prices that a feed publishes for its underlying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PricePoint {
    Mid,
    BandLow,
    BandHigh,
    Slow,
}

/// Whether the account is covered: exact integers, no price is read.
pub fn is_covered(account: &Account, terms: &[MarketTerms]) -> Result<bool, EngineError> {
    Ok(!account.is_debtor() && risk::is_covered(&account.book(), terms)?)
}

/// Whether no expiry of the account's legs can cost it anything, whatever the others pay: exact integers, no price is read.
pub fn can_only_be_paid(account: &Account, terms: &[MarketTerms]) -> Result<bool, EngineError> {
    Ok(covered(&account.book(), terms)?
        .iter()
        .all(risk::CoveredPath::never_falls))
}

/// A coin as margin sees it.
pub fn risk_coin(id: u16, record: &CoinRecord, now: u64) -> Coin {
    let terms = record.terms.at(now);
    Coin {
        id,
        feed: record.underlying.map_or(Feed::Quote, Feed::Underlying),
        scale: 10_u64.saturating_pow(record.decimals.into()),
        weight_initial: terms.weight_initial,
        weight_maintenance: terms.weight_maintenance,
        depeg: terms.depeg,
    }
}

/// Underlyings that decide an account's value, ascending: of its legs' markets and its coins. Their states then know how far
/// the fixings of its legs have come.
pub fn underlyings(desk: &mut Desk<'_>, account: &Account, terms: &[MarketTerms]) -> Vec<u16> {
    for leg in &account.legs {
        if let Some(market) = terms.iter().find(|market| market.id == leg.key.market) {
            desk.feeds.follow(market.underlying, leg.key.expiry);
        }
    }
    let mut ids: Vec<u16> = terms.iter().map(|market| market.underlying).collect();
    for cash in account.cash.iter().filter(|cash| cash.amount != 0) {
        ids.extend(desk.config.coin(cash.coin).and_then(|coin| coin.underlying));
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// How many of the published prices an initial margin must hold at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// At the middle of the band alone.
    Mid,
    /// At the one with the lowest surplus of all: middle, edges, slow price.
    Lowest,
}

/// Which coins in hand count when no leg of the account settles in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CoinRule {
    /// Those whose feed allows the action.
    Allowed,
    /// Those whose feed allows it with a plain yes, at the middle of the band.
    AllowedPlainly,
}

/// At which prices the feeds' levels let `action` be tested, the strictest rule of all of them; an error names the first
/// underlying that refuses.
fn allowed(desk: &mut Desk<'_>, ids: &[u16], action: Action) -> Result<Strictness, RiskError> {
    let mut strictness = Strictness::Mid;
    for id in ids {
        let feed = desk.feeds.feed(*id).filter(|feed| feed.state.is_some());
        match feed.map(|feed| permission(feed.validity, action)) {
            Some(Permission::Yes) => {}
            Some(Permission::WorstPrice) => strictness = Strictness::Lowest,
            _ => return Err(RiskError::NoPrice { underlying: *id }),
        }
    }
    Ok(strictness)
}

/// The context of an account at the published prices, its fixings followed.
pub fn context_of(desk: &mut Desk<'_>, account: &Account) -> Result<Context, EngineError> {
    let terms = desk.terms_of(account)?;
    let ids = underlyings(desk, account, &terms);
    context(desk, &ids, terms)
}

/// The context of these underlyings and markets at the published prices.
pub fn context(
    desk: &mut Desk<'_>,
    ids: &[u16],
    terms: Vec<MarketTerms>,
) -> Result<Context, EngineError> {
    context_at(desk, ids, terms, PricePoint::Mid)
}

fn context_at(
    desk: &mut Desk<'_>,
    ids: &[u16],
    markets: Vec<MarketTerms>,
    at: PricePoint,
) -> Result<Context, EngineError> {
    let now = desk.now;
    let mut known = Vec::with_capacity(ids.len());
    for id in ids {
        let profile = desk.profile(*id)?.clone();
        let feed = desk.feeds.feed(*id).and_then(|feed| feed.state.clone());
        let state = feed.ok_or(RiskError::NoPrice { underlying: *id })?;
        known.push(Underlying {
            state: moved(state, at),
            profile,
        });
    }
    let beta = if ids.len() > 1 {
        let betas = state::load_betas(desk.storage())?;
        betas.map_or_else(Beta::default, |timed| timed.at(now).into())
    } else {
        Beta::default()
    };
    let coins = (QUOTE_COIN..)
        .zip(&desk.config.coins)
        .map(|(id, coin)| risk_coin(id, coin, now))
        .collect();
    Ok(Context {
        now,
        markets,
        coins,
        underlyings: known,
        beta,
    })
}

/// Equity and maintenance margin of a book.
pub fn health(book: &Book, context: &Context) -> Result<Health, EngineError> {
    health_at(book, context, Level::Maintenance)
}

fn health_at(book: &Book, context: &Context, level: Level) -> Result<Health, EngineError> {
    let found = assess(book, context, level)?;
    Ok(Health {
        equity: found.equity,
        margin: found.margin,
    })
}

/// Net vega of an account's legs in one underlying at the published prices; `None` without a price.
fn vega(
    desk: &mut Desk<'_>,
    account: &Account,
    underlying: u16,
) -> Result<Option<i128>, EngineError> {
    let mut own = Account::default();
    let mut terms = desk.terms_of(account)?;
    terms.retain(|market| market.underlying == underlying);
    let known = |leg: &&Leg| terms.iter().any(|market| market.id == leg.key.market);
    own.legs = account.legs.iter().filter(known).copied().collect();
    let found = context_of(desk, &own).and_then(|context| Ok(net_vegas(&own.book(), &context)?));
    let vegas = if_priced(found)?;
    Ok(vegas.map(|vegas| vegas.first().map_or(0, |vega| vega.gain)))
}

/// Refuses a message that leaves an account, not covered, with a net vega past its limit: unless it was not covered before
/// either, and its vega no smaller.
pub fn check_vega(
    desk: &mut Desk<'_>,
    id: u64,
    before: &Account,
    after: &Account,
) -> Result<(), EngineError> {
    for MarketTerms { underlying, .. } in desk.terms_of(after)? {
        let limit = desk.profile(underlying)?.vega_limit;
        if limit == u64::MAX {
            continue;
        }
        let gain = vega(desk, after, underlying)?.unwrap_or(0);
        let terms = desk.terms_of(before)?;
        let held = if is_covered(before, &terms)? {
            0
        } else {
            vega(desk, before, underlying)?.unwrap_or(0)
        };
        if gain.unsigned_abs() > held.unsigned_abs().max(limit.into()) {
            return Err(EngineError::VegaLimit {
                account: id,
                underlying,
                vega: gain,
                limit,
            });
        }
    }
    Ok(())
}

/// Whether the account is below maintenance at both edges of the band, all feeds together.
pub fn is_below_at_edges(
    desk: &mut Desk<'_>,
    account: &Account,
    ids: &[u16],
) -> Result<bool, EngineError> {
    let terms = desk.terms_of(account)?;
    for at in [PricePoint::BandLow, PricePoint::BandHigh] {
        let context = context_at(desk, ids, terms.clone(), at)?;
        if health(&account.book(), &context)?.surplus() >= 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The state with spot, and with it every forward, moved to another price that was published.
fn moved(mut state: UnderlyingState, at: PricePoint) -> UnderlyingState {
    let target = match at {
        PricePoint::Mid => return state,
        PricePoint::BandLow => state.spot.low,
        PricePoint::BandHigh => state.spot.high,
        PricePoint::Slow => state.slow,
    };
    let mid = state.spot.mid;
    let scale = |price: Fx| {
        let ratio = target.checked_div(mid).unwrap_or(Fx::ONE);
        price
            .checked_mul(ratio)
            .filter(|moved| *moved > Fx::ZERO)
            .unwrap_or(price)
    };
    for expiry in &mut state.expiries {
        expiry.forward = scale(expiry.forward);
    }
    state.spot.low = state.spot.low.min(target);
    state.spot.high = state.spot.high.max(target);
    state.spot.mid = target;
    state
}

/// Equity and initial margin of an account at these prices.
pub fn initial_health(
    desk: &mut Desk<'_>,
    account: &Account,
    strictness: Strictness,
) -> Result<Health, EngineError> {
    let points: &[PricePoint] = match strictness {
        Strictness::Mid => &[PricePoint::Mid],
        Strictness::Lowest => &[
            PricePoint::Mid,
            PricePoint::BandLow,
            PricePoint::BandHigh,
            PricePoint::Slow,
        ],
    };
    let terms = desk.terms_of(account)?;
    let ids = underlyings(desk, account, &terms);
    let book = account.book();
    let mut found = Vec::with_capacity(points.len());
    for at in points {
        let context = context_at(desk, &ids, terms.clone(), *at)?;
        found.push(health_at(&book, &context, Level::Initial)?);
    }
    let lowest = found.into_iter().min_by_key(Health::surplus);
    lowest.ok_or(EngineError::Corrupt)
}

/// Equity and initial margin at the prices that the oracle allows for an action; [`RiskError::NoPrice`] where it allows none.
///
/// A coin in hand that no leg settles in may be left out, so that no gift ever hurts: it counts as nothing
/// where its feed allows nothing, and where its feed allows less than a plain yes only if that helps.
fn health_for(
    desk: &mut Desk<'_>,
    account: &Account,
    action: Action,
) -> Result<Health, EngineError> {
    let terms = desk.terms_of(account)?;
    let with_allowed = keep_coins(desk, account, &terms, action, CoinRule::Allowed);
    let found = counted_health(desk, &with_allowed, &terms, action);
    let with_plain = keep_coins(desk, account, &terms, action, CoinRule::AllowedPlainly);
    if with_plain == with_allowed || found.as_ref().is_err_and(|error| !error.is_no_price()) {
        return found;
    }
    let other = if_priced(counted_health(desk, &with_plain, &terms, action))?;
    match (found, other) {
        (Ok(found), Some(other)) if found.surplus() > other.surplus() => Ok(found),
        (_, Some(other)) => Ok(other),
        (found, None) => found,
    }
}

/// Refuses an account whose initial surplus is negative at the prices of an action, or has no such price.
pub fn check_initial(
    desk: &mut Desk<'_>,
    id: u64,
    account: &Account,
    action: Action,
) -> Result<(), EngineError> {
    let surplus = match health_for(desk, account, action) {
        Err(EngineError::Risk(RiskError::NoPrice { underlying })) => {
            return Err(EngineError::NoPrice {
                account: id,
                underlying,
            });
        }
        found => found?.surplus(),
    };
    if surplus >= 0 {
        return Ok(());
    }
    Err(EngineError::Margin {
        account: id,
        missing: neg(surplus)?,
    })
}

/// The account without the coins in hand that no leg settles in and that the rule does not count.
fn keep_coins(
    desk: &mut Desk<'_>,
    account: &Account,
    terms: &[MarketTerms],
    action: Action,
    rule: CoinRule,
) -> Account {
    let mut kept = account.clone();
    kept.cash.retain(|cash| {
        let settles = terms.iter().any(|market| market.settle_coin == cash.coin);
        let coin = desk.config.coin(cash.coin);
        let feed = coin.and_then(|coin| coin.underlying);
        let counts =
            |strictness: Strictness| rule == CoinRule::Allowed || strictness == Strictness::Mid;
        cash.amount <= 0
            || settles
            || feed.is_none_or(|feed| allowed(desk, &[feed], action).is_ok_and(counts))
    });
    kept
}

/// Equity and initial margin of an account, all of whose coins count, at the prices that the oracle allows for an action.
fn counted_health(
    desk: &mut Desk<'_>,
    counted: &Account,
    terms: &[MarketTerms],
    action: Action,
) -> Result<Health, EngineError> {
    let ids = underlyings(desk, counted, terms);
    let strictness = allowed(desk, &ids, action)?;
    initial_health(desk, counted, strictness)
}

/// What only prices tell: `None` where an underlying has no record that can be used, or an expiry no slice.
pub fn if_priced<T>(found: Result<T, EngineError>) -> Result<Option<T>, EngineError> {
    match found {
        Err(error) if error.is_no_price() => Ok(None),
        found => found.map(Some),
    }
}

/// The reducing rule: no leg grows, flips or appears, the initial surplus does not fall, and the change costs at most its
/// part of the equity; without a valid price the account ends covered or the change by itself is covered.
pub fn is_reducing(
    desk: &mut Desk<'_>,
    before: &Account,
    after: &Account,
) -> Result<bool, EngineError> {
    if !only_shrinks(&before.legs, &after.legs) {
        return Ok(false);
    }
    if let Some(was) = if_priced(health_for(desk, before, Action::Reduce))?
        && let Some(is) = if_priced(health_for(desk, after, Action::Reduce))?
    {
        return Ok(is.is_no_weaker_than(&was));
    }
    let markets = desk.terms_of(before)?;
    Ok(reducing_without_price(
        &before.book(),
        &after.book(),
        &markets,
    )?)
}
