//! What an account has gained in a market, and what of it is at hand while the market's loss is shared.

use protocol_api::oracle::Action;
use risk::liquidation::{Gains, market_marks};
use risk::{Book, MarketTerms, QUOTE_COIN, covered};

use crate::core::account::Account;
use crate::core::num::{add, neg, signed, sub};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::margin;
use crate::pool::in_quote;

/// Gains of an open account in a market, in its settlement coin. A covered one could withdraw its covered surplus, for which no price is read; another what
/// leaves its initial margin, nothing where a price is missing.
pub fn gains(desk: &mut Desk<'_>, market: u16, id: u64) -> Result<Gains, EngineError> {
    let mut account = desk.account(id)?.clone();
    let coin = desk.market(market)?.settle_coin;
    let gained = gained(desk, market, id)?.min(account.amount(coin));
    if gained <= 0 {
        return Ok(Gains::default());
    }
    let told = |free: i128| Gains {
        at_hand: gained.unsigned_abs(),
        free: free.max(0).unsigned_abs(),
    };
    let terms = desk.terms_of(&account)?;
    if margin::is_covered(&account, &terms)? {
        let paths = covered(&account.book(), &terms)?;
        let own = paths.iter().find(|path| path.coin == coin);
        let surplus = own.and_then(|path| path.lowest()).unwrap_or(0);
        return Ok(told(gained.min(surplus)));
    }
    let cash = account.entry(coin)?;
    cash.amount = sub(cash.amount, gained)?;
    let free = match margin::missing_for(desk, id, &account, Action::Withdraw)? {
        None => gained,
        // Cash counts at par in every pricing.
        Some(EngineError::Margin { missing, .. }) if coin == QUOTE_COIN => sub(gained, missing)?,
        Some(_) => 0,
    };
    Ok(told(free))
}

/// What is withheld of an open account's gains, quote base units, rounded down a market; nothing where its coin never had a
/// price. A market in which the account has no sum any more may hold some too: then all are looked at.
pub fn withheld(desk: &mut Desk<'_>, id: u64) -> Result<u128, EngineError> {
    let account = desk.account(id)?;
    let (wanted, mut found, mut worth) = (account.withheld_in, 0_u16, 0_u128);
    let own: Vec<u16> = account.profits.iter().map(|entry| entry.0).collect();
    let others = (1..=desk.config.markets).filter(|market| !own.contains(market));
    for market in own.iter().copied().chain(others) {
        if found == wanted {
            break;
        }
        let held = desk.gain(market, id)?.part.withheld;
        found = found.saturating_add(u16::from(held > 0));
        let value = in_quote(desk, market, signed(held)?)?;
        worth = worth.saturating_add(value.unsigned_abs());
    }
    Ok(worth)
}

/// Cash that leaves an open account leaves behind what the losses of its markets could take of its gains, counted or
/// tied up; who gains or keeps cash of a coin passes. `was`: the account before.
pub fn test_gains(desk: &mut Desk<'_>, id: u64, was: &Account) -> Result<(), EngineError> {
    for coin in desk.touched_coins() {
        let cash = desk.account(id)?.amount(coin);
        if desk.ledger(coin)?.lost == 0 || cash >= was.amount(coin) {
            continue;
        }
        let mut required = 0;
        for (market, _) in desk.account(id)?.profits.clone() {
            if desk.market(market)?.settle_coin == coin {
                let loss = desk.loss(market)?;
                let (round, lost) = (loss.round, loss.lost());
                let gain = desk.gain(market, id)?;
                // What an ended round holds pays nothing of this one.
                let counted = if gain.round == round {
                    gain.part.withheld
                } else {
                    0
                };
                let open = signed(lost.saturating_sub(counted))?;
                let open = gained(desk, market, id)?.min(open);
                required = add(required, open.max(0))?;
            }
        }
        if cash < required {
            let denom = desk.denom(coin)?;
            return Err(EngineError::Gains {
                account: id,
                denom,
                required,
            });
        }
    }
    Ok(())
}

/// What an open account has gained in a market beyond what is withheld: its sum there and its legs, at their lowest payoff
/// where it is covered, else at mark; nothing without prices.
fn gained(desk: &mut Desk<'_>, market: u16, id: u64) -> Result<i128, EngineError> {
    let account = desk.account(id)?.clone();
    let withheld = signed(desk.gain(market, id)?.part.withheld)?;
    let sum = account.profits.iter().find(|sum| sum.0 == market);
    let sum = sum.map_or(0, |(_, sum)| *sum);
    let terms = desk.terms_of(&account)?;
    let is_covered = margin::is_covered(&account, &terms)?;
    let mut own = account;
    own.cash.clear();
    own.legs.retain(|leg| leg.key.market == market);
    let worth = if own.legs.is_empty() {
        Some(0)
    } else if is_covered {
        lowest(&own.book(), &terms)?
    } else {
        mark(desk, &own)?
    };
    Ok(match worth {
        Some(worth) => sub(add(sum, worth)?, withheld)?,
        None => neg(withheld)?,
    })
}

/// The lowest payoff of legs of one market, in its settlement coin; `None` when unbounded below.
fn lowest(legs: &Book, terms: &[MarketTerms]) -> Result<Option<i128>, EngineError> {
    let paths = covered(legs, terms)?;
    let last = paths.first().and_then(|path| path.after.last());
    Ok(last.and_then(|(_, value)| *value))
}

/// The mark of an account whose legs lie in one market, in its settlement coin; `None` without prices.
fn mark(desk: &mut Desk<'_>, own: &Account) -> Result<Option<i128>, EngineError> {
    let terms = desk.terms_of(own)?;
    let ids = margin::underlyings(desk, own, &terms);
    let Some(context) = margin::if_priced(margin::context(desk, &ids, terms))? else {
        return Ok(None);
    };
    let marks = market_marks(&own.book(), &context).map_err(EngineError::from);
    let marks = margin::if_priced(marks)?;
    Ok(marks.and_then(|marks| marks.first().map(|(_, value)| *value)))
}
