//! The end of a message: the deficits of who settled into a debt are noted, and what changed is written.

use cosmwasm_std::Storage;
use risk::liquidation::market_marks;

use crate::core::account::Account;
use crate::core::num::add_signed;
use crate::desk::{Changes, Desk};
use crate::error::EngineError;
use crate::execute::liquidation::Prices;
use crate::gains::withheld;
use crate::pool::{Losses, Pool, worth};

/// What a message writes; only [`Commit::apply`] does.
#[must_use]
pub struct Commit {
    changes: Changes,
    pool: Pool,
}

impl Commit {
    /// Finishes the records of a message that touches no insurance by itself.
    pub fn of(desk: Desk<'_>) -> Result<Self, EngineError> {
        Self::with(desk, Pool::as_stored())
    }

    /// Finishes the records of a message.
    pub fn with(mut desk: Desk<'_>, mut pool: Pool) -> Result<Self, EngineError> {
        note_fallen(&mut desk, &mut pool)?;
        let changes = desk.close()?;
        Ok(Self { changes, pool })
    }

    /// Writes what changed.
    pub fn apply(self, storage: &mut dyn Storage) -> Result<(), EngineError> {
        self.changes.apply(storage)?;
        self.pool.apply(storage)
    }
}

/// Notes deficits that settlement made, as a step would: what it took off [`uncollected`](crate::core::loss::Loss::uncollected)
/// and nobody paid holds gains back from then on.
pub fn note_fallen(desk: &mut Desk<'_>, pool: &mut Pool) -> Result<(), EngineError> {
    for id in desk.take_fallen() {
        let account = desk.account(id)?.clone();
        if !account.is_debtor() {
            continue;
        }
        // Whatever hinders pricing must not hinder settlement: what the coins lack counts then.
        let deficit = match priced(desk, id) {
            Ok(deficit) => deficit,
            Err(_) => Losses::of(desk, &account, &[])?.parts(lacking(desk, id, &account)?),
        };
        if !deficit.is_empty() {
            pool.note(desk, id, true, deficit)?;
        }
    }
    Ok(())
}

/// What the equity of an open account lacks, as its markets bear it.
fn priced(desk: &mut Desk<'_>, id: u64) -> Result<Vec<(u16, u128)>, EngineError> {
    let (prices, health) = Prices::and_health(desk, id)?;
    let lacks = prices.aside(desk, id)?.lacking(health.equity);
    let marks = market_marks(&prices.account.book(), &prices.context)?;
    Ok(Losses::of(desk, &prices.account, &marks)?.parts(lacks))
}

/// What an open account's coins lack of its debts at last prices, quote base units; its escrow and gains withheld pay first.
fn lacking(desk: &mut Desk<'_>, id: u64, account: &Account) -> Result<u128, EngineError> {
    let mut sum = 0_i128;
    for cash in &account.cash {
        sum = add_signed(sum, worth(desk, cash.coin, cash.amount)?)?;
    }
    let aside = account.escrow.saturating_add(withheld(desk, id)?);
    let lacks = sum.min(0).unsigned_abs().saturating_sub(aside);
    // The legs of an estate stand for all that it owes.
    Ok(if account.estate { 0 } else { lacks })
}
