//! Initial margin at the prices that an action may be done at, and the rule for what only reduces.

use protocol_api::oracle::{Action, Permission, permission};
use risk::{
    Assessment, Level, MAX_GROSS, MarketTerms, RiskError, assess, only_shrinks,
    reducing_without_price,
};

use super::context::{PricePoint, context_at, underlyings};
use super::{health_of, if_priced};
use crate::core::account::Account;
use crate::core::num::neg;
use crate::desk::Desk;
use crate::error::EngineError;

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

/// Refuses an account whose initial surplus is negative at the prices of an action, that has no such price, or that is so
/// large that sums could saturate.
pub fn check_initial(
    desk: &mut Desk<'_>,
    id: u64,
    account: &Account,
    action: Action,
) -> Result<(), EngineError> {
    let found = match permitted(desk, account, action) {
        Err(EngineError::Risk(RiskError::NoPrice { underlying })) => {
            return Err(EngineError::NoPrice {
                account: id,
                underlying,
            });
        }
        found => found?,
    };
    if found.gross >= MAX_GROSS {
        Err(EngineError::SizeLimit { account: id })
    } else if found.surplus < 0 {
        Err(EngineError::Margin {
            account: id,
            missing: neg(found.surplus)?,
        })
    } else {
        Ok(())
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
    if let Some(was) = if_priced(permitted(desk, before, Action::Reduce))?
        && let Some(is) = if_priced(permitted(desk, after, Action::Reduce))?
    {
        return Ok(health_of(&is).is_no_weaker_than(&health_of(&was)));
    }
    let markets = desk.terms_of(before)?;
    Ok(reducing_without_price(
        &before.book(),
        &after.book(),
        &markets,
    )?)
}

/// Equity and initial margin at the prices that the oracle allows for an action; [`RiskError::NoPrice`] where it allows none.
///
/// A coin in hand that no leg settles in may be left out, so that no gift ever hurts: it counts as nothing
/// where its feed allows nothing, and where its feed allows less than a plain yes only if that helps.
fn permitted(
    desk: &mut Desk<'_>,
    account: &Account,
    action: Action,
) -> Result<Assessment, EngineError> {
    let terms = desk.terms_of(account)?;
    let with_allowed = keep_coins(desk, account, &terms, action, CoinRule::Allowed);
    let found = counted(desk, &with_allowed, &terms, action);
    let with_plain = keep_coins(desk, account, &terms, action, CoinRule::AllowedPlainly);
    if with_plain == with_allowed || found.as_ref().is_err_and(|error| !error.is_no_price()) {
        return found;
    }
    let other = if_priced(counted(desk, &with_plain, &terms, action))?;
    match (found, other) {
        (Ok(found), Some(other)) if found.surplus > other.surplus => Ok(found),
        (_, Some(other)) => Ok(other),
        (found, None) => found,
    }
}

/// Equity and initial margin of an account, all of whose coins count, at the prices that the oracle allows for an action.
fn counted(
    desk: &mut Desk<'_>,
    counted: &Account,
    terms: &[MarketTerms],
    action: Action,
) -> Result<Assessment, EngineError> {
    let ids = underlyings(desk, counted, terms);
    let strictness = allowed(desk, &ids, action)?;
    initial(desk, counted, strictness)
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

/// Equity and initial margin of an account at these prices, where its surplus is lowest. Its gross is at that price too: at another
/// it may be larger, by no more than the prices are apart.
pub fn initial(
    desk: &mut Desk<'_>,
    account: &Account,
    strictness: Strictness,
) -> Result<Assessment, EngineError> {
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
        found.push(assess(&book, &context, Level::Initial)?);
    }
    let lowest = found.into_iter().min_by_key(|found| found.surplus);
    lowest.ok_or(EngineError::Corrupt)
}
