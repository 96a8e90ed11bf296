//! What an account has gained in a market, and what of it is at hand while the market's loss is shared.

use protocol_api::oracle::Action;
use risk::liquidation::{Gains, market_marks};
use risk::{Book, MarketTerms, QUOTE_COIN, covered};

use crate::core::account::Account;
use crate::core::num::{add_signed, mul_div_ceil, neg, signed, sub_signed};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::margin;
use crate::pool::{Pool, in_quote};

/// Gains of an open account in a market, and what of them it could withdraw now, base units of the market's settlement coin;
/// `None` where only a price that is missing could tell. A covered account could withdraw as much as keeps it covered, for which
/// no price is read.
pub fn gains(desk: &mut Desk<'_>, market: u16, id: u64) -> Result<Option<Gains>, EngineError> {
    let account = desk.account(id)?.clone();
    let coin = desk.market(market)?.settle_coin;
    let cash = account.amount(coin);
    if cash <= 0 {
        return Ok(Some(Gains::default()));
    }
    let Some(gained) = known_gain(desk, market, id, &account)? else {
        return Ok(None);
    };
    let gained = gained.min(cash);
    if gained <= 0 {
        return Ok(Some(Gains::default()));
    }
    let terms = desk.terms_of(&account)?;
    let free = if margin::is_covered(&account, &terms)? {
        let paths = covered(&account.book(), &terms)?;
        let own = paths.iter().find(|path| path.coin == coin);
        let surplus = own.and_then(|path| path.lowest()).unwrap_or(0);
        Some(gained.min(surplus))
    } else {
        free_of(desk, market, id, gained)?
    };
    Ok(free.map(|free| Gains {
        at_hand: gained.unsigned_abs(),
        free: free.max(0).unsigned_abs(),
    }))
}

/// The most that [`gains`] could find: all that the account has gained as far as prices tell, else all of its cash, and all of
/// that free.
pub fn most_gains(desk: &mut Desk<'_>, market: u16, id: u64) -> Result<Gains, EngineError> {
    let account = desk.account(id)?.clone();
    let cash = account.amount(desk.market(market)?.settle_coin);
    let known = known_gain(desk, market, id, &account)?;
    let most = known.unwrap_or(cash).min(cash).max(0).unsigned_abs();
    Ok(Gains {
        at_hand: most,
        free: most,
    })
}

/// What an account that is not covered could withdraw of its gains: as much as keeps its initial margin. What is missing of
/// that is known in the quote coin only; so in another coin, what the loss could still take of the gains counts as free either
/// whole or not at all.
fn free_of(
    desk: &mut Desk<'_>,
    market: u16,
    id: u64,
    gained: i128,
) -> Result<Option<i128>, EngineError> {
    let mut account = desk.account(id)?.clone();
    let coin = desk.market(market)?.settle_coin;
    let asked = if coin == QUOTE_COIN {
        gained
    } else {
        gained.min(still_open(desk, market, id)?)
    };
    let cash = account.entry(coin)?;
    cash.amount = sub_signed(cash.amount, asked)?;
    match margin::check_initial(desk, id, &account, Action::Withdraw) {
        Ok(()) => Ok(Some(asked)),
        // Cash counts at par in every pricing.
        Err(EngineError::Margin { missing, .. }) if coin == QUOTE_COIN => {
            sub_signed(gained, missing).map(Some)
        }
        Err(EngineError::Margin { .. } | EngineError::SizeLimit { .. }) => Ok(Some(0)),
        Err(EngineError::NoPrice { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a market's loss could still take of an account's gains. What an ended round holds pays nothing of this one.
pub fn still_open(desk: &mut Desk<'_>, market: u16, id: u64) -> Result<i128, EngineError> {
    let loss = desk.loss(market)?;
    let (round, lost) = (loss.round, loss.lost());
    let gain = desk.gain(market, id)?;
    let counted = if gain.round == round {
        gain.part.withheld
    } else {
        0
    };
    signed(lost.saturating_sub(counted))
}

/// What must stay of an account's gains in a market, whether it is `account` before a message or after it, in
/// the settlement coin: what its loss could still take of them, what was paid before it was collected, and what of the
/// deficits recorded its insurance cannot pay. In a coin other than quote that counts at the spot price; without one it could take all of them.
pub fn must_stay(
    desk: &mut Desk<'_>,
    pool: &Pool,
    market: u16,
    id: u64,
    account: &Account,
) -> Result<i128, EngineError> {
    let uncollected = signed(desk.loss(market)?.uncollected)?;
    let open = add_signed(still_open(desk, market, id)?, uncollected)?;
    let unmet = pool.unmet(desk, market)?;
    if open == 0 && unmet == 0 {
        return Ok(0);
    }
    let gained = gained(desk, market, id, account)?.max(0);
    if unmet == 0 || gained <= open {
        return Ok(gained.min(open));
    }
    let worth = in_quote(desk, market, gained)?.unsigned_abs();
    let short = if worth <= unmet {
        gained
    } else {
        signed(mul_div_ceil(gained.unsigned_abs(), unmet, worth)?)?
    };
    Ok(gained.min(add_signed(open, short)?))
}

/// The markets in which an open account has a sum or a leg, and others where gains of it are withheld: looked for among all of them,
/// until as many are found as the account knows of.
pub fn markets(desk: &mut Desk<'_>, id: u64) -> Result<Vec<u16>, EngineError> {
    let account = desk.account(id)?;
    let mut missing = account.withheld_in;
    let mut markets = account.markets();
    let own = markets.clone();
    let others = (1..=desk.config.markets).filter(|market| !own.contains(market));
    for market in own.iter().copied().chain(others) {
        if missing == 0 {
            break;
        }
        if desk.withheld(market, id)? > 0 {
            missing = missing.saturating_sub(1);
            if !own.contains(&market) {
                markets.push(market);
            }
        }
    }
    Ok(markets)
}

/// What is withheld of an open account's gains, quote base units, rounded down a market; nothing where its coin never had a
/// price.
pub fn withheld(desk: &mut Desk<'_>, id: u64) -> Result<u128, EngineError> {
    let mut worth = 0_u128;
    if desk.account(id)?.withheld_in == 0 {
        return Ok(worth);
    }
    for market in markets(desk, id)? {
        let held = signed(desk.withheld(market, id)?)?;
        worth = worth.saturating_add(in_quote(desk, market, held)?.unsigned_abs());
    }
    Ok(worth)
}

/// What an account has gained in a market beyond what is withheld: its sum there and its legs, at their lowest payoff where it is
/// covered, else at mark; nothing without prices.
fn gained(
    desk: &mut Desk<'_>,
    market: u16,
    id: u64,
    account: &Account,
) -> Result<i128, EngineError> {
    match known_gain(desk, market, id, account)? {
        Some(gained) => Ok(gained),
        None => neg(signed(desk.withheld(market, id)?)?),
    }
}

/// What [`gained`] is, `None` without prices.
fn known_gain(
    desk: &mut Desk<'_>,
    market: u16,
    id: u64,
    account: &Account,
) -> Result<Option<i128>, EngineError> {
    let withheld = signed(desk.withheld(market, id)?)?;
    let sum = account.profit(market);
    let terms = desk.terms_of(account)?;
    let is_covered = margin::is_covered(account, &terms)?;
    let mut own = account.clone();
    own.cash.clear();
    own.legs.retain(|leg| leg.key.market == market);
    let worth = if own.legs.is_empty() {
        0
    } else if is_covered {
        match lowest(&own.book(), &terms)? {
            Some(worth) => worth,
            // They cost without bound where legs of another market pay for it: no gain.
            None => return Ok(Some(neg(withheld)?)),
        }
    } else {
        match mark(desk, &own)? {
            Some(worth) => worth,
            None => return Ok(None),
        }
    };
    Ok(Some(sub_signed(add_signed(sum, worth)?, withheld)?))
}

/// The lowest payoff of legs of one market, in its settlement coin; `None` when unbounded below.
fn lowest(legs: &Book, terms: &[MarketTerms]) -> Result<Option<i128>, EngineError> {
    let paths = covered(legs, terms)?;
    let last = paths.first().and_then(|path| path.after.last());
    Ok(last.and_then(|(_, value)| *value))
}

/// The mark of an account whose legs lie in one market, in its settlement coin; `None` without prices.
fn mark(desk: &mut Desk<'_>, own: &Account) -> Result<Option<i128>, EngineError> {
    let Some(context) = margin::if_priced(margin::context_of(desk, own))? else {
        return Ok(None);
    };
    let marks = market_marks(&own.book(), &context).map_err(EngineError::from);
    let marks = margin::if_priced(marks)?;
    Ok(marks.and_then(|marks| marks.first().map(|(_, value)| *value)))
}
