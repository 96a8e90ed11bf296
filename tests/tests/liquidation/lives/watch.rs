//! What must hold after every message, passed or refused, whoever sent it.

use std::collections::{BTreeMap, BTreeSet};

use protocol_api::engine::{
    AccountId, AccountResponse, AccountsResponse, LedgerResponse, LiquidationStateResponse,
    QueryMsg, Standing,
};
use protocol_api::liquidation::{BidsResponse, QueryMsg as AskLiquidation};
use serde::de::DeserializeOwned;
use wasm_chain::Outcome;

use super::life::{Life, SERIES};

/// Everybody at one moment.
#[derive(Clone, Default)]
pub struct Seen {
    pub accounts: BTreeMap<AccountId, AccountResponse>,
    pub states: BTreeMap<AccountId, LiquidationStateResponse>,
}

/// Whom a message may change.
#[derive(Clone, Default)]
pub struct Rule {
    /// Whose will it is: anything.
    pub willing: BTreeSet<AccountId>,
    /// Named without being asked.
    pub named: BTreeSet<AccountId>,
    /// Who is named gives up other sides of the legs of this account.
    pub closes: Option<AccountId>,
    /// Gains of who is named are withheld or given back, or his debt is paid, or his collateral sold.
    pub pays: bool,
    /// A date has its price: everybody's legs of it become cash.
    pub settles: bool,
}

impl Rule {
    pub fn of(willing: &[AccountId]) -> Self {
        Self {
            willing: willing.iter().copied().collect(),
            ..Self::default()
        }
    }

    pub fn about(named: &[AccountId]) -> Self {
        Self {
            named: named.iter().copied().collect(),
            ..Self::default()
        }
    }

    pub fn and(mut self, willing: &[AccountId]) -> Self {
        self.willing.extend(willing);
        self
    }

    pub fn paying(mut self) -> Self {
        self.pays = true;
        self
    }

    /// Accounts are shown as the next message would find them: settled as soon as a price is final.
    pub fn settling() -> Self {
        Self {
            settles: true,
            ..Self::default()
        }
    }

    pub fn closing(mut self, account: AccountId) -> Self {
        self.closes = Some(account);
        self
    }
}

pub fn ask<T: DeserializeOwned>(life: &Life, query: &QueryMsg) -> T {
    let chain = &life.world.chain;
    chain.query(&life.world.engine, query).expect("answered")
}

pub fn ask_liquidation<T: DeserializeOwned>(life: &Life, query: &AskLiquidation) -> T {
    let chain = &life.world.chain;
    let liquidation = &life.world.liquidation;
    chain.query(liquidation, query).expect("answered")
}

/// All accounts, fewer than a page holds.
pub fn look(life: &Life) -> Seen {
    const PAGE: u32 = 50;
    let query = QueryMsg::Accounts {
        start_after: None,
        limit: Some(PAGE),
    };
    let page: AccountsResponse = ask(life, &query);
    assert!(page.accounts.len() < PAGE as usize, "accounts are left out");
    let accounts: Vec<AccountId> = page.accounts.iter().map(|one| one.account).collect();
    let states: Vec<LiquidationStateResponse> =
        ask(life, &QueryMsg::LiquidationStates { accounts });
    Seen {
        accounts: page
            .accounts
            .into_iter()
            .map(|one| (one.account, one))
            .collect(),
        states: states.into_iter().map(|one| (one.account, one)).collect(),
    }
}

/// Every invariant that the audit covers, and LIQ-1.
pub fn everything(life: &Life) {
    life.world.audit().expect("invariants");
    let query = AskLiquidation::Bids {
        start_after: None,
        limit: Some(100),
    };
    let bids: BidsResponse = ask_liquidation(life, &query);
    let budgets: u128 = bids.bids.iter().map(|bid| bid.budget.u128()).sum();
    let ledger: LedgerResponse = ask(life, &QueryMsg::Ledger {});
    assert_eq!(budgets, ledger.coins[0].escrow.u128(), "LIQ-1");
}

/// What an account is shown without is settled: legs of dates whose price is final, in the order of dates.
fn settled(life: &Life, was: &AccountResponse, is: &AccountResponse) {
    let gone = was.legs.iter().filter(|leg| !is.legs.contains(leg));
    for leg in gone.clone() {
        let series = SERIES.iter().find(|series| series.name == leg.series);
        let date = series.expect("listed").date;
        assert!(life.is_final[date], "{was:?}, then {is:?}");
    }
    assert_eq!(is.legs.len() + gone.count(), was.legs.len(), "{is:?}");
}

/// A base unit for each coin in which a settlement or a withheld gain is rounded, and their quote.
const ROUNDING: i128 = 8;

/// Nobody who did not act, and was not below maintenance, is any worse for the message.
pub fn others(life: &Life, now: &Seen, (kind, rule, outcome): (&str, Rule, Option<&Outcome>)) {
    for (id, was) in &life.last.accounts {
        let is = &now.accounts[id];
        if rule.settles && outcome.is_some() {
            settled(life, was, is);
            continue;
        }
        if outcome.is_none() || !(rule.willing.contains(id) || rule.named.contains(id)) {
            assert_eq!(was, is, "{kind} changed account {id}");
            continue;
        }
        if !rule.willing.contains(id) {
            named(life, now, (kind, &rule, *id));
        }
    }
}

/// Over maintenance margin.
fn surplus(state: &LiquidationStateResponse) -> Option<i128> {
    let margin = state.maintenance?.u128() as i128;
    Some(state.equity?.i128() - margin)
}

fn named(life: &Life, now: &Seen, (kind, rule, id): (&str, &Rule, AccountId)) {
    let (was, is) = (&life.last.accounts[&id], &now.accounts[&id]);
    let (before, after) = (&life.last.states[&id], &now.states[&id]);
    let estate = was.owner == life.world.engine.as_str();
    let whose = || format!("{kind}: account {id} was {before:?} and is {after:?}\n{was:?}\n{is:?}");
    if before.standing != Some(Standing::Healthy) || estate {
        let other = rule.closes.is_some_and(|closed| closed != id);
        // An estate that is healthy bears its part of a deficit, as anybody.
        let deeper = surplus(after) < surplus(before).map(|over| over.min(0));
        assert!(!(other && deeper), "INV-16: {}", whose());
        return;
    }
    if rule.closes.is_some() {
        for leg in &is.legs {
            let held = was.legs.iter().find(|held| held.series == leg.series);
            let held = held.map_or(0, |held| held.quantity.i64());
            let (left, sign) = (leg.quantity.i64(), held.signum());
            assert!(left * sign > 0 && left.abs() <= held.abs(), "{}", whose());
        }
    } else {
        assert_eq!(was.legs, is.legs, "{}", whose());
    }
    if rule.pays {
        return;
    }
    let (Some(had), Some(has)) = (before.equity, after.equity) else {
        return;
    };
    if rule.closes.is_none() {
        let moved = has.i128() - had.i128();
        assert!(moved.abs() <= ROUNDING, "{moved}, {}", whose());
    }
    assert_eq!(after.standing, Some(Standing::Healthy), "{}", whose());
}
