//! Debts that nothing is left to pay: paid by insurance, written off; legs that can only pay become insurance's.

use cosmwasm_std::{DepsMut, Env, Event, Response};
use protocol_api::engine::{DebtCovered, EstateCleared, EstateTaken};
use protocol_api::event::TypedEvent;
use risk::liquidation::{Standing, market_marks};
use risk::{MarketTerms, QUOTE_COIN};

use super::losses::write_off;
use super::prices::{Prices, Verdict, left_out};
use crate::commit::Commit;
use crate::consent::is_backstop;
use crate::core::account::{Account, Cash};
use crate::core::num::{add_unsigned, neg, signed, sub_signed, sub_unsigned, unsigned};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::accounts::hand_over;
use crate::margin;
use crate::pool::{Losses, Pool};
use crate::state;

/// Seconds without a price after which coins that are left out pay no debt any more.
const UNPRICED_COIN_GRACE: u64 = 30 * 86_400;

/// Pays what an account owes beyond all that it has, as far as its markets' insurance may; what is old enough is then written
/// off. One that still has legs is insurance's from then on, an estate, and once it owes nothing its coins are taken out.
pub fn cover_debt(deps: DepsMut, env: &Env, id: u64) -> Result<Response, EngineError> {
    let (mut desk, mut pool) = (Desk::new(deps.as_ref(), env)?, Pool::as_stored());
    desk.open(id)?;
    let owner = state::load_meta(deps.storage, id)?.owner;
    let account = desk.account(id)?;
    let (is_debtor, is_estate) = (account.is_debtor(), account.estate);
    let takes_over = is_debtor && !account.legs.is_empty();
    let is_backstop = is_backstop(deps.storage, id)?;
    let mut events = match (is_debtor, is_estate) {
        // A backstop keeps its legs, and an estate is paid for once while it has them.
        (true, _) if takes_over && (is_estate || is_backstop) => {
            return Err(EngineError::Alive { account: id });
        }
        (true, _) => {
            let means = Means::of(&mut desk, id)?;
            cover(&mut desk, &mut pool, id, &means)?
        }
        (false, true) => clear(&mut desk, &mut pool, id)?,
        (false, false) => return Err(EngineError::Alive { account: id }),
    };
    // Whatever is paid, written off or taken out tells an event.
    if events.is_empty() {
        return Err(EngineError::NothingDue);
    }
    desk.serve_queue(QUOTE_COIN)?;
    desk.account_mut(id)?.estate |= takes_over;
    Commit::with(desk, pool)?.apply(deps.storage)?;
    if takes_over {
        hand_over(deps, id, &owner, env.contract.address.as_str())?;
        events.push(EstateTaken { account: id, owner }.to_event());
    }
    Ok(Response::new().add_events(events))
}

/// What a debtor has besides debts when there is nothing to wait for.
#[derive(Default)]
struct Means {
    /// Quote base units: coins that are left out, when last priced, and legs, which can only pay, at mark; rounded down.
    worth: u128,
    /// Marks of the legs per market, in its settlement coin.
    marks: Vec<(u16, i128)>,
    /// There is a coin of weight without a price: what it could pay of a debt in another coin is not known.
    awaits_coin: bool,
}

impl Means {
    /// An error if the account has anything else: cash, escrow, a gain withheld, a leg that may cost. Beside legs that is also
    /// a coin of weight, with a price or without: it would go with them.
    fn of(desk: &mut Desk<'_>, id: u64) -> Result<Self, EngineError> {
        let account = desk.account(id)?.clone();
        let terms = desk.terms_of(&account)?;
        let mut means = if account.legs.is_empty() {
            Self::default()
        } else {
            Self::of_legs(desk, id, &account, &terms)?
        };
        let mut is_alive = account.escrow > 0 || account.withheld_in > 0;
        for cash in account.cash.iter().filter(|cash| cash.amount > 0) {
            match left_out(desk, cash, &terms) {
                None => is_alive = true,
                Some(out) if !out.is_small && !account.legs.is_empty() => is_alive = true,
                Some(out) if out.silent >= UNPRICED_COIN_GRACE => {}
                Some(out) => {
                    means.awaits_coin |= !out.is_small;
                    means.worth = means.worth.saturating_add(out.worth);
                }
            }
        }
        if is_alive {
            return Err(EngineError::Alive { account: id });
        }
        Ok(means)
    }

    /// Legs of a debtor in quote coins alone that can only pay, where prices would sell him.
    fn of_legs(
        desk: &mut Desk<'_>,
        id: u64,
        account: &Account,
        terms: &[MarketTerms],
    ) -> Result<Self, EngineError> {
        let owes = |cash: &Cash| cash.amount < 0 && cash.coin != QUOTE_COIN;
        if !margin::can_only_be_paid(account, terms)? || account.cash.iter().any(owes) {
            return Err(EngineError::Alive { account: id });
        }
        let prices = Prices::read(desk, id)?;
        if prices.verdict(desk, id, Standing::Deep, 0)? != Verdict::Sell {
            return Err(EngineError::Alive { account: id });
        }
        let mut legs = account.book();
        legs.cash.clear();
        let mark = margin::health(&legs, &prices.context)?.equity.max(0);
        Ok(Self {
            worth: mark.unsigned_abs(),
            marks: market_marks(&legs, &prices.context)?,
            awaits_coin: false,
        })
    }

    /// What of a debt nothing is left to pay.
    const fn missing(&self, debt: &Cash) -> u128 {
        let owed = debt.amount.unsigned_abs();
        if debt.coin == QUOTE_COIN {
            owed.saturating_sub(self.worth)
        } else if self.awaits_coin {
            0
        } else {
            owed
        }
    }
}

/// Pays and writes off what is missing of every debt of the account; of one that has legs only when it is late.
fn cover(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    id: u64,
    means: &Means,
) -> Result<Vec<Event>, EngineError> {
    let mut events = Vec::new();
    let account = desk.account(id)?.clone();
    let grace = u64::from(desk.config.params.at(desk.now).debt_grace);
    for debt in account.cash.iter().filter(|cash| cash.amount < 0) {
        let is_late = debt.is_late(desk.now, grace);
        if !is_late && !account.legs.is_empty() {
            continue; // Its owner may still pay, or somebody take the legs.
        }
        let mut missing = means.missing(debt);
        if debt.coin == QUOTE_COIN {
            let losses = Losses::of(desk, &account, &means.marks)?;
            let amount = pool.payable(desk, &losses, missing)?;
            if amount > 0 {
                events.extend(pool.relieve(desk, id, &losses, amount)?);
                desk.post(id, QUOTE_COIN, signed(amount)?)?;
                let covered = DebtCovered {
                    account: id,
                    amount,
                };
                events.push(covered.to_event());
                missing = sub_unsigned(missing, amount)?;
            }
        }
        if is_late {
            events.extend(write_off(desk, id, &means.marks, debt.coin, missing)?);
        }
    }
    let left = desk.account(id)?.amount(QUOTE_COIN);
    let gone = sub_signed(left, account.amount(QUOTE_COIN))?;
    let missing = record(desk, pool, id, means, unsigned(gone)?)?;
    if missing > 0 && !account.legs.is_empty() && !events.is_empty() {
        // No market can bear the rest: legs that are taken over leave none.
        return Err(EngineError::Alive { account: id });
    }
    Ok(events)
}

/// Records the deficit that is left when so much of the quote debt is gone, and returns it.
fn record(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    id: u64,
    means: &Means,
    gone: u128,
) -> Result<u128, EngineError> {
    let account = desk.account(id)?;
    let mut debts = account.cash.iter().filter(|cash| cash.amount < 0);
    let deficit = if debts.all(|debt| debt.coin == QUOTE_COIN) {
        let quote = account.cash.iter().find(|cash| cash.coin == QUOTE_COIN);
        quote
            .filter(|cash| cash.amount < 0)
            .map_or(0, |debt| means.missing(debt))
    } else {
        // Debts in other coins need a price: they stay with what a step found.
        let found = pool.deficit(desk, id)?;
        let parts = found.iter().map(|(_, part)| *part);
        parts.fold(0, u128::saturating_add).saturating_sub(gone)
    };
    let account = account.clone();
    let parts = Losses::of(desk, &account, &means.marks)?.parts(deficit);
    // It has no legs that its owner could trade: the debt alone restricts it.
    pool.note(desk, id, false, parts)?;
    Ok(deficit)
}

/// Takes the coins out of an estate that owes nothing and whose legs need none of them: into the insurance of the market that
/// lost it most so far, in other coins than quote into the fees.
fn clear(desk: &mut Desk<'_>, pool: &mut Pool, id: u64) -> Result<Vec<Event>, EngineError> {
    let mut events = Vec::new();
    let account = desk.account(id)?.clone();
    if !margin::can_only_be_paid(&account, &desk.terms_of(&account)?)? {
        return Err(EngineError::Alive { account: id });
    }
    for cash in account.cash.iter().filter(|cash| cash.amount > 0) {
        let (amount, denom) = (cash.amount.unsigned_abs(), desk.denom(cash.coin)?);
        desk.post(id, cash.coin, neg(cash.amount)?)?;
        let cleared = EstateCleared {
            account: id,
            denom,
            amount,
        };
        events.push(cleared.to_event());
        if cash.coin == QUOTE_COIN {
            let largest = Losses::of(desk, &account, &[])?.largest();
            events.extend(pool.take_in(desk, largest, amount)?);
        } else {
            let ledger = desk.ledger(cash.coin)?;
            ledger.fees = add_unsigned(ledger.fees, amount)?;
        }
    }
    Ok(events)
}
