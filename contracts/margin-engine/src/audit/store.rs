//! What holds of the whole store after every message.

use std::collections::BTreeMap;

use cosmwasm_std::Storage;
use risk::SeriesKey;

use super::{AuditError, hold};
use crate::core::account::{Account, MAX_ENTRIES};
use crate::core::num::{add_signed, signed};
use crate::core::queue::Queue;
use crate::state::{self, Config, Series};

#[derive(Default)]
struct Sums {
    cash: BTreeMap<u16, i128>,
    debt: BTreeMap<u16, u128>,
    escrow: u128,
    /// What interest has added to all accounts since each was last counted.
    earned: BTreeMap<u16, i128>,
    net: BTreeMap<SeriesKey, i128>,
    long: BTreeMap<SeriesKey, i128>,
}

/// Checks every invariant; `bank` says what the bank module holds for the engine of a denomination.
///
/// # Errors
/// [`super::Broken`] with the number of the first invariant that does not hold.
pub fn audit(storage: &dyn Storage, bank: impl Fn(&str) -> u128) -> Result<(), AuditError> {
    let config = state::load_config(storage)?;
    let sums = accounts(storage, config.markets)?;
    let unsettled = series(storage, &config, &sums)?;
    for (id, coin) in (0_u16..).zip(&config.coins) {
        ledger(
            storage,
            id,
            &sums,
            unsettled.get(&id).copied().unwrap_or_default(),
        )?;
        let held = state::load_ledger(storage, id)?.held;
        let there = bank(&coin.denom);
        hold("INV-1", there >= held, || {
            format!("bank has {there} of {}, ledger {held}", coin.denom)
        })?;
    }
    insurance(storage, &config, sums.escrow)?;
    losses(storage, &config)?;
    deficits(storage, &config)
}

/// INV-1: per coin, what is lost and withheld is what its markets' losses, rounds and accounts say.
fn losses(storage: &dyn Storage, config: &Config) -> Result<(), AuditError> {
    let mut sums: BTreeMap<u16, (u128, u128)> = BTreeMap::new();
    for market in 1..=config.markets {
        let (lost, kept) = rounds(storage, market)?;
        let coin = state::load_market(storage, market)?.settle_coin;
        let sum = sums.entry(coin).or_default();
        *sum = (sum.0.saturating_add(lost), sum.1.saturating_add(kept));
    }
    for id in (0_u16..).take(config.coins.len()) {
        let ledger = state::load_ledger(storage, id)?;
        let found = sums.get(&id).copied().unwrap_or_default();
        hold("INV-1", found == (ledger.lost, ledger.withheld), || {
            format!("coin {id}: lost and withheld {found:?}, ledger {ledger:?}")
        })?;
    }
    Ok(())
}

/// INV-17: a market's rounds count what accounts hold in them, and one runs while something is lost. Returns what is lost
/// and what is withheld for it.
fn rounds(storage: &dyn Storage, market: u16) -> Result<(u128, u128), AuditError> {
    let loss = state::load_loss(storage, market)?;
    let (running, lost) = (&loss.running, loss.lost());
    let mut counted = gains(storage, market)?;
    let own = counted.remove(&loss.round).unwrap_or_default();
    hold("INV-17", own == (running.gains, running.withheld), || {
        format!("market {market}: {running:?}, accounts {own:?}")
    })?;
    let mut kept = running.withheld;
    for (round, ended) in state::page_ended(storage, market, None, usize::MAX)? {
        let (gains, withheld) = counted.remove(&round).unwrap_or_default();
        let counts = gains == ended.waiting && ended.left <= withheld;
        hold("INV-17", counts, || {
            format!("market {market}, round {round}: {ended:?}, accounts {gains}, {withheld}")
        })?;
        kept = kept.saturating_add(ended.left);
    }
    hold("INV-17", counted.is_empty(), || {
        format!("market {market}: gains in rounds that are gone, {counted:?}")
    })?;
    hold("INV-17", (lost > 0) == (loss.ends_at > 0), || {
        format!("market {market}: {loss:?}")
    })?;
    Ok((lost, kept))
}

/// By round, what a market's accounts have gained in it and what is withheld of that.
fn gains(storage: &dyn Storage, market: u16) -> Result<BTreeMap<u32, (u128, u128)>, AuditError> {
    let mut rounds: BTreeMap<u32, (u128, u128)> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = state::page_gains(storage, market, after, 100)?;
        let Some((last, _)) = page.last() else {
            return Ok(rounds);
        };
        after = Some(*last);
        for (_, gain) in page {
            let sum = rounds.entry(gain.round).or_default();
            sum.0 = sum.0.saturating_add(gain.part.gains);
            sum.1 = sum.1.saturating_add(gain.part.withheld);
        }
    }
}

/// INV-1: the insurance term is the sum of the markets' funds, the escrow term of the accounts'; only the quote coin has
/// either. INV-12: no fund paid more in its hour than its cap.
fn insurance(storage: &dyn Storage, config: &Config, escrow: u128) -> Result<(), AuditError> {
    let mut sum = 0_u128;
    for market in 1..=config.markets {
        let fund = state::load_fund(storage, market)?;
        sum = sum.saturating_add(fund.balance);
        hold("INV-12", fund.paid <= fund.base / 10, || {
            format!("insurance of market {market} paid {}", fund.paid)
        })?;
    }
    for id in (0_u16..).take(config.coins.len()) {
        let ledger = state::load_ledger(storage, id)?;
        let found = (ledger.insurance, ledger.escrow);
        let held = if id == 0 { (sum, escrow) } else { (0, 0) };
        hold("INV-1", found == held, || {
            format!("coin {id}: funds and escrow {held:?}, ledger {found:?}")
        })?;
    }
    Ok(())
}

/// INV-13: a market's shortfall is the sum of its parts of the deficits, the quote coin's of all of them, and an account with
/// one may only reduce.
fn deficits(storage: &dyn Storage, config: &Config) -> Result<(), AuditError> {
    let mut sums: BTreeMap<u16, u128> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = state::page_deficits(storage, after, 100)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        for (id, deficit) in &page {
            for (market, part) in deficit {
                let sum = sums.entry(*market).or_default();
                *sum = sum.saturating_add(*part);
            }
            let restricted = state::load_account(storage, *id)?.restricted;
            let counts = deficit.iter().all(|(_, part)| *part > 0);
            hold("INV-13", restricted && counts, || {
                format!("account {id}: {deficit:?}, restricted: {restricted}")
            })?;
        }
    }
    let all = sums.values().copied().fold(0, u128::saturating_add);
    for market in 1..=config.markets {
        let (sum, fund) = (sums.remove(&market), state::load_fund(storage, market)?);
        hold("INV-13", sum.unwrap_or(0) == fund.shortfall, || {
            format!("market {market}: deficits {sum:?}, {fund:?}")
        })?;
    }
    hold("INV-13", sums.is_empty(), || {
        format!("deficits of no market: {sums:?}")
    })?;
    for id in (0_u16..).take(config.coins.len()) {
        let (held, sum) = (
            state::load_ledger(storage, id)?,
            if id == 0 { all } else { 0 },
        );
        hold("INV-13", held.shortfall == sum, || {
            format!("coin {id}: deficits {sum}, ledger {held:?}")
        })?;
    }
    Ok(())
}

/// INV-6: every account record is in its normal form. Sums what accounts hold.
fn accounts(storage: &dyn Storage, markets: u16) -> Result<Sums, AuditError> {
    let mut sums = Sums::default();
    let mut after = None;
    loop {
        let page = state::page_accounts(storage, after, 100)?;
        let Some((last, _)) = page.last() else {
            return Ok(sums);
        };
        after = Some(*last);
        for (id, account) in &page {
            state::load_meta(storage, *id)?;
            hold("INV-6", is_normal(account), || {
                format!("account {id} is not in normal form")
            })?;
            withheld(storage, *id, account, markets)?;
            insured(storage, *id)?;
            sums.escrow = sums.escrow.saturating_add(account.escrow);
            for cash in &account.cash {
                let sum = sums.cash.entry(cash.coin).or_default();
                *sum = sum.saturating_add(cash.amount);
                let earned = sums.earned.entry(cash.coin).or_default();
                let new = state::load_ledger(storage, cash.coin)?.earned(cash)?;
                *earned = earned.saturating_add(new);
                if cash.amount < 0 {
                    let debt = sums.debt.entry(cash.coin).or_default();
                    *debt = debt.saturating_add(cash.amount.unsigned_abs());
                }
            }
            for leg in &account.legs {
                let net = sums.net.entry(leg.key).or_default();
                *net = net.saturating_add(leg.quantity.into());
                let long = sums.long.entry(leg.key).or_default();
                *long = long.saturating_add(leg.quantity.max(0).into());
            }
        }
    }
}

/// INV-13: insurance is to pay of a deficit alone.
fn insured(storage: &dyn Storage, id: u64) -> Result<(), AuditError> {
    let asked = state::load_insured(storage, id)?.is_some();
    let deficit = state::load_deficit(storage, id)?;
    hold("INV-13", !asked || !deficit.is_empty(), || {
        format!("account {id}: insurance was asked, and there is no deficit")
    })
}

/// INV-17: an account knows how many markets withhold gains of it.
fn withheld(
    storage: &dyn Storage,
    id: u64,
    account: &Account,
    markets: u16,
) -> Result<(), AuditError> {
    let mut found = 0_u16;
    for market in 1..=markets {
        let gain = state::load_gain(storage, (market, id))?;
        found = found.saturating_add(u16::from(gain.part.withheld > 0));
    }
    hold("INV-17", found == account.withheld_in, || {
        format!(
            "account {id}: {found} markets withhold gains, it knows {}",
            account.withheld_in
        )
    })
}

fn is_normal(account: &Account) -> bool {
    account.check_bounds(0).is_ok()
        && account.cash.len() <= MAX_ENTRIES
        && account.profits.len() <= MAX_ENTRIES
        && account.cash.is_sorted_by(|a, b| a.coin < b.coin)
        && account.profits.is_sorted_by(|a, b| a.0 < b.0)
        && account.legs.is_sorted_by(|a, b| a.key < b.key)
        && account.legs.iter().all(|leg| leg.quantity != 0)
        && account
            .cash
            .iter()
            .all(|cash| cash.amount != 0 && (cash.amount < 0) == (cash.since > 0))
}

/// What settlement still owes: per coin, or of one series.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Due {
    /// Payoff x unsettled net.
    unsettled: i128,
    /// Of each series, what of that is below zero.
    uncollected: u128,
}

impl Due {
    fn add(&mut self, other: Self) {
        self.unsettled = self.unsettled.saturating_add(other.unsettled);
        self.uncollected = self.uncollected.saturating_add(other.uncollected);
    }
}

/// INV-2 of every series, and of the sum over each market; INV-5: their markets and expiries exist. Returns what is due per coin.
fn series(
    storage: &dyn Storage,
    config: &Config,
    sums: &Sums,
) -> Result<BTreeMap<u16, Due>, AuditError> {
    let mut all: BTreeMap<u16, Due> = BTreeMap::new();
    let mut seen = 0_usize;
    for id in 1..=config.markets {
        let mut own = Due::default();
        let mut after = None;
        loop {
            let page = state::page_series(storage, id, after, 100)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (key, series) in &page {
                let listed = state::load_expiry(storage, id, key.expiry)?.is_some();
                hold("INV-5", listed, || format!("{key:?} has no expiry"))?;
                seen = seen.saturating_add(usize::from(sums.net.contains_key(key)));
                own.add(due_of(key, series, sums)?);
            }
        }
        let uncollected = state::load_loss(storage, id)?.uncollected;
        hold("INV-2", uncollected == own.uncollected, || {
            format!(
                "market {id}: {uncollected} uncollected, not {}",
                own.uncollected
            )
        })?;
        let coin = state::load_market(storage, id)?.settle_coin;
        all.entry(coin).or_default().add(own);
    }
    hold("INV-5", seen == sums.net.len(), || {
        "a leg names a series that is not listed".into()
    })?;
    Ok(all)
}

/// INV-2: positions of a series sum to zero before its payoff is known, to its unsettled net after; its open interest is what is
/// long.
fn due_of(key: &SeriesKey, series: &Series, sums: &Sums) -> Result<Due, AuditError> {
    let net = sums.net.get(key).copied().unwrap_or(0);
    let due = series.settled.map_or(0, |settled| settled.net.into());
    hold("INV-2", net == due, || {
        format!("{key:?}: net {net}, not {due}")
    })?;
    let long = sums.long.get(key).copied().unwrap_or(0);
    let open = i128::from(series.open);
    hold("INV-2", long == open, || {
        format!("{key:?}: long {long}, not {open}")
    })?;
    let unsettled = series.settled.map_or(0, |settled| {
        settled.payoff.saturating_mul(settled.net.into())
    });
    Ok(Due {
        unsettled,
        uncollected: unsettled.min(0).unsigned_abs(),
    })
}

/// INV-1: the ledger's cash and debt are those of the accounts, its unsettled term that of the series,
/// what is reserved is what the queue owes.
fn ledger(storage: &dyn Storage, id: u16, sums: &Sums, due: Due) -> Result<(), AuditError> {
    let ledger = state::load_ledger(storage, id)?;
    let (cash, found) = (ledger.cash()?, sums.cash.get(&id).copied().unwrap_or(0));
    hold("INV-1", cash == found, || {
        format!("coin {id}: accounts hold {found}, ledger {cash}")
    })?;
    let (debt, found) = (ledger.debt, sums.debt.get(&id).copied().unwrap_or(0));
    hold("INV-1", debt == found, || {
        format!("coin {id}: accounts owe {found}, ledger {debt}")
    })?;
    let earned = sums.earned.get(&id).copied().unwrap_or(0);
    let left = ledger.interest.saturating_sub(earned);
    hold("INV-11", left >= 0, || {
        format!("coin {id}: {left} of interest is left once everybody is counted")
    })?;
    let found = (due.unsettled, due.uncollected);
    let terms = (ledger.unsettled, ledger.uncollected);
    hold("INV-1", terms == found, || {
        format!("coin {id}: unsettled and uncollected {found:?}, ledger {terms:?}")
    })?;
    let queue = state::load_queue(storage, id)?;
    let queued = queue.waiting.saturating_add(queue.allotted);
    let reserved = ledger.reserved;
    hold("INV-1", queued == reserved, || {
        format!("coin {id}: queue {queued}, ledger {reserved}")
    })?;
    claims(storage, id, &queue)
}

/// INV-9: what is queued is to the unit what those who wait asked for and have not been paid, and what is due to them is there.
fn claims(storage: &dyn Storage, coin: u16, queue: &Queue) -> Result<(), AuditError> {
    let (mut asked, mut due) = (0, 0_u128);
    for (_, claim) in state::claims_of(storage, coin)? {
        asked = add_signed(asked, add_signed(signed(claim.amount)?, claim.due)?)?;
        due = due.saturating_add(queue.due_of(&claim)?);
    }
    let queued = queue.waiting.saturating_add(queue.allotted);
    let holds = signed(queued)? == asked && due <= queue.allotted;
    hold("INV-9", holds, || {
        format!("coin {coin}: {queue:?}, asked {asked}, due {due}")
    })
}
