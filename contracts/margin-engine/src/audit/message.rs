//! What one message did to the store: invariants that no single picture of the store can show.

use cosmwasm_std::{Deps, Env, Event, Response, Uint256, from_json};
use protocol_api::engine::{ExecuteMsg, Fill, SliceTaken};
use protocol_api::event::TypedEvent;
use protocol_std::message::Message;

use super::{AuditError, gates, hold, liquidation};
use crate::core::account::Account;
use crate::desk::Desk;
use crate::error::EngineError;
use crate::margin;
use crate::state::{self, Key};

/// A message that the engine answered, and its store before and after it.
#[derive(Clone, Copy)]
pub struct Answered<'a> {
    /// The store as the message found it, the chain at its block.
    pub before: Deps<'a>,
    /// The store as the entry point left it.
    pub after: Deps<'a>,
    /// Its block and the engine's address.
    pub env: &'a Env,
    /// What was sent, JSON.
    pub msg: &'a [u8],
    /// What the engine answered; `None`: it refused.
    pub response: Option<&'a Response>,
    /// The storage keys that were written or removed.
    pub written: &'a [&'a [u8]],
}

/// A message that the engine accepted.
#[derive(Clone, Copy)]
pub(super) struct Accepted<'a> {
    pub(super) before: Deps<'a>,
    pub(super) after: Deps<'a>,
    pub(super) env: &'a Env,
    pub(super) msg: &'a ExecuteMsg,
    pub(super) events: &'a [Event],
}

/// Checks what a message did: INV-18, refused it wrote nothing; accepted it did what the other invariants let it.
///
/// # Errors
/// [`super::Broken`] with the number of the first invariant that does not hold.
pub fn check_message(answered: &Answered<'_>) -> Result<(), AuditError> {
    let Some(response) = answered.response else {
        let nothing = answered.written.is_empty();
        return hold("INV-18", nothing, || "a refused message wrote".into());
    };
    let read = from_json(answered.msg);
    let Message(msg) = read.map_err(|_| EngineError::Corrupt)?;
    let accepted = Accepted {
        before: answered.before,
        after: answered.after,
        env: answered.env,
        msg: &msg,
        events: &response.events,
    };
    let mut desks = Desks::of(&accepted)?;
    for key in answered.written.iter().filter_map(|raw| Key::read(raw)) {
        check_record(&mut desks, &accepted, key)?;
    }
    check_deed(&mut desks, &accepted)
}

/// What holds of a record that was written, whatever the message.
fn check_record(
    desks: &mut Desks<'_>,
    accepted: &Accepted<'_>,
    key: Key,
) -> Result<(), AuditError> {
    match key {
        Key::Account(id) => stays_covered(desks, accepted, id),
        Key::Market(id) => keeps_market(accepted, id),
        Key::Expiry(market, minutes) => keeps_expiry(accepted, market, minutes),
        Key::Series(key) => keeps_series(accepted, &key),
        Key::Queue(coin) => pays_alike(accepted, coin),
        Key::Fund(market) => pays_within_its_cap(accepted, market),
    }
}

/// What holds of those whom the message names.
fn check_deed(desks: &mut Desks<'_>, accepted: &Accepted<'_>) -> Result<(), AuditError> {
    match accepted.msg {
        ExecuteMsg::SettleFills { fills } => gates::traded(desks, accepted, &traders(fills)),
        ExecuteMsg::Withdraw { account, .. } | ExecuteMsg::Reserve { account, .. } => {
            gates::took_out(desks, *account)
        }
        ExecuteMsg::BuyCollateral {
            buyer,
            debtor,
            debt_denom,
            collateral,
            ..
        } => {
            gates::traded(desks, accepted, &[*buyer])?;
            gates::bought(desks, *debtor, debt_denom, &collateral.denom)
        }
        ExecuteMsg::Liquidate(order) => liquidation::stepped(desks, accepted, order.account),
        ExecuteMsg::Deleverage(order) => liquidation::closed(desks, accepted, order.account),
        _ => Ok(()),
    }
}

/// The accounts on either side of the fills, each once.
fn traders(fills: &[Fill]) -> Vec<u64> {
    let sides = fills.iter().flat_map(|fill| [&fill.maker, &fill.taker]);
    let mut traders: Vec<u64> = sides.map(|side| side.account).collect();
    traders.sort_unstable();
    traders.dedup();
    traders
}

/// The engine's work before the message and after it, both at its block time and prices.
pub(super) struct Desks<'a> {
    pub(super) before: Desk<'a>,
    pub(super) after: Desk<'a>,
}

impl<'a> Desks<'a> {
    fn of(accepted: &Accepted<'a>) -> Result<Self, AuditError> {
        Ok(Self {
            before: Desk::new(accepted.before, accepted.env)?,
            after: Desk::new(accepted.after, accepted.env)?,
        })
    }

    /// An account before the message, settled and with interest up to date, and after it.
    pub(super) fn account(&mut self, id: u64) -> Result<(Account, Account), AuditError> {
        self.before.open(id)?;
        self.after.open(id)?;
        Ok((
            self.before.account(id)?.clone(),
            self.after.account(id)?.clone(),
        ))
    }
}

/// Accounts that events of a kind name.
pub(super) fn named<E: TypedEvent>(events: &[Event], attribute: &str) -> Vec<u64> {
    let own = events.iter().filter(|event| event.ty == E::NAME);
    let attributes = own.flat_map(|event| &event.attributes);
    attributes
        .filter(|found| found.key == attribute)
        .filter_map(|found| found.value.parse().ok())
        .collect()
}

/// INV-10: an account that was covered still is, unless it traded, took or withdrew. No price is read, and the account is as
/// it was stored: whatever has become final since is part of what the message did.
fn stays_covered(
    desks: &mut Desks<'_>,
    accepted: &Accepted<'_>,
    id: u64,
) -> Result<(), AuditError> {
    let acted = match accepted.msg {
        ExecuteMsg::SettleFills { fills } => traders(fills).contains(&id),
        ExecuteMsg::Withdraw { account, .. } | ExecuteMsg::Reserve { account, .. } => {
            *account == id
        }
        ExecuteMsg::BuyCollateral { buyer, .. } => *buyer == id,
        ExecuteMsg::CreateAccount { .. } => true,
        ExecuteMsg::Liquidate(_) => named::<SliceTaken>(accepted.events, "taker").contains(&id),
        _ => false,
    };
    if acted {
        return Ok(());
    }
    let mut is_covered = |deps: Deps<'_>| {
        let account = state::load_account(deps.storage, id)?;
        let terms = desks.after.terms_of(&account)?;
        margin::is_covered(&account, &terms)
    };
    let kept = !is_covered(accepted.before)? || is_covered(accepted.after)?;
    hold("INV-10", kept, || format!("account {id} was covered"))
}

/// INV-5: of a market that is listed only fees, caps and whether it is open change.
fn keeps_market(accepted: &Accepted<'_>, id: u16) -> Result<(), AuditError> {
    let Ok(was) = state::load_market(accepted.before.storage, id) else {
        return Ok(());
    };
    let mut is = state::load_market(accepted.after.storage, id)?;
    is.params = was.params.clone();
    hold("INV-5", is == was, || format!("market {id}: {was:?}"))
}

/// INV-5: fixing terms, the future's reference and the settlement price of an expiry stay what they once were.
fn keeps_expiry(accepted: &Accepted<'_>, market: u16, minutes: u32) -> Result<(), AuditError> {
    let load = |deps: Deps<'_>| state::load_expiry(deps.storage, market, minutes);
    let Some(was) = load(accepted.before)? else {
        return Ok(());
    };
    let kept = load(accepted.after)?.is_some_and(|is| {
        is.fixing == was.fixing
            && is.series >= was.series
            && (was.future.is_none() || is.future == was.future)
            && (was.price.is_none() || is.price == was.price)
    });
    hold("INV-5", kept, || {
        format!("market {market}, expiry {minutes}: {was:?}")
    })
}

/// INV-5: a series stays listed, and its payoff what it once was.
fn keeps_series(accepted: &Accepted<'_>, key: &risk::SeriesKey) -> Result<(), AuditError> {
    let load = |deps: Deps<'_>| state::load_series(deps.storage, key);
    let Some(was) = load(accepted.before)? else {
        return Ok(());
    };
    let payoff = was.settled.map(|settled| settled.payoff);
    let kept = load(accepted.after)?
        .is_some_and(|is| payoff.is_none() || is.settled.map(|settled| settled.payoff) == payoff);
    hold("INV-5", kept, || format!("{key:?}: {was:?}"))
}

/// INV-9: of every claim that nobody touched the same part was allotted, to a unit.
fn pays_alike(accepted: &Accepted<'_>, coin: u16) -> Result<(), AuditError> {
    let was = state::load_queue(accepted.before.storage, coin)?;
    let is = state::load_queue(accepted.after.storage, coin)?;
    let mut waiting: Vec<(u128, u128)> = Vec::new();
    for (key, claim) in state::claims_of(accepted.before.storage, coin)? {
        if state::load_claim(accepted.after.storage, &key)? == claim {
            waiting.push((was.waiting_of(&claim)?, is.waiting_of(&claim)?));
        }
    }
    let (all_before, all_after) = waiting.iter().fold((0_u128, 0_u128), |sum, claim| {
        (sum.0.saturating_add(claim.0), sum.1.saturating_add(claim.1))
    });
    let times = |a: u128, b: u128| Uint256::from(a).full_mul(Uint256::from(b));
    let claims = u128::try_from(waiting.len()).unwrap_or(u128::MAX);
    for (before, after) in waiting {
        // Every amount that waits is rounded up to a unit.
        let slack = times(all_before, 2).saturating_add(times(before, claims));
        let part = times(after, all_before).abs_diff(times(before, all_after));
        hold("INV-9", part <= slack, || {
            format!("coin {coin}: of {before} wait {after}, of all {all_before} {all_after}")
        })?;
    }
    Ok(())
}

/// INV-12: a message takes no more out of a market's insurance than a twentieth of what it held when the hour began.
fn pays_within_its_cap(accepted: &Accepted<'_>, market: u16) -> Result<(), AuditError> {
    let was = state::load_fund(accepted.before.storage, market)?;
    let is = state::load_fund(accepted.after.storage, market)?;
    let paid = was.balance.saturating_sub(is.balance);
    hold("INV-12", paid <= is.base / 20, || {
        format!("insurance of market {market} paid {paid} of {}", is.base)
    })
}
