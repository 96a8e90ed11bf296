//! What one message did to the store: invariants that no single picture of the store can show.

use core::str::FromStr;

use cosmwasm_std::{BankMsg, Coin, CosmosMsg, Deps, Env, Event, Response, Uint256, from_json};
use protocol_api::engine::{ExecuteMsg, Fill, SliceTaken};
use protocol_api::event::TypedEvent;
use protocol_std::message::Message;
use risk::only_shrinks;

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
    /// The coins that came with it.
    pub funds: &'a [Coin],
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
    pub(super) funds: &'a [Coin],
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
        funds: answered.funds,
        msg: &msg,
        events: &response.events,
    };
    let mut desks = Desks::of(&accepted)?;
    for key in answered.written.iter().filter_map(|raw| Key::read(raw)) {
        check_record(&mut desks, &accepted, key)?;
    }
    keeps_count(&accepted, response)?;
    check_parties(&mut desks, &accepted)
}

/// What holds of a record that was written, whatever the message.
fn check_record(
    desks: &mut Desks<'_>,
    accepted: &Accepted<'_>,
    key: Key,
) -> Result<(), AuditError> {
    match key {
        Key::Account(id) => stays_as_it_was(desks, accepted, id),
        Key::Market(id) => keeps_market(accepted, id),
        Key::Expiry(market, minutes) => keeps_expiry(accepted, market, minutes),
        Key::Series(key) => keeps_series(accepted, &key),
        Key::Fund(market) => pays_within_its_cap(accepted, market),
    }
}

/// What holds of those who are party to the message.
fn check_parties(desks: &mut Desks<'_>, accepted: &Accepted<'_>) -> Result<(), AuditError> {
    match accepted.msg {
        ExecuteMsg::SettleFills { fills } => {
            gates::counted(desks, &traders(fills))?;
            gates::traded(desks, accepted, &traders(fills))
        }
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
        ExecuteMsg::Deleverage(_) => liquidation::closed(desks, accepted),
        // Nobody is party to the others: INV-10 and INV-19 hold every account that they write to what it was.
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

/// What the events of a kind say of one of their attributes.
pub(super) fn told<E: TypedEvent, T: FromStr>(
    events: &[Event],
    attribute: &str,
) -> Result<Vec<T>, AuditError> {
    let own = events.iter().filter(|event| event.ty == E::NAME);
    let attributes = own.flat_map(|event| &event.attributes);
    attributes
        .filter(|found| found.key == attribute)
        .map(|found| found.value.parse().map_err(|_| EngineError::Corrupt.into()))
        .collect()
}

/// Who traded, took, bought or withdrew: such an account may end uncovered, and its legs be others.
fn actors(accepted: &Accepted<'_>) -> Result<Vec<u64>, AuditError> {
    Ok(match accepted.msg {
        ExecuteMsg::SettleFills { fills } => traders(fills),
        ExecuteMsg::Withdraw { account, .. } | ExecuteMsg::Reserve { account, .. } => {
            vec![*account]
        }
        ExecuteMsg::BuyCollateral { buyer, .. } => vec![*buyer],
        ExecuteMsg::Liquidate(_) => told::<SliceTaken, u64>(accepted.events, "taker")?,
        _ => vec![],
    })
}

/// INV-10: an account that was covered still is, unless its owner acted. No price is read, and the account is as it was stored:
/// whatever has become final since is part of what the message did. INV-19: its legs are what they were, but for those settled.
fn stays_as_it_was(
    desks: &mut Desks<'_>,
    accepted: &Accepted<'_>,
    id: u64,
) -> Result<(), AuditError> {
    let Ok(stored) = state::load_account(accepted.before.storage, id) else {
        return Ok(()); // It is new.
    };
    if actors(accepted)?.contains(&id) {
        return Ok(());
    }
    let (was, is) = desks.account(id)?;
    let mut is_covered = |account: &Account| {
        let terms = desks.after.terms_of(account)?;
        margin::is_covered(account, &terms)
    };
    let kept = !is_covered(&stored)? || is_covered(&is)?;
    hold("INV-10", kept, || format!("account {id} was covered"))?;
    let party = match accepted.msg {
        ExecuteMsg::Liquidate(order) => order.account == id,
        ExecuteMsg::Deleverage(order) => order.account == id || order.counterparties.contains(&id),
        _ => false,
    };
    let legs = was.legs == is.legs || party && only_shrinks(&was.legs, &is.legs);
    hold("INV-19", legs, || format!("account {id}: {was:?}, {is:?}"))
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

/// INV-12: a message takes no more out of a market's insurance than a twentieth of what it held when the hour began.
fn pays_within_its_cap(accepted: &Accepted<'_>, market: u16) -> Result<(), AuditError> {
    let paid = insurance_paid(accepted, market)?;
    let base = state::load_fund(accepted.after.storage, market)?.base;
    hold("INV-12", paid <= base / 20, || {
        format!("insurance of market {market} paid {paid} of {base}")
    })
}

/// What left a market's insurance, quote base units, whatever came into it.
pub(super) fn insurance_paid(accepted: &Accepted<'_>, market: u16) -> Result<u128, AuditError> {
    let was = state::load_fund(accepted.before.storage, market)?;
    let is = state::load_fund(accepted.after.storage, market)?;
    let earlier = if was.hour == is.hour { was.paid } else { 0 };
    Ok(is.paid.saturating_sub(earlier))
}

/// INV-1: what the ledger says the engine holds of a coin moved by what came with the message less what it sends.
fn keeps_count(accepted: &Accepted<'_>, response: &Response) -> Result<(), AuditError> {
    let config = state::load_config(accepted.after.storage)?;
    for (id, coin) in (0_u16..).zip(&config.coins) {
        let of = |coins: &[Coin]| {
            let own = coins.iter().filter(|held| held.denom == coin.denom);
            own.fold(Uint256::zero(), |sum, held| sum.saturating_add(held.amount))
        };
        let sent = response.messages.iter().map(|message| match &message.msg {
            CosmosMsg::Bank(BankMsg::Send { amount, .. }) => of(amount),
            _ => Uint256::zero(),
        });
        let sent = sent.fold(Uint256::zero(), Uint256::saturating_add);
        let held = |deps: Deps<'_>| state::load_ledger(deps.storage, id).map(|found| found.held);
        let (was, is) = (held(accepted.before)?, held(accepted.after)?);
        let counts = Uint256::from(was).saturating_add(of(accepted.funds))
            == Uint256::from(is).saturating_add(sent);
        hold("INV-1", counts, || {
            format!(
                "{}: {was} became {is}, {:?} came",
                coin.denom, accepted.funds
            )
        })?;
    }
    Ok(())
}
