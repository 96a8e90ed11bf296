//! The limit on net vega.

use risk::{Leg, net_vegas};

use super::{context_of, if_priced, is_covered};
use crate::core::account::Account;
use crate::desk::Desk;
use crate::error::EngineError;

/// Refuses a message that leaves an account, not covered, with a net vega past its limit: unless it was not covered before
/// either, and its vega no smaller.
pub fn check_vega(
    desk: &mut Desk<'_>,
    id: u64,
    before: &Account,
    after: &Account,
) -> Result<(), EngineError> {
    let mut underlyings: Vec<u16> = desk
        .terms_of(after)?
        .iter()
        .map(|market| market.underlying)
        .collect();
    underlyings.sort_unstable();
    underlyings.dedup();
    for underlying in underlyings {
        let limit = desk.profile(underlying)?.vega_limit;
        if limit == u64::MAX {
            continue;
        }
        let vega = vega(desk, after, underlying)?;
        let is_within = vega.unsigned_abs() <= u128::from(limit);
        if !is_within && vega.unsigned_abs() > held(desk, before, underlying)?.unsigned_abs() {
            return Err(EngineError::VegaLimit {
                account: id,
                underlying,
                vega,
                limit,
            });
        }
    }
    Ok(())
}

/// What an account may keep beyond the limit: its net vega, nothing where it is covered.
fn held(desk: &mut Desk<'_>, account: &Account, underlying: u16) -> Result<i128, EngineError> {
    let terms = desk.terms_of(account)?;
    if is_covered(account, &terms)? {
        return Ok(0);
    }
    vega(desk, account, underlying)
}

/// Net vega of an account's legs in one underlying at the published prices; nothing without a price.
fn vega(desk: &mut Desk<'_>, account: &Account, underlying: u16) -> Result<i128, EngineError> {
    let mut own = Account::default();
    let mut terms = desk.terms_of(account)?;
    terms.retain(|market| market.underlying == underlying);
    let known = |leg: &&Leg| terms.iter().any(|market| market.id == leg.key.market);
    own.legs = account.legs.iter().filter(known).copied().collect();
    let found = context_of(desk, &own).and_then(|context| Ok(net_vegas(&own.book(), &context)?));
    let vegas = if_priced(found)?.unwrap_or_default();
    Ok(vegas.first().map_or(0, |vega| vega.gain))
}
