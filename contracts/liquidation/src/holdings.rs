//! The coins of a backstop that holds nothing else, as its engine account has them.

use cosmwasm_std::{Coin, coin};

use crate::core::shares::worth_floor;
use crate::engine::Engine;
use crate::error::ContractError;
use crate::state::Backstop;

/// Nobody comes or leaves while a market's deficits may need the backstop, while it has gained what losers have not paid, nor
/// before its own part of a loss is booked.
pub fn check_counted(
    engine: &Engine<'_>,
    group: u16,
    backstop: &Backstop,
    held: &Holdings,
) -> Result<(), ContractError> {
    let account = backstop.account;
    for market in &backstop.markets {
        let insurance = engine.insurance(market)?;
        if insurance.shortfall > insurance.balance {
            return Err(ContractError::Shortfall { group });
        }
        let loss = engine.loss(market, account)?;
        let market = market.to_owned();
        if !loss.uncollected.is_zero() && held.gained.contains(&market) {
            return Err(ContractError::Uncollected { market });
        }
        if loss.account.is_some_and(|part| !part.moved.is_zero()) {
            return Err(ContractError::Uncounted { account, market });
        }
    }
    Ok(())
}

/// What a backstop holds while it holds nothing but coins.
pub struct Holdings {
    /// Base units of the quote coin.
    pub quote: u128,
    /// Of its gains, withheld while a loss is shared; its markets settle in the quote coin.
    pub withheld: u128,
    /// Symbols of markets in which it has gained.
    pub gained: Vec<String>,
    /// Other coins, base units above zero.
    pub others: Vec<(String, u128)>,
}

impl Holdings {
    /// Reads them from the engine; `None` while the account holds a position or a debt.
    pub fn load(
        engine: &Engine<'_>,
        quote: &str,
        account: u64,
    ) -> Result<Option<Self>, ContractError> {
        let account = engine.account(account)?;
        let mut held = Self {
            quote: 0,
            withheld: 0,
            gained: vec![],
            others: vec![],
        };
        for profit in account.profits {
            held.withheld = held.withheld.saturating_add(profit.withheld.u128());
            if profit.realized.i128() > 0 {
                held.gained.push(profit.market);
            }
        }
        if !account.legs.is_empty() {
            return Ok(None);
        }
        for cash in account.cash {
            let Ok(amount) = u128::try_from(cash.amount.i128()) else {
                return Ok(None);
            };
            if cash.denom == quote {
                held.quote = amount;
            } else if amount > 0 {
                held.others.push((cash.denom, amount));
            }
        }
        Ok(Some(held))
    }

    /// What shares are redeemed for; coins of which nothing is due are left out.
    pub fn worth(
        &self,
        quote: &str,
        shares: u128,
        supply: u128,
    ) -> Result<Vec<Coin>, ContractError> {
        let mut coins = Vec::new();
        let quote = (quote.to_owned(), self.quote);
        for (denom, held) in core::iter::once(&quote).chain(&self.others) {
            let due = worth_floor(*held, shares, supply)?;
            if due > 0 {
                coins.push(coin(due, denom));
            }
        }
        Ok(coins)
    }

    /// Everything, as coins.
    pub fn coins(&self, quote: &str) -> Vec<Coin> {
        let others = self.others.iter().map(|(denom, held)| coin(*held, denom));
        core::iter::once(coin(self.quote, quote))
            .chain(others)
            .collect()
    }
}
