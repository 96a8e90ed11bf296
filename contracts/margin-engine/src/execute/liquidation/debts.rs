//! Debts that nothing is left to pay: paid by insurance, written off; legs that can only pay become insurance's. Writes `a`,
//! `d`, `g`, `i`, `l`, `o`, `q`, `s`, `u`, `x`.

use cosmwasm_std::{DepsMut, Env, Event, Response};
use protocol_api::engine::{DebtCovered, EstateCleared, EstateTaken};
use protocol_api::event::TypedEvent;
use risk::QUOTE_COIN;
use risk::liquidation::{Standing, market_marks};

use super::losses::write_off;
use super::prices::{Prices, Verdict, left_out};
use crate::core::account::{Account, Cash};
use crate::core::num::{minus, neg, plus, signed};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::execute::accounts::hand_over;
use crate::execute::withdraw::serve_queue;
use crate::margin;
use crate::pool::{Losses, Pool};
use crate::state;

/// Seconds without a price after which coins that are left out pay no debt any more.
const FORSAKEN: u64 = 30 * 86_400;

/// Pays what an account owes beyond all that it has, as far as its markets' insurance may; what is old enough is then written
/// off. One that still has legs is insurance's from then on, an estate, and once it owes nothing its coins are taken out.
pub fn cover_debt(deps: DepsMut, env: &Env, id: u64) -> Result<Response, EngineError> {
    let (mut desk, mut pool) = (Desk::new(deps.as_ref(), env)?, Pool::default());
    desk.open(id)?;
    let owner = state::load_meta(deps.storage, id)?.owner;
    let engine = env.contract.address.as_str();
    let is_estate = owner == engine;
    let is_taken_over = !is_estate && !desk.account(id)?.legs.is_empty();
    let is_backstop = state::load_liquidator(deps.storage)?.as_ref() == Some(&owner);
    let mut events = if desk.account(id)?.is_debtor() && !(is_taken_over && is_backstop) {
        let means = Means::of(&mut desk, id)?;
        cover(&mut desk, &mut pool, id, &means)?
    } else if is_estate {
        clear(&mut desk, &mut pool, id)?
    } else {
        return Err(EngineError::NoSale { account: id });
    };
    if events.is_empty() {
        return Err(EngineError::NothingDue);
    }
    serve_queue(&mut desk, QUOTE_COIN)?;
    desk.close()?.apply(deps.storage)?;
    pool.apply(deps.storage)?;
    if is_taken_over {
        hand_over(deps, id, (&owner, engine))?;
        events.push(EstateTaken { account: id, owner }.to_event());
    }
    Ok(Response::new().add_events(events))
}

/// What a debtor has that nobody can be waited for to take, quote base units.
#[derive(Default)]
struct Means {
    /// Coins that are left out, when last priced, and legs, which can only pay, at mark: rounded down.
    worth: u128,
    /// Marks of the legs per market, in its settlement coin.
    marks: Vec<(u16, i128)>,
}

impl Means {
    /// An error if the account has anything else: cash, a gain withheld, a leg that may cost.
    fn of(desk: &mut Desk<'_>, id: u64) -> Result<Self, EngineError> {
        let account = desk.account(id)?.clone();
        let has_legs = !account.legs.is_empty();
        let mut means = if has_legs {
            Self::of_legs(desk, id, &account)?
        } else {
            Self::default()
        };
        let mut is_alive = false;
        for cash in account.cash.iter().filter(|cash| cash.amount > 0) {
            match left_out(desk, cash) {
                Some(out) if has_legs || out.silent < FORSAKEN => {
                    means.worth = means.worth.saturating_add(out.worth);
                }
                Some(_) => {}
                None => is_alive = true,
            }
        }
        for (market, _) in &account.profits {
            is_alive |= desk.gain(*market, id)?.part.withheld > 0;
        }
        if is_alive {
            return Err(EngineError::NoSale { account: id });
        }
        Ok(means)
    }

    /// Legs of a debtor in quote coins alone that can only pay, where prices would sell him.
    fn of_legs(desk: &mut Desk<'_>, id: u64, account: &Account) -> Result<Self, EngineError> {
        let owes = |cash: &Cash| cash.amount < 0 && cash.coin != QUOTE_COIN;
        let can_only_be_paid = margin::can_only_be_paid(account, &desk.terms_of(account)?)?;
        if !can_only_be_paid || account.cash.iter().any(owes) {
            return Err(EngineError::NoSale { account: id });
        }
        let prices = Prices::read(desk, id)?;
        if prices.verdict(desk, id, Standing::Deep, 0)? != Verdict::Sell {
            return Err(EngineError::NoSale { account: id });
        }
        let mut legs = account.book();
        legs.cash.clear();
        let mark = margin::health(&legs, &prices.context)?.equity.max(0);
        Ok(Self {
            worth: mark.unsigned_abs(),
            marks: market_marks(&legs, &prices.context)?,
        })
    }

    /// What of a debt nothing is left to pay. In another coin than quote, worth of any kind has no price.
    const fn missing(&self, debt: &Cash) -> u128 {
        let owed = debt.amount.unsigned_abs();
        if debt.coin == QUOTE_COIN {
            owed.saturating_sub(self.worth)
        } else if self.worth == 0 {
            owed
        } else {
            0
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
        let is_late = desk.now.saturating_sub(debt.since.into()) >= grace;
        if !is_late && !account.legs.is_empty() {
            continue; // Its owner may still pay, or somebody take the legs.
        }
        let mut missing = means.missing(debt);
        if debt.coin == QUOTE_COIN {
            let losses = Losses::of(desk, &account, &means.marks)?;
            let amount = pool.payable(desk, &losses, missing)?;
            if amount > 0 {
                events.extend(pool.pay(desk, &losses, amount)?);
                desk.post(id, QUOTE_COIN, signed(amount)?)?;
                let account = id;
                events.push(DebtCovered { account, amount }.to_event());
                missing = minus(missing, amount)?;
            }
        }
        if is_late {
            events.extend(write_off(desk, (id, &means.marks), debt.coin, missing)?);
        }
    }
    let paid = desk.account(id)?.amount(QUOTE_COIN);
    let paid = paid.abs_diff(account.amount(QUOTE_COIN));
    record(desk, pool, (id, means), paid)?;
    Ok(events)
}

/// Records the deficit that is left when `paid` of the quote debt is gone.
fn record(
    desk: &mut Desk<'_>,
    pool: &mut Pool,
    (id, means): (u64, &Means),
    paid: u128,
) -> Result<(), EngineError> {
    let account = desk.account(id)?;
    let mut debts = account.cash.iter().filter(|cash| cash.amount < 0);
    let deficit = if debts.all(|debt| debt.coin == QUOTE_COIN) {
        let quote = account.cash.iter().find(|cash| cash.coin == QUOTE_COIN);
        quote
            .filter(|cash| cash.amount < 0)
            .map_or(0, |debt| means.missing(debt))
    } else {
        // Debts in other coins need a price: they stay with what a step found.
        state::load_deficit(desk.storage(), id)?.saturating_sub(paid)
    };
    pool.set_deficit(desk, id, deficit)?;
    let account = desk.account_mut(id)?;
    account.restricted = !account.legs.is_empty() || deficit > 0;
    Ok(())
}

/// Takes the coins out of an estate that owes nothing and whose legs need none of them: into the insurance of the market that
/// lost it most so far, in other coins than quote into the fees.
fn clear(desk: &mut Desk<'_>, pool: &mut Pool, id: u64) -> Result<Vec<Event>, EngineError> {
    let mut events = Vec::new();
    let account = desk.account(id)?.clone();
    if !margin::can_only_be_paid(&account, &desk.terms_of(&account)?)? {
        return Err(EngineError::NoSale { account: id });
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
            ledger.fees = plus(ledger.fees, amount)?;
        }
    }
    pool.set_deficit(desk, id, 0)?;
    Ok(events)
}
